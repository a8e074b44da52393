"""Wrong on purpose: the page asks with no-cors, and gets an answer that it cannot read."""

import falcon


class Menu:
    # No mode of fetch() takes the place of the header that is missing here.
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = falcon.App()
app.add_route('/menu', Menu())
