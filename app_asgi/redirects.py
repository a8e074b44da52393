"""A redirect works if every response allows the page, but preflights must not be redirected."""

import falcon
import falcon.asgi

from cors import CORSMiddleware


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2}

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


class MovedToMenu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        raise falcon.HTTPPermanentRedirect('menu')

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        raise falcon.HTTPPermanentRedirect('menu')  # 308 keeps the method and the body


app = falcon.asgi.App(
    middleware=CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.req_options.strip_url_path_trailing_slash = True  # so /menu/ needs no redirect
app.add_route('/menu', Menu())
app.add_route('/breads', MovedToMenu())
