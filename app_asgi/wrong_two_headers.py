"""Wrong on purpose: a layer before the app sends the header a second time."""

from collections.abc import Awaitable, Callable
from typing import Any

import falcon
import falcon.asgi


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


api = falcon.asgi.App(middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']))
api.add_route('/menu', Menu())


# This stands for a proxy that has a rule of its own for CORS.
async def app(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
    async def send_twice(event: Any) -> None:
        if event['type'] == 'http.response.start':
            event['headers'].append((b'access-control-allow-origin', b'*'))  # wrong
        await send(event)

    await api(scope, receive, send_twice)
