"""The doctor against real servers: every lesson, and what nginx makes of an answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import trustme

from cors_browser.__main__ import main
from docs._ext.exchanges import Exchange, read_exchanges
from recording.http_file import EXCHANGES_FOLDER
from recording.lessons import INTERFACES
from recording.proxies.programs import NGINX, running

PAGE = 'https://shop.example.com'
OF_NGINX = ('BLOCKED', 'this is not CORS', 'who responded: nginx, a web server or proxy')
TYPE = ('--header', 'Content-Type: text/plain')
READS = [
    one
    for one in read_exchanges(EXCHANGES_FOLDER)
    if one.request.startswith('GET ')
    and 'Origin: http' in one.request
    and ' 302 ' not in one.response
    and 'Host: ' not in one.request  # a page cannot set it, and this machine has other names
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
    options = [word for name, value in headers.items() for word in ('--header', f'{name}: {value}')]
    code = main([f'{lessons[interface]}/{exchange.lesson}{path}', '--page', page, *options])
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
        ('return 502;', 'GET', [*OF_NGINX, 'fix: Check that the application behind nginx runs']),
        ('proxy_pass http://127.0.0.1:9/;', 'PUT', [*OF_NGINX, 'guide: errors/bad_gateway']),
        ('return 444;', 'GET', ['NO RESPONSE', 'this is not CORS', 'who responded: nobody']),
        (
            'client_max_body_size 1; proxy_pass API/preflight/;',
            'PUT',
            [*OF_NGINX, 'nginx responds with status 413', 'client_max_body_size'],
        ),
        (
            'auth_basic x; auth_basic_user_file /dev/null; proxy_pass API/preflight/;',
            'PUT',
            [*OF_NGINX, 'fix: Let nginx accept OPTIONS without credentials'],
        ),
        ('return 401;', 'GET', [*OF_NGINX, 'nginx responds with status 401']),
        ('deny all;', 'GET', [*OF_NGINX, 'fix: Find the rule in nginx']),
        ('return 429;', 'GET', [*OF_NGINX, 'fix: Send fewer requests']),
        ('root /nonexistent;', 'GET', [*OF_NGINX, 'fix: Correct the URL']),
        (
            'root /nonexistent;',
            'PUT',
            [
                'BLOCKED',
                'this is CORS',
                'who responded: nginx',
                'fix: Configure nginx to pass OPTIONS',
            ],
        ),
        ('return 301 https://$host$request_uri;', 'GET', [*OF_NGINX, 'fix: Write https://']),
        ('return 301 https://$host$request_uri;', 'PUT', [*OF_NGINX, 'fix: Write https://']),
        ('return 302 $request_uri;', 'GET', [*OF_NGINX, 'fix: End the loop']),
        ('return 302 https://login.example.com/;', 'GET', [*OF_NGINX, 'redirects to a login']),
    ],
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
    body = ['--body', 'bread'] if method == 'PUT' else []
    with running(NGINX, tmp_path, server) as proxy:
        code = main([f'{proxy.url}{path}', '--page', PAGE, '--method', method, *body, *TYPE])
    printed = capsys.readouterr().out
    assert [word for word in words if word not in printed] == [], printed
    assert code == (2 if 'NO RESPONSE' in words else 1)


def test_plain_http_on_the_https_port_of_nginx(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = tmp_path / 'server.pem'
    certificate = trustme.CA().issue_cert('127.0.0.1')
    certificate.private_key_and_cert_chain_pem.write_to_path(pem)
    server = f'server {{ listen 127.0.0.1:PORT ssl; ssl_certificate {pem}; CERT_KEY {pem}; }}'
    with running(NGINX, tmp_path, server.replace('CERT_KEY', 'ssl_certificate_key')) as own:
        assert main([own.url, '--page', 'http://shop.example.com']) == 1
        printed = capsys.readouterr().out
        assert [word for word in [*OF_NGINX, 'fix: Write https://'] if word not in printed] == []
        assert main([own.url.replace('http:', 'https:'), '--page', PAGE, '--insecure']) == 1
        assert 'nginx responds with status 404' in capsys.readouterr().out


def test_headers_that_are_too_long_for_gunicorn(
    lessons: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    long = ['--header', f'X-Trace: {100_000 * "a"}']
    assert main([f'{lessons["wsgi"]}/any_origin/menu', '--page', PAGE, *long]) == 1
    printed = capsys.readouterr().out
    assert 'this is not CORS: gunicorn responds with status 431' in printed
    assert 'fix: Send fewer or shorter headers' in printed
