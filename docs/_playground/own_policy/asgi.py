"""Your own policy: change the arguments and the resource."""

import falcon.asgi

from cors import CORSMiddleware


class Items:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'items': []}

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=False,
    )
)
app.add_route('/items', Items())
