"""Every lesson answers under its name, on both interfaces, and nothing else does."""

from __future__ import annotations

import asyncio
from typing import Any
from wsgiref.util import setup_testing_defaults

import httpx
import pytest

from demo import mount
from demo.settings import ATTACKER_PORT_VARIABLE, GUIDE_PORT_VARIABLE
from recording.calls import call
from recording.lessons import INTERFACES, LESSONS, PROGRAMS, pairs

GUIDE = 'http://127.0.0.1:9000'


@pytest.fixture(autouse=True)
def guide(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ports of the demo's pages."""
    monkeypatch.setenv(GUIDE_PORT_VARIABLE, '9000')
    monkeypatch.setenv(ATTACKER_PORT_VARIABLE, '9003')


def send(interface: str, requests: list[httpx.Request]) -> list[httpx.Response]:
    """Send requests, one after the other, to all lessons as the demo mounts them."""
    return call(mount.wsgi() if interface == 'wsgi' else mount.asgi(), *requests)


def get(interface: str, path: str, origin: str = GUIDE) -> httpx.Response:
    request = httpx.Request('GET', f'http://127.0.0.1{path}', headers={'Origin': origin})
    return send(interface, [request])[0]


def listed(interface: str) -> list[str]:
    return [f'/{lesson}' for side, lesson in pairs(LESSONS) if side == interface]


@pytest.mark.parametrize('interface', INTERFACES)
def test_the_first_page_lists_the_lessons(interface: str) -> None:
    response = get(interface, '/')
    assert response.status_code == 200
    assert response.json()['lessons'] == listed(interface)


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize(
    'path',
    [
        '/nothing',
        '/nothing/menu',
        '/wrong_flag_and_middleware',
        '/_wire/key/nothing/menu',
        '/_wire//blocked/menu',
        '//blocked/menu',
        '/Blocked/menu',
    ],
)
def test_an_unknown_lesson_gets_the_list(interface: str, path: str) -> None:
    request = httpx.Request('GET', 'http://127.0.0.1/')
    request.url = request.url.copy_with(raw_path=path.encode())
    (response,) = send(interface, [request])
    assert response.status_code == 404
    assert response.json() == {
        'title': 'No lesson answers here',
        'lessons': listed(interface),
    }


@pytest.mark.parametrize('interface', INTERFACES)
def test_what_is_wrong_on_purpose_answers_and_is_not_listed(interface: str) -> None:
    assert get(interface, '/wrong_auth_preflight/orders/17').status_code == 401
    assert not any('wrong' in name for name in get(interface, '/').json()['lessons'])


def test_a_lesson_that_does_not_start_is_no_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(package: str, name: str) -> Any:
        if name in ('blocked', 'wrong_auth_preflight'):
            raise ValueError(name)

    monkeypatch.setattr(mount, 'load_lesson', load)
    with pytest.raises(ValueError, match='blocked'):
        mount.load_all('app_wsgi')


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_lesson_answers_below_its_name(interface: str) -> None:
    assert get(interface, '/blocked/menu').json() == {'rye': 4.2, 'sourdough': 5.5}
    assert get(interface, '/blocked').status_code == 404  # the lesson's own: it has no such route
    assert get(interface, '/blocked').json() == {'title': '404 Not Found'}


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_recorded_call_can_be_read_by_the_guide(interface: str) -> None:
    request = httpx.Request(
        'GET', 'http://127.0.0.1/_wire/k1/one_origin/menu?a=1', headers={'Origin': GUIDE}
    )
    read = httpx.Request('GET', 'http://127.0.0.1/_wire/k1', headers={'Origin': GUIDE})
    answer, wire = send(interface, [request, read])
    assert answer.json() == {'rye': 4.2, 'sourdough': 5.5}
    (exchange,) = wire.json()
    assert exchange['path'] == '/menu?a=1'
    assert ['Origin', GUIDE] in exchange['request_headers']
    assert ['Access-Control-Allow-Origin', GUIDE] in exchange['response_headers']
    assert wire.headers['Access-Control-Allow-Origin'] == GUIDE
    assert wire.headers['Cache-Control'] == 'no-store'


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize(
    ('origin', 'allowed'),
    [(GUIDE, True), ('http://localhost:9000', True), ('https://shop.example.com', False)],
)
def test_only_the_guide_reads_the_wire(interface: str, origin: str, allowed: bool) -> None:
    assert ('Access-Control-Allow-Origin' in get(interface, '/_wire/k1', origin).headers) is allowed


@pytest.mark.parametrize('interface', INTERFACES)
def test_lessons_follow_the_guide_to_another_port(
    interface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GUIDE_PORT_VARIABLE, '9123')
    moved = 'http://127.0.0.1:9123'
    allowed = get(interface, '/one_origin/menu', moved).headers['Access-Control-Allow-Origin']
    assert allowed == moved
    assert 'Access-Control-Allow-Origin' not in get(interface, '/one_origin/menu').headers
    assert get(interface, '/_wire/k1', moved).headers['Access-Control-Allow-Origin'] == moved


def test_an_empty_path_is_the_first_page() -> None:
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def start_response(status: str, *_: Any) -> Any:
        statuses.append(status)

    mount.wsgi()({**environ, 'PATH_INFO': ''}, start_response)
    assert statuses == ['200 OK']


async def lifespan(app: Any, events: list[str]) -> list[str]:
    """Send lifespan events to an app; return the types of its answers."""
    answers = []
    pending = iter(events)

    async def receive() -> dict[str, str]:
        return {'type': f'lifespan.{next(pending)}'}

    async def send(event: dict[str, str]) -> None:
        answers.append(event['type'])

    await app({'type': 'lifespan'}, receive, send)
    return answers


def test_the_lifespan_reaches_every_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[tuple[str, str]] = []
    monkeypatch.setattr(mount, 'load_lesson', lambda _, name: recording_app(name, events))
    answers = asyncio.run(lifespan(mount.asgi(), ['startup', 'shutdown']))
    assert answers == ['lifespan.startup.complete', 'lifespan.shutdown.complete']
    started = [name for step, name in events if step == 'startup']
    assert started == PROGRAMS
    assert events[len(started) :] == [('shutdown', name) for name in reversed(started)]


def recording_app(name: str, events: list[tuple[str, str]]) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        for step in ('startup', 'shutdown'):
            assert (await receive())['type'] == f'lifespan.{step}'
            events.append((step, name))
            await send({'type': f'lifespan.{step}.complete'})

    return app


def test_a_lesson_that_does_not_start_stops_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({'type': 'lifespan.startup.failed', 'message': 'no oven'})

    monkeypatch.setattr(mount, 'load_lesson', lambda *_: broken)
    with pytest.raises(RuntimeError, match='startup failed: no oven'):
        asyncio.run(lifespan(mount.asgi(), ['startup', 'shutdown']))
