# SPDX-License-Identifier: MIT-0
"""Other components and other apps around the middleware, whatever they do."""

import asyncio
import io
import itertools
import logging
from typing import Any

import falcon
import falcon.asgi
import falcon.testing
import pytest

from cors import CORSMiddleware
from tests.unit.cors_support import (
    INTERFACES,
    A,
    B,
    Interface,
    adapt,
    ask,
    build,
    new_app,
    preflight,
)

pytestmark = pytest.mark.parametrize('interface', INTERFACES)

ACAO = 'access-control-allow-origin'
EVIL = 'https://evil.example'
POLICY: dict[str, Any] = {
    'allow_origins': [A],
    'allow_credentials': True,
    'allow_methods': ['PUT'],
    'allow_headers': ['X-A'],
}
ANSWER = {
    ACAO: A,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'PUT',
    'access-control-allow-headers': 'X-A',
    'access-control-max-age': '600',
    'vary': 'Origin',
}
FOREIGN = {
    ACAO: EVIL,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'DELETE',
    'access-control-expose-headers': 'X-Evil',
    'access-control-allow-private-network': 'true',
}
OF_A_BODY = {
    'content-type': 'text/html',
    'content-length': '7',
    'content-encoding': 'gzip',
    'etag': '"1"',
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
}


def misbehave(how: str, resp: Any) -> None:
    """Do one thing to a response that spoils a preflight."""
    if how == 'crash':
        raise RuntimeError('crash')
    if how == 'status':
        resp.status = 404
    if how == 'no headers':
        for name in resp.headers:
            resp.delete_header(name)
    if how == 'foreign headers':
        resp.set_headers(FOREIGN)
    if how == 'headers of a body':
        resp.set_headers(OF_A_BODY)
    if how == 'body':
        resp.text, resp.data, resp.media = 'text', b'data', {'m': object()}
    if how == 'stream':
        resp.set_stream(io.BytesIO(b'stream'), 6)
    if how == '401':
        raise falcon.HTTPUnauthorized(headers=FOREIGN)
    if how == 'redirect':
        raise falcon.HTTPFound('https://elsewhere.example')
    if how == 'complete':
        resp.complete = True
        resp.media = {'complete': True}


class Before:
    """Misbehaves when the request comes."""

    def __init__(self, how: str) -> None:
        self.how = how

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        misbehave(self.how, resp)


class After:
    """Misbehaves when the response goes."""

    def __init__(self, how: str) -> None:
        self.late = how

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        misbehave(self.late, resp)


class Around(Before, After):
    """Does both."""

    def __init__(self, how: str, late: str) -> None:
        self.how, self.late = how, late


HOW = ['crash', 'status', 'foreign headers', 'headers of a body', 'body', 'stream', '401',
       'redirect', 'complete']  # fmt: skip
LATE = ['crash', 'status', 'no headers', 'foreign headers', 'headers of a body', 'body', 'stream',
        '401', 'redirect']  # fmt: skip


def is_covered(order: list[object], cors: object, how: str, is_independent: bool) -> bool:
    """Return whether cors can have the last word: what is listed earlier acts after it."""
    earlier = order[: order.index(cors)]
    if any(isinstance(component, After) for component in earlier):
        return False
    return is_independent or not earlier or how not in ('crash', '401', 'redirect')


@pytest.mark.parametrize('late', LATE)
@pytest.mark.parametrize('how', HOW)
@pytest.mark.parametrize('is_independent', [True, False], ids=['independent', 'dependent'])
def test_cors_has_the_last_word_on_preflights(
    interface: Interface, is_independent: bool, how: str, late: str
) -> None:
    cors = CORSMiddleware(**POLICY)
    others = [Before(how), After(late), Around(how, late)]
    covered = 0
    for order in itertools.permutations([cors, *others]):
        if not is_covered(list(order), cors, how, is_independent):
            continue
        covered += 1
        components = [each if each is cors else adapt(interface, each) for each in order]
        app = build(interface, *components, independent_middleware=is_independent)
        for path in ('/items/1', '/nowhere'):
            result = ask(app, 'OPTIONS', path, preflight(A))
            assert result.status_code == 204, order
            assert dict(result.headers) == ANSWER, order
            assert result.content == b''
            refused = ask(app, 'OPTIONS', path, preflight(B))
            assert refused.status_code == 204
            assert dict(refused.headers) == {'vary': 'Origin'}
    assert covered >= 6, 'each order with cors listed first'


def test_what_is_not_about_cors_stays_on_preflights(interface: Interface) -> None:
    class Tracing:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            resp.set_header('X-Request-ID', '7')

        def process_response(
            self, req: falcon.Request, resp: falcon.Response, resource: object, ok: bool
        ) -> None:
            resp.set_header('Strict-Transport-Security', 'max-age=1')

    cors, tracing = CORSMiddleware(**POLICY), adapt(interface, Tracing())
    hsts = {'strict-transport-security': 'max-age=1'}
    first = ask(build(interface, cors, tracing), 'OPTIONS', headers=preflight(A))
    assert dict(first.headers) == {**ANSWER, **hsts}
    second = ask(build(interface, tracing, cors), 'OPTIONS', headers=preflight(A))
    assert dict(second.headers) == {**ANSWER, **hsts, 'x-request-id': '7'}


@pytest.mark.parametrize('value', ['Cookie', 'Cookie, Origin', 'origin', '*'])
def test_vary_of_another_component_is_merged_on_preflights(
    interface: Interface, value: str
) -> None:
    class Varying:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            resp.set_header('Vary', value)

    app = build(interface, adapt(interface, Varying()), CORSMiddleware(**POLICY))
    result = ask(app, 'OPTIONS', headers=preflight(A))
    expected = 'Cookie, Origin' if value == 'Cookie' else value
    assert dict(result.headers) == {**ANSWER, 'vary': expected}


def test_headers_of_a_body_do_not_stay_on_preflights(interface: Interface) -> None:
    app = build(interface, adapt(interface, Before('headers of a body')), CORSMiddleware(**POLICY))
    assert dict(ask(app, 'OPTIONS', headers=preflight(A)).headers) == ANSWER
    actual = ask(app, headers={'Origin': A}).headers
    assert actual['etag'] == '"1"', 'other requests keep them'


# ---- Several apps -----------------------------------------------------------------------------


def send(app: Any, interface: Interface, shared: dict[str, Any]) -> dict[str, str]:
    """Send a request in an environ or scope that other apps get, too; return status and headers."""
    if interface == 'wsgi':
        caught = falcon.testing.StartResponseMock()
        list(app(shared, caught))
        return {'status': str(caught.status)[:3], **caught.headers_dict}
    return asyncio.run(send_async(app, shared))


async def send_async(app: Any, scope: dict[str, Any]) -> dict[str, str]:
    events: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {'type': 'http.request'}

    async def collect(event: dict[str, Any]) -> None:
        events.append(event)

    await app(scope, receive, collect)
    headers = {name.decode(): value.decode() for name, value in events[0]['headers']}
    return {'status': str(events[0]['status']), **headers}


def new_shared(interface: Interface, method: str, headers: dict[str, str]) -> dict[str, Any]:
    if interface == 'wsgi':
        return falcon.testing.create_environ('/items/1', method=method, headers=headers)
    scope = falcon.testing.create_scope('/items/1', method=method, headers=headers)
    return {**scope, 'headers': [tuple(pair) for pair in scope['headers']]}


def test_apps_that_share_an_environ_each_have_their_own_instance(
    interface: Interface, caplog: pytest.LogCaptureFixture
) -> None:
    """A dispatcher tries one app after the other until one has the path."""
    first = new_app(interface, [CORSMiddleware(allow_origins=[B])])
    second = build(interface, CORSMiddleware(**POLICY))
    shared = new_shared(interface, 'GET', {'Origin': A})
    assert send(first, interface, shared)['status'] == '404'
    found = send(second, interface, shared)
    assert (found['status'], found[ACAO]) == ('200', A)
    asks = new_shared(interface, 'OPTIONS', preflight(A))
    assert ACAO not in send(first, interface, asks)
    answer = send(second, interface, asks)
    assert answer == {'status': '204', **ANSWER}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_one_instance_may_serve_several_apps(interface: Interface) -> None:
    cors = CORSMiddleware(**POLICY)
    shared = new_shared(interface, 'GET', {'Origin': A})
    for app in (new_app(interface, [cors]), build(interface, cors)):
        assert send(app, interface, shared)[ACAO] == A


def test_an_app_inside_a_sink_of_another(
    interface: Interface, caplog: pytest.LogCaptureFixture
) -> None:
    inner = build(interface, CORSMiddleware(**POLICY))
    seen: list[dict[str, str]] = []

    def sink(req: Any, resp: Any, **fields: str) -> None:
        seen.append(send(inner, interface, req.env))
        resp.text = 'outer'

    async def sink_async(req: Any, resp: Any, **fields: str) -> None:
        seen.append(await send_async(inner, req.scope))
        resp.text = 'outer'

    outer = new_app(interface, [CORSMiddleware(allow_origins=[B])])
    outer.add_sink(sink if interface == 'wsgi' else sink_async, '/')
    for origin, of_inner, of_outer in ((A, A, None), (B, None, B)):
        headers = send(outer, interface, new_shared(interface, 'GET', {'Origin': origin}))
        assert headers.get(ACAO) == of_outer
        assert seen[-1].get(ACAO) == of_inner
        assert headers['vary'] == seen[-1]['vary'] == 'Origin'
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
