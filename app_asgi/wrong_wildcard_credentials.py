"""Wrong on purpose: every site on the web reads as the user who is logged in."""

import falcon
import falcon.asgi


class Basket:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.asgi.App(middleware=falcon.CORSMiddleware(allow_credentials='*'))  # wrong
app.add_route('/basket', Basket())
