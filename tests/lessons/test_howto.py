"""What each how-to lesson promises, asserted on both interfaces."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sqlite3
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import falcon.testing
import pytest

from cors import PolicyError
from cors_browser import Blocked, Browser
from demo.settings import create_tenants
from recording.lessons import API, INTERFACES, SHOP, load
from tests.lessons.client import STRANGER, blocked, cors_headers, fetch, reads_menu, send_bare

both = pytest.mark.parametrize('interface', INTERFACES)
PARTNER = 'https://bread.example.net'


def load_anew(interface: str, lesson: str) -> ModuleType:
    """Import a lesson again, for what it reads when it is imported."""
    name = f'app_{interface}.{lesson}'
    before = sys.modules.pop(name, None)
    try:
        return importlib.import_module(name)
    finally:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before


BAKER = {'Authorization': 'Bearer token-of-anna'}


@both
def test_shared_policy_answers_preflights_before_authentication(interface: str) -> None:
    found = fetch(interface, 'shared_policy', '/orders/17', 'DELETE', headers=BAKER)
    (preflight_step,) = found.exchange.preflights
    assert preflight_step.status == 204
    assert cors_headers(preflight_step)['allow-methods'] == 'GET, DELETE'
    assert cors_headers(preflight_step)['allow-headers'] == 'Authorization'


@both
def test_shared_policy_still_authenticates(interface: str) -> None:
    assert fetch(interface, 'shared_policy', '/orders/17', 'DELETE').status == 401
    done = fetch(interface, 'shared_policy', '/orders/17', 'DELETE', headers=BAKER)
    assert done.json() == {'cancelled': 17}
    assert done.exchange.steps[-1].response_headers['Vary'] == 'Origin'


@both
def test_several_origins(interface: str) -> None:
    for page, expected in (
        (SHOP, {'allow-origin': SHOP, 'allow-credentials': 'true'}),
        (PARTNER, {'allow-origin': PARTNER}),
    ):
        reply = fetch(interface, 'several_origins', '/basket', page=page)
        assert cors_headers(reply.exchange.steps[-1]) == expected
    with_cookies = fetch(interface, 'several_origins', '/basket', credentials='include')
    assert with_cookies.json() == {'basket': None}
    partner = blocked(interface, 'several_origins', '/basket', page=PARTNER, credentials='include')
    assert partner.code == 'acac-missing'
    stranger = blocked(interface, 'several_origins', '/basket', page=STRANGER)
    assert cors_headers(stranger.exchange.steps[-1]) == {}


@both
@pytest.mark.parametrize(
    'page', ['https://pr-17.preview.example.com', 'https://a.b.preview.example.com']
)
def test_subdomains_read(interface: str, page: str) -> None:
    reply = fetch(interface, 'subdomains', '/menu', page=page)
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': page}


@both
@pytest.mark.parametrize(
    'page',
    [
        'https://preview.example.com',
        'https://evilpreview.example.com',
        'http://pr-17.preview.example.com',
        'https://pr-17.preview.example.com:8443',
        'https://pr-17.preview.example.com.evil.example',
    ],
)
def test_what_is_no_subdomain_reads_nothing(interface: str, page: str) -> None:
    found = blocked(interface, 'subdomains', '/menu', page=page)
    assert found.code == 'acao-missing'
    assert cors_headers(found.exchange.steps[-1]) == {}


@both
@pytest.mark.parametrize('page', ['http://localhost:5173', 'http://127.0.0.1', SHOP])
def test_local_development_allows_this_machine(interface: str, page: str) -> None:
    reply = fetch(interface, 'local_development', '/menu', page=page, credentials='include')
    headers = cors_headers(reply.exchange.steps[-1])
    assert headers == {'allow-origin': page, 'allow-credentials': 'true'}


@both
@pytest.mark.parametrize('environment', [None, 'production'])
def test_local_development_is_closed_in_production(
    interface: str, environment: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if environment is None:
        monkeypatch.delenv('BAKERY_ENV')
    else:
        monkeypatch.setenv('BAKERY_ENV', environment)
    assert load_anew(interface, 'local_development').ORIGINS == [SHOP]


@both
def test_origins_from_env_reads_and_trims(interface: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv('BAKERY_ORIGINS', ' https://a.example ,https://b.example:8443')
    app = load_anew(interface, 'origins_from_env').app
    for page in ('https://a.example', 'https://b.example:8443'):
        reply = Browser(app, page=page, api=API).fetch('/menu')
        assert cors_headers(reply.exchange.steps[-1])['allow-origin'] == page
    with pytest.raises(Blocked) as caught:
        Browser(app, page=SHOP, api=API).fetch('/menu')
    assert 'allow-origin' not in cors_headers(caught.value.exchange.steps[-1])


@both
@pytest.mark.parametrize(
    ('lesson', 'variable'),
    [
        ('origins_from_env', 'BAKERY_ORIGINS'),
        ('dynamic_origins', 'DATABASE_URL'),
        ('csrf_token', 'BAKERY_KEY'),
    ],
)
def test_a_lesson_does_not_start_without_its_variable(
    interface: str, lesson: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(RuntimeError, match=f'^Set {variable}'):
        load_anew(interface, lesson)


@both
@pytest.mark.parametrize(
    'value', ['', 'shop.example.com', 'https://a.example,', '*,https://a.example']
)
def test_origins_from_env_does_not_start_with_a_wrong_value(
    interface: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv('BAKERY_ORIGINS', value)
    with pytest.raises(PolicyError, match='allow_origins'):
        load_anew(interface, 'origins_from_env')


@both
@pytest.mark.parametrize(
    ('path', 'page', 'allowed'),
    [
        ('/public/menu', STRANGER, '*'),
        ('/public/menu', SHOP, '*'),
        ('/orders', SHOP, SHOP),
        ('/orders', STRANGER, None),
        ('/internal/costs', SHOP, None),
        ('/internal', SHOP, None),
        ('/public', STRANGER, '*'),
    ],
)
def test_per_route(interface: str, path: str, page: str, allowed: str | None) -> None:
    for method in ('GET', 'PUT'):
        if allowed:
            steps = fetch(interface, 'per_route', path, method, page).exchange.steps
        else:
            steps = blocked(interface, 'per_route', path, method, page).exchange.steps
            assert len(steps) == 1
        assert {cors_headers(step).get('allow-origin') for step in steps} == {allowed}


@both
def test_per_route_changes_what_is_public(interface: str) -> None:
    changed = fetch(interface, 'per_route', '/public/menu', 'PUT', STRANGER, json={'rye': 4.5})
    assert changed.json() == {'rye': 4.5}


# Page, the API's host, may it read?
TENANTS = [
    (SHOP, 'https://api.example.com', True),
    (SHOP, 'https://partner-api.example.com', False),
    ('https://partner.example.com', 'https://partner-api.example.com', True),
    ('https://partner.example.com', 'https://api.example.com', False),
    (STRANGER, 'https://api.example.com', False),
    (SHOP, 'https://unknown.example.com', False),
]


@both
@pytest.mark.parametrize(('page', 'api', 'is_readable'), TENANTS)
def test_tenants_by_host(interface: str, page: str, api: str, is_readable: bool) -> None:
    browser = Browser(load(interface, 'tenants_by_host'), page=page, api=api)
    if is_readable:
        assert browser.fetch('/menu', credentials='include').json()['rye'] == 4.2
    else:
        with pytest.raises(Blocked):
            browser.fetch('/menu', credentials='include')


@both
def test_dynamic_origins_takes_up_a_changed_row_in_time(
    interface: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / 'tenants.sqlite'
    monkeypatch.setenv('DATABASE_URL', create_tenants(file, [SHOP]))
    lesson = load_anew(interface, 'dynamic_origins')
    now = [1000.0]
    monkeypatch.setattr(lesson.time, 'monotonic', lambda: now[0])
    assert reads_menu(lesson.app, SHOP)
    with sqlite3.connect(file) as database:
        database.execute('UPDATE tenants SET origin = ?', (PARTNER,))
    database.close()
    now[0] += lesson.SECONDS
    assert [reads_menu(lesson.app, page) for page in (SHOP, PARTNER)] == [True, False]
    now[0] += 0.1
    assert [reads_menu(lesson.app, page) for page in (SHOP, PARTNER)] == [False, True]
    lesson.database.dispose()


@both
def test_dynamic_origins_outlives_its_database_by_five_seconds(
    interface: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    file = tmp_path / 'tenants.sqlite'
    monkeypatch.setenv('DATABASE_URL', create_tenants(file, [SHOP]))
    lesson = load_anew(interface, 'dynamic_origins')
    now = [1000.0]
    monkeypatch.setattr(lesson.time, 'monotonic', lambda: now[0])
    assert reads_menu(lesson.app, SHOP)
    with sqlite3.connect(file) as database:
        database.execute('DROP TABLE tenants')
    database.close()
    now[0] += lesson.SECONDS
    assert reads_menu(lesson.app, SHOP)
    now[0] += 0.1
    with pytest.raises(Blocked) as caught:
        Browser(lesson.app, page=SHOP, api=API).fetch('/menu')
    (step,) = caught.value.exchange.steps
    assert (step.status, cors_headers(step)) == (200, {})
    assert 'no such table' in caplog.text
    lesson.database.dispose()


@both
def test_bearer_tokens(interface: str) -> None:
    read = fetch(interface, 'bearer_tokens', '/orders', headers=BAKER)
    preflight_step, response_step = read.exchange.steps
    assert cors_headers(preflight_step)['allow-headers'] == 'Authorization'
    assert read.json() == [{'number': 17, 'bread': 'rye'}]
    assert cors_headers(response_step) == {'allow-origin': SHOP}
    refused = fetch(interface, 'bearer_tokens', '/orders')
    assert refused.status == 401
    assert cors_headers(refused.exchange.steps[-1]) == {'allow-origin': SHOP}


@both
def test_sinks_see_no_preflight(interface: str) -> None:
    sent = fetch(interface, 'sinks', '/archive/2026/17', 'PUT')
    (preflight_step,) = sent.exchange.preflights
    assert (preflight_step.status, preflight_step.response_body) == (204, b'')
    assert sent.json()['method'] == 'PUT'


@both
def test_static_files(interface: str) -> None:
    picture = fetch(interface, 'static_files', '/pictures/loaf.svg')
    assert picture.status == 200
    assert cors_headers(picture.exchange.steps[-1]) == {'allow-origin': SHOP}
    assert fetch(interface, 'static_files', '/pictures/none.svg').status == 404
    stranger = blocked(interface, 'static_files', '/pictures/loaf.svg', page=STRANGER)
    (step,) = stranger.exchange.steps
    assert (step.status, cors_headers(step)) == (200, {})


@both
def test_streaming(interface: str) -> None:
    stream = fetch(interface, 'streaming', '/oven')
    assert stream.text() == 'data: rye\n\ndata: sourdough\n\n'
    assert cors_headers(stream.exchange.steps[-1]) == {'allow-origin': SHOP}


@both
def test_log_first_logs_and_refuses_nobody(
    interface: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger='bakery')
    evil = 'https://other.example.net/\x1b[31m'
    shop = fetch(interface, 'log_first', '/menu')
    assert cors_headers(shop.exchange.steps[-1]) == {'allow-origin': '*'}
    assert send_bare(interface, 'log_first', 'GET', '/menu', None).status_code == 200
    assert caplog.text == ''
    stranger = fetch(interface, 'log_first', '/menu', page=STRANGER)
    assert cors_headers(stranger.exchange.steps[-1]) == {'allow-origin': '*'}
    assert cors_headers(send_bare(interface, 'log_first', 'GET', '/menu', evil)) == {
        'allow-origin': '*'
    }
    assert f"the list would refuse '{STRANGER}': the origin is not in" in caplog.text
    assert '\x1b' not in caplog.text


@pytest.mark.parametrize('headers', [{}, {'Origin': SHOP, 'Cookie': 'basket=rye'}])
def test_websockets_opens_one_for_the_shop(headers: dict[str, str]) -> None:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, str]:
        return {'type': 'websocket.connect'}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    app = load('asgi', 'websockets')
    scope = falcon.testing.create_scope_ws('/orders', headers=headers)
    asyncio.run(app(scope, receive, send))
    assert [event['type'] for event in sent] == [
        'websocket.accept',
        'websocket.send',
        'websocket.close',
    ]
    assert sent[1]['text'] == 'order 17 is ready'
