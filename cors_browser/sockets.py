# SPDX-License-Identifier: MIT-0
"""The page's side of a WebSocket (WebSockets Standard)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol, Self, TypeVar

from .arguments import check_text, wrong_type
from .bodies import Buffer
from .exchange import Exchange, Pairs
from .headers import TOKEN

T = TypeVar('T')
Message = str | bytes


class SocketClosed(Exception):
    """The other side has closed the WebSocket; the page gets a ``close`` event."""

    code: int  #: The code, such as 1000, or 1006 if the connection broke.
    reason: str  #: The reason as text. Often empty.

    def __init__(self, code: int, reason: str = '') -> None:
        super().__init__(code, reason)
        self.code, self.reason = code, reason

    def __str__(self) -> str:
        return f'the server closed the WebSocket: {self.code} {self.reason}'.rstrip()


class Transport(Protocol):
    """What a driver provides for a WebSocket."""

    async def send(self, message: Message) -> None:
        """Send a message."""

    async def receive(self) -> Message:
        """Wait for a message."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Close the connection."""


Run = Callable[[str, str, Callable[[], Coroutine[Any, Any, Any]]], Any]


class WebSocket:
    """An open WebSocket of a page. Leaving a ``with`` or ``async with`` block closes it.

    The methods whose names begin with ``a`` are for a running event loop.
    """

    protocol: str  #: The subprotocol that the server chose, or empty.
    exchange: Exchange  #: The handshake.

    def __init__(self, transport: Transport, protocol: str, exchange: Exchange, run: Run) -> None:
        self.protocol, self.exchange = protocol, exchange
        self._transport, self._run, self._is_open = transport, run, True

    def send(self, message: str | Buffer) -> None:
        """Send text or bytes."""
        self._run('send', 'asend', lambda: self.asend(message))

    async def asend(self, message: str | Buffer) -> None:
        """Do the same as :meth:`send` in a running event loop."""
        if not isinstance(message, str | Buffer):
            raise wrong_type('message', message, 'pass a str or bytes')
        if not self._is_open:
            raise RuntimeError('send: the WebSocket is closed')
        await self._transport.send(message if isinstance(message, str) else bytes(message))

    def receive(self) -> Message:
        """Wait for the next message.

        Raises:
            SocketClosed: The server closed the WebSocket.
            TimeoutError: No message arrived in time. See `timeout` of :class:`Browser`.
        """
        message: Message = self._run('receive', 'areceive', self.areceive)
        return message

    async def areceive(self) -> Message:
        """Do the same as :meth:`receive` in a running event loop."""
        if not self._is_open:
            raise RuntimeError('receive: the WebSocket is closed')
        try:
            return await self._transport.receive()
        except SocketClosed:
            self._is_open = False
            raise

    def close(self, code: int = 1000, reason: str = '') -> None:
        """Close the WebSocket with the code 1000, or with your own from 3000 to 4999."""
        self._run('close', 'aclose', lambda: self.aclose(code, reason))

    async def aclose(self, code: int = 1000, reason: str = '') -> None:
        """Do the same as :meth:`close` in a running event loop."""
        if code != 1000 and code not in range(3000, 5000):
            raise ValueError(f"code: {code!r} can't be sent by pages; pass 1000, or 3000 to 4999")
        check_text('reason', reason)
        if len(reason.encode()) > 123:
            raise ValueError(f'reason: {reason!r} has over 123 bytes; shorten it')
        if self._is_open:
            self._is_open = False
            await self._transport.close(code, reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def protocol_headers(protocols: str | Sequence[str]) -> Pairs:
    """The header that offers subprotocols, as ``new WebSocket(url, protocols)`` does."""
    if not isinstance(protocols, str | Sequence):
        raise wrong_type('protocols', protocols, 'pass a name or a list of names')
    offered = [protocols] if isinstance(protocols, str) else [*protocols]
    for name in offered:
        check_text('protocols', name)
        if not TOKEN.fullmatch(name) or offered.count(name) > 1:
            raise ValueError(
                f'protocols: {name!r} is malformed or occurs twice; pass valid, distinct names'
            )
    return [('sec-websocket-protocol', ', '.join(offered))] if offered else []
