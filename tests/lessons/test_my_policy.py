"""Test a CORS policy as browsers meet it. Copy this file, and name your own app and origins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import app_asgi.testing
import app_wsgi.testing
from cors_browser import Blocked, Browser

SHOP = 'https://shop.example.com'
APPS = [app_wsgi.testing.app, app_asgi.testing.app]  # in your copy: your app


@pytest.fixture(params=APPS, ids=['wsgi', 'asgi'])
def app(request: pytest.FixtureRequest) -> Callable[..., Any]:
    found: Callable[..., Any] = request.param
    return found


def test_the_shop_reads_orders_and_their_number(app: Callable[..., Any]) -> None:
    reply = Browser(app, page=SHOP).fetch('/orders/17')
    assert reply.json() == {'number': 17, 'bread': 'rye'}
    assert reply.headers['X-Total-Count'] == '1'


def test_the_shop_changes_orders(app: Callable[..., Any]) -> None:
    reply = Browser(app, page=SHOP).fetch('/orders/17', method='PUT', json={'loaves': 2})
    assert reply.json() == {'number': 17, 'changed': {'loaves': 2}}
    assert len(reply.exchange.preflights) == 1


def test_nobody_cancels_orders(app: Callable[..., Any]) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Methods'):
        Browser(app, page=SHOP).fetch('/orders/17', method='DELETE')


def test_the_shop_sends_no_cookies(app: Callable[..., Any]) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Credentials'):
        Browser(app, page=SHOP).fetch('/orders/17', credentials='include')


@pytest.mark.parametrize(
    'page',
    [
        'http://shop.example.com',
        'https://shop.example.com:8443',
        'https://evilshop.example.com',
        'https://shop.example.com.evil.example',
        'null',
    ],
)
def test_others_read_nothing(app: Callable[..., Any], page: str) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Origin'):
        Browser(app, page=page).fetch('/orders/17')


def test_an_older_page_reads_the_number(app: Callable[..., Any]) -> None:
    reply = Browser(app, page=SHOP).xhr('/orders/17', with_credentials=False)
    assert reply.get_response_header('X-Total-Count') == '1'
    assert reply.get_response_header('Vary') is None  # JavaScript gets null: it isn't exposed


def test_a_form_of_another_site_reaches_the_api(app: Callable[..., Any]) -> None:
    browser = Browser(app, page='https://evil.example')
    exchange = browser.submit('/orders/17', fields={'loaves': '9'})
    assert exchange.reached_server  # CORS doesn't stop it; here, the route has no POST
    assert exchange.steps[0].status == 405


def broken(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    raise RuntimeError('the oven is cold')


def test_a_crash_looks_like_a_cors_error() -> None:
    browser = Browser(broken, page=SHOP, raise_app_exceptions=False)
    with pytest.raises(Blocked, match='Access-Control-Allow-Origin') as blocked:
        browser.fetch('/orders/17')
    assert blocked.value.exchange.steps[0].status == 500  # the cause, which the page doesn't see
