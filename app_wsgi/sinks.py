"""A sink needs no code for CORS, because the middleware answers preflights first."""

from typing import Any

import falcon

from cors import CORSMiddleware


def archive(req: falcon.Request, resp: Any, **params: Any) -> None:
    resp.media = {'archived': req.path, 'method': req.method}


app = falcon.App(middleware=CORSMiddleware(allow_origins=['https://shop.example.com']))
app.add_sink(archive, '/archive')
