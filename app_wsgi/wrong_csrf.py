"""Wrong on purpose: it reads a POST without a Content-Type as JSON, and any page can send one."""

import falcon


class Orders:
    def __init__(self) -> None:
        self._last: object = None

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        self._last = req.media  # wrong: nothing checks the Content-Type
        resp.media = {'ordered': self._last}

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'last order': self._last}
        resp.set_header('Access-Control-Allow-Origin', '*')  # so any page can see the result


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders', Orders())
