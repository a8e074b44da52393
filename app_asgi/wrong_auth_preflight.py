"""Wrong on purpose: authentication that refuses preflights refuses every page."""

import falcon
import falcon.asgi


class Authentication:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if req.auth != 'Bearer token-of-anna':
            raise falcon.HTTPUnauthorized(description='Log in first.')  # wrong: preflights, too


class Order:
    async def on_delete(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'cancelled': number}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(Authentication())
app.add_route('/orders/{number:int}', Order())
