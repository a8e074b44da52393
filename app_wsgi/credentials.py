"""A page reads responses to requests with cookies only if you list its origin for that."""

import falcon

BREADS = {'rye', 'sourdough'}
SHOP, PARTNER = 'https://shop.example.com', 'https://partner.example.com'


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


class Bread:
    def on_post(self, req: falcon.Request, resp: falcon.Response, bread: str) -> None:
        if bread not in BREADS:
            raise falcon.HTTPNotFound
        resp.set_cookie('basket', bread, path='/', same_site='Lax')  # Secure by default
        resp.media = {'basket': bread}


app = falcon.App(
    middleware=falcon.CORSMiddleware(
        allow_origins=[SHOP, PARTNER],
        allow_credentials=SHOP,  # the partner may not read responses to requests with cookies
    )
)
app.add_route('/basket', Basket())
app.add_route('/basket/{bread}', Bread())
