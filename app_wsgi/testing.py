"""An API with tests for its CORS policy."""

import falcon

from cors import CORSMiddleware


class Order:
    def on_get(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, 'bread': 'rye'}
        resp.set_header('X-Total-Count', '1')

    def on_put(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, 'changed': req.get_media()}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['GET', 'PUT'],
        allow_headers=['Content-Type'],
        expose_headers=['X-Total-Count'],
    )
)
app.add_route('/orders/{number:int}', Order())
