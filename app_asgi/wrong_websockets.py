"""Wrong on purpose: any page can open this WebSocket, and the browser sends the user's cookie."""

import falcon
import falcon.asgi

PAGES = ['https://shop.example.com']


class Orders:
    async def on_websocket(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept()  # wrong: nothing checks the Origin
        await ws.send_text(f'order 17, basket {req.cookies.get("basket")}, is ready')
        await ws.close()


app = falcon.asgi.App(
    middleware=falcon.CORSMiddleware(  # wrong: it doesn't see WebSockets
        allow_origins=PAGES, allow_credentials=PAGES
    )
)
app.add_route('/orders', Orders())
