"""Wrong on purpose: a pattern without an end also matches an attacker's domain."""

import re

import falcon

from cors import CORSMiddleware

OURS = re.compile(r'https://.*\.example\.com')


def is_ours(origin: str) -> bool:
    return OURS.match(origin) is not None  # wrong: any text may follow


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(
    middleware=CORSMiddleware(allow_origins=is_ours, allow_credentials=True),
)
app.add_route('/basket', Basket())
