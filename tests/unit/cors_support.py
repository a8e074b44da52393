# SPDX-License-Identifier: MIT-0
"""One app for both interfaces, and a client that speaks to either."""

import functools
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import falcon
import falcon.asgi
import falcon.testing

Interface = Literal['wsgi', 'asgi']
INTERFACES: tuple[Interface, ...] = ('wsgi', 'asgi')

A, B = 'https://a.example', 'https://b.example'


def asynchronous(function: Callable[..., None]) -> Callable[..., Any]:
    """Make a responder or a sink one that ``falcon.asgi.App`` takes."""

    @functools.wraps(function)
    async def wrapper(req: Any, resp: Any, *args: Any, **kwargs: Any) -> None:
        function(req, resp, *args, **kwargs)

    return wrapper


def adapt(interface: Interface, component: object) -> Any:
    """Turn an object's public methods into coroutine functions where ASGI wants them."""
    if interface == 'wsgi':
        return component
    bound = _Bound()
    for name in dir(component):
        if name.startswith(('on_', 'process_')):
            setattr(bound, name, _bind(bound, getattr(component, name)))
    return bound


class _Bound:
    """An object whose methods are coroutine functions, bound as Falcon wants them."""


def _bind(owner: object, function: Callable[..., None]) -> Any:
    async def call(self: object, *args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)

    return call.__get__(owner)


class Items:
    def on_get(self, req: falcon.Request, resp: falcon.Response, id: str) -> None:
        resp.media = {'id': id}

    on_put = on_post = on_delete = on_get


class Setting:
    """Sets what the request's ``X-Set-...`` headers say."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        for name, value in req.headers_lower.items():
            if name.startswith('x-set-'):
                resp.set_header(name.removeprefix('x-set-'), value)
        resp.text = 'set'

    on_post = on_get


class Failing:
    def on_get(self, req: falcon.Request, resp: falcon.Response, status: str) -> None:
        resp.set_header('X-Before', 'the error')
        raise falcon.HTTPError(int(status))


class Crashing:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise RuntimeError('crash')

    on_put = on_get


class Raising:
    def on_get(self, req: falcon.Request, resp: falcon.Response, status: str) -> None:
        raise falcon.HTTPStatus(int(status))


class Redirecting:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise falcon.HTTPFound('/items/1')


class OwnOptions:
    def on_options(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('Allow', 'GET, OPTIONS')
        resp.text = 'my options'

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.data = b'data'


class Unserializable:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = object()


async def chunks() -> AsyncIterator[bytes]:
    yield b'stre'
    yield b'am'


class Streaming:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        is_asgi = isinstance(resp, falcon.asgi.Response)
        resp.stream = chunks() if is_asgi else io.BytesIO(b'stream')  # type: ignore[assignment]


def sink(req: falcon.Request, resp: falcon.Response, **kwargs: Any) -> None:
    resp.text = f'sink: {req.method}'


def new_app(interface: Interface, middleware: Iterable[object], **options: Any) -> Any:
    """Return an app without routes."""
    app: Any = falcon.App if interface == 'wsgi' else falcon.asgi.App
    return app(middleware=list(middleware), **options)


def build(
    interface: Interface, *middleware: object, static: Path | None = None, **options: Any
) -> Any:
    """Return an app with one route of each kind."""
    app = new_app(interface, middleware, **options)
    for path, resource in {
        '/items/{id}': Items(),
        '/set': Setting(),
        '/fail/{status}': Failing(),
        '/crash': Crashing(),
        '/raise/{status}': Raising(),
        '/redirect': Redirecting(),
        '/own-options': OwnOptions(),
        '/unserializable': Unserializable(),
        '/stream': Streaming(),
    }.items():
        app.add_route(path, adapt(interface, resource))
    app.add_sink(sink if interface == 'wsgi' else asynchronous(sink), '/sink')
    if static is not None:
        (static / 'page.txt').write_text('static')
        app.add_static_route('/static', str(static))
    return app


def ask(
    app: Any,
    method: str = 'GET',
    path: str = '/items/1',
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> falcon.testing.Result:
    """Send one request; on WSGI through ``wsgiref.validate``."""
    return falcon.testing.simulate_request(app, method, path, headers=headers, **more)


def preflight(
    origin: str, method: str = 'PUT', names: str | None = None, **more: str
) -> dict[str, str]:
    """Return the headers of a preflight."""
    headers = {'Origin': origin, 'Access-Control-Request-Method': method, **more}
    if names is not None:
        headers['Access-Control-Request-Headers'] = names
    return headers


def cors_headers(result: falcon.testing.Result) -> dict[str, str]:
    """Return the headers that CORS is about, with ``Vary``."""
    return {
        name: value
        for name, value in result.headers.items()
        if name.startswith('access-control-') or name == 'vary'
    }
