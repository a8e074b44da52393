"""Wrong on purpose: a POST without a Content-Type is taken for JSON, and every page can send it."""

import falcon


class Orders:
    def __init__(self) -> None:
        self._last: object = None

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._last = req.media  # wrong: nobody looked at the Content-Type
        resp.media = {'ordered': self._last}

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'last order': self._last}
        resp.set_header('Access-Control-Allow-Origin', '*')  # so that every page can see it


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders', Orders())
