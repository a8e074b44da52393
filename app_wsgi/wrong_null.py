"""Wrong on purpose: any page can have the origin null."""

import falcon


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(
    middleware=falcon.CORSMiddleware(
        allow_origins=['https://shop.example.com', 'null'],  # wrong
        allow_credentials=['https://shop.example.com', 'null'],  # wrong
    )
)
app.add_route('/basket', Basket())
