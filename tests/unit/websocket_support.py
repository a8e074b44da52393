# SPDX-License-Identifier: MIT-0
"""A WebSocket that a test opens as a page does."""

import asyncio
from typing import Any

import falcon
import falcon.asgi
import falcon.testing

HOST = 'api.example.com'


class Echo:
    def __init__(self) -> None:
        self.opened = 0

    async def on_websocket(
        self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket, **fields: str
    ) -> None:
        self.opened += 1
        await ws.accept()
        await ws.send_text('secret')
        await ws.receive_text()


def handshake(
    cors: Any, headers: dict[str, str], path: str = '/ws', host: str = HOST, scheme: str = 'wss'
) -> bool:
    """Open a WebSocket and return whether that worked."""
    echo = Echo()
    app = falcon.asgi.App(middleware=cors)
    app.add_route('/ws', echo)
    app.add_route('/ws/{name}', echo)

    async def with_host(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope['type'] == 'websocket':
            others = [(name, value) for name, value in scope['headers'] if name != b'host']
            scope = scope | {'headers': [*others, (b'host', host.encode())]}
        await app(scope, receive, send)

    async def talk() -> None:
        async with (
            falcon.testing.ASGIConductor(with_host) as conductor,
            conductor.simulate_ws(path, headers=headers, scheme=scheme) as socket,
        ):
            assert await socket.receive_text() == 'secret'
            await socket.send_text('thanks')

    opened = True
    try:
        asyncio.run(talk())
    except falcon.WebSocketDisconnected as error:
        opened = error.code != 3403
    assert echo.opened == opened, 'the responder of a refused handshake never runs'
    return opened
