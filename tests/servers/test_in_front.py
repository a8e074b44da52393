"""The real nginx that refuses requests itself: what a page reads, and what reaches the program."""

from __future__ import annotations

import re
import shlex
import socket
from functools import partial
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from cors_browser import Browser
from recording.lessons import API, INTERFACES, ROOT, SHOP
from recording.proxies.deployment import behind, send, serving, trusting
from recording.proxies.scenes import CLOSED, replayed
from tests.lessons.test_howto import load_anew

STRANGER = 'https://other.example.net'
PREFLIGHT = {'Origin': SHOP, 'Access-Control-Request-Method': 'GET'}
both = pytest.mark.parametrize('interface', INTERFACES)
nginx = pytest.mark.needs('nginx')


def get(client: httpx.Client, path: str, method: str = 'GET', **headers: str) -> httpx.Response:
    request = client.build_request(method, path, headers={'Origin': SHOP, **headers})
    return send(client, request)


@pytest.mark.parametrize(
    ('expected', 'origin', 'shown'),
    [
        ('preflight-acao-missing', SHOP, 'wrong_gateway--files'),
        ('acao-missing', SHOP, 'wrong_gateway--login'),
        ('readable: 401', SHOP, 'gateway--login'),
        ('acao-mismatch', STRANGER, 'gateway--login'),
        ('readable: 200', STRANGER, 'wrong_ingress--read'),
        ('readable: 403', SHOP, 'client_certificates--no_certificate'),
    ],
)
def test_what_a_page_reads(expected: str, origin: str, shown: str) -> None:
    assert replayed(origin, shown) == expected


@nginx
@both
def test_the_gateway_counts_no_preflights_and_its_429_can_be_read(
    interface: str, tmp_path: Path
) -> None:
    with (
        serving(interface, 'any_origin') as server,
        behind('gateway.conf', tmp_path, {8000: server.port}) as client,
    ):
        preflights = [send(client, client.build_request('OPTIONS', '/menu', headers=PREFLIGHT))]
        preflights += [send(client, client.build_request('OPTIONS', '/menu', headers=PREFLIGHT))]
        first, second = (get(client, '/menu', Authorization='Bearer x') for _ in range(2))
    assert [response.status_code for response in preflights] == [200, 200]
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.headers['Access-Control-Allow-Origin'] == SHOP


@nginx
@pytest.mark.parametrize(
    ('path', 'status'), [('/account/menu', 401), ('/staff/menu', 403), ('/catalog/menu', 405)]
)
def test_a_gateway_refuses_preflights_unless_told_otherwise(
    path: str, status: int, tmp_path: Path
) -> None:
    with behind('wrong_gateway.conf', tmp_path, {8000: CLOSED}) as client:
        found = send(client, client.build_request('OPTIONS', path, headers=PREFLIGHT))
    assert found.status_code == status


@nginx
@both
def test_a_client_certificate_is_checked_for_each_request_but_preflights(
    interface: str, tmp_path: Path
) -> None:
    with (
        serving(interface, 'xhr') as server,
        behind('client_certificates.conf', tmp_path, {8000: server.port}) as client,
    ):
        trust = trusting(tmp_path)
        trust.load_cert_chain(tmp_path / 'client.pem')
        with httpx.Client(verify=trust, trust_env=False, base_url=client.base_url) as anna:
            allowed = get(anna, '/basket')
        refused = get(client, '/basket')
        preflight = send(client, client.build_request('OPTIONS', '/basket', headers=PREFLIGHT))
    assert (allowed.status_code, refused.status_code, preflight.status_code) == (200, 403, 204)
    assert refused.headers['Access-Control-Allow-Credentials'] == 'true'


@nginx
def test_a_certificate_for_all_connections_refuses_preflights(tmp_path: Path) -> None:
    required = {'ssl_verify_client optional': 'ssl_verify_client on'}
    with behind('client_certificates.conf', tmp_path, {8000: CLOSED}, required) as client:
        preflight = send(client, client.build_request('OPTIONS', '/basket', headers=PREFLIGHT))
    assert preflight.status_code == 400


@nginx
@pytest.mark.parametrize(
    ('left_out', 'accepted'),
    [
        ('', True),
        ('proxy_set_header Host $host;', False),
        ('proxy_set_header X-Forwarded-Proto $scheme;', False),
    ],
)
def test_the_own_page_connects_if_host_and_scheme_are_passed_on(
    left_out: str, accepted: bool, tmp_path: Path
) -> None:
    changes = {left_out: ''} if left_out else {}
    with (
        serving('asgi', 'websockets') as server,
        behind('websockets.conf', tmp_path, {8000: server.port}, changes) as client,
    ):
        open_socket = partial(
            connect,
            'wss://api.example.com/orders',
            sock=socket.create_connection(('127.0.0.1', client.base_url.port or 443)),
            ssl=trusting(tmp_path),
            additional_headers={'Origin': API},
            proxy=None,
        )
        if accepted:
            with open_socket() as own:
                assert own.recv() == 'order 17 is ready'
            return
        with pytest.raises(InvalidStatus) as refused:
            open_socket()
    assert refused.value.response.status_code == 403


@nginx
@both
def test_the_annotation_ignores_the_programs_list(interface: str, tmp_path: Path) -> None:
    with (
        serving(interface, 'testing') as server,
        behind('wrong_ingress.conf', tmp_path, {8000: server.port}) as client,
    ):
        own, direct = get(client, '/orders/17'), httpx.get(f'{server.url}/orders/17')
    assert own.headers.get_list('Access-Control-Allow-Origin') == ['*']
    assert 'Access-Control-Allow-Origin' not in direct.headers


def test_the_ingress_leaves_cors_to_the_program() -> None:
    assert 'cors-' not in (ROOT / 'deploy/ingress.yaml').read_text()


@both
def test_the_composed_program_allows_the_page(
    interface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / 'deploy/compose.yaml').read_text()
    (command,) = re.findall(r'command: (.*)', text)
    (origin,) = re.findall(r'BAKERY_ORIGINS: (\S+)', text)
    published = re.findall(r'- 127\.0\.0\.1:(\d+):\d+', text)
    assert shlex.split(command)[-1] == 'app_wsgi.origins_from_env:app'
    assert origin == f'http://localhost:{published[1]}'
    monkeypatch.setenv('BAKERY_ORIGINS', origin)
    app = load_anew(interface, 'origins_from_env').app
    browser = Browser(app, origin, api=f'http://localhost:{published[0]}')
    assert browser.fetch('/menu').json() == {'rye': 4.2, 'sourdough': 5.5}
