"""Wrong on purpose: a layer before the app sends the header a second time."""

from collections.abc import Iterable
from typing import Any

import falcon


class Menu:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


api = falcon.App(middleware=falcon.CORSMiddleware(allow_origins=['https://shop.example.com']))
api.add_route('/menu', Menu())


# This stands for a proxy that has a rule of its own for CORS.
def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        headers.append(('Access-Control-Allow-Origin', '*'))  # wrong
        return start_response(status, headers, *exc_info)

    return api(environ, start)
