"""A list of exact https origins stops every attack that reads data."""

import falcon

from cors import CORSMiddleware


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=True,
    )
)
app.add_route('/basket', Basket())
