"""A cache stores one response per origin, or a single one if anyone may read it."""

import falcon

from cors import CORSMiddleware, Policy

SHOP, PARTNER = 'https://shop.example.com', 'https://partner.example.com'


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}
        resp.cache_control = ['public', 'max-age=60']


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=[SHOP, PARTNER],  # differs by origin, so cors.py adds Vary
        routes={'/public/{path:path}': Policy(allow_origins='*')},  # the same for everyone
    )
)
app.add_route('/menu', Menu())
app.add_route('/public/menu', Menu())
