"""Wrong on purpose: with two CORS middlewares, every page can write except the shop's."""

import falcon
import falcon.asgi


class Order:
    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(falcon.CORSMiddleware())  # wrong: it needs what the first one removes
app.add_route('/orders/17', Order())
