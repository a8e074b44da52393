"""A sink needs no code for CORS: the preflight is answered before it."""

from typing import Any

import falcon.asgi

from cors import CORSMiddleware


async def archive(req: falcon.asgi.Request, resp: Any, **params: Any) -> None:
    resp.media = {'archived': req.path, 'method': req.method}


app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_sink(archive, '/archive')
