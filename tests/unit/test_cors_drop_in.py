# SPDX-License-Identifier: MIT-0
"""Where the middleware differs from Falcon's, whose place it takes: howto/move lists the same."""

import itertools
from typing import Any

import falcon
import pytest

from cors import CORSMiddleware, PolicyError
from tests.unit.cors_support import INTERFACES, A, B, Interface, adapt, ask, new_app, preflight

both = pytest.mark.parametrize('interface', INTERFACES)


class Resource:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.text = 'a response'

    def on_delete(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('Access-Control-Allow-Origin', 'https://example.com')


class Options:
    def on_options(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('Content-Length', '0')


def sink(req: falcon.Request, resp: falcon.Response, **fields: str) -> None:
    resp.text = 'my sink'


def new_api(interface: Interface, middleware: object) -> Any:
    app = new_app(interface, [middleware])
    app.add_route('/', adapt(interface, Resource()))
    app.add_route('/options', adapt(interface, Options()))
    resource: Any = adapt(interface, type('Sink', (), {'on_sink': staticmethod(sink)})())
    app.add_sink(resource.on_sink, '/sink')
    return app


# What both take, with the same meaning.
ARGUMENTS: list[dict[str, Any]] = [
    {},
    {'allow_origins': A},
    {'allow_origins': [A, B], 'expose_headers': ['X-A', 'X-B']},
    {'allow_origins': [A], 'allow_credentials': '*'},
    {'allow_origins': [A, B], 'allow_credentials': A},
    {'allow_credentials': [A], 'expose_headers': 'X-A, X-B'},
]
IS_4_0 = falcon.__version__.startswith('4.0.')  # whose class has no allow_private_network
if not IS_4_0:
    ARGUMENTS.append({'allow_private_network': True})
NETWORK = {'Access-Control-Request-Private-Network': 'true'}
REQUESTS: list[tuple[str, dict[str, str]]] = [
    ('GET', {}),
    ('GET', {'Origin': A}),
    ('GET', {'Origin': B}),
    ('GET', {'Origin': 'null'}),
    ('DELETE', {'Origin': A}),
    ('PUT', {'Origin': A}),
    ('OPTIONS', {'Origin': A}),
    ('OPTIONS', preflight(A, 'GET', 'X-Pingother, Content-Type')),
    ('OPTIONS', preflight(A, 'DELETE')),
    ('OPTIONS', preflight(A, 'GET', **NETWORK)),
    ('OPTIONS', preflight('https://c.example', 'GET', 'x-a')),
]
# Each difference, and the headers that have it.
DIFFERENCES = {
    'a preflight is answered with 204': {'status'},
    'a preflight is answered on every path': {
        'access-control-allow-headers',
        'access-control-allow-methods',
        'access-control-allow-origin',
        'access-control-allow-private-network',
        'access-control-max-age',
    },
    'a preflight allows what it requests, and no more': {
        'access-control-allow-headers',
        'access-control-allow-methods',
    },
    'a preflight is remembered for 600 seconds': {'access-control-max-age'},
    'a preflight has no body, and no headers for one or for the page': {
        'access-control-expose-headers',
        'allow',
        'content-length',
        'content-type',
    },
    'Vary is sent unless all responses are the same': {'vary'},
    '* is sent without an Origin, too': {
        'access-control-allow-origin',
        'access-control-expose-headers',
    },
    'a responder that sets the origin decides on all': {'access-control-expose-headers'},
}


def why(
    name: str, method: str, path: str, sent: dict[str, str], theirs: Any, ours: Any
) -> str | None:
    """Return which difference explains that a header differs."""
    if name == 'vary':
        return 'Vary is sent unless all responses are the same'
    if method == 'OPTIONS' and len(sent) > 1:
        if name == 'status':
            return 'a preflight is answered with 204'
        if name in ('access-control-expose-headers', 'allow', 'content-length', 'content-type'):
            return 'a preflight has no body, and no headers for one or for the page'
        if path != '/':
            return 'a preflight is answered on every path'
        if name == 'access-control-max-age':
            return 'a preflight is remembered for 600 seconds'
        if name in ('access-control-allow-headers', 'access-control-allow-methods'):
            return 'a preflight allows what it requests, and no more'
    if 'Origin' not in sent and theirs is None:
        return '* is sent without an Origin, too'
    if method == 'DELETE' and name == 'access-control-expose-headers':
        return 'a responder that sets the origin decides on all'
    return None


@both
def test_these_are_the_differences(interface: Interface) -> None:
    found: dict[str, set[str]] = {}
    for arguments in ARGUMENTS:
        falcons = new_api(interface, falcon.CORSMiddleware(**arguments))
        own = new_api(interface, CORSMiddleware(**arguments))
        for (method, sent), path in itertools.product(
            REQUESTS, ('/', '/options', '/sink', '/nowhere')
        ):
            first, second = (
                {'status': result.status_code, **result.headers}
                for result in (ask(falcons, method, path, sent), ask(own, method, path, sent))
            )
            for name in first | second:
                theirs, ours = first.get(name), second.get(name)
                if theirs != ours:
                    reason = why(name, method, path, sent, theirs, ours)
                    assert reason, (arguments, method, path, sent, name, theirs, ours)
                    found.setdefault(reason, set()).add(name)
    if IS_4_0:
        found['a preflight is answered on every path'].add('access-control-allow-private-network')
    assert found == DIFFERENCES


REFUSED: list[dict[str, Any]] = [
    {'allow_origins': 'example.com'},
    {'allow_origins': ['https://example.com/']},
    {'allow_credentials': '*'},
    {'allow_credentials': ['example.com']},
    {'allow_origins': 'http://example.com', 'allow_credentials': '*'},
    {'expose_headers': 'Set-Cookie'},
]


@pytest.mark.parametrize('arguments', REFUSED)
def test_it_refuses_to_start_with_what_falcon_takes(arguments: dict[str, Any]) -> None:
    falcon.CORSMiddleware(**arguments)
    with pytest.raises(PolicyError):
        CORSMiddleware(**arguments)
