"""Wrong on purpose: a hook sets the header, and a crash skips the hook."""

import falcon
import falcon.asgi

SHOP = ['https://shop.example.com']


async def allow_the_shop(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, resource: object
) -> None:
    origin = req.get_header('Origin', default='')
    if origin in SHOP:
        resp.set_header('Access-Control-Allow-Origin', origin)


class Oven:
    @falcon.after(allow_the_shop)  # wrong: not called when the responder raises
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        raise RuntimeError('the oven is cold')  # a bug that nothing handles


app = falcon.asgi.App()
app.add_route('/oven', Oven())
