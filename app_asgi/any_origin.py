"""Every page may read every response, as long as no credentials are involved."""

import falcon.asgi


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App(cors_enable=True)
app.add_route('/menu', Menu())
