"""One policy for the whole API, which fails at startup and not in production."""

import falcon
import falcon.asgi

from cors import CORSMiddleware


class Authentication:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if req.auth != 'Bearer token-of-anna':  # no exception for preflights: they never get here
            raise falcon.HTTPUnauthorized(description='Log in first.')


class Order:
    async def on_delete(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'cancelled': number}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['GET', 'DELETE'],
        allow_headers=['Authorization'],
    )
)
app.add_middleware(Authentication())
app.add_route('/orders/{number:int}', Order())
