"""Before a request that no form could send, the browser sends a preflight."""

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


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
