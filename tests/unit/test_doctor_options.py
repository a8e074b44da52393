"""The doctor's command line: each option, and a word about each argument that has no effect."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from cors_browser.__main__ import main
from cors_browser.content import decoders
from cors_browser.exchange import Exchange, Step
from cors_browser.limits import not_checked
from cors_browser.live import Wire, as_httpcore
from cors_browser.urls import parse_url, public_suffixes
from tests.unit.odd_servers import (
    PREFLIGHT,
    SHARE,
    Certificates,
    by_method,
    moved,
    response,
    running,
    send,
)

PAGE = 'http://app.example.com'
OK = response('200 OK', SHARE, 'ok')
WITH_CREDENTIALS = response(
    '200 OK',
    f'Access-Control-Allow-Origin: {PAGE}\r\nAccess-Control-Allow-Credentials: true\r\n',
)


class Recorder:
    """Responds with the same bytes, and keeps the requests."""

    def __init__(self, data: bytes) -> None:
        self.data, self.requests = data, list[bytes]()

    def __call__(self, connection: Any, request: bytes) -> None:
        self.requests.append(request)
        connection.sendall(PREFLIGHT if request.startswith(b'OPTIONS') else self.data)


def run(capsys: pytest.CaptureFixture[str], url: str, *arguments: str, page: str = PAGE) -> str:
    main([url, '--page', page, *arguments])
    printed = capsys.readouterr()
    return printed.out + printed.err


@pytest.mark.parametrize(
    ('header', 'reason'),
    [
        ('Cookie: a=b', "'Cookie' is left out: pass it with --cookie"),
        ('Origin: http://b.example', "'Origin' is left out: --page sets it"),
        ('host: b.example', "'host' is left out: the URL sets it"),
        ('Content-Length: 5', "'Content-Length' is left out: --body sets it"),
        ('Sec-Fetch-Mode: navigate', "'Sec-Fetch-Mode' is left out: pages cannot set it"),
        ('Referer: x', "'Referer' is left out: pages cannot set it"),
        ('X-HTTP-Method: TRACE', "'X-HTTP-Method' is left out: pages cannot set it"),
    ],
)
def test_headers_that_pages_cannot_set(
    header: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder(OK)
    with running(recorder) as url:
        text = run(capsys, url, '--header', header)
    assert f'note: the header {reason}\n' in text
    name, _, value = header.partition(': ')
    assert f'{name.lower()}: {value}'.encode() not in recorder.requests[0].lower()


def test_what_no_cors_leaves_out(capsys: pytest.CaptureFixture[str]) -> None:
    with running(send(response('200 OK'))) as url:
        text = run(capsys, url, '--mode', 'no-cors', '--header', 'X-A: b', '--header', 'Accept: a')
    assert (
        "OPAQUE: the request was sent, but mode 'no-cors' hides the response from the page" in text
    )
    assert "note: the header 'X-A' is left out: mode 'no-cors' does not send it\n" in text
    assert 'Accept' not in text


def test_the_mode_same_origin(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, 'http://127.0.0.1:8/', '--mode', 'same-origin')
    assert 'cross-origin-in-same-origin-mode' in text
    assert "this is not CORS: the browser doesn't send a request at all\n" in text


def test_header_names_that_are_none_are_said_by_the_fetch(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = run(capsys, 'http://127.0.0.1:9/', '--header', 'X A: b')
    assert "'X A' is not a valid header name" in text
    assert 'left out' not in text


def test_headers_beyond_ascii_are_sent_as_browsers_do(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(OK)
    with running(recorder) as url:
        text = run(capsys, url, '--header', 'X-Name: caf\xe9')
    assert 'READABLE' in text
    assert recorder.requests[1].startswith(b'GET ')
    assert b'x-name: caf\xe9\r\n' in recorder.requests[1]


def test_cookies(capsys: pytest.CaptureFixture[str]) -> None:
    recorder = Recorder(WITH_CREDENTIALS)
    third_party = ('--cookie', 'sid=1; Secure; SameSite=None', '--credentials', 'include')
    with running(recorder) as url:
        text = run(capsys, url, *third_party)
        assert '  > cookie: sid=1\n' in text
        assert b'\r\ncookie: sid=1\r\n' in recorder.requests[-1]
        assert 'not checked: ' in text
        assert 'whether the browser blocks third-party cookies' in text
        assert '(--cookie)' not in text
        text = run(capsys, url, '--cookie', 'sid=1', '--credentials', 'include')
        assert (
            "note: the cookie sid isn't sent: SameSite=Lax, and the request is cross-site" in text
        )
        assert b'cookie' not in recorder.requests[-1]
        assert "the browser's cookies (--cookie)" in text
        text = run(capsys, url, '--cookie', 'sid=1', '--credentials', 'omit')
        assert "note: no cookie is sent: credentials are 'omit'\n" in text
        text = run(capsys, url, '--cookie', 'sid=1')
        assert "note: no cookie is sent: credentials are 'same-origin', and " in text
        text = run(capsys, url, '--cookie', 'sid=1; SameSite=None')
        assert text == "error: header: the cookie 'sid' is refused: SameSite=None needs Secure\n"


def test_cookies_that_a_response_fails_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    data = WITH_CREDENTIALS.replace(b'\r\n', b'\r\nSet-Cookie: sid=1; SameSite=None\r\n', 1)
    with running(send(data)) as url:
        text = run(capsys, url, '--credentials', 'include')
    assert "note: the cookie sid isn't stored: SameSite=None needs Secure\n" in text


def test_the_page_in_a_frame(capsys: pytest.CaptureFixture[str]) -> None:
    with running(send(WITH_CREDENTIALS)) as url:
        cookie = ('--cookie', 'sid=1; SameSite=Lax', '--credentials', 'include')
        assert '> cookie' in run(capsys, url, *cookie, page=url)
        framed = ('--top-level', 'http://frame.example')
        assert '> cookie' not in run(capsys, url, *cookie, *framed, page=url)
    text = run(capsys, 'http://127.0.0.1:9/', '--top-level', 'frame.example')
    assert text.startswith("error: top_level: 'frame.example'")


def test_a_body_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / 'body.bin'
    file.write_bytes(b'\x00\xff')
    recorder = Recorder(OK)
    with running(recorder) as url:
        text = run(capsys, url, '--method', 'POST', '--body', f'@{file}')
    assert 'READABLE' in text
    assert recorder.requests[0].endswith(b'\r\n\r\n\x00\xff')
    assert b'content-type' not in recorder.requests[0].lower()


def test_certificates_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    certificates = Certificates(tmp_path)
    with running(send(response('401 Unauthorized')), certificates.server()) as url:
        assert 'BLOCKED' in run(capsys, url, '--cafile', certificates.cafile)
        assert 'BLOCKED' in run(capsys, url, '--insecure')
    (tmp_path / 'empty.pem').touch()
    for name in ('empty.pem', 'none.pem'):
        text = run(capsys, url, '--cafile', str(tmp_path / name))
        assert text.startswith('error: --cafile: ')
        assert name in text
    for option in (['--insecure'], ['--cafile', certificates.cafile]):
        text = run(capsys, 'http://127.0.0.1:6000/', *option)
        assert f'note: {option[0]} does nothing: the URL is not https\n' in text


def test_fragments_are_not_sent(capsys: pytest.CaptureFixture[str]) -> None:
    with running(send(OK)) as url:
        assert "note: the fragment '#b' is not sent\n" in run(capsys, f'{url}/a#b')


def test_an_origin_that_may_be_contacted_anyway(capsys: pytest.CaptureFixture[str]) -> None:
    text = run(capsys, 'http://127.0.0.1:9/', '--also', 'http://127.0.0.1:9')
    assert text.startswith('error: hosts: ')


def test_a_probe_that_fails_proves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with running(by_method(GET=response('401 Unauthorized'), OPTIONS=b'')) as url:
        assert 'this may not be CORS: ' in run(capsys, url)


def test_redirects_are_followed_only_where_nothing_can_happen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    recorder = Recorder(moved('/', '302 Found'))
    with running(recorder) as url:
        run(capsys, url, '--method', 'POST')
        assert len(recorder.requests) == 1
        text = run(capsys, url)
    assert 'this is not CORS: the redirects never end\n' in text
    assert text.count('GET ') == 1, 'only the request of the page is printed'


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['http://a', '--page', PAGE, '--timeout', '0'], "'0' is not a number of seconds above 0"),
        (['http://a', '--page', PAGE, '--timeout', '-1'], "'-1' is not a number of seconds above"),
        (['http://a', '--page', PAGE, '--timeout', 'nan'], "'nan' is not a number of seconds"),
        (['http://a', '--page', PAGE, '--timeout', 'inf'], "'inf' is not a number of seconds"),
        (['http://a', '--page', PAGE, '--body', '@/none'], "--body: '/none' can't be read: No su"),
        (['http://a'], 'the following arguments are required: --page'),
        (['--page', PAGE], 'the following arguments are required: url'),
        (['http://a', '--har', 'x'], 'url does not go with --har, which calls no server'),
        (['--har', 'x', '--method', 'PUT'], '--method does not go with --har'),
        (['--har', 'x', '--top-level', PAGE], '--top-level does not go with --har'),
        (['--har', 'x', '--response', 'y'], '--response does not go with --har'),
        (['--har', 'x', '--timeout', '5'], '--timeout does not go with --har'),
        (['http://a', '--page', PAGE, '--response', 'x', '--insecure'],
         '--insecure does not go with --response, which calls no server'),
        (['http://a', '--page', PAGE, '--response', 'x', '--cookie', 'a=b'],
         '--cookie does not go with --response'),
        (['http://a', '--page', PAGE, '--mode', 'navigate'], 'invalid choice'),
    ],
)  # fmt: skip
def test_command_lines_that_are_wrong(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_the_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(['--help'])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    for option in (
        'cookie', 'cafile', 'insecure', 'top-level', 'mode', 'body', 'har', 'response', 'json',
    ):  # fmt: skip
        assert f'--{option}' in text
    assert 'exit code:' in text


def test_the_codings_that_a_running_server_may_use() -> None:
    """Only those that can be undone here."""
    import httpcore

    url = parse_url('http://a.example/')
    given = [('user-agent', 'x'), ('accept-encoding', 'gzip, unknown')]
    headers = as_httpcore(httpcore, Step(False, 'GET', str(url), given), url).headers
    sent = {name: [value for key, value in headers if key == name] for name, _ in headers}
    assert sent[b'user-agent'] == [b'x']
    assert sent[b'accept-encoding'] == [', '.join(decoders()).encode()]


def test_tls_that_takes_too_long(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(('127.0.0.1', 0)) as listener:
        url = f'https://127.0.0.1:{listener.getsockname()[1]}'
        text = run(capsys, url, '--timeout', '0.1')
    assert 'this is not CORS: the server takes too long to respond\n' in text


def test_one_deadline_for_everything() -> None:
    first, second = socket.socketpair()
    with first, second:
        wire = Wire(first, monotonic() - 1, OSError)
        second.sendall(b'x')
        for operation in (lambda: wire.read(1), lambda: wire.write(b'x')):
            with pytest.raises(TimeoutError):
                operation()


def test_a_server_that_no_longer_reads() -> None:
    first, second = socket.socketpair()
    with first, second:
        first.shutdown(socket.SHUT_WR)
        with pytest.raises(ZeroDivisionError):
            Wire(first, monotonic() + 60, ZeroDivisionError).write(b'x')


def test_what_is_not_checked_without_the_list_of_suffixes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    public_suffixes.cache_clear()
    monkeypatch.setitem(sys.modules, 'publicsuffixlist', None)
    third_party = 'whether the browser blocks third-party cookies'
    for page, url, remark in (
        ('https://a.example', 'https://a.example/', False),
        ('https://a.b.example', 'https://b.example/', True),
        ('null', 'https://b.example/', True),
    ):
        exchange = Exchange(page, 'include', 'standard', [Step(False, 'GET', url, [])])
        assert (third_party in not_checked(exchange)) is remark


def test_what_a_page_of_the_local_network_needs_no_permission_for() -> None:
    permission = 'the permission to access the local network'
    for page, url, remark in (
        ('http://192.168.1.2', 'http://10.0.0.1/', False),
        ('http://printer.local', 'http://localhost:8000/', False),
        ('https://a.example', 'http://printer.local/', True),
        ('https://a.example', 'http://[fe80::1]/', True),
        ('https://a.example', 'https://b.example/', False),
        ('null', 'http://127.0.0.1/', True),
    ):
        exchange = Exchange(page, 'omit', 'standard', [Step(False, 'GET', url, [])])
        assert (permission in not_checked(exchange)) is remark


def test_a_reader_that_has_seen_enough() -> None:
    read, write = os.pipe()
    os.close(read)
    with running(send(OK)) as url, contextlib.closing(os.fdopen(write, 'w')) as pipe:
        command = [sys.executable, '-m', 'cors_browser', url, '--page', PAGE]
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == ''


def test_what_is_left_to_print_goes_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(_: object) -> int:
        raise BrokenPipeError

    monkeypatch.setattr('cors_browser.__main__.run', closed)
    with (tmp_path / 'out').open('w') as out:
        monkeypatch.setattr('sys.stdout', out)
        assert main(['http://127.0.0.1/', '--page', PAGE]) == 2
        print('more', flush=True)
        monkeypatch.undo()
    assert (tmp_path / 'out').read_text() == ''
