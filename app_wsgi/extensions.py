"""Browser extensions: one fixed origin in Chrome, another one for each installation in Firefox."""

import re

import falcon

from cors import CORSMiddleware

LISTED = {
    'https://shop.example.com',
    'chrome-extension://mhbcjfjpmhkjkbnhoahddafkmdlnnmcf',  # yours: the ID in the store
}
IN_FIREFOX = re.compile(r'moz-extension://[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')


def is_allowed(origin: str) -> bool:
    # Firefox doesn't tell whose extension it is: this allows all of them, without cookies.
    return origin in LISTED or IN_FIREFOX.fullmatch(origin) is not None


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.auth != 'Bearer token-of-anna':
            raise falcon.HTTPUnauthorized(description='Log in first.')
        resp.media = {'basket': 'rye'}


app = falcon.App(middleware=CORSMiddleware(allow_origins=is_allowed))
app.add_route('/basket', Basket())
