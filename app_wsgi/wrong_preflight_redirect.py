"""Wrong on purpose: a component redirects preflights, and no browser follows."""

import falcon


class TrailingSlash:
    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if not req.path.endswith('/'):
            raise falcon.HTTPMovedPermanently(f'{req.path}/')  # wrong: preflights, too


class Order:
    def on_delete(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'cancelled': number}


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(TrailingSlash())
app.add_route('/orders/{number:int}/', Order())
