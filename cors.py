# SPDX-License-Identifier: MIT-0
"""Cross-origin resource sharing for Falcon, in one file to copy.

Needs Python 3.11 or newer, and Falcon 4.0 or newer. Patterns such as ``https://*.example.com`` also
need the package ``publicsuffixlist``.

A :class:`Policy` defines which pages can read an API's responses. It validates its arguments when
you create it, it's immutable, and it doesn't depend on Falcon. A :class:`CORSMiddleware` applies a
policy to each request::

    cors = CORSMiddleware(
        allow_origins=['https://app.example.com', 'https://*.preview.example.com'],
        allow_credentials=True,
    )
    app = falcon.App(middleware=[cors])  # falcon.asgi.App: the same object

The terms are those of the Fetch Standard, https://fetch.spec.whatwg.org/#http-cors-protocol.
The logger ``cors`` logs each refusal at the level INFO.
"""

from __future__ import annotations

import contextlib
import enum
import functools
import importlib
import inspect
import ipaddress
import logging
import re
import string
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Set
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

import falcon
from falcon.routing import CompiledRouter

if TYPE_CHECKING:
    from falcon.asgi import Request as AsgiRequest
    from falcon.asgi import Response as AsgiResponse
    from falcon.asgi import WebSocket
    from falcon.routing.converters import BaseConverter

    # Falcon's class takes type arguments since 4.3, but doesn't need them at run time.
    _Base = falcon.CORSMiddleware[AsgiRequest, AsgiResponse]
else:
    _Base = falcon.CORSMiddleware

if int(falcon.__version__.partition('.')[0]) < 4:  # whose router has no "path" converter
    raise ImportError(f'cors.py needs Falcon 4.0 or newer, but this is Falcon {falcon.__version__}')

__all__ = ['CORSMiddleware', 'Decision', 'Policy', 'PolicyError', 'Reason']
__version__ = '0.1.0'

OriginCallable: TypeAlias = (
    Callable[[str], bool | Awaitable[bool]] | Callable[[str, Any], bool | Awaitable[bool]]
)
Names: TypeAlias = str | tuple[str, ...]  # '*', or the names
Pairs: TypeAlias = tuple[tuple[str, str], ...]
_Preflight: TypeAlias = tuple[str, str | None]  # requested method and headers

_log = logging.getLogger('cors')


class PolicyError(ValueError):
    """The arguments of a policy are invalid. Lists every mistake at once.

    Attributes:
        faults: one message for each invalid argument or item, with its value, the reason and the
            fix.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__('\n'.join(('invalid policy:', *self.faults)))


class Reason(enum.StrEnum):
    """The reason for a :class:`Decision`, as a sentence."""

    ALLOWED = 'the policy allows it'
    NO_ORIGIN = "the request has no Origin header, so it isn't a CORS request"
    CLOSED = 'routes= has None for this path'
    PATH_AMBIGUOUS = 'the path is ambiguous, and routes= has different policies for its readings'
    ORIGIN_NULL = 'the origin is null, which any page can have'
    ORIGIN_MALFORMED = "the origin isn't one that a browser would send"
    ORIGIN_NOT_ALLOWED = 'the origin is not in allow_origins'
    CALLABLE_NOT_TRUE = 'the allow_origins callable did not return True'
    METHOD_NOT_ALLOWED = 'the method is not in allow_methods'
    METHOD_MALFORMED = 'the requested method is malformed or too long'
    HEADER_NOT_ALLOWED = 'a requested header is not in allow_headers'
    HEADERS_MALFORMED = 'the list of requested headers is malformed or too long'
    CREDENTIALS_NOT_ALLOWED = 'the request has credentials, which this origin may not use'
    SCHEME_DIFFERS = (
        "the page has the API's host, but a different scheme or port; if a proxy terminates TLS, "
        'configure it to send X-Forwarded-Proto'
    )


_ALLOWED = Reason.ALLOWED  # alias: enum attribute access is slow on this path


class Decision(NamedTuple):
    """A policy's decision about a request. It's immutable, and true if the request is allowed.

    Attributes:
        allowed: whether the page may send the request and read the response.
        reason: why the request is allowed or refused.
        headers: the response headers to send, even if the request is refused.
    """

    allowed: bool
    reason: Reason
    headers: Pairs = ()

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which pages may send which requests, and what they may read. Validated and immutable.

    Implements the server's side of two sections of the Fetch Standard: "CORS protocol", and "CORS
    protocol and HTTP caches".

    Args:
        allow_origins: which origins are allowed. ``'*'`` allows every origin. A list can contain
            exact origins (``https://app.example.com``), all subdomains of a domain, but not the
            domain itself (``https://*.example.com``), and any port (``http://localhost:*``). A
            callable or coroutine function takes ``(origin)`` or ``(origin, req)``, and returns
            ``True`` to allow the origin. It's never called with ``null`` or a malformed origin. If
            it raises an exception, the origin isn't allowed. The callable decides whether to trust
            ``http://``. On ASGI it must not block.
        vary: the names of other request headers that the callable reads, for ``Vary``.
        allow_credentials: ``True`` or ``'*'`` to allow cookies from every allowed origin,
            ``False`` or ``None`` to allow none, or the origins that can use them, in the same form
            as ``allow_origins``.
        allow_methods: ``'*'``, or the methods to allow in addition to GET, HEAD and POST.
        allow_headers: ``'*'``, or the names of the request headers to allow.
        expose_headers: ``'*'``, or the names of the response headers that scripts can read. Like
            the two arguments above, it also takes a single ``str`` with commas.
        max_age: how many seconds browsers can cache a preflight, at most 86400.
        allow_private_network: respond to ``Access-Control-Request-Private-Network`` on allowed
            preflights. Only old browsers need this. Current ones ask their users instead.
        dangerously_allow_insecure_origins: accept credentials for ``http://`` origins.
        dangerously_allow_public_suffixes: accept patterns such as ``https://*.github.io``, and
            don't require the package ``publicsuffixlist``.

    Raises:
        PolicyError: the arguments are invalid. The message lists every mistake.
    """

    allow_origins: str | Iterable[str] | OriginCallable = '*'
    vary: str | Iterable[str] = ()
    allow_credentials: bool | str | Iterable[str] | None = None
    allow_methods: str | Iterable[str] = '*'
    allow_headers: str | Iterable[str] = '*'
    expose_headers: str | Iterable[str] | None = None
    max_age: int = 600
    allow_private_network: bool = False
    dangerously_allow_insecure_origins: bool = False
    dangerously_allow_public_suffixes: bool = False
    is_dynamic: bool = field(init=False, repr=False, compare=False)
    is_async: bool = field(init=False, repr=False, compare=False)
    _rules: _Rules = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in _read_arguments(self).items():
            object.__setattr__(self, name, value)  # as frozen dataclasses do themselves
        object.__setattr__(self, '_rules', _Rules(self))

    def call(self, origin: str | None, req: object = None) -> object:
        """Call the ``allow_origins`` callable, if there is one and the origin is well-formed.

        Args:
            origin: the value of ``Origin``.
            req: the request, for a callable that takes it.

        Returns:
            The callable's result, to pass to :meth:`decide` as ``verdict``. If the callable raises
            an exception, the exception is logged and the result is ``None``. A result that isn't a
            ``bool`` is logged, too.
        """
        if origin is None or not self.is_dynamic or _origin_fault(origin):
            return None
        with _logging_errors():
            return _checked(self._start_call(origin, req))
        return None

    async def call_async(self, origin: str | None, req: object = None) -> object:
        """Do the same as :meth:`call`, and await a coroutine function."""
        if not self.is_async or origin is None or _origin_fault(origin):
            return self.call(origin, req)
        with _logging_errors():
            return _checked(await cast(Awaitable[object], self._start_call(origin, req)))
        return None

    def _start_call(self, origin: str, req: object) -> object:
        function = cast(Callable[..., object], self.allow_origins)
        return function(origin, req) if self._rules.takes_request else function(origin)

    def decide(
        self,
        origin: str | None,
        method: str = 'GET',
        request_method: str | None = None,
        request_headers: str | None = None,
        request_private_network: str | None = None,
        verdict: object = None,
    ) -> Decision:
        """Decide whether to allow a request. Never raises, logs or calls anything.

        Implements the server's side of the "CORS check" in the Fetch Standard and, for preflights,
        of the "CORS-preflight fetch". If the origin is allowed, it gets its headers even if the
        method or a header is refused, so that the browser's console names the actual problem.

        Args:
            origin: the value of ``Origin``.
            method: the request's method.
            request_method: the value of ``Access-Control-Request-Method``. An ``OPTIONS`` request
                with this header and an origin is a preflight.
            request_headers: the value of ``Access-Control-Request-Headers``.
            request_private_network: the value of ``Access-Control-Request-Private-Network``.
            verdict: the result of :meth:`call`. Only ``True`` allows the origin.
        """
        rules = self._rules
        if origin is None:
            return rules.no_origin
        decision = rules.known.get(origin)
        if decision is None:
            reason = self._judge(origin, verdict)
            if reason is not _ALLOWED:
                return Decision(False, reason, rules.vary)
            decision = rules.allow(origin)
        if method != 'OPTIONS' or request_method is None:
            return decision

        private = self.allow_private_network and request_private_network == 'true'
        is_short = len(request_method) + len(request_headers or '') <= _LONGEST_CACHED
        decide = rules.cached_preflight if is_short else rules.decide_preflight
        return decide(origin, request_method, request_headers, private)

    def _judge(self, origin: str, verdict: object) -> Reason:
        """Decide on an origin that isn't in the list by its exact name."""
        if self.allow_origins == '*':
            return _ALLOWED
        if origin == 'null':
            return Reason.ORIGIN_NULL
        if not self.is_dynamic:
            is_allowed = _matches(origin, self._rules.patterns)
            return _ALLOWED if is_allowed else Reason.ORIGIN_NOT_ALLOWED
        if _origin_fault(origin):
            return Reason.ORIGIN_MALFORMED
        return _ALLOWED if verdict is True else Reason.CALLABLE_NOT_TRUE

    def decide_websocket(
        self, origin: str | None, has_credentials: bool, verdict: object = None
    ) -> Decision:
        """Decide whether to accept a WebSocket handshake, for which browsers don't do a CORS check.

        Args:
            origin: the value of ``Origin``.
            has_credentials: whether the request has cookies or ``Authorization``.
            verdict: as in :meth:`decide`.

        Returns:
            A decision. Its headers don't apply to handshakes.
        """
        decision = self.decide(origin, verdict=verdict)
        if decision.allowed and has_credentials and _CREDENTIALS not in decision.headers:
            return Decision(False, Reason.CREDENTIALS_NOT_ALLOWED)
        return decision

    def allows(
        self,
        origin: str,
        method: str = 'GET',
        unsafe_header_names: Iterable[str] = (),
        credentials: bool = False,
        verdict: object = None,
    ) -> bool:
        """Return whether a page may send a request and read the response.

        Doesn't consider headers that responders set themselves.

        Args:
            origin: the page's origin.
            method: the request's method.
            unsafe_header_names: the "CORS-unsafe request-header names" (Fetch Standard).
            credentials: whether the credentials mode is ``include``.
            verdict: as in :meth:`decide`.
        """
        names = ','.join(unsafe_header_names)
        decision = self.decide(origin, 'OPTIONS', method, names, verdict=verdict)
        return decision.allowed and (not credentials or _CREDENTIALS in decision.headers)


class CORSMiddleware(_Base):
    """Applies a :class:`Policy` to each request of a ``falcon.App`` or ``falcon.asgi.App``.

    A drop-in replacement for ``falcon.CORSMiddleware``. The arguments that both have mean the same
    and come in the same order. Add it **first** and only once. If an app has a second one, that one
    does nothing.

    * It answers preflights with 204 before anything else runs: before authentication, on every
      path, even without a responder. Other ``OPTIONS`` requests reach their responder.
    * If it's listed first, no other component can change the response to a preflight. It removes
      the body, the headers that describe one, and other components' CORS headers. If a component
      failed or responded in its place, it removes all headers. Cookies stay, because browsers
      ignore them on preflights.
    * Errors, streams, sinks and static files get their headers, too. If a responder sets
      ``Access-Control-Allow-Origin``, its CORS headers stay, and only ``Vary`` is added.
      Otherwise, only the policy decides about credentials, and the exposed names are merged.
    * It accepts a WebSocket handshake in three cases: it has no ``Origin``, so it doesn't come from
      a browser. Or the origin has the scheme, host and port of the request, so it comes from the
      API's own page. Or the policy allows the origin, including credentials if the handshake has
      ``Cookie`` or ``Authorization``. It refuses all others with 403. A proxy must forward
      ``Origin`` and ``Host``, send ``X-Forwarded-Proto`` if it terminates TLS, and reject hosts
      other than the API's (DNS rebinding). Client certificates aren't detected.

    Not covered: error handlers that raise, ``independent_middleware=False`` if a component listed
    earlier raises, later changes to the response by components listed earlier, and errors that
    come from a server or proxy.

    Takes the arguments of :class:`Policy`, and:

    Args:
        routes: policies that replace the other arguments for some paths. Maps URI templates to a
            :class:`Policy`, or to ``None`` for no cross-origin access. Falcon's own router matches
            them against ``req.path``, which doesn't contain ``SCRIPT_NAME``, but does contain a
            ``root_path`` that the server leaves in. ``/internal/{path:path}`` also covers
            ``/internal``. Nobody is allowed on a path with dot segments. The same is true for a
            path with empty segments or a slash at the end, if it would have a different policy
            without them. List components that change ``req.path`` before this one.
        converters: the app's own converters that the templates use, such as
            ``app.router_options.converters``.

    Raises:
        PolicyError: the arguments are invalid. The message lists every mistake.
    """

    def __init__(
        self,
        allow_origins: str | Iterable[str] | OriginCallable = '*',
        expose_headers: str | Iterable[str] | None = None,
        allow_credentials: bool | str | Iterable[str] | None = None,
        allow_private_network: bool = False,
        *,
        vary: str | Iterable[str] = (),
        allow_methods: str | Iterable[str] = '*',
        allow_headers: str | Iterable[str] = '*',
        max_age: int = 600,
        routes: Mapping[str, Policy | None] | None = None,
        converters: Mapping[str, type[BaseConverter]] | None = None,
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool = False,
    ) -> None:
        faults: list[str] = []
        try:
            self.policy = Policy(
                allow_origins=allow_origins,
                vary=vary,
                allow_credentials=allow_credentials,
                allow_methods=allow_methods,
                allow_headers=allow_headers,
                expose_headers=expose_headers,
                max_age=max_age,
                allow_private_network=allow_private_network,
                dangerously_allow_insecure_origins=dangerously_allow_insecure_origins,
                dangerously_allow_public_suffixes=dangerously_allow_public_suffixes,
            )
        except PolicyError as error:
            faults.extend(error.faults)
        self._router = CompiledRouter()
        _read_converters(faults, self._router, {} if converters is None else converters)
        self._routes = _read_routes(faults, self._router, {} if routes is None else routes)
        self._has_warned = False
        if faults:
            raise PolicyError(faults)

    @property
    def process_request(self) -> Callable[[falcon.Request, falcon.Response], None]:
        """Answers preflights on ``falcon.App``, which reads this property when it is created.

        Raises:
            PolicyError: ``allow_origins`` is a coroutine function, which WSGI can't await.
        """
        fix = "WSGI can't await it; pass a plain function, or use falcon.asgi.App"
        for policy in (self.policy, *self._routes.values()):
            if policy.is_async:
                name = repr(policy.allow_origins)
                raise PolicyError([f'allow_origins: {name} is a coroutine function; {fix}'])
        return self._complete_preflight

    async def process_request_async(self, req: AsgiRequest, resp: AsgiResponse) -> None:
        """Answer preflights on ``falcon.asgi.App``."""
        if vars(req).setdefault(_FIRST, self) is not self or req.method == 'OPTIONS':
            self._complete_preflight(req, resp)

    def _complete_preflight(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Finish a preflight before it reaches the app; process_response sets the headers."""
        if vars(req).setdefault(_FIRST, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (preflight := _read_preflight(req)):
            vars(req)[_PREFLIGHT] = preflight
            resp.status = falcon.HTTP_204
            resp.complete = True

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Set the headers on ``falcon.App``."""
        if vars(req).setdefault(_FIRST, self) is self:
            policy = self._policy_at(req.path) if self._routes else self.policy
            origin = req.env.get('HTTP_ORIGIN')  # get_header is slow if the header is missing
            verdict = policy.call(origin, req) if policy.is_dynamic else None
            if req.method == 'OPTIONS' and (preflight := _read_preflight(req)):
                _answer(req, resp, policy, preflight, verdict, req_succeeded)
            else:
                _share(req, resp, policy, origin, verdict)

    async def process_response_async(
        self, req: AsgiRequest, resp: AsgiResponse, resource: object, req_succeeded: bool
    ) -> None:
        """Set the headers on ``falcon.asgi.App``."""
        if vars(req).setdefault(_FIRST, self) is self:
            policy = self._policy_at(req.path) if self._routes else self.policy
            origin = req.get_header('Origin')
            verdict = await policy.call_async(origin, req) if policy.is_dynamic else None
            if req.method == 'OPTIONS' and (preflight := _read_preflight(req)):
                for closing in _answer(req, resp, policy, preflight, verdict, req_succeeded):
                    with _logging_errors():
                        await closing
            else:
                _share(req, resp, policy, origin, verdict)

    async def process_request_ws(self, req: AsgiRequest, ws: WebSocket) -> None:
        """Refuse WebSocket handshakes from other sites by raising ``falcon.HTTPForbidden``."""
        origin = req.get_header('Origin')
        if vars(req).setdefault(_FIRST, self) is not self:
            self._stay_silent()
            return
        if origin is None or _is_own(origin, req):
            return
        policy = self._policy_at(req.path)
        has_credentials = any(req.get_header(name) for name in ('Cookie', 'Authorization'))
        verdict = await policy.call_async(origin, req)
        decision = policy.decide_websocket(origin, has_credentials, verdict)
        if not decision.allowed:
            if _split(origin)[1] == _split(_own_origin(req))[1]:
                decision = Decision(False, Reason.SCHEME_DIFFERS)
            _log_refusal(req, origin, decision)
            raise falcon.HTTPForbidden(title='WebSocket refused', description=decision.reason)

    def _stay_silent(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            _log.warning(
                'this app has two CORSMiddleware components, so this one does nothing; remove it'
            )

    def _policy_at(self, path: str) -> Policy:
        """Return the policy for a path, or one that allows nobody if the path is ambiguous.

        Static routes and sinks may serve ``/open/./closed`` and ``/closed/`` as ``/closed``, but
        Falcon's router doesn't. Browsers resolve dot segments before they send a request, so one
        only arrives with an encoded slash, as in ``/open/.%2Fclosed``. CVE-2024-6844 in Flask-CORS
        was such a problem: the routes and the policies interpreted a path differently.
        """
        if not self._routes:
            return self.policy
        route = self._router.find(path)
        policy = self.policy if route is None else cast(Policy, route[0])
        if path[:1] == '/' != path[-1:] and '//' not in path and '/.' not in path:
            return policy
        first, *segments = path.split('/')
        merged = '/' + '/'.join(filter(None, segments))
        if first or not _DOT_SEGMENTS.isdisjoint(segments):
            return _AMBIGUOUS
        if path == merged:
            return policy
        others = {merged, f'{merged}/'} if path.endswith('/') else {merged}
        is_clear = all(self._policy_at(other) == policy for other in others - {path})
        return policy if is_clear else _AMBIGUOUS


# ---- Requests and responses -------------------------------------------------------------------

_ACAO, _ACAH = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Headers'
_ACAM, _ACEH = 'Access-Control-Allow-Methods', 'Access-Control-Expose-Headers'
_ACRM, _ACRH = 'Access-Control-Request-Method', 'Access-Control-Request-Headers'
_ACRPN = 'Access-Control-Request-Private-Network'
_CREDENTIALS = ('Access-Control-Allow-Credentials', 'true')

# Attributes of a request. Several apps can share its environ or scope, but not the request.
_FIRST = '_cors_first'  # the instance that sets the headers
_PREFLIGHT = '_cors_preflight'  # what process_request found
_DOT_SEGMENTS = frozenset({'.', '..'})
_LONGEST_LOGGED = 200  # characters of each value that is logged
_LONGEST_CACHED = 1024  # characters of a preflight whose decision is cached


def _read_preflight(req: falcon.Request) -> _Preflight | None:
    """Return the requested method and headers of a preflight, ``None`` if it isn't one."""
    known: _Preflight | None = vars(req).get(_PREFLIGHT)
    if known is not None:
        return known
    method = req.get_header(_ACRM)
    if method is None or req.get_header('Origin') is None:
        return None
    return method, req.get_header(_ACRH)


def _own_origin(req: falcon.Request) -> str:
    """Return the origin that this request was sent to, or ``''`` if it has no host.

    A proxy may terminate TLS, so this uses the forwarded scheme. If it ignored the scheme, anyone
    in control of the network could serve an ``http://`` page from the same host.
    """
    scheme = req.forwarded_scheme.partition(',')[0].strip().lower()
    scheme = _PAGE_SCHEMES.get(scheme, scheme)
    host = (req.get_header('Host') or '').lower().removesuffix(_DEFAULT_PORTS.get(scheme, ' '))
    return f'{scheme}://{host}' if host else ''


def _is_own(origin: str, req: falcon.Request) -> bool:
    """Return whether this request was sent to the page's own scheme, host and port."""
    return origin != '' and origin == _own_origin(req)


def _share(
    req: falcon.Request, resp: falcon.Response, policy: Policy, origin: str | None, verdict: object
) -> None:
    """Add the policy's headers to a response, unless its responder has set its own."""
    present = resp.headers
    if present and 'access-control-allow-origin' in present:
        _merge(resp, _vary(policy))
        return
    decision = policy.decide(origin, 'GET', None, None, None, verdict)
    if present:
        resp.delete_header(_CREDENTIALS[0])
        _merge(resp, decision.headers)
    else:
        for name, value in decision.headers:
            resp.set_header(name, value)
    if not decision.allowed and origin is not None:
        _log_refusal(req, origin, decision)


def _answer(
    req: falcon.Request,
    resp: falcon.Response,
    policy: Policy,
    preflight: _Preflight,
    verdict: object,
    req_succeeded: bool,
) -> list[Awaitable[object]]:
    """Turn a response into the answer to a preflight, and return what to await."""
    origin = req.get_header('Origin')
    private = req.get_header(_ACRPN) if policy.allow_private_network else None
    decision = policy.decide(origin, 'OPTIONS', preflight[0], preflight[1], private, verdict)
    if present := resp.headers:
        keep_others = req_succeeded and _PREFLIGHT in vars(req)
        for name in present:
            if not keep_others or name.startswith(_NOT_ON_PREFLIGHTS):
                resp.delete_header(name)
        _merge(resp, decision.headers)
    else:
        resp.set_headers(decision.headers)
    resp.status = falcon.HTTP_204
    if not decision.allowed and origin is not None:
        _log_refusal(req, origin, decision)
    return _remove_body(resp)


# The policy sets the first ones. A 204 has no body for the others (RFC 9110, section 15.3.5).
_NOT_ON_PREFLIGHTS = ('access-control-', 'content-', 'etag', 'last-modified', 'accept-ranges',
                      'transfer-encoding')  # fmt: skip


def _merge(resp: falcon.Response, headers: Pairs) -> None:
    """Add headers to a response. Merge ``Vary`` and the exposed names with existing ones."""
    present = resp.headers
    for name, value in headers:
        old = present.get(name.lower()) if name in (_ACEH, 'Vary') else None
        if old:
            tokens = {token.strip().lower() for token in old.split(',')}
            missing = [token for token in value.split(', ') if token.lower() not in tokens]
            if missing and not (name == 'Vary' and '*' in tokens):
                resp.append_header(name, ', '.join(missing))
        else:
            resp.set_header(name, value)


def _remove_body(resp: Any) -> list[Awaitable[object]]:
    """Remove the body of a response, close its streams, and return what to await."""
    streams = [resp.stream, getattr(resp, 'sse', None)]  # server-sent events, on ASGI only
    resp.text = resp.data = resp.media = resp.stream = None
    if streams[1] is not None:
        resp.sse = None
    closings: list[Awaitable[object]] = []
    for stream in streams:
        if stream is not None:
            close = getattr(stream, 'aclose', None) or getattr(stream, 'close', None)
            with _logging_errors():
                if close and inspect.isawaitable(closing := close()):
                    closings.append(closing)
    return closings


@contextlib.contextmanager
def _logging_errors() -> Generator[None]:
    """Log exceptions instead of raising them."""
    try:
        yield
    except Exception:
        _log.exception('a callable or a stream raised an exception')


def _checked(verdict: object) -> object:
    """Log a verdict that isn't a ``bool``, and close a coroutine that won't be awaited."""
    if verdict is not True and verdict is not False:
        _log.error('the allow_origins callable returned %.200r instead of True or False', verdict)
    if inspect.iscoroutine(verdict):
        verdict.close()
    return verdict


def _log_refusal(req: falcon.Request, origin: str, decision: Decision) -> None:
    """Log a cross-origin refusal, with shortened and escaped values from the request."""
    if _log.isEnabledFor(logging.INFO) and not _is_own(origin, req):
        values = (origin, req.method, req.path, req.get_header(_ACRM), req.get_header(_ACRH))
        quoted = [ascii(text[:_LONGEST_LOGGED]) for text in values if text is not None]
        _log.info('refused, %s: %s', decision.reason, ' '.join(quoted))


# ---- Arguments --------------------------------------------------------------------------------


class _Rules:
    """What a policy derives from its valid arguments."""

    def __init__(self, policy: Policy) -> None:
        origins = policy.allow_origins
        methods, headers = cast(Names, policy.allow_methods), cast(Names, policy.allow_headers)
        exposed = cast(Names, policy.expose_headers)
        entries = () if callable(origins) or origins == '*' else cast(tuple[str, ...], origins)
        self.is_open = origins == '*'
        self.takes_request = callable(origins) and bool(_takes_request(origins))
        credentials = cast(bool | tuple[str, ...], policy.allow_credentials)
        self.credentialed = credentials if isinstance(credentials, bool) else frozenset(credentials)
        self.methods = None if methods == '*' else _SAFELISTED_METHODS.union(methods)
        self.headers = None if headers == '*' else frozenset(map(str.lower, headers))

        self.cached_preflight = functools.lru_cache(maxsize=128)(self.decide_preflight)
        self.vary = _vary(policy)
        #: The headers that every allowed origin gets, on preflights and on other responses.
        self.response: Pairs = ((_ACEH, _listed(exposed)),) if exposed else ()
        self.preflight: Pairs = (('Access-Control-Max-Age', str(policy.max_age)),)
        if not self.is_open or credentials:  # otherwise every origin gets the same headers
            self.response, self.preflight = self.response + self.vary, self.preflight + self.vary
        for name, names in ((_ACAH, headers), (_ACAM, methods)):
            if names and names != '*':
                self.preflight += ((name, _listed(names)),)
        unknown = ((_ACAO, '*'), *self.response) if self.is_open else self.vary
        self.no_origin = Decision(False, Reason.NO_ORIGIN, unknown)
        self.patterns = frozenset(entry for entry in entries if '*' in entry)
        #: The decisions about origins that are listed by their exact names.
        self.known = {entry: self.allow(entry) for entry in entries if '*' not in entry}

    def allow(self, origin: str) -> Decision:
        """Return the decision for an allowed origin on a request that isn't a preflight."""
        return Decision(True, _ALLOWED, self.origin_headers(origin) + self.response)

    def decide_preflight(
        self, origin: str, method: str, names: str | None, private: bool
    ) -> Decision:
        """Return the decision on a preflight from an allowed origin."""
        reason = _ALLOWED
        headers = self.origin_headers(origin) + self.preflight
        if self.methods is not None:
            if method not in self.methods:
                reason = Reason.METHOD_NOT_ALLOWED
        elif method in _COMMON_METHODS or _is_token(method):
            headers += ((_ACAM, method),)
        else:
            reason = Reason.METHOD_MALFORMED
        parsed = _parse_names(names) if names else []
        if parsed is None:
            reason = Reason.HEADERS_MALFORMED
        elif self.headers is not None:
            if not self.headers.issuperset(parsed):
                reason = Reason.HEADER_NOT_ALLOWED
        elif parsed:
            headers += ((_ACAH, ', '.join(parsed)),)
        if reason is _ALLOWED and private:
            headers += (('Access-Control-Allow-Private-Network', 'true'),)
        return Decision(reason is _ALLOWED, reason, headers)

    def origin_headers(self, origin: str) -> Pairs:
        """Return the headers that depend on the origin, for an allowed one."""
        if self.credentialed and (self.credentialed is True or _matches(origin, self.credentialed)):
            return ((_ACAO, origin), _CREDENTIALS)
        return ((_ACAO, '*' if self.is_open else origin),)


def _vary(policy: Policy) -> Pairs:
    return (('Vary', ', '.join(('Origin', *policy.vary))),)


def _listed(names: Names) -> str:
    return names if isinstance(names, str) else ', '.join(names)


def _read_arguments(policy: Policy) -> dict[str, object]:
    """Return the arguments in the form that a policy keeps, or raise a list of all mistakes."""
    faults: list[str] = []
    origins = _read_origins(faults, policy)
    exposed = () if policy.expose_headers is None else policy.expose_headers
    arguments: dict[str, object] = {
        'allow_origins': origins,
        'vary': _read_vary(faults, policy),
        'allow_credentials': _read_credentials(faults, policy, origins),
        'allow_methods': _read(faults, 'allow_methods', policy.allow_methods, _method_fault),
        'allow_headers': _read(
            faults, 'allow_headers', policy.allow_headers, _request_header_fault
        ),
        'expose_headers': _read(faults, 'expose_headers', exposed, _response_header_fault),
    }
    if arguments['expose_headers'] == '*' and arguments['allow_credentials']:
        faults.append("expose_headers: '*' isn't a wildcard with credentials; list the headers")
    if type(policy.max_age) is not int or not 0 <= policy.max_age <= 86400:
        faults.append(f"max_age: {policy.max_age!r} isn't an int from 0 to 86400; pass the seconds")
    called = (origins, type(origins).__call__) if callable(origins) else ()
    arguments['is_dynamic'] = callable(origins)
    arguments['is_async'] = any(map(inspect.iscoroutinefunction, called))
    for flag in (each.name for each in fields(policy) if each.init and each.type == 'bool'):
        if not isinstance(getattr(policy, flag), bool):
            faults.append(f"{flag}: {getattr(policy, flag)!r} isn't a bool; pass True or False")
    if faults:
        raise PolicyError(faults)
    return arguments


def _read(
    faults: list[str], name: str, value: object, fault_of: Callable[[str], str], split: str = ','
) -> Names:
    """Return ``'*'``, or the distinct items of a ``str`` or iterable; add their faults."""
    if value == '*':
        return '*'
    if isinstance(value, str):
        value = [part.strip() for part in value.split(split)] if split else [value]
    elif isinstance(value, bytes) or not isinstance(value, Iterable):
        faults.append(f'{name}: {value!r} {_type_fault(name, value, "a str or a list of str")}')
        return ()
    items: dict[str, None] = {}
    for item in cast(Iterable[object], value):
        if not isinstance(item, str):
            faults.append(f'{name}: {item!r} {_type_fault(name, item, "a str")}')
        elif fault := fault_of(item):
            faults.append(f'{name}: {item!r} {fault}')
        else:
            items[item] = None
    return tuple(items)


def _type_fault(name: str, value: object, expected: str) -> str:
    """Return what is wrong with a value's type, and the fix."""
    if callable(value):
        return "is a callable, which can't be in a list; pass it as allow_origins="
    if not isinstance(value, re.Pattern):
        return f'is not {expected}; pass {expected}'
    return _EXPRESSION if name == 'allow_origins' else 'is a regular expression; list each name'


def _read_origins(faults: list[str], policy: Policy) -> str | tuple[str, ...] | OriginCallable:
    value = policy.allow_origins
    if value == '*':
        return '*'
    if callable(value):
        if _takes_request(value) is None:
            fix = 'let it take (origin) or (origin, req)'
            faults.append(f"allow_origins: {value!r} can't be called with one or two values; {fix}")
        return value
    is_any_suffix = policy.dangerously_allow_public_suffixes
    fault_of = functools.partial(_entry_fault, is_any_suffix=is_any_suffix)
    origins = _read(faults, 'allow_origins', value, fault_of, split='')
    if not origins and not faults:
        faults.append("allow_origins: () has no origins; list some, or pass '*'")
    return origins


def _takes_request(function: Callable[..., object]) -> bool | None:
    """Return whether a function takes ``(origin, req)``, ``None`` if it can't be called at all."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # some builtins don't have a signature
        return False
    accepted: list[int] = []
    for count in (1, 2):
        with contextlib.suppress(TypeError):
            signature.bind(*'xx'[:count])
            accepted.append(count)
    if accepted == [1, 2]:  # the second one is optional
        return [*signature.parameters][1:2] == ['req']
    return 2 in accepted if accepted else None


def _read_vary(faults: list[str], policy: Policy) -> tuple[str, ...]:
    names = _read(faults, 'vary', policy.vary, _vary_fault)
    if names == '*':
        faults.append("vary: '*' keeps caches from ever reusing a response; list the headers")
    elif names and not callable(policy.allow_origins):
        faults.append(f'vary: {names!r} only applies to an allow_origins callable; remove it')
    return tuple(name for name in names if name.lower() != 'origin')


def _read_credentials(
    faults: list[str], policy: Policy, origins: str | tuple[str, ...] | OriginCallable
) -> bool | tuple[str, ...]:
    """Return ``True`` for every allowed origin, ``False`` for none, or some origins."""
    value = policy.allow_credentials
    is_every = value is True or value == '*'

    def fault_of(entry: str) -> str:
        if callable(origins):
            return "can't be checked against what the callable allows; pass True"
        if origins == '*' or entry not in origins:
            fault = _entry_fault(entry, policy.dangerously_allow_public_suffixes)
            return fault or ('' if origins == '*' else 'is not in allow_origins; add it there')
        return ''

    if value is None or value is False:
        return False
    if is_every and origins == '*':
        fix = "lets any site act as your users if allow_origins='*'; list the origins"
        faults.append(f'allow_credentials: {value!r} {fix}')
        return True
    if is_every:
        entries = () if callable(origins) else tuple(origins)
    else:
        entries = tuple(_read(faults, 'allow_credentials', value, fault_of, split=''))
    for entry in () if policy.dangerously_allow_insecure_origins else entries:
        scheme, host, _ = _split(entry)
        if scheme == 'http' and not _is_loopback(host.removeprefix('*.')):
            faults.append(
                f'allow_credentials: {entry!r} has no TLS, so anyone on the network can pose '
                'as it and use the cookies; serve it with https:// or pass '
                'dangerously_allow_insecure_origins=True'
            )
    return is_every or entries


def _read_converters(faults: list[str], router: CompiledRouter, converters: object) -> None:
    """Add the app's converters to a router."""
    if not isinstance(converters, Mapping):
        faults.append(f'converters: {converters!r} is not a mapping; pass a dict')
        return
    for name, converter in cast(Mapping[str, Any], converters).items():
        try:
            converter.convert  # noqa: B018  Falcon accesses it only during a request
            router.options.converters[name] = converter
        except (AttributeError, TypeError, ValueError) as error:
            faults.append(
                f"converters: {name!r} is {converter!r}, which Falcon doesn't accept: {error}"
            )


def _read_routes(faults: list[str], router: CompiledRouter, routes: object) -> dict[str, Policy]:
    """Add routes to a router; return the policy for each template, including bare prefixes."""
    policies: dict[str, Policy] = {}
    if not isinstance(routes, Mapping):
        faults.append(f'routes: {routes!r} is not a mapping; pass a dict')
        return policies
    for template, policy in cast(Mapping[object, object], routes).items():
        if not isinstance(template, str) or template[:1] != '/' or '//' in template:
            fix = "start it with '/', and don't use '//'"
            faults.append(f'routes: {template!r} is not a URI template; {fix}')
        elif not isinstance(policy, Policy | None):
            faults.append(
                f'routes: {template!r} has {policy!r} as its policy; pass a Policy or None'
            )
        else:
            policies[template] = _CLOSED if policy is None else policy
    for template in [*policies]:
        prefix, _, last = template.rpartition('/')
        _, _, converter = last.removesuffix('}').partition(':')
        kind: Any = router.options.converters.get(converter.partition('(')[0])
        if prefix and last.startswith('{') and getattr(kind, 'CONSUME_MULTIPLE_SEGMENTS', False):
            policies.setdefault(prefix, policies[template])
    for template, policy in policies.items():
        try:
            router.add_route(template, policy, compile=True)
        except ValueError as error:
            faults.append(
                f'routes: {template!r} conflicts with another template or is malformed: {error}'
            )
    return policies


# ---- Origins: how browsers write them, and which patterns match them --------------------------

_HOST = frozenset(string.ascii_lowercase + string.digits + '-_.')
_APP_HOST = _HOST.union(string.ascii_uppercase, '~')  # in custom schemes
_SCHEME = frozenset(string.ascii_lowercase + string.digits + '+-.')
_DEFAULT_PORTS = {'http': ':80', 'https': ':443'}
_OPAQUE_SCHEMES = frozenset({'about', 'blob', 'data', 'file', 'filesystem', 'javascript'})
_PAGE_SCHEMES = {'ws': 'http', 'wss': 'https'}
_LONGEST_HOST = 253  # characters, the limit of DNS

_EXPRESSION = (
    'is a regular expression, but origins are compared as text; write https://*.example.com for '
    'subdomains, http://localhost:* for ports, or pass a callable that uses re.fullmatch'
)


def _matches(origin: str, entries: Set[str]) -> bool:
    """Return whether any of these origins or patterns matches an origin."""
    return bool(entries) and not entries.isdisjoint(_entries_for(origin))


@functools.lru_cache(maxsize=128)
def _entries_for(origin: str) -> frozenset[str]:
    """Return an origin and the patterns that match it, or nothing if browsers don't send it."""
    if _origin_fault(origin):
        return frozenset()
    scheme, host, port = _split(origin)
    labels = host.split('.')
    parents = ('.'.join(['*', *labels[number:]]) for number in range(1, len(labels)))
    hosts = (f'{scheme}://{name}' for name in (host, *parents))
    return frozenset(name + end for name in hosts for end in (port, ':*'))


def _split(origin: str) -> tuple[str, str, str]:
    """Return the scheme, host and port of an origin. The port includes its colon, or is ``''``."""
    scheme, _, rest = origin.partition('://')
    host, colon, port = rest.rpartition(':')
    return (scheme, rest, '') if not colon or rest.endswith(']') else (scheme, host, colon + port)


def _address(host: str) -> str:
    """Return an IP address as browsers write it (URL Standard, "host serializer"), or ``''``."""
    try:
        address = ipaddress.ip_address(host.strip('[]'))
    except ValueError:
        return ''
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is None:
        return f'[{address.compressed.partition("%")[0]}]'
    high, low = divmod(int(address.ipv4_mapped), 65536)
    return f'[::ffff:{high:x}:{low:x}]'


def _is_loopback(host: str) -> bool:
    """Return whether the host is loopback, so that traffic never crosses a network."""
    is_name = host == 'localhost' or host.endswith('.localhost')
    return is_name or _address(host).startswith(('127.', '[::1]'))


def _is_port(number: str) -> bool:
    return number.isdecimal() and number[0] != '0' and len(number) < 6 and int(number) < 65536


@functools.lru_cache(maxsize=128)
def _origin_fault(origin: str) -> str:
    """Return why no browser sends ``origin`` for a specific site, or ``''``."""
    scheme, host, port = _split(origin)
    rest = host + port
    if origin == 'null':
        return 'is what sandboxed frames and local files send, so any site can send it'
    if not origin.isascii():
        return "isn't ASCII, but browsers send such hosts as punycode"
    if '://' not in origin:
        return 'has no scheme, so no browser ever sends it'
    if scheme.lower() in _OPAQUE_SCHEMES:
        return "has a scheme whose pages send 'null' as their origin"
    if '@' in rest:
        return "has user information, which isn't part of an origin"
    if any(mark in rest for mark in '/?#\\'):
        return "has a path, a trailing slash or a query, which aren't part of an origin"
    if scheme != scheme.lower() or (scheme in _DEFAULT_PORTS and host != host.lower()):
        return 'has upper-case letters, but browsers send lower-case ones'
    if not scheme[:1].isalpha() or not _SCHEME.issuperset(scheme):
        return 'has a malformed scheme'
    if scheme in _PAGE_SCHEMES:
        return 'is the address of a WebSocket; its origin is that of the page that opens it'
    if port and port == _DEFAULT_PORTS.get(scheme):
        return 'includes the default port, which browsers omit'
    if port and not _is_port(port[1:]):
        return "has a port that isn't a number from 1 to 65535"
    return _host_fault(host, is_web=scheme in _DEFAULT_PORTS)


def _host_fault(host: str, is_web: bool) -> str:
    """Return why no browser sends an origin with this host, or ``''``."""
    if host.startswith('['):
        return '' if _address(host) == host else "has an IPv6 address that isn't in canonical form"
    name = host.removesuffix('.')  # with the dot, it's a different origin
    labels = name.split('.')
    if not 0 < len(name) <= _LONGEST_HOST or not (_HOST if is_web else _APP_HOST).issuperset(name):
        return 'has a host that is empty, is too long or contains characters that hosts never have'
    if is_web and not all(0 < len(label) < 64 for label in labels):
        return 'has a host with an empty label or one of more than 63 characters'
    if (labels[-1].isdecimal() or labels[-1].startswith('0x')) and _address(host) != host:
        return "has an IPv4 address that isn't in canonical form"
    return ''


def _entry_fault(entry: str, is_any_suffix: bool = True) -> str:
    """Return why ``entry`` can't be an item of ``allow_origins``, and the fix, or ``''``."""
    parts = [_unquoted(part) for part in re.split(r'[\s,;]+', entry) if part]
    is_list = ',' in entry or ';' in entry or sum('://' in part for part in parts) > 1
    concrete = entry.replace('://*.', '://', 1).removesuffix(':*')
    scheme, host, _ = _split(concrete)
    if entry == '*':
        return "allows every origin, so it can't be in a list; pass allow_origins='*'"
    if is_list and len(parts) > 1:
        return f'is several origins in one string; pass a list: {parts}'
    if parts != entry.split():
        return f'has quotes or brackets around it; {_fix(parts[0], entry)}'
    if _EXPRESSION_MARKS.search(entry):
        return _EXPRESSION
    if '*' in concrete or (concrete != entry and scheme not in _DEFAULT_PORTS):
        return (
            "has a * in a place where it isn't supported; write https://*.example.com for "
            'subdomains, http://localhost:* for ports, or pass a callable'
        )
    fault = _origin_fault(concrete)
    if not fault and '://*.' in entry and _address(host):
        fault = "asks for subdomains of an IP address, which don't exist"
    if fault:
        return f'{fault}; {_fix(entry, entry)}'
    return '' if is_any_suffix or '://*.' not in entry else _suffix_fault(host.removesuffix('.'))


_QUOTES = '\'"` \t\r\n'
_EXPRESSION_MARKS = re.compile(r'^\^|\$$|\\[.dw]|\.\+|\(\?|\([^)]*\|')


def _unquoted(text: str) -> str:
    """Return a string without quotes, and without the brackets of a list of quoted strings."""
    bare = text.strip(_QUOTES)
    return bare.strip('[]').strip(_QUOTES) if bare.startswith(('["', "['")) else bare


def _fix(text: str, entry: str) -> str:
    """Return what to write instead of ``entry``. ``text`` is the entry without quotes."""
    scheme, slashes, rest = text.strip().lower().rpartition('://')
    if text == 'null' or scheme in _OPAQUE_SCHEMES:
        return 'serve the page with http:// or https:// and list its origin'
    authority = re.split(r'[/?#\\]', rest.lstrip('/'))[0].rpartition('@')[2]
    _, host, port = _split('://' + authority)
    if not host.isascii():
        with contextlib.suppress(ImportError, UnicodeError):
            encode = importlib.import_module('idna').encode
            host = encode(host, uts46=True, transitional=False).decode()
    host = _address(host) or host
    if not slashes:
        scheme = 'http' if _is_loopback(host) else 'https'
    scheme = _PAGE_SCHEMES.get(scheme, scheme)
    port = '' if port == _DEFAULT_PORTS.get(scheme) else port
    better = f'{scheme}://{host}{port}'
    if better == entry or _origin_fault(better.replace('://*.', '://').removesuffix(':*')):
        return "open the page, enter location.origin in the browser's console, and paste the result"
    return f'did you mean {better!r}?'


@functools.cache
def _public_suffixes() -> Any:
    return importlib.import_module('publicsuffixlist').PublicSuffixList()


def _suffix_fault(parent: str) -> str:
    """Return why other people could own a subdomain of ``parent``, or ``''``."""
    try:
        if _is_loopback(parent) or not _public_suffixes().is_public(parent):
            return ''
    except ImportError:
        return (
            'may be a public suffix; to check it, install the package publicsuffixlist, '
            'or pass dangerously_allow_public_suffixes=True'
        )
    return (
        'allows other sites, because anyone can get a name below this public suffix; put your own '
        'domain after the star, or pass dangerously_allow_public_suffixes=True'
    )


# ---- Methods, header names, and lists of them -------------------------------------------------

_TOKEN = f"{string.ascii_letters}{string.digits}!#$%&'*+-.^_`|~".encode()
_TOKENS = _TOKEN + b','
_LONGEST_LIST = 4096  # characters of one method, or of one list of header names
_MOST_NAMES = 100  # header names in one list

_SAFELISTED_METHODS = frozenset({'GET', 'HEAD', 'POST'})
_COMMON_METHODS = _SAFELISTED_METHODS | {'DELETE', 'OPTIONS', 'PATCH', 'PUT'}
_FORBIDDEN_METHODS = frozenset({'CONNECT', 'TRACE', 'TRACK'})
# https://fetch.spec.whatwg.org/#forbidden-request-header
_FORBIDDEN_REQUEST_HEADERS = frozenset({
    'accept-charset', 'accept-encoding', 'access-control-request-headers',
    'access-control-request-method', 'connection', 'content-length', 'cookie', 'cookie2', 'date',
    'dnt', 'expect', 'host', 'keep-alive', 'origin', 'referer', 'set-cookie', 'te', 'trailer',
    'transfer-encoding', 'upgrade', 'via',
})  # fmt: skip
_FORBIDDEN_RESPONSE_HEADERS = frozenset({'set-cookie', 'set-cookie2'})
_REQUEST_ONLY = frozenset({
    'access-control-request-headers', 'access-control-request-method', 'cookie', 'cookie2',
    'expect', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range',
    'if-unmodified-since', 'origin', 'referer', 'te', 'user-agent',
})  # fmt: skip
_RESPONSE_ONLY = frozenset({
    'accept-ranges', 'access-control-allow-credentials', 'access-control-allow-headers',
    'access-control-allow-methods', 'access-control-allow-origin',
    'access-control-allow-private-network', 'access-control-expose-headers',
    'access-control-max-age', 'age', 'allow', 'content-security-policy', 'etag', 'location',
    'retry-after', 'server', 'set-cookie', 'strict-transport-security', 'timing-allow-origin',
    'vary', 'www-authenticate', 'x-frame-options',
})  # fmt: skip


def _has_only(characters: bytes, text: str) -> bool:
    return text.isascii() and not text.encode().translate(None, characters)


def _is_token(text: str) -> bool:
    """Return whether ``text`` is a token (RFC 9110, section 5.6.2) and not too long."""
    return 0 < len(text) <= _LONGEST_LIST and _has_only(_TOKEN, text)


def _parse_names(value: str) -> list[str] | None:
    """Parse ``#field-name`` (RFC 9110, section 5.6.1); ``None`` if malformed or too long."""
    if len(value) > _LONGEST_LIST:
        return None
    names = value.lower().split(',', _MOST_NAMES)
    if len(names) > _MOST_NAMES:
        return None
    if '' not in names and _has_only(_TOKENS, value):  # the way browsers write it
        return names
    names = [name for name in (part.strip(' \t') for part in names) if name]
    return names if value.isascii() and _has_only(_TOKEN, ''.join(names)) else None


def _method_fault(method: str) -> str:
    """Return why ``method`` can't be an item of ``allow_methods``, and the fix, or ``''``."""
    if not _is_token(method) or method == '*':
        return "isn't a single method; pass a list such as ['GET', 'PUT'], or only '*'"
    if method.upper() in _FORBIDDEN_METHODS:
        return 'can\'t be used by scripts (Fetch Standard, "Methods"); remove it'
    if '-' in method and method != method.upper():
        return 'is the name of a header; pass it to allow_headers'
    if method != method.upper():
        return (
            f"isn't in upper case, but methods are case-sensitive; did you mean {method.upper()!r}?"
        )
    return ''


def _name_fault(name: str) -> str:
    if not _is_token(name) or name == '*':
        return "isn't a single header name; pass a list such as ['X-Request-ID'], or only '*'"
    return 'is a method; pass it to allow_methods' if name in _COMMON_METHODS else ''


def _request_header_fault(name: str) -> str:
    """Return why ``name`` can't be an item of ``allow_headers``, and the fix, or ``''``."""
    lower = name.lower()
    if fault := _name_fault(name):
        return fault
    if lower in _FORBIDDEN_REQUEST_HEADERS or lower.startswith(('proxy-', 'sec-')):
        return 'can\'t be set by scripts (Fetch Standard, "Headers"); remove it'
    if lower in _RESPONSE_ONLY:
        return "is a response header; remove it here and from the page's requests"
    return ''


def _response_header_fault(name: str) -> str:
    """Return why ``name`` can't be an item of ``expose_headers``, and the fix, or ``''``."""
    if fault := _name_fault(name):
        return fault
    if name.lower() in _FORBIDDEN_RESPONSE_HEADERS:
        return 'can\'t be read by scripts (Fetch Standard, "Headers"); remove it'
    if name.lower() in _REQUEST_ONLY:
        return 'is a request header; remove it'
    return ''


def _vary_fault(name: str) -> str:
    """Return why ``name`` can't be an item of ``vary``, and the fix, or ``''``."""
    fault = _name_fault(name)
    return 'is a response header; remove it' if name.lower() in _RESPONSE_ONLY else fault


# ---- Policies for paths that no page may call -------------------------------------------------


class _Closed(Policy):
    """The policy for routes with ``None``."""

    def _judge(self, origin: str, verdict: object) -> Reason:
        return Reason.CLOSED


class _Ambiguous(Policy):
    """The policy for paths that could be served as more than one."""

    def _judge(self, origin: str, verdict: object) -> Reason:
        return Reason.PATH_AMBIGUOUS


_CLOSED = _Closed(allow_origins='https://nobody.invalid')
_AMBIGUOUS = _Ambiguous(allow_origins='https://nobody.invalid')
