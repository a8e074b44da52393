"""The allowed origins come from the environment, and a wrong one stops the start."""

import os

import falcon.asgi

from cors import CORSMiddleware

DEFAULT = 'https://shop.example.com, http://127.0.0.1:9000'  # the second: this guide's demo
ORIGINS = os.environ.get('BAKERY_ORIGINS', DEFAULT).split(',')


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(middleware=CORSMiddleware(allow_origins=[one.strip() for one in ORIGINS]))
app.add_route('/menu', Menu())
