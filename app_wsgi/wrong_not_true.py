"""Wrong on purpose: Access-Control-Allow-Credentials is True, not true."""

import falcon


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}
        resp.set_header('Access-Control-Allow-Credentials', str(True))  # wrong


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/basket', Basket())
