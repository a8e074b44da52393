"""What the demo's model says of exchanges that a page really had, and what it refuses to read."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.guide import MAX_REQUEST
from demo.model import judge
from recording.running_demo import running_demo

PAGE = 'https://shop.example.com'


def asked(*wire: tuple[str, list[tuple[str, str]]], **more: Any) -> dict[str, Any]:
    exchanges = [
        {'method': method, 'status': '200 OK', 'response_headers': headers, 'body': '{}'}
        for method, headers in wire
    ]
    fetched = {'page': PAGE, 'url': 'http://127.0.0.1:9001/_wire/k/x', 'method': 'GET'}
    told = {'mode': 'cors', 'headers': {}, 'credentials': 'omit', 'wire': exchanges}
    return {**fetched, **told, **more}


ALLOWED = [('Access-Control-Allow-Origin', PAGE)]


def test_an_answer_that_allows_the_page_is_readable() -> None:
    assert judge(asked(('GET', ALLOWED))) == {
        'readable': True,
        'why': 'The answer allows this page.',
    }


def test_an_answer_that_does_not_is_blocked_with_reason_and_fix() -> None:
    judged = judge(asked(('GET', [])))
    assert not judged['readable']
    assert 'Access-Control-Allow-Origin' in judged['why']


def test_an_answer_without_cors_is_opaque() -> None:
    judged = judge(asked(('GET', []), mode='no-cors'))
    assert judged['readable']
    assert judged['why'].startswith('It is opaque')


def test_a_preflight_that_the_browser_did_not_send_is_told() -> None:
    judged = judge(asked(('PUT', ALLOWED), method='PUT'))
    assert judged == {'readable': False, 'why': 'It would have sent a further OPTIONS.'}


def test_a_request_that_the_browser_did_not_send_is_told() -> None:
    preflight = ('OPTIONS', [*ALLOWED, ('Access-Control-Allow-Methods', 'PUT')])
    judged = judge(asked(preflight, method='PUT'))
    assert judged == {'readable': False, 'why': 'It would have sent a further PUT.'}


@pytest.mark.parametrize(
    ('location', 'readable'),
    [
        ('http://127.0.0.1:9001/other', True),
        ('/other', True),
        ('/other?next=https://shop.example.com/', True),
        ('HTTP://127.0.0.1:9001/other', True),
        ('http://localhost:9001/other', False),  # a third origin: the browser sends Origin: null
        ('HTTP://localhost:9001/other', False),
        ('//localhost:9001/other', False),
        ('//localhost:80/other', False),
    ],
)
def test_a_redirect_is_followed_as_the_page_followed_it(location: str, readable: bool) -> None:
    wire = asked(('GET', [*ALLOWED, ('Location', location)]), ('GET', ALLOWED))
    wire['wire'][0]['status'] = '302 Found'
    judged = judge(wire)
    assert judged['readable'] is readable
    assert readable or "Origin sent is 'null'" in judged['why']


@pytest.mark.parametrize(
    ('location', 'fix'),
    [
        ('http://localhost:many/', 'Send one Location header with a valid URL.'),
        ('mailto:baker@example.com', 'Redirect to an http or https URL.'),
    ],
)
def test_a_redirect_that_no_browser_follows_is_blocked(location: str, fix: str) -> None:
    wire = asked(('GET', [*ALLOWED, ('Location', location)]))
    wire['wire'][0]['status'] = '302 Found'
    judged = judge(wire)
    assert not judged['readable']
    assert judged['why'].endswith(fix)


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    (tmp_path / 'index.html').write_text('the guide')
    return tmp_path


def test_the_guide_judges_for_its_own_pages_only(guide: Path) -> None:
    good = json.dumps(asked(('GET', ALLOWED)))
    kind = {'Content-Type': 'application/json'}
    with running_demo(guide) as demo:
        model = f'{demo.guide}/_model'
        assert httpx.post(model, content=good, headers=kind).json()['readable'] is True
        for path, content, headers, status in (
            ('/_model', good, {'Content-Type': 'text/plain'}, 404),
            ('/other', good, kind, 404),
            ('/_model', '{', kind, 400),
            ('/_model', '[]', kind, 400),
            ('/_model', '{"page": "x"}', kind, 400),
        ):
            answer = httpx.post(f'{demo.guide}{path}', content=content, headers=headers)
            assert answer.status_code == status, (path, content, headers)
        assert 'Access-Control-Allow-Origin' not in httpx.options(model).headers
        assert status_of(demo.guide, {**kind, 'Content-Length': str(MAX_REQUEST + 1)}) == 413
        assert status_of(demo.guide, {**kind, 'Content-Length': 'many'}) == 413


def status_of(guide: str, headers: dict[str, str]) -> int:
    """Send the head of a request alone; return the answer's status."""
    connection = http.client.HTTPConnection(guide.removeprefix('http://'))
    connection.putrequest('POST', '/_model')
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status
