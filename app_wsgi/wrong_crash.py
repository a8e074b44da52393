"""Wrong on purpose: a hook sets the header, and a crash skips the hook."""

import falcon

SHOP = ['https://shop.example.com']


def allow_the_shop(req: falcon.Request, resp: falcon.Response, resource: object) -> None:
    origin = req.get_header('Origin', default='')
    if origin in SHOP:
        resp.set_header('Access-Control-Allow-Origin', origin)


class Oven:
    @falcon.after(allow_the_shop)  # wrong: not called when the responder raises
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise RuntimeError('the oven is cold')  # a bug that nothing handles


app = falcon.App()
app.add_route('/oven', Oven())
