"""Wrong on purpose: the answer sends the page to a third origin, which sees the origin null."""

import falcon

OTHER = {'api.example.com': 'menu.example.com', '127.0.0.1': 'localhost'}  # two names of each


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.host in OTHER:
            raise falcon.HTTPFound(req.uri.replace(req.host, OTHER[req.host]))  # wrong
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/menu', Menu())
