"""Server-sent events, with the CORS headers sent before the first event."""

from collections.abc import AsyncIterator

import falcon.asgi

from cors import CORSMiddleware


class Oven:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.content_type = 'text/event-stream'
        resp.cache_control = ['no-cache']
        resp.stream = self.loaves()

    async def loaves(self) -> AsyncIterator[bytes]:
        for bread in ('rye', 'sourdough'):
            yield f'data: {bread}\n\n'.encode()


app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/oven', Oven())
