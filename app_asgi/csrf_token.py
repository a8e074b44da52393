"""A form can't send JSON, so it includes a token that only your own pages can read."""

import hmac
import os

import falcon
import falcon.asgi

from cors import CORSMiddleware

if 'BAKERY_KEY' not in os.environ:
    raise RuntimeError('Set BAKERY_KEY to a long random text that only your servers know')
KEY = os.environ['BAKERY_KEY'].encode()
PAGES = ['https://shop.example.com']


def token_for(req: falcon.asgi.Request) -> str:  # can't be forged without the key
    return hmac.digest(KEY, req.cookies.get('user', '').encode(), 'sha256').hex()


class Token:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'token': token_for(req)}
        resp.cache_control = ['no-store']


class Orders:
    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if falcon.parse_header(req.content_type or '')[0] != falcon.MEDIA_URLENCODED:
            raise falcon.HTTPUnsupportedMediaType(description='Send a form.')
        form = await req.get_media()
        if not hmac.compare_digest(str(form.get('token')).encode(), token_for(req).encode()):
            raise falcon.HTTPForbidden(description='The token is missing, or another user has it.')
        resp.media = {'ordered': form.get('bread')}


app = falcon.asgi.App(middleware=CORSMiddleware(allow_origins=PAGES, allow_credentials=PAGES))
app.add_route('/token', Token())
app.add_route('/orders', Orders())
