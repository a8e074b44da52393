"""Servers on loopback whose connection or body breaks, for the error pages that explain it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from recording.browsers.local_servers import served

MENU = b'{"rye": 4.2, "sourdough": 5.5}'
#: How a server fails a request, once it has read it.
Failure = Callable[[BaseHTTPRequestHandler], None]


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Reset the connection, as a process does that is killed with unread data."""
    # https://man7.org/linux/man-pages/man7/socket.7.html: SO_LINGER with 0 seconds sends a reset
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    handler.connection.close()


def say_nothing(handler: BaseHTTPRequestHandler) -> None:
    """Close the connection without a response."""


def cut_short(handler: BaseHTTPRequestHandler) -> None:
    """Send one chunk, and never the last one."""
    _send_head(handler, ('Transfer-Encoding', 'chunked'))
    handler.wfile.write(b'%x\r\n%b\r\n' % (len(MENU), MENU))


def promise_more(handler: BaseHTTPRequestHandler) -> None:
    """Send fewer bytes than Content-Length says."""
    _send_head(handler, ('Content-Length', str(2 * len(MENU))))
    handler.wfile.write(MENU)


def claim_gzip(handler: BaseHTTPRequestHandler) -> None:
    """Send plain text as gzip."""
    _send_head(handler, ('Content-Encoding', 'gzip'), ('Content-Length', str(len(MENU))))
    handler.wfile.write(MENU)


def _send_head(handler: BaseHTTPRequestHandler, *headers: tuple[str, str]) -> None:
    handler.send_response(200)
    for name, value in (
        ('Access-Control-Allow-Origin', '*'),
        ('Content-Type', 'application/json'),
        *headers,
    ):
        handler.send_header(name, value)
    handler.end_headers()


@contextmanager
def failing(failure: Failure) -> Iterator[str]:
    """Serve a failure; the value is the server's origin."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_GET(self) -> None:
            self.close_connection = True
            failure(self)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Stay silent: a reset connection cannot be closed again."""

    with served(Server(('127.0.0.1', 0), Handler)) as origin:
        yield origin
