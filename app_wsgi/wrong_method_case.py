"""Wrong on purpose: the API allows PATCH, and its page asks for patch."""

import falcon


class Order:
    # Browsers write PUT and DELETE in upper case for the page, but not PATCH.
    def on_patch(self, req: falcon.Request, resp: falcon.Response, number: int) -> None:
        resp.media = {'number': number, 'changed': req.get_media()}


app = falcon.App(
    middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']),
)
app.add_route('/orders/{number:int}', Order())
