"""Wrong on purpose: it allows the origin of any page, with credentials."""

import falcon


class Reflection:
    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        if origin := req.get_header('Origin'):
            resp.set_header('Access-Control-Allow-Origin', origin)  # wrong: no list is checked
            resp.set_header('Access-Control-Allow-Credentials', 'true')


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'basket': req.cookies.get('basket')}


app = falcon.App(middleware=Reflection())
app.add_route('/basket', Basket())
