"""One route is open to everyone, one to nobody, and the rest to the shop."""

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
            '/internal/{path:path}': None,  # no page of another origin, whoever it is
        },
    )
)
for path in ('/orders', '/public/menu', '/internal/costs'):
    app.add_route(path, Hello())
