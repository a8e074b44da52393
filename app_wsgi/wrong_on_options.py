"""Wrong on purpose: an OPTIONS responder without Allow refuses every preflight."""

import falcon


class Order:
    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()

    def on_options(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('Access-Control-Allow-Methods', 'PUT')  # wrong: Falcon removes it


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/17', Order())
