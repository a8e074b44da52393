"""Where engines differ, beyond what test_browser_profiles.py has: each row was seen in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from cors_browser import PROFILES, Browser, FetchFailed, Step
from tests.unit.browser_support import (
    API,
    CORS_OK,
    HEADERS_ALLOWED,
    METHODS_ALLOWED,
    OTHER,
    PAGE,
    Site,
    shared,
    table,
    to,
    verdict,
    world,
)

EVERY = tuple(PROFILES)
STAR = [('Access-Control-Allow-Origin', '*')]


def steps_of(browser: Browser, url: str = '/', **options: Any) -> list[Step]:
    """Fetch, and return what went over the wire, whether or not it is readable."""
    try:
        return browser.fetch(url, **options).exchange.steps
    except FetchFailed as failure:
        return failure.exchange.steps


def methods(steps: Iterable[Step]) -> str:
    return ' '.join(step.method for step in steps)


# Columns: the URL that a page on https fetches; the engines that call it mixed content.
MIXED = [
    *(
        ('loopback', f'http://{host}:8000/', ['webkit'])
        for host in ('127.0.0.1', 'localhost', 'api.localhost', '[::1]', '127.9.9.9')
    ),
    *(
        ('local network', f'http://{host}/', ['standard', 'firefox', 'webkit'])
        for host in (
            '192.168.7.1', '10.1.2.3', '172.16.0.9', '172.31.0.1', '100.64.0.1', '169.254.1.1',
            '[fd00::1]', '[fe80::1]', 'printer.local', 'a.b.local',
        )
    ),
    *(
        ('elsewhere', f'http://{host}/', EVERY)
        for host in ('8.8.8.8', '172.32.0.1', '100.128.0.1', 'printer', 'local', '[2001:db8::1]')
    ),
]  # fmt: skip


@pytest.mark.parametrize(('url', 'blocked_in'), table(MIXED))
def test_mixed_content(url: str, blocked_in: list[str]) -> None:
    for profile in EVERY:
        browser = Browser(Site(STAR), PAGE, api=url, profile=profile)
        assert verdict(browser, url) == ('mixed-content' if profile in blocked_in else 'ok')


def test_a_star_with_credentials_is_remembered_as_a_name() -> None:
    """Chromium takes a remembered ``*`` for one only without credentials."""
    allowed = [*CORS_OK, (METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, '*')]
    again: dict[str, Any] = {'method': 'PUT', 'credentials': 'include', 'headers': {'X-A': '1'}}
    for profile in ('chromium', 'firefox', 'webkit'):
        browser = Browser(Site(preflight=allowed), PAGE, api=API, profile=profile, clock=lambda: 0)
        assert methods(steps_of(browser, method='PUT', credentials='include')) == 'OPTIONS PUT'
        assert verdict(browser, **again) == 'preflight-header'
    browser = Browser(Site(preflight=allowed), PAGE, api=API, profile='chromium', clock=lambda: 0)
    steps_of(browser, method='PUT', credentials='omit')
    assert methods(steps_of(browser, **again | {'credentials': 'omit'})) == 'PUT'


def redirected_to(location: str | list[str], profile: str, page: str = PAGE) -> str:
    """Say where a redirect leads, or which code ends it."""
    lines = [location] if isinstance(location, str) else location
    wire = [line.encode().decode('latin-1') for line in lines]
    headers = [*shared('*')[1], *(('Location', line) for line in wire)]
    site = Site(STAR, paths={'/v1/from': (302, headers)})
    hosts = dict.fromkeys(['https://xn--bcher-kva.example', 'https://xn--b14cher-xwa2143e.example'])
    browser = Browser(site, page, api=API, hosts=dict.fromkeys(hosts, site), profile=profile)
    try:
        reply = browser.fetch('/v1/from')
    except FetchFailed as failure:
        return failure.code
    return f'{reply.status} {reply.url}'


# Columns: the lines of Location; where the standard leads; where engines lead that differ.
LOCATIONS: list[tuple[str, str | list[str], str, dict[str, str]]] = [
    ('no user name', 'https://:@api.example.com/a', f'200 {API}/a', {}),
    ('no user name', 'https://@api.example.com/a', f'200 {API}/a', {}),
    ('a user name', 'https://me@api.example.com/a', 'redirect-credentials', {}),
    ('a password', 'https://:me@api.example.com/a', 'redirect-credentials', {}),
    ('relative', 'https:a', f'200 {API}/v1/a', {}),
    ('relative', 'https:/a', f'200 {API}/a', {}),
    ('relative', 'https:?a', 'redirect-limit', {}),
    ('relative', 'HTTPS:a', f'200 {API}/v1/a', {}),
    ('another scheme is not', 'http:a', 'mixed-content', {}),
    (
        'UTF-8 host',
        'https://bücher.example/a',
        '200 https://xn--bcher-kva.example/a',
        {'webkit': '200 https://xn--b14cher-xwa2143e.example/a'},
    ),
    ('escaped host', 'https://b%C3%BCcher.example/a', '200 https://xn--bcher-kva.example/a', {}),
    ('UTF-8 path', '/é', f'200 {API}/%C3%A9', {'webkit': f'200 {API}/%C3%83%C2%A9'}),
    (
        'empty',
        '',
        'redirect-limit',
        {'chromium': f'302 {API}/v1/from', 'webkit': 'redirect-location'},
    ),
    (
        'two equal lines',
        ['/a', '/a'],
        'redirect-location',
        {
            'chromium': f'200 {API}/a',
            'firefox': f'200 {API}/a',
            'webkit': f'200 {API}/a,%20/a',
        },
    ),
    ('two lines', ['/a', '/b'], 'redirect-location', {'webkit': f'200 {API}/a,%20/b'}),
    ('no URL', 'https://a b/', 'redirect-location', {}),
]


@pytest.mark.parametrize(('location', 'standard', 'others'), table(LOCATIONS))
def test_locations(location: str | list[str], standard: str, others: dict[str, str]) -> None:
    found = {profile: redirected_to(location, profile) for profile in EVERY}
    assert found == dict.fromkeys(EVERY, standard) | others


def test_a_location_that_is_given_twice_is_explained_in_words() -> None:
    site = Site(paths={'/': (302, [*CORS_OK, ('Location', '/a'), ('Location', '/b')])})
    with pytest.raises(FetchFailed, match='Location is unusable: there are 2 of them'):
        Browser(site, PAGE, api=API).fetch('/')


@pytest.mark.parametrize('mode', ['no-cors', 'cors'])
def test_user_names_without_cors(mode: str) -> None:
    """Only Chromium refuses them where no CORS check is made."""
    for profile in EVERY:
        site = Site(STAR, paths={'/': (302, [('Location', 'https://me:you@api.example.com/a')])})
        browser = Browser(site, API if mode == 'cors' else PAGE, api=API, profile=profile)
        code = 'redirect-credentials' if profile == 'chromium' else 'ok'
        assert verdict(browser, mode=mode) == code


def test_a_user_name_on_the_way_to_another_origin() -> None:
    for profile in EVERY:
        location = ('Location', 'https://me@api.example.com/a')
        browser = world((PAGE, '/', (302, [location])), profile=profile)
        assert verdict(browser, f'{PAGE}/') == 'redirect-credentials'
        found = verdict(browser, f'{PAGE}/', headers={'X-A': '1'})
        assert found == ('ok' if profile == 'webkit' else 'redirect-credentials')


@pytest.mark.parametrize(
    ('location', 'code', 'first_in'),
    [
        ('http://a b/', 'redirect-location', ['chromium', 'firefox']),
        ('data:,a', 'redirect-scheme', ['firefox']),
        ('mailto:a', 'redirect-scheme', []),
    ],
)
def test_which_of_two_faults_of_a_redirect_comes_first(
    location: str, code: str, first_in: list[str]
) -> None:
    for profile in EVERY:
        site = Site([], status=302, paths={'/': (302, [('Location', location)])})
        found = verdict(Browser(site, PAGE, api=API, profile=profile))
        assert found == (code if profile in first_in else 'acao-missing')


# Columns: Timing-Allow-Origin; how the page fetches; the engines in which it sees the timing.
TIMING = [
    ('cors', '*', {}, EVERY),
    ('cors', PAGE, {}, EVERY),
    ('cors', 'null', {}, []),
    ('no-cors', '*', {'mode': 'no-cors'}, EVERY),
    ('no-cors', PAGE, {'mode': 'no-cors'}, EVERY),
    ('no-cors', None, {'mode': 'no-cors'}, []),
    ('opaque redirect', '*', {'redirect': 'manual'}, ['standard', 'firefox', 'webkit']),
    ('opaque redirect', PAGE, {'redirect': 'manual'}, ['standard', 'firefox', 'webkit']),
    ('opaque redirect', None, {'redirect': 'manual'}, ['webkit']),
]


@pytest.mark.parametrize(('allowed', 'options', 'visible_in'), table(TIMING))
def test_timing(allowed: str | None, options: dict[str, Any], visible_in: list[str]) -> None:
    headers = [*CORS_OK, *([('Timing-Allow-Origin', allowed)] if allowed else [])]
    for profile in EVERY:
        status = 302 if 'redirect' in options else 200
        browser = Browser(Site(headers, status=status), PAGE, api=API, profile=profile)
        assert browser.fetch('/', **options).timing_visible == (profile in visible_in)


# Columns: a header that Chromium knows; the values that need no preflight; those that do.
HINTS = [
    ('DPR', ['2', '2.5', '0', ' 2'], ['', 'x', '-1', '1e3', '2.', '.5', '1,2']),
    ('Device-Memory', ['8', '0.25'], ['', 'x']),
    ('Downlink', ['1', '1.7'], ['', 'x']),
    ('ECT', ['4g', '3g', '2g', 'slow-2g'], ['', '6g', '4G']),
    ('RTT', ['0', '100'], ['-5', 'x', '1.5', '']),
    ('Save-Data', ['on', 'On', 'ON'], ['', 'off', 'on;a']),
    ('Viewport-Width', ['100'], ['x', '1.5', '']),
    ('Width', ['100'], ['x', '']),
    ('User-Agent', ['x', 'a"b', 'x' * 129, ''], []),
]


@pytest.mark.parametrize(('name', 'safe', 'unsafe'), HINTS)
def test_client_hints(name: str, safe: list[str], unsafe: list[str]) -> None:
    for profile in EVERY:
        for value in safe + unsafe:
            steps = steps_of(Browser(Site(), PAGE, api=API, profile=profile), headers={name: value})
            is_safe = profile == 'chromium' and value in safe
            assert steps[0].preflight == (not is_safe), (profile, value)


@pytest.mark.parametrize(
    'value',
    ['text/plain; a=b,c', 'text/plain;,', 'multipart/form-data;boundary=a,b',
     'text/plain; charset=utf-8, x'],
)  # fmt: skip
def test_a_comma_in_content_type(value: str) -> None:
    for profile in EVERY:
        browser = Browser(Site(), PAGE, api=API, profile=profile)
        steps = steps_of(browser, method='POST', body='a', headers={'Content-Type': value})
        assert steps[0].preflight == (profile == 'firefox')


# Columns: lines of Access-Control-Allow-Credentials; the engines that take them for true.
CREDENTIALS = [
    ('once', ['true'], EVERY),
    ('blanks', [' true\t'], EVERY),
    ('an empty line after it', ['true', ''], ['firefox']),
    ('an empty line before it', ['', 'true'], ['firefox']),
    ('twice', ['true', 'true'], []),
    ('a comma', ['true,'], []),
    ('upper case', ['True'], []),
]


@pytest.mark.parametrize(('lines', 'accepted_in'), table(CREDENTIALS))
def test_credentials_lines(lines: list[str], accepted_in: list[str]) -> None:
    headers = [CORS_OK[0], *(('Access-Control-Allow-Credentials', line) for line in lines)]
    for profile in EVERY:
        found = verdict(
            Browser(Site(headers), PAGE, api=API, profile=profile), credentials='include'
        )
        assert found == ('ok' if profile in accepted_in else 'acac-not-true')


def chain(profile: str) -> list[str]:
    """The headers of a body on each hop of a 303 and then a 302."""
    browser = world((API, '/', to('/a', status=303)), (API, '/a', to('/b')), profile=profile)
    headers = {'Content-Type': 'text/plain', 'Content-Language': 'de'}
    steps = steps_of(browser, method='POST', body='a', headers=headers)
    names = [{*dict(step.request_headers)} & {'content-type', 'content-language'} for step in steps]
    return [' '.join(sorted(found)) for found in names]


def test_headers_of_the_body_after_two_redirects() -> None:
    sent = 'content-language content-type'
    assert {profile: chain(profile) for profile in EVERY} == {
        'standard': [sent, '', ''],
        'chromium': [sent, '', ''],
        'firefox': [sent, '', ''],
        'webkit': [sent, '', sent],
    }


# Columns: the Referrer-Policy of a redirect; the Origin of the next POST without CORS.
REDIRECT_POLICIES = [
    ('no-referrer', 'null'),
    ('same-origin', 'null'),
    ('strict-origin', PAGE),
    ('origin', PAGE),
    ('unsafe-url', PAGE),
    ('bogus', PAGE),
    ('', PAGE),
    ('no-referrer, origin', PAGE),
    ('origin, no-referrer', 'null'),
    ('no-referrer, bogus', 'null'),
    ('No-Referrer', 'null'),
]


@pytest.mark.parametrize(('policy', 'origin'), REDIRECT_POLICIES)
def test_the_referrer_policy_of_a_redirect(policy: str, origin: str) -> None:
    headers = [('Location', '/a'), ('Referrer-Policy', policy)]
    for profile in EVERY:
        site = Site([], paths={'/': (307, headers)})
        browser = Browser(site, PAGE, api=API, profile=profile)
        browser.fetch('/', 'POST', mode='no-cors')
        obeys = profile in {'standard', 'firefox'}
        assert site.seen[-1]['HTTP_ORIGIN'] == (origin if obeys else PAGE)
        assert ('HTTP_REFERER' in site.seen[-1]) == (origin == PAGE)
        site = Site(STAR, paths={'/': (307, [*STAR, *headers])})
        Browser(site, PAGE, api=API, profile=profile).fetch('/', 'POST')
        assert site.seen[-1]['HTTP_ORIGIN'] == PAGE, 'never with CORS'


class Busy:
    """A site that gives one status until it was asked so often, then 200."""

    def __init__(self, status: int, times: int = 1, in_preflight: bool = False) -> None:
        self.status, self.left, self.in_preflight = status, times, in_preflight

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        status = 200
        is_preflight = 'HTTP_ACCESS_CONTROL_REQUEST_METHOD' in environ
        if self.left and is_preflight == self.in_preflight:
            self.left, status = self.left - 1, self.status
        allowed = (METHODS_ALLOWED, 'PUT')
        start_response(f'{status} Status', [*CORS_OK, allowed, ('Set-Cookie', 'a=1; Secure')])
        return [b'body']


# Columns: the status; the engines that send the request again.
RESENT = [(421, EVERY), (408, ['chromium']), (425, []), (429, []), (503, []), (401, [])]


@pytest.mark.parametrize(('status', 'resent_in'), RESENT)
def test_statuses_after_which_a_request_is_sent_again(status: int, resent_in: list[str]) -> None:
    for profile in EVERY:
        again = profile in resent_in
        for method, sent in (('GET', 'GET'), ('POST', 'POST'), ('PUT', 'OPTIONS PUT')):
            options: dict[str, Any] = {'method': method, 'credentials': 'include'}
            browser = Browser(Busy(status), PAGE, api=API, profile=profile)
            reply = browser.fetch('/', **options)
            assert reply.status == (200 if again else status)
            assert methods(reply.exchange.steps) == (f'{sent} {method}' if again else sent)
            browser = Browser(Busy(status, times=9), PAGE, api=API, profile=profile)
            assert browser.fetch('/', **options).status == status, 'once only'
        browser = Browser(Busy(status, in_preflight=True), PAGE, api=API, profile=profile)
        assert verdict(browser, method='PUT') == ('ok' if again else 'preflight-status')


def test_a_request_that_is_sent_again_has_the_new_cookies() -> None:
    steps = steps_of(Browser(Busy(421), PAGE, api=API), credentials='include')
    assert [step.cookies_sent for step in steps] == [(), ('a',)]
    assert [step.status for step in steps] == [421, 200]


def test_status_407() -> None:
    for profile in EVERY:
        fails = profile in {'standard', 'chromium'}
        for mode in ('cors', 'no-cors'):
            browser = Browser(Site(status=407), PAGE, api=API, profile=profile)
            assert verdict(browser, mode=mode) == ('proxy-status' if fails else 'ok')


def test_streams() -> None:
    """Chromium finds out after the preflight; Firefox sends text; WebKit throws."""
    found = {}
    for profile in EVERY:
        site = Site(preflight=[*CORS_OK, (METHODS_ALLOWED, 'POST')])
        browser = Browser(site, PAGE, api=API, profile=profile)
        code = verdict(browser, method='POST', body=iter([b'a', b'b']))
        bodies = [environ['wsgi.input'].read() for environ in site.seen]
        found[profile] = code, methods_seen(site), bodies[-1:]
    text = b'[object ReadableStream]'
    assert found == {
        'standard': ('ok', 'OPTIONS POST', [b'ab']),
        'chromium': ('stream-body', 'OPTIONS', [b'']),
        'firefox': ('ok', 'POST', [text]),
        'webkit': ('bad-request', '', []),
    }


def methods_seen(site: Site) -> str:
    return ' '.join(site.methods)


def test_a_stream_is_not_sent_again() -> None:
    browser = Browser(Busy(421), PAGE, api=API)
    assert browser.fetch('/', 'POST', body=iter([b'a'])).status == 421


def test_the_text_of_a_stream_has_its_type() -> None:
    site = Site()
    Browser(site, PAGE, api=API, profile='firefox').fetch('/', 'POST', body=iter([b'a']))
    assert site.seen[0]['CONTENT_TYPE'] == 'text/plain;charset=UTF-8'


Wanted = dict[str, str | None]
COMMON: Wanted = {'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty'}
# Columns: page; URL; options; what the last request has, with None for what it has not.
METADATA: list[tuple[str, str, str, dict[str, Any], Wanted]] = [
    ('same origin', API, f'{API}/', {}, COMMON | {'sec-fetch-site': 'same-origin'}),
    ('same site', PAGE, f'{API}/', {}, COMMON | {'sec-fetch-site': 'same-site'}),
    ('cross-site', PAGE, f'{OTHER}/', {}, COMMON | {'sec-fetch-site': 'cross-site'}),
    ('opaque', 'null', f'{API}/', {}, COMMON | {'sec-fetch-site': 'cross-site', 'referer': None}),
    (
        'another scheme',
        'http://app.example.com',
        f'{API}/',
        {},
        COMMON | {'sec-fetch-site': 'cross-site', 'referer': 'http://app.example.com/'},
    ),
    (
        'ports are one site',
        'http://127.0.0.1:1024',
        'http://127.0.0.1:8000/',
        {},
        COMMON | {'sec-fetch-site': 'same-site'},
    ),
    (
        'not trustworthy',
        'http://app.example.com',
        'http://api.example.com/',
        {},
        {'sec-fetch-site': None, 'sec-fetch-mode': None, 'accept-encoding': 'gzip, deflate'},
    ),
    ('no-cors', PAGE, f'{API}/', {'mode': 'no-cors'}, {'sec-fetch-mode': 'no-cors'}),
    (
        'same-origin mode',
        API,
        f'{API}/',
        {'mode': 'same-origin'},
        {'sec-fetch-mode': 'same-origin'},
    ),
    ('referer', PAGE, f'{API}/', {}, {'referer': f'{PAGE}/'}),
    ('no referer', PAGE, f'{API}/', {'referrer_policy': 'no-referrer'}, {'referer': None}),
    ('no referer', PAGE, f'{API}/', {'referrer_policy': 'same-origin'}, {'referer': None}),
    ('referer', API, f'{API}/', {'referrer_policy': 'same-origin'}, {'referer': f'{API}/'}),
    ('extensions have none', 'app://a', f'{API}/', {}, {'referer': None}),
    (
        'the page sets its own',
        API,
        f'{API}/',
        {'headers': {'User-Agent': 'me', 'Accept-Language': 'de', 'Accept-Encoding': 'x'}},
        {'user-agent': 'me', 'accept-language': 'de', 'accept-encoding': 'gzip, deflate, br, zstd'},
    ),
]


@pytest.mark.parametrize(('page', 'url', 'options', 'wanted'), table(METADATA))
def test_headers_of_the_browser(
    page: str, url: str, options: dict[str, Any], wanted: Wanted
) -> None:
    for profile in ('standard', 'chromium', 'firefox'):
        browser = Browser(Site(STAR), page, api=url, profile=profile)
        sent = dict(browser.fetch(url, **options).exchange.steps[-1].request_headers)
        assert {name: sent.get(name) for name in wanted} == wanted


def test_the_referer_does_not_go_from_https_to_http() -> None:
    for policy, referer in (('strict-origin', None), ('origin', f'{PAGE}/')):
        site = Site(STAR)
        browser = Browser(site, PAGE, api='http://localhost:8000')
        browser.fetch('/', referrer_policy=policy)
        assert site.seen[0].get('HTTP_REFERER') == referer


def test_a_redirect_through_another_site_stays_cross_site() -> None:
    browser = world((API, '/', to(f'{OTHER}/a')), (OTHER, '/a', to(f'{API}/b', origin='null')))
    sent = [dict(step.request_headers)['sec-fetch-site'] for step in steps_of(browser)]
    assert sent == ['same-site', 'cross-site', 'cross-site']


def test_a_preflight_after_redirects() -> None:
    """Chromium's preflights tell only of their own URL."""
    for profile, last in (('standard', 'cross-site'), ('chromium', 'same-site')):
        browser = world(
            (API, '/', to(f'{OTHER}/a', status=307)),
            (OTHER, '/a', to(f'{API}/b', origin='null', status=307)),
            profile=profile,
        )
        steps = steps_of(browser, method='PUT')
        sent = [dict(step.request_headers)['sec-fetch-site'] for step in steps if step.preflight]
        assert sent == ['same-site', 'cross-site', last]


def test_parts_are_not_compressed() -> None:
    for profile in EVERY:
        browser = Browser(Site(), PAGE, api=API, profile=profile)
        sent = dict(steps_of(browser, headers={'Range': 'bytes=0-9'})[0].request_headers)
        assert sent['accept-encoding'] == 'identity'


def test_each_engine_sends_its_own() -> None:
    """What differs between the engines, preflights included."""
    found = {}
    for profile in EVERY:
        allowed = [*CORS_OK, (METHODS_ALLOWED, 'PUT')]
        browser = Browser(
            Site(CORS_OK, allowed), PAGE, api=API, hosts={OTHER: Site(CORS_OK, allowed)},
            profile=profile,
        )  # fmt: skip
        steps = steps_of(browser, f'{OTHER}/', method='PUT', credentials='include')
        preflight, request = (dict(step.request_headers) for step in steps)
        assert preflight['user-agent'] == request['user-agent'] == PROFILES[profile].user_agent
        found[profile] = [
            [
                headers.get(name, '')
                for name in ('accept-encoding', 'priority', 'sec-ch-ua-mobile',
                             'sec-fetch-storage-access')
            ]
            for headers in (preflight, request)
        ]  # fmt: skip
    everything = 'gzip, deflate, br, zstd'
    assert found == {
        'standard': [[everything, '', '', '']] * 2,
        'chromium': [[everything, '', '', ''], [everything, '', '?0', 'active']],
        'firefox': [[everything, 'u=4', '', 'none']] * 2,
        'webkit': [['gzip, deflate, br', '', '', '']] * 2,
    }
    agents = [PROFILES[profile].user_agent for profile in EVERY]
    assert ['Chrome/' in agent for agent in agents] == [False, True, False, False]
    assert ['Firefox/' in agent for agent in agents] == [False, False, True, False]


def test_webkit_compresses_less_on_loopback() -> None:
    site = Site(STAR)
    browser = Browser(site, 'http://a.example', api='http://localhost', profile='webkit')
    browser.fetch('/')
    assert site.seen[0]['HTTP_ACCEPT_ENCODING'] == 'gzip, deflate'


def test_an_api_that_checks_fetch_metadata_can_be_tested() -> None:
    """As howto/csrf advises."""

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        refused = environ.get('HTTP_SEC_FETCH_SITE') == 'cross-site'
        start_response('403 Forbidden' if refused else '200 OK', STAR)
        return []

    for page, status in ((PAGE, 200), ('https://evil.example.net', 403)):
        assert Browser(app, page, api=API).fetch('/', 'POST').status == status
