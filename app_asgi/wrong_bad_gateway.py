"""Wrong on purpose: a proxy answers in the place of the API, without its headers."""

import falcon
import falcon.asgi


class Proxy:
    """Stands for a proxy whose API is down: it answers itself."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        raise falcon.HTTPBadGateway(description='The API does not answer.')  # wrong


app = falcon.asgi.App()
app.add_route('/menu', Proxy())
