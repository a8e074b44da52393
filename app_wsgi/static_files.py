"""Pictures and fonts for pages on another origin."""

from pathlib import Path

import falcon

from cors import CORSMiddleware

app = falcon.App(middleware=CORSMiddleware(allow_origins=['https://shop.example.com']))
app.add_static_route('/pictures', Path(__file__).parent.parent / 'frontend' / 'pictures')
