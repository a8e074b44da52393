"""The doctor on the command line, against real servers on the loopback interface."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import runpy
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import cors_browser
from cors_browser import PROFILES, Blocked, Browser, Unreachable
from cors_browser.__main__ import main
from cors_browser.live import Wire

PAGE = 'http://app.example.com'
NOT_CHECKED = (
    "the page's Content-Security-Policy (connect-src); the permission to access the local network"
)
SHARE = 'Access-Control-Allow-Origin: *\r\n'


def http(status: str = '200 OK', headers: str = SHARE, body: str = '{"a": 1}') -> bytes:
    head = f'HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n'
    return f'{head}\r\n{body}'.encode('latin-1')


class Server:
    """Gives each connection the next of its answers, the last one again and again."""

    def __init__(self, *answers: bytes | None, keep_open: bool = False, drip: bytes = b'') -> None:
        self.keep_open = keep_open
        self.drip = drip
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.url = f'http://127.0.0.1:{self.listener.getsockname()[1]}'
        self.connections: list[socket.socket] = []
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            self.connections.append(connection)
            request = self.read(connection)
            if not request:
                return
            self.requests.append(request)
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if answer is not None:
                connection.sendall(answer)
                with contextlib.suppress(OSError):
                    end = time.monotonic() + 8
                    while self.drip and time.monotonic() < end:
                        connection.sendall(self.drip)
                        time.sleep(0.02)
                if not self.keep_open:
                    connection.close()

    @staticmethod
    def read(connection: socket.socket) -> bytes:
        request = b''
        while chunk := connection.recv(65536):
            request += chunk
            head, _, body = request.partition(b'\r\n\r\n')
            length = re.search(rb'content-length: ([0-9]+)', head)
            if head != request and len(body) >= (int(length[1]) if length else 0):
                break
            if request.startswith(b'\x16'):
                break
        return request

    def stop(self) -> None:
        socket.create_connection(self.listener.getsockname()).close()
        self.thread.join()
        for connection in self.connections:
            connection.close()
        self.listener.close()


Serve = Callable[..., Server]
Doctor = Callable[..., tuple[int, str]]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def start(*answers: bytes | None, keep_open: bool = False, drip: bytes = b'') -> Server:
        servers.append(Server(*answers, keep_open=keep_open, drip=drip))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Runs the doctor; returns its exit code and what it printed."""

    def run(url: str, *arguments: str, page: str = PAGE) -> tuple[int, str]:
        code = main([url, '--page', page, *arguments])
        return code, capsys.readouterr().out

    return run


def free_port() -> int:
    with socket.create_server(('127.0.0.1', 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def test_a_readable_answer(serve: Serve, doctor: Doctor) -> None:
    server = serve(http(headers=SHARE + 'Content-Type: text/plain\r\nX-A: 1\r\nVary: Accept\r\n'))
    code, text = doctor(f'{server.url}/items?a=b')
    assert code == 0
    assert text.splitlines() == [
        f'GET {server.url}/items?a=b',
        '  > accept: */*',
        '  > origin: http://app.example.com',
        '  < 200',
        '  < access-control-allow-origin: *',
        '  < vary: Accept',
        'READABLE: the page can read the response',
        'headers it can read: content-type, content-length',
        f'not checked: {NOT_CHECKED}',
    ]
    request = server.requests[0].decode()
    assert request.startswith('GET /items?a=b HTTP/1.1\r\n')
    assert f'host: {server.url[7:]}\r\n' in request
    assert f'user-agent: {PROFILES["standard"].user_agent}\r\n' in request
    assert 'httpx' not in request
    assert 'accept-encoding: gzip, deflate' in request


def test_a_readable_answer_without_visible_headers(serve: Serve, doctor: Doctor) -> None:
    code, text = doctor(serve(f'HTTP/1.1 204 No\r\n{SHARE}\r\n'.encode()).url)
    assert (code, text.splitlines()[-2]) == (0, 'headers it can read: none')


def test_a_preflight_that_lacks_the_method(serve: Serve, doctor: Doctor) -> None:
    allowed = 'Access-Control-Allow-Methods: GET\r\nAccess-Control-Allow-Headers: *\r\n'
    server = serve(http('204 No', SHARE + allowed, ''))
    code, text = doctor(
        server.url, '--method', 'patch', '--header', 'X-A: a: b', '--header', 'Content-Type:x/y',
        '--body', 'é',
    )  # fmt: skip
    assert code == 1
    assert text.splitlines() == [
        f'OPTIONS {server.url}/   (preflight: method patch, header content-type, header x-a)',
        '  > accept: */*',
        '  > access-control-request-method: patch',
        '  > access-control-request-headers: content-type,x-a',
        '  > origin: http://app.example.com',
        '  < 204',
        '  < access-control-allow-origin: *',
        '  < access-control-allow-methods: GET   <== this decides',
        '  < access-control-allow-headers: *',
        "BLOCKED: Access-Control-Allow-Methods is 'GET', without patch (preflight-method)",
        'this is CORS',
        'who responded: probably the application (why: nothing in the response says otherwise)',
        'fix: List the method in Access-Control-Allow-Methods. It is case-sensitive.',
        'guide: errors/method',
        'rule: https://fetch.spec.whatwg.org/#cors-preflight-fetch',
    ]
    assert len(server.requests) == 1
    assert b'content-length' not in server.requests[0].lower()


def test_the_whole_way_of_a_preflighted_request(serve: Serve, doctor: Doctor) -> None:
    allowed = 'Access-Control-Allow-Methods: patch\r\nAccess-Control-Allow-Headers: x-a\r\n'
    server = serve(http('204 No', SHARE + allowed, ''), http())
    code, text = doctor(server.url, '--method', 'patch', '--header', 'X-A:  a: b', '--body', 'é')
    assert code == 0
    order = ['OPTIONS', '< 204', 'patch http', '> x-a: a: b', '< 200', 'READABLE']
    assert re.search('(?s)' + '.*'.join(order), text)
    assert server.requests[1].startswith(b'patch / HTTP/1.1\r\n')
    assert server.requests[1].endswith(b'\r\n\r\n\xc3\xa9')
    assert b'content-length: 2\r\n' in server.requests[1]


def test_a_missing_header_is_marked(serve: Serve, doctor: Doctor) -> None:
    code, text = doctor(serve(http(headers='')).url, '--method', 'POST')
    assert code == 1
    assert '  < access-control-allow-origin is missing   <== this decides\n' in text
    assert 'BLOCKED: the response has no Access-Control-Allow-Origin (acao-missing)\n' in text
    assert text.endswith('note: the server received the request and may have acted on it\n')


def test_two_headers_from_app_and_proxy(serve: Serve, doctor: Doctor) -> None:
    code, text = doctor(serve(http(headers=SHARE + SHARE)).url)
    assert code == 1
    assert text.count('  < access-control-allow-origin: *   <== this decides\n') == 2
    assert '(acao-multiple)' in text


def test_credentials_and_profile(serve: Serve, doctor: Doctor) -> None:
    server = serve(http())
    code, text = doctor(server.url, '--credentials', 'include')
    assert (code, '(acao-wildcard-with-credentials)' in text) == (1, True)
    server = serve(http(headers=SHARE + 'Access-Control-Allow-Headers: *\r\n'))
    arguments = ('--header', 'Authorization: b')
    assert doctor(server.url, *arguments)[0] == 1
    assert doctor(server.url, *arguments, '--profile', 'firefox')[0] == 0
    assert doctor(server.url, page='null')[0] == 0


def test_a_redirecting_preflight_is_not_cors(serve: Serve, doctor: Doctor) -> None:
    for headers in ('', SHARE):
        server = serve(http('301 Moved', headers + 'Location: /items/\r\n', ''))
        code, text = doctor(server.url + '/items', '--method', 'PUT')
        assert code == 1
        assert '  < location: /items/' in text
        assert "this is not CORS: the server redirects to '/items/'\n" in text
        assert "fix: Fetch '/items/': the final URL.\nguide: errors/preflight_redirect\n" in text
        assert len(server.requests) == 1


def test_a_failing_proxy_is_not_cors(serve: Serve, doctor: Doctor) -> None:
    for method in ('GET', 'PUT'):
        code, text = doctor(serve(http('502 Bad Gateway', '')).url, '--method', method)
        assert code == 1
        assert 'acao-missing)' in text
        who = 'the application, or something in front of it,'
        assert f'this is not CORS: {who} responds with status 502\n' in text
        assert 'guide: errors/bad_gateway\n' in text


def test_an_answer_without_headers_is_cors(serve: Serve, doctor: Doctor) -> None:
    for status in ('200 OK', '302 Found', '404 Not Found', '499 Closed'):
        code, text = doctor(serve(http(status, 'Location: /a\r\n'), http(headers='')).url)
        assert (code, '\nthis is CORS\n' in text) == (1, True)


def test_an_error_that_may_be_read_is_readable(serve: Serve, doctor: Doctor) -> None:
    assert doctor(serve(http('502 Bad Gateway')).url)[0] == 0


def test_a_request_that_no_browser_makes(doctor: Doctor) -> None:
    code, text = doctor('http://127.0.0.1:6000')
    assert (code, "this is not CORS: the browser doesn't send a request at all" in text) == (
        1,
        True,
    )
    code, text = doctor('http://192.0.2.1', page='https://app.example.com')
    assert (code, '(mixed-content)' in text) == (1, True)


NOT_HTTP = b'220 mail.example ESMTP\r\n\r\n'


@pytest.mark.parametrize(
    ('answer', 'kind', 'words'),
    [
        (NOT_HTTP, 'not-http', "the server doesn't use HTTP"),
        (b'', 'closed', 'the server closes the connection without a response'),
        (None, 'timeout', 'the server takes too long to respond'),
    ],
)
@pytest.mark.parametrize('method', ['GET', 'PUT'])
def test_servers_that_give_no_answer(
    serve: Serve, doctor: Doctor, answer: bytes | None, kind: str, words: str, method: str
) -> None:
    server = serve(answer)
    timeout = '0.3' if answer is None else '60'
    code, text = doctor(server.url, '--method', method, '--timeout', timeout)
    assert code == 2
    assert '  < no response\nNO RESPONSE: ' in text
    assert f'this is not CORS: {words}\n' in text
    code, text = doctor(server.url, '--method', method, '--timeout', timeout, '--json')
    found = json.loads(text)
    assert (code, found['verdict'], found['not_cors']) == (2, 'unreachable', words)
    assert found['code'] == ('network' if method == 'GET' else 'preflight-network')
    assert found['exchange']['reached_server'] is (method == 'GET'), 'nobody can know'
    with pytest.raises(Unreachable) as caught:
        Browser(server.url, PAGE, timeout=float(timeout)).fetch('/', method)
    assert caught.value.kind == kind


def test_a_stream_without_end_is_judged_by_its_headers(
    serve: Serve, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, chunks = Wire.read, [b'']

    def read_until_time_is_up(wire: Wire, *arguments: Any, **options: Any) -> bytes:
        if chunks[-1].endswith(b'data: 1\n\n'):
            raise TimeoutError
        chunks.append(read(wire, *arguments, **options))
        return chunks[-1]

    monkeypatch.setattr(Wire, 'read', read_until_time_is_up)
    stream = f'HTTP/1.1 200 OK\r\n{SHARE}Content-Type: text/event-stream\r\n\r\ndata: 1\n\n'
    server = serve(stream.encode(), keep_open=True)
    code, text = doctor(server.url, '--json')
    found = json.loads(text)
    assert code == 0
    assert found['exchange']['steps'][0]['response_body'] == 'data: 1\n\n'
    assert found['notes'] == [
        'reading the body can fail in the page: it had not ended after 10 seconds'
    ]


def test_a_stream_that_keeps_coming_is_cut(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(step=100)
    monkeypatch.setattr('cors_browser.live.monotonic', lambda: next(ticks))
    server = serve(f'HTTP/1.1 200 OK\r\n{SHARE}\r\n'.encode(), drip=b'data: 1\n\n')
    reply = Browser(server.url, PAGE, timeout=2000).fetch('/')
    assert reply.body.startswith(b'data: 1\n\n')
    assert reply.exchange.steps[0].body_fault == 'it had not ended after 2000 seconds'


def test_a_closed_port(doctor: Doctor) -> None:
    code, text = doctor(f'http://127.0.0.1:{free_port()}', '--method', 'POST')
    assert code == 2
    assert (
        'this is not CORS: nothing is listening there, or a firewall refuses the connection\n'
        in text
    )
    assert 'note:' not in text, 'it cannot have acted'
    code, text = doctor(f'http://127.0.0.1:{free_port()}', '--method', 'POST', '--json')
    assert json.loads(text)['exchange']['reached_server'] is False


def test_tls_that_fails(serve: Serve, doctor: Doctor) -> None:
    code, text = doctor(serve(http()).url.replace('http:', 'https:'))
    assert code == 2
    assert "this is not CORS: the port doesn't use TLS" in text


def test_an_unknown_host(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, 'Name or service not known')

    monkeypatch.setattr(socket, 'getaddrinfo', unknown)
    code, text = doctor('http://unknown.invalid')
    assert (code, 'this is not CORS: the host name is unknown' in text) == (2, True)


def test_only_servers_that_were_named_are_contacted(serve: Serve, doctor: Doctor) -> None:
    other = serve(http(headers='Access-Control-Allow-Origin: null\r\n'))
    server = serve(http('302 Found', f'{SHARE}Location: {other.url}/a\r\n', ''))
    code, text = doctor(server.url)
    assert (code, other.requests) == (2, [])
    assert f'NO RESPONSE: {other.url} may not be contacted (network)\n' in text
    assert 'hosts' not in text
    assert 'this is not CORS: the server redirects to an origin that may not be contacted' in text
    assert f'fix: Allow it with --also {other.url}, or fetch the final URL.\n' in text
    assert 'guide: errors/redirect\n' in text
    code, text = doctor(server.url, '--also', other.url)
    assert (code, len(other.requests)) == (0, 1)
    assert f'GET {other.url}/a\n' in text


def test_json(serve: Serve, doctor: Doctor) -> None:
    code, text = doctor(serve(http()).url, '--json')
    found = json.loads(text)
    assert (code, found['verdict'], set(found)) == (
        0,
        'readable',
        {'verdict', 'exchange', 'not_checked', 'notes'},
    )
    assert found['exchange']['steps'][0]['status'] == 200
    code, text = doctor(serve(http(headers='')).url, '--json')
    found = json.loads(text)
    assert (code, found['verdict'], found['code']) == (1, 'blocked', 'acao-missing')
    assert found['header'] == 'Access-Control-Allow-Origin'
    assert found['section'] == 'https://fetch.spec.whatwg.org/#cors-check'
    assert found['reason']
    assert found['fix']
    assert found['not_cors'] == ''


def test_servers_cannot_steer_the_terminal(serve: Serve, doctor: Doctor) -> None:
    nasty = '\x1b]0;owned\x07\x1b[2J\x9b31m'
    server = serve(
        http(
            headers=f'Access-Control-Allow-Origin: {nasty}\r\n'
            f'Vary: {nasty}\r\nSet-Cookie: {nasty}\r\n'
        )
    )
    code, text = doctor(server.url)
    assert code == 1
    assert text.count(r'\x1b]0;owned\x07\x1b[2J\x9b31m') == 4
    assert not re.search(r'[^\n\x20-\x7e]', text)
    code, text = doctor(server.url, '--json')
    assert code == 1
    assert not re.search(r'[^\n\x20-\x7e]', text)


@pytest.mark.parametrize(
    ('environment', 'colors'), [({}, True), ({'NO_COLOR': '1'}, False), ({'NO_COLOR': ''}, True)]
)
def test_colors(
    serve: Serve,
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    colors: bool,
) -> None:
    monkeypatch.delenv('NO_COLOR', raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    server = serve(http(headers=''))
    assert '\x1b' not in doctor(server.url)[1], 'not a terminal'
    monkeypatch.setattr('sys.stdout.isatty', lambda: True)
    _, text = doctor(server.url)
    assert ('\x1b[31mBLOCKED' in text) is colors
    assert ('\x1b' in text) is colors
    assert (text.count('\x1b[0m') == 3) is colors


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['http://127.0.0.1', '--page', 'app.example.com'], "page: 'app.example.com' is not a URL"),
        (['http://127.0.0.1', '--page', f'{PAGE}/a'], f'did you mean {PAGE!r}?'),
        (['127.0.0.1:8000', '--page', PAGE], "target: '127.0.0.1:8000' is not a URL"),
        (['http://127.0.0.1', '--page', PAGE, '--also', 'x'], "hosts: 'x' is not a URL"),
        (['http://a\x1bb', '--page', PAGE], r"target: 'http://a\x1bb' is not a URL"),
    ],
)
def test_arguments_that_cannot_be_used(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith('error: ')
    assert message in printed.err
    assert printed.out == ''


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        ([], 'the following arguments are required: url, --page'),
        (
            ['http://127.0.0.1', '--page', PAGE, '--header', 'X'],
            "'X' has no colon; write 'Name: value'",
        ),
        (['http://127.0.0.1', '--page', PAGE, '--credentials', 'yes'], 'invalid choice'),
        (
            ['http://127.0.0.1', '--page', PAGE, '--timeout', 'soon'],
            "invalid positive value: 'soon'",
        ),
    ],
)
def test_command_lines_that_are_wrong(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_httpx_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, 'httpx', None)
    assert main(['http://127.0.0.1', '--page', PAGE]) == 2
    assert 'error: httpx is needed to call a live URL; install it' in capsys.readouterr().err


def test_it_runs_as_a_command(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve(http())
    monkeypatch.setattr('sys.argv', ['cors_browser', server.url, '--page', PAGE])
    monkeypatch.delitem(sys.modules, 'cors_browser.__main__')
    with pytest.raises(SystemExit) as stop:
        runpy.run_module('cors_browser', run_name='__main__')
    assert stop.value.code == 0
    assert 'READABLE' in capsys.readouterr().out
    server = serve(http(headers=''))
    command = [sys.executable, '-m', 'cors_browser', server.url, '--page', PAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, '')
    version = subprocess.run([*command, '--version'], capture_output=True, text=True, check=True)
    assert version.stdout == f'{cors_browser.__version__}\n'


def test_live_servers_in_an_event_loop(serve: Serve) -> None:
    import asyncio

    server = serve(http())
    reply = asyncio.run(Browser(server.url, PAGE).afetch('/a'))
    assert reply.json() == {'a': 1}
    with pytest.raises(Blocked):
        Browser(server.url, PAGE).fetch('/a', 'PUT')


def test_a_base_url_with_a_path(serve: Serve) -> None:
    server = serve(http())
    assert Browser(f'{server.url}/v1/', PAGE).fetch('items').url == f'{server.url}/v1/items'
    assert server.requests[0].startswith(b'GET /v1/items ')


def test_ctrl_c_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cors_browser.Browser, 'fetch', interrupted)
    code = main(['http://127.0.0.1:9/', '--page', 'https://app.example.com'])
    assert (code, capsys.readouterr().err) == (130, 'stopped\n')
