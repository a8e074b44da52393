"""Pictures and fonts: a page may use them with crossorigin where the answer allows it."""

from pathlib import Path

import falcon.asgi

from cors import CORSMiddleware

app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_static_route('/pictures', Path(__file__).parent.parent / 'frontend' / 'pictures')
