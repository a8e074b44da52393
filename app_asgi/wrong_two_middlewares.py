"""Wrong on purpose: two CORS components, and every page may write but the shop's."""

import falcon
import falcon.asgi


class Order:
    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(falcon.CORSMiddleware())  # wrong: the first to run takes what this one needs
app.add_route('/orders/17', Order())
