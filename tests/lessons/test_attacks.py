"""Attack your own API as browsers let attackers do it. Copy this file, and name your own apps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import falcon
import falcon.testing
import pytest

import app_asgi.csrf
import app_asgi.defended
import app_asgi.websockets
import app_wsgi.csrf
import app_wsgi.defended
from cors_browser import Blocked, Browser

API = 'https://api.example.com'
SHOP = 'https://shop.example.com'
BASKETS = [app_wsgi.defended.app, app_asgi.defended.app]  # in your copy: your apps
ORDERS = [app_wsgi.csrf.app, app_asgi.csrf.app]
SOCKETS = [app_asgi.websockets.app]


def read_basket(app: Callable[..., Any], page: str) -> Any:
    """Read as a page does whose browser sends the user's cookie with every request."""
    browser = Browser(app, page=page, api=API)
    browser.cookies.set(API, 'basket=rye; Path=/; Secure; SameSite=None')
    return browser.fetch('/basket', credentials='include').json()


@pytest.mark.parametrize('app', BASKETS)
def test_the_shop_reads(app: Callable[..., Any]) -> None:
    assert read_basket(app, SHOP) == {'basket': 'rye'}


@pytest.mark.parametrize('app', BASKETS)
@pytest.mark.parametrize('page', ['https://evil.example', 'https://old.example.com'])
def test_no_other_page_reads(app: Callable[..., Any], page: str) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Origin'):
        read_basket(app, page)


@pytest.mark.parametrize('app', BASKETS)
def test_no_sandbox_reads(app: Callable[..., Any]) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Origin'):
        read_basket(app, 'null')


@pytest.mark.parametrize('app', BASKETS)
@pytest.mark.parametrize(
    'page',
    [
        'https://shop.example.com.evil.example',  # a pattern without an end
        'https://evilshop.example.com',  # without a beginning
        'https://shopxexample.com',  # a dot that stands for any character
    ],
)
def test_no_lookalike_reads(app: Callable[..., Any], page: str) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Origin'):
        read_basket(app, page)


@pytest.mark.parametrize('app', BASKETS)
@pytest.mark.parametrize('page', ['http://shop.example.com', 'http://old.example.com'])
def test_no_page_without_tls_reads(app: Callable[..., Any], page: str) -> None:
    with pytest.raises(Blocked, match='Access-Control-Allow-Origin'):
        read_basket(app, page)


@pytest.mark.parametrize('app', ORDERS)
@pytest.mark.parametrize('content_type', [None, 'text/plain', 'application/x-www-form-urlencoded'])
@pytest.mark.parametrize('site', ['same-site', 'cross-site'])
def test_no_foreign_page_orders(app: Any, content_type: str | None, site: str) -> None:
    sent = {'Origin': 'https://old.example.com', 'Sec-Fetch-Site': site}
    answer = falcon.testing.TestClient(app).simulate_post(
        '/orders', body='{"bread": "rye"}', content_type=content_type, headers=sent
    )
    assert answer.status_code in (403, 415)


@pytest.mark.parametrize('app', SOCKETS)
@pytest.mark.parametrize('page', ['https://evil.example', 'https://old.example.com', 'null'])
def test_no_foreign_page_opens_a_websocket(app: Any, page: str) -> None:
    async def listen() -> None:
        sent = {'Origin': page, 'Cookie': 'basket=rye'}
        async with (
            falcon.testing.ASGIConductor(app) as conductor,
            conductor.simulate_ws('/orders', headers=sent),
        ):
            pass

    with pytest.raises(falcon.WebSocketDisconnected) as refused:
        asyncio.run(listen())
    assert refused.value.code == 3403  # Falcon's name for an answer of 403
