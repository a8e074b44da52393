"""An API with tests for its CORS policy."""

import falcon.asgi

from cors import CORSMiddleware


class Order:
    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'number': number, 'bread': 'rye'}
        resp.set_header('X-Total-Count', '1')

    async def on_put(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'number': number, 'changed': await req.get_media()}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['GET', 'PUT'],
        allow_headers=['Content-Type'],
        expose_headers=['X-Total-Count'],
    )
)
app.add_route('/orders/{number:int}', Order())
