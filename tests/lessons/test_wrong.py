"""What is wrong on purpose fails the way its page says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import pytest

from cors import CORSMiddleware, PolicyError
from cors_browser import Browser
from recording.lessons import API, INTERFACES, SHOP, send
from tests.lessons.client import (
    STRANGER,
    blocked,
    cors_headers,
    fetch,
    open_page,
    reads_menu,
    send_bare,
)

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


def test_no_scheme_blocks_the_shop_itself(interface: str) -> None:
    found = blocked(interface, 'wrong_no_scheme', '/menu')
    assert found.code == 'acao-missing'
    assert cors_headers(found.exchange.steps[-1]) == {}
    with pytest.raises(PolicyError, match=r"did you mean 'https://shop\.example\.com'"):
        CORSMiddleware(allow_origins='shop.example.com')


def read_basket(interface: str, lesson: str, page: str) -> None:
    """Read the basket of a shop's customer from a page, cookie and all."""
    browser = open_page(interface, lesson, page)
    browser.cookies.set(API, 'basket=rye; Path=/; Secure; SameSite=None')
    read = browser.fetch('/basket', credentials='include')
    assert read.json() == {'basket': 'rye'}
    headers = cors_headers(read.exchange.steps[-1])
    assert headers == {'allow-origin': page, 'allow-credentials': 'true'}


@pytest.mark.parametrize('page', [SHOP, STRANGER, 'null'])
def test_wildcard_credentials_lets_everyone_read(interface: str, page: str) -> None:
    read_basket(interface, 'wrong_wildcard_credentials', page)


def test_regex_lets_an_attacker_read(interface: str) -> None:
    read_basket(interface, 'wrong_regex', 'https://shop.example.com.evil.example')


def test_null_lets_a_sandbox_read(interface: str) -> None:
    read_basket(interface, 'wrong_null', 'null')


@pytest.mark.parametrize(
    ('lesson', 'reader'), [('wrong_two_middlewares', '*'), ('wrong_on_options', SHOP)]
)
def test_no_preflight_passes(interface: str, lesson: str, reader: str) -> None:
    found = blocked(interface, lesson, '/orders/17', 'PUT', json={})
    assert found.code == 'preflight-acao-missing'
    assert cors_headers(found.exchange.steps[0]) == {}
    # No browser gets this far: the answer to the PUT itself would have allowed the page.
    request = httpx.Request('PUT', f'{API}/orders/17', json={}, headers={'Origin': SHOP})
    assert cors_headers(send(interface, lesson, request)) == {'allow-origin': reader}


def test_two_middlewares_let_strangers_write(interface: str) -> None:
    written = fetch(interface, 'wrong_two_middlewares', '/orders/17', 'PUT', STRANGER, json={})
    headers = cors_headers(written.exchange.preflights[0])
    assert headers['allow-origin'] == '*'
    assert headers['allow-methods'] == 'PUT'


def test_no_vary_lets_a_cache_block_the_shop(interface: str) -> None:
    cache = Cache(interface, 'wrong_no_vary')
    assert 'allow-origin' not in cors_headers(cache.get('/menu', None))
    assert not reads_menu(cache, SHOP)
    fresh = Cache(interface, 'wrong_no_vary')
    reply = Browser(fresh, page=SHOP, api=API).fetch('/menu')
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': SHOP}


def test_vary_keeps_a_cache_right(interface: str) -> None:
    cache = Cache(interface, 'origins_from_env')
    for _ in range(2):
        assert cors_headers(cache.get('/menu', None)) == {}
        reply = Browser(cache, page=SHOP, api=API).fetch('/menu')
        assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': SHOP}
        assert not reads_menu(cache, STRANGER)
        assert cors_headers(cache.get('/menu', STRANGER)) == {}


def test_append_header_sends_two_values_in_one(interface: str) -> None:
    found = blocked(interface, 'wrong_append_header', '/menu')
    assert found.code == 'acao-multiple'
    allowed = cors_headers(found.exchange.steps[-1])
    assert allowed['allow-origin'] == f'{SHOP}, https://partner.example.com'


class Cache:
    """A shared HTTP cache before a lesson, as far as Vary goes (RFC 9111, section 4.1)."""

    def __init__(self, interface: str, lesson: str) -> None:
        self._interface, self._lesson = interface, lesson
        self._stored: list[tuple[str, str | None, httpx.Response]] = []

    def get(self, path: str, origin: str | None) -> httpx.Response:
        for stored_path, stored_origin, answer in self._stored:
            varies = 'origin' in answer.headers.get('Vary', '').lower()
            if stored_path == path and (not varies or stored_origin == origin):
                return answer
        answer = send_bare(self._interface, self._lesson, 'GET', path, origin)
        self._stored.append((path, origin, answer))
        return answer

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., object]
    ) -> Iterable[bytes]:
        answer = self.get(environ['PATH_INFO'], environ.get('HTTP_ORIGIN'))
        start_response(f'{answer.status_code} {answer.reason_phrase}', answer.headers.multi_items())
        return [answer.content]
