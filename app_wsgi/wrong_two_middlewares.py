"""Wrong on purpose: two CORS components, and every page may write but the shop's."""

import falcon


class Order:
    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(falcon.CORSMiddleware())  # wrong: the first to run takes what this one needs
app.add_route('/orders/17', Order())
