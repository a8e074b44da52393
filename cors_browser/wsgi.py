# SPDX-License-Identifier: MIT-0
"""The driver for WSGI applications."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import time
import urllib.parse
from typing import Any
from wsgiref.util import setup_testing_defaults

from .exchange import Answer, Headers, Pairs, Step
from .targets import App, Limits, in_event_loop
from .urls import DEFAULT_PORTS, Url

CRASH_PAGE = (
    b'<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n'
    b'  <body>\n    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n'
)
#: What gunicorn sends after an exception: none of the application's headers, so no CORS headers.
BARE_500: Answer = (
    500,
    [
        ('Connection', 'close'),
        ('Content-Type', 'text/html'),
        ('Content-Length', str(len(CRASH_PAGE))),
    ],
    CRASH_PAGE,
)
logger = logging.getLogger(__name__)


class WsgiServer:
    """A WSGI application in this process.

    The time limit applies between two chunks of the body. A call that blocks can't be stopped,
    because applications may depend on the thread that calls them.
    """

    def __init__(self, app: App, limits: Limits) -> None:
        self._app, self._limits = app, limits

    async def send(self, step: Step, url: Url) -> Answer:
        """Call the application, in its own thread if an event loop is running."""
        if in_event_loop():
            return await asyncio.to_thread(self._call, step, url)
        return self._call(step, url)

    def _call(self, step: Step, url: Url) -> Answer:
        started: list[tuple[str, Pairs]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: Pairs, exc_info: object = None) -> object:
            started[:] = [(status, headers)]
            return written.append

        try:
            self._collect(environ_of(step, url), start_response, written, step)
            if not started:
                raise RuntimeError(
                    'target: the WSGI application did not call start_response; '
                    'if the target makes the application, call it and pass the result'
                )
        except Exception as error:
            if self._limits.raise_app_exceptions:
                raise
            logger.exception('Exception in the WSGI application')
            if not any(written):  # a server sends the headers with the first bytes
                return BARE_500
            step.body_fault = f'the application raised {error!r}'
        return int(started[0][0][:3]), started[0][1], b''.join(written)

    def _collect(
        self, environ: dict[str, Any], start_response: object, written: list[bytes], step: Step
    ) -> None:
        """Read the body until the time is up or the page stops reading."""
        end = time.monotonic() + self._limits.seconds
        chunks = self._app(environ, start_response)
        try:
            for chunk in chunks:
                written.append(chunk)
                if time.monotonic() > end:
                    step.body_fault = f'it had not ended after {self._limits.seconds:g} seconds'
                    break
                if step.enough and step.enough(b''.join(written)):
                    step.body_fault = 'the page closed the connection'
                    break
        finally:
            if hasattr(chunks, 'close'):
                chunks.close()


def environ_of(step: Step, url: Url) -> dict[str, Any]:
    """The environ of a request (PEP 3333)."""
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
    return environ
