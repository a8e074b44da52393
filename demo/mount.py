"""Mount every lesson under ``/<lesson>/`` of one WSGI and one ASGI application.

``gunicorn 'demo.mount:wsgi()'`` and ``uvicorn --factory demo.mount:asgi`` serve them. Programs
that are wrong on purpose (``wrong_*``) answer by their names, too, but no list at ``/`` names them.
"""

from __future__ import annotations

import math
import os
import pkgutil
from collections.abc import Iterable
from contextlib import AsyncExitStack
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any

import falcon
import falcon.asgi

from cors_browser.asgi import AsgiServer
from cors_browser.targets import Limits
from demo.settings import (
    ATTACKER_PORT_VARIABLE,
    GUIDE_PORT_VARIABLE,
    demo_names,
    with_demo_names,
)
from demo.wire import ASGIApplication, Receive, Recorder, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROOT = Path(__file__).parent.parent
FOREVER = Limits(seconds=math.inf, raise_app_exceptions=True)


def program_names(package: str) -> list[str]:
    """Name the programs of ``app_wsgi`` or ``app_asgi``, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules([str(ROOT / package)]))


class LessonLoader(SourceFileLoader):
    """Loads a lesson as it is, or with the demo's origins in place of its own if there is a guide.

    Nothing else differs, so what a reader tries in the demo is what they copy.
    """

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        if ports := _ports():
            source = with_demo_names(source, demo_names(*ports))
        return self.source_to_code(source, self.path)


def load_lesson(package: str, name: str) -> Any:
    """Return the ``app`` of the lesson ``name`` of ``package`` (``app_wsgi``, ``app_asgi``)."""
    loader = LessonLoader(f'demo.lessons.{package}.{name}', str(ROOT / package / f'{name}.py'))
    module = ModuleType(loader.name)
    module.__file__ = loader.path
    loader.exec_module(module)
    if _ports() and hasattr(module.app, 'resp_options'):
        # The demo has no TLS, and WebKit keeps no Secure cookie without it.
        module.app.resp_options.secure_cookies_by_default = False
    return module.app


def load_all(package: str) -> dict[str, Any]:
    """Load every lesson of a package, and what is wrong on purpose if it starts at all."""
    apps = {}
    for name in program_names(package):
        try:
            apps[name] = load_lesson(package, name)
        except ValueError:
            if not name.startswith('wrong_'):
                raise
    return apps


def wsgi() -> WSGIApplication:
    """Build the WSGI application that holds every WSGI lesson."""
    recorder = Recorder()
    lessons = load_all('app_wsgi')
    front = falcon.App(middleware=_wire_cors())
    front.add_route('/_wire/{key}', _WireReader(recorder))
    front.add_sink(_Front(lessons).list_lessons, '/')

    def mounted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        key, name, prefix = _place(environ['PATH_INFO'])
        if name not in lessons:
            return front(environ, start_response)
        environ['SCRIPT_NAME'] += prefix
        environ['PATH_INFO'] = environ['PATH_INFO'].removeprefix(prefix) or '/'
        app = recorder.wsgi(key, lessons[name]) if key else lessons[name]
        return app(environ, start_response)

    return mounted


def asgi() -> ASGIApplication:
    """Build the ASGI application that holds every ASGI lesson."""
    recorder = Recorder()
    lessons = load_all('app_asgi')
    front = falcon.asgi.App(middleware=_wire_cors())
    front.add_route('/_wire/{key}', _AsyncWireReader(recorder))
    front.add_sink(_Front(lessons).list_lessons_async, '/')

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] == 'lifespan':
            await _lifespan(list(lessons.values()), receive, send)
            return
        key, name, prefix = _place(scope['path'])
        if name not in lessons:
            await front(dict(scope), receive, send)
            return
        inner = {
            **scope,
            'root_path': scope.get('root_path', '') + prefix,
            'path': scope['path'].removeprefix(prefix) or '/',
        }
        app = recorder.asgi(key, lessons[name]) if key else lessons[name]
        await app(inner, receive, send)

    return mounted


def _place(path: str) -> tuple[str, str, str]:
    """Split a path into the recorder's key, the lesson's name and the prefix they take up."""
    match path.split('/', maxsplit=4):
        case ['', '_wire', key, name, *_] if key:
            return key, name, f'/_wire/{key}/{name}'
        case ['', name, *_]:
            return '', name, f'/{name}'
    return '', '', ''


def _ports() -> list[str]:
    """Return the ports of the guide and of the attacker's page; nothing if there is no guide."""
    variables = GUIDE_PORT_VARIABLE, ATTACKER_PORT_VARIABLE
    return [os.environ[name] for name in variables if name in os.environ]


def _wire_cors() -> falcon.CORSMiddleware[Any, Any]:
    hosts = ('127.0.0.1', 'localhost')
    return falcon.CORSMiddleware(
        allow_origins=[f'http://{host}:{port}' for host in hosts for port in _ports()]
    )


class _WireReader:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        resp.media = self._recorder.read(key)
        resp.cache_control = ['no-store']


class _AsyncWireReader:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, key: str) -> None:
        resp.media = self._recorder.read(key)
        resp.cache_control = ['no-store']


class _Front:
    """Lists the lessons to copy: at ``/``, and where no lesson answers."""

    def __init__(self, lessons: Iterable[str]) -> None:
        self._names = [f'/{name}' for name in lessons if not name.startswith('wrong_')]

    def list_lessons(self, req: Any, resp: Any, **_: Any) -> None:
        found = req.path == '/'
        resp.status = falcon.HTTP_200 if found else falcon.HTTP_404
        resp.media = {
            'title': 'The lessons of this server' if found else 'No lesson answers here',
            'lessons': self._names,
        }

    async def list_lessons_async(self, req: Any, resp: Any, **_: Any) -> None:
        self.list_lessons(req, resp)


async def _lifespan(apps: list[ASGIApplication], receive: Receive, send: Send) -> None:
    """Start every application, and stop all when the server says so."""
    async with AsyncExitStack() as running:
        await receive()
        for app in apps:
            await running.enter_async_context(AsgiServer(app, FOREVER).lifespan())
        await send({'type': 'lifespan.startup.complete'})
        await receive()
    await send({'type': 'lifespan.shutdown.complete'})
