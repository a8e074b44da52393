"""Wrong on purpose: a header with two values allows nobody."""

import falcon


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}
        resp.append_header('Access-Control-Allow-Origin', 'https://shop.example.com')
        resp.append_header('Access-Control-Allow-Origin', 'https://partner.example.com')  # wrong


app = falcon.App()
app.add_route('/menu', Menu())
