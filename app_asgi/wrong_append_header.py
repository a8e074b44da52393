"""Wrong on purpose: a header with two values allows nobody."""

import falcon.asgi


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}
        resp.append_header('Access-Control-Allow-Origin', 'https://shop.example.com')
        resp.append_header('Access-Control-Allow-Origin', 'https://partner.example.com')  # wrong


app = falcon.asgi.App()
app.add_route('/menu', Menu())
