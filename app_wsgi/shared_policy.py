"""One policy for the whole API, which fails at startup and not in production."""

import falcon

from cors import CORSMiddleware


class Authentication:
    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.auth != 'Bearer token-of-anna':  # no exception for preflights: they never get here
            raise falcon.HTTPUnauthorized(description='Log in first.')


class Order:
    def on_delete(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'cancelled': number}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['GET', 'DELETE'],
        allow_headers=['Authorization'],
    )
)
app.add_middleware(Authentication())
app.add_route('/orders/{number:int}', Order())
