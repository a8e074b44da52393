"""The wire recorder: keeps what a lesson was asked and what it answered.

It stands outside the lessons. A page that calls ``/_wire/<key>/<lesson>/...`` has its
exchanges kept under that key and can read them, preflight included, from ``/_wire/<key>``.
Nothing else is recorded, and the oldest keys are forgotten.
"""

from __future__ import annotations

import http.client
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, MutableMapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
ASGIApplication = Callable[[Scope, Receive, Send], Coroutine[Any, Any, None]]

MAX_KEYS = 200
MAX_EXCHANGES = 20
MAX_BODY = 4096  # bytes of an answer's body that are kept


def header_name(name: str) -> str:
    """Write a header's name as people know it: ``content-type`` as ``Content-Type``."""
    return '-'.join(part.capitalize() for part in name.split('-'))


@dataclass
class Exchange:
    """One request and its answer, as the server saw them.

    Attributes:
        status: The status line without the version, or ``''`` until the answer begins.
        body: The first ``MAX_BODY`` bytes of the answer's body.
    """

    method: str
    path: str
    request_headers: list[tuple[str, str]]
    status: str = ''
    response_headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b''

    def answer(self, status: str, headers: Iterable[tuple[str, str]]) -> None:
        self.status = status
        self.response_headers = [(header_name(name), value) for name, value in headers]

    def add_body(self, chunk: bytes) -> None:
        self.body += chunk[: MAX_BODY - len(self.body)]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {'body': self.body.decode('utf-8', 'replace')}


class Recorder:
    """Keeps the exchanges of the newest ``MAX_KEYS`` keys, ``MAX_EXCHANGES`` for each."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, list[Exchange]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, key: str) -> list[dict[str, Any]]:
        with self._lock:
            return [exchange.as_json() for exchange in self._kept.get(key, [])]

    def wsgi(self, key: str, app: WSGIApplication) -> WSGIApplication:
        """Wrap a WSGI application so that what passes is kept under ``key``."""

        def recording(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            exchange = Exchange(
                environ['REQUEST_METHOD'],
                _path(environ['PATH_INFO'], environ.get('QUERY_STRING', '')),
                sorted(_wsgi_headers(environ)),
            )
            self._keep(key, exchange)

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
                exchange.answer(status, headers)
                return start_response(status, headers, exc_info)

            return _RecordedBody(app(environ, start), exchange)

        return recording

    def asgi(self, key: str, app: ASGIApplication) -> ASGIApplication:
        """Wrap an ASGI application so that what passes is kept under ``key``.

        Of a WebSocket the handshake is kept.
        """

        async def recording(scope: Scope, receive: Receive, send: Send) -> None:
            exchange = Exchange(
                scope.get('method', 'GET'),
                _path(scope['path'], scope['query_string'].decode('latin-1')),
                sorted(_asgi_headers(scope['headers'])),
            )
            self._keep(key, exchange)

            async def keep_and_send(event: Event) -> None:
                if event['type'] == 'http.response.start':
                    status = event['status']
                    reason = http.client.responses.get(status, '')
                    exchange.answer(f'{status} {reason}'.strip(), _asgi_headers(event['headers']))
                elif event['type'] == 'http.response.body':
                    exchange.add_body(event.get('body', b''))
                elif event['type'] == 'websocket.accept':
                    exchange.answer('101 Switching Protocols', [])
                elif event['type'] == 'websocket.close' and not exchange.status:
                    exchange.answer('403 Forbidden', [])
                await send(event)

            await app(scope, receive, keep_and_send)

        return recording

    def _keep(self, key: str, exchange: Exchange) -> None:
        with self._lock:
            exchanges = self._kept.setdefault(key, [])
            if len(exchanges) < MAX_EXCHANGES:
                exchanges.append(exchange)
            while len(self._kept) > MAX_KEYS:
                self._kept.popitem(last=False)


class _RecordedBody:
    def __init__(self, body: Iterable[bytes], exchange: Exchange) -> None:
        self._body = body
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._body:
            self._exchange.add_body(chunk)
            yield chunk

    def close(self) -> None:
        if close := getattr(self._body, 'close', None):
            close()


def _path(path: str, query: str) -> str:
    return f'{path}?{query}' if query else path


def _wsgi_headers(environ: WSGIEnvironment) -> Iterator[tuple[str, str]]:
    for name, value in environ.items():
        if name.startswith('HTTP_'):
            yield header_name(name.removeprefix('HTTP_').replace('_', '-')), value
        elif name in ('CONTENT_TYPE', 'CONTENT_LENGTH') and value:
            yield header_name(name.replace('_', '-')), value


def _asgi_headers(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        yield header_name(name.decode('latin-1')), value.decode('latin-1')
