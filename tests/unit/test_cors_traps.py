# SPDX-License-Identifier: MIT-0
"""Known faults of other CORS middlewares, and the probes of scanners, against this one."""

import logging
import re
import tracemalloc
from typing import Any

import falcon
import falcon.asgi
import pytest

from cors import CORSMiddleware, Policy, PolicyError
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
from tests.unit.websocket_support import handshake

both = pytest.mark.parametrize('interface', INTERFACES)
ACAO, ACAC = 'access-control-allow-origin', 'access-control-allow-credentials'


def refuses(text: str, **arguments: Any) -> None:
    with pytest.raises(PolicyError, match=re.escape(text)):
        CORSMiddleware(**arguments)


def test_origins_that_share_a_suffix_do_not_merge() -> None:
    policy = Policy(
        allow_origins=['https://foo.com', 'https://bar.com', 'https://*.bar.org', 'https://ba.com']
    )
    for origin in (
        'https://barfoo.com',
        'https://foobar.com',
        'https://xbar.org',
        'https://bar.org',
    ):
        assert not policy.allows(origin)
    for origin in ('https://foo.com', 'https://bar.com', 'https://ba.com', 'https://x.bar.org'):
        assert policy.allows(origin)


def test_a_star_at_the_end_or_for_the_apex() -> None:
    refuses("has a * in a place where it isn't supported", allow_origins='https://example.*')
    refuses("has a * in a place where it isn't supported", allow_origins='https://example.com*')
    assert not Policy(allow_origins='https://*.example.com').allows('https://example.com')


def test_there_are_no_expressions_to_anchor() -> None:
    refuses('re.fullmatch', allow_origins=[re.compile('https://.*example.com')])
    refuses('re.fullmatch', allow_origins=re.compile('https://example'))
    for literal in ('https://.*.example.com', r'https://.*\.example\.com', 'https://(a|b).example'):
        with pytest.raises(PolicyError):
            Policy(allow_origins=literal)


def test_dots_are_dots() -> None:
    for pattern in ('https://app.example.com', 'https://*.app.example.com'):
        policy = Policy(allow_origins=pattern)
        for origin in ('https://appxexample.com', 'https://x.appxexample.com'):
            assert not policy.allows(origin)


@both
def test_any_origin_never_goes_with_credentials(interface: Interface) -> None:
    refuses('lets any site act as your users', allow_credentials=True)
    refuses('lets any site act as your users', allow_credentials='*')
    result = ask(build(interface, CORSMiddleware()), headers={'Origin': A, 'Cookie': 'a=b'})
    assert cors_headers(result) == {ACAO: '*'}


@both
def test_a_refusal_does_not_say_null(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A))
    for origin in (B, 'null', ''):
        assert ACAO not in ask(app, headers={'Origin': origin}).headers
        assert ACAO not in ask(app, 'OPTIONS', headers=preflight(origin)).headers


@both
def test_paths_are_not_matched_loosely(interface: Interface) -> None:
    routes = {'/a+b/{x}': None, '/admin': None, '/admin/{path:path}': None, '/{x}': Policy()}
    app = new_app(interface, [CORSMiddleware(allow_origins=[A], routes=routes)])
    for path, expected in {
        '/a+b/x': None,
        '/aab/x': A,
        '/a b/x': A,
        '/admin': None,
        '/admin/users': None,
        '/admin/../x': None,
        '/ADMIN': '*',
        '/administrator': '*',
        '/x/../admin': None,
        '/%61dmin/users': None,
    }.items():
        assert ask(app, 'GET', path, {'Origin': A}).headers.get(ACAO) == expected, path


@both
def test_private_network_access_is_off_by_default(interface: Interface) -> None:
    asks = preflight(A, **{'Access-Control-Request-Private-Network': 'true'})
    name = 'access-control-allow-private-network'
    assert name not in ask(build(interface, CORSMiddleware()), 'OPTIONS', headers=asks).headers
    on = build(interface, CORSMiddleware(allow_origins=A, allow_private_network=True))
    assert ask(on, 'OPTIONS', headers=asks).headers[name] == 'true'
    evil = {**asks, 'Origin': B}
    assert name not in ask(on, 'OPTIONS', headers=evil).headers


@both
def test_no_log_injection(interface: Interface, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, 'cors')
    app = build(interface, CORSMiddleware(allow_origins=A))
    ask(app, 'GET', '/x%0d%0aCRITICAL%20owned', {'Origin': B})
    assert '\n' not in caplog.records[-1].getMessage()
    assert '\r' not in caplog.records[-1].getMessage()


def test_long_requested_headers_cost_little() -> None:
    policy = Policy(allow_origins=A)
    for value in (',' * 10**6, 'x' * 10**6, ', ' * 10**6, 'x,' * 10**6, '\t' * 10**6):
        tracemalloc.start()
        decision = policy.decide(A, 'OPTIONS', 'PUT', value)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 10_000, 'it copies or splits the value'
        assert not decision.allowed
        assert sum(len(text) for pair in decision.headers for text in pair) < 300


@both
def test_lists_of_requested_headers_as_proxies_write_them(interface: Interface) -> None:
    for arguments in ({}, {'allow_headers': ['X-A', 'X-B']}):
        app = build(interface, CORSMiddleware(allow_origins=A, **arguments))  # type: ignore[arg-type]
        for names in ('x-a,x-b', 'x-a, x-b', ' x-a ,\tx-b ', ',x-a,,x-b,'):
            result = ask(app, 'OPTIONS', headers=preflight(A, names=names))
            value = result.headers['access-control-allow-headers']
            assert value.lower().split(', ') == ['x-a', 'x-b']


def test_several_lines_of_requested_headers() -> None:
    app = build('asgi', CORSMiddleware(allow_origins=A))
    lines = [*preflight(A).items(), ('Access-Control-Request-Headers', 'x-a'),
             ('Access-Control-Request-Headers', 'x-b, x-c')]  # fmt: skip
    result = ask(app, 'OPTIONS', headers=lines)  # type: ignore[arg-type]
    assert result.headers['access-control-allow-headers'] == 'x-a, x-b, x-c'


@both
def test_vary_on_every_response(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A))
    for headers in ({}, {'Origin': A}, {'Origin': B}, {'Origin': 'null'}, preflight(B)):
        for method in ('GET', 'OPTIONS'):
            assert ask(app, method, headers=headers).headers['vary'] == 'Origin'


@both
def test_vary_is_the_apps_and_not_the_requests(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A))
    result = ask(app, 'GET', '/set', {'Vary': 'X-Evil', 'X-Set-Vary': 'Accept', 'Origin': A})
    assert result.headers['vary'] == 'Accept, Origin'


@both
def test_no_header_value_is_shared(interface: Interface) -> None:
    class Meddling:
        def process_response(
            self, req: falcon.Request, resp: falcon.Response, resource: object, ok: bool
        ) -> None:
            for name in list(resp.headers):
                resp.append_header(name, 'meddled')

    app = build(interface, adapt(interface, Meddling()), CORSMiddleware(allow_origins=A))
    first, second = (ask(app, headers={'Origin': A}).headers for _ in range(2))
    assert first == second
    assert Policy(allow_origins=A).decide(A).headers.__class__ is tuple


@both
def test_a_refused_origin_gets_no_credentials(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A, allow_credentials=True))
    assert ACAC not in ask(app, headers={'Origin': B}).headers
    assert ACAC not in ask(app, headers={}).headers
    assert ACAC not in ask(app, 'OPTIONS', headers=preflight(B)).headers


@both
def test_unhandled_exceptions_are_readable(interface: Interface) -> None:
    result = ask(build(interface, CORSMiddleware(allow_origins=A)), 'GET', '/crash', {'Origin': A})
    assert result.status_code == 500
    assert result.headers[ACAO] == A


@both
def test_preflights_need_no_authentication(interface: Interface) -> None:
    class Authenticating:
        def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
            if req.get_header('Authorization') is None:
                raise falcon.HTTPUnauthorized

    for order in (slice(None), slice(None, None, -1)):
        components = [CORSMiddleware(allow_origins=A), adapt(interface, Authenticating())][order]
        app = build(interface, *components)
        result = ask(app, 'OPTIONS', headers=preflight(A, names='authorization'))
        assert result.status_code == 204
        assert result.headers['access-control-allow-headers'] == 'authorization'
        refused = ask(app, headers={'Origin': A})
        assert (refused.status_code, refused.headers[ACAO]) == (401, A)
        assert ask(app, headers={'Origin': A, 'Authorization': 'x'}).status_code == 200
        assert ask(app, 'OPTIONS', headers={'Origin': A}).status_code == 401


@both
def test_plain_options_are_the_apps(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A))
    assert ask(app, 'OPTIONS', '/own-options', {'Origin': A}).text == 'my options'
    assert ask(app, 'OPTIONS', '/sink', {'Origin': A}).text == 'sink: OPTIONS'


@both
def test_authorization_is_allowed_by_name(interface: Interface) -> None:
    app = build(interface, CORSMiddleware())
    result = ask(app, 'OPTIONS', headers=preflight(A, names='authorization,x-a'))
    assert result.headers['access-control-allow-headers'] == 'authorization, x-a'


def test_a_string_is_compared_and_not_searched() -> None:
    policy = Policy(allow_origins='https://example.com')
    for origin in ('https://example.co', 'https://example.com-hijacker', 'example.com', 'h', ''):
        assert not policy.allows(origin)


def test_websockets_are_covered() -> None:
    assert not handshake(CORSMiddleware(allow_origins=A), {'Origin': B, 'Cookie': 'a=b'})
    assert not handshake(CORSMiddleware(), {'Origin': B, 'Cookie': 'a=b'})


def test_default_ports_are_refused_in_the_configuration() -> None:
    refuses("did you mean 'https://example.com'?", allow_origins='https://example.com:443')
    refuses("did you mean 'http://example.com'?", allow_origins='http://example.com:80')


@both
def test_null_neither_crashes_nor_passes(interface: Interface) -> None:
    refuses('sandboxed frames', allow_origins=[A, 'null'])
    app = build(interface, CORSMiddleware(allow_origins=lambda origin: True))
    result = ask(app, headers={'Origin': 'null'})
    assert result.status_code == 200
    assert cors_headers(result) == {'vary': 'Origin'}


def test_forbidden_names_are_refused() -> None:
    refuses("allow_headers: 'Host' can't be set by scripts", allow_headers=['Host'])
    refuses("allow_headers: 'sec-x' can't be set by scripts", allow_headers=['sec-x'])
    refuses("expose_headers: 'Set-Cookie' can't be read by scripts", expose_headers=['Set-Cookie'])
    refuses("allow_methods: 'TRACE' can't be used", allow_methods=['TRACE'])


@both
def test_no_none_and_no_joined_origins(interface: Interface) -> None:
    refuses('max_age: None', max_age=None)
    app = build(interface, CORSMiddleware(allow_origins=[A]))
    assert ACAO not in ask(app, headers={'Origin': f'{A}, {A}'}).headers
    for value in ask(app, 'OPTIONS', headers=preflight(A)).headers.values():
        assert 'None' not in value


@both
def test_dynamic_origins_sinks_and_options_as_falcons_issues_request(interface: Interface) -> None:
    """Dynamic origins (#2050), a sink without ``Allow`` (#2325), options (#1719)."""
    app = build(
        interface,
        CORSMiddleware(
            allow_origins=lambda origin: origin.startswith('https://preview-'),
            allow_methods=['PUT'],
            max_age=5,
        ),
    )
    result = ask(app, 'OPTIONS', '/sink', preflight('https://preview-7.example'))
    assert result.status_code == 204
    assert result.headers[ACAO] == 'https://preview-7.example'
    assert result.headers['access-control-max-age'] == '5'


# What Falcon's own middleware does, and this one does not.


@both
def test_falcon_defect_raw_echo(interface: Interface) -> None:
    app = build(interface, CORSMiddleware())
    for names in ('; rm -rf / <script>, ,,,', 'x-a\tx-b', '"x"', 'x' * 39999):
        result = ask(app, 'OPTIONS', headers=preflight(A, names=names))
        assert result.status_code == 204
        assert 'access-control-allow-headers' not in result.headers


@both
def test_falcon_defect_unknown_routes(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A))
    assert ask(app, 'OPTIONS', '/nowhere', preflight(A)).status_code == 204
    result = ask(app, 'PUT', '/nowhere', {'Origin': A})
    assert (result.status_code, result.headers[ACAO]) == (404, A)


@both
def test_falcon_defect_a_sink_sees_no_preflight(interface: Interface) -> None:
    seen: list[str] = []

    class Sink:
        def on_sink(self, req: falcon.Request, resp: falcon.Response) -> None:
            seen.append(req.method)

    app = new_app(interface, [CORSMiddleware(allow_origins=A)])
    app.add_sink(adapt(interface, Sink()).on_sink, '/')
    assert ask(app, 'OPTIONS', '/', preflight(A)).headers['access-control-allow-methods'] == 'PUT'
    assert ask(app, 'GET', '/', {'Origin': A}).headers[ACAO] == A
    assert seen == ['GET']


@both
def test_falcon_defect_a_disallowed_method_is_refused(interface: Interface) -> None:
    app = build(interface, CORSMiddleware(allow_origins=A, allow_methods=['PUT']))
    result = ask(app, 'OPTIONS', headers=preflight(A, 'DELETE'))
    assert result.headers[ACAO] == A, 'so that the browser names the method'
    assert 'DELETE' not in result.headers['access-control-allow-methods']


# The probes of CORScanner and Corsy, which derive them from the API's host, derived from each
# origin that is allowed.

ALLOWED = [
    'https://app.example.com',
    'https://www.example.org:8443',
    'http://localhost:3000',
    'http://127.0.0.1:8000',
    'https://*.preview.example.net',
    'http://app.localhost:*',
    'http://[::1]:*',
    'capacitor://localhost',
]
SPECIAL = '_-+^{}|"\'`!~;,&=$()*#@%'


def probes(allowed: str) -> set[str]:
    concrete = allowed.replace('*.', '').replace(':*', ':4000')
    scheme, _, rest = concrete.partition('://')
    host, colon, port = rest.rpartition(':') if not rest.endswith(']') else (rest, '', '')
    host, port = (host, colon + port) if colon else (rest, '')
    other = {'http': 'https', 'https': 'http'}.get(scheme, 'http')
    found = {
        'https://evil.com',
        'http://evil.com',
        f'{scheme}://evil.com{port}',
        f'{scheme}://{host}.evil.com{port}',
        f'{scheme}://{host}.evil.com',
        f'{scheme}://evil{host}{port}',
        'null',
        f'{scheme}://{host[1:]}{port}',
        f'{scheme}://{host[:-1]}{port}',
        f'{scheme}://{host.replace(".", "x")}x{port}',
        f'{scheme}://{host.replace(".", "x", 1)}x{port}',
        f'{other}://{host}{port}',
        f'{scheme}://{host}:8444',
        f'{scheme}://{host}:0',
        f'{scheme}://{host}{port}/',
        f'{scheme}://{host}{port}.evil.com',
        f'{scheme}://{host}{port}@evil.com',
        f'{scheme}://evil.com@{host}{port}',
        f'{scheme}://{host}.{port}',
        f'{scheme}://{host.upper()}{port}',
        f'{scheme.upper()}://{host}{port}',
        f'{scheme}://{host}{port},{scheme}://evil.com',
        f'{scheme}://evil.com {scheme}://{host}{port}',
        f'{scheme}://evil.com?{host}{port}',
        f'{scheme}://evil.com/{host}{port}',
        f'{scheme}://evil.com#{host}{port}',
        f'{scheme}://evil.com\\{host}{port}',
        f'{scheme}://{host}{port}\x00',
        f' {scheme}://{host}{port}',
        f'{scheme}:{host}{port}',
        f'//{host}{port}',
        f'{host}{port}',
        'https://whatever.github.io',
        'https://codepen.io',
        'https://jsfiddle.net',
        'https://repl.it',
        'https://jsbin.com',
        *(f'{scheme}://{host}{special}.evil.com' for special in SPECIAL),
        *(f'{scheme}://{host}{special}evil.com{port}' for special in SPECIAL),
    }
    if '*.' in allowed:
        return found | {concrete}  # the domain itself, not a subdomain
    return (found - {concrete}) | {f'{scheme}://evil.{host}{port}', f'{scheme}://a:80.{host}{port}'}


MEANT = re.compile(r'http://(app\.localhost|\[::1\])(:[1-9][0-9]*)?')


@pytest.mark.parametrize('credentials', [False, True])
@pytest.mark.parametrize('allowed', ALLOWED)
def test_scanner_probes(allowed: str, credentials: bool) -> None:
    app = build('wsgi', CORSMiddleware(allow_origins=ALLOWED, allow_credentials=credentials))
    policy = Policy(allow_origins=ALLOWED, allow_credentials=credentials)
    assert policy.allows(allowed.replace('*.', 'some.').replace(':*', ':4000'))
    for origin in probes(allowed):
        if MEANT.fullmatch(origin) and not origin.endswith(':0'):
            assert policy.allows(origin), 'any port is what was meant'
            continue
        assert not policy.allows(origin), origin
        if origin.isprintable() and origin == origin.strip():
            for headers in ({'Origin': origin}, preflight(origin)):
                method = 'OPTIONS' if len(headers) > 1 else 'GET'
                result = ask(app, method, headers=headers)
                assert cors_headers(result) == {'vary': 'Origin'}, origin
