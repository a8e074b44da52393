"""A login on another site: respond with 401 and its address, so that the page can open it."""

import falcon

from cors import CORSMiddleware

LOGIN = 'https://login.example.net/authorize?client_id=bakery'


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.auth == 'Bearer token-of-anna':
            resp.media = {'basket': 'rye'}
        else:
            resp.status = falcon.HTTP_401  # no redirect: fetch() would follow it
            resp.media = {'login': LOGIN}


app = falcon.App(
    middleware=CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/basket', Basket())
