"""Server-sent events, with the CORS headers sent before the first event."""

from collections.abc import Iterator

import falcon

from cors import CORSMiddleware


class Oven:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.content_type = 'text/event-stream'
        resp.cache_control = ['no-cache']
        resp.stream = self.loaves()

    def loaves(self) -> Iterator[bytes]:
        for bread in ('rye', 'sourdough'):
            yield f'data: {bread}\n\n'.encode()


app = falcon.App(middleware=CORSMiddleware(allow_origins=['https://shop.example.com']))
app.add_route('/oven', Oven())
