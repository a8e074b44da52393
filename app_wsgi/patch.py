"""Methods are case-sensitive: patch isn't PATCH."""

import falcon

from cors import CORSMiddleware


class Order:
    def on_patch(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, **req.media}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['PATCH'],
        max_age=600,  # seconds until the browser sends another preflight
    )
)
app.add_route('/orders/{number:int}', Order())
