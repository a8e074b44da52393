"""The real nginx in front of real servers: who owns the headers, and what nginx says itself."""

from __future__ import annotations

import json
import socket
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn

from cors_browser.replay import judge
from docs._ext.exchanges import capture_of, read_exchange
from recording.lessons import INTERFACES, SHOP
from recording.proxies.deployment import behind, send, serving, uvicorn_settings
from recording.proxies.programs import NGINX, running
from recording.proxies.scenes import (
    CLOSED,
    PROXIES_FOLDER,
    replayed,
)
from tests.lessons.client import cors_headers

FROM_SHOP = {'Origin': SHOP}
both = pytest.mark.parametrize('interface', INTERFACES)


@pytest.mark.parametrize(
    ('expected', 'origin', 'shown'),
    [
        ('readable: 200', SHOP, ['preflight', 'changed']),
        ('readable: 404', SHOP, ['not_found']),
        ('readable: 413', SHOP, ['preflight', 'too_large']),
        ('readable: 502', SHOP, ['bad_gateway']),
        ('acao-missing', 'https://other.example.net', ['bad_gateway_stranger']),
        ('preflight-status', SHOP, ['bad_gateway_preflight', 'changed']),
    ],
)
def test_what_a_page_reads_behind_nginx(expected: str, origin: str, shown: list[str]) -> None:
    assert replayed(origin, *(f'behind_nginx--{what}' for what in shown)) == expected


@pytest.mark.parametrize(
    ('expected', 'shown'),
    [
        ('acao-multiple', 'two_owners--read'),
        ('acao-missing', 'two_owners--bad_gateway'),
        ('readable: 200', 'nginx_owns--read'),
    ],
)
def test_what_a_page_reads_of_the_two_owners(expected: str, shown: str) -> None:
    assert replayed(SHOP, shown) == expected


def test_twice_the_same_is_also_two_values() -> None:
    recorded = read_exchange(PROXIES_FOLDER / 'two_owners--read.http')
    twice = replace(recorded, response=recorded.response.replace('Origin: *', f'Origin: {SHOP}'))
    assert twice.response.count(f'Access-Control-Allow-Origin: {SHOP}\n') == 2
    _, failure = judge(capture_of([twice]))
    assert failure is not None
    assert failure.code == 'acao-multiple'


@pytest.mark.needs('nginx')
@pytest.mark.parametrize(('intercept', 'owner'), [('off', '404 Not Found'), ('on', 'nginx: 404')])
def test_an_error_of_falcon_passes_as_it_is(intercept: str, owner: str, tmp_path: Path) -> None:
    changes = {
        'error_page 413 ': 'error_page 404 413 ',
        'proxy_intercept_errors off': f'proxy_intercept_errors {intercept}',
    }
    with (
        serving('wsgi', 'testing') as server,
        behind('behind_nginx.conf', tmp_path, {8000: server.port}, changes) as client,
    ):
        answer = send(client, client.build_request('GET', '/nowhere', headers=FROM_SHOP))
    assert answer.json() == {'title': owner}
    assert answer.headers.get_list('Access-Control-Allow-Origin') == [SHOP]


@pytest.mark.needs('nginx')
def test_a_slow_server_is_a_readable_504(tmp_path: Path) -> None:
    with socket.create_server(('127.0.0.1', 0)) as silent:
        ports = {8000: silent.getsockname()[1]}
        soon = {'proxy_read_timeout 30s': 'proxy_read_timeout 200ms'}
        with behind('behind_nginx.conf', tmp_path, ports, soon) as client:
            answer = send(client, client.build_request('GET', '/orders/17', headers=FROM_SHOP))
    assert (answer.status_code, cors_headers(answer)) == (504, {'allow-origin': SHOP})


@pytest.mark.needs('nginx')
def test_a_refusal_of_nginx_is_a_readable_503(tmp_path: Path) -> None:
    limit = {
        'upstream bakery {': 'limit_req_zone $host zone=limit:1m rate=1r/m; upstream bakery {',
        'proxy_pass ': 'limit_req zone=limit; proxy_pass ',
    }
    with behind('behind_nginx.conf', tmp_path, {8000: CLOSED}, limit) as client:
        request = client.build_request('GET', '/orders/17', headers=FROM_SHOP)
        _, answer = send(client, request), send(client, request)
    assert (answer.status_code, cors_headers(answer)) == (503, {'allow-origin': SHOP})


@pytest.mark.needs('nginx')
def test_a_body_may_have_one_megabyte_where_nothing_is_said(tmp_path: Path) -> None:
    silent = {'client_max_body_size 1m;': ''}
    with behind('behind_nginx.conf', tmp_path, {8000: CLOSED}, silent) as client:
        sizes = (2**20, 2**20 + 1)
        build = partial(client.build_request, 'PUT', '/orders/17')
        responses = [send(client, build(content=bytes(size))) for size in sizes]
        assert [response.status_code for response in responses] == [502, 413]


@pytest.mark.needs('nginx')
def test_one_more_line_serves_pages_that_send_credentials(tmp_path: Path) -> None:
    line = 'add_header Access-Control-Allow-Credentials true always;'
    more = {'add_header Vary Origin always;': f'add_header Vary Origin always; {line}'}
    with behind('behind_nginx.conf', tmp_path, {8000: CLOSED}, more) as client:
        answer = send(client, client.build_request('GET', '/orders/17', headers=FROM_SHOP))
    assert answer.status_code == 502
    assert cors_headers(answer) == {'allow-origin': SHOP, 'allow-credentials': 'true'}


def test_a_remembered_preflight_lets_the_page_read_a_502() -> None:
    put, down = (
        read_exchange(PROXIES_FOLDER / f'behind_nginx--{name}.http')
        for name in ('changed', 'bad_gateway')
    )
    again = capture_of([replace(put, response=down.response)])
    exchange, failure = judge(replace(again, preflight_passed=True))
    assert failure is None
    assert exchange.steps[-1].status == 502


def test_uvicorn_takes_its_settings_from_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in uvicorn_settings().items():
        monkeypatch.setenv(name, value)
    options = uvicorn.main.make_context('uvicorn', ['app:app']).params
    for name, value in uvicorn_settings().items():
        if name != 'FORWARDED_ALLOW_IPS':
            assert str(options[name.removeprefix('UVICORN_').lower()]).lower() == value
    assert uvicorn.Config('app').forwarded_allow_ips == uvicorn_settings()['FORWARDED_ALLOW_IPS']


@pytest.mark.needs('nginx')
@both
def test_the_program_learns_that_the_page_used_tls(interface: str, tmp_path: Path) -> None:
    claimed = {'Forwarded': 'proto=http', 'X-Forwarded-Proto': 'http'}
    with (
        serving(interface, 'wrong_redirect') as server,
        behind('behind_nginx.conf', tmp_path, {8000: server.port}) as client,
    ):
        response = send(client, client.build_request('GET', '/menu', headers=claimed))
        direct = httpx.get(f'{server.url}/menu', headers={'Host': 'api.example.com'})
    assert response.headers['Location'] == 'https://menu.example.com/menu'
    assert direct.headers['Location'] == 'http://menu.example.com/menu'


@pytest.mark.needs('nginx')
def test_the_log_has_no_secrets_and_no_forged_lines(tmp_path: Path) -> None:
    hostile = 'https://shop.example.com"}\x1b[31m'
    headers = {'Origin': hostile, 'Authorization': 'Bearer secret', 'Cookie': 'session=secret'}
    with behind('behind_nginx.conf', tmp_path, {8000: CLOSED}) as client:
        send(client, client.build_request('GET', '/orders/17?token=secret', headers=headers))
    log = (tmp_path / 'bakery.log').read_text()
    assert 'secret' not in log
    assert '\x1b' not in log
    last = json.loads(log.splitlines()[-1])
    assert (last['path'], last['status'], last['origin']) == ('/orders/17', '502', hostile)


WITH_A_HEADER = 'add_header Access-Control-Allow-Origin *;'
#: What https://nginx.org/en/docs/http/ngx_http_headers_module.html lists, and errors of nginx.
WITHOUT_ALWAYS = {200, 201, 204, 206, 301, 302, 303, 304, 307, 308}
ERRORS = {400, 403, 404, 405, 413, 500, 502, 503}


@pytest.mark.needs('nginx')
def test_without_always_nginx_adds_headers_to_successes_and_redirects(tmp_path: Path) -> None:
    places = ''.join(
        f'location /{status} {{ {WITH_A_HEADER} return {status}; }}'
        for status in WITHOUT_ALWAYS | ERRORS
    )
    server = f'server {{ listen 127.0.0.1:PORT; {places} }}'
    with running(NGINX, tmp_path, server) as own, httpx.Client(trust_env=False) as client:
        responses = {
            status: client.get(f'{own.url}/{status}') for status in sorted(WITHOUT_ALWAYS | ERRORS)
        }
    carrying = {s for s, r in responses.items() if 'Access-Control-Allow-Origin' in r.headers}
    assert {response.status_code for response in responses.values()} == WITHOUT_ALWAYS | ERRORS
    assert carrying == WITHOUT_ALWAYS
