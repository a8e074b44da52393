"""Wrong on purpose: authentication that refuses preflights refuses every page."""

import falcon


class Authentication:
    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.auth != 'Bearer token-of-anna':
            raise falcon.HTTPUnauthorized(description='Log in first.')  # wrong: preflights, too


class Order:
    def on_delete(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'cancelled': number}


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(Authentication())
app.add_route('/orders/{number:int}', Order())
