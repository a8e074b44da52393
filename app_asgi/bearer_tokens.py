"""A token in a header needs neither cookies nor a credentials mode."""

import falcon
import falcon.asgi

from cors import CORSMiddleware


class Authentication:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if req.auth != 'Bearer token-of-anna':
            raise falcon.HTTPUnauthorized(description='Log in first.')


class Orders:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = [{'number': 17, 'bread': 'rye'}]


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_headers=['Authorization'],  # by name: * doesn't include it
    )
)
app.add_middleware(Authentication())
app.add_route('/orders', Orders())
