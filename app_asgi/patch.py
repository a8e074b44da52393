"""Methods are case-sensitive: patch isn't PATCH."""

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
        max_age=600,  # seconds until the browser sends another preflight
    )
)
app.add_route('/orders/{number:int}', Order())
