"""During development, a page on any port of your own machine may read."""

import os

import falcon.asgi

from cors import CORSMiddleware

ORIGINS = ['https://shop.example.com']
if os.environ.get('BAKERY_ENV') == 'development':  # unset in production
    ORIGINS += ['http://localhost:*', 'http://127.0.0.1:*']


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=ORIGINS, allow_credentials=True),
)
app.add_route('/menu', Menu())
