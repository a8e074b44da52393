# SPDX-License-Identifier: MIT-0
"""What the design of cors.py rests on, measured: if Falcon or Python change, this says so."""

import asyncio
import importlib.util
import re
import sys
from collections.abc import AsyncIterator
from typing import Any

import falcon
import falcon.asgi
import falcon.testing
import pytest
from falcon.routing import CompiledRouter

import cors
from cors import CORSMiddleware, Policy, PolicyError
from tests.unit.cors_support import INTERFACES, A, Interface, adapt, ask, build, new_app, preflight

both = pytest.mark.parametrize('interface', INTERFACES)


def load_cors() -> None:
    spec = importlib.util.spec_from_file_location('cors_again', cors.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module.__name__] = module  # where dataclasses look for it
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[module.__name__]


@pytest.mark.parametrize(
    'version', ['3.1.3', '3.0.0', '2.0.0', '4.0.2', '4.4.0', '5.0.0a1', '10.0']
)
def test_an_old_falcon_is_refused_with_the_version_that_is_needed(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(falcon, '__version__', version)
    if version[0] in '23':
        message = f'needs Falcon 4.0 or newer, but this is Falcon {version}'
        with pytest.raises(ImportError, match=re.escape(message)):
            load_cors()
    else:
        load_cors()


def test_the_codec_of_the_standard_library_names_a_strangers_domain() -> None:
    assert 'faß.de'.encode('idna') == b'fass.de'
    with pytest.raises(PolicyError, match=r"did you mean 'https://xn--fa-hia\.de'\?"):
        Policy(allow_origins='https://faß.de')


def test_a_coroutine_is_truthy() -> None:
    async def refuse(origin: str) -> bool:
        raise AssertionError('never awaited')

    forgotten = refuse(A)
    try:
        assert forgotten
        assert not Policy(allow_origins=refuse).decide(A, verdict=forgotten).allowed
    finally:
        forgotten.close()


def test_building_a_wsgi_app_reads_process_request_and_an_asgi_app_does_not() -> None:
    async def allow(origin: str) -> bool:
        return True

    middleware = CORSMiddleware(allow_origins=allow)
    with pytest.raises(PolicyError, match="WSGI can't await it"):
        falcon.App(middleware=[middleware])
    with pytest.raises(PolicyError, match="WSGI can't await it"):
        falcon.App().add_middleware(middleware)
    assert falcon.asgi.App(middleware=[middleware])


class Raising:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('X-Left', 'over')
        resp.text = 'left over'
        raise self.error


ERRORS = [
    falcon.HTTPUnauthorized(challenges=['Bearer']),
    falcon.HTTPForbidden(),
    falcon.HTTPTooManyRequests(retry_after=5),
    falcon.HTTPMovedPermanently('https://elsewhere.example'),
    falcon.HTTPStatus(200, headers={'X-Left': 'over'}, text='handled'),
    RuntimeError('unhandled'),
]


@both
@pytest.mark.parametrize('error', ERRORS, ids=lambda error: type(error).__name__)
def test_process_response_can_still_answer_a_refused_preflight(
    interface: Interface, error: Exception
) -> None:
    app = build(interface, adapt(interface, Raising(error)), CORSMiddleware(allow_origins=A))
    result = ask(app, 'OPTIONS', headers=preflight(A))
    assert result.status_code == 204
    assert set(result.headers) == {
        'access-control-allow-origin',
        'access-control-allow-methods',
        'access-control-max-age',
        'vary',
    }
    assert result.content == b''


def test_process_response_can_still_answer_for_streams_and_events_of_asgi() -> None:
    closed: list[str] = []

    async def events(name: str) -> AsyncIterator[Any]:
        try:
            yield falcon.asgi.SSEvent(text='never sent')
        finally:
            closed.append(name)

    class Answering:
        async def process_request(self, req: Any, resp: Any) -> None:
            stream, sse = events('stream'), events('sse')
            resp.stream, resp.sse = stream, sse
            await anext(stream)
            await anext(sse)
            resp.complete = True

    app = new_app('asgi', [Answering(), CORSMiddleware(allow_origins=A)])
    result = ask(app, 'OPTIONS', headers=preflight(A))
    assert result.status_code == 204
    assert result.content == b''
    assert closed == ['stream', 'sse']


@both
def test_nothing_of_a_refusal_is_left_in_the_response(interface: Interface) -> None:
    """A 204 has no body, but media that cannot be rendered would still make it a 500."""
    left: list[object] = []

    class Filling:
        def process_request(self, req: falcon.Request, resp: Any) -> None:
            resp.text, resp.data, resp.media = 'text', b'data', object()
            resp.complete = True
            if interface == 'asgi':
                resp.sse = iter(())

        def process_response(
            self, req: falcon.Request, resp: Any, resource: object, req_succeeded: bool
        ) -> None:
            left.extend([resp.text, resp.data, resp.media, resp.stream, getattr(resp, 'sse', None)])

    app = build(interface, adapt(interface, Filling()), CORSMiddleware(allow_origins=A))
    assert ask(app, 'OPTIONS', headers=preflight(A)).status_code == 204
    assert left == [None] * 5


@both
def test_explicit_lists_go_out_whole_so_that_one_preflight_is_enough(interface: Interface) -> None:
    lists: dict[str, Any] = {'allow_methods': ['DELETE', 'PUT'], 'allow_headers': ['X-B', 'X-A']}
    app = build(interface, CORSMiddleware(allow_origins=A, **lists))
    answers = [
        ask(app, 'OPTIONS', headers=preflight(A, method, names)).headers
        for method, names in (('PUT', 'x-a'), ('DELETE', 'x-b'), ('GET', 'x-a,x-b'))
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]['access-control-allow-methods'] == 'DELETE, PUT'
    assert answers[0]['access-control-allow-headers'] == 'X-B, X-A'


@both
def test_append_header_would_write_vary_twice(interface: Interface) -> None:
    resp = falcon.Response()
    resp.append_header('Vary', 'Origin')
    resp.append_header('Vary', 'Origin')
    assert resp.get_header('Vary') == 'Origin, Origin'
    app = build(interface, CORSMiddleware(allow_origins=A))
    assert ask(app, 'GET', '/set', {'X-Set-Vary': 'Origin'}).headers['vary'] == 'Origin'


@both
def test_a_path_field_alone_lets_the_bare_prefix_through(interface: Interface) -> None:
    router = CompiledRouter()
    router.add_route('/internal/{path:path}', object())
    assert router.find('/internal/') is not None
    assert router.find('/internal') is None
    cors = CORSMiddleware(routes={'/internal/{path:path}': None})
    app = new_app(interface, [cors])
    for path in ('/internal', '/internal/', '/internal/x'):
        headers = ask(app, 'GET', path, {'Origin': A}).headers
        assert 'access-control-allow-origin' not in headers, path
    app.req_options.strip_url_path_trailing_slash = True
    headers = ask(app, 'GET', '/internal/', {'Origin': A}).headers
    assert 'access-control-allow-origin' not in headers


def websocket_events(middleware: Any) -> tuple[list[str], bool]:
    """Return the types of the events that a handshake causes, and whether the responder ran."""
    ran: list[bool] = []

    class Socket:
        async def on_websocket(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
            ran.append(True)

    app: Any = falcon.asgi.App(middleware=[middleware])
    app.add_route('/', Socket())
    scope = falcon.testing.create_scope_ws(headers={'Origin': 'https://evil.example'})
    sent: list[str] = []

    async def receive() -> dict[str, Any]:
        return {'type': 'websocket.connect'}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event['type'])

    asyncio.run(app(scope, receive, send))
    return sent, bool(ran)


def test_a_websocket_is_refused_before_it_is_accepted() -> None:
    """A close before the accept is a 403 of the server: the page sees the close code 1006."""
    assert websocket_events(CORSMiddleware(allow_origins=A)) == (['websocket.close'], False)


def test_after_ws_close_the_responder_would_still_run() -> None:
    class Closing:
        async def process_request_ws(
            self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket
        ) -> None:
            await ws.close()

    assert websocket_events(Closing()) == (['websocket.close'], True)


def test_the_module_says_what_it_is() -> None:
    assert cors.__version__ == '0.1.0'
    assert set(cors.__all__) == {'CORSMiddleware', 'Decision', 'Policy', 'PolicyError', 'Reason'}
