# SPDX-License-Identifier: MIT-0
"""The driver for ASGI applications: their requests and their lifespan."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import urllib.parse
from collections.abc import AsyncIterator
from typing import Any

from .exchange import Answer, Pairs, Step
from .rules import unreachable
from .targets import App, Limits
from .urls import DEFAULT_PORTS, Url

Event = dict[str, Any]
Events = asyncio.Queue[Event]
GRACE = 1  # seconds for an application to end after it has received http.disconnect
#: What uvicorn sends after an exception: none of the application's headers, so no CORS headers.
BARE_500: Answer = (
    500,
    [
        ('content-type', 'text/plain; charset=utf-8'),
        ('content-length', '21'),
        ('connection', 'close'),
    ],
    b'Internal Server Error',
)
logger = logging.getLogger(__name__)


def scope_of(kind: str, step: Step, url: Url, state: dict[str, Any]) -> dict[str, Any]:
    """The scope of a request, with a copy of the lifespan's state (ASGI, HTTP and WebSocket)."""
    headers = [('host', url.netloc), *step.request_headers]
    return {
        'type': kind,
        'asgi': {'version': '3.0', 'spec_version': '2.3'},
        'http_version': '1.1',
        'scheme': url.scheme,
        'path': urllib.parse.unquote(url.path),
        'raw_path': url.path.encode(),
        'query_string': url.query[1:].encode(),
        'root_path': '',
        'headers': [(name.lower().encode(), value.encode('latin-1')) for name, value in headers],
        'client': ('127.0.0.1', 50000),
        'server': (url.host, url.port or DEFAULT_PORTS[url.scheme]),
        'state': state.copy(),
    }


def pairs_of(event: Event) -> Pairs:
    """The headers of an event."""
    lines = event.get('headers', ())
    return [(name.decode('latin-1'), value.decode('latin-1')) for name, value in lines]


class HttpConnection:
    """One request from the application's view, and what it has sent so far."""

    def __init__(self, step: Step) -> None:
        self.status, self.pairs, self.body = 0, Pairs(), bytearray()
        self.complete = False
        self.closed = asyncio.get_running_loop().create_future()
        self._step, self._is_read = step, False

    def close(self) -> None:
        """Let ``receive()`` return ``http.disconnect``."""
        if not self.closed.done():
            self.closed.set_result(None)

    async def receive(self) -> Event:
        """The request, and after it ``http.disconnect`` once the connection is closed."""
        if not self._is_read:
            self._is_read = True
            return {'type': 'http.request', 'body': self._step.request_body, 'more_body': False}
        await asyncio.wait([self.closed])
        return {'type': 'http.disconnect'}

    async def send(self, event: Event) -> None:
        """Take an event of the response. After a disconnect it is lost, like on uvicorn."""
        if self.complete:
            raise RuntimeError(f'target: {event["type"]!r} was sent after the end of the response')
        due = 'http.response.body' if self.status else 'http.response.start'
        if event['type'] != due:
            raise RuntimeError(f'target: the application sent {event["type"]!r} instead of {due!r}')
        if due == 'http.response.start':
            self.status, self.pairs = event['status'], pairs_of(event)
            return
        if not self.closed.done():
            self.body += event.get('body', b'')
            self.complete = not event.get('more_body', False)
            if self.complete or (self._step.enough and self._step.enough(bytes(self.body))):
                self.close()
        if not self.complete:
            await asyncio.sleep(
                0
            )  # so that the time limit applies even if the application never waits


class AsgiServer:
    """An ASGI application in this process, with the state of its lifespan."""

    def __init__(self, app: App, limits: Limits) -> None:
        self.app, self.limits = app, limits
        self.state: dict[str, Any] = {}
        self.tasks: set[asyncio.Future[Any]] = set()  # of open WebSockets

    async def send(self, step: Step, url: Url) -> Answer:
        """Send a request, and wait until the application returns or the time is up."""
        http = HttpConnection(step)
        scope = scope_of('http', step, url, self.state) | {'method': step.method}
        task = asyncio.ensure_future(self._call(scope, http))
        try:
            await self._wait(task, http)
            in_time = task.done() or http.closed.done()
            http.close()
            if not task.done():
                await asyncio.wait([task], timeout=GRACE)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        return self._answer(task, http, step, url, in_time)

    async def _call(self, scope: Event, http: HttpConnection) -> None:
        await self.app(scope, http.receive, http.send)

    async def _wait(self, task: asyncio.Future[Any], http: HttpConnection) -> None:
        seconds, first = self.limits.seconds, asyncio.FIRST_COMPLETED
        await asyncio.wait([task, http.closed], timeout=seconds, return_when=first)
        if http.complete:  # it may have background work after the response
            await asyncio.wait([task], timeout=seconds)

    def _answer(
        self, task: asyncio.Future[Any], http: HttpConnection, step: Step, url: Url, in_time: bool
    ) -> Answer:
        """The response, as far as the application sent it."""
        error = None if task.cancelled() else task.exception()
        step.reached = True
        if not error and not in_time and not http.status:
            reason = f'{url}: no response within {self.limits.seconds:g} seconds'
            raise unreachable(step, 'timeout', reason)
        if not error and not http.status:
            error = RuntimeError("target: the ASGI application didn't send a response")
        if error and self.limits.raise_app_exceptions:
            raise error
        if error:
            logger.error('Exception in the ASGI application', exc_info=error)
        if not http.status:
            return BARE_500
        if error and not http.complete:
            step.body_fault = f'the application raised {error!r}'
        elif not in_time:
            step.body_fault = f'it had not ended after {self.limits.seconds:g} seconds'
        elif not http.complete:
            step.body_fault = 'the connection was closed before its end'
        return http.status, http.pairs, bytes(http.body)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Run the application's lifespan, if it has one."""
        inbox, outbox = Events(), Events()
        versions = {'version': '3.0', 'spec_version': '2.0'}
        scope = {'type': 'lifespan', 'asgi': versions, 'state': self.state}
        task = asyncio.ensure_future(self.app(scope, inbox.get, outbox.put))

        async def notify(event: str) -> None:
            inbox.put_nowait({'type': event})
            reply = asyncio.ensure_future(outbox.get())
            await asyncio.wait({reply, task}, return_when=asyncio.FIRST_COMPLETED)
            if not reply.done():
                reply.cancel()
            elif reply.result()['type'] == event + '.failed':
                raise RuntimeError(f'target: {event} failed: {reply.result().get("message", "")}')

        try:
            await notify('lifespan.startup')
            try:
                yield
            finally:
                await notify('lifespan.shutdown')
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.state.clear()
