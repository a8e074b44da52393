"""CORP says who may embed a picture, and Timing-Allow-Origin who may time it."""

from pathlib import Path

import falcon

from cors import CORSMiddleware

PICTURES = Path(__file__).parent.parent / 'frontend' / 'pictures'


class Picture:
    def __init__(self, headers: dict[str, str]) -> None:
        self._headers = headers

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_headers(self._headers)
        resp.content_type = 'image/svg+xml'
        resp.data = (PICTURES / 'loaf.svg').read_bytes()


app = falcon.App(middleware=CORSMiddleware(allow_origins=['https://shop.example.com']))
any_page = {'Cross-Origin-Resource-Policy': 'cross-origin'}
own_page = {'Cross-Origin-Resource-Policy': 'same-origin'}  # and pages that CORS allows
app.add_route('/loaf.svg', Picture(any_page))
app.add_route('/logo.svg', Picture({**any_page, 'Timing-Allow-Origin': '*'}))
app.add_route('/receipt.svg', Picture(own_page))
