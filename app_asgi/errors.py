"""Errors have CORS headers, too, so a page can read what went wrong."""

import falcon
import falcon.asgi


class Order:
    async def on_get(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        if number != 17:
            raise falcon.HTTPNotFound(description=f'There is no order {number}.')
        resp.media = {'number': 17, 'bread': 'rye'}


class Oven:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        raise RuntimeError('the oven is cold')  # a bug that nothing handles


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
app.add_route('/oven', Oven())
