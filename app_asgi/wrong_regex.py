"""Wrong on purpose: a pattern without an end matches an attacker's domain, too."""

import re

import falcon.asgi

from cors import CORSMiddleware

SUBDOMAINS = re.compile(r'https://.*\.example\.com')


def is_ours(origin: str) -> bool:
    return SUBDOMAINS.match(origin) is not None  # wrong: the text may go on


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(middleware=CORSMiddleware(allow_origins=is_ours))
app.add_route('/menu', Menu())
