"""What is wrong on purpose fails the way its page says."""

from __future__ import annotations

import httpx
import pytest

from cors import CORSMiddleware, PolicyError
from tests.apps import INTERFACES, send
from tests.lessons.asking import API, SHOP, STRANGER, ask, cors_headers, preflight

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


def test_no_scheme_blocks_the_shop_itself(interface: str) -> None:
    assert cors_headers(ask(interface, 'wrong_no_scheme', 'GET', '/menu')) == {}
    with pytest.raises(PolicyError, match=r"did you mean 'https://shop\.example\.com'"):
        CORSMiddleware(allow_origins='shop.example.com')


@pytest.mark.parametrize('origin', [SHOP, STRANGER, 'null'])
def test_wildcard_credentials_lets_everyone_read(interface: str, origin: str) -> None:
    cookie = 'basket=rye'
    read = ask(interface, 'wrong_wildcard_credentials', 'GET', '/basket', origin, Cookie=cookie)
    assert read.json() == {'basket': 'rye'}
    assert cors_headers(read) == {'allow-origin': origin, 'allow-credentials': 'true'}


def test_regex_lets_an_attacker_read(interface: str) -> None:
    attacker = 'https://shop.example.com.evil.example'
    read = ask(interface, 'wrong_regex', 'GET', '/menu', attacker)
    assert cors_headers(read) == {'allow-origin': attacker}


def test_null_lets_a_sandbox_read(interface: str) -> None:
    read = ask(interface, 'wrong_null', 'GET', '/basket', 'null', Cookie='basket=rye')
    assert read.json() == {'basket': 'rye'}
    assert cors_headers(read) == {'allow-origin': 'null', 'allow-credentials': 'true'}


@pytest.mark.parametrize(
    ('lesson', 'reader'), [('wrong_two_middlewares', '*'), ('wrong_on_options', SHOP)]
)
def test_no_preflight_passes(interface: str, lesson: str, reader: str) -> None:
    assert cors_headers(preflight(interface, lesson, '/orders/17', 'PUT', SHOP)) == {}
    request = httpx.Request('PUT', f'{API}/orders/17', json={}, headers={'Origin': SHOP})
    assert cors_headers(send(interface, lesson, request)) == {'allow-origin': reader}


def test_two_middlewares_let_strangers_write(interface: str) -> None:
    asked = preflight(interface, 'wrong_two_middlewares', '/orders/17', 'PUT', STRANGER)
    assert cors_headers(asked)['allow-origin'] == '*'
    assert cors_headers(asked)['allow-methods'] == 'PUT'


def test_no_vary_lets_a_cache_block_the_shop(interface: str) -> None:
    cache = Cache(interface)
    assert 'allow-origin' not in cors_headers(cache.get('wrong_no_vary', '/menu', None))
    assert 'allow-origin' not in cors_headers(cache.get('wrong_no_vary', '/menu', SHOP))
    fresh = Cache(interface)
    assert cors_headers(fresh.get('wrong_no_vary', '/menu', SHOP)) == {'allow-origin': SHOP}


def test_vary_keeps_a_cache_right(interface: str) -> None:
    cache = Cache(interface)
    for origin, expected in ((None, {}), (SHOP, {'allow-origin': SHOP}), (STRANGER, {})) * 2:
        assert cors_headers(cache.get('origins_from_env', '/menu', origin)) == expected


def test_append_header_sends_two_values_in_one(interface: str) -> None:
    allowed = ask(interface, 'wrong_append_header', 'GET', '/menu').headers
    assert allowed['Access-Control-Allow-Origin'] == f'{SHOP}, https://partner.example.com'


class Cache:
    """A shared HTTP cache, as far as Vary goes (RFC 9111, section 4.1)."""

    def __init__(self, interface: str) -> None:
        self._interface = interface
        self._stored: list[tuple[str, str | None, httpx.Response]] = []

    def get(self, lesson: str, path: str, origin: str | None) -> httpx.Response:
        for stored_path, stored_origin, answer in self._stored:
            varies = 'origin' in answer.headers.get('Vary', '').lower()
            if stored_path == path and (not varies or stored_origin == origin):
                return answer
        answer = ask(self._interface, lesson, 'GET', path, origin)
        self._stored.append((path, origin, answer))
        return answer
