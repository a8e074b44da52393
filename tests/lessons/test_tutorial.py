"""What each tutorial lesson teaches, asserted on both interfaces."""

from __future__ import annotations

import importlib
import json
import sys

import httpx
import pytest

from recording.lessons import API, INTERFACES, SHOP, send
from recording.programs import printed as outputs
from tests.lessons.client import STRANGER, blocked, cors_headers, fetch, open_page, send_bare

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


MENU = {'rye': 4.2, 'sourdough': 5.5}


@pytest.mark.parametrize('page', [SHOP, STRANGER, 'null'])
def test_blocked_answers_every_page_and_lets_none_read(interface: str, page: str) -> None:
    found = blocked(interface, 'blocked', '/menu', page=page)
    (step,) = found.exchange.steps
    assert found.code == 'acao-missing'
    assert json.loads(step.response_body) == MENU
    assert cors_headers(step) == {}


def test_blocked_answers_what_is_no_page(interface: str) -> None:
    response = send_bare(interface, 'blocked', 'GET', '/menu', None)
    assert response.json() == MENU
    assert cors_headers(response) == {}


@pytest.mark.parametrize('page', [SHOP, STRANGER, 'null'])
@pytest.mark.parametrize(('path', 'status'), [('/menu', 200), ('/nothing', 404)])
def test_any_origin_allows_every_page_on_every_route(
    interface: str, path: str, status: int, page: str
) -> None:
    reply = fetch(interface, 'any_origin', path, page=page)
    assert reply.status == status
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': '*'}


def test_any_origin_is_silent_without_origin(interface: str) -> None:
    response = send_bare(interface, 'any_origin', 'GET', '/menu', None)
    assert response.status_code == 200
    assert cors_headers(response) == {}


def test_one_origin_allows_what_is_listed(interface: str) -> None:
    reply = fetch(interface, 'one_origin', '/menu')
    assert reply.json() == MENU
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': SHOP}


@pytest.mark.parametrize(
    'page',
    [
        STRANGER,
        'http://shop.example.com',
        'https://shop.example.com:8443',
        'https://shop.example.com.evil.example',
        'http://127.0.0.1:9000',
        'null',
    ],
)
def test_one_origin_allows_nothing_else(interface: str, page: str) -> None:
    found = blocked(interface, 'one_origin', '/menu', page=page)
    (step,) = found.exchange.steps
    assert (found.code, step.status) == ('acao-missing', 200)
    assert cors_headers(step) == {}


def test_one_origin_allows_no_origin_that_browsers_never_send(interface: str) -> None:
    response = send_bare(interface, 'one_origin', 'GET', '/menu', 'https://SHOP.example.com')
    assert response.status_code == 200
    assert cors_headers(response) == {}


def test_preflight_allows_the_methods_of_the_route(interface: str) -> None:
    reply = fetch(interface, 'preflight', '/orders/17', 'PUT', json={})
    headers = cors_headers(reply.exchange.preflights[0])
    assert headers['allow-origin'] == SHOP
    assert headers['allow-methods'] == 'GET, PUT'


def test_preflight_allows_a_stranger_nothing(interface: str) -> None:
    found = blocked(interface, 'preflight', '/orders/17', 'PUT', STRANGER, json={})
    assert found.code == 'preflight-acao-missing'
    assert cors_headers(found.exchange.steps[0]) == {}
    assert not found.exchange.reached_server


def test_preflight_reads_and_changes_an_order(interface: str) -> None:
    read = fetch(interface, 'preflight', '/orders/17')
    assert read.json() == {'number': 17, 'bread': 'rye', 'loaves': 1}
    changed = fetch(interface, 'preflight', '/orders/17', 'PUT', json={'loaves': 2})
    assert changed.json() == {'number': 17, 'changed': {'loaves': 2}}
    assert cors_headers(changed.exchange.steps[-1]) == {'allow-origin': SHOP}


def test_credentials_gives_the_shop_cookies(interface: str) -> None:
    browser = open_page(interface, 'credentials')
    bought = browser.fetch('/basket/rye', 'POST', credentials='include')
    headers = cors_headers(bought.exchange.steps[-1])
    assert headers == {'allow-origin': SHOP, 'allow-credentials': 'true'}
    assert [(cookie.name, cookie.value) for cookie in browser.cookies] == [('basket', 'rye')]
    read = browser.fetch('/basket', credentials='include')
    assert read.json() == {'basket': 'rye'}


def test_credentials_lets_the_partner_read_without_cookies(interface: str) -> None:
    partner = 'https://partner.example.com'
    reply = fetch(interface, 'credentials', '/basket', page=partner)
    assert reply.json() == {'basket': None}
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': partner}
    found = blocked(interface, 'credentials', '/basket', page=partner, credentials='include')
    assert found.code == 'acac-missing'


def test_credentials_keeps_the_cookie_from_scripts_and_from_plain_http(interface: str) -> None:
    response = send_bare(interface, 'credentials', 'POST', '/basket/rye')
    assert {'Secure', 'HttpOnly'} <= set(response.headers['Set-Cookie'].split('; '))


def test_credentials_takes_known_breads_only(interface: str) -> None:
    reply = fetch(interface, 'credentials', '/basket/x;Path=', 'POST', credentials='include')
    assert reply.status == 404
    assert 'Set-Cookie' not in reply.exchange.steps[-1].response_headers


def test_the_flag_and_the_middleware_do_not_start(interface: str) -> None:
    recorded = (outputs.PROGRAMS_FOLDER / 'wrong_flag_and_middleware.txt').read_text()
    name = f'app_{interface}.wrong_flag_and_middleware'
    with pytest.raises(ValueError, match='CORSMiddleware') as raised:
        importlib.import_module(name)
    assert f'ValueError: {raised.value}\n' == recorded
    assert name not in sys.modules


def test_expose_headers_names_one_of_two(interface: str) -> None:
    reply = fetch(interface, 'expose_headers', '/orders')
    (step,) = reply.exchange.steps
    assert step.response_headers['X-Oven'] == 'north'
    assert cors_headers(step)['expose-headers'] == 'X-Total-Count'
    assert reply.headers['X-Total-Count'] == '2'
    assert 'X-Oven' not in reply.headers


def test_responder_override_opens_one_answer(interface: str) -> None:
    hours = fetch(interface, 'responder_override', '/hours', page=STRANGER)
    assert cors_headers(hours.exchange.steps[-1]) == {'allow-origin': '*'}
    menu = blocked(interface, 'responder_override', '/menu', page=STRANGER)
    assert cors_headers(menu.exchange.steps[-1]) == {}


def test_responder_override_does_not_reach_the_preflight(interface: str) -> None:
    found = blocked(interface, 'responder_override', '/hours', 'PUT', STRANGER, json={'opens': 6})
    assert found.code == 'preflight-acao-missing'
    assert cors_headers(found.exchange.steps[0]) == {}
    assert not found.exchange.reached_server
    # No browser gets this far: the answer to the PUT itself would have allowed the page.
    request = httpx.Request('PUT', f'{API}/hours', json={'opens': 6}, headers={'Origin': STRANGER})
    assert cors_headers(send(interface, 'responder_override', request)) == {'allow-origin': '*'}


@pytest.mark.parametrize(
    ('method', 'path', 'status'),
    [
        ('GET', '/orders/17', 200),
        ('GET', '/orders/18', 404),
        ('GET', '/nowhere', 404),
        ('POST', '/orders/17', 405),
        ('GET', '/oven', 500),
    ],
)
def test_errors_keep_their_headers(interface: str, method: str, path: str, status: int) -> None:
    reply = fetch(interface, 'errors', path, method)
    assert reply.status == status
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': SHOP}


@pytest.mark.parametrize(
    ('token', 'status'),
    [(None, 401), ('Bearer made-up', 401), ('Bearer token-of-ben', 403)],
)
def test_authentication_refuses_readably(interface: str, token: str | None, status: int) -> None:
    headers = {'Authorization': token} if token else {}
    reply = fetch(interface, 'authentication', '/orders/17', 'DELETE', headers=headers)
    assert reply.status == status
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': SHOP}


BAKER = {'Authorization': 'Bearer token-of-anna'}


def test_authentication_lets_the_baker_cancel(interface: str) -> None:
    reply = fetch(interface, 'authentication', '/orders/17', 'DELETE', headers=BAKER)
    assert reply.json() == {'cancelled': 17}


def test_authentication_lets_preflights_pass_and_no_other_options(interface: str) -> None:
    reply = fetch(interface, 'authentication', '/orders/17', 'DELETE', headers=BAKER)
    (passed,) = reply.exchange.preflights
    assert passed.status == 200
    assert cors_headers(passed)['allow-methods'] == 'DELETE'
    assert send_bare(interface, 'authentication', 'OPTIONS', '/orders/17').status_code == 401


def test_wrong_auth_preflight_refuses_every_page(interface: str) -> None:
    found = blocked(interface, 'wrong_auth_preflight', '/orders/17', 'DELETE', headers=BAKER)
    (step,) = found.exchange.steps
    assert (found.code, step.status) == ('preflight-status', 401)
    assert 'allow-methods' not in cors_headers(step)
    called = send_bare(interface, 'wrong_auth_preflight', 'DELETE', '/orders/17', **BAKER)
    assert called.json() == {'cancelled': 17}  # outside a browser it works
