"""Several origins can read responses, and some of them can use cookies."""

import falcon

from cors import CORSMiddleware

SHOP = ['https://shop.example.com']
PARTNERS = ['https://partner.example.com', 'https://bread.example.net']


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=[*SHOP, *PARTNERS],
        allow_credentials=SHOP,
    )
)
app.add_route('/basket', Basket())
