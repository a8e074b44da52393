"""A redirect works if every response allows the page, but preflights must not be redirected."""

import falcon

from cors import CORSMiddleware


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2}

    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.media


class MovedToMenu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise falcon.HTTPPermanentRedirect('menu')

    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise falcon.HTTPPermanentRedirect('menu')  # 308 keeps the method and the body


app = falcon.App(middleware=CORSMiddleware(allow_origins=['https://shop.example.com']))
app.req_options.strip_url_path_trailing_slash = True  # so /menu/ needs no redirect
app.add_route('/menu', Menu())
app.add_route('/breads', MovedToMenu())
