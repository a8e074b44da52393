"""Every proxy of the guide in front of gunicorn and uvicorn: what each of them must do."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from docs._ext.exchanges import read_exchanges
from recording.lessons import API, INTERFACES, PARTNER, ROOT, SHOP
from recording.proxies.deployment import behind, send, trusting
from recording.proxies.programs import DEPLOY_FOLDER, PROXIES, VARNISH, Proxy
from recording.proxies.scenes import (
    CLOSED,
    PROXIES_FOLDER,
    SCENES,
    exchanges_of,
    play,
    replayed,
)
from tests.lessons.client import STRANGER

ACAO = 'Access-Control-Allow-Origin'
SECONDS = 20  # after which a test that waits for an event gives up
PREFLIGHT = {
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'content-type',
}
#: They aren't the shop's, however much some of them look like it.
OTHERS = (
    STRANGER,
    PARTNER,
    'null',
    None,
    'http://shop.example.com',
    'https://shop.example.com:8443',
    'https://shop.example.com.example.net',
    'https://shopxexample.com',
    'https://shop.example.com, https://other.example.net',
)
SECRETS = {
    'Authorization': 'Bearer TOKEN',
    'Cookie': 'session=TOKEN',
    'Referer': 'https://shop.example.com/?token=TOKEN',
    'X-Api-Key': 'TOKEN',
}


@dataclass(frozen=True)
class Front:
    """A running proxy, and a client of it.

    Attributes:
        folder: With the proxy's files.
        server: The address of the server behind it.
    """

    proxy: Proxy
    client: httpx.Client
    folder: Path
    server: str

    @property
    def forwarded(self) -> dict[str, str]:
        """What a proxy that ends TLS sends to this one, if this one doesn't."""
        return {} if self.proxy.tls else {'X-Forwarded-Proto': 'https'}

    def send(
        self,
        method: str,
        path: str,
        origin: str | None = SHOP,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        named = {'Origin': origin} if origin else {}
        sent = {**(headers or {}), **named, **self.forwarded}
        request = self.client.build_request(method, path, headers=sent, content=content)
        return send(self.client, request)


def running_front(proxy: Proxy, folder: Path, server: str) -> Iterator[Front]:
    port = httpx.URL(server).port or CLOSED
    with behind(proxy.site, folder, {8000: port}, proxy=proxy) as client:
        yield Front(proxy, client, folder, server)


@pytest.fixture(scope='module')
def front(
    request: pytest.FixtureRequest,
    lessons: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Front]:
    """A proxy in front of a server with every lesson."""
    title, interface = request.param
    yield from running_front(PROXIES[title], tmp_path_factory.mktemp(title), lessons[interface])


@pytest.fixture(scope='module')
def alone(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Front]:
    """A proxy whose server has stopped."""
    proxy = PROXIES[request.param]
    yield from running_front(
        proxy, tmp_path_factory.mktemp(proxy.title), f'http://127.0.0.1:{CLOSED}'
    )


def pairs(*interfaces: str) -> pytest.MarkDecorator:
    values = [
        pytest.param((title, interface), id=f'{title}-{interface}', marks=pytest.mark.needs(title))
        for title in PROXIES
        for interface in interfaces
    ]
    return pytest.mark.parametrize('front', values, indirect=True)


def each_proxy(name: str, *, indirect: bool) -> pytest.MarkDecorator:
    values = [pytest.param(title, marks=pytest.mark.needs(title)) for title in PROXIES]
    return pytest.mark.parametrize(name, values, indirect=indirect)


def values_of(response: httpx.Response, name: str) -> list[str]:
    return response.headers.get_list(name)


def cors_of(response: httpx.Response) -> tuple[int, list[tuple[str, str]], set[str]]:
    """Return what a browser decides on, and what caches need to know."""
    named = [
        pair for pair in response.headers.multi_items() if pair[0].startswith('access-control-')
    ]
    vary = ','.join(values_of(response, 'Vary')).replace(' ', '').lower().split(',')
    return response.status_code, sorted(named), set(vary)


@pairs(*INTERFACES)
@pytest.mark.parametrize(
    ('method', 'path', 'headers'),
    [
        ('GET', '/testing/orders/17', {'Origin': SHOP}),
        ('GET', '/testing/orders/17', {'Origin': STRANGER}),
        ('GET', '/testing/orders/17', {'Origin': 'null'}),
        ('GET', '/testing/orders/17', {}),
        ('GET', '/testing/nowhere', {'Origin': SHOP}),
        ('PUT', '/testing/orders/17', {'Origin': SHOP, 'Content-Type': 'text/plain'}),
        ('OPTIONS', '/testing/orders/17', {'Origin': SHOP, **PREFLIGHT}),
        ('OPTIONS', '/testing/orders/17', {'Origin': STRANGER, **PREFLIGHT}),
        ('OPTIONS', '/testing/nowhere', {'Origin': SHOP, **PREFLIGHT}),
        ('OPTIONS', '/testing/orders/17', {'Origin': SHOP}),
        ('GET', '/any_origin/menu', {'Origin': STRANGER}),
        ('GET', '/credentials/basket', {'Origin': SHOP, 'Cookie': 'basket=rye'}),
        ('GET', '/credentials/basket', {'Origin': PARTNER, 'Cookie': 'basket=rye'}),
    ],
)
def test_the_application_alone_writes_cors_headers(
    front: Front, method: str, path: str, headers: dict[str, str]
) -> None:
    direct = httpx.request(method, f'{front.server}{path}', headers=headers)
    through = front.send(method, path, origin=None, headers=headers)
    assert cors_of(through) == cors_of(direct)


@each_proxy('alone', indirect=True)
@pytest.mark.parametrize('method', ['GET', 'PUT', 'OPTIONS'])
def test_the_allowed_origin_can_read_that_the_server_is_down(alone: Front, method: str) -> None:
    response = alone.send(method, '/orders/17', headers=PREFLIGHT if method == 'OPTIONS' else {})
    assert response.status_code in (502, 503)
    assert values_of(response, ACAO) == [SHOP]
    assert 'origin' in cors_of(response)[2]
    assert alone.proxy.title in response.json()['title']


@each_proxy('alone', indirect=True)
@pytest.mark.parametrize('origin', OTHERS)
def test_no_other_origin_can(alone: Front, origin: str | None) -> None:
    response = alone.send('GET', '/orders/17', origin)
    assert response.status_code in (502, 503)
    assert values_of(response, ACAO) == []
    assert 'origin' in cors_of(response)[2]


@pairs(*INTERFACES)
@pytest.mark.parametrize(('origin', 'allowed'), [(SHOP, [SHOP]), (STRANGER, []), (None, [])])
def test_the_allowed_origin_can_read_that_a_body_is_too_large(
    front: Front, origin: str | None, allowed: list[str]
) -> None:
    response = front.send('PUT', '/testing/orders/17', origin, content=bytes(2_000_000))
    assert response.status_code == 413
    assert values_of(response, ACAO) == allowed
    assert 'origin' in cors_of(response)[2]


@pairs(*INTERFACES)
def test_a_body_of_half_a_megabyte_passes(front: Front) -> None:
    response = front.send('PUT', '/testing/orders/17', content=b'1'.rjust(500_000))
    assert (response.status_code, response.json()['changed']) == (200, 1)


@pairs(*INTERFACES)
def test_the_application_learns_host_and_scheme(front: Front) -> None:
    claimed = {'X-Forwarded-Proto': 'http', 'Forwarded': 'proto=http;host=evil.example'}
    response = front.send('GET', '/wrong_redirect/menu', headers=claimed)
    assert response.headers['Location'] == 'https://menu.example.com/wrong_redirect/menu'


@pairs('asgi')
@pytest.mark.parametrize(
    ('origin', 'accepted'),
    [
        (SHOP, True),
        (None, True),
        (API, True),
        (API.replace('https:', 'http:'), False),
        (PARTNER, False),
        ('null', False),
    ],
)
def test_websockets_are_checked_behind_the_proxy(
    front: Front, origin: str | None, accepted: bool
) -> None:
    if accepted:
        with open_websocket(front, origin) as opened:
            assert opened.recv() == 'order 17 is ready'
    else:
        with pytest.raises(InvalidStatus) as refused:
            open_websocket(front, origin)
        assert refused.value.response.status_code == 403


def open_websocket(front: Front, origin: str | None) -> ClientConnection:
    url = front.client.base_url
    scheme = 'wss' if front.proxy.tls else 'ws'
    named = {'Origin': origin} if origin else {}
    return connect(
        f'{scheme}://api.example.com/websockets/orders',
        sock=socket.create_connection((url.host, url.port or 0)),
        ssl=trusting(front.folder) if front.proxy.tls else None,
        additional_headers={'Cookie': 'basket=rye', **front.forwarded, **named},
        proxy=None,
    )


@each_proxy('title', indirect=False)
def test_the_logs_have_no_secrets(title: str, tmp_path: Path) -> None:
    for front in running_front(PROXIES[title], tmp_path, f'http://127.0.0.1:{CLOSED}'):
        front.send('GET', '/orders/17?token=TOKEN', headers=SECRETS)
        front.send('GET', '/orders/17', f'{SHOP}"}}\x1b[31m', headers=SECRETS)
        front.send('PUT', '/orders/18?token=TOKEN', headers=SECRETS, content=bytes(2_000_000))
        wait_for_line(front, '/orders/18')
    written = ''.join(logs(tmp_path))
    assert '/orders/17' in written
    assert 'TOKEN' not in written
    assert '\x1b' not in written


def wait_for_line(front: Front, text: str) -> None:
    """Wait until a log has a text; Varnish's is written by a program of its own."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if front.proxy is VARNISH:
            write_log_of_varnish(front.folder)
        if any(text in log for log in logs(front.folder)):
            return
        time.sleep(0.02)
    raise AssertionError(f'{front.proxy.title} never logged {text}')


def logs(folder: Path) -> list[str]:
    """Read what a proxy logged and printed; in JSON a slash may be escaped."""
    files = [path for path in folder.iterdir() if path.suffix in ('.log', '.txt')]
    return [path.read_text().replace(r'\/', '/') for path in files]


def write_log_of_varnish(folder: Path) -> None:
    """Write what it remembers of requests, in the format of ``deploy``."""
    command = ['varnishncsa', '-n', str(folder / 'varnish'), '-d']
    command += ['-f', str(DEPLOY_FOLDER / 'varnishncsa.format')]
    printed = subprocess.run(command, check=True, capture_output=True, text=True)
    (folder / 'bakery.log').write_text(printed.stdout)


@pytest.mark.parametrize(
    'scene',
    [
        pytest.param(name, marks=pytest.mark.needs(scene.proxy.title))
        for name, scene in SCENES.items()
    ],
)
@pytest.mark.parametrize('interface', INTERFACES)
def test_the_exchanges_hold(
    scene: str, interface: str, lessons: dict[str, str], tmp_path: Path
) -> None:
    exchanges = play(scene, lessons[interface], tmp_path)
    shown = exchanges_of(scene, SCENES[scene].shown)
    assert [one.text for one in exchanges] == [one.text for one in shown]


def test_every_exchange_is_of_a_scene() -> None:
    shown = {f'{name}--{what}.http' for name, scene in SCENES.items() for what in scene.shown}
    assert {one.file.name for one in read_exchanges(PROXIES_FOLDER)} == shown


@pytest.mark.parametrize('proxy', ['caddy', 'haproxy', 'apache', 'varnish'])
@pytest.mark.parametrize(
    ('expected', 'origin', 'shown'),
    [
        ('readable: 413', SHOP, ['preflight', 'too_large']),
        ('readable: 50', SHOP, ['own_error']),
        ('acao-missing', STRANGER, ['own_error_other_origin']),
    ],
)
def test_what_a_page_reads_behind_each_proxy(
    proxy: str, expected: str, origin: str, shown: list[str]
) -> None:
    read = replayed(origin, *(f'behind_{proxy}--{what}' for what in shown))
    assert read.startswith(expected)


@pytest.mark.parametrize(
    ('expected', 'origin', 'shown'),
    [
        ('acao-multiple', SHOP, 'two_owners_caddy--read'),
        ('acao-multiple', SHOP, 'two_owners_haproxy--read'),
        ('acao-multiple', SHOP, 'two_owners_apache--read'),
        ('readable: 200', STRANGER, 'two_owners_varnish--read'),
        ('readable: 200', SHOP, 'varnish_poisoned--shop'),
        ('acao-mismatch', PARTNER, 'varnish_poisoned--partner'),
        ('readable: 200', SHOP, 'varnish_cached--shop'),
        ('readable: 200', PARTNER, 'varnish_cached--partner'),
        ('readable: 200', SHOP, 'varnish_cached--shop_again'),
    ],
)
def test_what_a_page_reads_of_wrong_headers_and_of_varnish(
    expected: str, origin: str, shown: str
) -> None:
    assert replayed(origin, shown) == expected


@pytest.mark.needs('Varnish')
@pytest.mark.parametrize(
    'front', [('Varnish', interface) for interface in INTERFACES], indirect=True, ids=INTERFACES
)
@pytest.mark.parametrize(
    ('method', 'headers', 'hit'),
    [
        ('GET', {}, 'HIT'),
        ('OPTIONS', {'Access-Control-Request-Method': 'GET'}, 'MISS'),
        ('GET', {'Cookie': 'session=anna'}, 'MISS'),
        ('GET', {'Authorization': 'Bearer anna'}, 'MISS'),
    ],
)
def test_varnish_stores_what_is_the_same_for_all_users_of_an_origin(
    front: Front, method: str, headers: dict[str, str], hit: str
) -> None:
    for origin in (SHOP, PARTNER):
        front.send(method, '/caching/menu', origin, headers)
        again = front.send(method, '/caching/menu', origin, headers)
        assert (again.headers['X-Cache'], values_of(again, ACAO)) == (hit, [origin])


KILLED = """
import sys, time
from pathlib import Path
from recording.proxies.deployment import behind
from recording.proxies.programs import PROXIES
proxy = PROXIES[sys.argv[1]]
with behind(proxy.site, Path(sys.argv[2]), {8000: 1}, proxy=proxy) as client:
    print(client.base_url.port, flush=True)
    sys.stdin.read()
"""


@each_proxy('title', indirect=False)
def test_a_proxy_ends_with_the_tests_even_if_they_are_killed(title: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, '-c', KILLED, title, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout is not None
        port = int(tests.stdout.readline())
        tests.kill()
    deadline = time.monotonic() + SECONDS
    while listens(port):
        assert time.monotonic() < deadline, f'{title} still listens'
        time.sleep(0.02)


def listens(port: int) -> bool:
    with suppress(ConnectionRefusedError, ConnectionResetError):
        socket.create_connection(('127.0.0.1', port), timeout=1).close()
        return True
    return False
