"""Servers on the loopback interface that misbehave in every way that users report."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import h2.config
import h2.connection
import h2.events
import trustme

#: What a server does with a connection, once it has read the head of a request.
Behavior = Callable[[socket.socket, bytes], None]
SHARE = 'Access-Control-Allow-Origin: *\r\n'
PASS = f'{SHARE}Access-Control-Allow-Methods: *\r\nAccess-Control-Allow-Headers: *\r\n'


def response(status: str, headers: str = '', body: str = '') -> bytes:
    """A whole response, after which the connection closes."""
    length = len(body.encode('latin-1'))
    head = f'HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n'
    return (head + body).encode('latin-1')


PREFLIGHT = response('204 No Content', PASS)


def send(data: bytes) -> Behavior:
    """Send the same bytes whatever the request."""
    return lambda connection, request: connection.sendall(data)


def by_method(**responses: bytes) -> Behavior:
    """Send what the request's method says."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(responses[request.split(b' ')[0].decode()])

    return behave


def by_path(responses: dict[str, bytes]) -> Behavior:
    """Send what the request's path says, whatever the method."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(responses[request.split(b' ')[1].decode()])

    return behave


def nginx(status: str, words: str = '') -> bytes:
    """A page that nginx makes itself."""
    page = (
        f'<html>\r\n<head><title>{status}</title></head>\r\n<body>\r\n<center><h1>{status}</h1>'
        f'</center>\r\n{words}<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n'
    )
    return response(status, 'Server: nginx/1.22.1\r\nContent-Type: text/html\r\n', page)


def json(status: str, body: str, headers: str = '') -> bytes:
    """A response with JSON."""
    return response(status, f'Content-Type: application/json\r\n{headers}', body)


def moved(location: str, status: str = '301 Moved Permanently', headers: str = '') -> bytes:
    """A redirect."""
    return response(status, f'Location: {location}\r\n{headers}')


def reset(connection: socket.socket, request: bytes) -> None:
    """Reset the connection in place of a response."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))


def http2(connection: socket.socket, first: bytes) -> None:
    """Speak HTTP/2, and respond to each request with what a page may read."""
    state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    state.initiate_connection()
    connection.sendall(state.data_to_send())
    data = first
    while data:
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                names = [('access-control-allow-origin', '*'), ('x-protocol', 'h2')]
                state.send_headers(event.stream_id, [(':status', '200'), *names])
                state.send_data(event.stream_id, b'over h2', end_stream=True)
        connection.sendall(state.data_to_send())
        data = connection.recv(65536)


def http2_preface(connection: socket.socket, request: bytes) -> None:
    """Send what a server that speaks nothing but HTTP/2 sends to any client."""
    connection.sendall(b'\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64')


def http2_reset(connection: socket.socket, first: bytes) -> None:
    """Reset each stream of HTTP/2."""
    state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
    state.initiate_connection()
    connection.sendall(state.data_to_send())
    data = first
    while data:
        for event in state.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                state.reset_stream(event.stream_id)
        connection.sendall(state.data_to_send())
        data = connection.recv(65536)


@contextlib.contextmanager
def running(
    behavior: Behavior,
    tls: ssl.SSLContext | None = None,
    host: str = '127.0.0.1',
    *,
    reads: bool = True,
) -> Iterator[str]:
    """Run a server; gives its origin."""
    family = socket.AF_INET6 if ':' in host else socket.AF_INET
    listener = socket.create_server((host, 0), family=family)
    open_ones: list[socket.socket] = []
    stopping = threading.Event()

    def serve_one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ssl.SSLError), contextlib.ExitStack() as stack:
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
            open_ones.append(stack.enter_context(connection))
            request = connection.recv(65536) if reads else b''
            while reads and request and not is_whole(request):
                request += connection.recv(65536)
            if request or not reads:
                behavior(connection, request)

    def serve() -> None:
        while not stopping.is_set():
            connection, _ = listener.accept()
            thread = threading.Thread(target=serve_one, args=[connection], daemon=True)
            thread.start()

    server = threading.Thread(target=serve)
    server.start()
    port = listener.getsockname()[1]
    name = f'[{host}]' if ':' in host else host
    try:
        yield f'{"https" if tls else "http"}://{name}:{port}'
    finally:
        stopping.set()
        socket.create_connection((host, port)).close()
        server.join()
        listener.close()
        for connection in open_ones:
            connection.close()


def is_whole(request: bytes) -> bool:
    """Whether a request has come to its end; other protocols than HTTP/1 have none."""
    if not re.match(rb'[A-Za-z]+ \S+ HTTP/1', request):
        return True
    head, mark, body = request.partition(b'\r\n\r\n')
    length = re.search(rb'(?i)content-length: ([0-9]+)', head)
    return bool(mark) and len(body) >= (int(length[1]) if length else 0)


class Certificates:
    """An authority for a test, and servers with certificates by it."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.cafile = str(folder / 'authority.pem')
        self.authority.cert_pem.write_to_path(self.cafile)

    def server(self, name: str = '127.0.0.1', *, alpn: str = '') -> ssl.SSLContext:
        """A server with a good certificate for a name."""
        return self._context(self.authority.issue_cert(name), alpn)

    def expired(self) -> ssl.SSLContext:
        """A server whose certificate has expired."""
        yesterday = datetime.now(UTC) - timedelta(days=1)
        return self._context(self.authority.issue_cert('127.0.0.1', not_after=yesterday))

    def unknown(self) -> ssl.SSLContext:
        """A server with a certificate by another authority."""
        return self._context(trustme.CA().issue_cert('127.0.0.1'))

    def for_clients_with_certificates(self) -> ssl.SSLContext:
        """A server that wants a certificate of its clients, too."""
        context = self.server()
        context.verify_mode = ssl.CERT_REQUIRED
        self.authority.configure_trust(context)
        return context

    @staticmethod
    def _context(certificate: trustme.LeafCert, alpn: str = '') -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        if alpn:
            context.set_alpn_protocols([alpn])
        return context
