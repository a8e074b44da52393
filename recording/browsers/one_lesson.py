"""One lesson at a time, unchanged, at the root of gunicorn and uvicorn: what browsers record.

The name of the lesson is read for each request from the file that ``CORS_RECORDING_LESSON`` names,
so that one server plays every lesson. A key follows the name: the exchanges are kept under it,
and ``/_wire/<key>`` shows them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import falcon
import falcon.asgi

from demo.mount import load_all
from demo.wire import ASGIApplication, Receive, Recorder, Scope, Send

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

VARIABLE = 'CORS_RECORDING_LESSON'
WIRE = '/_wire/'


def choose(file: Path, lesson: str, key: str) -> None:
    """Play a lesson from the next request on; keep its exchanges under a key."""
    file.write_text(f'{lesson} {key}')


def _chosen() -> tuple[str, str]:
    lesson, _, key = Path(os.environ[VARIABLE]).read_text().partition(' ')
    return lesson, key


def wsgi() -> WSGIApplication:
    """Build the WSGI application that plays the chosen lesson."""
    recorder, lessons = Recorder(), load_all('app_wsgi')
    reader = falcon.App()
    reader.add_route(WIRE + '{key}', _WireReader(recorder))

    def playing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ['PATH_INFO'].startswith(WIRE):
            return reader(environ, start_response)
        lesson, key = _chosen()
        return recorder.wsgi(key, lessons[lesson])(environ, start_response)

    return playing


def asgi() -> ASGIApplication:
    """Build the ASGI application that plays the chosen lesson."""
    recorder, lessons = Recorder(), load_all('app_asgi')
    reader = falcon.asgi.App()
    reader.add_route(WIRE + '{key}', _AsyncWireReader(recorder))

    async def playing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope['type'] == 'lifespan' or scope['path'].startswith(WIRE):
            await reader(dict(scope), receive, send)
            return
        lesson, key = _chosen()
        await recorder.asgi(key, lessons[lesson])(scope, receive, send)

    return playing


class _WireReader:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def on_get(self, req: falcon.Request, resp: falcon.Response, key: str) -> None:
        resp.media = self._recorder.read(key)


class _AsyncWireReader:
    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, key: str) -> None:
        resp.media = self._recorder.read(key)
