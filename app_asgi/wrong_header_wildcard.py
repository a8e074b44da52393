"""Wrong on purpose: with credentials, * is the name of a header and no wildcard."""

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
            resp.set_header('Access-Control-Allow-Credentials', 'true')
            resp.set_header('Access-Control-Allow-Methods', 'GET, PUT')
            resp.set_header('Access-Control-Allow-Headers', '*')  # wrong


class Basket:
    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': await req.get_media()}


app = falcon.asgi.App(middleware=HandWrittenCORS())
app.add_route('/basket', Basket())
