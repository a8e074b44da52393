"""The responder itself allows one origin."""

import falcon


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}
        resp.set_header('Access-Control-Allow-Origin', 'https://shop.example.com')


app = falcon.App()
app.add_route('/menu', Menu())
