# SPDX-License-Identifier: MIT-0
"""What goes over the wire, on WSGI and on ASGI alike."""

import logging
from pathlib import Path
from typing import Any

import falcon
import falcon.testing
import pytest
from falcon.routing import BaseConverter, PathConverter

from cors import CORSMiddleware, Policy
from tests.unit.cors_support import (
    INTERFACES,
    A,
    B,
    Interface,
    adapt,
    ask,
    build,
    cors_headers,
    new_app,
    preflight,
)

pytestmark = pytest.mark.parametrize('interface', INTERFACES)

ACAO, ACAC, ACEH = (
    'access-control-allow-origin',
    'access-control-allow-credentials',
    'access-control-expose-headers',
)
ACAM, ACAH, ACMA = (
    'access-control-allow-methods',
    'access-control-allow-headers',
    'access-control-max-age',
)

# Method, path, status.
SITUATIONS = [
    ('GET', '/items/1', 200),
    ('HEAD', '/items/1', 405),
    ('POST', '/items/1', 200),
    ('PUT', '/items/1', 200),
    ('PATCH', '/items/1', 405),
    ('GET', '/nowhere', 404),
    ('DELETE', '/nowhere', 404),
    ('OPTIONS', '/nowhere', 404),
    ('OPTIONS', '/items/1', 200),
    ('OPTIONS', '/own-options', 200),
    ('GET', '/own-options', 200),
    ('GET', '/fail/400', 400),
    ('GET', '/fail/401', 401),
    ('GET', '/fail/429', 429),
    ('GET', '/fail/503', 503),
    ('GET', '/crash', 500),
    ('GET', '/unserializable', 500),
    ('GET', '/raise/202', 202),
    ('GET', '/raise/204', 204),
    ('GET', '/raise/304', 304),
    ('GET', '/redirect', 302),
    ('GET', '/stream', 200),
    ('GET', '/sink/x', 200),
    ('POST', '/sink/x', 200),
    ('GET', '/static/page.txt', 200),
    ('GET', '/static/none.txt', 404),
]

# Arguments, the Origin, the headers of every response but a preflight's.
POLICIES: list[tuple[dict[str, Any], str | None, dict[str, str]]] = [
    ({}, None, {ACAO: '*'}),
    ({}, A, {ACAO: '*'}),
    ({'expose_headers': ['X-A', 'X-B']}, None, {ACAO: '*', ACEH: 'X-A, X-B'}),
    ({'allow_origins': A}, None, {'vary': 'Origin'}),
    ({'allow_origins': A}, A, {ACAO: A, 'vary': 'Origin'}),
    ({'allow_origins': A}, B, {'vary': 'Origin'}),
    ({'allow_origins': A}, 'null', {'vary': 'Origin'}),
    ({'allow_origins': [A, B], 'allow_credentials': B, 'expose_headers': 'X-A'}, A,
     {ACAO: A, ACEH: 'X-A', 'vary': 'Origin'}),
    ({'allow_origins': [A, B], 'allow_credentials': B, 'expose_headers': 'X-A'}, B,
     {ACAO: B, ACAC: 'true', ACEH: 'X-A', 'vary': 'Origin'}),
    ({'allow_origins': lambda origin: origin == A}, A, {ACAO: A, 'vary': 'Origin'}),
    ({'allow_origins': lambda origin: origin == A}, B, {'vary': 'Origin'}),
    ({'allow_credentials': [A]}, A, {ACAO: A, ACAC: 'true', 'vary': 'Origin'}),
    ({'allow_credentials': [A]}, B, {ACAO: '*', 'vary': 'Origin'}),
    ({'allow_credentials': [A]}, 'null', {ACAO: '*', 'vary': 'Origin'}),
    ({'allow_credentials': A, 'expose_headers': 'X-A'}, None,
     {ACAO: '*', ACEH: 'X-A', 'vary': 'Origin'}),
    ({'allow_credentials': 'https://*.a.example'}, 'https://x.a.example',
     {ACAO: 'https://x.a.example', ACAC: 'true', 'vary': 'Origin'}),
    ({'allow_credentials': 'https://*.a.example'}, A, {ACAO: '*', 'vary': 'Origin'}),
    ({'allow_credentials': []}, A, {ACAO: '*'}),
    ({'allow_origins': lambda origin, req: req.get_header('X-Tenant') == origin,
      'vary': 'X-Tenant'}, A, {'vary': 'Origin, X-Tenant'}),
    ({'allow_origins': lambda origin, req: req.host == 'falconframework.org',
      'vary': ['Origin', 'Cookie']}, A, {ACAO: A, 'vary': 'Origin, Cookie'}),
    ({'allow_origins': B, 'routes': {'/{x:path}': None}}, B, {'vary': 'Origin'}),
]  # fmt: skip


def test_the_table_is_as_large_as_promised(interface: Interface) -> None:
    assert len(SITUATIONS) * len(POLICIES) + len(PREFLIGHTS) >= 150


@pytest.mark.parametrize(('arguments', 'origin', 'expected'), POLICIES)
def test_responses(
    interface: Interface,
    arguments: dict[str, Any],
    origin: str | None,
    expected: dict[str, str],
    tmp_path: Path,
) -> None:
    app = build(interface, CORSMiddleware(**arguments), static=tmp_path)
    bare = build(interface, static=tmp_path)
    for method, path, status in SITUATIONS:
        headers = {} if origin is None else {'Origin': origin}
        result, without = ask(app, method, path, headers), ask(bare, method, path, headers)
        assert (method, path, result.status_code) == (method, path, status)
        wanted = dict(expected)
        if 'vary' in without.headers:  # Falcon's own errors have ``Vary: Accept``
            assert without.headers['vary'] == 'Accept'
            wanted['vary'] = ', '.join(['Accept', expected.get('vary', '')]).removesuffix(', ')
        if path == '/unserializable' and 'vary' in expected:  # rendered after the components
            wanted['vary'] = f'{expected["vary"]}, Accept'
        assert (method, path, cors_headers(result)) == (method, path, wanted)
        assert result.content == without.content
        others = {name: value for name, value in result.headers.items() if name not in wanted}
        assert others == {name: without.headers[name] for name in others}
        assert set(without.headers) <= set(result.headers)


ECHO = {ACMA: '600', 'vary': 'Origin'}
LISTS: dict[str, Any] = {
    'allow_origins': [A],
    'allow_methods': ['PUT', 'DELETE'],
    'allow_headers': ['Content-Type', 'X-A'],
}
WHOLE = {ACAM: 'PUT, DELETE', ACAH: 'Content-Type, X-A', ACMA: '600', 'vary': 'Origin'}

# Arguments, headers of the preflight, headers of the answer.
PREFLIGHTS: list[tuple[dict[str, Any], dict[str, str], dict[str, str]]] = [
    ({}, preflight(A), {ACAO: '*', ACAM: 'PUT', ACMA: '600'}),
    ({}, preflight(A, 'GET', 'x-a'), {ACAO: '*', ACAM: 'GET', ACAH: 'x-a', ACMA: '600'}),
    ({}, preflight('null', 'GET'), {ACAO: '*', ACAM: 'GET', ACMA: '600'}),
    ({}, preflight(A, 'X Y', 'x y'), {ACAO: '*', ACMA: '600'}),
    ({'allow_origins': A}, preflight(A, 'PATCH', 'x-a,x-b'),
     {ACAO: A, ACAM: 'PATCH', ACAH: 'x-a, x-b', **ECHO}),
    ({'allow_origins': A}, preflight(A, 'patch'), {ACAO: A, ACAM: 'patch', **ECHO}),
    ({'allow_origins': A, 'expose_headers': 'X-A'}, preflight(A), {ACAO: A, ACAM: 'PUT', **ECHO}),
    ({'allow_origins': A}, preflight(B), {'vary': 'Origin'}),
    ({'allow_origins': A}, preflight('null'), {'vary': 'Origin'}),
    ({'allow_origins': A, 'allow_credentials': True}, preflight(B), {'vary': 'Origin'}),
    ({'allow_origins': A, 'allow_credentials': True}, preflight(A),
     {ACAO: A, ACAC: 'true', ACAM: 'PUT', **ECHO}),
    (LISTS, preflight(A), {ACAO: A, **WHOLE}),
    (LISTS, preflight(A, 'DELETE', 'x-a'), {ACAO: A, **WHOLE}),
    (LISTS, preflight(A, 'GET', 'content-type'), {ACAO: A, **WHOLE}),
    (LISTS, preflight(A, 'PATCH', 'x-evil'), {ACAO: A, **WHOLE}),
    (LISTS, preflight(A, 'PUT', 'x-a;x'), {ACAO: A, **WHOLE}),
    (LISTS, preflight(B), {'vary': 'Origin'}),
    ({'allow_origins': A, 'max_age': 0}, preflight(A),
     {ACAO: A, ACAM: 'PUT', ACMA: '0', 'vary': 'Origin'}),
    ({'allow_origins': A, 'allow_methods': (), 'allow_headers': ()}, preflight(A, 'GET', 'x-a'),
     {ACAO: A, ACMA: '600', 'vary': 'Origin'}),
    ({'allow_origins': A, 'allow_private_network': True},
     preflight(A, **{'Access-Control-Request-Private-Network': 'true'}),
     {ACAO: A, ACAM: 'PUT', 'access-control-allow-private-network': 'true', **ECHO}),
    ({'allow_origins': A, 'allow_private_network': True}, preflight(A),
     {ACAO: A, ACAM: 'PUT', **ECHO}),
    ({'allow_origins': lambda origin: origin == A}, preflight(A), {ACAO: A, ACAM: 'PUT', **ECHO}),
    ({'allow_origins': lambda origin: origin == A}, preflight(B), {'vary': 'Origin'}),
    ({'routes': {'/{x:path}': None}}, preflight(A), {'vary': 'Origin'}),
    ({'allow_credentials': [A]}, preflight(A), {ACAO: A, ACAC: 'true', ACAM: 'PUT', **ECHO}),
    ({'allow_credentials': [A]}, preflight(B), {ACAO: '*', ACAM: 'PUT', **ECHO}),
    ({'allow_origins': lambda origin, req: 'X-Tenant' not in req.headers, 'vary': 'X-Tenant'},
     preflight(A), {ACAO: A, ACAM: 'PUT', ACMA: '600', 'vary': 'Origin, X-Tenant'}),
    ({'routes': {'/{x:path}': Policy(allow_origins=B)}}, preflight(B),
     {ACAO: B, ACAM: 'PUT', **ECHO}),
]  # fmt: skip


@pytest.mark.parametrize(('arguments', 'headers', 'expected'), PREFLIGHTS)
@pytest.mark.parametrize(
    'path',
    ['/items/1', '/nowhere', '/sink/x', '/static/page.txt', '/own-options', '/crash', '/fail/401'],
)
def test_preflights(
    interface: Interface,
    path: str,
    arguments: dict[str, Any],
    headers: dict[str, str],
    expected: dict[str, str],
    tmp_path: Path,
) -> None:
    app = build(interface, CORSMiddleware(**arguments), static=tmp_path)
    result = ask(app, 'OPTIONS', path, headers)
    assert result.status_code == 204
    assert dict(result.headers) == expected
    assert result.content == b''


@pytest.mark.parametrize(
    'headers',
    [{}, {'Origin': A}, {'Access-Control-Request-Method': 'PUT'}],
    ids=['nothing', 'only an Origin', 'only the method'],
)
def test_other_options_requests_reach_their_responder(
    interface: Interface, headers: dict[str, str]
) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A))
    result = ask(app, 'OPTIONS', '/own-options', headers)
    assert result.text == 'my options'
    assert result.headers['allow'] == 'GET, OPTIONS'
    assert result.headers['vary'] == 'Origin'


VARIES = [
    ('Accept', 'Accept, Origin'),
    ('Accept, Cookie', 'Accept, Cookie, Origin'),
    ('Origin', 'Origin'),
    ('origin', 'origin'),
    ('Accept,ORIGIN , Cookie', 'Accept,ORIGIN , Cookie'),
    ('X-Origin', 'X-Origin, Origin'),
    ('*', '*'),
    ('Accept, *', 'Accept, *'),
]


@pytest.mark.parametrize(('set_', 'expected'), VARIES)
@pytest.mark.parametrize('origin', [A, B, None])
def test_vary_is_merged_by_token(
    interface: Interface, set_: str, expected: str, origin: str | None
) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A, expose_headers='X-A'))
    headers = {'X-Set-Vary': set_} | ({} if origin is None else {'Origin': origin})
    result = ask(app, 'GET', '/set', headers)
    assert result.headers['vary'] == expected
    assert result.headers.get(ACAO) == (A if origin == A else None)
    assert result.headers.get(ACEH) == ('X-A' if origin == A else None)


def test_vary_of_the_app_stays_alone_where_the_answer_is_constant(interface: Interface) -> None:
    result = ask(build(interface, CORSMiddleware()), 'GET', '/set', {'X-Set-Vary': 'Accept'})
    assert cors_headers(result) == {ACAO: '*', 'vary': 'Accept'}


OVERRIDES: list[tuple[dict[str, Any], str]] = [
    ({}, B),
    ({'allow_origins': A, 'allow_credentials': True}, A),
    ({'allow_origins': A}, B),
]


@pytest.mark.parametrize(('arguments', 'origin'), OVERRIDES)
def test_a_responder_speaks_for_itself(
    interface: Interface,
    arguments: dict[str, Any],
    origin: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, 'cors')
    app = build(interface, CORSMiddleware(expose_headers='X-Policy', **arguments))
    own = {ACAO: 'https://partner.example', ACEH: 'X-Mine', 'vary': 'Accept'}
    result = ask(
        app,
        'GET',
        '/set',
        {'Origin': origin, **{f'X-Set-{name}': value for name, value in own.items()}},
    )
    assert cors_headers(result) == {**own, 'vary': 'Accept, Origin'}
    result = ask(app, 'GET', '/set', {f'X-Set-{ACAO}': 'https://partner.example'})
    assert cors_headers(result) == {ACAO: 'https://partner.example', 'vary': 'Origin'}
    assert not caplog.records


# What the policy exposes, what the responder sets, what goes out.
EXPOSED = [
    ('X-Policy', 'X-Mine', 'X-Mine, X-Policy'),
    ('X-A, X-B', 'x-b', 'x-b, X-A'),
    ('X-A', 'X-A', 'X-A'),
    ('X-A', ' X-B ,X-A', ' X-B ,X-A'),
    ('X-A', '*', '*, X-A'),
    ('*', 'X-A', 'X-A, *'),
    (None, 'X-Mine', 'X-Mine'),
    ('X-A', '', 'X-A'),
]


@pytest.mark.parametrize(('policy', 'responder', 'expected'), EXPOSED)
@pytest.mark.parametrize('allow_origins', ['*', A])
def test_exposed_names_of_policy_and_responder_are_merged(
    interface: Interface,
    allow_origins: str,
    policy: str | None,
    responder: str,
    expected: str,
) -> None:
    app = build(interface, CORSMiddleware(allow_origins, policy))
    result = ask(app, 'GET', '/set', {'Origin': A, f'X-Set-{ACEH}': responder})
    vary = {} if allow_origins == '*' else {'vary': 'Origin'}
    assert cors_headers(result) == {ACAO: allow_origins, ACEH: expected.strip(), **vary}


CREDENTIALS: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {ACAO: '*'}),
    ({'allow_origins': A}, {ACAO: A, 'vary': 'Origin'}),
    ({'allow_origins': B}, {'vary': 'Origin'}),
    ({'allow_origins': A, 'allow_credentials': True}, {ACAO: A, ACAC: 'true', 'vary': 'Origin'}),
    ({'allow_origins': lambda origin: True}, {ACAO: A, 'vary': 'Origin'}),
    ({'routes': {'/set': None}}, {'vary': 'Origin'}),
]


@pytest.mark.parametrize(('arguments', 'expected'), CREDENTIALS)
@pytest.mark.parametrize('value', ['true', 'false', 'TRUE'])
def test_credentials_come_from_the_policy_alone(
    interface: Interface, value: str, arguments: dict[str, Any], expected: dict[str, str]
) -> None:
    app = build(interface, CORSMiddleware(**arguments))
    result = ask(app, 'GET', '/set', {'Origin': A, f'X-Set-{ACAC}': value})
    assert cors_headers(result) == expected
    own = {f'X-Set-{ACAO}': B, f'X-Set-{ACAC}': value}
    result = ask(app, 'GET', '/set', {'Origin': A, **own})
    assert cors_headers(result) == {ACAO: B, ACAC: value, 'vary': 'Origin'}


ROUTES: dict[str, Policy | None] = {
    '/public/{path:path}': Policy(),
    '/partner/{name}/x': Policy(allow_origins=B),
    '/partner/open/x': Policy(),
    '/partner/closed': None,
    '/internal/{path:path}': None,
    '/internal/status': Policy(),
    '/both/{path:path}': None,
    '/both': Policy(),
    '/n/{n:int}': None,
    '/caf\u00e9': None,
    '/a+b': None,
}
ROUTE_CASES = [
    ('/', A),
    ('/public/x', '*'),
    ('/public/x/y/z', '*'),
    ('/public/', '*'),
    ('/public', '*'),
    ('/publicx', A),
    ('/PUBLIC/x', A),
    ('//public/x', '*'),
    ('/x/public/x', A),
    ('/public/../items', None),
    ('/items/../public/x', None),
    ('/partner/b/x', B),
    ('/partner/open/x', '*'),
    ('/partner/b', A),
    ('/partner/b/x/', None),
    ('/partner/closed', None),
    ('/partner/closed/', None),
    ('/internal', None),
    ('/internal/', None),
    ('/internal/x', None),
    ('/internal/x/y', None),
    ('/internal//x', None),
    ('/internal/status', '*'),
    ('/internal/status/', None),
    ('/internal/../public/x', None),
    ('/internal%2Fx', None),
    ('/%69nternal/x', None),
    ('/Internal/x', A),
    ('/internal.json', A),
    ('/internal;x', A),
    ('/both', '*'),
    ('/both/', None),
    ('/both/x', None),
    ('/n/7', None),
    ('/n/x', A),
    ('/caf%C3%A9', None),
    ('/cafe', A),
    ('/a+b', None),
    ('/a b', A),
    ('/a%2Bb', None),
]


@pytest.mark.parametrize(('path', 'expected'), ROUTE_CASES)
def test_routes(interface: Interface, path: str, expected: str | None) -> None:
    app = new_app(interface, [CORSMiddleware(allow_origins=[A], routes=ROUTES)])
    origin = B if expected == B else A
    for headers in ({'Origin': origin}, preflight(origin)):
        method = 'OPTIONS' if len(headers) > 1 else 'GET'
        result = falcon.testing.simulate_request(app, method, path, headers=headers)
        assert result.headers.get(ACAO) == expected


class Even(BaseConverter):
    """A converter of an app's own."""

    def convert(self, value: str) -> int | None:
        return int(value) if value.isdecimal() and int(value) % 2 == 0 else None


class Below(PathConverter):
    """Another one, which takes several segments."""


def test_routes_take_the_converters_of_the_app(interface: Interface) -> None:
    bare: Any = new_app(interface, [])
    bare.router_options.converters['even'] = Even
    bare.router_options.converters['below'] = Below
    for converters in (
        {'even': Even, 'below': Below},
        bare.router_options.converters,
    ):
        routes = {'/n/{number:even}': None, '/internal/{rest:below}': None}
        cors = CORSMiddleware(allow_origins=[A], routes=routes, converters=converters)
        app = new_app(interface, [cors])
        for path, expected in (
            ('/n/2', None),
            ('/n/3', A),
            ('/internal/x/y', None),
            ('/internal', None),
            ('/internals', A),
        ):
            assert ask(app, 'GET', path, {'Origin': A}).headers.get(ACAO) == expected, path


def test_routes_agree_with_the_router_of_falcon(interface: Interface) -> None:
    class Marked:
        def on_get(self, req: falcon.Request, resp: falcon.Response, **fields: Any) -> None:
            resp.text = 'marked'

    class Other:
        def on_get(self, req: falcon.Request, resp: falcon.Response, **fields: Any) -> None:
            resp.text = 'other'

    templates = ['/a/{x}', '/a/b', '/a/{x}.{y}', '/c/{p:path}', '/c/d', '/{z}']
    for template in templates:
        cors = CORSMiddleware(allow_origins=[A], routes={template: Policy()})
        app = new_app(interface, [cors])
        app.add_route(template, adapt(interface, Marked()))
        if template.endswith(':path}'):  # which covers its bare prefix
            app.add_route(template.rpartition('/')[0], adapt(interface, Marked()))
        app.add_sink(adapt(interface, Other()).on_get, '/')
        for path in ('/a/b', '/a/q', '/a/q.r', '/a/', '/a', '/c/d', '/c/d/e', '/c/', '/', '/zz'):
            result = ask(app, 'GET', path, {'Origin': A})
            without_slash = ask(app, 'GET', path.rstrip('/') or '/')
            expected: str | None = '*' if result.text == 'marked' else A
            if result.text != without_slash.text:
                expected = None  # a sink or a static route may serve either path as the other
            assert result.headers.get(ACAO) == expected, (template, path)


def test_routes_follow_strip_url_path_trailing_slash(interface: Interface) -> None:
    app = new_app(interface, [CORSMiddleware(allow_origins=[A], routes={'/x': Policy()})])
    assert ACAO not in ask(app, 'GET', '/x/', {'Origin': A}).headers
    app.req_options.strip_url_path_trailing_slash = True
    assert ask(app, 'GET', '/x/', {'Origin': A}).headers[ACAO] == '*'


def test_routes_leave_out_the_script_name(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=[A], routes={'/items/{id}': None}))
    result = ask(app, 'GET', '/items/1', {'Origin': A}, root_path='/mounted')
    assert result.status_code == 200
    assert ACAO not in result.headers


def test_policies_never_inherit(interface: Interface) -> None:
    cors = CORSMiddleware(
        allow_origins=A,
        allow_credentials=True,
        expose_headers='X-A',
        routes={'/items/{id}': Policy(allow_origins=B)},
    )
    result = ask(build(interface, cors), headers={'Origin': B})
    assert cors_headers(result) == {ACAO: B, 'vary': 'Origin'}
    assert ACAO not in ask(build(interface, cors), headers={'Origin': A}).headers


def test_it_is_a_drop_in(interface: Interface) -> None:
    with pytest.raises(ValueError, match='cors_enable'):
        new_app(interface, [CORSMiddleware()], cors_enable=True)
    positional = CORSMiddleware([A], ['X-A'], [A], False)
    result = ask(build(interface, positional), headers={'Origin': A})
    assert cors_headers(result) == {ACAO: A, ACAC: 'true', ACEH: 'X-A', 'vary': 'Origin'}
    assert isinstance(positional, falcon.CORSMiddleware)


def test_it_says_why(interface: Interface, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'cors')
    app = build(interface, CORSMiddleware(allow_origins=A, allow_methods=['PUT']))
    ask(app, headers={'Origin': A})
    ask(app, headers={})
    ask(app, 'OPTIONS', headers=preflight(A))
    assert not caplog.records, 'nothing is logged where nothing is refused'
    ask(app, 'POST', '/items/1', {'Origin': B})
    ask(app, 'OPTIONS', '/items/1', preflight(A, 'DELETE', 'x-a'))
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        (
            'INFO',
            "refused, the origin is not in allow_origins: 'https://b.example' 'POST' '/items/1'",
        ),
        (
            'INFO',
            "refused, the method is not in allow_methods: 'https://a.example' 'OPTIONS' "
            "'/items/1' 'DELETE' 'x-a'",
        ),
    ]


@pytest.mark.parametrize(
    ('origin', 'protocol', 'host', 'is_own'),
    [
        ('http://api.example.com', 'http', 'api.example.com', True),
        ('https://api.example.com', 'https', 'api.example.com', True),
        ('http://api.example.com', 'https', 'api.example.com', False),
        ('https://api.example.com', 'http', 'api.example.com', False),
        ('http://api.example.com:8000', 'http', 'api.example.com:8000', True),
        ('http://api.example.com:8000', 'http', 'api.example.com', False),
        ('http://evil.example.com', 'http', 'api.example.com', False),
        ('capacitor://api.example.com', 'http', 'api.example.com', False),
        ('null', 'http', 'api.example.com', False),
    ],
)
def test_the_own_origin_is_not_logged_as_a_refusal(
    interface: Interface,
    origin: str,
    protocol: str,
    host: str,
    is_own: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, 'cors')
    app = build(interface, CORSMiddleware(allow_origins=A))
    name, _, number = host.partition(':')
    port = int(number or {'http': 80, 'https': 443}[protocol])
    result = ask(app, 'POST', headers={'Origin': origin}, protocol=protocol, host=name, port=port)
    assert result.status_code == 200
    assert cors_headers(result) == {'vary': 'Origin'}
    assert (not caplog.records) is is_own


def test_logs_can_be_off(interface: Interface, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, 'cors')
    ask(build(interface, CORSMiddleware(allow_origins=A)), headers={'Origin': B})
    assert not caplog.records


def test_what_requests_say_is_escaped_and_cut(
    interface: Interface, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, 'cors')
    app = build(interface, CORSMiddleware(allow_origins=A))
    ask(app, 'GET', '/x%0aINFO fake%1b[31m\u00e9', {'Origin': 'https://' + 'e' * 9000})
    message = caplog.records[-1].getMessage()
    assert message.isascii()
    assert message.isprintable()
    assert r'/x\nINFO fake\x1b[31m' in message
    assert len(message) < 1000


class Refusing:
    """A component, listed before or after, that has its own idea of preflights."""

    def __init__(self, how: str) -> None:
        self.how = how

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('X-Left', 'over')
        resp.set_header('Allow', 'GET')
        if self.how.isdigit():
            raise falcon.HTTPError(int(self.how))
        if self.how == 'redirect':
            raise falcon.HTTPMovedPermanently('https://elsewhere.example')
        if self.how == 'status':
            raise falcon.HTTPStatus(200, text='handled')
        if self.how == 'crash':
            raise RuntimeError('crash')
        if self.how == 'complete':
            resp.media = {'complete': True}
            resp.text = 'complete'
            resp.data = b'complete'
            resp.complete = True


HOW = ['401', '403', '429', '503', 'redirect', 'status', 'crash', 'complete', 'nothing']


@pytest.mark.parametrize('how', HOW)
@pytest.mark.parametrize('place', ['earlier', 'later'])
def test_preflights_survive_other_components(interface: Interface, place: str, how: str) -> None:
    other = adapt(interface, Refusing(how))
    cors = CORSMiddleware(**LISTS)
    app = build(interface, *((other, cors) if place == 'earlier' else (cors, other)))
    result = ask(app, 'OPTIONS', '/items/1', preflight(A))
    assert result.status_code == 204
    left = {'x-left': 'over', 'allow': 'GET'} if (place, how) == ('earlier', 'nothing') else {}
    assert dict(result.headers) == {ACAO: A, **WHOLE, **left}
    assert result.content == b''
    refused = ask(app, 'OPTIONS', '/items/1', preflight(B))
    assert refused.status_code == 204
    assert dict(refused.headers) == {'vary': 'Origin', **left}


class CrashingLate:
    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        resp.set_header('X-Left', 'over')
        raise RuntimeError('late crash')


def test_preflights_survive_a_crash_in_a_later_process_response(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(**LISTS), adapt(interface, CrashingLate()))
    result = ask(app, 'OPTIONS', '/items/1', preflight(A))
    assert result.status_code == 204
    assert dict(result.headers) == {ACAO: A, **WHOLE}
    assert result.content == b''
    error = ask(app, headers={'Origin': A})
    assert error.status_code == 500
    assert cors_headers(error) == {ACAO: A, 'vary': 'Accept, Origin'}


class Closing:
    """A stream of either interface that remembers being closed."""

    def __init__(self, interface: Interface, fails: bool) -> None:
        self.interface, self.fails, self.closed = interface, fails, False

    def read(self, size: int = -1) -> bytes:
        raise AssertionError('nobody reads what is replaced')

    def close(self) -> Any:
        self.closed = True
        if self.fails:
            raise OSError('cannot close')
        return self.wait() if self.interface == 'asgi' else None

    async def wait(self) -> None:
        self.closed = True


@pytest.mark.parametrize('fails', [False, True])
def test_streams_that_are_replaced_are_closed(
    interface: Interface, fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Closing(interface, fails)

    class Answering:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            resp.set_stream(stream, 6)  # type: ignore[arg-type]
            resp.complete = True

    app = build(interface, adapt(interface, Answering()), CORSMiddleware(**LISTS))
    result = ask(app, 'OPTIONS', '/items/1', preflight(A))
    assert stream.closed
    assert dict(result.headers) == {ACAO: A, **WHOLE}
    assert len(caplog.records) == fails


def test_cookies_stay_on_replaced_responses(interface: Interface) -> None:
    class Answering:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            resp.set_cookie('seen', '1')
            raise falcon.HTTPForbidden

    app = build(interface, adapt(interface, Answering()), CORSMiddleware(**LISTS))
    result = ask(app, 'OPTIONS', '/items/1', preflight(A))
    assert result.status_code == 204
    assert 'seen' in result.cookies


def test_two_instances_do_not_mix(interface: Interface, caplog: pytest.LogCaptureFixture) -> None:
    first = CORSMiddleware(allow_origins=[A], allow_methods=['PUT'])
    second = CORSMiddleware(allow_origins=[A, B], allow_credentials=True)
    app = build(interface, first, second)
    for _ in range(3):
        result = ask(app, 'OPTIONS', '/items/1', preflight(A))
        assert result.status_code == 204
        assert cors_headers(result) == {ACAO: A, ACAM: 'PUT', ACMA: '600', 'vary': 'Origin'}
        assert cors_headers(ask(app, headers={'Origin': A})) == {ACAO: A, 'vary': 'Origin'}
        assert cors_headers(ask(app, headers={'Origin': B})) == {'vary': 'Origin'}
    assert [record.levelname for record in caplog.records] == ['WARNING']


def test_two_instances_after_a_refusal(interface: Interface) -> None:
    one, other = CORSMiddleware(**LISTS), CORSMiddleware(**LISTS)
    app = build(interface, adapt(interface, Refusing('401')), one, other)
    result = ask(app, 'OPTIONS', '/items/1', preflight(A))
    assert result.status_code == 204
    assert dict(result.headers) == {ACAO: A, **WHOLE}


def test_dependent_middleware_listed_first(interface: Interface) -> None:
    app = build(
        interface,
        CORSMiddleware(**LISTS),
        adapt(interface, Refusing('401')),
        independent_middleware=False,
    )
    assert ask(app, 'OPTIONS', '/items/1', preflight(A)).status_code == 204
    result = ask(app, headers={'Origin': A})
    assert result.status_code == 401
    assert cors_headers(result) == {ACAO: A, 'vary': 'Accept, Origin'}


def test_several_origin_lines_are_no_origin(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=[A, B]))
    for value in (f'{A}, {B}', f'{A},{A}', f'{A} {A}'):
        assert ACAO not in ask(app, headers={'Origin': value}).headers
    asked: list[str] = []

    def remember(origin: str) -> bool:
        asked.append(origin)
        return True

    dynamic = CORSMiddleware(allow_origins=remember)
    assert ACAO not in ask(build(interface, dynamic), headers={'Origin': f'{A},{A}'}).headers
    assert not asked


async def only_a(origin: str) -> bool:
    return origin == A


async def only_of_tenant(origin: str, req: falcon.Request) -> bool:
    return origin == f'https://{req.get_header("X-Tenant")}.example'


def test_a_callable_may_see_the_request(interface: Interface) -> None:
    def of_tenant(origin: str, req: falcon.Request) -> bool:
        assert isinstance(req, falcon.Request)
        return origin == f'https://{req.get_header("X-Tenant")}.example'

    functions: list[Any] = [of_tenant] if interface == 'wsgi' else [of_tenant, only_of_tenant]
    for function in functions:
        app = build(interface, CORSMiddleware(allow_origins=function, vary=['X-Tenant']))
        for tenant, origin, allowed in (('a', A, True), ('b', A, False), ('b', B, True)):
            headers = {'Origin': origin, 'X-Tenant': tenant}
            expected = {ACAO: origin} if allowed else {}
            assert cors_headers(ask(app, headers=headers)) == {
                **expected,
                'vary': 'Origin, X-Tenant',
            }
            asks = preflight(origin, **{'X-Tenant': tenant})
            answer = ask(app, 'OPTIONS', headers=asks)
            assert answer.headers.get(ACAO) == (origin if allowed else None)
            assert answer.headers['vary'] == 'Origin, X-Tenant'


@pytest.mark.parametrize(
    ('set_', 'expected'),
    [
        ('Accept', 'Accept, Origin, X-Tenant'),
        ('x-tenant', 'x-tenant, Origin'),
        ('X-Tenant,Origin', 'X-Tenant,Origin'),
        ('*', '*'),
    ],
)
def test_vary_names_are_merged_with_the_responders(
    interface: Interface, set_: str, expected: str
) -> None:
    cors = CORSMiddleware(allow_origins=lambda origin: True, vary='X-Tenant')
    for own in ({}, {f'X-Set-{ACAO}': B}):
        headers = {'Origin': A, 'X-Set-Vary': set_, **own}
        result = ask(build(interface, cors), 'GET', '/set', headers)
        assert result.headers['vary'] == expected


def test_coroutine_functions(interface: Interface) -> None:
    cors = CORSMiddleware(allow_origins=only_a, allow_credentials=True)
    if interface == 'wsgi':
        with pytest.raises(ValueError, match="is a coroutine function; WSGI can't await it"):
            build(interface, cors)
        routed = CORSMiddleware(routes={'/x': Policy(allow_origins=only_a)})
        with pytest.raises(ValueError, match="is a coroutine function; WSGI can't await it"):
            build(interface, routed)
        return
    app = build(interface, cors)
    assert cors_headers(ask(app, headers={'Origin': A})) == {
        ACAO: A,
        ACAC: 'true',
        'vary': 'Origin',
    }
    assert cors_headers(ask(app, headers={'Origin': B})) == {'vary': 'Origin'}
    assert ask(app, 'OPTIONS', headers=preflight(A)).headers[ACAM] == 'PUT'
    assert ACAO not in ask(app, 'OPTIONS', headers=preflight(B)).headers


def test_callables_that_fail_refuse(interface: Interface, caplog: pytest.LogCaptureFixture) -> None:
    def fail(origin: str) -> bool:
        raise LookupError(origin)

    app = build(interface, CORSMiddleware(allow_origins=fail))
    result = ask(app, headers={'Origin': A})
    assert result.status_code == 200
    assert cors_headers(result) == {'vary': 'Origin'}
    assert 'LookupError' in caplog.text
    forgotten = CORSMiddleware(allow_origins=lambda origin: only_a(origin))
    assert cors_headers(ask(build(interface, forgotten), headers={'Origin': A})) == {
        'vary': 'Origin'
    }
