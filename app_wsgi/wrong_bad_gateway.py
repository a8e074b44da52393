"""Wrong on purpose: a proxy answers in the place of the API, without its headers."""

import falcon


class Proxy:
    """Stands for a proxy whose API is down: it answers itself."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise falcon.HTTPBadGateway(description='The API does not answer.')  # wrong


app = falcon.App()
app.add_route('/menu', Proxy())
