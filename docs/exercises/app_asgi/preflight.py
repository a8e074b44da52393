"""The shop can also cancel orders."""

import falcon
import falcon.asgi


class Order:
    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'number': number, 'bread': 'rye', 'loaves': 1}

    # The browser sends a preflight first: no form can send a PUT, or this Content-Type.
    async def on_put(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'number': number, 'changed': await req.get_media()}

    async def on_delete(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'canceled': number}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
