"""A responder may allow more origins, but it doesn't answer their preflights."""

import falcon
import falcon.asgi


class Menu:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


class Hours:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'opens': 7, 'closes': 18}
        resp.set_header('Access-Control-Allow-Origin', '*')

    # The preflight of a PUT never gets here, so this header comes too late.
    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()
        resp.set_header('Access-Control-Allow-Origin', '*')


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/menu', Menu())
app.add_route('/hours', Hours())
