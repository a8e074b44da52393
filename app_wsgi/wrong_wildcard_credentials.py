"""Wrong on purpose: every site on the web reads as the user who is logged in."""

import falcon


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(middleware=falcon.CORSMiddleware(allow_credentials='*'))  # wrong
app.add_route('/basket', Basket())
