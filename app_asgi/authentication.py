"""CORS lets pages call the API; authentication and authorization decide what they get."""

import falcon
import falcon.asgi

ROLES = {'Bearer token-of-anna': 'baker', 'Bearer token-of-ben': 'guest'}


class Authentication:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if req.method == 'OPTIONS' and req.get_header('Access-Control-Request-Method'):
            return  # a preflight: it never has credentials, and Falcon answers it
        if req.auth not in ROLES:
            raise falcon.HTTPUnauthorized(description='Log in first.')
        req.context.role = ROLES[req.auth]


class Order:
    async def on_delete(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, number: int
    ) -> None:
        if req.context.role != 'baker':
            raise falcon.HTTPForbidden(description='Only bakers cancel orders.')
        resp.media = {'cancelled': number}


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_middleware(Authentication())
app.add_route('/orders/{number:int}', Order())
