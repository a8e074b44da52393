"""What each how-to lesson promises, asserted on both interfaces."""

from __future__ import annotations

import importlib
import logging
import sqlite3
import sys
from pathlib import Path
from types import ModuleType

import falcon.testing
import httpx
import pytest

from cors import PolicyError
from demo.tenants import create_tenants
from tests.apps import INTERFACES, send
from tests.lessons.asking import API, SHOP, STRANGER, ask, cors_headers, preflight

both = pytest.mark.parametrize('interface', INTERFACES)
PARTNER = 'https://bread.example.net'


def load_anew(interface: str, lesson: str) -> ModuleType:
    """Import a lesson again, for what it reads when it is imported."""
    name = f'app_{interface}.{lesson}'
    kept = sys.modules.pop(name, None)
    try:
        return importlib.import_module(name)
    finally:
        sys.modules.pop(name, None)
        if kept is not None:
            sys.modules[name] = kept


@both
def test_shared_policy_answers_preflights_before_authentication(interface: str) -> None:
    asked = preflight(interface, 'shared_policy', '/orders/17', 'DELETE', SHOP)
    assert asked.status_code == 204
    assert cors_headers(asked)['allow-methods'] == 'GET, DELETE'
    assert cors_headers(asked)['allow-headers'] == 'Authorization'


@both
def test_shared_policy_still_authenticates(interface: str) -> None:
    assert ask(interface, 'shared_policy', 'DELETE', '/orders/17').status_code == 401
    token = 'Bearer token-of-anna'
    done = ask(interface, 'shared_policy', 'DELETE', '/orders/17', Authorization=token)
    assert done.json() == {'cancelled': 17}
    assert done.headers['Vary'] == 'Origin'


@both
@pytest.mark.parametrize(
    ('origin', 'expected'),
    [
        (SHOP, {'allow-origin': SHOP, 'allow-credentials': 'true'}),
        (PARTNER, {'allow-origin': PARTNER}),
        (STRANGER, {}),
    ],
)
def test_several_origins(interface: str, origin: str, expected: dict[str, str]) -> None:
    assert cors_headers(ask(interface, 'several_origins', 'GET', '/basket', origin)) == expected


@both
@pytest.mark.parametrize(
    ('origin', 'allowed'),
    [
        ('https://pr-17.preview.example.com', True),
        ('https://a.b.preview.example.com', True),
        ('https://preview.example.com', False),
        ('https://evilpreview.example.com', False),
        ('http://pr-17.preview.example.com', False),
        ('https://pr-17.preview.example.com:8443', False),
        ('https://pr-17.preview.example.com.evil.example', False),
    ],
)
def test_subdomains(interface: str, origin: str, allowed: bool) -> None:
    headers = cors_headers(ask(interface, 'subdomains', 'GET', '/menu', origin))
    assert headers == ({'allow-origin': origin} if allowed else {})


@both
@pytest.mark.parametrize('origin', ['http://localhost:5173', 'http://127.0.0.1', SHOP])
def test_local_development_allows_this_machine(interface: str, origin: str) -> None:
    headers = cors_headers(ask(interface, 'local_development', 'GET', '/menu', origin))
    assert headers == {'allow-origin': origin, 'allow-credentials': 'true'}


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
    client = falcon.testing.TestClient(load_anew(interface, 'origins_from_env').app)
    for origin in ('https://a.example', 'https://b.example:8443'):
        answer = client.simulate_get('/menu', headers={'Origin': origin})
        assert answer.headers['access-control-allow-origin'] == origin
    refused = client.simulate_get('/menu', headers={'Origin': SHOP})
    assert 'access-control-allow-origin' not in refused.headers


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
    ('path', 'origin', 'allowed'),
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
def test_per_route(interface: str, path: str, origin: str, allowed: str | None) -> None:
    answer = ask(interface, 'per_route', 'GET', path, origin)
    assert cors_headers(answer).get('allow-origin') == allowed
    asked = preflight(interface, 'per_route', path, 'PUT', origin)
    assert cors_headers(asked).get('allow-origin') == allowed


@both
def test_per_route_changes_what_is_public(interface: str) -> None:
    request = httpx.Request('PUT', f'{API}/public/menu', json={'rye': 4.5})
    assert send(interface, 'per_route', request).json() == {'rye': 4.5}


@both
def test_dynamic_origins_takes_up_a_changed_row_in_time(
    interface: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / 'tenants.sqlite'
    monkeypatch.setenv('DATABASE_URL', create_tenants(file, [SHOP]))
    lesson = load_anew(interface, 'dynamic_origins')
    now = [1000.0]
    monkeypatch.setattr(lesson.time, 'monotonic', lambda: now[0])
    client = falcon.testing.TestClient(lesson.app)

    def allowed(origin: str) -> bool:
        answer = client.simulate_get('/menu', headers={'Origin': origin})
        return answer.headers.get('access-control-allow-origin') == origin

    assert allowed(SHOP)
    with sqlite3.connect(file) as database:
        database.execute('UPDATE tenants SET origin = ?', (PARTNER,))
    database.close()
    now[0] += lesson.SECONDS
    assert (allowed(SHOP), allowed(PARTNER)) == (True, False)
    now[0] += 0.1
    assert (allowed(SHOP), allowed(PARTNER)) == (False, True)
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
    client = falcon.testing.TestClient(lesson.app)

    def allowed() -> bool:
        answer = client.simulate_get('/menu', headers={'Origin': SHOP})
        assert answer.status_code == 200
        return 'access-control-allow-origin' in answer.headers

    assert allowed()
    with sqlite3.connect(file) as database:
        database.execute('DROP TABLE tenants')
    database.close()
    now[0] += lesson.SECONDS
    assert allowed()
    now[0] += 0.1
    assert not allowed()
    assert 'no such table' in caplog.text
    lesson.database.dispose()


@both
def test_bearer_tokens(interface: str) -> None:
    asked = preflight(interface, 'bearer_tokens', '/orders', 'GET', SHOP)
    assert cors_headers(asked)['allow-headers'] == 'Authorization'
    token = 'Bearer token-of-anna'
    read = ask(interface, 'bearer_tokens', 'GET', '/orders', Authorization=token)
    assert read.json() == [{'number': 17, 'bread': 'rye'}]
    assert cors_headers(read) == {'allow-origin': SHOP}
    refused = ask(interface, 'bearer_tokens', 'GET', '/orders')
    assert (refused.status_code, cors_headers(refused)) == (401, {'allow-origin': SHOP})


@both
def test_sinks_see_no_preflight(interface: str) -> None:
    asked = preflight(interface, 'sinks', '/archive/2026/17', 'PUT', SHOP)
    assert (asked.status_code, asked.text) == (204, '')
    sent = ask(interface, 'sinks', 'PUT', '/archive/2026/17')
    assert sent.json()['method'] == 'PUT'


@both
def test_static_files(interface: str) -> None:
    picture = ask(interface, 'static_files', 'GET', '/pictures/loaf.svg')
    assert cors_headers(picture) == {'allow-origin': SHOP}
    assert cors_headers(ask(interface, 'static_files', 'GET', '/pictures/none.svg')) != {}
    stranger = ask(interface, 'static_files', 'GET', '/pictures/loaf.svg', STRANGER)
    assert (stranger.status_code, cors_headers(stranger)) == (200, {})


@both
def test_streaming(interface: str) -> None:
    stream = ask(interface, 'streaming', 'GET', '/oven')
    assert stream.text == 'data: rye\n\ndata: sourdough\n\n'
    assert cors_headers(stream) == {'allow-origin': SHOP}


@both
def test_log_first_logs_and_refuses_nobody(
    interface: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger='bakery')
    evil = 'https://other.example.net/\x1b[31m'
    assert cors_headers(ask(interface, 'log_first', 'GET', '/menu')) == {'allow-origin': '*'}
    assert ask(interface, 'log_first', 'GET', '/menu', None).status_code == 200
    assert caplog.text == ''
    for origin in (STRANGER, evil):
        answer = ask(interface, 'log_first', 'GET', '/menu', origin)
        assert cors_headers(answer) == {'allow-origin': '*'}
    assert f"would be refused: '{STRANGER}', as the origin is not in" in caplog.text
    assert '\x1b' not in caplog.text
