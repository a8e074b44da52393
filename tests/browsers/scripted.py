"""Servers on several origins of this machine that answer cases as they are scripted."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from tests.browsers.cases import Answer, Case, Pairs

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

BODY = b'<!doctype html>'
BODILESS = {204}
LENGTH = ('Content-Length', str(len(BODY)))
ALWAYS_COMPARED = frozenset({
    'authorization', 'content-type', 'cookie', 'origin', 'access-control-request-headers',
    'access-control-request-method', 'accept-encoding', 'sec-fetch-dest', 'sec-fetch-mode',
    'sec-fetch-site', 'referer',
})  # fmt: skip
ONE_OF_SEVERAL = {'accept', 'authorization', 'content-type'}
#: What depends on how an engine was built or started: its language, and its policy on cookies.
BROWSERS_OWN = {'accept-language', 'user-agent', 'sec-fetch-storage-access'}


class Seen(NamedTuple):
    """A request, as far as CORS goes; names are in lower case, and sorted."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]


def seen(case: Case, method: str, url: str, headers: Iterable[tuple[str, str]]) -> Seen:
    """Keep of a request what a browser and the model must agree on."""
    lines: dict[str, list[str]] = defaultdict(list)
    for name, value in headers:
        lines[name.lower()].append(value)
    compared = ALWAYS_COMPARED - ({'referer'} if case.page == 'null' else set())
    if 'access-control-request-method' not in lines:
        compared |= {name.lower() for fetch in case.fetches for name, _ in fetch.headers}
        compared -= beside_cors(case, method, url)
    return Seen(
        method,
        url,
        tuple(
            (name, written_alike(case, name, ', '.join(lines[name]).strip(' \t')))
            for name in sorted(lines.keys() & (compared - BROWSERS_OWN))
        ),
    )


def beside_cors(case: Case, method: str, url: str) -> set[str]:
    """Name the headers in which engines differ where the standard asks for no CORS check.

    A GET that was redirected from another method has the headers of its body again in Firefox and
    WebKit (#http-redirect-fetch), and without CORS an Origin in WebKit; a sandboxed frame's GET or
    HEAD without CORS has one in Chromium and Firefox where the frame may use no cookies, and in
    Chromium a redirected POST without CORS has the origin null (#append-a-request-origin-header).
    """
    is_redirected = not url.endswith('/0')
    has_no_cors = case.page in url or any(fetch.mode == 'no-cors' for fetch in case.fetches)
    is_get = method in {'GET', 'HEAD'}
    names = {'content-language', 'content-type'} if is_redirected and is_get else set()
    if has_no_cors and (is_redirected or (case.page == 'null' and is_get)):
        names.add('origin')
    return names


def written_alike(case: Case, name: str, value: str) -> str:
    """Write alike what differs outside CORS.

    Chromium's cache rewrites the unit of a Range, WebKit sends what is not ASCII as UTF-8, and
    Firefox sends one of several Accepts, Content-Types, Authorizations, or values of which one is
    empty.
    """
    given = [[v for n, v in fetch.headers if n.lower() == name] for fetch in case.fetches]
    if any(len(values) > 1 and (name in ONE_OF_SEVERAL or '' in values) for values in given):
        return '(one of several)'
    with suppress(UnicodeError):
        value = value.encode('latin-1').decode()
    return value.lower() if name == 'range' else value


def answer_of(case: Case, path: str, headers: Mapping[str, str]) -> Answer:
    """The scripted answer to a request for one hop of a case; 404 for a path that is none."""
    hop = path.removeprefix(f'/{case.name}/')
    if not hop.isdecimal() or int(hop) >= len(case.hops):
        return Answer(404, [LENGTH])
    place = case.hops[int(hop)]
    is_preflight = 'access-control-request-method' in headers
    answer = place.preflight if is_preflight else place.answer
    length = [] if answer.status in BODILESS else [LENGTH]
    return Answer(answer.status, [*answer.headers, *length])


class Scripted:
    """The servers, while they run.

    Attributes:
        ports: Each responds as 127.0.0.1, as localhost and as [::1].
        cases: The cases by their names.
        seen: What arrived for each case, in order.
    """

    def __init__(self) -> None:
        self.ports: list[int] = []
        self.cases: dict[str, Case] = {}
        self.seen: dict[str, list[Seen]] = defaultdict(list)

    @property
    def origins(self) -> list[str]:
        names = [f'{host}:{port}' for port in self.ports for host in ('127.0.0.1', 'localhost')]
        return [f'http://{name}' for name in (*names, *(f'[::1]:{port}' for port in self.ports))]

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while True:
                head = (await reader.readuntil(b'\r\n\r\n')).decode('latin-1')
                start, *lines = head.strip().split('\r\n')
                method, path, _ = start.split(' ')
                pairs = [(n, v.strip(' \t')) for n, _, v in (line.partition(':') for line in lines)]
                headers = {name.lower(): value for name, value in pairs}
                await reader.readexactly(int(headers.get('content-length', 0)))
                answer = self._find(method, path, pairs, headers)
                body = b'' if method == 'HEAD' or answer.status in BODILESS else BODY
                writer.write(_raw(answer, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _find(self, method: str, path: str, pairs: Pairs, headers: Mapping[str, str]) -> Answer:
        name, path = path.split('/')[1], unquote(path, 'latin-1')
        if name in self.cases:
            case = self.cases[name]
            self.seen[name].append(seen(case, method, f'http://{headers["host"]}{path}', pairs))
            return answer_of(case, path, headers)
        return Answer(200, [('Content-Type', 'text/html'), LENGTH])


def _raw(answer: Answer, body: bytes) -> bytes:
    lines = [f'HTTP/1.1 {answer.status} Scripted']
    lines += [f'{name}: {value}' for name, value in answer.headers]
    return '\r\n'.join([*lines, '', '']).encode('latin-1') + body


@contextmanager
def scripted_servers(count: int = 3) -> Iterator[Scripted]:
    """Serve on some free ports until the end of the block."""
    scripted = Scripted()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> list[asyncio.Server]:
        servers = []
        for _ in range(count):
            servers.append(await asyncio.start_server(scripted.answer, '127.0.0.1', 0))
            port = servers[-1].sockets[0].getsockname()[1]
            servers.append(await asyncio.start_server(scripted.answer, '::1', port))
        return servers

    async def stop() -> None:
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    servers = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    scripted.ports = [server.sockets[0].getsockname()[1] for server in servers[::2]]
    try:
        yield scripted
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def scripted_app(case: Case, requests: list[Seen]) -> WSGIApplication:
    """The same answers as a WSGI application, for the model; it notes what it is asked."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        pairs = [
            (key.removeprefix('HTTP_').replace('_', '-').lower(), value)
            for key, value in environ.items()
            if key.startswith('HTTP_') or key == 'CONTENT_TYPE'
        ]
        headers = dict(pairs)
        method, path = environ['REQUEST_METHOD'], environ['PATH_INFO']
        requests.append(seen(case, method, f'http://{headers["host"]}{path}', pairs))
        answer = answer_of(case, path, headers)
        start_response(f'{answer.status} x', answer.headers)
        return [BODY]

    return app
