"""Every subdomain of one domain can read, at any depth, and no other origin can."""

import falcon.asgi

from cors import CORSMiddleware


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=[
            'https://shop.example.com',
            'https://*.preview.example.com',  # doesn't match https://preview.example.com
        ],
    )
)
app.add_route('/menu', Menu())
