"""The cookie jar: RFC 6265bis, and what engines add; each row was seen in Chromium and Firefox."""

from __future__ import annotations

from calendar import timegm
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cors_browser import PROFILES, Blocked, Browser
from cors_browser.cookies import CookieJar, parse_date
from cors_browser.urls import parse_url
from tests.unit.browser_support import API, CORS_OK, PAGE, Site, shared, table

EVERY = tuple(PROFILES)
STRANGER = 'https://stranger.example'
NOW = 1_600_000_000.0
LONG = 'x' * 4096

# Columns: Set-Cookie; what the next request to the same URL has as Cookie; where that differs.
LINES: list[tuple[str, str, str | None, dict[str, str | None]]] = [
    ('plain', 'a=1', 'a=1', {}),
    ('4,096 bytes', f'a={LONG[1:]}', f'a={LONG[1:]}', {}),
    ('4,097 bytes', f'a={LONG}', None, {}),
    ('4,097 bytes', f'{LONG}=a', None, {}),
    *(
        ('control character', f'a=b{chr(code)}c', None, {})
        for code in (0, 1, 8, 0x0B, 0x1F, 0x7F)
    ),
    ('control character in an attribute', 'a=1; x=\x01', None, {}),
    ('tab', 'a=b\tc', 'a=b\tc', {'chromium': None}),
    ('tab around', '\ta\t=\t1\t', 'a=1', {}),
    ('no control character', 'a=\xc3\xa9', 'a=\xc3\xa9', {}),
    ('Partitioned needs Secure', 'a=1; Partitioned', None, {}),
    ('Partitioned needs Secure', 'a=1; Partitioned; Secure', 'a=1', {}),
    ('prefix', '__SECURE-a=1', None, {}),
    ('prefix', '__Host-a=1; Secure; Path=/', '__Host-a=1', {}),
    ('prefix', '__Host-a=1; Secure', None, {}),
    ('prefix', '__Host-a=1; Secure; Path=/v1', None, {}),
    ('prefix', '__Host-a=1; Secure; Path=/; Domain=api.example.com', None, {}),
    ('prefix', '__Host-a=1; Secure; Path=/; Domain=', '__Host-a=1', {}),
    ('prefix', '__hOsT-a=1; Path=/', None, {}),
    ('prefix', '__Http-a=1; Secure', None, {}),
    ('prefix', '__Http-a=1; Secure; HttpOnly', '__Http-a=1', {}),
    ('prefix', '__Host-Http-a=1; Secure; Path=/', None, {}),
    ('prefix', '__Host-Http-a=1; Secure; Path=/; HttpOnly', '__Host-Http-a=1', {}),
    ('prefix without name', '=__Secure-a; Secure', None, {}),
    ('prefix without name', '=__Host-a=1; Secure; Path=/', None, {}),
    ('prefix without =', '__Host-a; Secure; Path=/', None, {'firefox': '__Host-a='}),
    ('no name', '=a', 'a', {'firefox': None}),
    ('no =', 'a', 'a', {'firefox': 'a='}),
    ('nothing', '', None, {}),
    ('nothing', '=', None, {}),
    ('nothing', ';a=1', None, {}),
    ('= in the value', 'a=b=c', 'a=b=c', {}),
    ('quotes stay', 'a="b c"', 'a="b c"', {}),
    ('comma', 'a=1,2', 'a=1,2', {}),
    ('blank in the name', 'a b=1', 'a b=1', {}),
    ('Secure has no value', 'a=1; Secure=false', 'a=1', {}),
    ('parent domain', 'a=1; Domain=example.com', 'a=1', {}),
    ('leading dot', 'a=1; Domain=.example.com', 'a=1', {}),
    ('two dots', 'a=1; Domain=..example.com', None, {}),
    ('dot alone', 'a=1; Domain=.', None, {}),
    ('public suffix', 'a=1; Domain=com', None, {}),
    ('sibling', 'a=1; Domain=www.example.com', None, {}),
    ('upper case', 'a=1; Domain=EXAMPLE.com', 'a=1', {}),
    ('trailing dot', 'a=1; Domain=example.com.', None, {}),
    ('port', 'a=1; Domain=example.com:443', None, {}),
    ('the last counts', 'a=1; Domain=example.org; Domain=example.com', 'a=1', {}),
    ('the last counts', 'a=1; Domain=example.org; Domain=', 'a=1', {}),
    ('attribute too long', f'a=1; Domain={LONG}.example.com', 'a=1', {}),
    ('attribute too long', f'a=1; Path=/{LONG}', 'a=1', {}),
    ('others are ignored', f'a=1; x={LONG}; Max-Age=0', None, {}),
    ('relative path', 'a=1; Path=v2', 'a=1', {}),
    ('other path', 'a=1; Path=/v2', None, {}),
    ('Max-Age', 'a=1; Max-Age=0', None, {}),
    ('Max-Age', 'a=1; Max-Age=-1', None, {}),
    *(('Max-Age ignored', f'a=1; Max-Age={age}', 'a=1', {}) for age in ('', '0x', '-')),
    ('Max-Age with a plus', 'a=1; Max-Age=+0', 'a=1', {'chromium': None}),
    ('Max-Age first', 'a=1; Max-Age=0; Expires=Tue, 24 Nov 2099 00:00:00 GMT', None, {}),
    ('Max-Age first', 'a=1; Max-Age=9; Expires=Tue, 24 Nov 1999 00:00:00 GMT', 'a=1', {}),
    ('Expires', 'a=1; Expires=Tue, 24 Nov 1999 00:00:00 GMT', None, {}),
    ('Expires ignored', 'a=1; Expires=soon', 'a=1', {}),
]  # fmt: skip


@pytest.mark.parametrize(('line', 'sent', 'others'), table(LINES))
def test_what_is_stored(line: str, sent: str | None, others: dict[str, str | None]) -> None:
    for profile in EVERY:
        site = Site([*CORS_OK, ('Set-Cookie', line)])
        browser = Browser(site, PAGE, api=API, profile=profile, clock=lambda: NOW)
        browser.fetch('/v1/a', credentials='include')
        step = browser.fetch('/v1/a', credentials='include').exchange.steps[0]
        expected = others.get(profile, sent)
        assert site.seen[-1].get('HTTP_COOKIE') == expected, (profile, step.cookies_refused)


# Columns: a date; the seconds since 1970, or None if it isn't one (RFC 6265bis, 5.1.1).
DATES = [
    ('Tue, 24 Nov 1999 01:02:03 GMT', timegm((1999, 11, 24, 1, 2, 3))),
    ('24-Nov-99 00:00:00', timegm((1999, 11, 24, 0, 0, 0))),
    ('24-Nov-70 00:00:00', timegm((1970, 11, 24, 0, 0, 0))),
    ('24-Nov-69 00:00:00', timegm((2069, 11, 24, 0, 0, 0))),
    ('Tue Nov 24 10:20:30 1999', timegm((1999, 11, 24, 10, 20, 30))),
    ('24 November 1999 1:2:3', timegm((1999, 11, 24, 1, 2, 3))),
    ('24/Nov/1999 00:00:00', timegm((1999, 11, 24, 0, 0, 0))),
    ('Tue, 24 Nov 1999 00:00:00 +0500', timegm((1999, 11, 24, 0, 0, 0))),
    ('00:00:00 24nd Nov 1999', timegm((1999, 11, 24, 0, 0, 0))),
    ('29 Feb 2024 00:00:00', timegm((2024, 2, 29, 0, 0, 0))),
    ('1 Jan 1601 00:00:00', timegm((1601, 1, 1, 0, 0, 0))),
    ('1 Jan 1600 00:00:00', None),
    ('29 Feb 2023 00:00:00', None),
    ('0 Nov 1999 00:00:00', None),
    ('31 Nov 1999 00:00:00', None),
    ('24 Nov 1999', None),
    ('Nov 1999 00:00:00', None),
    ('24 1999 00:00:00', None),
    ('24 Nov 00:00:00', None),
    ('24 Nov 1999 24:00:00', None),
    ('24 Nov 1999 00:60:00', None),
    ('24 Nov 1999 00:00:60', None),
    ('24 Nov 19999 00:00:00', None),
    ('0', None),
    ('', None),
]


@pytest.mark.parametrize(('text', 'seconds'), DATES)
def test_dates(text: str, seconds: float | None) -> None:
    assert parse_date(text) == seconds


@given(st.text())
def test_any_text_is_read_as_a_date_or_not(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), int)


@given(st.text(), st.sampled_from(EVERY))
def test_any_line_is_stored_or_refused_with_a_reason(line: str, profile: str) -> None:
    jar = CookieJar(PROFILES[profile], lambda: NOW)
    url = parse_url(API)
    name, refusal = jar.receive(url, line, lambda: True)
    assert len([*jar]) == 0 if refusal else len([*jar]) <= 1
    sent, withheld = jar.retrieve(url, lambda: True)
    assert [cookie.name for cookie in sent] in ([], [name])
    assert not withheld


def test_cookies_end_after_400_days() -> None:
    now = [NOW]
    browser = Browser(Site(), PAGE, api=API, clock=lambda: now[0])
    browser.cookies.set(API, 'a=1; Expires=Tue, 24 Nov 2099 00:00:00 GMT')
    for seconds, sent in ((400 * 86400 - 1, ('a',)), (400 * 86400, ())):
        now[0] = NOW + seconds
        assert browser.fetch('/', credentials='include').exchange.cookies_sent == sent


# Columns: a Secure cookie of https://api.example.com/v1/; one that http sets; whether it may.
SHADOWS = [
    ('same name', 'a=1; Secure', '/v1/a', 'a=2', False),
    ('another name', 'a=1; Secure', '/v1/a', 'b=2', True),
    ('a path below', 'a=1; Secure; Path=/', '/v1/a', 'a=2; Path=/v1', False),
    ('a path above', 'a=1; Secure; Path=/v1', '/v1/a', 'a=2; Path=/', True),
    ('the parent domain', 'a=1; Secure; Path=/', '/', 'a=2; Domain=example.com', False),
    ('below its domain', 'a=1; Secure; Path=/; Domain=example.com', '/', 'a=2', False),
    ('not Secure', 'a=1; Path=/', '/', 'a=2', True),
]


@pytest.mark.parametrize(('first', 'path', 'second', 'allowed'), table(SHADOWS))
def test_http_cannot_hide_a_secure_cookie(
    first: str, path: str, second: str, allowed: bool
) -> None:
    jar = CookieJar(PROFILES['standard'], lambda: NOW)
    jar.set(f'{API}/v1/', first)
    _, refusal = jar.receive(parse_url(f'http://api.example.com{path}'), second, lambda: True)
    assert refusal == ('' if allowed else 'a Secure cookie has this name')
    _, refusal = jar.receive(parse_url(f'{API}{path}'), second, lambda: True)
    assert refusal == '', 'https can'


# Columns: attributes; how it is set; the engines that send it to another site than the page's.
THIRD_PARTY = [
    ('None', 'SameSite=None; Secure', 'visit', ['standard', 'chromium']),
    ('None', 'SameSite=None; Secure', 'fetch', ['standard', 'chromium', 'firefox']),
    ('Partitioned', 'SameSite=None; Secure; Partitioned', 'visit', []),
    (
        'Partitioned',
        'SameSite=None; Secure; Partitioned',
        'fetch',
        ['standard', 'chromium', 'firefox'],
    ),
]


@pytest.mark.parametrize(('attributes', 'way', 'sent_in'), table(THIRD_PARTY))
def test_third_party_cookies(attributes: str, way: str, sent_in: list[str]) -> None:
    """A partitioned cookie belongs to the top-level site below which it was set."""
    for profile in EVERY:
        allowed = shared(STRANGER)[1]
        site = Site([*allowed, ('Set-Cookie', f'a=1; {attributes}')] if way == 'fetch' else allowed)
        browser = Browser(site, STRANGER, api=API, profile=profile)
        if way == 'visit':
            browser.cookies.set(API, f'a=1; {attributes}')
        else:
            browser.fetch('/', credentials='include')
        step = browser.fetch('/', credentials='include').exchange.steps[0]
        assert step.cookies_sent == (('a',) if profile in sent_in else ())
        if way == 'visit' and profile == 'firefox':
            assert step.cookies_withheld == {'a': 'it was set on another top-level site'}


def test_a_partitioned_cookie_of_its_own_site_is_sent() -> None:
    browser: Any = Browser(Site(), PAGE, api=API)
    browser.cookies.set(API, 'a=1; Secure; Partitioned')
    assert browser.fetch('/', credentials='include').exchange.cookies_sent == ('a',)


@pytest.mark.parametrize(
    ('page', 'sent_in'),
    [
        ('http://old.example.com', ['firefox', 'webkit']),
        ('http://api.example.com', ['firefox', 'webkit']),
        ('http://old.example.net', []),
        ('https://old.example.com', EVERY),
    ],
)
def test_whether_the_scheme_makes_another_site(page: str, sent_in: list[str]) -> None:
    """As recorded in the lesson ``wrong_plain_http`` on real names."""
    for profile in EVERY:
        browser = Browser(Site(), page, api=API, profile=profile)
        browser.cookies.set(API, 'a=1; Secure; SameSite=Lax')
        try:
            exchange = browser.fetch('/', credentials='include').exchange
        except Blocked as blocked:
            exchange = blocked.exchange
        assert exchange.cookies_sent == (('a',) if profile in sent_in else ()), profile
