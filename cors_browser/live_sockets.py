# SPDX-License-Identifier: MIT-0
"""The client for WebSockets of running servers, based on the library websockets."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Any, TypeVar

from .exchange import Answer, Step
from .live import late, tls_context
from .rules import unreachable
from .sockets import Message, SocketClosed
from .targets import in_event_loop
from .urls import Url, need

T = TypeVar('T')
OWN_HEADERS = {'connection', 'upgrade', 'sec-websocket-version', 'sec-websocket-protocol'}


async def in_thread(call: Callable[[], T]) -> T:
    """Call a blocking function, in its own thread if an event loop is running."""
    return await asyncio.to_thread(call) if in_event_loop() else call()


class LiveSocket:
    """A WebSocket of a running server."""

    def __init__(self, seconds: float, tls: ssl.SSLContext | None) -> None:
        self._seconds, self._tls = seconds, tls
        self._library = need('websockets', 'open a WebSocket of a running server')
        self._connection: Any = None
        self._closing = contextlib.ExitStack()

    async def open(self, step: Step, url: Url) -> Answer:
        """Do the handshake; the response is 101 if the server accepts."""
        return await in_thread(lambda: self._open(step, url))

    def _open(self, step: Step, url: Url) -> Answer:
        client = need('websockets.sync.client', 'open a WebSocket of a running server')
        headers = [(n, v) for n, v in step.request_headers if n not in OWN_HEADERS]
        offered = [v for n, v in step.request_headers if n == 'sec-websocket-protocol']
        try:
            connecting = client.connect(
                step.url,
                additional_headers=headers,
                subprotocols=offered[0].split(', ') if offered else None,
                user_agent_header=None,
                proxy=None,
                ssl=(self._tls or tls_context()) if url.scheme == 'https' else None,
                open_timeout=self._seconds,
            )
            self._connection = self._closing.enter_context(connecting)
            response = self._connection.response
        except self._library.exceptions.InvalidStatus as refused:
            response = refused.response
        except TimeoutError:
            raise late(step, url, self._seconds) from None
        except (OSError, self._library.exceptions.InvalidHandshake, EOFError) as error:
            raise unreachable(step, 'closed', f'{step.url}: {error}') from None
        return response.status_code, [*response.headers.raw_items()], response.body or b''

    async def send(self, message: Message) -> None:
        """Send a message of the page."""
        await in_thread(lambda: self._connection.send(message))

    async def receive(self) -> Message:
        """The next message of the server."""
        try:
            message: Message = await in_thread(lambda: self._connection.recv(self._seconds))
        except TimeoutError:
            raise TimeoutError(f'target: no message within {self._seconds:g} seconds') from None
        except self._library.exceptions.ConnectionClosed as closed:
            if closed.rcvd is None:
                raise SocketClosed(1006) from None
            raise SocketClosed(closed.rcvd.code, closed.rcvd.reason) from None
        return message

    async def close(self, code: int, reason: str) -> None:
        """Close from the page's side."""
        await in_thread(lambda: self._connection.close(code, reason))
        await in_thread(self._closing.close)
