"""What programs do beside what their pages show: without a preflight, and for other origins."""

from __future__ import annotations

import asyncio
import importlib
import inspect

import falcon.testing
import httpx
import pytest

from recording.lessons import API, INTERFACES, SHOP, send
from tests.lessons.client import STRANGER

both = pytest.mark.parametrize('interface', INTERFACES)
ALLOW_ORIGIN = 'Access-Control-Allow-Origin'


def send_from(interface: str, lesson: str, method: str, path: str, origin: str) -> httpx.Response:
    headers = {'Origin': origin, 'Content-Type': 'application/json'}
    content = b'"rye"' if method == 'PUT' else b''
    request = httpx.Request(method, API + path, headers=headers, content=content)
    return send(interface, lesson, request)


@both
@pytest.mark.parametrize(('origin', 'allowed'), [(SHOP, SHOP), (STRANGER, None)])
def test_the_hook_of_wrong_crash_is_right_in_itself(
    interface: str, origin: str, allowed: str | None
) -> None:
    hook = importlib.import_module(f'app_{interface}.wrong_crash').allow_the_shop
    request = falcon.testing.create_req(headers={'Origin': origin})
    response = falcon.Response()
    called = hook(request, response, None)
    if inspect.isawaitable(called):
        asyncio.run(_finish(called))
    assert response.get_header(ALLOW_ORIGIN) == allowed


async def _finish(called: object) -> None:
    assert inspect.isawaitable(called)
    await called


@both
@pytest.mark.parametrize(
    ('lesson', 'path', 'answer'),
    [
        ('wrong_header_wildcard', '/basket', {'basket': 'rye'}),
        ('wrong_bad_list', '/orders/17', {'changed': 'rye'}),
    ],
)
def test_a_foreign_put_without_a_preflight_is_done_and_not_shared(
    interface: str, lesson: str, path: str, answer: dict[str, str]
) -> None:
    done = send_from(interface, lesson, 'PUT', path, STRANGER)
    assert done.json() == answer
    assert ALLOW_ORIGIN not in done.headers


@both
def test_the_address_that_the_redirect_names_works(interface: str) -> None:
    done = send_from(interface, 'wrong_preflight_redirect', 'DELETE', '/orders/17/', SHOP)
    assert done.json() == {'cancelled': 17}


@both
def test_a_308_leads_a_put_to_the_menu(interface: str) -> None:
    moved = send_from(interface, 'redirects', 'PUT', '/breads', SHOP)
    assert (moved.status_code, moved.headers['Location']) == (308, 'menu')
    assert send_from(interface, 'redirects', 'PUT', '/menu', SHOP).json() == 'rye'
