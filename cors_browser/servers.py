# SPDX-License-Identifier: MIT-0
"""How to reach the API: a WSGI or ASGI application, or a live server."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import io
import sys
import urllib.parse
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar
from wsgiref.util import setup_testing_defaults

from .exchange import Answer, Headers, Pairs, Step
from .urls import DEFAULT_PORTS, Url, need

if TYPE_CHECKING:
    import ssl

T = TypeVar('T')

App = Callable[..., Any]
Target = App | str
NULL_BODY_STATUSES = {101, 103, 204, 205, 304}
Send = Callable[[Step, Url], Coroutine[Any, Any, Answer]]
Events = asyncio.Queue[dict[str, Any]]


def is_asgi(app: App) -> bool:
    """Whether a callable takes the three arguments of ASGI, not the two of WSGI."""
    try:
        inspect.signature(app).bind('scope', 'receive', 'send')
    except TypeError:
        return False
    return True


def connect(target: Target, timeout: float, tls: ssl.SSLContext | None = None) -> Send:
    """Find out how to ask a server."""
    if isinstance(target, str):
        need('httpx', 'call a live URL')
        from .live import call_live  # not at the top: WebAssembly has neither sockets nor ssl

        return functools.partial(ask_blocking, functools.partial(call_live, timeout, tls))
    if is_asgi(target):
        return functools.partial(ask_asgi, target)
    return functools.partial(ask_blocking, functools.partial(call_wsgi, target))


def in_event_loop() -> bool:
    """Whether the current thread is running an event loop."""
    try:
        return bool(asyncio.get_running_loop())
    except RuntimeError:
        return False


async def ask_blocking(call: Callable[[Step, Url], Answer], step: Step, url: Url) -> Answer:
    """Ask a server that blocks, in a thread of its own where an event loop is running."""
    return await asyncio.to_thread(call, step, url) if in_event_loop() else call(step, url)


def call_wsgi(app: App, step: Step, url: Url) -> Answer:
    """Call a WSGI application."""
    environ: dict[str, Any] = {
        'REQUEST_METHOD': step.method,
        'SCRIPT_NAME': '',
        'PATH_INFO': urllib.parse.unquote(url.path, 'latin-1'),
        'QUERY_STRING': url.query[1:],
        'REMOTE_ADDR': '127.0.0.1',
        'SERVER_NAME': url.host,
        'SERVER_PORT': str(url.port or DEFAULT_PORTS[url.scheme]),
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'HTTP_HOST': url.netloc,
        'wsgi.url_scheme': url.scheme,
        'wsgi.input': io.BytesIO(step.request_body),
        'wsgi.errors': sys.stderr,
    }
    setup_testing_defaults(environ)
    for name, value in Headers(step.request_headers).items():
        key = name.upper().replace('-', '_')
        environ[key if key in {'CONTENT_TYPE', 'CONTENT_LENGTH'} else f'HTTP_{key}'] = value
    started: list[tuple[str, Pairs]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Pairs, exc_info: object = None) -> object:
        started[:] = [(status, headers)]
        return written.append

    chunks = app(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        if hasattr(chunks, 'close'):
            chunks.close()
    if not started:
        raise RuntimeError('target: the WSGI application did not call start_response')
    return int(started[0][0][:3]), started[0][1], b''.join(written)


async def ask_asgi(app: App, step: Step, url: Url) -> Answer:
    """Ask an ASGI application, in the running event loop."""
    headers = [('host', url.netloc), *step.request_headers]
    scope = {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.3'},
        'http_version': '1.1',
        'method': step.method,
        'scheme': url.scheme,
        'path': urllib.parse.unquote(url.path),
        'raw_path': url.path.encode(),
        'query_string': url.query[1:].encode(),
        'root_path': '',
        'headers': [(name.encode(), value.encode('latin-1')) for name, value in headers],
        'client': ('127.0.0.1', 50000),
        'server': (url.host, url.port or DEFAULT_PORTS[url.scheme]),
    }
    inbox, outbox = Events(), Events()
    inbox.put_nowait({'type': 'http.request', 'body': step.request_body, 'more_body': False})
    await app(scope, inbox.get, outbox.put)
    events = [outbox.get_nowait() for _ in range(outbox.qsize())]
    if not events:
        raise RuntimeError('target: the ASGI application did not send a response')
    lines = events[0].get('headers', ())
    pairs = [(name.decode('latin-1'), value.decode('latin-1')) for name, value in lines]
    return events[0]['status'], pairs, b''.join(event.get('body', b'') for event in events[1:])


@contextlib.asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """Run the lifespan of an ASGI application; do without where it knows none."""
    inbox, outbox = Events(), Events()
    scope = {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': {}}
    task = asyncio.ensure_future(app(scope, inbox.get, outbox.put))

    async def tell(event: str) -> None:
        inbox.put_nowait({'type': event})
        answer = asyncio.ensure_future(outbox.get())
        await asyncio.wait({answer, task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
        elif answer.result()['type'] == event + '.failed':
            raise RuntimeError(f'target: {event} failed: {answer.result().get("message", "")}')

    try:
        await tell('lifespan.startup')
        try:
            yield
        finally:
            await tell('lifespan.shutdown')
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def run_without_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits: WSGI applications may start event loops of their own."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
