"""CORS doesn't stop a simple POST, so the API refuses what its own pages didn't send."""

import falcon
import falcon.asgi

from cors import CORSMiddleware

PAGES = ['https://shop.example.com']


class OwnPagesOnly:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if req.method in ('GET', 'HEAD', 'OPTIONS'):
            return  # these must not change anything
        site, origin = req.get_header('Sec-Fetch-Site'), req.get_header('Origin')
        if site == 'cross-site' and origin not in PAGES:  # the browser sets both headers
            raise falcon.HTTPForbidden(description='Your page may not change anything.')
        media_type, _ = falcon.parse_header(req.content_type or '')
        if req.method == 'POST' and media_type != falcon.MEDIA_JSON:
            # JSON from another origin needs a preflight, and only PAGES pass it.
            raise falcon.HTTPUnsupportedMediaType(description='Send application/json.')


class Orders:
    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'ordered': await req.get_media()}


app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=PAGES, allow_headers=['Content-Type'])
)
app.add_middleware(OwnPagesOnly())
app.add_route('/orders', Orders())
