"""Wrong on purpose: the flag and the middleware together do not start."""

import falcon

app = falcon.App(
    cors_enable=True,
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
