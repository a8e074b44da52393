"""One route allows every origin, one allows none, and the others allow the shop."""

import falcon.asgi

from cors import CORSMiddleware, Policy


class Hello:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'path': req.path}

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


app = falcon.asgi.App(
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
