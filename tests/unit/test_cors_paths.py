# SPDX-License-Identifier: MIT-0
"""No request target is served under a more open policy than that of the route it reaches."""

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import falcon
import falcon.testing
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from cors import CORSMiddleware, Policy
from tests.unit.cors_support import INTERFACES, A, B, Interface, adapt, ask, new_app, preflight

pytestmark = pytest.mark.parametrize('interface', INTERFACES)

ACAO = 'access-control-allow-origin'
CLOSED = 'this is for no page'


def with_target(interface: Interface, app: Any, target: str) -> Any:
    """Return an app that gets ``target`` as servers hand it over: decoded, not normalized."""
    path = unquote_to_bytes(target.partition('?')[0])

    def wsgi(environ: dict[str, Any], start_response: Any) -> Any:
        return app(environ | {'PATH_INFO': path.decode('latin-1')}, start_response)

    async def asgi(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope['type'] == 'http':
            scope = scope | {'path': path.decode(errors='replace'), 'raw_path': target.encode()}
        await app(scope, receive, send)

    return wsgi if interface == 'wsgi' else asgi


def send(
    interface: Interface, app: Any, target: str, headers: dict[str, str]
) -> falcon.testing.Result:
    method = 'OPTIONS' if 'Access-Control-Request-Method' in headers else 'GET'
    return ask(with_target(interface, app, target), method, '/', headers)


class Normalizing:
    """A sink that finds a file as a proxy or an object store behind it might."""

    def __init__(self, prefix: str, files: set[str], merge_slashes: bool) -> None:
        self.prefix, self.files, self.merge_slashes = prefix, files, merge_slashes

    def on_sink(self, req: falcon.Request, resp: falcon.Response, **fields: str) -> None:
        path = req.path.removeprefix('http://api.example.com').removeprefix(self.prefix)
        name = posixpath.normpath(path) if self.merge_slashes else without_dot_segments(path)
        name = name.lstrip('/')
        if name.rstrip('/') not in self.files:
            raise falcon.HTTPNotFound
        resp.text = CLOSED if 'closed' in name else 'open'


def without_dot_segments(path: str) -> str:
    """Resolve dot segments as RFC 3986, section 5.2.4, does: an empty segment is one to remove."""
    kept: list[str] = []
    for segment in path.split('/'):
        if segment == '..':
            del kept[-1:]
        elif segment != '.':
            kept.append(segment)
    return '/'.join(kept)


class Document:
    def on_get(self, req: falcon.Request, resp: falcon.Response, name: str) -> None:
        resp.text = CLOSED if name == 'closed' else 'open'


FILES = {'closed/s.txt', 'closed/deep/s.txt', 'closed.txt', 'open/s.txt', 's.txt', 'closed;x/s.txt',
         'CLOSED/s.txt', '%2E%2E/s.txt', '.hidden/s.txt', 'x/s.txt'}  # fmt: skip


@pytest.fixture(scope='module')
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of which those below ``closed`` and ``closed.txt`` are for no page."""
    root = tmp_path_factory.mktemp('files')
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        is_closed = name.startswith(('closed/', 'closed.txt'))
        (root / name).write_text(CLOSED if is_closed else 'open')
    return root


PREFIXES = ('files', 'merged', 'resolved', 'any')
# The same rule, written by naming what is closed, and by naming what is open.
WRITTEN: list[dict[str, Any]] = [
    {
        'routes': {
            **{f'/{prefix}/closed/{{path:path}}': None for prefix in PREFIXES},
            **{f'/{prefix}/closed.txt': None for prefix in PREFIXES},
            '/documents/closed': None,
        }
    },
    {
        'allow_origins': [B],
        'routes': {
            **{f'/{prefix}/open/{{path:path}}': Policy() for prefix in PREFIXES},
            **{f'/{prefix}/s.txt': Policy() for prefix in PREFIXES},
            '/documents/open': Policy(),
        },
    },
]


def new_api(interface: Interface, arguments: dict[str, Any], folder: Path) -> Any:
    app = new_app(interface, [CORSMiddleware(**arguments)], sink_before_static_route=False)
    app.add_route('/documents/{name}', adapt(interface, Document()))
    for prefix, pattern in (('/any', '.*'), ('/merged', '/merged'), ('/resolved', '/resolved')):
        sink = Normalizing(prefix, FILES, merge_slashes=prefix != '/resolved')
        app.add_sink(adapt(interface, sink).on_sink, pattern)
    app.add_static_route('/files', str(folder))
    return app


def is_closed(result: falcon.testing.Result) -> bool:
    return CLOSED in result.text


# Each is served as a closed file or document, by one interface or both.
DISGUISED = [
    '/files/.%2Fclosed/s.txt',
    '/files/x%2F..%2Fclosed/s.txt',
    '/files/x%2f%2e%2e%2fclosed/s.txt',
    '/files/open/..%2Fclosed/deep/s.txt',
    '/files/open%2F.%2F..%2Fclosed.txt',
    '/files/./closed/s.txt',
    '/files/closed/../closed/s.txt',
    '/files/closed/./s.txt',
    '/files/closed/x/..%2Fs.txt',
    '/files/closed.txt/',
    '/files/closed.txt%2F',
    '/files/%63losed/s.txt',
    '/files/closed%2Fs.txt?x=/open/s.txt',
    '//documents/closed',
    '///documents%2Fclosed',
    '/merged//closed/s.txt',
    '/merged/.%2F/closed/s.txt',
    '/merged/open/../closed.txt/',
    '/resolved/open//..%2F..%2Fclosed/s.txt',
    '/resolved/open/..%2Fclosed/s.txt',
    '/any//closed/s.txt',
    '/any/%2F.%2Fclosed.txt',
    'http://api.example.com/any/closed/s.txt',
]


@pytest.mark.parametrize('target', DISGUISED)
@pytest.mark.parametrize('arguments', WRITTEN, ids=['closed below open', 'open below closed'])
def test_disguised_targets_are_served_to_no_page(
    interface: Interface, arguments: dict[str, Any], target: str, folder: Path
) -> None:
    app = new_api(interface, arguments, folder)
    result = send(interface, app, target, {'Origin': A})
    assert is_closed(result), 'the table has targets that reach a closed file'
    assert ACAO not in result.headers
    assert ACAO not in send(interface, app, target, preflight(A)).headers


def test_a_template_may_end_in_a_slash(interface: Interface, folder: Path) -> None:
    app = new_api(interface, {'routes': {'/merged/closed/': None}}, folder)
    for target in ('/merged/closed/', '/merged//closed/', '/merged/closed//'):
        assert ACAO not in send(interface, app, target, {'Origin': A}).headers


OPEN = ['/files/s.txt', '/files/open/s.txt', '/documents/open', '/any/open/s.txt', '/merged/s.txt',
        '//documents/open', '/resolved/open/s.txt', '/any/open/.hidden', '/files/open//s.txt',
        '/any/open/']  # fmt: skip


@pytest.mark.parametrize('target', OPEN)
@pytest.mark.parametrize('arguments', WRITTEN, ids=['closed below open', 'open below closed'])
def test_open_targets_stay_open(
    interface: Interface, arguments: dict[str, Any], target: str, folder: Path
) -> None:
    app = new_api(interface, arguments, folder)
    assert send(interface, app, target, {'Origin': A}).headers[ACAO] == '*'
    assert send(interface, app, target, preflight(A)).headers[ACAO] == '*'


SLASHES = st.sampled_from(['/', '/', '/', '%2F', '%2f', '//', '/%2F', '%252F', '\\', '%5C'])
SEGMENTS = st.sampled_from(
    ['', '.', '..', '%2E', '%2e%2E', '.%2e', '%252e%252e', '...', 'x', 'open', 'closed', 'Closed',
     'CLOSED', '%63losed', 'c%6Cosed', 'closed;x', 'closed;a=b', '.hidden', 'deep', 's.txt', '~',
     'closed.txt', 'S.TXT', 'closed%00', 'closed ', 'closed.', '%E9', '%C3%A9', '+', '{path}']
)  # fmt: skip
STARTS = st.sampled_from(
    [*(f'/{prefix}' for prefix in (*PREFIXES, 'documents')), '//files', '/x/../files', '',
     'files', '*', '/', 'http://api.example.com/files', 'http://api.example.com', '/FILES',
     '/files%2F', 'api.example.com:443', '/%66iles', '/any/files', 'any']
)  # fmt: skip
ENDS = st.sampled_from(['', '', '', '/', '%2F', '/.', '?closed', '?/../open', '#open'])


@st.composite
def targets(draw: st.DrawFn) -> str:
    parts = draw(st.lists(st.tuples(SLASHES, SEGMENTS), max_size=6))
    return draw(STARTS) + ''.join(slash + name for slash, name in parts) + draw(ENDS)


def disguises(draw: st.DrawFn) -> Iterator[str]:
    """Draw the pieces of a detour to a closed file."""
    for segment in draw(st.sampled_from(['closed/s.txt', 'closed.txt', 'closed/deep/s.txt'])).split(
        '/'
    ):
        for _ in range(draw(st.integers(0, 2))):
            yield draw(st.sampled_from(['.', '', 'x/..', 'open/..', 'closed/..', 'x/./..', '%2e']))
        yield draw(st.sampled_from([segment, segment, f'%{ord(segment[0]):x}{segment[1:]}']))


@st.composite
def detours(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from([f'/{prefix}' for prefix in PREFIXES]))
    slash = draw(st.sampled_from(['/', '%2F', '%2f']))
    path = '/'.join(disguises(draw)).replace('/', slash)
    return f'{prefix}/{path}{draw(ENDS)}'


@given(arguments=st.sampled_from(WRITTEN), target=targets() | detours())
@example(WRITTEN[0], '*')
@example(WRITTEN[0], 'http://api.example.com/files/closed/s.txt')
def test_no_target_is_served_under_a_more_open_policy(
    interface: Interface, folder: Path, arguments: dict[str, Any], target: str
) -> None:
    app = new_api(interface, arguments, folder)
    result = send(interface, app, target, {'Origin': A})
    event(f'closed: {is_closed(result)}')
    if is_closed(result):
        assert ACAO not in result.headers, 'a page reads what is closed to it'
        assert ACAO not in send(interface, app, target, preflight(A)).headers


@given(arguments=st.sampled_from(WRITTEN), target=detours())
def test_a_target_that_is_already_resolved_keeps_its_policy(
    interface: Interface, folder: Path, arguments: dict[str, Any], target: str
) -> None:
    """What browsers send for an address with dots and slashes is what is decided on."""
    app = new_api(interface, arguments, folder)
    resolved = os.path.normpath(unquote_to_bytes(target.partition('?')[0]).decode())
    policy = send(interface, app, resolved, {'Origin': A}).headers.get(ACAO)
    assert send(interface, app, target, {'Origin': A}).headers.get(ACAO) in (policy, None)


AMBIGUOUS = ['/public/../x', '/x/./y', '/..', '/.', '/x/..', '/x/%2E%2E/public/x', '*', 'x',
             'http://api.example.com/public/x', '', '/partner/b/x/', '/public//../x']  # fmt: skip


@pytest.mark.parametrize('target', AMBIGUOUS)
def test_the_reason_is_logged(
    interface: Interface, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level('INFO', 'cors')
    routes = {'/public/{path:path}': Policy(), '/partner/{name}/x': Policy(allow_origins=B)}
    app = new_app(interface, [CORSMiddleware(allow_origins=[A], routes=routes)])
    result = send(interface, app, target, {'Origin': A})
    if target:  # Falcon reads no path as "/"
        assert ACAO not in result.headers
        assert 'the path is ambiguous' in caplog.text
    else:
        assert result.headers[ACAO] == A


def test_without_routes_every_path_has_the_same_policy(interface: Interface) -> None:
    app = new_app(interface, [CORSMiddleware(allow_origins=[A])])
    for target in AMBIGUOUS:
        assert send(interface, app, target, {'Origin': A}).headers[ACAO] == A


@pytest.mark.parametrize(('prefix', 'is_served'), [('/admin', True), (r'/admin(?=/|$)', False)])
def test_a_sink_takes_more_than_the_segment_of_its_prefix(
    interface: Interface, prefix: str, is_served: bool
) -> None:
    """The middleware can't see the app's sinks, so the page howto/per_route says it."""
    app = new_app(interface, [CORSMiddleware(routes={'/admin/{path:path}': None})])
    app.add_sink(
        adapt(interface, Normalizing('', {'admin/x', 'administrator'}, True)).on_sink, prefix
    )
    result = send(interface, app, '/administrator', {'Origin': A})
    assert (result.status_code == 200) is is_served
    assert result.headers[ACAO] == '*', 'the policy of the app'
    assert ACAO not in send(interface, app, '/admin/x', {'Origin': A}).headers
    assert send(interface, app, '/admin/x', {'Origin': A}).status_code == 200
