"""Wrong on purpose: with two CORS middlewares, every page can write except the shop's."""

import falcon


class Order:
    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(falcon.CORSMiddleware())  # wrong: it needs what the first one removes
app.add_route('/orders/17', Order())
