"""What each tutorial lesson teaches, asserted on both interfaces."""

from __future__ import annotations

import importlib
import sys

import httpx
import pytest

from tests import outputs
from tests.apps import INTERFACES, send
from tests.lessons.asking import API, SHOP, STRANGER, ask, cors_headers, preflight

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


@pytest.mark.parametrize('origin', [SHOP, STRANGER, 'null', None])
def test_blocked_answers_everyone_and_allows_no_page(interface: str, origin: str | None) -> None:
    response = ask(interface, 'blocked', 'GET', '/menu', origin)
    assert response.json() == {'rye': 4.2, 'sourdough': 5.5}
    assert cors_headers(response) == {}


@pytest.mark.parametrize('origin', [SHOP, STRANGER, 'null'])
@pytest.mark.parametrize(('path', 'status'), [('/menu', 200), ('/nothing', 404)])
def test_any_origin_allows_every_page_on_every_route(
    interface: str, path: str, status: int, origin: str
) -> None:
    response = ask(interface, 'any_origin', 'GET', path, origin)
    assert response.status_code == status
    assert cors_headers(response) == {'allow-origin': '*'}


def test_any_origin_is_silent_without_origin(interface: str) -> None:
    response = ask(interface, 'any_origin', 'GET', '/menu', None)
    assert response.status_code == 200
    assert cors_headers(response) == {}


@pytest.mark.parametrize('origin', [SHOP, 'http://127.0.0.1:9000'])
def test_one_origin_allows_what_is_listed(interface: str, origin: str) -> None:
    response = ask(interface, 'one_origin', 'GET', '/menu', origin)
    assert cors_headers(response) == {'allow-origin': origin}


@pytest.mark.parametrize(
    'origin',
    [
        STRANGER,
        'http://shop.example.com',
        'https://shop.example.com:8443',
        'https://shop.example.com.evil.example',
        'https://SHOP.example.com',
        'http://localhost:9000',
        'null',
    ],
)
def test_one_origin_allows_nothing_else(interface: str, origin: str) -> None:
    response = ask(interface, 'one_origin', 'GET', '/menu', origin)
    assert response.status_code == 200
    assert cors_headers(response) == {}


def test_preflight_allows_the_methods_of_the_route(interface: str) -> None:
    headers = cors_headers(preflight(interface, 'preflight', '/orders/17', 'PUT', SHOP))
    assert headers['allow-origin'] == SHOP
    assert headers['allow-methods'] == 'GET, PUT'


def test_preflight_allows_a_stranger_nothing(interface: str) -> None:
    response = preflight(interface, 'preflight', '/orders/17', 'PUT', STRANGER)
    assert cors_headers(response) == {}


def test_preflight_reads_and_changes_an_order(interface: str) -> None:
    read = ask(interface, 'preflight', 'GET', '/orders/17')
    assert read.json() == {'number': 17, 'bread': 'rye', 'loaves': 1}
    request = httpx.Request('PUT', f'{API}/orders/17', json={'loaves': 2}, headers={'Origin': SHOP})
    changed = send(interface, 'preflight', request)
    assert changed.json() == {'number': 17, 'changed': {'loaves': 2}}
    assert cors_headers(changed) == {'allow-origin': SHOP}


def test_credentials_gives_the_shop_cookies(interface: str) -> None:
    response = ask(interface, 'credentials', 'POST', '/basket/rye')
    assert cors_headers(response) == {'allow-origin': SHOP, 'allow-credentials': 'true'}
    assert response.cookies['basket'] == 'rye'
    read = ask(interface, 'credentials', 'GET', '/basket', Cookie='basket=rye')
    assert read.json() == {'basket': 'rye'}


def test_credentials_lets_the_partner_read_without_cookies(interface: str) -> None:
    partner = 'https://partner.example.com'
    response = ask(interface, 'credentials', 'GET', '/basket', partner)
    assert cors_headers(response) == {'allow-origin': partner}


def test_credentials_marks_the_cookie_secure_over_https(interface: str) -> None:
    plain = ask(interface, 'credentials', 'POST', '/basket/rye')
    https = ask(interface, 'credentials', 'POST', '/basket/rye', X_Forwarded_Proto='https')
    assert 'secure' not in plain.headers['Set-Cookie'].lower()
    assert 'secure' in https.headers['Set-Cookie'].lower()


def test_credentials_takes_known_breads_only(interface: str) -> None:
    response = ask(interface, 'credentials', 'POST', '/basket/x;Path=')
    assert response.status_code == 404
    assert 'Set-Cookie' not in response.headers


def test_the_flag_and_the_middleware_do_not_start(interface: str) -> None:
    recorded = (outputs.FOLDER / 'wrong_flag_and_middleware.txt').read_text()
    name = f'app_{interface}.wrong_flag_and_middleware'
    with pytest.raises(ValueError, match='CORSMiddleware') as raised:
        importlib.import_module(name)
    assert f'ValueError: {raised.value}\n' == recorded
    assert name not in sys.modules


def test_expose_headers_names_one_of_two(interface: str) -> None:
    response = ask(interface, 'expose_headers', 'GET', '/orders')
    assert response.headers['X-Oven'] == 'north'
    assert cors_headers(response)['expose-headers'] == 'X-Total-Count'


def test_responder_override_opens_one_answer(interface: str) -> None:
    hours = ask(interface, 'responder_override', 'GET', '/hours', STRANGER)
    assert cors_headers(hours) == {'allow-origin': '*'}
    menu = ask(interface, 'responder_override', 'GET', '/menu', STRANGER)
    assert cors_headers(menu) == {}


def test_responder_override_does_not_reach_the_preflight(interface: str) -> None:
    asked = preflight(interface, 'responder_override', '/hours', 'PUT', STRANGER)
    assert cors_headers(asked) == {}
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
    response = ask(interface, 'errors', method, path)
    assert response.status_code == status
    assert cors_headers(response) == {'allow-origin': SHOP}


@pytest.mark.parametrize(
    ('token', 'status'),
    [(None, 401), ('Bearer made-up', 401), ('Bearer token-of-ben', 403)],
)
def test_authentication_refuses_readably(interface: str, token: str | None, status: int) -> None:
    headers = {'Authorization': token} if token else {}
    response = ask(interface, 'authentication', 'DELETE', '/orders/17', **headers)
    assert response.status_code == status
    assert cors_headers(response) == {'allow-origin': SHOP}


def test_authentication_lets_the_baker_cancel(interface: str) -> None:
    token = 'Bearer token-of-anna'
    response = ask(interface, 'authentication', 'DELETE', '/orders/17', Authorization=token)
    assert response.json() == {'cancelled': 17}


def test_authentication_lets_preflights_pass_and_no_other_options(interface: str) -> None:
    passed = preflight(interface, 'authentication', '/orders/17', 'DELETE', SHOP)
    assert passed.status_code == 200
    assert cors_headers(passed)['allow-methods'] == 'DELETE'
    assert ask(interface, 'authentication', 'OPTIONS', '/orders/17').status_code == 401


def test_wrong_auth_preflight_refuses_every_page(interface: str) -> None:
    asked = preflight(interface, 'wrong_auth_preflight', '/orders/17', 'DELETE', SHOP)
    assert asked.status_code == 401
    assert 'allow-methods' not in cors_headers(asked)
    token = 'Bearer token-of-anna'
    called = ask(interface, 'wrong_auth_preflight', 'DELETE', '/orders/17', Authorization=token)
    assert called.json() == {'cancelled': 17}  # outside a browser it works
