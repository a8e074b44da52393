"""A page reads answers to requests with cookies only where they name it and say so."""

import falcon

BREADS = {'rye', 'sourdough'}
# The addresses of 127.0.0.1 and localhost are this guide's demo: not in your copy.
SHOP = ['https://shop.example.com', 'http://127.0.0.1:9000']
PARTNER = ['https://partner.example.com', 'http://localhost:9000']


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


class Bread:
    def on_post(self, req: falcon.Request, resp: falcon.Response, bread: str) -> None:
        if bread not in BREADS:
            raise falcon.HTTPNotFound
        https = req.forwarded_scheme == 'https'  # in your copy: secure=True
        resp.set_cookie('basket', bread, path='/', secure=https, same_site='Lax')
        resp.media = {'basket': bread}


app = falcon.App(
    middleware=falcon.CORSMiddleware(
        allow_origins=[*SHOP, *PARTNER],
        allow_credentials=SHOP,  # the partner may not read answers to requests with cookies
    )
)
app.add_route('/basket', Basket())
app.add_route('/basket/{bread}', Bread())
