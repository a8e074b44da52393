"""The allowed origins come from the environment, and a wrong one stops the program."""

import os

import falcon

from cors import CORSMiddleware

if 'BAKERY_ORIGINS' not in os.environ:
    raise RuntimeError('Set BAKERY_ORIGINS, for example to https://shop.example.com')
ORIGINS = os.environ['BAKERY_ORIGINS'].split(',')


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App(
    middleware=CORSMiddleware(allow_origins=[one.strip() for one in ORIGINS]),
)
app.add_route('/menu', Menu())
