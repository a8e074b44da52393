"""Wrong on purpose: the API allows the page, and forgets the credentials it sends."""

import falcon


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(
    middleware=falcon.CORSMiddleware(  # wrong: no allow_credentials
        allow_origins=['https://shop.example.com'],
    )
)
app.add_route('/basket', Basket())
