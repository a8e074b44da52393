"""Your own policy: change the arguments and the resource."""

import falcon

from cors import CORSMiddleware


class Items:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'items': []}

    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.media


app = falcon.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=False,
    )
)
app.add_route('/items', Items())
