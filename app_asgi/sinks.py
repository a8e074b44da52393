"""A sink needs no code for CORS, because the middleware answers preflights first."""

from typing import Any

import falcon.asgi

from cors import CORSMiddleware


async def archive(req: falcon.asgi.Request, resp: Any, **params: Any) -> None:
    resp.media = {'archived': req.path, 'method': req.method}


app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_sink(archive, '/archive')
