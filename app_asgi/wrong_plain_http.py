"""Wrong on purpose: a page without TLS reads, so whoever carries its traffic reads."""

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
    middleware=falcon.CORSMiddleware(  # wrong: it takes them all
        allow_origins=PAGES, allow_credentials=PAGES
    )
)
app.add_route('/basket', Basket())
