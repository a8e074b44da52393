"""Before a request that no form could send, the browser sends a preflight."""

import falcon


class Order:
    def on_get(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, 'bread': 'rye', 'loaves': 1}

    # The browser sends a preflight first: no form can send a PUT, or this Content-Type.
    def on_put(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, 'changed': req.get_media()}


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
