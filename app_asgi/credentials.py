"""A page may use cookies only where the answer says so, by the page's name."""

import falcon
import falcon.asgi

BREADS = {'rye', 'sourdough'}
SHOP = ['https://shop.example.com', 'http://127.0.0.1:9000']  # the shop; this guide


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


class Bread:
    async def on_post(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, bread: str
    ) -> None:
        if bread not in BREADS:
            raise falcon.HTTPNotFound
        https = req.forwarded_scheme == 'https'  # WebKit drops Secure cookies of http
        resp.set_cookie('basket', bread, path='/', secure=https, same_site='Lax')
        resp.media = {'basket': bread}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(
        allow_origins=[*SHOP, 'https://partner.example.net'],
        allow_credentials=SHOP,  # the partner reads answers, but never with cookies
    )
)
app.add_route('/basket', Basket())
app.add_route('/basket/{bread}', Bread())
