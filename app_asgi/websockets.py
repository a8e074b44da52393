"""CORS doesn't apply to WebSockets, so the middleware checks the origin of each handshake."""

import falcon.asgi

from cors import CORSMiddleware


class Orders:
    async def on_websocket(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept()
        await ws.send_text('order 17 is ready')
        await ws.close()


app = falcon.asgi.App(
    middleware=CORSMiddleware(
        allow_origins=['https://shop.example.com'],
        allow_credentials=True,
    )
)
app.add_route('/orders', Orders())
