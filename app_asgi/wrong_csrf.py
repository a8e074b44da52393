"""Wrong on purpose: it reads a POST without a Content-Type as JSON, and any page can send one."""

import falcon
import falcon.asgi


class Orders:
    def __init__(self) -> None:
        self._last: object = None

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        self._last = await req.get_media()  # wrong: nothing checks the Content-Type
        resp.media = {'ordered': self._last}

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'last order': self._last}
        resp.set_header('Access-Control-Allow-Origin', '*')  # so any page can see the result


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders', Orders())
