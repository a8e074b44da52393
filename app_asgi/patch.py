"""A method's name is compared letter by letter: patch is not PATCH."""

import falcon
import falcon.asgi

from cors import CORSMiddleware


class Order:
    async def on_patch(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'number': number, **await req.get_media()}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_methods=['PATCH'],
        max_age=600,  # seconds: one preflight serves them all
    )
)
app.add_route('/orders/{number:int}', Order())
