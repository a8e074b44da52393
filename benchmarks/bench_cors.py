# SPDX-License-Identifier: MIT-0
"""What CORS costs: whole requests, as ratios, beside Falcon's own middleware and its peers.

Every number is a ratio of two apps that differ in one thing. Both are measured in turns, and the
number is the median of the ratios of the turns, so that what else the machine does hits both.
Microseconds are not shown, for they say more about the machine than about the code.
"""

import argparse
import asyncio
import gc
import importlib
import importlib.metadata
import itertools
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import falcon
import falcon.asgi

from cors import CORSMiddleware, Policy
from cors_browser import Step
from cors_browser.asgi import scope_of
from cors_browser.urls import Url, parse_url
from cors_browser.wsgi import environ_of

ORIGIN = 'https://app.example.com'
URL = 'https://api.example.com/items/1'
LISTS: dict[str, Any] = {'allow_methods': ['PUT', 'DELETE'], 'allow_headers': ['Content-Type']}
Run = Callable[[int], None]


class Request(NamedTuple):
    """A request that any framework understands."""

    method: str
    headers: dict[str, str]


def preflight(names: str | None = 'content-type') -> Request:
    headers = {'Origin': ORIGIN, 'Access-Control-Request-Method': 'PUT'}
    return Request('OPTIONS', headers if names is None else {**headers, ACRH: names})


ACRH = 'Access-Control-Request-Headers'
REQUESTS = {
    'allowed GET': Request('GET', {'Origin': ORIGIN}),
    'no Origin': Request('GET', {}),
    'preflight': preflight(),
}


# ---- Driving an app -----------------------------------------------------------------------


def step_of(request: Request) -> tuple[Step, Url]:
    """Return a request as a browser sends it."""
    usual = {'Accept': '*/*', 'User-Agent': 'Mozilla/5.0'}
    headers = {**usual, **request.headers}
    return Step(False, request.method, URL, list(headers.items())), parse_url(URL)


def drive_wsgi(app: Any, request: Request) -> Run:
    """Return a function that sends a request many times to a WSGI app."""
    environ = environ_of(*step_of(request))

    def start_response(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
        pass

    def run(times: int) -> None:
        for _ in itertools.repeat(None, times):
            for _chunk in app(environ.copy(), start_response):
                pass

    return run


def drive_asgi(app: Any, request: Request) -> Run:
    """Return a function that sends a request many times to an ASGI app."""
    step, url = step_of(request)
    scope = scope_of('http', step, url, {}) | {'method': request.method}
    event = {'type': 'http.request', 'body': b'', 'more_body': False}

    async def receive() -> dict[str, Any]:
        return event

    async def send(event: dict[str, Any]) -> None:
        pass

    async def send_all(times: int) -> None:
        for _ in itertools.repeat(None, times):
            await app({**scope, 'state': {}}, receive, send)

    def run(times: int) -> None:
        LOOP.run_until_complete(send_all(times))

    return run


LOOP = asyncio.new_event_loop()


# ---- The apps -----------------------------------------------------------------------------


class Item:
    def on_get(self, req: falcon.Request, resp: falcon.Response, id: str) -> None:
        resp.media = {'id': id}

    on_put = on_get


class AsyncItem:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, id: str) -> None:
        resp.media = {'id': id}

    on_put = on_get


def falcon_app(interface: str, *middleware: Any) -> Any:
    if interface == 'WSGI':
        app: Any = falcon.App(middleware=list(middleware))
        app.add_route('/items/{id}', Item())
    else:
        app = falcon.asgi.App(middleware=list(middleware))
        app.add_route('/items/{id}', AsyncItem())
    return app


def starlette_app(with_cors: bool) -> Any:
    starlette = importlib.import_module('starlette.applications')
    routing = importlib.import_module('starlette.routing')
    responses = importlib.import_module('starlette.responses')
    cors = importlib.import_module('starlette.middleware.cors')

    async def item(request: Any) -> Any:
        return responses.JSONResponse({'id': request.path_params['id']})

    app = starlette.Starlette(routes=[routing.Route('/items/{id}', item, methods=['GET', 'PUT'])])
    if with_cors:
        app.add_middleware(cors.CORSMiddleware, allow_origins=[ORIGIN], **LISTS)
    return app


def litestar_app(with_cors: bool) -> Any:
    litestar = importlib.import_module('litestar')
    config = importlib.import_module('litestar.config.cors')

    async def item(id: str) -> dict[str, str]:
        return {'id': id}

    handlers = [litestar.get('/items/{id:str}')(item), litestar.put('/items/{id:str}')(item)]
    cors = config.CORSConfig(allow_origins=[ORIGIN], **LISTS) if with_cors else None
    return litestar.Litestar(handlers, cors_config=cors, openapi_config=None)


def flask_app(with_cors: bool) -> Any:
    app = importlib.import_module('flask').Flask('bench')

    def item(id: str) -> dict[str, str]:
        return {'id': id}

    app.add_url_rule('/items/<id>', view_func=item, methods=['GET', 'PUT'])
    if with_cors:
        cors = importlib.import_module('flask_cors')
        cors.CORS(app, origins=[ORIGIN], methods=['PUT', 'DELETE'], allow_headers='Content-Type')
    return app


def django_app(with_cors: bool) -> Any:
    importlib.import_module('corsheaders')
    conf = importlib.import_module('django.conf')
    urls = importlib.import_module('django.urls')
    http = importlib.import_module('django.http')
    wsgi = importlib.import_module('django.core.handlers.wsgi')

    def item(request: Any, id: str) -> Any:
        return http.JsonResponse({'id': id})

    if not conf.settings.configured:
        conf.settings.configure(
            ALLOWED_HOSTS=['*'],
            ROOT_URLCONF=(urls.path('items/<id>', item),),
            CORS_ALLOWED_ORIGINS=[ORIGIN],
            CORS_ALLOW_METHODS=LISTS['allow_methods'],
            CORS_ALLOW_HEADERS=LISTS['allow_headers'],
        )
        importlib.import_module('django').setup()
    conf.settings.MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware'] if with_cors else []
    return wsgi.WSGIHandler()


PEERS = {
    'starlette': (starlette_app, drive_asgi),
    'litestar': (litestar_app, drive_asgi),
    'flask-cors': (flask_app, drive_wsgi),
    'django-cors-headers': (django_app, drive_wsgi),
}
DRIVERS = {'WSGI': drive_wsgi, 'ASGI': drive_asgi}


# ---- Measuring ----------------------------------------------------------------------------


class Row(NamedTuple):
    """A measured ratio and what it may be at most."""

    what: str
    over: str
    ratio: float
    limit: float | None = None

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.ratio > self.limit


def measure(one: Run, other: Run, turns: int, seconds: float) -> float:
    """Return the median of the ratios of two functions' times, taken in turns.

    Time is that of this process on a CPU, so that what else the machine does counts less.
    """
    one(20)
    other(20)
    start = time.process_time()
    other(100)
    times = max(1, round(seconds * 100 / (time.process_time() - start)))
    ratios: list[float] = []
    gc.collect()
    gc.disable()
    for turn in range(turns):
        seconds_of: dict[Run, float] = {}
        for run in (one, other) if turn % 2 else (other, one):
            start = time.process_time()
            run(times)
            seconds_of[run] = time.process_time() - start
        ratios.append(seconds_of[one] / seconds_of[other])
    gc.enable()
    return statistics.median(ratios)


def beside_falcon(ratio: Callable[[Run, Run], float]) -> Iterator[Row]:
    """Compare with ``falcon.CORSMiddleware`` and with no CORS at all."""
    limits = {'allowed GET': 1.15, 'no Origin': 1.15, 'preflight': 1.1}
    for interface, drive in DRIVERS.items():
        ours = falcon_app(interface, CORSMiddleware(allow_origins=[ORIGIN]))
        listed = falcon_app(interface, CORSMiddleware(allow_origins=[ORIGIN], **LISTS))
        routed = falcon_app(interface, CORSMiddleware(routes=ROUTES))
        builtin = falcon_app(interface, falcon.CORSMiddleware(allow_origins=[ORIGIN]))
        without = falcon_app(interface)
        for name, request in REQUESTS.items():
            over = f'falcon.CORSMiddleware, {interface}'
            theirs = drive(builtin, request)
            measured = ratio(drive(ours, request), theirs)
            yield Row(name, over, measured, limits[name])
            if name == 'preflight':
                lists = ratio(drive(listed, request), theirs)
                yield Row(f'{name}, explicit lists', over, lists, limits[name])
            added = (ratio(drive(routed, request), drive(ours, request)) - 1) * measured
            yield Row(f'{name}, what routes add', over, added, 0.25)
        for name, request in REQUESTS.items():
            bare = drive(without, request)
            over = f'no CORS, {interface}'
            yield Row(f'{name}, cors.py', over, ratio(drive(ours, request), bare))
            yield Row(f'{name}, falcon', over, ratio(drive(builtin, request), bare))


ROUTES: dict[str, Policy | None] = {
    '/items/{id}': Policy(allow_origins=[ORIGIN]),
    '/public/{path:path}': Policy(),
    '/internal/{path:path}': None,
}


def flatness(ratio: Callable[[Run, Run], float]) -> Iterator[Row]:
    """Compare many origins and patterns with one."""
    request = REQUESTS['allowed GET']
    pattern = 'https://*.example.com'

    def app(origins: list[str]) -> Run:
        return drive_wsgi(falcon_app('WSGI', CORSMiddleware(allow_origins=origins)), request)

    one = app([ORIGIN])
    for count in (1_000, 1_000_000):
        many = [*(f'https://app{number}.example.net' for number in range(count - 1)), ORIGIN]
        yield Row(f'{count:,} origins', '1 origin', ratio(app(many), one), 1.1)
    one = app([pattern])
    for count in (100, 10_000):
        many = [*(f'https://*.site{number}.example.net' for number in range(count - 1)), pattern]
        yield Row(f'{count:,} patterns', '1 pattern', ratio(app(many), one), 1.1)


def lengths(ratio: Callable[[Run, Run], float]) -> Iterator[Row]:
    """Compare the worst list of requested headers with one of 64 bytes."""
    shapes: dict[str, Callable[[int], str]] = {
        'short names': lambda length: ('x,' * length)[: length - 1] + 'x',
        'blanks': lambda length: ('x ,\t' * length)[: length - 1] + 'x',
        'one name': lambda length: 'x' * length,
        'commas': lambda length: ',' * length,
        'malformed': lambda length: 'x' * (length - 1) + '"',
    }
    policies = {'*': {}, 'lists': LISTS}
    for policy, arguments in policies.items():
        app = falcon_app('WSGI', CORSMiddleware(allow_origins=[ORIGIN], **arguments))
        usual = drive_wsgi(app, preflight(','.join(['x-requested-by'] * 5)[:64]))
        for shape, write in shapes.items():
            worst = max(
                ratio(drive_wsgi(app, preflight(write(length))), usual)
                for length in (128, 199, 256, 1024, 4096, 65536)
            )
            yield Row(f'requested headers, worst: {shape}', f'64 B, {policy}', worst, 3.0)


def peers(ratio: Callable[[Run, Run], float]) -> Iterator[Row]:
    """Compare each peer with its own framework without CORS."""
    for name, (make, drive) in PEERS.items():
        try:
            bare, with_cors = make(False), make(True)
        except ImportError as error:
            print(f'{name} is left out: {error}', file=sys.stderr)
            continue
        for what, request in REQUESTS.items():
            measured = ratio(drive(with_cors, request), drive(bare, request))
            yield Row(f'{what}, {name}', 'its app without CORS', measured)


GROUPS: dict[str, Callable[[Callable[[Run, Run], float]], Iterator[Row]]] = {
    'falcon': beside_falcon,
    'flat': flatness,
    'lengths': lengths,
    'peers': peers,
}


def versions() -> str:
    found = [f'Python {platform.python_version()}']
    for name in ('falcon', 'litestar', 'starlette', 'Flask', 'flask-cors', 'Django',
                 'django-cors-headers'):  # fmt: skip
        try:
            found.append(f'{name} {importlib.metadata.version(name)}')
        except importlib.metadata.PackageNotFoundError:
            found.append(f'{name} not installed')
    return ', '.join(found)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return 1 if a limit is exceeded and ``--check`` was given."""
    summary = (__doc__ or '').partition('\n')[0]
    parser = argparse.ArgumentParser(prog='python -m benchmarks.bench_cors', description=summary)
    parser.add_argument('--check', action='store_true', help='exit with 1 if a limit is exceeded')
    parser.add_argument('--only', choices=GROUPS, action='append', help='measure this group only')
    parser.add_argument('--turns', type=int, default=31, help='turns of each ratio (default: 31)')
    parser.add_argument(
        '--seconds', type=float, default=0.02, help='of each app in a turn (default: 0.02)'
    )
    options = parser.parse_args(arguments)

    def ratio(one: Run, other: Run) -> float:
        return measure(one, other, options.turns, options.seconds)

    rows: list[Row] = []
    for group in options.only or GROUPS:
        for row in GROUPS[group](ratio):
            print(f'{row.what}: {row.ratio:.3f}', file=sys.stderr)
            rows.append(row)

    print(versions())
    print(f'\n{"request":42}{"over":34}{"ratio":>7}{"at most":>9}')
    for row in rows:
        limit = '' if row.limit is None else f'{row.limit:.2f}'
        mark = '  EXCEEDED' if row.is_over else ''
        print(f'{row.what:42}{row.over:34}{row.ratio:7.3f}{limit:>9}{mark}')
    return int(options.check and any(row.is_over for row in rows))


if __name__ == '__main__':
    sys.exit(main())
