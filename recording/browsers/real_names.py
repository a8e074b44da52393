"""Real names over TLS: pages on ``https://shop.example.com``, the API on ``https://api.example.com``.

The browser reaches every host through a CONNECT proxy that leads to servers of this machine, with
certificates made for the run. So cookies, sites and mixed content are those of the web, no name is
replaced after recording, and neither port 443 nor the hosts file nor root is needed.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from urllib.parse import urlsplit

import httpx
import trustme

from demo.processes import (
    START_SECONDS,
    DemoError,
    Server,
    check_alive,
    free_ports,
    start_server,
    stop_all,
)
from demo.settings import lesson_environment
from recording.browsers import one_lesson
from recording.browsers.local_servers import PAGE, served
from recording.engines.base import Engine, launch
from recording.engines.chromium import Chromium
from recording.engines.firefox import Firefox
from recording.lessons import ROOT, SHOP

#: A page of the attacker on the API's own site, such as a subdomain that was taken over.
SAME_SITE = 'https://blog.example.com'
OTHER_SITE = 'https://other.example.net'
CERTIFIED = (
    '*.example.com',
    '*.preview.example.com',
    '*.example.net',
    '*.example.com.example.net',
)


@dataclass
class Names:
    """A CONNECT proxy, and the port of this machine to which each host leads.

    Attributes:
        ports: By host, over TLS; a host that is missing is refused.
        plain: The port to which every host leads without TLS.
        port: Where the proxy listens.
    """

    ports: dict[str, int]
    plain: int
    port: int = 0
    _tunnels: dict[str, list[socket.socket]] = field(default_factory=dict)

    def lead(self, host: str, port: int) -> None:
        """Let a host lead to a port from now on; connections to where it led before end."""
        self.ports[host] = port
        for tunnel in self._tunnels.pop(host, []):
            _end(tunnel)

    @contextmanager
    def serving(self) -> Iterator[Names]:
        """Run the proxy."""
        with socket.create_server(('127.0.0.1', 0)) as listener:
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._accept, args=[listener], daemon=True)
            thread.start()
            try:
                yield self
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                thread.join()
                for tunnels in self._tunnels.values():
                    for tunnel in tunnels:
                        _end(tunnel)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the listener ends
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._tunnel, args=[client], daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        """Connect a client to where the host of its request leads."""
        with client, suppress(OSError):
            head = _read_head(client)
            method, target = head.split(b' ', 2)[:2]
            host = target.rpartition(b':')[0].decode()
            if method != b'CONNECT':
                self._connect(client, self.plain, head)
            elif host in self.ports:
                self._tunnels.setdefault(host, []).append(client)
                client.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
                self._connect(client, self.ports[host])
            else:
                client.sendall(b'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')

    def _connect(self, client: socket.socket, port: int, head: bytes = b'') -> None:
        with socket.create_connection(('127.0.0.1', port)) as server:
            server.sendall(head)
            back = threading.Thread(target=_pump, args=[server, client], daemon=True)
            back.start()
            _pump(client, server)
            back.join()


def _read_head(client: socket.socket) -> bytes:
    """Read the head of a request, and not a byte of the TLS that may follow."""
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        received = client.recv(1)
        if not received:
            raise ConnectionError('the client ended within the head of its request')
        head += received
    return head


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while received := source.recv(65536):
            target.sendall(received)
    _end(source)
    _end(target)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


class ScriptHandler(SimpleHTTPRequestHandler):
    """Serves an empty page, and the scripts of the lessons below ``/_pages/``."""

    protocol_version = 'HTTP/1.1'

    def do_GET(self) -> None:
        if self.path.startswith('http://'):  # through the proxy without TLS
            self.path = urlsplit(self.path).path
        if self.path.startswith('/_pages/'):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header('Content-Type', 'text/html')
        self.send_header('Content-Length', str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix('/_pages'))

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@dataclass
class Stage:
    """Pages and the API on real names; see :func:`set_up`.

    Attributes:
        names: The proxy.
        tls: The certificate of every name.
        pages: The port that serves every page.
        apis: gunicorn's port and uvicorn's, by interface.
    """

    names: Names
    tls: ssl.SSLContext
    pages: int
    apis: dict[str, int]
    _lesson: Path
    _trust: ssl.SSLContext

    def play(self, interface: str, lesson: str, key: str) -> None:
        """Let the API be a lesson on one interface; keep its exchanges under a key."""
        one_lesson.choose(self._lesson, lesson, key)
        for host in ('api.example.com', 'menu.example.com'):
            if self.names.ports.get(host) != self.apis[interface]:
                self.names.lead(host, self.apis[interface])

    def wire(self, interface: str, key: str) -> list[dict[str, Any]]:
        """Read the exchanges that were kept under a key."""
        url = f'https://127.0.0.1:{self.apis[interface]}{one_lesson.WIRE}{key}'
        with httpx.Client(verify=self._trust, trust_env=False) as client:
            exchanges: list[dict[str, Any]] = client.get(url).json()
        return exchanges

    @contextmanager
    def launch(self, engine: type[Engine]) -> Iterator[Engine]:
        """Start a browser that reaches every host through the proxy."""
        kind, flags = through_proxy(engine, self.names.port)
        with launch(kind, *flags) as browser:
            yield browser

    def forget(self, browser: Engine) -> None:
        """Make a browser forget its cookies and its preflights."""
        browser.forget_cookies()
        browser.forget_preflights()

    def show(self, *origins: str) -> None:
        """Serve the empty page as some origins.

        Without TLS every host has it. Such a host has no TLS, or Chromium would upgrade the page.
        """
        for origin in origins:
            if origin.startswith('https:'):
                self.names.ports[urlsplit(origin).hostname or ''] = self.pages


@contextmanager
def set_up() -> Iterator[Stage]:
    """Start the servers of the pages and of both APIs, and the proxy."""
    authority = trustme.CA()
    certificate = authority.issue_cert(*CERTIFIED, '127.0.0.1')
    context, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    certificate.configure_cert(context)
    authority.configure_trust(trust)
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix='real-names-')))
        certificate.private_key_pem.write_to_path(folder / 'key.pem')
        for pem in certificate.cert_chain_pems:
            pem.write_to_path(folder / 'certificate.pem', append=True)
        handler = partial(ScriptHandler, directory=str(ROOT / 'frontend'))
        pages = ThreadingHTTPServer(('127.0.0.1', 0), handler)
        plain = ThreadingHTTPServer(('127.0.0.1', 0), handler)
        running.enter_context(served(pages, context))
        running.enter_context(served(plain))
        servers = running.enter_context(_api_servers(folder))
        names = running.enter_context(Names({}, plain.server_port).serving())
        yield Stage(names, context, pages.server_port, servers, folder / 'lesson', trust)


@contextmanager
def _api_servers(folder: Path) -> Iterator[dict[str, int]]:
    """Run gunicorn and uvicorn over TLS, each with one lesson at a time; the value is the ports."""
    wsgi, asgi = free_ports({'wsgi': 0, 'asgi': 0})
    key, certificate = str(folder / 'key.pem'), str(folder / 'certificate.pem')
    commands = {
        wsgi: [
            *('gunicorn', f'--bind=127.0.0.1:{wsgi}', '--threads=8', '--log-level=warning'),
            *(f'--keyfile={key}', f'--certfile={certificate}'),
            'recording.browsers.one_lesson:wsgi()',
        ],
        asgi: [
            *('uvicorn', '--host=127.0.0.1', f'--port={asgi}', '--log-level=warning'),
            *(f'--ssl-keyfile={key}', f'--ssl-certfile={certificate}'),
            *('--factory', 'recording.browsers.one_lesson:asgi'),
        ],
    }
    environment = {
        **os.environ,
        **lesson_environment(folder, [SHOP]),
        one_lesson.VARIABLE: str(folder / 'lesson'),
    }
    with ExitStack() as running:
        servers: list[Server] = []
        running.callback(stop_all, servers)
        for port, command in commands.items():
            servers.append(start_server(command, port, environment))
        wait_until_listening(servers)
        yield {'wsgi': wsgi, 'asgi': asgi}


def wait_until_listening(servers: list[Server]) -> None:
    """Wait until each server accepts connections."""
    deadline = time.monotonic() + START_SECONDS
    for server in servers:
        while True:
            check_alive(servers)
            with suppress(OSError), socket.create_connection(('127.0.0.1', server.port)):
                break
            if time.monotonic() > deadline:
                raise DemoError(f'{server.name} did not listen within {START_SECONDS} seconds')
            time.sleep(0.05)


def through_proxy(engine: type[Engine], port: int) -> tuple[type[Engine], list[str]]:
    """An engine that reaches every host through a proxy and takes its certificates, and its flags.

    Certificates are taken whoever issued them, for each engine has a store of its own.
    """
    if engine is Firefox:
        return _proxied_firefox(port), []
    if engine is Chromium:
        return engine, [f'--proxy-server=http://127.0.0.1:{port}', '--ignore-certificate-errors']
    return engine, [f'--proxy=http://127.0.0.1:{port}', '--ignore-tls-errors']


def _proxied_firefox(port: int) -> type[Firefox]:
    class ProxiedFirefox(Firefox):
        capabilities: ClassVar[dict[str, Any]] = {'alwaysMatch': {'acceptInsecureCerts': True}}
        preferences = Firefox.preferences | {
            'network.proxy.ssl': '127.0.0.1',
            'network.proxy.ssl_port': port,
            'network.proxy.http_port': port,
        }

    return ProxiedFirefox
