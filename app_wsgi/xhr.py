"""What axios and jQuery send: a request with cookies, a header to read, and an upload."""

import falcon

from cors import CORSMiddleware


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}
        resp.set_header('X-Total-Count', '3')
        resp.set_header('X-Oven', 'left')  # not exposed


class Pictures:
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'bytes': len(req.bounded_stream.read())}


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=True,
        expose_headers=['X-Total-Count'],
    )
)
app.add_route('/basket', Basket())
app.add_route('/pictures', Pictures())
