"""Wrong on purpose: an origin without a scheme never matches."""

import falcon


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App(middleware=falcon.CORSMiddleware(allow_origins='shop.example.com'))  # wrong
app.add_route('/menu', Menu())
