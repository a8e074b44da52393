# SPDX-License-Identifier: MIT-0
"""The requests of forms, beacons, event streams and WebSockets."""

from __future__ import annotations

from collections.abc import Mapping

from .asgi import AsgiServer
from .asgi_sockets import CRASHED, AsgiSocket
from .bodies import Body, Content, extract_body
from .call_options import BeaconOptions
from .engines import PROFILES
from .event_streams import EVENT_STREAM
from .exchange import Answer, Exchange, Pairs, Step
from .headers import is_safelisted_content_type
from .request import Request
from .rules import Blocked, unreachable
from .servers import LiveServer, Server
from .sockets import Transport
from .urls import Url

NO_CACHE = [('cache-control', 'no-cache'), ('pragma', 'no-cache')]


def event_source_headers(last_event_id: str) -> Pairs:
    """The headers that an EventSource adds; they need no preflight."""
    last = [('last-event-id', last_event_id)] if last_event_id else []
    return [('accept', EVENT_STREAM), *NO_CACHE, *last]


def navigation(exchange: Exchange, url: Url, method: str, content: Content) -> Request:
    """The request of a form (HTML, navigation)."""
    request = Request(exchange, url, method, mode='navigate', credentials='include')
    request.body = content.data
    if content.type:
        request.headers.append(('content-type', content.type))
        request.first_headers = [*request.headers]
    return request


def beacon_request(exchange: Exchange, url: Url, data: Body, options: BeaconOptions) -> Request:
    """The request of a beacon (Beacon, sendBeacon)."""
    content = extract_body(data, files=options.get('files'))
    kind = options.get('content_type', content.type)
    if content.is_stream:
        raise TypeError("data: a beacon can't send a stream; pass a str, bytes or fields")
    if len(content.data or b'') > (limit := PROFILES[exchange.profile].beacon_limit()):
        reason = f'the data has {len(content.data or b"")} bytes, more than {limit:g}'
        raise Blocked('beacon-size', reason)
    safe = kind is None or is_safelisted_content_type(kind)
    headers = {'content-type': kind} if kind else {}
    request = Request(
        exchange, url, 'POST', headers, content.data, mode='no-cors' if safe else 'cors',
        credentials='include',
    )  # fmt: skip
    request.referrer_policy = options.get('referrer_policy', request.referrer_policy)
    return request


class Opening:
    """Opens a WebSocket on one of the servers.

    Attributes:
        transport: What carries the messages after the handshake.
    """

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self._servers = servers
        self.transport: Transport | None = None

    async def send(self, step: Step, url: Url) -> Answer:
        """Do the handshake. A WSGI application gets a request that it can't accept."""
        server = self._servers[url.origin]
        if isinstance(server, AsgiServer):
            return await self._open_asgi(server, step, url)
        if isinstance(server, LiveServer):
            return await self._open_live(server, step, url)
        return await server.send(step, url)

    async def _open_asgi(self, server: AsgiServer, step: Step, url: Url) -> Answer:
        socket = AsgiSocket(server, step, url)
        self.transport = socket
        try:
            return await socket.open()
        except TimeoutError as error:
            await socket.close(CRASHED, '')
            raise unreachable(step, 'timeout', f'{step.url}: {error}') from None

    async def _open_live(self, server: LiveServer, step: Step, url: Url) -> Answer:
        from .live_sockets import LiveSocket  # not at the top: WebAssembly has no sockets

        socket = LiveSocket(server.seconds, server.tls)
        self.transport = socket
        return await socket.open(step, url)
