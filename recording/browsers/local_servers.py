"""A page or an API of a few lines on loopback, for what the guide's own pages cannot show."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import trustme

PAGE = b'<!doctype html><title>A page</title><link rel="icon" href="data:,">'


@contextmanager
def serving(
    *headers: tuple[str, str],
    status: int = 200,
    body: bytes = PAGE,
    certificate: ssl.SSLContext | None = None,
) -> Iterator[tuple[str, list[str]]]:
    """Answer every request alike.

    Yields:
        The server's origin, and the requests that have arrived: method and path, and a remark
        where a preflight asks for a private network.
    """
    arrived: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asks = 'Access-Control-Request-Private-Network' in self.headers
            arrived.append(f'{self.command} {self.path}' + ' (private network)' * asks)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_OPTIONS = do_PUT = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with served(ThreadingHTTPServer(('127.0.0.1', 0), Handler), certificate) as origin:
        yield origin, arrived


@contextmanager
def served(server: HTTPServer, certificate: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve in a thread, over TLS where a certificate is given; the value is the origin."""
    scheme = 'https' if certificate else 'http'
    with server:
        if certificate:
            server.socket = certificate.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05})
        thread.start()
        try:
            yield f'{scheme}://127.0.0.1:{server.server_port}'
        finally:
            server.shutdown()
            thread.join()


def throwaway_certificate() -> ssl.SSLContext:
    """Make a certificate for this machine, of an authority that no browser knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert('127.0.0.1').configure_cert(context)
    return context
