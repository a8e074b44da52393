"""Wrong on purpose: the page asks with no-cors, and gets an answer that it cannot read."""

import falcon
import falcon.asgi


class Menu:
    # No mode of fetch() takes the place of the header that is missing here.
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.asgi.App()
app.add_route('/menu', Menu())
