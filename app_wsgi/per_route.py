"""One route allows every origin, one allows none, and the others allow the shop."""

import falcon

from cors import CORSMiddleware, Policy


class Hello:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'path': req.path}

    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        routes={
            '/public/{path:path}': Policy(allow_origins='*'),
            '/internal/{path:path}': None,  # no other origin at all
        },
    )
)
for path in ('/orders', '/public/menu', '/internal/costs'):
    app.add_route(path, Hello())
