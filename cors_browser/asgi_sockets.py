# SPDX-License-Identifier: MIT-0
"""The driver for WebSockets of ASGI applications."""

from __future__ import annotations

import asyncio

from .asgi import BARE_500, GRACE, AsgiServer, Event, Events, pairs_of, scope_of
from .exchange import Answer, Headers, Step
from .sockets import Message, SocketClosed
from .urls import Url

CRASHED = 1006  # no close frame was received (RFC 6455, section 7.1.5)


class AsgiSocket:
    """One WebSocket from the application's view. The application runs between the calls."""

    def __init__(self, server: AsgiServer, step: Step, url: Url) -> None:
        scope = scope_of('websocket', step, url, server.state)
        scope['scheme'] = 'wss' if url.scheme == 'https' else 'ws'
        protocols = Headers(step.request_headers).get('sec-websocket-protocol', '')
        scope['subprotocols'] = [name.strip() for name in protocols.split(',') if name]
        scope['extensions'] = {'websocket.http.response': {}}
        self._limits = server.limits
        self._inbox, self._outbox = Events(), Events()
        self._inbox.put_nowait({'type': 'websocket.connect'})
        self._task = asyncio.ensure_future(self._run(server, scope))
        server.tasks.add(self._task)
        self._task.add_done_callback(server.tasks.discard)

    async def _run(self, server: AsgiServer, scope: Event) -> None:
        """Run the application. When it returns, the WebSocket closes."""
        try:
            await server.app(scope, self._inbox.get, self._outbox.put)
        except Exception:
            self._outbox.put_nowait({'type': 'websocket.close', 'code': CRASHED})
            raise
        self._outbox.put_nowait({'type': 'websocket.close', 'code': 1000})

    async def _next(self) -> Event:
        """The next event of the application."""
        seconds = min(self._limits.seconds, 86_400)
        try:
            event = await asyncio.wait_for(self._outbox.get(), seconds)
        except TimeoutError:
            reason = f'the application sent nothing within {self._limits.seconds:g} seconds'
            raise TimeoutError(f'target: {reason}') from None
        if event['type'] == 'websocket.close':
            await self._end()
        return event

    async def open(self) -> Answer:
        """The response to the handshake: 101 if the application accepts."""
        event = await self._next()
        if event['type'] == 'websocket.accept':
            protocol = event.get('subprotocol')
            chosen = [('sec-websocket-protocol', protocol)] if protocol else []
            return 101, [*pairs_of(event), *chosen], b''
        if event['type'] != 'websocket.http.response.start':
            return BARE_500 if event.get('code') == CRASHED else (403, [], b'')
        body, more = b'', True
        while more:
            part = await self._next()
            body += part.get('body', b'')
            more = part.get('more_body', False)
        await self._end()
        return event['status'], pairs_of(event), body

    async def send(self, message: Message) -> None:
        """Send a message of the page."""
        kind = 'text' if isinstance(message, str) else 'bytes'
        self._inbox.put_nowait({'type': 'websocket.receive', kind: message})

    async def receive(self) -> Message:
        """The next message of the application."""
        event = await self._next()
        if event['type'] == 'websocket.close':
            raise SocketClosed(event.get('code', 1000), event.get('reason') or '')
        text: str | None = event.get('text')
        return event['bytes'] if text is None else text

    async def close(self, code: int, reason: str) -> None:
        """Close from the page's side, and let the application end."""
        event = {'type': 'websocket.disconnect', 'code': code, 'reason': reason}
        self._inbox.put_nowait(event)
        await self._end()

    async def _end(self) -> None:
        """Wait until the application returns, and raise its exception if that's requested."""
        await asyncio.wait([self._task], timeout=GRACE)
        self._task.cancel()
        (error,) = await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(error, Exception) and self._limits.raise_app_exceptions:
            raise error
