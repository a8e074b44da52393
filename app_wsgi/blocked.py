"""A browser keeps a page from reading the response of another origin."""

import falcon


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App()
app.add_route('/menu', Menu())
