"""How Browser behaves as a tool: arguments, results, errors, drivers, lifespan, event loops."""

from __future__ import annotations

import asyncio
import functools
import gc
import itertools
import json
import pickle
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import falcon
import falcon.asgi
import pytest

from cors_browser import (
    PROFILES,
    RULES,
    Blocked,
    Browser,
    Exchange,
    Reply,
    Step,
    Unreachable,
    urls,
)

PAGE = 'https://app.example.com'
API = 'https://api.example.com'
SHARE = ('Access-Control-Allow-Origin', '*')


def echo(req: falcon.Request) -> dict[str, Any]:
    return {
        'uri': req.uri,
        'port': req.port,
        'path': req.path,
        'agent': req.get_header('X-Agent'),
        'address': req.remote_addr,
    }


class Items:
    """Echoes what a request brings."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('X-Total', '7')
        resp.media = echo(req)

    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()


class ItemsAsync:
    """Echoes what a request brings."""

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.set_header('X-Total', '7')
        resp.media = echo(req)

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


def wsgi_app() -> Callable[..., Any]:
    app = falcon.App(cors_enable=True)
    app.add_route('/items', Items())
    return app


def asgi_app() -> Callable[..., Any]:
    app = falcon.asgi.App(cors_enable=True)
    app.add_route('/items', ItemsAsync())
    return app


def bare(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response('200 OK', [SHARE])
    return [environ['REQUEST_METHOD'].encode()]


async def bare_async(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'x-a', b'1')]})
    await send({'type': 'http.response.body', 'body': scope['method'].encode(), 'more_body': True})
    await send({'type': 'http.response.body'})


@pytest.fixture(params=[wsgi_app, asgi_app], ids=['wsgi', 'asgi'])
def app(request: pytest.FixtureRequest) -> Callable[..., Any]:
    make: Callable[[], Callable[..., Any]] = request.param
    return make()


def test_a_simple_request(app: Callable[..., Any]) -> None:
    reply = Browser(app, PAGE, api=f'{API}:8443').fetch(
        '/items?a=b%20c', headers={'X-Agent': 'caf\xe9'}
    )
    assert (reply.status, reply.ok, reply.type) == (200, True, 'cors')
    assert reply.url == f'{API}:8443/items?a=b%20c'
    assert not reply.redirected
    assert reply.json() == {
        'uri': f'{API}:8443/items?a=b%20c',
        'port': 8443,
        'path': '/items',
        'agent': 'caf\xe9',
        'address': '127.0.0.1',
    }
    assert set(reply.headers) == {'content-type', 'content-length'}
    assert 'x-total' in reply.exchange.steps[-1].response_headers


def test_paths_are_decoded_once(app: Callable[..., Any]) -> None:
    methods: list[str] = []
    browser = Browser(app, PAGE, api=API, on_step=lambda step: methods.append(step.url))
    reply = browser.fetch('/%69tems')
    assert reply.json()['path'] == '/items'
    assert methods == [f'{API}/%69tems']
    assert browser.fetch('/caf\xe9%2520').status == 404


def test_a_preflighted_request_with_a_body(app: Callable[..., Any]) -> None:
    browser = Browser(app, PAGE, api=API)
    reply = browser.fetch('/items', 'PUT', json={'name': 'é'})
    assert reply.json() == {'name': 'é'}
    exchange = reply.exchange
    assert [step.method for step in exchange.steps] == ['OPTIONS', 'PUT']
    assert [step.method for step in exchange.preflights] == ['OPTIONS']
    assert (exchange.reached_server, exchange.side_effect_possible) == (True, True)
    assert (exchange.readable, exchange.credentials) == (True, 'same-origin')


def test_a_refused_preflight_never_reaches_the_responder(app: Callable[..., Any]) -> None:
    browser = Browser(app, PAGE, api=API)
    with pytest.raises(Blocked, match='Access-Control-Allow-Methods') as caught:
        browser.fetch('/items', 'DELETE')
    blocked = caught.value
    assert blocked.code == 'preflight-method'
    assert blocked.header == 'Access-Control-Allow-Methods'
    assert blocked.section == 'https://fetch.spec.whatwg.org/#cors-preflight-fetch'
    assert blocked.fix == RULES['preflight-method'].fix
    assert blocked.console == ''
    assert (blocked.guide, blocked.kind) == ('errors/method', '')
    exchange = blocked.exchange
    assert (exchange.reached_server, exchange.side_effect_possible) == (False, False)
    assert (exchange.readable, exchange.visible_headers) == (False, ())
    assert str(blocked).splitlines() == [
        f'preflight-method: {blocked.reason}',
        f'fix: {blocked.fix}',
        'rule: https://fetch.spec.whatwg.org/#cors-preflight-fetch',
        'page: https://app.example.com, credentials: same-origin',
        '  OPTIONS https://api.example.com/items -> 200 (preflight: method DELETE)',
    ]


def test_a_blocked_answer_still_had_its_effect() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response('201 Created', [('Set-Cookie', 'sid=1; Secure; SameSite=None')])
        return []

    browser = Browser(app, PAGE, api=API)
    browser.cookies.set(API, 'old=1')
    with pytest.raises(Blocked) as caught:
        browser.fetch('/', 'POST', body='a', credentials='include')
    exchange = caught.value.exchange
    assert caught.value.code == 'acao-missing'
    assert (exchange.reached_server, exchange.side_effect_possible) == (True, True)
    assert (exchange.cookies_sent, exchange.cookies_stored) == (('old',), ('sid',))
    assert 'note: the server received the request and may have acted on it' in str(caught.value)
    with pytest.raises(Blocked) as caught:
        browser.fetch('/')
    assert caught.value.exchange.reached_server
    assert not caught.value.exchange.side_effect_possible
    assert 'note:' not in str(caught.value)


def test_an_exchange_as_data(app: Callable[..., Any]) -> None:
    reply = Browser(app, PAGE, api=API).fetch(
        '/items', 'PUT', body=b'"\xff"', headers={'content-type': 'text/plain'}
    )
    data = json.loads(json.dumps(reply.exchange.as_dict()))
    assert data['page'] == PAGE
    assert (data['readable'], data['reached_server'], data['side_effect_possible']) == (True,) * 3
    assert (data['cookies_sent'], data['cookies_stored']) == ([], [])
    assert data['visible_headers'] == list(reply.headers)
    preflight, actual = data['steps']
    assert (preflight['preflight'], preflight['why']) == (True, ['method PUT'])
    assert ['access-control-request-method', 'PUT'] in preflight['request_headers']
    assert actual['request_body'] == '"\ufffd"'
    assert actual['status'] == 415
    assert ['access-control-allow-origin', '*'] in actual['response_headers']
    assert json.loads(actual['response_body'])['title'] == '415 Unsupported Media Type'


def test_the_body_as_text() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response('200 OK', [SHARE])
        return [b'\xef\xbb\xbf', 'é'.encode(), b'\xff']

    reply = Browser(app, PAGE).fetch('/')
    assert reply.text() == 'é\ufffd'
    with pytest.raises(json.JSONDecodeError):
        reply.json()


def test_head_and_204_have_no_body() -> None:
    assert Browser(bare, PAGE).fetch('/', 'HEAD').body == b''
    assert Browser(bare, PAGE).fetch('/').body == b'GET'


def test_the_default_address_of_an_application() -> None:
    assert Browser(bare, PAGE).fetch('/a').url == 'https://api.example.com/a'


def test_errors_survive_pickling_and_escape_what_servers_say() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response('200 OK', [('Access-Control-Allow-Origin', '\x1b[31m\x9b' + 'x' * 300)])
        return []

    with pytest.raises(Blocked) as caught:
        Browser(app, PAGE).fetch('/')
    assert r"'\x1b[31m\x9b" + 'x' * 194 + "...'" in str(caught.value)
    assert '\x1b' not in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.exchange) == (str(caught.value), caught.value.exchange)
    browser = Browser(bare, PAGE)
    with pytest.raises(Unreachable) as unreachable:
        browser.fetch('https://else.example/')
    again = pickle.loads(pickle.dumps(unreachable.value))
    assert (again.kind, str(again)) == ('no-server', str(unreachable.value))


def test_every_rule_can_be_shown() -> None:
    for code, rule in RULES.items():
        blocked = Blocked(code, 'reason')
        assert blocked.section.endswith(rule.anchor)
        assert re.fullmatch(r'https://[a-z]+\.spec\.whatwg\.org/.*#[a-z-]+', blocked.section)
        assert rule.fix.endswith('.')
        assert rule.fix in str(blocked)
    points = [point for point, _ in itertools.groupby(rule.point for rule in RULES.values())]
    assert len(points) == len({*points}), 'the codes of one decision follow each other'


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'page': 'example.com'}, "page: 'example.com' is not a URL: it has no scheme"),
        ({'top_level': 'https://a/b'}, "top_level: 'https://a/b' isn't an origin"),
        ({'api': 'api.example.com'}, "api: 'api.example.com' is not a URL"),
        ({'api': 'ftp://a'}, "api: 'ftp://a' isn't an http URL; write 'http://' or 'https://'"),
        ({'target': 'localhost:8000'}, "target: 'localhost:8000' isn't an http URL"),
        ({'target': API, 'api': API}, f"api: '{API}' is already part of the base URL"),
        ({'profile': 'safari'}, r"profile: 'safari' is unknown; choose one of \('standard', "),
        ({'hosts': {'x': bare}}, "hosts: 'x' is not a URL"),
        ({'hosts': {API: bare}}, f"hosts: '{API}' is already served by `target`; remove it"),
        (
            {'hosts': {'http://a': 'http://b'}},
            "hosts: 'http://b' doesn't have the origin 'http://a'",
        ),
    ],
)
def test_arguments_of_the_browser_are_checked(options: dict[str, Any], message: str) -> None:
    make: Callable[..., Browser] = Browser
    with pytest.raises(ValueError, match=message):
        make(**({'target': bare, 'page': PAGE} | options))


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'mode': 'navigate'}, "mode: 'navigate' is unknown; choose one of "),
        ({'credentials': 'yes'}, r"credentials: 'yes' is unknown; choose one of \('omit', "),
        ({'redirect': 'no'}, "redirect: 'no' is unknown; choose one of "),
        (
            {'json': 1, 'body': 'a', 'method': 'POST'},
            'json: given together with `body` or `files`; leave one',
        ),
        (
            {'url': 'https://a:b/'},
            "url: 'https://a:b/' is not a URL: its host or port is malformed",
        ),
        ({'url': 'data:,a'}, 'url: a data: URL'),
        ({'url': 'https://m%25n.example/'}, 'is not a valid host name'),
    ],
)
def test_options_of_fetch_are_checked(options: dict[str, Any], message: str) -> None:
    fetch: Callable[..., Reply] = Browser(bare, PAGE).fetch
    with pytest.raises(ValueError, match=message):
        fetch(**({'url': '/'} | options))


def test_profiles_name_themselves() -> None:
    assert {name: profile.name for name, profile in PROFILES.items()} == {n: n for n in PROFILES}
    assert Browser(bare, PAGE, profile='webkit').fetch('/').exchange.profile == 'webkit'


# ------------------------------------------------------------------------------ WSGI driver


OWN_VARIABLES = {
    'HTTP_USER_AGENT': PROFILES['standard'].user_agent,
    'HTTP_ACCEPT_LANGUAGE': 'en-US,en;q=0.9',
    'HTTP_ACCEPT_ENCODING': 'gzip, deflate, br, zstd',
    'HTTP_SEC_FETCH_DEST': 'empty',
    'HTTP_SEC_FETCH_MODE': 'cors',
    'HTTP_SEC_FETCH_SITE': 'same-origin',
    'HTTP_REFERER': 'https://[::1]/',
}


def test_wsgi_environ() -> None:
    environ_copy: dict[str, Any] = {}

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ_copy.update(environ)
        start_response('200 OK', [SHARE])
        return []

    browser = Browser(app, 'https://[::1]', api='https://[::1]')
    headers = [('X-A', '1'), ('X-A', '2'), ('Content-Type', 'text/html')]
    browser.fetch('/caf\xe9%2F?a=%20', 'POST', body='é', headers=headers)
    body = environ_copy.pop('wsgi.input').read()
    assert body == 'é'.encode()
    assert environ_copy.pop('wsgi.errors') is sys.stderr
    assert {name: environ_copy.pop(name) for name in OWN_VARIABLES} == OWN_VARIABLES
    assert environ_copy == {
        'REQUEST_METHOD': 'POST',
        'SCRIPT_NAME': '',
        'PATH_INFO': '/caf\xc3\xa9/',
        'QUERY_STRING': 'a=%20',
        'REMOTE_ADDR': '127.0.0.1',
        'SERVER_NAME': '[::1]',
        'SERVER_PORT': '443',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'HTTP_HOST': '[::1]',
        'HTTP_X_A': '1, 2',
        'HTTP_ACCEPT': '*/*',
        'HTTP_ORIGIN': 'https://[::1]',
        'CONTENT_TYPE': 'text/html',
        'CONTENT_LENGTH': '2',
        'wsgi.version': (1, 0),
        'wsgi.url_scheme': 'https',
        'wsgi.multithread': False,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
    }


def test_wsgi_write_generators_and_close() -> None:
    closed: list[bool] = []

    class Chunks:
        def __iter__(self) -> Iterator[bytes]:
            yield b'b'
            yield b'c'

        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start_response: Any) -> Chunks:
        start_response('500 No', [])
        start_response('200 OK', [SHARE], None)(b'a')
        return Chunks()

    reply = Browser(app, PAGE).fetch('/')
    assert (reply.status, reply.body, closed) == (200, b'abc', [True])


def test_wsgi_start_response_may_come_with_the_first_chunk() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        start_response('200 OK', [SHARE])
        yield b'a'

    assert Browser(app, PAGE).fetch('/').body == b'a'


def test_wsgi_faults() -> None:
    with pytest.raises(RuntimeError, match='did not call start_response'):
        Browser(lambda environ, start_response: [], PAGE).fetch('/')

    def crash(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Browser(crash, PAGE).fetch('/')


def test_wsgi_applications_may_run_event_loops_of_their_own() -> None:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response('200 OK', [SHARE])
        return [str(asyncio.run(asyncio.sleep(0, 7))).encode()]

    assert Browser(app, PAGE).fetch('/').body == b'7'
    assert asyncio.run(Browser(app, PAGE).afetch('/')).body == b'7', 'in a thread of its own'


# ------------------------------------------------------------------------------ ASGI driver


def test_asgi_scope_and_events() -> None:
    events: list[Any] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        events.append(scope)
        events.append(await receive())
        await bare_async(scope, receive, send)

    reply = Browser(app, API, api=API).fetch(
        '/caf\xe9?a', 'POST', body=b'b', headers={'X-A': '\xe9'}
    )
    assert (reply.body, dict(reply.headers)) == (b'POST', {'x-a': '1'})
    assert events == [
        {
            'type': 'http',
            'asgi': {'version': '3.0', 'spec_version': '2.3'},
            'http_version': '1.1',
            'method': 'POST',
            'scheme': 'https',
            'path': '/caf\xe9',
            'raw_path': b'/caf%C3%A9',
            'query_string': b'a',
            'root_path': '',
            'headers': [
                (b'host', b'api.example.com'),
                (b'x-a', b'\xe9'),
                (b'accept', b'*/*'),
                (b'origin', b'https://api.example.com'),
                (b'content-length', b'1'),
                (b'user-agent', PROFILES['standard'].user_agent.encode()),
                (b'accept-language', b'en-US,en;q=0.9'),
                (b'accept-encoding', b'gzip, deflate, br, zstd'),
                (b'sec-fetch-dest', b'empty'),
                (b'sec-fetch-mode', b'cors'),
                (b'sec-fetch-site', b'same-origin'),
                (b'referer', b'https://api.example.com/'),
            ],
            'client': ('127.0.0.1', 50000),
            'server': ('api.example.com', 443),
            'state': {},
        },
        {'type': 'http.request', 'body': b'b', 'more_body': False},
    ]


def test_asgi_faults() -> None:
    async def silent(scope: dict[str, Any], receive: Any, send: Any) -> None:
        pass

    async def crash(scope: dict[str, Any], receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="didn't send a response"):
        Browser(silent, PAGE).fetch('/')
    with pytest.raises(ZeroDivisionError):
        Browser(crash, PAGE).fetch('/')


class Callee:
    """An ASGI application as an object, in two ways."""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await bare_async(scope, receive, send)

    def method(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        return bare_async(scope, receive, send)


@pytest.mark.parametrize(
    'target',
    [
        bare_async,
        Callee(),
        Callee().method,
        functools.partial(bare_async),
        lambda scope, receive, send: bare_async(scope, receive, send),
    ],
    ids=['function', 'object', 'method', 'partial', 'lambda'],
)
def test_asgi_applications_are_recognized(target: Any) -> None:
    assert Browser(target, API, api=API).fetch('/').body == b'GET'


@pytest.mark.parametrize(
    'target', [bare, functools.partial(bare), lambda environ, start: bare(environ, start)]
)
def test_wsgi_applications_are_recognized(target: Any) -> None:
    assert Browser(target, PAGE).fetch('/').body == b'GET'


# ---------------------------------------------------------------- event loops and lifespan


def test_fetch_in_an_event_loop_names_its_twin(app: Callable[..., Any]) -> None:
    browser = Browser(app, PAGE, api=API)

    async def inside() -> int:
        with pytest.raises(RuntimeError, match=r'^fetch: .* use afetch$'):
            browser.fetch('/items')
        with pytest.raises(RuntimeError, match=r'^with: .* use async with$'):
            browser.__enter__()
        reply = await browser.afetch('/items', 'PUT', json=1)
        return reply.status

    assert asyncio.run(inside()) == 200


def test_wsgi_runs_beside_an_event_loop_in_a_thread() -> None:
    threads: list[bool] = []

    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        threads.append(threading.current_thread() is threading.main_thread())
        return bare(environ, start_response)

    browser = Browser(app, PAGE)
    browser.fetch('/')
    asyncio.run(browser.afetch('/'))
    mixed = Browser(app, PAGE, hosts={'https://b.example': bare_async})
    mixed.fetch('/')
    assert threads == [True, False, False]


def test_the_event_loop_stays_the_same_and_is_closed_with_the_browser() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        loops.append(asyncio.get_running_loop())
        await bare_async(scope, receive, send)

    browser = Browser(app, API, api=API)
    browser.fetch('/')
    browser.fetch('/')
    assert loops[0] is loops[1]
    assert not loops[0].is_closed()
    del browser
    gc.collect()
    assert loops[0].is_closed()


class Lifespan:
    """An ASGI application that tells of its lifespan, and may fail in it."""

    def __init__(self, events: list[str], failing: str = '') -> None:
        self.events = events
        self.failing = failing

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope['type'] != 'lifespan':
            self.events.append(scope['type'])
            await bare_async(scope, receive, send)
            return
        for name in ('lifespan.startup', 'lifespan.shutdown'):
            event = await receive()
            assert event == {'type': name}
            self.events.append(name)
            if name == self.failing:
                await send({'type': f'{name}.failed', 'message': 'no database'})
                return
            await send({'type': f'{name}.complete'})


def test_lifespan_runs_once_for_each_application() -> None:
    events: list[str] = []
    app, other = Lifespan(events), Lifespan(events)
    hosts = {'https://b.example': app, 'https://c.example': other}
    with Browser(app, API, api=API, hosts=hosts) as browser:
        assert events == ['lifespan.startup'] * 2
        browser.fetch('/')
        browser.fetch('/')
    assert events == [*['lifespan.startup'] * 2, 'http', 'http', *['lifespan.shutdown'] * 2]


def test_lifespan_in_an_event_loop() -> None:
    events: list[str] = []

    async def inside() -> None:
        async with Browser(Lifespan(events), API, api=API) as browser:
            await browser.afetch('/')

    asyncio.run(inside())
    assert events == ['lifespan.startup', 'http', 'lifespan.shutdown']


def test_falcon_startup_handlers_run() -> None:
    class Middleware:
        ready = 0

        async def process_startup(self, scope: Any, event: Any) -> None:
            self.ready += 1

        async def process_shutdown(self, scope: Any, event: Any) -> None:
            self.ready += 10

    middleware = Middleware()
    app = falcon.asgi.App(middleware=[middleware])
    with Browser(app, API, api=API) as browser:
        assert browser.fetch('/').status == 404
        assert middleware.ready == 1
    assert middleware.ready == 11


def test_lifespan_that_fails() -> None:
    events: list[str] = []
    first, second = Lifespan(events), Lifespan(events, 'lifespan.startup')
    browser = Browser(first, API, api=API, hosts={'https://b.example': second})
    with pytest.raises(RuntimeError, match=r'^target: lifespan.startup failed: no database$'):
        browser.__enter__()
    assert events == ['lifespan.startup'] * 2 + ['lifespan.shutdown'], 'the first one is stopped'
    with (
        pytest.raises(RuntimeError, match=r'lifespan.shutdown failed'),
        Browser(Lifespan(events, 'lifespan.shutdown'), API, api=API),
    ):
        pass


def test_an_application_that_lingers_is_cancelled() -> None:
    ended: list[bool] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        for name in ('startup', 'shutdown'):
            await receive()
            await send({'type': f'lifespan.{name}.complete'})
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    with Browser(app, API, api=API):
        pass
    assert ended == [True]


def test_applications_without_lifespan(caplog: pytest.LogCaptureFixture) -> None:
    async def unknowing(scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert scope['type'] == 'http'
        await bare_async(scope, receive, send)

    with Browser(unknowing, API, api=API) as browser:
        assert browser.fetch('/').status == 200
    gc.collect()
    assert caplog.records == [], 'nothing is left behind in the event loop'
    with Browser(bare, PAGE) as browser:
        assert browser.fetch('/').status == 200


# ---------------------------------------------------------------------- missing libraries


def test_without_publicsuffixlist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'publicsuffixlist', None)
    urls.public_suffixes.cache_clear()
    browser = Browser(bare, PAGE, api=API)
    assert browser.fetch('/').status == 200
    browser.cookies.set(API, 'a=1')
    with pytest.raises(
        ImportError, match=r'^publicsuffixlist is needed to tell .* one site; install'
    ):
        browser.fetch('/', credentials='include')
    for page in ('http://127.0.0.1:1', 'https://api.example.com:1', 'https://app.example.org'):
        browser = Browser(bare, page, api=API)
        browser.cookies.set(API, 'a=1')
        with pytest.raises(Blocked):
            browser.fetch('/', credentials='include')


def test_without_httpx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'httpx', None)
    assert Browser(bare, PAGE).fetch('/').status == 200
    with pytest.raises(
        ImportError, match=r'^httpx is needed to call a live URL; install it: python'
    ):
        Browser(API, PAGE)


def test_steps_are_announced_before_they_are_sent() -> None:
    announced: list[tuple[str, int]] = []

    def note(step: Step) -> None:
        announced.append((step.method, step.status))

    browser = Browser(wsgi_app(), PAGE, api=API, on_step=note)
    browser.fetch('/items', 'PUT', json=1)
    assert announced == [('OPTIONS', 0), ('PUT', 0)]


def test_an_empty_exchange_has_no_consequences() -> None:
    exchange = Exchange(PAGE, 'omit', 'standard')
    assert (exchange.reached_server, exchange.side_effect_possible) == (False, False)
    assert (exchange.cookies_sent, exchange.preflights) == ((), [])
