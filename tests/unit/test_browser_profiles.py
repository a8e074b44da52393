"""Where an engine leaves the standard, one case for each step that it overrides.

The differences were found, and are held on every run, by tests/browsers/test_differential.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cors_browser import PROFILES, Browser, FetchFailed, Step
from tests.unit.browser_support import (
    API,
    CORS_OK,
    OTHER,
    PAGE,
    Site,
    shared,
    to,
    verdict,
    world,
)

NULL = shared('null')[1]
SHARED_BY_NULL = (OTHER, '/a', (200, NULL))
PUT = [*CORS_OK, ('Access-Control-Allow-Methods', 'PUT')]
HEADERS = ('Access-Control-Allow-Headers', 'x-a, authorization, content-type')


def steps_of(browser: Browser, url: str = '/', **options: Any) -> list[Step]:
    """Fetch, and return what went over the wire, whether or not it is readable."""
    try:
        return browser.fetch(url, **options).exchange.steps
    except FetchFailed as failure:
        return failure.exchange.steps


def asked(steps: list[Step]) -> str:
    return ' '.join(step.method for step in steps)


def twice(site: Site, profile: str, page: str = PAGE, again: str = 'include', **both: Any) -> str:
    """Say what the second of two fetches sends, which has the credentials mode `again`."""
    browser = Browser(site, page, api=API, profile=profile, clock=lambda: 0)
    steps_of(browser, method='PUT', credentials='include', **both)
    return asked(steps_of(browser, method='PUT', credentials=again, **both))


def repeats_header_names(profile: str) -> str:
    steps = steps_of(Browser(Site(), PAGE, api=API, profile=profile), headers=[('X-A', '1')] * 2)
    return dict(steps[0].request_headers)['access-control-request-headers']


def preflight_names_page(profile: str) -> str:
    browser = world((API, '/', to(f'{OTHER}/a')), SHARED_BY_NULL, profile=profile)
    steps = steps_of(browser, method='PUT', headers={'X-A': '1'})
    return dict(steps[2].request_headers)['origin']


def preflights_every_hop(profile: str) -> str:
    return asked(steps_of(world((API, '/', to('/a', status=303)), profile=profile), method='PUT'))


def rebuilds_headers(profile: str) -> str:
    there = Site(NULL, [*NULL, HEADERS], paths={'/a': to('/b', origin='null')})
    site = Site(preflight=[*NULL, HEADERS], paths={'/': to(f'{OTHER}/a', origin='null')})
    browser = Browser(site, 'null', api=API, hosts={OTHER: there}, profile=profile)
    last = steps_of(browser, headers={'Authorization': 'b'})[-1]
    return f'{last.url} {dict(last.request_headers).get("authorization")}'


def redirects_delete_as_get(profile: str) -> str:
    allowed = [('Access-Control-Allow-Methods', 'DELETE')]
    servers = {OTHER: Site(NULL, NULL + allowed)}
    site = Site(preflight=CORS_OK + allowed, paths={'/': to(f'{OTHER}/a', status=307)})
    browser = Browser(site, PAGE, api=API, hosts=servers, profile=profile)
    return dict(steps_of(browser, method='DELETE')[2].request_headers)[
        'access-control-request-method'
    ]


def preflight_names_first_headers(profile: str) -> str:
    browser = world((API, '/', to(f'{OTHER}/a')), SHARED_BY_NULL, profile=profile)
    steps = steps_of(browser, headers={'Authorization': 'b', 'X-A': '1'})
    return dict(steps[2].request_headers)['access-control-request-headers']


def redirects_need_credentials(profile: str) -> str:
    without = [CORS_OK[0], ('Location', '/b')]
    return verdict(
        world((PAGE, '/', to(f'{API}/a')), (API, '/a', (302, without)), profile=profile), f'{PAGE}/'
    )


def trusts_own_preflight(profile: str) -> str:
    servers = {PAGE: Site(NULL, PUT[2:])}
    site = Site(preflight=PUT, paths={'/': to(f'{PAGE}/a')})
    browser = Browser(site, PAGE, api=API, hosts=servers, profile=profile)
    return verdict(browser, method='PUT')


def exposes_all_despite_errors(profile: str) -> bool:
    exposed = ('Access-Control-Expose-Headers', '*, x b')
    site = Site([*CORS_OK, exposed, ('X-A', '1')])
    return 'x-a' in Browser(site, PAGE, api=API, profile=profile).fetch('/').headers


def clears_cache_on_failure(profile: str) -> str:
    return twice(Site(answer=(), preflight=PUT), profile)


def clears_cache_on_redirect(profile: str) -> str:
    return twice(Site(preflight=PUT, paths={'/': to('/a')}), profile, redirect='error')


def remembers_refusals(profile: str) -> str:
    return twice(Site(preflight=[*CORS_OK, (PUT[2][0], '*')]), profile, again='omit')


def caches_opaque_origins(profile: str) -> str:
    return twice(Site(NULL, [*NULL, PUT[2]]), profile, page='null')


def caches_tainted_origins(profile: str) -> str:
    browser = world((API, '/', to(f'{OTHER}/a')), SHARED_BY_NULL, profile=profile)
    steps_of(browser, method='PUT')
    return asked(steps_of(browser, method='PUT')[1:])


def addresses_are_sites(profile: str) -> str:
    site = Site([('Cross-Origin-Resource-Policy', 'same-site')])
    api = 'http://127.0.0.1:8001'
    browser = Browser(site, 'http://127.0.0.1:8000', api=api, profile=profile)
    return verdict(browser, mode='no-cors')


def bare_hosts_are_sites_of_null(profile: str) -> str:
    site = Site([('Cross-Origin-Resource-Policy', 'same-site')])
    browser = Browser(site, 'null', api='http://localhost:8001', profile=profile)
    return verdict(browser, mode='no-cors')


def drops_client_hints(profile: str) -> str:
    site = Site(preflight=[*CORS_OK, (HEADERS[0], 'dpr')], paths={'/': to('/a')})
    steps = steps_of(Browser(site, PAGE, api=API, profile=profile), headers={'DPR': '2'})
    return dict(steps[-1].request_headers).get('dpr', '')


def judges_redirects_late(profile: str) -> str:
    without = [CORS_OK[0], ('Location', f'{OTHER}/b')]
    hops = (PAGE, '/', to(f'{API}/a')), (API, '/a', (302, without)), (OTHER, '/b', (200, NULL))
    return asked(steps_of(world(*hops, profile=profile), f'{PAGE}/', headers={'X-A': '1'}))


# What the standard does, and what some engines do instead.
CASES: list[tuple[Callable[[str], object], object, dict[str, object]]] = [
    (repeats_header_names, 'x-a', {'firefox': 'x-a,x-a'}),
    (preflight_names_page, 'null', {'firefox': PAGE}),
    (
        preflights_every_hop,
        'OPTIONS PUT GET',
        dict.fromkeys(['firefox', 'webkit'], 'OPTIONS PUT OPTIONS GET'),
    ),
    (rebuilds_headers, f'{OTHER}/b None', {'firefox': f'{OTHER}/b b'}),
    (redirects_delete_as_get, 'DELETE', {'webkit': 'GET'}),
    (preflight_names_first_headers, 'x-a', {'webkit': 'authorization,x-a'}),
    (redirects_need_credentials, 'ok', {'webkit': 'acac-missing'}),
    (trusts_own_preflight, 'preflight-acao-missing', {'firefox': 'ok'}),
    (exposes_all_despite_errors, False, {'firefox': True}),
    (clears_cache_on_failure, 'OPTIONS PUT', dict.fromkeys(['chromium', 'webkit'], 'PUT')),
    (
        clears_cache_on_redirect,
        'OPTIONS PUT',
        dict.fromkeys(['chromium', 'firefox', 'webkit'], 'PUT'),
    ),
    (remembers_refusals, 'OPTIONS PUT', {'webkit': 'PUT'}),
    (caches_opaque_origins, 'PUT', {'chromium': 'OPTIONS PUT'}),
    (
        caches_tainted_origins,
        'PUT',
        {'chromium': 'OPTIONS PUT', 'firefox': 'OPTIONS', 'webkit': 'OPTIONS PUT'},
    ),
    (addresses_are_sites, 'ok', {'chromium': 'corp'}),
    (bare_hosts_are_sites_of_null, 'corp', {'chromium': 'ok'}),
    (drops_client_hints, '2', {'chromium': ''}),
    (
        judges_redirects_late,
        'GET OPTIONS GET OPTIONS GET',
        dict.fromkeys(['firefox', 'webkit'], 'GET OPTIONS GET OPTIONS'),
    ),
]


@pytest.mark.parametrize(
    ('ask', 'standard', 'others'), [pytest.param(*case, id=case[0].__name__) for case in CASES]
)
def test_profiles(
    ask: Callable[[str], object], standard: object, others: dict[str, object]
) -> None:
    found = {profile: ask(profile) for profile in PROFILES}
    assert found == dict.fromkeys(PROFILES, standard) | others
