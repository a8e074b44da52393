# SPDX-License-Identifier: MIT-0
"""The client for running servers, and why they give no HTTP response."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from typing import Any, NoReturn

from .exchange import Answer, Pairs, Step, __version__
from .rules import Unreachable, unreachable
from .urls import DEFAULT_PORTS, Url, need

MAX_HEAD = 256 * 1024  # Chromium's limit (net/http/http_stream_parser.h); Firefox allows more
TLS_RECORD = re.compile(rb'[\x14-\x17]\x03[\x00-\x04]')
HTTP2_SETTINGS = re.compile(rb'(?s)\x00..\x04[\x00\x01]\x00\x00\x00\x00')
NO_TLS = {'WRONG_VERSION_NUMBER', 'RECORD_LAYER_FAILURE', 'PACKET_LENGTH_TOO_LONG'}


def tls_context(cafile: str | None = None, *, insecure: bool = False) -> ssl.SSLContext:
    """Return what decides which certificates are trusted.

    Args:
        cafile: A file with further authorities to trust, in PEM.
        insecure: Whether to trust any certificate, for any host.

    Raises:
        OSError: The file can't be read, or has no certificate in it.
    """
    context = ssl.create_default_context()
    if cafile is not None:
        context.load_verify_locations(cafile)
    if insecure:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with_http2 = importlib.util.find_spec('h2') is not None
    context.set_alpn_protocols(['h2', 'http/1.1'] if with_http2 else ['http/1.1'])
    return context


class Wire:
    """A socket for httpcore: keeps the first bytes, and has one deadline for everything."""

    def __init__(self, sock: socket.socket, deadline: float, write_error: type[Exception]) -> None:
        self._socket, self._deadline, self._write_error = sock, deadline, write_error
        self.first = b''

    def _wait(self) -> None:
        """Give the next operation what is left of the time; one drop a second won't do."""
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes; none at the end."""
        self._wait()
        chunk = self._socket.recv(max_bytes)
        self.first += chunk[: 64 - len(self.first)]
        return chunk

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes; a server may respond, and close, before it has read them."""
        try:
            self._wait()
            self._socket.sendall(buffer)
        except TimeoutError:
            raise
        except OSError as error:
            raise self._write_error(str(error)) from error

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def get_extra_info(self, info: str) -> None:
        """Tell nothing: only connection pools want to know."""


def call_live(timeout: float, tls: ssl.SSLContext | None, step: Step, url: Url) -> Answer:
    """Send a request to a running server: no proxies, no redirects, no cookies of its own.

    A body that doesn't arrive as announced leaves a note in the step, because browsers resolve
    ``fetch`` at the end of the headers. One that doesn't end, such as an event stream, is cut off
    after `timeout`.
    """
    httpcore = need('httpx', 'call a live URL') and need('httpcore', 'call a live URL')
    deadline = monotonic() + timeout
    with contextlib.ExitStack() as stack:
        sock = connected(step, url, timeout)
        stack.callback(sock.close)
        if url.scheme == 'https':
            sock = stack.enter_context(secured(step, url, tls or tls_context(), sock, timeout))
        step.reached = True
        wire = Wire(sock, deadline, httpcore.WriteError)
        try:
            response = connection(httpcore, sock, url, wire).handle_request(
                as_httpcore(httpcore, step, url)
            )
        except TimeoutError:
            raise late(step, url, timeout) from None
        except (OSError, httpcore.ProtocolError) as error:
            fail(step, url, *no_response(error, wire.first, url))
        pairs = [(name.decode('latin-1'), text.decode('latin-1'))
                 for name, text in response.headers]  # fmt: skip
        content = b''
        try:
            for chunk in response.stream:
                content += chunk
        except TimeoutError:
            step.body_fault = f'it had not ended after {timeout:g} seconds'
        except (OSError, httpcore.ProtocolError):
            step.body_fault = 'the connection was closed before its end'
    return response.status, pairs, decoded(step, pairs, content)


def connected(step: Step, url: Url, timeout: float) -> socket.socket:
    """Connect to the host of a URL, over IPv6 or IPv4."""
    host = url.host.strip('[]')
    if host.endswith('.localhost'):
        host = 'localhost'  # as browsers do, whatever the resolver knows (RFC 6761)
    try:
        return socket.create_connection((host, url.port or DEFAULT_PORTS[url.scheme]), timeout)
    except TimeoutError:
        raise late(step, url, timeout) from None
    except (socket.gaierror, UnicodeError) as error:
        fail(step, url, 'dns', str(error))
    except OSError as error:
        fail(step, url, 'refused', str(error))


@contextlib.contextmanager
def secured(
    step: Step, url: Url, context: ssl.SSLContext, sock: socket.socket, timeout: float
) -> Iterator[ssl.SSLSocket]:
    """Start TLS on a connection."""
    host = url.host.strip('[]').removesuffix('.')
    try:
        wrapped = context.wrap_socket(sock, server_hostname=host)
    except TimeoutError:
        raise late(step, url, timeout) from None
    except ssl.SSLError as error:
        fail(step, url, *no_tls(error))
    except OSError as error:
        fail(step, url, 'tls', f'the connection broke off in the TLS handshake ({error})')
    with wrapped:
        yield wrapped


def connection(httpcore: Any, sock: socket.socket, url: Url, wire: Wire) -> Any:
    """The HTTP connection that the server wants: HTTP/2 if TLS negotiated that."""
    origin = httpcore.URL(str(url)).origin
    if isinstance(sock, ssl.SSLSocket) and sock.selected_alpn_protocol() == 'h2':
        return httpcore.HTTP2Connection(origin, wire)
    http1 = httpcore.HTTP11Connection
    return type('Lenient', (http1,), {'MAX_INCOMPLETE_EVENT_SIZE': MAX_HEAD})(origin, wire)


def as_httpcore(httpcore: Any, step: Step, url: Url) -> Any:
    """The request of a step, its header values as the bytes that pages send."""
    headers = [('host', url.netloc), *step.request_headers]
    if not any(name == 'user-agent' for name, _ in headers):
        headers.insert(0, ('user-agent', f'cors_browser/{__version__}'))
    encoded = [(name.encode('latin-1'), value.encode('latin-1')) for name, value in headers]
    return httpcore.Request(
        step.method, str(url), headers=encoded, content=step.request_body or None
    )


def no_tls(error: ssl.SSLError) -> tuple[str, str]:
    """Why no secure connection comes about: a kind, and words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return 'certificate', f'certificate verify failed: {error.verify_message}'
    if error.reason in NO_TLS:
        return 'no-tls', "the port doesn't speak TLS"
    if error.reason and 'NO_APPLICATION_PROTOCOL' in error.reason:
        return 'http2', 'the port speaks nothing but HTTP/2'
    return 'tls', (error.reason or str(error)).replace('_', ' ').lower()


def no_response(error: Exception, first: bytes, url: Url) -> tuple[str, str]:
    """Why a connection brings no response: a kind, and words."""
    if isinstance(error, ssl.SSLError):
        return no_tls(error)
    if isinstance(error, OSError):
        return 'closed', str(error)
    if not first:
        return 'closed', 'the server closed the connection'
    if TLS_RECORD.match(first):
        return 'https', 'the port speaks TLS, not plain HTTP'
    if HTTP2_SETTINGS.match(first):
        return ('http2' if url.scheme == 'https' else 'h2c'), 'the port speaks nothing but HTTP/2'
    if not first.startswith(b'HTTP/'):
        return 'not-http', str(error)
    if 'disconnected' in str(error):
        return 'closed', 'the server closed the connection in the middle of the headers'
    return 'malformed', str(error)


def fail(step: Step, url: Url, kind: str, reason: str) -> NoReturn:
    """Raise the failure of a request."""
    raise unreachable(step, kind, f'{url}: {reason}') from None


def late(step: Step, url: Url, timeout: float) -> Unreachable:
    """The failure of a request that takes too long."""
    return unreachable(step, 'timeout', f'{url}: no response within {timeout:g} seconds')


def decoded(step: Step, pairs: Pairs, content: bytes) -> bytes:
    """A body without its Content-Encoding; as it came if that is malformed."""
    httpx = need('httpx', 'call a live URL')
    codings = [(name, value) for name, value in pairs if name.lower() == 'content-encoding']
    try:
        response = httpx.Response(200, headers=codings, content=content)
        plain: bytes = response.content
    except httpx.DecodingError:
        step.body_fault = step.body_fault or 'its Content-Encoding is malformed'
        return content
    return plain
