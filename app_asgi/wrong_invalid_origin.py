"""Wrong on purpose: these values name no origin, so they allow no page."""

import falcon
import falcon.asgi

VALUES = {
    'no_scheme': 'shop.example.com',  # wrong
    'trailing_slash': 'https://shop.example.com/',  # wrong
    'empty': '',  # wrong
    'null': 'null',  # wrong
}


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, kind: str) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}
        resp.set_header('Access-Control-Allow-Origin', VALUES[kind])


app = falcon.asgi.App()
app.add_route('/menu/{kind}', Menu())
