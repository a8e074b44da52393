"""The drivers for applications: state, disconnects, time limits and exceptions."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import falcon
import falcon.asgi
import pytest

from cors_browser import Blocked, Browser, HeaderNotExposed, Unreachable
from cors_browser.servers import LiveServer
from cors_browser.targets import Limits

PAGE, API = 'https://app.example.com', 'https://api.example.com'
SHARE = ('Access-Control-Allow-Origin', '*')
SHARE_BYTES = (b'access-control-allow-origin', b'*')
START: dict[str, Any] = {'type': 'http.response.start', 'status': 200, 'headers': [SHARE_BYTES]}
SHORT = 1e-6  # seconds; what these applications do before they wait is done whatever the limit is


def chunk(body: bytes, more: bool = True) -> dict[str, Any]:
    return {'type': 'http.response.body', 'body': body, 'more_body': more}


# --------------------------------------------------------------------------- lifespan state


class Stateful:
    """Sets state in its lifespan, as frameworks do with a database pool, and reads it back."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope['type'] == 'lifespan':
            await receive()
            scope['state'] |= {'pool': self, 'numbers': [1]}
            await send({'type': 'lifespan.startup.complete'})
            await receive()
            await send({'type': 'lifespan.shutdown.complete'})
            return
        self.seen.append(dict(scope['state']))
        scope['state']['pool'] = None
        scope['state'].get('numbers', []).append(2)
        await send(START)
        await send(chunk(b'', more=False))


def test_the_state_of_the_lifespan_reaches_requests_as_a_copy() -> None:
    app = Stateful()
    hosts = {'https://b.example': app}
    with Browser(app, PAGE, hosts=hosts) as browser:
        browser.fetch('/')
        browser.fetch('https://b.example/')
    assert app.seen == [{'pool': app, 'numbers': [1, 2, 2]}] * 2, 'a shallow copy, as the spec says'
    browser.fetch('/')
    assert app.seen[2] == {}, 'the lifespan is over'
    with browser:
        browser.fetch('/')
    assert app.seen[3] == {'pool': app, 'numbers': [1, 2]}


def test_each_application_has_a_state_of_its_own() -> None:
    apps = Stateful(), Stateful()
    with Browser(apps[0], PAGE, hosts={'https://b.example': apps[1]}) as browser:
        browser.fetch('/')
        browser.fetch('https://b.example/')
    assert [app.seen[0]['pool'] for app in apps] == [*apps]


# ------------------------------------------------------------- disconnects and time limits


async def until_disconnect(scope: Any, receive: Any, send: Any) -> None:
    """An event stream that ends when its reader is gone."""
    await receive()
    await send(START)
    await send(chunk(b'data: 1\n\n'))
    assert await receive() == {'type': 'http.disconnect'}
    assert await receive() == {'type': 'http.disconnect'}, 'again'
    await send(chunk(b'lost'))


async def endless(scope: Any, receive: Any, send: Any) -> None:
    """An event stream that sends without a pause, and looks at nothing."""
    await send(START)
    while True:
        await send(chunk(b'data: 1\n\n'))


async def stuck(scope: Any, receive: Any, send: Any) -> None:
    """An event stream that waits for something that never comes."""
    await send(START)
    await send(chunk(b'data: 1\n\n'))
    await asyncio.Event().wait()


def endless_wsgi(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response('200 OK', [SHARE])
    yield from itertools.repeat(b'data: 1\n\n')


@pytest.mark.parametrize('app', [until_disconnect, endless, stuck, endless_wsgi])
def test_an_endless_body_is_cut(app: Any) -> None:
    reply = Browser(app, PAGE, timeout=SHORT).fetch('/')
    assert reply.status == 200
    assert reply.body.startswith(b'data: 1\n\n')
    assert b'lost' not in reply.body
    assert not reply.complete
    assert reply.exchange.steps[-1].body_fault == 'it had not ended after 1e-06 seconds'
    assert json.loads(json.dumps(reply.exchange.as_dict()))['steps'][-1]['body_fault']


def test_falcon_ends_its_event_streams() -> None:
    ended = []

    class Events:
        async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
            async def events() -> AsyncIterator[falcon.asgi.SSEvent]:
                try:
                    yield falcon.asgi.SSEvent(data=b'1')
                    await asyncio.Event().wait()
                finally:
                    ended.append(True)

            resp.sse = events()

    app = falcon.asgi.App(middleware=[falcon.CORSMiddleware()])
    app.add_route('/events', Events())
    reply = Browser(app, PAGE, timeout=SHORT).fetch('/events')
    assert (reply.body, ended) == (b'data: 1\n\n', [True])


async def silent(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    assert await receive() == {'type': 'http.disconnect'}
    await asyncio.Event().wait()


@pytest.mark.parametrize('method', ['GET', 'PUT'])
def test_no_response_in_time(method: str) -> None:
    with pytest.raises(Unreachable, match='no response within 1e-06 seconds') as caught:
        Browser(silent, PAGE, timeout=SHORT).fetch('/', method)
    assert (caught.value.kind, caught.value.exchange.steps[-1].reached) == ('timeout', True)
    assert caught.value.code == ('preflight-network' if method == 'PUT' else 'network')


def test_work_after_the_response_is_finished() -> None:
    done = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send(chunk(b'a', more=False))
        assert await receive() == {'type': 'http.request', 'body': b'', 'more_body': False}
        assert await receive() == {'type': 'http.disconnect'}
        await asyncio.sleep(0)
        done.append(True)

    reply = Browser(app, PAGE, timeout=None).fetch('/')
    assert (reply.body, reply.complete, done) == (b'a', True, [True])


def test_work_after_the_response_that_does_not_end_is_cancelled() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(START)
        await send(chunk(b'a', more=False))
        await asyncio.Event().wait()

    reply = Browser(app, PAGE, timeout=SHORT).fetch('/')
    assert (reply.body, reply.complete) == (b'a', True)


def test_a_cancelled_fetch_cancels_the_application() -> None:
    ended = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def run() -> None:
        task = asyncio.ensure_future(Browser(app, PAGE).afetch('/'))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    asyncio.run(run())
    assert ended in ([True], []), 'it may not have begun'


def test_a_slow_wsgi_body_within_the_limit_is_whole() -> None:
    def app(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response('200 OK', [SHARE])
        yield from (b'a', b'b')

    reply = Browser(app, PAGE, timeout=None).fetch('/')
    assert (reply.body, reply.complete) == (b'ab', True)


def test_no_limit_is_a_day_for_sockets() -> None:
    call = vars(LiveServer(Limits(float('inf'), True), None))['_call']
    assert call.args == (86_400, None)


# ----------------------------------------------------------------------------- exceptions


def crash(environ: Any, start_response: Any) -> list[bytes]:
    raise ZeroDivisionError


def crash_before_the_first_chunk(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response('200 OK', [SHARE])
    yield b''
    raise ZeroDivisionError


def crash_without_start(environ: Any, start_response: Any) -> list[bytes]:
    return []


async def crash_async(scope: Any, receive: Any, send: Any) -> None:
    raise ZeroDivisionError


def crash_synchronously(scope: Any, receive: Any, send: Any) -> Any:
    raise ZeroDivisionError


async def crash_silently(scope: Any, receive: Any, send: Any) -> None:
    """Forget to respond."""


async def crash_in_the_protocol(scope: Any, receive: Any, send: Any) -> None:
    await send(chunk(b'a'))


async def crash_by_cancellation(scope: Any, receive: Any, send: Any) -> None:
    raise asyncio.CancelledError


CRASHES = [
    crash, crash_before_the_first_chunk, crash_without_start, crash_async, crash_synchronously,
    crash_silently, crash_in_the_protocol, crash_by_cancellation,
]  # fmt: skip


@pytest.mark.parametrize('app', CRASHES)
def test_exceptions_come_through_by_default(app: Any) -> None:
    with pytest.raises((ZeroDivisionError, RuntimeError)):
        Browser(app, PAGE).fetch('/')


@pytest.mark.parametrize('app', CRASHES)
def test_a_crash_has_no_cors_header(app: Any, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Blocked) as caught:
        Browser(app, PAGE, raise_app_exceptions=False).fetch('/')
    assert caught.value.code == 'acao-missing'
    step = caught.value.exchange.steps[-1]
    assert (step.status, b'Internal Server Error' in step.response_body) == (500, True)
    assert {'connection', 'content-type', 'content-length'} == {*step.response_headers}
    assert len(step.response_body) == int(step.response_headers['content-length'])
    (record,) = caplog.records
    assert (record.levelno, record.name.partition('.')[0]) == (logging.ERROR, 'cors_browser')


def test_the_page_of_the_api_sees_the_crash() -> None:
    assert Browser(crash, API, raise_app_exceptions=False).fetch('/').status == 500


def crash_after_a_chunk(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response('200 OK', [SHARE])
    yield b'a'
    raise ZeroDivisionError


async def crash_after_a_chunk_async(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(chunk(b'a'))
    raise ZeroDivisionError


async def crash_twice_started(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(chunk(b'a'))
    await send(START)


@pytest.mark.parametrize(
    'app', [crash_after_a_chunk, crash_after_a_chunk_async, crash_twice_started]
)
def test_a_crash_in_the_body_cuts_it(app: Any) -> None:
    with pytest.raises((ZeroDivisionError, RuntimeError)):
        Browser(app, PAGE).fetch('/')
    reply = Browser(app, PAGE, raise_app_exceptions=False).fetch('/')
    assert (reply.status, reply.body, reply.complete) == (200, b'a', False)
    assert reply.exchange.steps[-1].body_fault.startswith('the application raised ')


async def crash_after_the_response(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(chunk(b'a', more=False))
    await send(chunk(b'b', more=False))


def test_a_crash_after_the_response_does_not_change_it(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(RuntimeError, match=r"^target: 'http.response.body' was sent after the end"):
        Browser(crash_after_the_response, PAGE).fetch('/')
    reply = Browser(crash_after_the_response, PAGE, raise_app_exceptions=False).fetch('/')
    assert (reply.status, reply.body, reply.complete) == (200, b'a', True)
    assert len(caplog.records) == 1


async def unfinished(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(chunk(b'a'))


def test_a_body_without_end_is_cut() -> None:
    reply = Browser(unfinished, PAGE).fetch('/')
    assert (reply.body, reply.complete) == (b'a', False)
    fault = 'the connection was closed before its end'
    assert reply.exchange.steps[-1].body_fault == fault


# --------------------------------------------------------------- headers that were not exposed


def sending(*headers: tuple[str, str]) -> Callable[..., Any]:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response('200 OK', [*headers, ('X-Total', '7'), ('Set-Cookie', 'a=1')])
        return []

    return app


ANY = ('Access-Control-Allow-Origin', PAGE), ('Access-Control-Allow-Credentials', 'true')
STAR = ('Access-Control-Expose-Headers', '*')


@pytest.mark.parametrize(
    ('headers', 'options', 'name', 'message'),
    [
        ((SHARE,), {}, 'X-Total', "the response doesn't expose it; send Access-Control-Exp"),
        ((SHARE,), {}, 'x-total', "the response doesn't expose it; send Access-Control-Expose-Hea"),
        ((*ANY, STAR), {'credentials': 'include'}, 'X-Total', ": X-Total; with credentials '*' is"),
        ((SHARE, STAR), {}, 'Set-Cookie', 'scripts can never read cookies there'),
        ((), {'mode': 'no-cors'}, 'X-Total', "the mode 'no-cors' makes the response opaque; fetch"),
    ],
)  # fmt: skip
def test_an_unexposed_header_explains_itself(
    headers: Any, options: Any, name: str, message: str
) -> None:
    reply = Browser(sending(*headers), PAGE).fetch('/', **options)
    with pytest.raises(KeyError) as caught:
        reply.headers[name]
    assert isinstance(caught.value, HeaderNotExposed)
    assert str(caught.value).startswith(f"{name} was sent, but the page can't read it: ")
    assert message in str(caught.value)
    assert (caught.value.name, reply.headers.get(name), name in reply.headers) == (
        name,
        None,
        False,
    )


def test_a_redirect_that_is_not_followed_hides_its_headers() -> None:
    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response('302 Found', [SHARE, ('Location', '/b')])
        return []

    reply = Browser(app, PAGE).fetch('/', redirect='manual')
    with pytest.raises(HeaderNotExposed, match="redirect 'manual' hides the response; fetch with"):
        reply.headers['Location']


def test_a_header_that_was_not_sent_is_a_plain_error() -> None:
    reply = Browser(sending(SHARE, STAR), PAGE).fetch('/')
    assert reply.headers['X-Total'] == '7'
    with pytest.raises(KeyError) as caught:
        reply.headers['X-Other']
    assert not isinstance(caught.value, HeaderNotExposed)
