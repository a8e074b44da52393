"""Errors have CORS headers, too, so a page can read what went wrong."""

import falcon


class Order:
    def on_get(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        if number != 17:
            raise falcon.HTTPNotFound(description=f'There is no order {number}.')
        resp.media = {'number': 17, 'bread': 'rye'}


class Oven:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise RuntimeError('the oven is cold')  # a bug that nothing handles


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
app.add_route('/oven', Oven())
