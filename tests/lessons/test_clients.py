"""The lessons for what calls an API besides a page: libraries, apps, tracers, logins."""

from __future__ import annotations

import falcon
import pytest

from cors import CORSMiddleware, Policy, PolicyError
from cors_browser import Blocked, Browser
from recording.lessons import API, INTERFACES, SHOP
from tests.lessons.client import STRANGER, blocked, cors_headers, fetch, open_page

both = pytest.mark.parametrize('interface', INTERFACES)
TOKEN = {'Authorization': 'Bearer token-of-anna'}
FIREFOX = 'moz-extension://0b6a3a2e-6c1f-4f0e-9a54-3f3c0a1f2f77'
CHROME = 'chrome-extension://mhbcjfjpmhkjkbnhoahddafkmdlnnmcf'


@both
def test_xhr_reads_with_cookies_and_what_is_exposed(interface: str) -> None:
    reply = open_page(interface, 'xhr').xhr('/basket', with_credentials=True)
    assert reply.json() == {'basket': None}
    assert reply.get_response_header('X-Total-Count') == '3'
    assert reply.get_response_header('X-Oven') is None


@both
@pytest.mark.parametrize(('listener', 'methods'), [(False, ['POST']), (True, ['OPTIONS', 'POST'])])
def test_a_listener_on_the_upload_causes_a_preflight(
    interface: str, listener: bool, methods: list[str]
) -> None:
    browser = open_page(interface, 'xhr')
    reply = browser.xhr('/pictures', 'POST', body='a loaf', upload_listener=listener)
    assert reply.json() == {'bytes': 6}
    assert [step.method for step in reply.exchange.steps] == methods


@both
def test_the_partners_upload_arrives_unless_it_has_a_listener(interface: str) -> None:
    browser = open_page(interface, 'xhr', STRANGER)
    for listener, code in ((False, 'acao-missing'), (True, 'preflight-acao-missing')):
        with pytest.raises(Blocked) as caught:
            browser.xhr('/pictures', 'POST', body='a loaf', upload_listener=listener)
        assert caught.value.code == code


@both
@pytest.mark.parametrize(
    'page', ['capacitor://localhost', 'https://localhost', 'app://bakery', SHOP]
)
def test_apps_read_with_a_token(interface: str, page: str) -> None:
    reply = fetch(interface, 'apps', '/basket', page=page, headers=TOKEN)
    assert reply.json() == {'basket': 'rye'}
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': page}
    assert fetch(interface, 'apps', '/basket', page=page).status == 401


@both
@pytest.mark.parametrize('page', ['null', 'file:///app/index.html', 'http://localhost', STRANGER])
def test_other_apps_do_not(interface: str, page: str) -> None:
    found = blocked(interface, 'apps', '/basket', page=page, headers=TOKEN)
    assert found.code == 'preflight-acao-missing'


def test_null_is_refused_at_startup() -> None:
    with pytest.raises(PolicyError, match='null'):
        Policy(allow_origins=['null'])


@both
@pytest.mark.parametrize('page', [SHOP, CHROME, FIREFOX])
def test_extensions_read_without_cookies(interface: str, page: str) -> None:
    reply = fetch(interface, 'extensions', '/basket', page=page, headers=TOKEN)
    assert reply.json() == {'basket': 'rye'}
    found = blocked(interface, 'extensions', '/basket', page=page, credentials='include')
    assert found.code == 'acac-missing'


@both
@pytest.mark.parametrize(
    'page', ['chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'moz-extension://x', STRANGER]
)
def test_other_extensions_do_not(interface: str, page: str) -> None:
    found = blocked(interface, 'extensions', '/basket', page=page, headers=TOKEN)
    assert found.code == 'preflight-acao-missing'


@both
def test_login_gives_the_address_to_open(interface: str) -> None:
    guest = fetch(interface, 'login', '/basket')
    assert (guest.status, guest.redirected) == (401, False)
    assert guest.json() == {'login': 'https://login.example.net/authorize?client_id=bakery'}
    assert fetch(interface, 'login', '/basket', headers=TOKEN).json() == {'basket': 'rye'}


@both
@pytest.mark.parametrize('name', ['traceparent', 'tracestate', 'baggage', 'sentry-trace'])
def test_tracing_headers_pass(interface: str, name: str) -> None:
    reply = fetch(interface, 'tracing', '/menu', headers={name: '00-1-2-01'})
    assert len(reply.exchange.preflights) == 1
    assert reply.json()['rye'] == 4.2


@both
def test_another_tracer_is_blocked(interface: str) -> None:
    found = blocked(interface, 'tracing', '/menu', headers={'X-B3-TraceId': '4'})
    assert (found.code, found.value) == ('preflight-header', 'x-b3-traceid')


class Private:
    """Responds to a token, and to nothing that a browser sends itself."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.auth != 'Bearer token-of-anna':
            raise falcon.HTTPUnauthorized
        resp.media = 'private'


def test_a_wildcard_gives_other_pages_what_anybody_gets() -> None:
    app = falcon.App(middleware=CORSMiddleware())
    app.add_route('/', Private())
    browser = Browser(app, STRANGER, api=API)
    assert browser.fetch('/').status == 401
    assert browser.fetch('/', headers=TOKEN).json() == 'private'
    with pytest.raises(Blocked) as caught:
        browser.fetch('/', credentials='include')
    assert caught.value.code == 'acao-wildcard-with-credentials'
