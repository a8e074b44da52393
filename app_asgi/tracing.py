"""Tracing: allow the headers that a tracing library adds to every request."""

import falcon.asgi

from cors import CORSMiddleware

HEADERS = [
    'Authorization',
    'Content-Type',
    *('traceparent', 'tracestate', 'baggage'),  # OpenTelemetry: W3C Trace Context and Baggage
    'sentry-trace',  # Sentry, which sends baggage as well
]


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'trace': req.get_header('traceparent')}


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_headers=HEADERS,
    )
)
app.add_route('/menu', Menu())
