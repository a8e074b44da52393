# SPDX-License-Identifier: MIT-0
"""Which pages may open a WebSocket, to which browsers apply no CORS check."""

import asyncio
import logging
from typing import Any

import pytest

from cors import CORSMiddleware, Decision, Policy, Reason
from tests.unit.cors_support import A, B
from tests.unit.websocket_support import HOST, handshake

COOKIE, AUTHORIZATION = {'Cookie': 'session=1'}, {'Authorization': 'Bearer x'}


NAMED: dict[str, Any] = {'allow_origins': [A, 'https://*.a.example']}
TRUSTED = {**NAMED, 'allow_credentials': True}

# Arguments, headers, does the handshake pass?
HANDSHAKES: list[tuple[dict[str, Any], dict[str, str], bool]] = [
    ({}, {}, True),
    ({}, COOKIE, True),
    (NAMED, {}, True),
    (NAMED, COOKIE, True),
    (NAMED, {'Origin': f'https://{HOST}'}, True),
    (NAMED, {'Origin': f'https://{HOST}', **COOKIE, **AUTHORIZATION}, True),
    (NAMED, {'Origin': f'http://{HOST}', **COOKIE}, False),
    (NAMED, {'Origin': f'https://{HOST}:8443', **COOKIE}, False),
    (NAMED, {'Origin': f'https://{HOST}.evil.example'}, False),
    (NAMED, {'Origin': f'https://x{HOST}'}, False),
    (NAMED, {'Origin': f'https://evil.example/{HOST}'}, False),
    (NAMED, {'Origin': f'capacitor://{HOST}'}, False),
    (NAMED, {'Origin': f'https://{HOST},https://{HOST}'}, False),
    (NAMED, {'Origin': 'null'}, False),
    (NAMED, {'Origin': ''}, False),
    (NAMED, {'Origin': 'https://'}, False),
    (NAMED, {'Origin': B}, False),
    (NAMED, {'Origin': B, **COOKIE}, False),
    (NAMED, {'Origin': A}, True),
    (NAMED, {'Origin': 'https://x.a.example'}, True),
    (NAMED, {'Origin': A, **COOKIE}, False),
    (NAMED, {'Origin': A, **AUTHORIZATION}, False),
    ({}, {'Origin': B}, True),
    ({}, {'Origin': 'null'}, True),
    ({}, {'Origin': B, **COOKIE}, False),
    ({}, {'Origin': B, **AUTHORIZATION}, False),
    (TRUSTED, {'Origin': A, **COOKIE}, True),
    (TRUSTED, {'Origin': A, **AUTHORIZATION}, True),
    (TRUSTED, {'Origin': 'https://x.a.example', **COOKIE}, True),
    (TRUSTED, {'Origin': B, **COOKIE}, False),
    ({'allow_origins': [A, B], 'allow_credentials': A}, {'Origin': A, **COOKIE}, True),
    ({'allow_origins': [A, B], 'allow_credentials': A}, {'Origin': B, **COOKIE}, False),
    ({'allow_origins': [A, B], 'allow_credentials': A}, {'Origin': B}, True),
    ({'allow_origins': lambda origin: origin == A}, {'Origin': A}, True),
    ({'allow_origins': lambda origin: origin == A}, {'Origin': A, **COOKIE}, False),
    ({'allow_origins': lambda origin: origin == A}, {'Origin': B}, False),
    ({'allow_origins': lambda origin: True}, {'Origin': 'null'}, False),
    ({'allow_credentials': A}, {'Origin': A, **COOKIE}, True),
    ({'allow_credentials': A}, {'Origin': B, **COOKIE}, False),
    ({'allow_credentials': A}, {'Origin': B}, True),
    ({'allow_origins': lambda origin, req: req.path == '/ws'}, {'Origin': B}, True),
    ({'allow_origins': lambda origin, req: req.path == '/x'}, {'Origin': B}, False),
]


@pytest.mark.parametrize(('arguments', 'headers', 'expected'), HANDSHAKES)
def test_handshakes(arguments: dict[str, Any], headers: dict[str, str], expected: bool) -> None:
    assert handshake(CORSMiddleware(**arguments), headers) is expected


# The scheme and headers of the request, the origin of the API's own page: no other one is.
OWN_PAGES: list[tuple[str, str, dict[str, str], str]] = [
    ('ws', HOST, {}, f'http://{HOST}'),
    ('wss', HOST, {}, f'https://{HOST}'),
    ('ws', f'{HOST}:80', {}, f'http://{HOST}'),
    ('wss', f'{HOST}:443', {}, f'https://{HOST}'),
    ('ws', f'{HOST}:443', {}, f'http://{HOST}:443'),
    ('wss', f'{HOST}:80', {}, f'https://{HOST}:80'),
    ('ws', f'{HOST}:8000', {}, f'http://{HOST}:8000'),
    ('wss', f'{HOST}:8443', {}, f'https://{HOST}:8443'),
    ('wss', HOST.upper(), {}, f'https://{HOST}'),
    ('wss', '[::1]:443', {}, 'https://[::1]'),
    ('ws', '[::1]', {}, 'http://[::1]'),
    ('wss', '127.0.0.1:8443', {}, 'https://127.0.0.1:8443'),
    ('ws', HOST, {'X-Forwarded-Proto': 'https'}, f'https://{HOST}'),
    ('ws', HOST, {'X-Forwarded-Proto': 'HTTPS'}, f'https://{HOST}'),
    ('ws', HOST, {'X-Forwarded-Proto': 'wss'}, f'https://{HOST}'),
    ('ws', HOST, {'X-Forwarded-Proto': 'https, http'}, f'https://{HOST}'),
    ('ws', HOST, {'X-Forwarded-Proto': 'http'}, f'http://{HOST}'),
    ('wss', HOST, {'X-Forwarded-Proto': 'http'}, f'http://{HOST}'),
    ('ws', HOST, {'Forwarded': 'proto=https'}, f'https://{HOST}'),
    ('ws', HOST, {'Forwarded': 'for=10.0.0.1;proto=https, for=10.0.0.2'}, f'https://{HOST}'),
    ('ws', f'{HOST}:443', {'X-Forwarded-Proto': 'https'}, f'https://{HOST}'),
    ('ws', f'{HOST}:80', {'X-Forwarded-Proto': 'https'}, f'https://{HOST}:80'),
]


@pytest.mark.parametrize(('scheme', 'host', 'headers', 'own'), OWN_PAGES)
def test_the_own_page_has_scheme_host_and_port_of_the_request(
    scheme: str, host: str, headers: dict[str, str], own: str
) -> None:
    cors = CORSMiddleware(allow_origins=[A])
    for origin in sorted({page for *_, page in OWN_PAGES}):
        request = {'Origin': origin, **COOKIE, **headers}
        assert handshake(cors, request, host=host, scheme=scheme) is (origin == own), origin


def test_without_a_host_there_is_no_own_page() -> None:
    cors = CORSMiddleware(allow_origins=[A])
    for origin in ('http://', 'https://', f'https://{HOST}', ''):
        assert not handshake(cors, {'Origin': origin}, host='')


async def only_a(origin: str) -> bool:
    await asyncio.sleep(0)
    return origin == A


def test_coroutine_functions_are_awaited() -> None:
    cors = CORSMiddleware(allow_origins=only_a, allow_credentials=True)
    assert handshake(cors, {'Origin': A, **COOKIE})
    assert not handshake(cors, {'Origin': B})


def test_routes_decide_too() -> None:
    cors = CORSMiddleware(
        allow_origins=[A],
        routes={'/ws/closed': None, '/ws/b': Policy(allow_origins=[B], allow_credentials=True)},
    )
    assert handshake(cors, {'Origin': A}, '/ws/other')
    assert not handshake(cors, {'Origin': A}, '/ws/closed')
    assert handshake(cors, {'Origin': f'https://{HOST}'}, '/ws/closed')
    assert handshake(cors, {'Origin': B, **COOKIE}, '/ws/b')
    assert not handshake(cors, {'Origin': A}, '/ws/b')


def test_the_second_of_two_instances_stays_silent() -> None:
    both = [CORSMiddleware(allow_origins=[A]), CORSMiddleware(allow_origins=[B])]
    assert handshake(both, {'Origin': A})
    assert not handshake(both, {'Origin': B})


def test_refusals_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'cors')
    assert handshake(CORSMiddleware(allow_origins=[A]), {'Origin': A})
    assert handshake(CORSMiddleware(allow_origins=[A]), {'Origin': f'https://{HOST}'})
    assert not [record for record in caplog.records if record.name == 'cors']
    assert not handshake(CORSMiddleware(allow_origins=[A]), {'Origin': A, **COOKIE})
    (record,) = [record for record in caplog.records if record.name == 'cors']
    assert record.getMessage() == (
        'refused, the request has credentials, which this origin may not use: '
        "'https://a.example' 'GET' '/ws'"
    )


def test_another_scheme_or_port_is_named(caplog: pytest.LogCaptureFixture) -> None:
    """Behind a proxy that doesn't say that the browser speaks TLS, an own page is refused."""
    caplog.set_level(logging.INFO, 'cors')
    for origin, is_own_host in ((f'https://{HOST}', True), (f'http://{HOST}:8', True), (B, False)):
        assert not handshake(CORSMiddleware(allow_origins=[A]), {'Origin': origin}, scheme='ws')
        assert ('send X-Forwarded-Proto' in caplog.text) is is_own_host
        caplog.clear()


def test_decisions_without_falcon() -> None:
    policy = Policy(allow_origins=[A])
    assert policy.decide_websocket(A, False).allowed
    assert policy.decide_websocket(A, True) == Decision(False, Reason.CREDENTIALS_NOT_ALLOWED)
    assert policy.decide_websocket(B, False).reason is Reason.ORIGIN_NOT_ALLOWED
    assert policy.decide_websocket(None, False).reason is Reason.NO_ORIGIN
