"""Wrong on purpose: one bad name in a list, and the browser believes none of it."""

import falcon
import falcon.asgi

SHOP = ['https://shop.example.com']


class HandWrittenCORS:
    async def process_response(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        resource: object,
        req_succeeded: bool,
    ) -> None:
        origin = req.get_header('Origin', default='')
        if origin in SHOP:
            resp.set_header('Access-Control-Allow-Origin', origin)


class Order:
    def __init__(self, methods: str, headers: str) -> None:
        self.methods, self.headers = methods, headers

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'changed': await req.get_media()}

    async def on_options(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.set_header('Access-Control-Allow-Methods', self.methods)
        resp.set_header('Access-Control-Allow-Headers', self.headers)


app = falcon.asgi.App(middleware=HandWrittenCORS())
app.add_route('/orders/17', Order('GET PUT', 'Content-Type'))  # wrong: no comma
app.add_route('/breads/rye', Order('GET, PUT', 'Content-Type X-Debug'))  # wrong: no comma
