# SPDX-License-Identifier: MIT-0
"""The client for running servers, and the reasons why one sends no HTTP response."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import socket
import ssl
from collections.abc import Iterator
from time import monotonic
from typing import Any, NoReturn

from .content import decoders
from .exchange import Answer, Step
from .rules import Unreachable, unreachable
from .urls import DEFAULT_PORTS, Url, need

MAX_HEAD = 256 * 1024  # Chromium's limit (net/http/http_stream_parser.h); Firefox allows more
SMALL_HEAD = 100 * 1024  # WebKitGTK's limit (libsoup/http1/soup-message-io-data.c)
TLS_RECORD = re.compile(rb'[\x14-\x17]\x03[\x00-\x04]')
HTTP2_SETTINGS = re.compile(rb'(?s)\x00..\x04[\x00\x01]\x00\x00\x00\x00')
HEAD_END = re.compile(rb'\r?\n\r?\n')
STATUS_LINE = re.compile(rb'HTTP/([0-9]+(?:\.[0-9]+)?)[ \t]+([0-9]{3})(?![0-9])')
HEADER_LINE = re.compile(rb"[A-Za-z0-9!#$%&'*+\-.^_`|~]+:|[ \t]")
BAD_LENGTH = re.compile(rb'(?i)content-length:(?![ \t]*[0-9]+[ \t]*$)')
NO_TLS = {'WRONG_VERSION_NUMBER', 'RECORD_LAYER_FAILURE', 'PACKET_LENGTH_TOO_LONG'}


def tls_context(cafile: str | None = None, *, insecure: bool = False) -> ssl.SSLContext:
    """Return the TLS settings that decide which certificates to trust.

    Args:
        cafile: A PEM file with more certificate authorities to trust.
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
    """A socket for httpcore that keeps the first bytes and has one deadline for everything."""

    def __init__(self, sock: socket.socket, deadline: float, write_error: type[Exception]) -> None:
        self._socket, self._deadline, self._write_error = sock, deadline, write_error
        self.first = b''

    def _wait(self) -> None:
        """Limit the next operation to the remaining time, even if bytes trickle in."""
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes, or none at the end."""
        self._wait()
        chunk = self._socket.recv(max_bytes)
        self.first += chunk[: 64 - len(self.first)]
        return chunk

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes. A server may respond and close the connection before it reads them."""
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


class HeadTooLargeError(OSError):
    """A response has more headers than Chromium accepts."""


class LenientWire(Wire):
    """An HTTP/1 connection that drops the malformed headers that browsers drop but h11 rejects."""

    _in_head = True
    _pending = b''
    fault = ''  #: What was dropped or changed.

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read the complete, cleaned head, or some bytes of the body.

        Raises:
            HeadTooLargeError: The head has more than `MAX_HEAD` bytes.
            ConnectionError: The connection ends in the middle of the head.
        """
        data, self._pending = self._pending or super().read(max_bytes), b''
        while self._in_head and data and b'HTTP/'.startswith(data[:5]):
            end = HEAD_END.search(data)
            if (end.start() if end else len(data)) > MAX_HEAD:
                raise HeadTooLargeError
            if end:
                head, self.fault = clean_head(data[: end.start()])
                self._in_head = head.startswith(b'HTTP/1.1 1')  # 100 and 103 come before another
                self._pending = data[end.end() :]
                return head
            chunk = super().read(max_bytes)
            if not chunk:
                raise ConnectionError(
                    'the server closed the connection in the middle of the headers'
                )
            data += chunk
        return data


def clean_head(head: bytes) -> tuple[bytes, str]:
    """Rewrite a head for h11, without lines that aren't headers, the way Chromium reads it.

    Returns:
        The head, and what is wrong with it.
    """
    first, *lines = re.split(rb'\r?\n', head)
    if status := STATUS_LINE.match(first):
        version = b'1.0' if status[1] == b'1.0' else b'1.1'
        first = b'HTTP/%s %s' % (version, status[2])
    kept = [line for line in lines if HEADER_LINE.match(line) and not BAD_LENGTH.match(line)]
    fault = '' if len(kept) == len(lines) else "some of its lines aren't headers"
    if len(head) > SMALL_HEAD:
        fault = f'it has {len(head)} bytes'
    if status and status[1] not in {b'1.0', b'1.1'}:
        fault = "its status line isn't an HTTP/1 one"
    return b'\r\n'.join([first, *kept, b'', b'']), fault


def call_live(timeout: float, tls: ssl.SSLContext | None, step: Step, url: Url) -> Answer:
    """Send a request to a running server, without proxies, redirects or extra cookies.

    If the body doesn't match its headers, the step gets a note, because browsers resolve ``fetch``
    at the end of the headers. A body that doesn't end, such as an event stream, is truncated after
    `timeout`.
    """
    httpcore = need('httpx', 'call a live URL') and need('httpcore', 'call a live URL')
    deadline = monotonic() + timeout
    with contextlib.ExitStack() as stack:
        sock = connected(step, url, timeout)
        stack.callback(sock.close)
        if url.scheme == 'https':
            sock = stack.enter_context(secured(step, url, tls or tls_context(), sock, timeout))
        step.reached = True
        is_http2 = isinstance(sock, ssl.SSLSocket) and sock.selected_alpn_protocol() == 'h2'
        wire = (Wire if is_http2 else LenientWire)(sock, deadline, httpcore.WriteError)
        kind = httpcore.HTTP2Connection if is_http2 else httpcore.HTTP11Connection
        try:
            connection = kind(httpcore.URL(str(url)).origin, wire)
            response = connection.handle_request(as_httpcore(httpcore, step, url))
            step.head_fault = getattr(wire, 'fault', '')
        except TimeoutError:
            raise late(step, url, timeout) from None
        except (OSError, httpcore.ProtocolError) as error:
            fail(step, url, *no_response(error, b'' if is_http2 else wire.first, url))
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
    return response.status, pairs, content


def connected(step: Step, url: Url, timeout: float) -> socket.socket:
    """Connect to the host of a URL, over IPv4 or IPv6."""
    host, port = url.host.strip('[]'), url.port or DEFAULT_PORTS[url.scheme]
    is_local = host == 'localhost' or host.endswith('.localhost')
    # Browsers don't look these names up in the DNS (RFC 6761, section 6.3).
    addresses = ['127.0.0.1', '::1'] if is_local else [host]
    reason = ''
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except TimeoutError:
            raise late(step, url, timeout) from None
        except (socket.gaierror, UnicodeError) as error:
            fail(step, url, 'dns', str(error))
        except ConnectionResetError as error:
            fail(step, url, 'closed', str(error))
        except OSError as error:
            reason = reason or str(error)
    raise unreachable(step, 'refused', f'{url}: {reason}')


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


def as_httpcore(httpcore: Any, step: Step, url: Url) -> Any:
    """The request of a step, with the header values as the bytes that pages send."""
    own = [header for header in step.request_headers if header[0] != 'accept-encoding']
    headers = [('host', url.netloc), *own, ('accept-encoding', ', '.join(decoders()))]
    encoded = [(name.encode('latin-1'), value.encode('latin-1')) for name, value in headers]
    return httpcore.Request(
        step.method, str(url), headers=encoded, content=step.request_body or None
    )


def no_tls(error: ssl.SSLError) -> tuple[str, str]:
    """Why a secure connection failed: a kind, and a message."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return 'certificate', f'certificate verify failed: {error.verify_message}'
    if error.reason in NO_TLS:
        return 'no-tls', "the port doesn't speak TLS"
    if error.reason and 'NO_APPLICATION_PROTOCOL' in error.reason:
        return 'http2', 'the port speaks nothing but HTTP/2'
    return 'tls', (error.reason or str(error)).replace('_', ' ').lower()


def no_response(error: Exception, first: bytes, url: Url) -> tuple[str, str]:
    """Why a connection produced no response: a kind, and a message."""
    if isinstance(error, ssl.SSLError):
        return no_tls(error)
    if isinstance(error, HeadTooLargeError):
        return 'large', f'the headers have more than {MAX_HEAD} bytes'
    if isinstance(error, OSError):
        return 'closed', str(error)
    if not first:
        return 'closed', str(error) or 'the server closed the connection'
    if TLS_RECORD.match(first):
        return 'https', 'the port speaks TLS, not plain HTTP'
    if HTTP2_SETTINGS.match(first):
        return ('http2' if url.scheme == 'https' else 'h2c'), 'the port speaks nothing but HTTP/2'
    if not first.startswith(b'HTTP/'):
        return 'not-http', str(error)
    return 'malformed', str(error)


def fail(step: Step, url: Url, kind: str, reason: str) -> NoReturn:
    """Raise the failure of a request."""
    raise unreachable(step, kind, f'{url}: {reason}') from None


def late(step: Step, url: Url, timeout: float) -> Unreachable:
    """The failure of a request that takes too long."""
    return unreachable(step, 'timeout', f'{url}: no response within {timeout:g} seconds')
