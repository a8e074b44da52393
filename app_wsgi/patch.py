"""A method's name is compared letter by letter: patch is not PATCH."""

import falcon

from cors import CORSMiddleware


class Order:
    def on_patch(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, **req.media}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['PATCH'],
        max_age=600,  # seconds: one preflight serves them all
    )
)
app.add_route('/orders/{number:int}', Order())
