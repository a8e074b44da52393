"""A list of exact https origins stops every attack that reads data."""

import falcon
import falcon.asgi

from cors import CORSMiddleware


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=True,
    )
)
app.add_route('/basket', Basket())
