"""The doctor against real servers: every lesson, and what nginx makes of an answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cors_browser.__main__ import main
from docs._ext.exchanges import Exchange, read_exchanges
from recording.http_file import FOLDER
from recording.lessons import INTERFACES
from recording.proxies.nginx import running_nginx

PAGE = 'https://shop.example.com'
READS = [
    one
    for one in read_exchanges(FOLDER)
    if one.request.startswith('GET ')
    and 'Origin: http' in one.request
    and ' 302 ' not in one.response
]


def lines_of(exchange: Exchange) -> tuple[str, dict[str, str]]:
    first, *rest = exchange.request.splitlines()
    headers = dict(line.split(': ', 1) for line in rest)
    return first.split(' ')[1], headers


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('exchange', READS, ids=lambda exchange: exchange.file.stem)
def test_it_says_of_every_lesson_what_the_exchange_shows(
    lessons: dict[str, str],
    exchange: Exchange,
    interface: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, headers = lines_of(exchange)
    page = headers.pop('Origin')
    headers.pop('Cookie', None)  # a page cannot set it
    given = [word for name, value in headers.items() for word in ('--header', f'{name}: {value}')]
    code = main([f'{lessons[interface]}/{exchange.lesson}{path}', '--page', page, *given])
    values = re.findall('Access-Control-Allow-Origin: (.*)', exchange.response)
    allowed = values in ([page], ['*'])
    printed = capsys.readouterr().out
    assert code == (0 if allowed else 1), printed
    assert ('READABLE' if allowed else 'BLOCKED') in printed


@pytest.mark.needs('nginx')
@pytest.mark.parametrize(
    ('location', 'method', 'words'),
    [
        (
            'add_header Access-Control-Allow-Origin * always; proxy_pass API/one_origin/;',
            'GET',
            ['BLOCKED', 'acao-multiple', 'this is CORS'],
        ),
        (
            'if ($request_method = OPTIONS) { return 301 /elsewhere; } proxy_pass API/preflight/;',
            'PUT',
            ['BLOCKED', 'this is not CORS: the server redirects to'],
        ),
        ('return 502;', 'GET', ['BLOCKED', 'this is not CORS']),
        ('return 444;', 'GET', ['NO RESPONSE', 'this is not CORS']),
    ],
    ids=['two headers', 'redirected preflight', 'bad gateway', 'closed without an answer'],
)
def test_it_tells_what_a_proxy_does(
    lessons: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    location: str,
    method: str,
    words: list[str],
) -> None:
    location = location.replace('API', lessons['wsgi'])
    server = f'server {{ listen 127.0.0.1:PORT; location /api/ {{ {location} }} }}'
    path = '/api/orders/17' if method == 'PUT' else '/api/menu'
    with running_nginx(tmp_path, server) as proxy:
        code = main([f'{proxy}{path}', '--page', PAGE, '--method', method])
    printed = capsys.readouterr().out
    assert [word for word in words if word not in printed] == [], printed
    assert code == (2 if 'NO RESPONSE' in words else 1)
