"""A page can read seven response headers; you have to expose the others."""

import falcon
import falcon.asgi


class Orders:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = [{'number': 17}, {'number': 18}]
        resp.set_header('X-Total-Count', '2')
        resp.set_header('X-Oven', 'north')


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        expose_headers=['X-Total-Count'],
    )
)
app.add_route('/orders', Orders())
