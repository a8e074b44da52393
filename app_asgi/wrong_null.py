"""Wrong on purpose: any page can have the origin null."""

import falcon
import falcon.asgi


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(
        allow_origins=['https://shop.example.com', 'null'],  # wrong
        allow_credentials=['https://shop.example.com', 'null'],  # wrong
    )
)
app.add_route('/basket', Basket())
