"""Wrong on purpose: a component redirects preflights, and no browser follows."""

import falcon
import falcon.asgi


class TrailingSlash:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if not req.path.endswith('/'):
            raise falcon.HTTPMovedPermanently(f'{req.path}/')  # wrong: preflights, too


class Order:
    async def on_delete(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'cancelled': number}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(TrailingSlash())
app.add_route('/orders/{number:int}/', Order())
