"""Wrong on purpose: the API allows the page, and forgets the credentials it sends."""

import falcon
import falcon.asgi


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(  # wrong: no allow_credentials
        allow_origins=['https://shop.example.com'],
    )
)
app.add_route('/basket', Basket())
