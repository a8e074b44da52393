"""One small API on each framework, with the framework's CORS middleware as its docs list it.

GET, PUT /items   an answer; PATCH, too, where the middleware asks the route
GET      /vary    an answer of the program's own that varies by Accept
GET      /crash   a mistake that nobody handles
PUT      /private an answer for those who send Authorization, else 401
OPTIONS  /options a responder of the program's own
/ws               a WebSocket, where the framework has them
"""

from __future__ import annotations

import io
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from typing import Any, NamedTuple

import corsheaders.checks
import django
import falcon
import falcon.asgi
import flask
import flask_cors
import litestar
import starlette.applications
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, JsonResponse
from django.urls import path
from litestar.config.cors import CORSConfig
from litestar.exceptions import NotAuthorizedException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware as StarletteCors
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

import cors

SHOP, PARTNER = 'https://shop.example.com', 'https://partner.example.com'
App = Any


@dataclass(frozen=True)
class Policy:
    """What every middleware is asked to do, as far as it can; ``*`` is everyone or everything."""

    origins: tuple[str, ...] | str = (SHOP, PARTNER)
    methods: tuple[str, ...] = ('GET', 'PUT')
    headers: tuple[str, ...] | str = ('Authorization', 'Content-Type')
    credentials: bool = False


class Peer(NamedTuple):
    """A middleware.

    Attributes:
        packages: The distributions whose versions are stated.
        build: Builds the API; a ValueError or TypeError where the policy is refused.
        more: Another build that must answer alike: Falcon's on its second interface.
    """

    name: str
    packages: tuple[str, ...]
    build: Callable[[Policy], App]
    more: Callable[[Policy], App] | None = None


# ---- Falcon -------------------------------------------------------------------------------


class Item:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {}

    on_put = on_patch = on_get


class Varying:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('Vary', 'Accept')


class Crashing:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        raise RuntimeError('a mistake that nobody handles')


class Asked:
    def on_options(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.set_header('X-Own', 'yes')


class Authentication:
    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.path == '/private' and not req.auth:
            raise falcon.HTTPUnauthorized


def asynchronous(resource: object) -> object:
    """Make the twin of a resource for ASGI."""

    def twin(responder: Callable[..., None]) -> Callable[..., Awaitable[None]]:
        async def respond(self: object, req: Any, resp: Any) -> None:
            responder(resource, req, resp)

        return respond

    methods = {
        name: twin(method) for name, method in vars(type(resource)).items() if name[:3] == 'on_'
    }
    return type('Twin', (), methods)()


class AsyncAuthentication:
    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        if req.path == '/private' and not req.auth:
            raise falcon.HTTPUnauthorized


class Socket:
    async def on_websocket(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
        await ws.accept()
        await ws.close()


RESOURCES = {
    '/items': Item(),
    '/vary': Varying(),
    '/crash': Crashing(),
    '/private': Item(),
    '/options': Asked(),
}


def falcon_wsgi(middleware: Any) -> App:
    app = falcon.App(middleware=[middleware, Authentication()])
    for template, resource in RESOURCES.items():
        app.add_route(template, resource)
    return app


def falcon_asgi(middleware: Any) -> App:
    app = falcon.asgi.App(middleware=[middleware, AsyncAuthentication()])
    for template, resource in RESOURCES.items():
        app.add_route(template, asynchronous(resource))
    app.add_route('/ws', Socket())
    return app


def falcon_cors(policy: Policy) -> falcon.CORSMiddleware[Any, Any]:
    """Methods and headers are not to be chosen."""
    credentials = policy.origins if policy.credentials else None
    return falcon.CORSMiddleware(allow_origins=policy.origins, allow_credentials=credentials)


def our_cors(policy: Policy) -> cors.CORSMiddleware:
    return cors.CORSMiddleware(
        allow_origins=policy.origins,
        allow_methods=policy.methods,
        allow_headers=policy.headers,
        allow_credentials=policy.credentials,
    )


# ---- Starlette ----------------------------------------------------------------------------


class AsgiAuthentication:
    """Refuse as an ASGI middleware."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        sent = {name for name, _ in scope.get('headers', ())}
        if scope.get('path') == '/private' and b'authorization' not in sent:
            await JSONResponse({}, 401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def item(request: Any) -> JSONResponse:
    return JSONResponse({})


async def varying(request: Any) -> JSONResponse:
    return JSONResponse({}, headers={'Vary': 'Accept'})


async def crashing(request: Any) -> JSONResponse:
    raise RuntimeError('a mistake that nobody handles')


async def asked(request: Any) -> JSONResponse:
    return JSONResponse({}, headers={'X-Own': 'yes'})


async def socket(websocket: Any) -> None:
    await websocket.accept()
    await websocket.close()


def starlette_app(policy: Policy) -> App:
    return starlette.applications.Starlette(
        routes=[
            Route('/items', item, methods=['GET', 'PUT']),
            Route('/vary', varying),
            Route('/crash', crashing),
            Route('/private', item, methods=['PUT']),
            Route('/options', asked, methods=['OPTIONS']),
            WebSocketRoute('/ws', socket),
        ],
        middleware=[
            Middleware(
                StarletteCors,
                allow_origins=tuple(policy.origins),
                allow_methods=policy.methods,
                allow_headers=tuple(policy.headers),
                allow_credentials=policy.credentials,
            ),
            Middleware(AsgiAuthentication),
        ],
    )


# ---- Litestar -----------------------------------------------------------------------------


@litestar.route('/items', http_method=['GET', 'PUT'], status_code=200)
async def litestar_item() -> dict[str, str]:
    return {}


@litestar.put('/private')
async def litestar_private() -> dict[str, str]:
    return {}


@litestar.get('/vary')
async def litestar_vary() -> litestar.Response[dict[str, str]]:
    return litestar.Response({}, headers={'Vary': 'Accept'})


@litestar.get('/crash')
async def litestar_crash() -> dict[str, str]:
    raise RuntimeError('a mistake that nobody handles')


@litestar.route('/options', http_method=['OPTIONS'], status_code=200)
async def litestar_options() -> litestar.Response[dict[str, str]]:
    return litestar.Response({}, headers={'X-Own': 'yes'})


@litestar.websocket('/ws')
async def litestar_socket(socket: litestar.WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.close()


def litestar_authentication(app: App) -> App:
    async def authenticate(scope: Any, receive: Any, send: Any) -> None:
        sent = {name for name, _ in scope.get('headers', ())}
        if scope.get('path') == '/private' and b'authorization' not in sent:
            raise NotAuthorizedException
        await app(scope, receive, send)

    return authenticate


def litestar_app(policy: Policy) -> App:
    return litestar.Litestar(
        [
            litestar_item,
            litestar_private,
            litestar_vary,
            litestar_crash,
            litestar_options,
            litestar_socket,
        ],
        cors_config=CORSConfig(
            allow_origins=list(policy.origins),
            allow_methods=list(policy.methods),  # type: ignore[arg-type]  # it lists them; ours are any str
            allow_headers=list(policy.headers),
            allow_credentials=policy.credentials,
        ),
        middleware=[litestar_authentication],
        openapi_config=None,
    )


# ---- Flask --------------------------------------------------------------------------------


def flask_app(policy: Policy) -> App:
    app = flask.Flask('peers')

    def authenticate() -> None:
        if flask.request.path == '/private' and 'Authorization' not in flask.request.headers:
            flask.abort(401)

    def crash() -> str:
        raise RuntimeError('a mistake that nobody handles')

    app.before_request(authenticate)
    app.add_url_rule('/items', 'items', dict, methods=['GET', 'PUT'])
    app.add_url_rule('/private', 'private', dict, methods=['PUT'])
    app.add_url_rule('/vary', 'vary', lambda: ({}, {'Vary': 'Accept'}))
    app.add_url_rule('/crash', 'crash', crash)
    app.add_url_rule('/options', 'options', lambda: ({}, {'X-Own': 'yes'}), methods=['OPTIONS'])
    flask_cors.CORS(
        app,
        origins=policy.origins if isinstance(policy.origins, str) else list(policy.origins),
        methods=list(policy.methods),
        allow_headers=policy.headers if isinstance(policy.headers, str) else list(policy.headers),
        supports_credentials=policy.credentials,
    )
    return app


# ---- Django -------------------------------------------------------------------------------


def django_item(request: Any) -> JsonResponse:
    return JsonResponse({})


def django_vary(request: Any) -> JsonResponse:
    return JsonResponse({}, headers={'Vary': 'Accept'})


def django_crash(request: Any) -> JsonResponse:
    raise RuntimeError('a mistake that nobody handles')


def django_options(request: Any) -> JsonResponse:
    return JsonResponse({}, headers={'X-Own': 'yes'})


def django_authentication(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def authenticate(request: Any) -> Any:
        if request.path == '/private' and 'Authorization' not in request.headers:
            return HttpResponse(status=401)
        return get_response(request)

    return authenticate


URLS = (
    path('items', django_item),
    path('private', django_item),
    path('vary', django_vary),
    path('crash', django_crash),
    path('options', django_options),
)


def django_app(policy: Policy) -> App:
    """Its settings are of the whole process, so that the last app built is the one that works.

    Raises:
        ValueError: The system checks, which ``manage.py`` runs, refuse the policy.
    """
    if not settings.configured:
        settings.configure(
            ALLOWED_HOSTS=['*'],
            ROOT_URLCONF=URLS,
            MIDDLEWARE=[
                'corsheaders.middleware.CorsMiddleware',
                f'{__name__}.django_authentication',
            ],
        )
        django.setup()
    settings.CORS_ALLOW_ALL_ORIGINS = policy.origins == '*'
    settings.CORS_ALLOWED_ORIGINS = [] if policy.origins == '*' else list(policy.origins)
    settings.CORS_ALLOW_METHODS = policy.methods
    settings.CORS_ALLOW_HEADERS = tuple(policy.headers)
    settings.CORS_ALLOW_CREDENTIALS = policy.credentials
    if faults := corsheaders.checks.check_settings(app_configs=None):
        raise ValueError(f'system check: {faults[0].msg}')
    return WSGIHandler()


PEERS = (
    Peer(
        'falcon',
        ('falcon',),
        lambda policy: falcon_asgi(falcon_cors(policy)),
        lambda policy: falcon_wsgi(falcon_cors(policy)),
    ),
    Peer(
        'cors.py',
        ('falcon',),
        lambda policy: falcon_asgi(our_cors(policy)),
        lambda policy: falcon_wsgi(our_cors(policy)),
    ),
    Peer('starlette', ('starlette',), starlette_app),
    Peer('litestar', ('litestar',), litestar_app),
    Peer('flask-cors', ('Flask', 'flask-cors'), flask_app),
    Peer('django-cors-headers', ('Django', 'django-cors-headers'), django_app),
)


@contextmanager
def silence() -> Iterator[None]:
    """Keep quiet about the crashes that are made on purpose."""
    logging.disable()
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)
