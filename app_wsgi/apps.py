"""Apps made with Capacitor, Ionic or Electron: list the origin that each of them sends."""

import falcon

from cors import CORSMiddleware

ORIGINS = [
    'https://shop.example.com',
    'capacitor://localhost',  # Capacitor on iOS
    'https://localhost',  # Capacitor on Android
    'app://bakery',  # Electron, with a scheme of your own
]


class Basket:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        # Every app on the device can have these origins. The token says whose basket it is.
        if req.auth != 'Bearer token-of-anna':
            raise falcon.HTTPUnauthorized(description='Log in first.')
        resp.media = {'basket': 'rye'}


app = falcon.App(middleware=CORSMiddleware(allow_origins=ORIGINS))
app.add_route('/basket', Basket())
