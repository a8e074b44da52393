"""What axios and jQuery send: a request with cookies, a header to read, and an upload."""

import falcon.asgi

from cors import CORSMiddleware


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}
        resp.set_header('X-Total-Count', '3')
        resp.set_header('X-Oven', 'left')  # not exposed


class Pictures:
    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'bytes': len(await req.stream.read())}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=True,
        expose_headers=['X-Total-Count'],
    )
)
app.add_route('/basket', Basket())
app.add_route('/pictures', Pictures())
