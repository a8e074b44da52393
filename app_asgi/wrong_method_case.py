"""Wrong on purpose: the API allows PATCH, and its page asks for patch."""

import falcon
import falcon.asgi


class Order:
    # Browsers write PUT and DELETE in upper case for the page, but not PATCH.
    async def on_patch(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        resp.media = {'number': number, 'changed': await req.get_media()}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
