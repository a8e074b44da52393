"""Wrong on purpose: the answer names one page's origin, and another page asks."""

import falcon


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}
        resp.set_header('Access-Control-Allow-Origin', 'https://www.example.com')  # wrong


app = falcon.App()
app.add_route('/menu', Menu())
