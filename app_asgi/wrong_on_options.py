"""Wrong on purpose: an OPTIONS responder without Allow refuses every preflight."""

import falcon
import falcon.asgi


class Order:
    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()

    async def on_options(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.set_header('Access-Control-Allow-Methods', 'PUT')  # wrong: Falcon removes it


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/17', Order())
