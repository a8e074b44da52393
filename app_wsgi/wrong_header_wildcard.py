"""Wrong on purpose: with credentials, * is the name of a header and no wildcard."""

import falcon

SHOP = ['https://shop.example.com']


class HandWrittenCORS:
    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        origin = req.get_header('Origin', default='')
        if origin in SHOP:
            resp.set_header('Access-Control-Allow-Origin', origin)
            resp.set_header('Access-Control-Allow-Credentials', 'true')
            resp.set_header('Access-Control-Allow-Methods', 'GET, PUT')
            resp.set_header('Access-Control-Allow-Headers', '*')  # wrong


class Basket:
    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.get_media()}


app = falcon.App(middleware=HandWrittenCORS())
app.add_route('/basket', Basket())
