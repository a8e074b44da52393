"""Wrong on purpose: it trusts a page without TLS, which anyone on the network can change."""

import falcon
import falcon.asgi

PAGES = [
    'https://shop.example.com',
    'http://old.example.com',  # wrong: it has no TLS
]


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(  # wrong: it accepts them all
        allow_origins=PAGES, allow_credentials=PAGES
    )
)
app.add_route('/basket', Basket())
