"""What the demo's model says of exchanges that a page really had, and what it refuses to read."""

from __future__ import annotations

import pytest

from demo.model import judge
from tests.demo.fetches import ALLOWED, fetch


def test_an_answer_that_allows_the_page_is_readable() -> None:
    assert judge(fetch(('GET', ALLOWED))) == {
        'readable': True,
        'why': 'The response allows this page.',
    }


def test_an_answer_that_does_not_is_blocked_with_reason_and_fix() -> None:
    verdict = judge(fetch(('GET', [])))
    assert not verdict['readable']
    assert 'Access-Control-Allow-Origin' in verdict['why']


def test_what_the_server_may_have_done_comes_in_place_of_the_fix() -> None:
    verdict = judge(fetch(('POST', []), method='POST'))
    assert not verdict['readable']
    assert verdict['why'].endswith(
        'The server received the POST and may have acted on it: blocking undoes nothing.'
    )


def test_an_answer_without_cors_is_opaque() -> None:
    verdict = judge(fetch(('GET', []), mode='no-cors'))
    assert verdict['readable']
    assert verdict['why'].startswith('It is opaque')


def test_a_preflight_that_the_browser_did_not_send_is_named() -> None:
    verdict = judge(fetch(method='PUT'))
    assert verdict == {'readable': False, 'why': 'It would have sent a further OPTIONS.'}


def test_a_preflight_that_the_browser_remembers_is_not_missed() -> None:
    verdict = judge(fetch(('PUT', ALLOWED), method='PUT'))
    assert verdict == {'readable': True, 'why': 'The response allows this page.'}


def test_a_request_that_the_browser_did_not_send_is_told() -> None:
    preflight = ('OPTIONS', [*ALLOWED, ('Access-Control-Allow-Methods', 'PUT')])
    verdict = judge(fetch(preflight, method='PUT'))
    assert verdict == {'readable': False, 'why': 'It would have sent a further PUT.'}


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
    wire = fetch(('GET', [*ALLOWED, ('Location', location)]), ('GET', ALLOWED))
    wire['wire'][0]['status'] = '302 Found'
    verdict = judge(wire)
    assert verdict['readable'] is readable
    assert readable or "the Origin is 'null'" in verdict['why']


@pytest.mark.parametrize(
    ('location', 'fix'),
    [
        ('http://localhost:many/', 'Send one Location header with a valid URL.'),
        ('mailto:baker@example.com', 'Redirect to an http or https URL.'),
    ],
)
def test_a_redirect_that_no_browser_follows_is_blocked(location: str, fix: str) -> None:
    wire = fetch(('GET', [*ALLOWED, ('Location', location)]))
    wire['wire'][0]['status'] = '302 Found'
    verdict = judge(wire)
    assert not verdict['readable']
    assert verdict['why'].endswith(fix)
