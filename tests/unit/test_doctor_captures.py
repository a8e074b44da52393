"""The doctor on recordings: HAR files and the output of curl, however odd they are."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cors_browser.__main__ import main
from cors_browser.captures import parse_curl, parse_har
from cors_browser.replay import Capture
from cors_browser.report import all_findings, findings, judged, verdict_lines

T = TypeVar('T')

PAGE = 'https://app.example.com'
API = 'https://api.example.com/items'
ALLOWED = {'Access-Control-Allow-Origin': PAGE}


def entry(
    method: str = 'GET',
    url: str = API,
    status: int = 200,
    sent: dict[str, str] | None = None,
    received: dict[str, str] | None = None,
    error: str = '',
    body: str = '',
    **more: Any,
) -> dict[str, Any]:
    """An entry as the developer tools export it."""
    sent = {'origin': PAGE, 'sec-fetch-mode': 'cors', ':authority': 'x'} if sent is None else sent
    return {
        '_resourceType': 'fetch',
        'request': {'method': method, 'url': url, 'headers': named(sent), 'cookies': []},
        'response': {
            'status': status,
            'headers': named(received or {}),
            'content': {'text': body},
            '_error': error or None,
        },
        **more,
    }


def named(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{'name': name, 'value': value} for name, value in headers.items()]


def preflight(received: dict[str, str], method: str = 'PUT', status: int = 204) -> dict[str, Any]:
    asked = {'origin': PAGE, 'access-control-request-method': method}
    asked['access-control-request-headers'] = 'content-type,x-a'
    return entry('OPTIONS', status=status, sent=asked, received=received)


def preflight_of_upload(received: dict[str, str]) -> dict[str, Any]:
    asked = {'origin': PAGE, 'access-control-request-method': 'POST'}
    return entry('OPTIONS', status=204, sent=asked, received=received)


def har(*entries: dict[str, Any], **log: Any) -> str:
    return json.dumps({'log': {'entries': entries, **log}})


def examined(text: str, page: str | None = None) -> list[dict[str, Any]]:
    return [findings(*judged(capture)) for capture in parse_har(text, page)]


MISSING = entry('PUT', status=0, error='net::ERR_FAILED', sent={'x-a': '1'})
MISSING_POST = entry('POST', status=0, error='net::ERR_FAILED')
PASSES = {
    'Access-Control-Allow-Origin': PAGE,
    'Access-Control-Allow-Methods': 'PUT',
    'Access-Control-Allow-Headers': 'content-type, x-a',
}


@pytest.mark.parametrize(
    ('entries', 'verdict', 'code', 'is_cors'),
    [
        ([entry(received=ALLOWED)], 'readable', '', None),
        ([entry()], 'blocked', 'acao-missing', True),
        ([entry(error='net::ERR_FAILED')], 'blocked', 'acao-missing', True),
        ([entry(status=502, body='<center>nginx</center>')], 'blocked', 'acao-missing', False),
        ([preflight(ALLOWED), MISSING], 'blocked', 'preflight-method', True),
        ([MISSING, preflight(ALLOWED)], 'blocked', 'preflight-method', True),
        ([preflight(ALLOWED)], 'blocked', 'preflight-method', True),
        ([preflight(ALLOWED | {'Access-Control-Allow-Methods': 'PUT'}), MISSING], 'blocked',
         'preflight-header', True),
        ([preflight(PASSES), entry('PUT', received=ALLOWED)], 'readable', '', None),
        ([preflight(ALLOWED, 'POST'), MISSING_POST], 'blocked', 'preflight-header', True),
        ([preflight_of_upload(ALLOWED), entry('POST', received=ALLOWED)], 'readable', '', None),
        ([preflight(PASSES), entry('PUT')], 'blocked', 'acao-missing', True),
        ([preflight({}, status=401)], 'blocked', 'preflight-acao-missing', None),
        ([entry('PUT', received=ALLOWED)], 'readable', '', None),
        ([entry('PUT', status=413, received=ALLOWED)], 'readable', '', None),
        ([entry(received={'Access-Control-Allow-Origin': f'{PAGE}\n{PAGE}'})], 'blocked',
         'acao-multiple', True),
        ([entry(received={'Access-Control-Allow-Origin': '*'},
                sent={'origin': PAGE, 'cookie': 'a=b'})], 'blocked',
         'acao-wildcard-with-credentials', True),
        ([entry(received={'Access-Control-Allow-Origin': '*'}, error='net::ERR_FAILED')],
         'blocked', 'acao-wildcard-with-credentials', True),
        ([entry(received=ALLOWED | {'Access-Control-Allow-Credentials': 'true'},
                error='net::ERR_FAILED')], 'unreachable', 'network', None),
        ([entry(status=0, error='net::ERR_CONNECTION_REFUSED')], 'unreachable', 'network', False),
        ([entry(status=0, error='net::ERR_CERT_DATE_INVALID')], 'unreachable', 'network', False),
        ([entry(status=0, error='net::ERR_BLOCKED_BY_CLIENT')], 'unreachable', 'network', False),
        ([entry(received=ALLOWED, error='net::ERR_CONTENT_LENGTH_MISMATCH')], 'unreachable',
         'network', False),
        ([entry(status=0, error='net::ERR_FAILED')], 'unreachable', 'network', None),
        ([entry(status=0)], 'unreachable', 'network', None),
        ([entry(status=302, received={'Location': 'http://other.example/'} | ALLOWED)], 'blocked',
         'mixed-content', False),
        ([entry(status=0, error='net::ERR_BLOCKED_BY_ORB', sent={'sec-fetch-mode': 'no-cors',
                                                                  'referer': f'{PAGE}/'})],
         'unreachable', 'network', False),
    ],
)  # fmt: skip
def test_what_a_har_file_shows(
    entries: list[dict[str, Any]], verdict: str, code: str, is_cors: bool | None
) -> None:
    (found,) = examined(har(*entries), PAGE)
    assert (found['verdict'], found.get('code', '')) == (verdict, code)
    assert found.get('is_cors') is is_cors
    if verdict != 'readable':
        assert Path('docs', f'{found["guide"]}.rst').exists()


@pytest.mark.parametrize(
    'one',
    [
        entry(sent={'sec-fetch-mode': 'navigate', 'referer': PAGE}),
        entry(sent={'sec-fetch-mode': 'no-cors', 'referer': PAGE}),
        entry(url='data:,a'),
        entry(url='wss://api.example.com/'),
        entry(url='http://['),
        entry('OPTIONS', url='data:,a', sent={'access-control-request-method': 'PUT'}),
        entry(sent={}, _resourceType='image'),
        entry(sent={}),
        {},
    ],
)
def test_what_is_no_fetch_is_left_out(one: dict[str, Any]) -> None:
    assert parse_har(har(one)) == []


def test_other_entries_show_who_sends_the_headers() -> None:
    """A 404 without CORS headers, of a server whose other responses have them, isn't its own."""
    lonely, other = entry(status=404), entry(url='https://b.example/', received=ALLOWED)
    for entries, is_cors in (
        ([lonely], True),
        ([lonely, other], True),
        ([lonely, entry(received=ALLOWED)], None),
    ):
        found = all_findings(parse_har(har(*entries)))[0]
        assert (found['code'], found['is_cors']) == ('acao-missing', is_cors)
        assert ('other responses of this server' in found['responder']['evidence']) is (not is_cors)


def test_where_the_page_is_named() -> None:
    pages = [{'id': 'page_1', 'title': f'{PAGE}/a?b'}]
    (capture,) = parse_har(har(entry(sent={}, pageref='page_1'), pages=pages))
    assert capture.page == PAGE
    (capture,) = parse_har(har(entry(sent={'referer': f'{PAGE}/a'})))
    assert capture.page == PAGE
    (capture,) = parse_har(har(entry(sent={'origin': 'null'})))
    assert capture.page == 'null'
    (capture,) = parse_har('\ufeff' + har(entry(sent={})), PAGE)
    assert capture.page == PAGE


def test_bodies_in_base64_are_not_read() -> None:
    one = entry(body='PGNlbnRlcj4=')
    one['response']['content']['encoding'] = 'base64'
    (capture,) = parse_har(har(one))
    assert capture.responses == [('GET', (200, [], b''))]


@pytest.mark.parametrize(
    ('text', 'words'),
    [
        ('', "har: it isn't JSON"),
        ('[' * 100_000, "har: it isn't JSON"),
        ('[]', "har: it doesn't contain a list log.entries"),
        ('{"log": {"entries": 1}}', "har: it doesn't contain a list log.entries"),
    ],
)
def test_what_is_no_har_file(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_har(text)


# ------------------------------------------------------------------------------------ curl -i


@pytest.mark.parametrize(
    ('text', 'responses'),
    [
        ('HTTP/1.1 200 OK\r\nA: b\r\n\r\nbody', [('', (200, [('A', 'b')], b'body'))]),
        ('HTTP/2 204 \nA: b\n', [('', (204, [('A', 'b')], b''))]),
        ('HTTP/1.1 200 OK', [('', (200, [], b''))]),
        ('HTTP/1.1 200 OK\nA: b\n c\nno header\nD:\n\n', [
            ('', (200, [('A', 'b c'), ('D', '')], b''))]),
        ('HTTP/1.1 103 Early Hints\nLink: a\n\nHTTP/1.1 200 OK\n\n', [('', (200, [], b''))]),
        ('HTTP/1.1 200 Connection established\n\nHTTP/1.1 404 No\n\nx', [('', (404, [], b'x'))]),
        ('HTTP/1.1 302 Found\nLocation: /a\n\nHTTP/1.1 200 OK\nA: b\n\nx', [
            ('', (302, [('Location', '/a')], b'')), ('', (200, [('A', 'b')], b'x'))]),
        ('$ curl -i x\nHTTP/1.1 200 OK\n\nsee HTTP/1.1 404 Not Found\n', [
            ('', (200, [], b'see HTTP/1.1 404 Not Found\n'))]),
        ('* Trying\n> OPTIONS / HTTP/1.1\n> Origin: a\n>\n< HTTP/1.1 204 No\n< A: b\n< \n'
         '* left\n> PUT / HTTP/1.1\n>\n{ [5 bytes data]\n< HTTP/1.1 200 OK\n<\nbody\n* closed', [
            ('OPTIONS', (204, [('A', 'b')], b'')), ('PUT', (200, [], b'body'))]),
    ],
)  # fmt: skip
def test_what_curl_prints(text: str, responses: list[Any]) -> None:
    assert parse_curl(text) == responses


def test_what_curl_does_not_print() -> None:
    with pytest.raises(ValueError, match="response: it doesn't contain a line such as"):
        parse_curl('{"a": 1}')


def judge_text(text: str, **options: Any) -> dict[str, Any]:
    return findings(*judged(Capture(API, PAGE, responses=parse_curl(text), **options)))


def test_a_response_is_judged_without_a_network() -> None:
    shared = f'HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: {PAGE}\n\n'
    assert judge_text(shared)['verdict'] == 'readable'
    assert judge_text('HTTP/1.1 200 OK\n\n')['code'] == 'acao-missing'
    moved = f'HTTP/1.1 302 Found\nLocation: https://b.example/\nAccess-Control-Allow-Origin: {PAGE}'
    assert judge_text(f'{moved}\n\n{shared}')['code'] == 'acao-mismatch'
    found = judge_text(shared, method='PUT')
    assert found['code'] == 'preflight-method'
    found = judge_text(f'{shared.strip()}\nAccess-Control-Allow-Methods: PUT\n\n', method='PUT')
    assert (found['verdict'], found['is_cors']) == ('unreachable', None)
    assert ('this may or may not be CORS: the recording lacks this response', 0) in [
        *verdict_lines(found)
    ]
    assert found['notes'] == [
        f"to see the missing response, run: curl -i -X PUT -H 'origin: {PAGE}' {API}"
    ]


# ------------------------------------------------------------------------------------ hostile


KEYS = st.sampled_from(
    ['log', 'entries', 'pages', 'request', 'response', 'headers', 'name', 'value', 'url', 'method',
     'status', 'content', 'text', 'encoding', '_error', 'cookies', 'id', 'title', 'pageref',
     '_resourceType']
)  # fmt: skip
TEXTS = st.one_of(
    st.text(),
    st.sampled_from([
        'origin', 'referer', 'cookie', 'location', PAGE, 'null', API, 'http://a\ud800/', 'OPTIONS',
        'access-control-request-method', 'access-control-request-headers', 'set-cookie',
        'access-control-allow-origin', 'access-control-allow-headers', 'cors', 'sec-fetch-mode',
        'net::ERR_FAILED', 'net::ERR_TIMED_OUT', 'connect', 'b\u00e4d', ',,x y', '*', '/', '//[',
    ]),
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 700) | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXTS, inner, max_size=5),
    max_leaves=20,
)
PAIRS = st.lists(st.fixed_dictionaries({'name': TEXTS, 'value': TEXTS}), max_size=4)
ENTRIES = st.fixed_dictionaries({
    'request': JSON | st.fixed_dictionaries({
        'method': st.sampled_from(['GET', 'PUT', 'OPTIONS', 'patch', 'TRACE', 'a b']) | TEXTS,
        'url': st.sampled_from([API, 'http://[::1]:6000/']) | TEXTS, 'headers': PAIRS | JSON,
    }),
    'response': JSON | st.fixed_dictionaries({
        'status': st.integers(0, 700) | JSON, 'headers': PAIRS | JSON, '_error': TEXTS | JSON,
        'content': JSON,
    }),
    '_resourceType': TEXTS,
})  # fmt: skip


def assert_judged(capture: Capture) -> None:
    found = findings(*judged(capture))
    assert found['verdict'] in {'readable', 'blocked', 'unreachable'}
    json.dumps(found)


def parsed(parse: Callable[[str], list[T]], text: str, argument: str) -> list[T]:
    """What a parser makes of a text; nothing if it says that it can't read it."""
    try:
        return parse(text)
    except ValueError as error:
        if not str(error).startswith(f'{argument}: '):
            raise
        return []


@given(st.lists(ENTRIES | JSON, max_size=4) | JSON, st.sampled_from([PAGE, 'null', None]))
def test_no_har_file_is_too_odd(entries: Any, page: str | None) -> None:
    text = json.dumps({'log': {'entries': entries}})
    for capture in parsed(lambda text: parse_har(text, page), text, 'har'):
        assert_judged(capture)


@given(st.text() | JSON.map(json.dumps))
def test_no_text_is_too_odd_for_a_har_file(text: str) -> None:
    assert isinstance(parsed(parse_har, text, 'har'), list)


LINES = st.sampled_from([
    'HTTP/1.1 200 OK', 'HTTP/2 302', 'HTTP/1.1 101 Switching', '< HTTP/1.1 204 No', '< A: b', '<',
    '> PUT / HTTP/1.1', '', ' ', 'Location: /a', 'Location: //[', ' folded', f'Origin: {PAGE}',
    f'Access-Control-Allow-Origin: {PAGE}', 'Access-Control-Allow-Methods: *', '* note', '{ [5]',
    'Set-Cookie: a=b; SameSite=Lax', 'Location: https://b.example/\u00e9', 'HTTP/1.1 999 X',
]) | st.text()  # fmt: skip


@given(
    st.lists(LINES, max_size=12), st.sampled_from(['GET', 'PUT']), st.sampled_from(['\n', '\r\n'])
)
def test_no_text_is_too_odd_for_curl(lines: list[str], method: str, end: str) -> None:
    responses = parsed(parse_curl, end.join(lines), 'response')
    assert_judged(Capture(API, PAGE, method, responses=responses, credentials='include'))


# ------------------------------------------------------------------------------------ commands


def test_the_har_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / 'network.har'
    file.write_text(har(entry(), entry(received=ALLOWED), entry(status=0, error='net::ERR_FAILED')))
    assert main(['--har', str(file)]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f'GET {API}   (page: {PAGE})'
    assert '  BLOCKED: ' in lines[1]
    assert '  this is CORS' in lines
    assert lines[-1] == '2 of 3 fetches fail'
    assert main(['--har', str(file), '--json']) == 2
    found = json.loads(capsys.readouterr().out)
    assert [(one['method'], one['url'], one['verdict']) for one in found] == [
        ('GET', API, 'blocked'), ('GET', API, 'unreachable'),
    ]  # fmt: skip
    file.write_text(har(entry(received=ALLOWED)))
    assert main(['--har', str(file), '--page', PAGE]) == 0
    assert capsys.readouterr().out == '0 of 1 fetches fail\n'
    assert main(['--har', str(tmp_path / 'none.har')]) == 2
    assert 'error: ' in capsys.readouterr().err
    file.write_text('no')
    assert main(['--har', str(file)]) == 2
    assert "error: har: it isn't JSON" in capsys.readouterr().err


def test_the_response_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [API, '--page', PAGE, '--response']
    text = f'HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: {PAGE}\n\n'
    monkeypatch.setattr('sys.stdin', io.TextIOWrapper(io.BytesIO(text.encode())))
    assert main([*words, '-']) == 0
    out = capsys.readouterr().out
    assert out.startswith(f'GET {API}\n')
    assert '\n  < 200\n' in out
    file = tmp_path / 'response.txt'
    file.write_text('HTTP/1.1 200 OK\n\n')
    assert main([*words, str(file)]) == 1
    out = capsys.readouterr().out
    assert '  < access-control-allow-origin is missing   <== this decides\n' in out
    assert f"note: run curl with -H 'Origin: {PAGE}', which browsers send\n" in out
    file.write_bytes('> Origin: x\n< HTTP/1.1 200 OK\n<\n'.encode('utf-16'))
    assert main([*words, str(file), '--json']) == 1
    assert json.loads(capsys.readouterr().out)['notes'] == []
    file.write_text('nothing')
    assert main([*words, str(file)]) == 2
    assert "error: response: it doesn't contain a line" in capsys.readouterr().err


def test_recordings_need_no_network_modules() -> None:
    """As in WebAssembly, where a page of the guide runs it: no sockets, no threads, no ssl."""
    program = f"""
import sys
for name in ('ssl', 'httpx', 'httpcore', 'publicsuffixlist'):
    sys.modules[name] = None
import asyncio
from cors_browser.captures import parse_curl, parse_har
from cors_browser.replay import Capture
from cors_browser.report import all_findings, findings, judged, verdict_lines

async def page():
    text = 'HTTP/1.1 200 OK\\\\nSet-Cookie: a=b; SameSite=Lax\\\\n\\\\n'
    capture = Capture({API!r}, {PAGE!r}, credentials='include', responses=parse_curl(text))
    return findings(*judged(capture))['code']

print(asyncio.run(page()), parse_har('{{"log": {{"entries": []}}}}'))
"""
    done = subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ('acao-missing []\n', '')
