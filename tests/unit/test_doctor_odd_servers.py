"""The doctor against servers that misbehave: who is to blame, and is it CORS?"""

from __future__ import annotations

import importlib.util
import itertools
import json as json_module
import math
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cors_browser.__main__ import main
from cors_browser.live import MAX_HEAD, LenientWire, no_response, no_tls
from cors_browser.urls import parse_url
from tests.unit.odd_servers import (
    PASS,
    PREFLIGHT,
    SHARE,
    Behavior,
    Certificates,
    by_method,
    by_path,
    http2,
    http2_preface,
    http2_reset,
    json,
    moved,
    nginx,
    reset,
    response,
    running,
    send,
)

PAGE = 'http://app.example.com'
READABLE, BLOCKED, NOTHING = 'readable', 'blocked', 'unreachable'
OK = response('200 OK', SHARE, 'ok')
GUNICORN_431 = response(
    '431 Request Header Fields Too Large', 'Content-Type: text/html\r\n',
    '<html>\n  <head>\n    <title>Request Header Fields Too Large</title>\n  </head>\n  <body>\n'
    '    <h1><p>Request Header Fields Too Large</p></h1>\n    Error parsing headers\n'
    '  </body>\n</html>\n',
)  # fmt: skip
GUNICORN_500 = response(
    '500 Internal Server Error', 'Content-Type: text/html\r\n',
    '<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n'
    '    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n',
)  # fmt: skip
FALCON_401 = json('401 Unauthorized', '{"title": "401 Unauthorized"}')
S3_403 = response(
    '403 Forbidden', 'Server: AmazonS3\r\nContent-Type: application/xml\r\n',
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessForbidden</Code><Message>'
    'CORSResponse: CORS is not enabled for this bucket.</Message></Error>',
)  # fmt: skip
KONG = 'Server: kong/3.4.0\r\nX-Kong-Response-Latency: 1\r\n'
PUT = ('--method', 'PUT')


@dataclass(frozen=True)
class Odd:
    """What a server does, and what the doctor has to find out."""

    name: str
    behavior: Behavior
    verdict: str
    is_cors: bool | None = False
    responder: str = ''  #: Who responded, if that can be told.
    fix: str = ''  #: Words of the fix.
    arguments: tuple[str, ...] = ()
    notes: str = ''
    path: str = ''

    def __str__(self) -> str:
        return self.name


SERVERS = (
    # What breaks off
    Odd('resets', reset, NOTHING, responder='nobody', fix='log'),
    Odd('closes', send(b''), NOTHING, responder='nobody', fix='log'),
    Odd('half a head', send(b'HTTP/1.1 200 OK\r\nAccess-Con'), NOTHING, fix='log'),
    Odd('half a body', send(OK[:-1]), READABLE, notes='closed before its end'),
    Odd('half a body, not shared', send(response('200 OK', '', 'no')[:-1]), BLOCKED, True),
    Odd('length too short', send(OK + b'more than announced'), READABLE),
    Odd('bad gzip', send(response('200 OK', f'{SHARE}Content-Encoding: gzip\r\n', 'no')), READABLE,
        notes='Content-Encoding gzip is malformed'),
    Odd('half a chunk', send(f'HTTP/1.1 200 OK\r\n{SHARE}Transfer-Encoding: chunked\r\n\r\n'
                             'ff\r\nhalf'.encode()), READABLE, notes='closed before its end'),
    Odd('bad chunk', send(f'HTTP/1.1 200 OK\r\n{SHARE}Transfer-Encoding: chunked\r\n\r\n'
                          'zz\r\n'.encode()), READABLE, notes='closed before its end'),
    Odd('resets at a preflight', reset, NOTHING, fix='respond to OPTIONS', arguments=PUT),
    Odd('101', send(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'), NOTHING),
    # What is odd, and browsers take
    Odd('200 KB of headers', send(response('200 OK', SHARE + 2000 * f'X-A: {100 * "a"}\r\n')),
        READABLE, notes='WebKit may not: it has 214'),
    Odd('one header of 200 KB', send(response('200 OK', f'{SHARE}X-A: {200_000 * "a"}\r\n')),
        READABLE, notes='WebKit may not: it has 200'),
    Odd('300 KB of headers', send(response('200 OK', f'{SHARE}X-A: {300_000 * "a"}\r\n')), NOTHING,
        fix='less than 256 KB'),
    Odd('103 before 200', send(b'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' + OK), READABLE),
    Odd('no reason', send(f'HTTP/1.1 200\r\n{SHARE}\r\n'.encode()), READABLE),
    Odd('HTTP/1.0', send(f'HTTP/1.0 200 OK\r\n{SHARE}\r\nbody'.encode()), READABLE),
    Odd('HTTP/2 in plain text', send(f'HTTP/2 200 OK\r\n{SHARE}\r\nbody'.encode()), READABLE,
        notes='WebKit may not: its status line'),
    Odd('bare line feeds', send(f'HTTP/1.1 200 OK\n{SHARE}\nbody'.encode()), READABLE),
    Odd('lines that are no header', send(
        f'HTTP/1.1 200 OK\r\n{SHARE}X A: b\r\nX-B : c\r\n: d\r\nnothing\r\n'
        'Content-Length: many\r\n\r\nbody'.encode()), READABLE, notes='WebKit may not: some'),
    Odd('headers beyond ASCII', send(response('200 OK', f'{SHARE}X-Name: caf\xe9\r\n\xe9: a\r\n')),
        READABLE),
    Odd('two lengths', send(f'HTTP/1.1 200 OK\r\n{SHARE}Content-Length: 1\r\nContent-Length: 2\r\n'
                            '\r\nab'.encode()), NOTHING, fix='valid headers'),
    Odd('a body with 204', send(f'HTTP/1.1 204 No\r\n{SHARE}\r\nbody'.encode()), READABLE),
    Odd('a broken status line', send(b'HTTP/1.1 OK\r\n\r\n'), NOTHING, fix='valid headers'),
    # What is not HTTP/1
    Odd('SMTP', send(b'220 mail.example ESMTP\r\n'), NOTHING, fix='port'),
    Odd('only a body', send(b'<html>hello</html>'), NOTHING, fix='port'),
    Odd('noise', send(bytes(range(256))), NOTHING, fix='port'),
    Odd('HTTP/2 without TLS', http2_preface, NOTHING, fix='Serve HTTP/2 over https'),
    Odd('a TLS alert', send(b'\x15\x03\x03\x00\x02\x02\x46'), NOTHING, fix='Write https://'),
    # HTTP servers, proxies and gateways
    Odd('http on an https port of nginx', send(nginx(
        '400 Bad Request', '<center>The plain HTTP request was sent to HTTPS port</center>\r\n')),
        BLOCKED, responder='nginx', fix='Write https://'),
    Odd('http on an https port of Go', send(response(
        '400 Bad Request', '', 'Client sent an HTTP request to an HTTPS server.\n')), BLOCKED,
        responder='the HTTPS server', fix='Write https://'),
    Odd('nginx 413 after a preflight',
        by_method(OPTIONS=PREFLIGHT, PUT=nginx('413 Request Entity Too Large')), BLOCKED,
        responder='nginx', fix='client_max_body_size', arguments=(*PUT, '--body', 'x')),
    Odd('nginx 413', by_method(POST=nginx('413 Request Entity Too Large'), OPTIONS=PREFLIGHT),
        BLOCKED, responder='nginx', fix='client_max_body_size',
        arguments=('--method', 'POST', '--body', 'x')),
    Odd('nginx 502', send(nginx('502 Bad Gateway')), BLOCKED, responder='nginx',
        fix='Check that the application behind nginx runs'),
    Odd('nginx 504 to a preflight', send(nginx('504 Gateway Time-out')), BLOCKED,
        responder='nginx', fix='Check that the application behind nginx runs', arguments=PUT),
    Odd('nginx 404', send(nginx('404 Not Found')), BLOCKED, responder='nginx', fix='this path'),
    Odd('nginx 405 to a preflight', send(nginx('405 Not Allowed')), BLOCKED, True,
        responder='nginx', fix='pass OPTIONS', arguments=PUT),
    Odd('HAProxy 503', send(response(
        '503 Service Unavailable', '', '<html><body><h1>503 Service Unavailable</h1>\nNo server is '
        'available to handle this request.\n</body></html>')), BLOCKED, responder='HAProxy',
        fix='behind HAProxy'),
    Odd('gunicorn 431', send(GUNICORN_431), BLOCKED, responder='gunicorn',
        fix='--limit-request-field_size'),
    Odd('a bare 431', send(b'HTTP/1.1 431 Request Header Fields Too Large\r\n\r\n'), BLOCKED,
        fix='shorter headers'),
    Odd('gunicorn 500', send(GUNICORN_500), BLOCKED, responder='gunicorn', fix='exception'),
    Odd('uvicorn 400', send(response('400 Bad Request', '', 'Invalid HTTP request received.')),
        BLOCKED, responder='uvicorn', fix='Check the request'),
    Odd('uvicorn 500', send(response(
        '500 Internal Server Error', 'Server: uvicorn\r\n', 'Internal Server Error')), BLOCKED,
        responder='uvicorn', fix='exception'),
    Odd('API Gateway 401', send(json(
        '401 Unauthorized', '{"message":"Unauthorized"}',
        'x-amzn-ErrorType: UnauthorizedException\r\n')), BLOCKED,
        responder='Amazon API Gateway', fix='credentials'),
    Odd('Kong 401', send(json(
        '401 Unauthorized', '{"message":"No API key found in request"}', KONG)), BLOCKED,
        responder='Kong', fix='credentials'),
    Odd('Kong 401 to a preflight', send(json(
        '401 Unauthorized', '{"message":"No API key found in request"}', KONG)), BLOCKED,
        responder='Kong', fix='accept OPTIONS without credentials', arguments=PUT),
    Odd('Kong 429', by_method(OPTIONS=PREFLIGHT, PUT=json(
        '429 Too Many Requests', '{"message":"API rate limit exceeded"}', KONG)), BLOCKED,
        responder='Kong', fix='fewer requests', arguments=PUT),
    Odd('Cloudflare 403', send(response(
        '403 Forbidden', 'Server: cloudflare\r\ncf-mitigated: challenge\r\n')), BLOCKED,
        responder='Cloudflare', fix='rule in Cloudflare'),
    Odd('Azure 401', send(json(
        '401 Access Denied', '{ "statusCode": 401, "message": "Access denied due to missing '
        'subscription key." }')), BLOCKED, responder='Azure API Management', fix='credentials'),
    Odd('Envoy 503', send(response('503 Service Unavailable', 'Server: envoy\r\n',
                                   'upstream connect error or disconnect/reset before headers')),
        BLOCKED, responder='Envoy', fix='behind Envoy'),
    Odd('a proxy 407', send(response(
        '407 Proxy Authentication Required', 'Proxy-Authenticate: Basic\r\n')), BLOCKED,
        fix=''),
    Odd('421 wrong host', send(response('421 Misdirected Request')), BLOCKED, fix='host name'),
    Odd('the host is not allowed', send(response(
        '403 Forbidden', '', 'Blocked request. This host ("127.0.0.1") is not allowed.\n')),
        BLOCKED, responder='Vite', fix='rule in Vite'),
    Odd('the default page of nginx', send(response('200 OK', '', '<h1>Welcome to nginx!</h1>')),
        BLOCKED, responder='nginx', fix='forward the host name'),
    # What may be the one or the other
    Odd('a login page', send(response('200 OK', '', '<input name=a type="password">')), BLOCKED,
        None, fix='respond with 401'),
    Odd('429 with a header to a preflight', send(response('429 Too Many Requests', SHARE)), BLOCKED,
        None, fix='fewer requests', arguments=PUT),
    Odd('401 without a sign', send(response('401 Unauthorized')), BLOCKED, None,
        responder='the application, or something in front of it', fix='credentials'),
    Odd('401 to a POST', send(response('401 Unauthorized')), BLOCKED, None,
        notes='may have acted on it', arguments=('--method', 'POST')),
    Odd('429 beside a preflight with headers',
        by_method(GET=response('429 Too Many Requests', '', 'slow down'), OPTIONS=PREFLIGHT),
        BLOCKED, None, fix='fewer requests'),
    Odd('404 beside a preflight with headers',
        by_method(GET=response('404 Not Found', '', 'none'), OPTIONS=PREFLIGHT), BLOCKED, None,
        fix='forward this path'),
    Odd('404 after a preflight with headers',
        by_method(PUT=response('404 Not Found', '', 'none'), OPTIONS=PREFLIGHT), BLOCKED, None,
        arguments=PUT),
    # Redirects
    Odd('301 to https', send(moved('https://127.0.0.1/')), BLOCKED, fix='Write https://'),
    Odd('preflight 301 to https', send(moved('https://127.0.0.1/')), BLOCKED,
        fix='Write https://', arguments=PUT),
    Odd('to itself', send(moved('/')), BLOCKED, fix='End the loop'),
    Odd('a preflight to itself', send(moved('/')), BLOCKED, fix='End the loop', arguments=PUT),
    Odd('to itself, shared', send(moved('/', headers=SHARE)), BLOCKED, fix='End the loop'),
    Odd('between two', by_path({'/a': moved('/b', '302 Found'), '/b': moved('/a', '302 Found')}),
        BLOCKED, fix='End the loop', path='/a'),
    Odd('a slash', by_path({'/a': moved('/a/'), '/a/': response('200 OK')}), BLOCKED,
        fix="Fetch '/a/'", path='/a'),
    Odd('a login', send(moved('https://login.example.com/authorize?x=1', '302 Found')), BLOCKED,
        fix='respond with 401'),
    Odd('a login to a preflight', send(moved('/oauth2/start', '302 Found')), BLOCKED,
        responder='a login proxy', fix='respond with 401', arguments=PUT),
    Odd('a broken Location', send(moved('http://[', '302 Found')), BLOCKED),
    Odd('to https, shared', send(moved('https://127.0.0.1:8/', headers=SHARE)), NOTHING,
        fix='Write https://'),
    Odd('to a login elsewhere, shared', send(moved('https://sso.b.example/', headers=SHARE)),
        NOTHING, fix='respond with 401'),
    Odd('to another origin', send(moved('http://other.example/', '302 Found', SHARE)), NOTHING,
        fix='--also'),
    Odd('to mail', send(moved('mailto:a@b.example', '302 Found', SHARE)), BLOCKED,
        fix='http or https'),
    Odd('to a port that is blocked', send(moved('http://127.0.0.1:6000/', '302 Found', SHARE)),
        BLOCKED, responder='probably the application', fix='port'),
    Odd('Cross-Origin-Resource-Policy',
        send(response('200 OK', 'Cross-Origin-Resource-Policy: same-origin\r\n')), BLOCKED,
        fix="mode 'cors'", arguments=('--mode', 'no-cors')),
    # What is CORS
    Odd('no header', send(response('200 OK')), BLOCKED, True, fix='Access-Control-Allow-Origin'),
    Odd('404 by Falcon', send(json('404 Not Found', '{"title": "404 Not Found"}')), BLOCKED, True,
        responder='Falcon', fix='Access-Control-Allow-Origin'),
    Odd('401 with a header by Falcon to a preflight', send(json(
        '401 Unauthorized', '{"title": "401 Unauthorized"}', SHARE)), BLOCKED, True,
        responder='Falcon', fix='before authentication', arguments=PUT),
    Odd('401 by Falcon to a preflight', send(FALCON_401), BLOCKED, True, responder='Falcon',
        arguments=PUT),
    Odd('S3 to a preflight', send(S3_403), BLOCKED, True, responder='Amazon S3',
        fix='bucket', arguments=PUT),
    Odd('another page on a 502', send(response(
        '404 Not Found', 'Access-Control-Allow-Origin: http://b.example\r\n')), BLOCKED, True),
    Odd('two headers by nginx and the application', send(response('200 OK', SHARE + SHARE)),
        BLOCKED, True, fix='once'),
    Odd('a method that is not listed', send(response('204 No', SHARE)), BLOCKED, True,
        arguments=('--method', 'DELETE')),
    Odd('an error that is shared', send(response('403 Forbidden', PASS)), READABLE,
        notes='response.ok is false'),
)  # fmt: skip


@pytest.fixture
def examine(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the doctor twice; returns its exit code, its text, and its JSON."""

    def run(url: str, *arguments: str) -> tuple[int, str, dict[str, Any]]:
        words = [url, '--page', PAGE, '--timeout', '60', *arguments]
        code = main(words)
        text = capsys.readouterr()
        assert text.err == ''
        assert main([*words, '--json']) == code
        return code, text.out, json_module.loads(capsys.readouterr().out)

    return run


def check(odd: Odd, code: int, text: str, found: dict[str, Any]) -> None:
    assert found['verdict'] == odd.verdict, text
    assert code == {READABLE: 0, BLOCKED: 1, NOTHING: 2}[odd.verdict]
    assert odd.notes in ' '.join(found['notes'])
    assert 'Traceback' not in text
    if odd.verdict == READABLE:
        assert 'this is' not in text
        assert 'not checked: ' in text
        return
    assert found['is_cors'] is odd.is_cors, text
    assert ('\nthis is CORS\n' in text) is (odd.is_cors is True)
    assert ('\nthis is not CORS: ' in text) is (odd.is_cors is False)
    assert ('\nthis may not be CORS: ' in text) is (odd.is_cors is None)
    assert odd.responder in {'', found['responder']['name']}
    acted = 'note: the server received the request and may have acted on it\n' in text
    assert not (acted and 'the application never sees the request' in text)
    assert '\nwho responded: ' in text
    assert odd.fix in found['fix']
    assert f'\nfix: {found["fix"]}\nguide: {found["guide"]}\n' in text
    assert Path('docs', f'{found["guide"]}.rst').exists()


@pytest.mark.parametrize('odd', SERVERS, ids=str)
def test_odd_servers(odd: Odd, examine: Any) -> None:
    with running(odd.behavior) as url:
        check(odd, *examine(url + odd.path, *odd.arguments))


class Pieces:
    """A socket that hands out a response in given pieces."""

    def __init__(self, data: bytes, cuts: list[int]) -> None:
        ends = [*sorted(cuts), len(data)]
        self.left = [data[start:end] for start, end in itertools.pairwise([0, *ends])]

    def settimeout(self, _: float) -> None:
        pass

    def recv(self, most: int) -> bytes:
        piece = next((piece for piece in self.left if piece), b'')
        self.left = self.left[self.left.index(piece) :] if piece else []
        if piece:
            self.left[0] = piece[most:]
        return piece[:most]


def read_all(data: bytes, cuts: list[int]) -> tuple[bytes, str]:
    """Everything that a wire reads, and the name of the error at its end."""
    wire = LenientWire(cast(socket.socket, Pieces(data, cuts)), math.inf, OSError)
    read = b''
    try:
        while chunk := wire.read(64 * 1024):
            read += chunk
    except OSError as error:
        return read, type(error).__name__
    return read, wire.fault


RESPONSES = {
    'plain': OK,
    'odd lines': f'HTTP/2 200 OK\n{SHARE}X A: b\r\n: d\r\n\r\nbody\r\n\r\n'.encode(),
    '103 first': b'HTTP/1.1 103 Early Hints\r\nX A: b\r\n\r\n' + OK,
    '300 KB': response('200 OK', f'{SHARE}X-A: {300_000 * "a"}\r\n'),
    'just enough': response('200 OK', f'X-A: {(MAX_HEAD - 100) * "a"}\r\n'),
    'no end': f'HTTP/1.1 200 OK\r\n{SHARE}'.encode(),
    'no end, and large': b'HTTP/1.1 200 OK\r\nX-A: ' + 200_000 * b'a',
    'not HTTP': b'HTML\r\n\r\n',
    'nothing': b'',
}


@pytest.mark.parametrize('name', RESPONSES)
def test_how_the_network_cuts_a_response_does_not_matter(name: str) -> None:
    data = RESPONSES[name]
    whole = read_all(data, [])

    @given(st.lists(st.integers(0, len(data)), max_size=5))
    @example(list(range(min(20, len(data)))))
    @example([min(MAX_HEAD - 1, len(data))])
    def check_cuts(cuts: list[int]) -> None:
        assert read_all(data, cuts) == whole

    check_cuts()


def test_a_preflight_with_405_has_a_page_of_its_own(examine: Any) -> None:
    with running(send(nginx('405 Not Allowed'))) as url:
        assert examine(url, *PUT)[2]['guide'] == 'errors/preflight_405'
        assert examine(url)[2]['guide'] != 'errors/preflight_405'


def test_a_server_that_resets_before_it_reads(examine: Any) -> None:
    with running(reset, reads=False) as url:
        check(Odd('resets at once', reset, NOTHING, fix='log'), *examine(url))


# ------------------------------------------------------------------------------------ TLS


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates(tmp_path)


@pytest.mark.parametrize(
    ('kind', 'fix'),
    [('expired', 'certificate'), ('unknown', 'certificate'), ('another host', 'certificate')],
)
def test_certificates(kind: str, fix: str, certificates: Certificates, examine: Any) -> None:
    tls = {
        'expired': certificates.expired(),
        'unknown': certificates.unknown(),
        'another host': certificates.server('api.example.com'),
    }[kind]
    with running(send(OK), tls) as url:
        code, text, found = examine(url, '--cafile', certificates.cafile)
        check(Odd(kind, send(OK), NOTHING, fix=fix), code, text, found)
        assert 'HTTP' not in found['fix']
        assert found['guide'] == 'errors/certificate'
        assert examine(url, '--insecure')[0] == 0


def test_an_authority_of_ones_own(certificates: Certificates, examine: Any) -> None:
    with running(send(OK), certificates.server()) as url:
        assert examine(url)[0] == 2
        assert examine(url, '--cafile', certificates.cafile)[0] == 0


def test_a_client_certificate_is_wanted(certificates: Certificates, examine: Any) -> None:
    with running(send(OK), certificates.for_clients_with_certificates()) as url:
        odd = Odd('client certificate', send(OK), NOTHING, fix='client certificates')
        check(odd, *examine(url, '--insecure'))


def test_plain_http_on_a_port_given_as_https(examine: Any) -> None:
    with running(send(response('400 Bad Request'))) as url:
        odd = Odd('no TLS', send(b''), NOTHING, fix='Write http://')
        check(odd, *examine(url.replace('http:', 'https:')))


def test_tls_that_breaks_off(examine: Any) -> None:
    with running(reset) as url:
        odd = Odd('breaks off', send(b''), NOTHING, fix='TLS settings')
        check(odd, *examine(url.replace('http:', 'https:')))


def test_http_on_a_port_of_tls(certificates: Certificates, examine: Any) -> None:
    with running(send(OK), certificates.server()) as url:
        code, text, found = examine(url.replace('https:', 'http:'))
        assert (code, found['is_cors'], found['verdict']) == (2, False, NOTHING), text


def test_a_port_that_only_speaks_http2(
    certificates: Certificates, examine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = Odd('HTTP/2', http2, READABLE)
    with running(http2, certificates.server(alpn='h2')) as url:
        code, text, found = examine(url, '--insecure', '--method', 'POST', '--body', 'x')
        check(odd, code, text, found)
        assert found['exchange']['steps'][0]['response_body'] == 'over h2'
    with running(http2_preface, certificates.server(alpn='h2')) as url:
        find_spec = importlib.util.find_spec
        monkeypatch.setattr(
            importlib.util, 'find_spec', lambda name: None if name == 'h2' else find_spec(name)
        )
        odd = Odd('without h2', http2, NOTHING, fix='python -m pip install h2')
        check(odd, *examine(url, '--insecure'))


def test_a_server_that_refuses_http1_in_the_handshake() -> None:
    error = ssl.SSLError(1, '[SSL: TLSV1_ALERT_NO_APPLICATION_PROTOCOL] ...')
    error.reason = 'TLSV1_ALERT_NO_APPLICATION_PROTOCOL'
    assert no_tls(error)[0] == 'http2'


def test_tls_that_fails_after_the_handshake() -> None:
    """TLS 1.3 refuses a client's certificate, or its absence, only then."""
    error = ssl.SSLError(1, '[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] ...')
    error.reason = 'TLSV13_ALERT_CERTIFICATE_REQUIRED'
    url = parse_url('https://a.example/')
    assert no_response(error, b'', url)[0] == 'tls'


def test_http2_streams_that_are_reset(certificates: Certificates, examine: Any) -> None:
    with running(http2_reset, certificates.server(alpn='h2')) as url:
        odd = Odd('resets streams', http2_reset, NOTHING, fix='log')
        check(odd, *examine(url, '--insecure'))


# ------------------------------------------------------------------------------------ hosts


@pytest.fixture
def ipv6() -> Iterator[None]:
    with socket.create_server(('::1', 0), family=socket.AF_INET6):
        yield


@pytest.mark.usefixtures('ipv6')
def test_ipv6(examine: Any) -> None:
    with running(send(OK), host='::1') as url:
        check(Odd('IPv6', send(OK), READABLE), *examine(url))
        check(Odd('a name', send(OK), READABLE), *examine(url.replace('[::1]', 'localhost')))


def test_a_host_that_does_not_respond(examine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def create_connection(*_: Any) -> Any:
        raise TimeoutError

    monkeypatch.setattr(socket, 'create_connection', create_connection)
    odd = Odd('silent', send(b''), NOTHING, fix='--timeout')
    check(odd, *examine('http://192.0.2.1/'))


def test_a_host_that_resets_at_once(examine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def create_connection(*_: Any) -> Any:
        raise ConnectionResetError(104, 'Connection reset by peer')

    monkeypatch.setattr(socket, 'create_connection', create_connection)
    code, text, found = examine('http://192.0.2.1/')
    assert (code, found['is_cors'], found['verdict']) == (2, False, NOTHING)
    assert 'reset by peer' in text


def test_a_subdomain_of_localhost(examine: Any) -> None:
    with running(send(OK)) as url:
        check(Odd('name', send(OK), READABLE), *examine(url.replace('127.0.0.1', 'a.localhost')))
