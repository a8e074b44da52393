"""The questions: each asks one fresh app and says in a few words what it saw."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from cors_browser import Blocked, Browser, Unreachable
from cors_browser.targets import is_asgi
from recording.calls import call
from recording.peers.apps import SHOP, App, Policy

STRANGER = 'https://other.example.net'
API = 'https://api.example.com'
ORIGIN, METHOD = 'Access-Control-Allow-Origin', 'Access-Control-Request-Method'
Build = Callable[[Policy], App]
Probe = Callable[[Build], str]


def surviving(app: App) -> App:
    """Let an exception that follows the answer pass, as servers do."""
    if not is_asgi(app):
        return app

    async def run(scope: Any, receive: Any, send: Any) -> None:
        started = []

        async def send_on(event: Any) -> None:
            started.append(event)
            await send(event)

        try:
            await app(scope, receive, send_on)
        except Exception:
            if not started:
                raise

    return run


def send(
    app: App, method: str, path: str, headers: Mapping[str, str] | list[Any]
) -> httpx.Response:
    """Send one request."""
    return call(app, httpx.Request(method, API + path, headers=headers), raises=False)[0]


def page_gets(app: App, path: str, method: str = 'GET', **options: Any) -> str:
    """Fetch as a page of the shop; say what it gets."""
    try:
        reply = Browser(surviving(app), SHOP, api=API).fetch(path, method, **options)
    except (Blocked, Unreachable) as failure:
        return f'blocked: ``{failure.code}``'
    return f'readable: {reply.status}'


def vary_of(headers: Mapping[str, str]) -> Probe:
    """Say what ``Vary`` is."""
    return lambda build: shown(send(build(Policy()), 'GET', '/items', headers), 'Vary')


def shown(response: httpx.Response, name: str) -> str:
    value = response.headers.get(name)
    return 'none' if value is None else f'``{value}``'


def starts_with(origin: str) -> Probe:
    """Say whether an app starts whose policy lists this origin."""

    def probe(build: Build) -> str:
        try:
            app = build(Policy(origins=(origin,)))
            send(app, 'GET', '/items', {})  # Starlette builds its middlewares now
        except ValueError as refusal:
            return 'a system check refuses' if 'system check' in str(refusal) else 'refuses'
        return 'starts'

    return probe


def own_vary(build: Build) -> str:
    return shown(send(build(Policy()), 'GET', '/vary', {'Origin': SHOP}), 'Vary')


def any_origin_with_credentials(build: Build) -> str:
    try:
        app = build(Policy(origins='*', credentials=True))
    except ValueError:
        return 'does not start'
    headers = {'Origin': STRANGER, 'Cookie': 'basket=rye'}
    answer = send(app, 'GET', '/items', headers)
    credentials = answer.headers.get('Access-Control-Allow-Credentials')
    allowed = answer.headers.get(ORIGIN)
    named = 'names whoever asks' if allowed == STRANGER else f'``{allowed}``'
    return f'{named}, with credentials' if credentials else named


def credentials_when_refused(build: Build) -> str:
    answer = send(build(Policy(credentials=True)), 'GET', '/items', {'Origin': STRANGER})
    return shown(answer, 'Access-Control-Allow-Credentials')


def two_origins(build: Build) -> str:
    app = build(Policy())
    lines = [('Origin', SHOP), ('Origin', STRANGER)]
    if not is_asgi(app):
        lines = [('Origin', f'{SHOP},{STRANGER}')]  # as gunicorn joins two lines
    return shown(send(app, 'GET', '/items', lines), ORIGIN)


def echo(build: Build) -> str:
    """Ask for headers whose names are none."""
    names = 'x-a, <b>;c'
    headers = {'Origin': SHOP, METHOD: 'PUT', 'Access-Control-Request-Headers': names}
    answer = send(build(Policy(headers='*')), 'OPTIONS', '/items', headers)
    listed = answer.headers.get('Access-Control-Allow-Headers', '')
    if '<b>;c' in listed:
        return 'come back as they are'
    return f'``{listed}``' if listed else 'none'


def plain_options(build: Build) -> str:
    answer = send(build(Policy()), 'OPTIONS', '/options', {'Origin': SHOP})
    return 'yes' if answer.headers.get('X-Own') else 'no'


def preflight_status(origin: str) -> Probe:
    headers = {'Origin': origin, METHOD: 'PUT'}
    return lambda build: str(send(build(Policy()), 'OPTIONS', '/items', headers).status_code)


def max_age(build: Build) -> str:
    answer = send(build(Policy()), 'OPTIONS', '/items', {'Origin': SHOP, METHOD: 'PUT'})
    return shown(answer, 'Access-Control-Max-Age')


def websocket(build: Build) -> str:
    """Shake hands as a page of another origin."""
    app = build(Policy())
    if not is_asgi(app):
        return 'has none'
    scope = {
        'type': 'websocket',
        'asgi': {'version': '3.0', 'spec_version': '2.4'},
        'http_version': '1.1',
        'scheme': 'wss',
        'path': '/ws',
        'raw_path': b'/ws',
        'root_path': '',
        'query_string': b'',
        'headers': [(b'host', b'api.example.com'), (b'origin', STRANGER.encode())],
        'client': ('127.0.0.1', 50000),
        'server': ('127.0.0.1', 443),
        'subprotocols': [],
        'extensions': {},
        'state': {},
    }
    sent: list[str] = []
    events: list[dict[str, Any]] = [
        {'type': 'websocket.connect'},
        {'type': 'websocket.disconnect', 'code': 1000},
    ]

    async def receive() -> dict[str, Any]:
        return events.pop(0)

    async def send_event(event: dict[str, Any]) -> None:
        sent.append(event['type'])

    asyncio.run(app(scope, receive, send_event))
    return 'accepts' if 'websocket.accept' in sent else 'refuses'


AUTHORIZED = {'Authorization': 'Bearer token'}
PROBES: dict[str, Probe] = {
    '``PUT`` where authentication is asked for': lambda build: page_gets(
        build(Policy()), '/private', 'PUT', headers=AUTHORIZED
    ),
    'The same without a token': lambda build: page_gets(build(Policy()), '/private', 'PUT'),
    '``PUT`` to a path that does not exist': lambda build: page_gets(
        build(Policy()), '/nowhere', 'PUT'
    ),
    'An exception that nobody handles': lambda build: page_gets(build(Policy()), '/crash'),
    'A method that is not allowed, ``DELETE``': lambda build: page_gets(
        build(Policy()), '/items', 'DELETE'
    ),
    'A header that is not allowed, ``X-Debug``': lambda build: page_gets(
        build(Policy()), '/items', 'PUT', headers={'X-Debug': '1'}
    ),
    '``patch`` in lower case, where ``PATCH`` is allowed': lambda build: page_gets(
        build(Policy(methods=('GET', 'PATCH'))), '/items', 'patch'
    ),
    'Status of an allowed preflight': preflight_status(SHOP),
    'Status of a refused preflight': preflight_status(STRANGER),
    'Seconds that a preflight is remembered': max_age,
    'Names asked for that are none, where every header is allowed': echo,
    '``OPTIONS`` that is no preflight reaches the program': plain_options,
    '``Vary`` for an allowed origin': vary_of({'Origin': SHOP}),
    '``Vary`` for a refused origin': vary_of({'Origin': STRANGER}),
    '``Vary`` without ``Origin``': vary_of({}),
    '``Vary`` where the program sets ``Accept``': own_vary,
    'Every origin, with credentials': any_origin_with_credentials,
    '``Access-Control-Allow-Credentials`` for a refused origin': credentials_when_refused,
    'Two ``Origin`` lines, the first allowed': two_origins,
    '``shop.example.com`` in the list': starts_with('shop.example.com'),
    '``https://shop.example.com/`` in the list': starts_with('https://shop.example.com/'),
    '``HTTPS://SHOP.EXAMPLE.COM`` in the list': starts_with('HTTPS://SHOP.EXAMPLE.COM'),
    '``https://shop.example.com:443`` in the list': starts_with('https://shop.example.com:443'),
    '``null`` in the list': starts_with('null'),
    'A WebSocket from an origin that is not in the list': websocket,
}
