"""A browser keeps a page from reading the response of another origin."""

import falcon.asgi


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App()
app.add_route('/menu', Menu())
