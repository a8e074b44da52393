# SPDX-License-Identifier: MIT-0
"""Cross-origin resource sharing for Falcon, in one file to copy.

Needs Python 3.11 and Falcon 4.0 or newer. Patterns such as ``https://*.example.com`` also need the
package ``publicsuffixlist``.

A :class:`Policy` says which pages may read an API's responses. It is checked when it is built,
never changes, and doesn't depend on Falcon. A :class:`CORSMiddleware` applies a policy to each
request::

    cors = CORSMiddleware(
        allow_origins=['https://app.example.com', 'https://*.preview.example.com'],
        allow_credentials=True,
    )
    app = falcon.App(middleware=[cors])  # falcon.asgi.App: the same object

The terms are those of the Fetch Standard, https://fetch.spec.whatwg.org/#http-cors-protocol.
Refusals are logged to the logger ``cors`` at the level INFO.
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

    # Falcon's class takes type arguments since 4.3, and no release needs them when it runs.
    _Base = falcon.CORSMiddleware[AsgiRequest, AsgiResponse]
else:
    _Base = falcon.CORSMiddleware

if int(falcon.__version__.partition('.')[0]) < 4:  # whose router has no "path" converter
    raise ImportError(f'cors.py needs Falcon 4.0 or newer, and this is Falcon {falcon.__version__}')

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
    """Everything that is wrong with a policy, raised when it is built.

    Attributes:
        faults: one message for each argument or item, with its value, the reason and the fix.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__('\n'.join(('this policy cannot work:', *self.faults)))


class Reason(enum.StrEnum):
    """Why a :class:`Decision` is what it is, in a sentence."""

    ALLOWED = 'the policy allows it'
    NO_ORIGIN = "it has no Origin, so it isn't a CORS request"
    CLOSED = 'routes= has None for this path'
    PATH_AMBIGUOUS = 'the path can be read in several ways, to which routes= gives several policies'
    ORIGIN_NULL = 'the origin is null, which any page can have'
    ORIGIN_MALFORMED = "the origin isn't one that a browser sends"
    ORIGIN_NOT_ALLOWED = 'the origin is not in allow_origins'
    CALLABLE_NOT_TRUE = 'the allow_origins callable did not return True'
    METHOD_NOT_ALLOWED = 'the method is not in allow_methods'
    METHOD_MALFORMED = 'the requested method is malformed or too long'
    HEADER_NOT_ALLOWED = 'a requested header is not in allow_headers'
    HEADERS_MALFORMED = 'the list of requested headers is malformed or too long'
    CREDENTIALS_NOT_ALLOWED = 'it has credentials, and the origin is allowed only without'
    SCHEME_DIFFERS = (
        "the page has the API's host but another scheme or port; if a proxy ends TLS, let it send "
        'X-Forwarded-Proto'
    )


_ALLOWED = Reason.ALLOWED  # alias: enum attribute access is slow on this path


class Decision(NamedTuple):
    """What a policy decides on a request; immutable, and true if it allows.

    Attributes:
        allowed: whether the page may send the request and read the response.
        reason: why.
        headers: the headers to send, for refusals as well.
    """

    allowed: bool
    reason: Reason
    headers: Pairs = ()

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which pages may call, with what, and what they may read: checked, immutable, pure.

    Implements the server's side of the "CORS protocol" of the Fetch Standard, and its "CORS
    protocol and HTTP caches".

    Args:
        allow_origins: ``'*'`` for every page; exact origins (``https://app.example.com``), all
            subdomains but not the domain itself (``https://*.example.com``), any port
            (``http://localhost:*``), or both; or a callable or coroutine function that takes
            ``(origin)`` or ``(origin, req)`` and allows the origin by returning ``True``. It is
            never called with ``null`` or a malformed origin, and an exception refuses. It decides
            whether to trust ``http://``. On ASGI it must not block.
        vary: the names of further request headers that the callable reads, for ``Vary``.
        allow_credentials: ``True`` or ``'*'`` to let every allowed origin use cookies, ``False``
            or ``None`` for none, or the origins that may, written as in ``allow_origins``.
        allow_methods: ``'*'``, or the methods allowed in addition to GET, HEAD and POST.
        allow_headers: ``'*'``, or the names of the request headers allowed.
        expose_headers: the names of the response headers that scripts may read, or ``'*'``. This
            and the two above also take one ``str`` with commas.
        max_age: how many seconds browsers may remember a preflight, at most 86400.
        allow_private_network: respond to ``Access-Control-Request-Private-Network`` on allowed
            preflights. Legacy: browsers now ask their user instead.
        dangerously_allow_insecure_origins: accept credentials for ``http://``.
        dangerously_allow_public_suffixes: accept ``https://*.github.io``, and do without the
            package ``publicsuffixlist``.

    Raises:
        PolicyError: something is wrong with the arguments; it lists all of it.
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
            object.__setattr__(self, name, value)  # as dataclasses do when they are frozen
        object.__setattr__(self, '_rules', _Rules(self))

    def call(self, origin: str | None, req: object = None) -> object:
        """Call the ``allow_origins`` callable, if there is one and the origin is well-formed.

        Args:
            origin: the value of ``Origin``.
            req: the request, for a callable that takes it.

        Returns:
            What it returned, for the argument ``verdict`` of :meth:`decide`. An exception counts
            as ``None``; it is logged, and so is everything that isn't a ``bool``.
        """
        if origin is None or not self.is_dynamic or _origin_fault(origin):
            return None
        with _logging_errors():
            return _checked(self._start_call(origin, req))
        return None

    async def call_async(self, origin: str | None, req: object = None) -> object:
        """Do what :meth:`call` does, and await a coroutine function."""
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
        """Decide on a request, whatever bytes it has; never raises, logs or calls anything.

        Implements, from the server's side, the "CORS check" of the Fetch Standard, and for
        preflights its "CORS-preflight fetch". An allowed origin gets its headers even if the
        method or a header is refused, so that the browser's console names that one.

        Args:
            origin: the value of ``Origin``.
            method: the request's method.
            request_method: the value of ``Access-Control-Request-Method``; an ``OPTIONS`` request
                that has it and an origin is a preflight.
            request_headers: the value of ``Access-Control-Request-Headers``.
            request_private_network: the value of ``Access-Control-Request-Private-Network``.
            verdict: what :meth:`call` returned; ``True`` and nothing else allows.
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
        """Decide on an origin that isn't listed as such."""
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
        """Decide on a WebSocket handshake, to which browsers apply no CORS check.

        Args:
            origin: the value of ``Origin``.
            has_credentials: whether the request has cookies or ``Authorization``.
            verdict: as in :meth:`decide`.

        Returns:
            A decision whose headers are of no use.
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

        Responders that set the headers themselves are left out of account.

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

    A drop-in for ``falcon.CORSMiddleware``, whose arguments keep their meaning and their order.
    List it **first**, and once; a second one on the same app stays silent.

    * Preflights are answered with 204 before anything else runs: before authentication, on every
      path, without a responder. Other ``OPTIONS`` requests reach their responder.
    * Listed first, it has the last word on preflights. It removes the body, the headers that
      describe one, and other components' CORS headers; if a component failed or answered in its
      place, all headers. Cookies stay, as browsers ignore them on preflights.
    * Errors, streams, sinks and static files get their headers too. If a responder sets
      ``Access-Control-Allow-Origin``, its CORS headers stay, and only ``Vary`` is added.
      Otherwise credentials come from the policy alone, and exposed names are merged.
    * A WebSocket handshake passes without an ``Origin`` (it isn't a browser's); if the origin has
      the scheme, host and port of the request (it is the API's own page); or if the policy allows
      the origin, with credentials unless there are neither ``Cookie`` nor ``Authorization``.
      Others are refused with 403. A proxy must pass on ``Origin`` and ``Host``, send
      ``X-Forwarded-Proto`` if it ends TLS, and refuse hosts that aren't the API's (DNS
      rebinding). Client certificates aren't noticed.

    Not covered: error handlers that raise, ``independent_middleware=False`` if a component listed
    earlier raises, what components listed earlier do to the response later, and errors that a
    server or proxy makes.

    Takes the arguments of :class:`Policy`, and:

    Args:
        routes: what replaces the other arguments for some paths: a mapping from URI templates to
            a :class:`Policy`, or ``None`` for no cross-origin access. Falcon's own router matches
            them against ``req.path``, which has no ``SCRIPT_NAME`` but has a ``root_path`` if the
            server leaves it in. ``/internal/{path:path}`` also covers ``/internal``. A path with
            dot segments allows nobody, and so does one with empty segments or a slash at the end
            if its policy would be another without them. List components that change ``req.path``
            before this one.
        converters: the app's own converters that the templates use, such as
            ``app.router_options.converters``.

    Raises:
        PolicyError: something is wrong with the arguments; it lists all of it.
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
        """Answers preflights on ``falcon.App``; a property, which building such an app reads.

        Raises:
            PolicyError: ``allow_origins`` is a coroutine function, which WSGI cannot await.
        """
        fix = 'WSGI cannot await it; pass a plain function, or build falcon.asgi.App'
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
        """Keep the app from answering a preflight; process_response writes the headers."""
        if vars(req).setdefault(_FIRST, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (preflight := _read_preflight(req)):
            vars(req)[_PREFLIGHT] = preflight
            resp.status = falcon.HTTP_204
            resp.complete = True

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Write the headers on ``falcon.App``."""
        if vars(req).setdefault(_FIRST, self) is self:
            policy = self._policy_at(req.path) if self._routes else self.policy
            origin = req.env.get('HTTP_ORIGIN')  # as get_header is slow if there is none
            verdict = policy.call(origin, req) if policy.is_dynamic else None
            if req.method == 'OPTIONS' and (preflight := _read_preflight(req)):
                _answer(req, resp, policy, preflight, verdict, req_succeeded)
            else:
                _share(req, resp, policy, origin, verdict)

    async def process_response_async(
        self, req: AsgiRequest, resp: AsgiResponse, resource: object, req_succeeded: bool
    ) -> None:
        """Write the headers on ``falcon.asgi.App``."""
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
        """Refuse the WebSocket handshakes of other sites by raising ``falcon.HTTPForbidden``."""
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
            _log.warning('one app has two CORSMiddleware, of which this one stays silent')

    def _policy_at(self, path: str) -> Policy:
        """Return the policy of a path, or one that allows nobody if the path is ambiguous.

        Static routes and sinks may serve ``/open/./closed`` and ``/closed/`` as ``/closed``, but
        Falcon's router doesn't. Browsers resolve dot segments before they send a request, so only
        an encoded slash, as in ``/open/.%2Fclosed``, brings one here. CVE-2024-6844 of Flask-CORS
        is of this kind: routing and policy read a path differently.
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

# Attributes of a request. Several apps may share its environ or scope, but each makes a request.
_FIRST = '_cors_first'  # the instance that writes the headers
_PREFLIGHT = '_cors_preflight'  # what process_request has read
_DOT_SEGMENTS = frozenset({'.', '..'})
_LONGEST_LOGGED = 200  # characters of each value that is logged
_LONGEST_CACHED = 1024  # characters of a preflight whose decision is kept


def _read_preflight(req: falcon.Request) -> _Preflight | None:
    """Return what an ``OPTIONS`` request requests if it is a preflight."""
    known: _Preflight | None = vars(req).get(_PREFLIGHT)
    if known is not None:
        return known
    method = req.get_header(_ACRM)
    if method is None or req.get_header('Origin') is None:
        return None
    return method, req.get_header(_ACRH)


def _own_origin(req: falcon.Request) -> str:
    """Return the origin that this request was sent to, or ``''`` if it has no host.

    Proxies may end TLS, so the forwarded scheme counts. Without the scheme, whoever controls the
    network could serve an ``http://`` page of the same host.
    """
    scheme = req.forwarded_scheme.partition(',')[0].strip().lower()
    scheme = _PAGE_SCHEMES.get(scheme, scheme)
    host = (req.get_header('Host') or '').lower().removesuffix(_DEFAULT_PORTS.get(scheme, ' '))
    return f'{scheme}://{host}' if host else ''


def _is_own(origin: str, req: falcon.Request) -> bool:
    """Return whether a page has the scheme, host and port that this request was sent to."""
    return origin != '' and origin == _own_origin(req)


def _share(
    req: falcon.Request, resp: falcon.Response, policy: Policy, origin: str | None, verdict: object
) -> None:
    """Add what a policy decides to a response, unless its responder decided otherwise."""
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
    """Make a response the answer to a preflight; return what to await."""
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


# The policy writes the first ones, and a 204 has no body to describe (RFC 9110, section 15.3.5).
_NOT_ON_PREFLIGHTS = ('access-control-', 'content-', 'etag', 'last-modified', 'accept-ranges',
                      'transfer-encoding')  # fmt: skip


def _merge(resp: falcon.Response, headers: Pairs) -> None:
    """Add headers to a response; ``Vary`` and the exposed names are merged with those it has."""
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
    """Remove the body of a response, close its streams, return what to await."""
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
    """Log what the block raises instead of raising it."""
    try:
        yield
    except Exception:
        _log.exception('something that CORS has called raised')


def _checked(verdict: object) -> object:
    """Log a verdict that isn't a ``bool``; close a coroutine that nobody will await."""
    if verdict is not True and verdict is not False:
        _log.error('the allow_origins callable returned %.200r, which is not True', verdict)
    if inspect.iscoroutine(verdict):
        verdict.close()
    return verdict


def _log_refusal(req: falcon.Request, origin: str, decision: Decision) -> None:
    """Log a cross-origin refusal; what the request says is cut and escaped."""
    if _log.isEnabledFor(logging.INFO) and not _is_own(origin, req):
        values = (origin, req.method, req.path, req.get_header(_ACRM), req.get_header(_ACRH))
        quoted = [ascii(text[:_LONGEST_LOGGED]) for text in values if text is not None]
        _log.info('refused, %s: %s', decision.reason, ' '.join(quoted))


# ---- Arguments --------------------------------------------------------------------------------


class _Rules:
    """What a policy derives from its arguments, once they are checked."""

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
        #: What every allowed origin gets, on preflights and on other responses.
        self.response: Pairs = ((_ACEH, _listed(exposed)),) if exposed else ()
        self.preflight: Pairs = (('Access-Control-Max-Age', str(policy.max_age)),)
        if not self.is_open or credentials:  # else all responses have the same headers
            self.response, self.preflight = self.response + self.vary, self.preflight + self.vary
        for name, names in ((_ACAH, headers), (_ACAM, methods)):
            if names and names != '*':
                self.preflight += ((name, _listed(names)),)
        unknown = ((_ACAO, '*'), *self.response) if self.is_open else self.vary
        self.no_origin = Decision(False, Reason.NO_ORIGIN, unknown)
        self.patterns = frozenset(entry for entry in entries if '*' in entry)
        #: The decisions on the origins that are listed as such.
        self.known = {entry: self.allow(entry) for entry in entries if '*' not in entry}

    def allow(self, origin: str) -> Decision:
        """Return the decision on an origin that is allowed, if the request isn't a preflight."""
        return Decision(True, _ALLOWED, self.origin_headers(origin) + self.response)

    def decide_preflight(
        self, origin: str, method: str, names: str | None, private: bool
    ) -> Decision:
        """Return the decision on a preflight from an origin that is allowed."""
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
        """Return the headers that depend on an origin, which is allowed."""
        if self.credentialed and (self.credentialed is True or _matches(origin, self.credentialed)):
            return ((_ACAO, origin), _CREDENTIALS)
        return ((_ACAO, '*' if self.is_open else origin),)


def _vary(policy: Policy) -> Pairs:
    return (('Vary', ', '.join(('Origin', *policy.vary))),)


def _listed(names: Names) -> str:
    return names if isinstance(names, str) else ', '.join(names)


def _read_arguments(policy: Policy) -> dict[str, object]:
    """Return the arguments of a policy as it keeps them, or raise everything that is wrong."""
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
        faults.append("expose_headers: '*' isn't a wildcard with credentials; name the headers")
    if type(policy.max_age) is not int or not 0 <= policy.max_age <= 86400:
        faults.append(f'max_age: {policy.max_age!r} is not an int of 0 to 86400 seconds; pass one')
    called = (origins, type(origins).__call__) if callable(origins) else ()
    arguments['is_dynamic'] = callable(origins)
    arguments['is_async'] = any(map(inspect.iscoroutinefunction, called))
    for flag in (each.name for each in fields(policy) if each.init and each.type == 'bool'):
        if not isinstance(getattr(policy, flag), bool):
            faults.append(f'{flag}: {getattr(policy, flag)!r} is not a bool; pass True or False')
    if faults:
        raise PolicyError(faults)
    return arguments


def _read(
    faults: list[str], name: str, value: object, fault_of: Callable[[str], str], split: str = ','
) -> Names:
    """Return ``'*'``, or the items of a ``str`` or iterable of ``str`` once; add their faults."""
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
    """Return why a value has the wrong type, and the fix."""
    if callable(value):
        return 'is a callable, which allow_origins= takes alone; pass it without a list'
    if not isinstance(value, re.Pattern):
        return f'is not {expected}; pass {expected}'
    return _EXPRESSION if name == 'allow_origins' else 'is a regular expression; name each one'


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
        faults.append("allow_origins: () has no origin; name some, or pass '*'")
    return origins


def _takes_request(function: Callable[..., object]) -> bool | None:
    """Return whether to call a function with ``(origin, req)``; ``None`` if nothing works."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # which some builtins have none of
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
        faults.append("vary: '*' keeps caches from ever reusing a response; name the headers")
    elif names and not callable(policy.allow_origins):
        faults.append(f'vary: {names!r} is for an allow_origins callable; leave it out')
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
        fix = "lets any site act as your users if allow_origins='*'; name the origins"
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
                f'allow_credentials: {entry!r} has no TLS, so anyone on the network can be it and '
                'use the cookies; serve it with https:// or pass '
                'dangerously_allow_insecure_origins=True'
            )
    return is_every or entries


def _read_converters(faults: list[str], router: CompiledRouter, converters: object) -> None:
    """Add an app's converters to a router."""
    if not isinstance(converters, Mapping):
        faults.append(f'converters: {converters!r} is not a mapping; pass a dict')
        return
    for name, converter in cast(Mapping[str, Any], converters).items():
        try:
            converter.convert  # noqa: B018  Falcon looks for it only when a request comes
            router.options.converters[name] = converter
        except (AttributeError, TypeError, ValueError) as error:
            faults.append(f'converters: {name!r} has {converter!r}, which Falcon refuses: {error}')


def _read_routes(faults: list[str], router: CompiledRouter, routes: object) -> dict[str, Policy]:
    """Add routes to a router; return the policy of each template, bare prefixes included."""
    policies: dict[str, Policy] = {}
    if not isinstance(routes, Mapping):
        faults.append(f'routes: {routes!r} is not a mapping; pass a dict')
        return policies
    for template, policy in cast(Mapping[object, object], routes).items():
        if not isinstance(template, str) or template[:1] != '/' or '//' in template:
            fix = "begin with '/', without '//'"
            faults.append(f'routes: {template!r} is not a URI template; {fix}')
        elif not isinstance(policy, Policy | None):
            faults.append(f'routes: {template!r} has {policy!r}; pass a Policy or None')
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
            faults.append(f'routes: {template!r} conflicts or is malformed: {error}')
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
    'is a regular expression, and origins are compared as text; write https://*.example.com for '
    'the subdomains, http://localhost:* for the ports, or pass a callable that uses re.fullmatch'
)


def _matches(origin: str, entries: Set[str]) -> bool:
    """Return whether one of these origins and patterns matches an origin."""
    return bool(entries) and not entries.isdisjoint(_entries_for(origin))


@functools.lru_cache(maxsize=128)
def _entries_for(origin: str) -> frozenset[str]:
    """Return an origin and the patterns that match it; nothing if no browser sends it."""
    if _origin_fault(origin):
        return frozenset()
    scheme, host, port = _split(origin)
    labels = host.split('.')
    parents = ('.'.join(['*', *labels[number:]]) for number in range(1, len(labels)))
    hosts = (f'{scheme}://{name}' for name in (host, *parents))
    return frozenset(name + end for name in hosts for end in (port, ':*'))


def _split(origin: str) -> tuple[str, str, str]:
    """Return scheme, host and port of an origin; the port keeps its colon, or is ``''``."""
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
    """Return whether a host is the machine itself, so that no network is in between."""
    is_name = host == 'localhost' or host.endswith('.localhost')
    return is_name or _address(host).startswith(('127.', '[::1]'))


def _is_port(number: str) -> bool:
    return number.isdecimal() and number[0] != '0' and len(number) < 6 and int(number) < 65536


@functools.lru_cache(maxsize=128)
def _origin_fault(origin: str) -> str:
    """Return why no browser sends ``origin`` for one certain site, or ``''``."""
    scheme, host, port = _split(origin)
    rest = host + port
    if origin == 'null':
        return 'is what sandboxed frames and local files send, so anyone can'
    if not origin.isascii():
        return 'is not ASCII, and browsers send such hosts as punycode'
    if '://' not in origin:
        return 'has no scheme, so no browser ever sends it'
    if scheme.lower() in _OPAQUE_SCHEMES:
        return "has a scheme whose pages send 'null', so it says nothing"
    if '@' in rest:
        return "has user information, which isn't part of an origin"
    if any(mark in rest for mark in '/?#\\'):
        return "has a path, a trailing slash or a query, which aren't part of an origin"
    if scheme != scheme.lower() or (scheme in _DEFAULT_PORTS and host != host.lower()):
        return 'has upper-case letters, and browsers send lower-case ones'
    if not scheme[:1].isalpha() or not _SCHEME.issuperset(scheme):
        return 'has a malformed scheme'
    if scheme in _PAGE_SCHEMES:
        return 'is where a WebSocket leads to; its origin is the page that opens it'
    if port and port == _DEFAULT_PORTS.get(scheme):
        return 'names the default port, which browsers leave out'
    if port and not _is_port(port[1:]):
        return "has a port that isn't a number from 1 to 65535"
    return _host_fault(host, is_web=scheme in _DEFAULT_PORTS)


def _host_fault(host: str, is_web: bool) -> str:
    """Return why no browser sends an origin with this host, or ``''``."""
    if host.startswith('['):
        return '' if _address(host) == host else 'has an IPv6 address that is not in canonical form'
    name = host.removesuffix('.')  # with the dot, it is another origin
    labels = name.split('.')
    if not 0 < len(name) <= _LONGEST_HOST or not (_HOST if is_web else _APP_HOST).issuperset(name):
        return 'has a host that is empty, too long or has characters that no host has'
    if is_web and not all(0 < len(label) < 64 for label in labels):
        return 'has a dot too many in its host, or more than 63 characters between two'
    if (labels[-1].isdecimal() or labels[-1].startswith('0x')) and _address(host) != host:
        return 'has an IPv4 address that is not in canonical form'
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
        return f'is several origins in one text; pass a list: {parts}'
    if parts != entry.split():
        return f'has quotes or brackets around it; {_fix(parts[0], entry)}'
    if _EXPRESSION_MARKS.search(entry):
        return _EXPRESSION
    if '*' in concrete or (concrete != entry and scheme not in _DEFAULT_PORTS):
        return (
            'has a * where none can be; write https://*.example.com for the subdomains, '
            'http://localhost:* for the ports, or pass a callable'
        )
    fault = _origin_fault(concrete)
    if not fault and '://*.' in entry and _address(host):
        fault = 'has subdomains of an IP address'
    if fault:
        return f'{fault}; {_fix(entry, entry)}'
    return '' if is_any_suffix or '://*.' not in entry else _suffix_fault(host.removesuffix('.'))


_QUOTES = '\'"` \t\r\n'
_EXPRESSION_MARKS = re.compile(r'^\^|\$$|\\[.dw]|\.\+|\(\?|\([^)]*\|')


def _unquoted(text: str) -> str:
    """Return a text without quotes, and without the brackets of a list of quoted texts."""
    bare = text.strip(_QUOTES)
    return bare.strip('[]').strip(_QUOTES) if bare.startswith(('["', "['")) else bare


def _fix(text: str, entry: str) -> str:
    """Return what to write instead of ``entry``, whose text without quotes is ``text``."""
    scheme, slashes, rest = text.strip().lower().rpartition('://')
    if text == 'null' or scheme in _OPAQUE_SCHEMES:
        return 'serve the page with http:// or https:// and name its origin'
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
        return "open the page and paste what its browser's console prints for location.origin"
    return f'did you mean {better!r}?'


@functools.cache
def _public_suffixes() -> Any:
    return importlib.import_module('publicsuffixlist').PublicSuffixList()


def _suffix_fault(parent: str) -> str:
    """Return why other people could have a subdomain of ``parent``, or ``''``."""
    try:
        if _is_loopback(parent) or not _public_suffixes().is_public(parent):
            return ''
    except ImportError:
        return (
            'cannot be checked for being a public suffix; install the package publicsuffixlist '
            'or pass dangerously_allow_public_suffixes=True'
        )
    return (
        'allows other sites, as anyone can get a name below this public suffix; put your own '
        'domain after the star or pass dangerously_allow_public_suffixes=True'
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
    if '' not in names and _has_only(_TOKENS, value):  # as browsers write it
        return names
    names = [name for name in (part.strip(' \t') for part in names) if name]
    return names if value.isascii() and _has_only(_TOKEN, ''.join(names)) else None


def _method_fault(method: str) -> str:
    """Return why ``method`` can't be an item of ``allow_methods``, and the fix, or ``''``."""
    if not _is_token(method) or method == '*':
        return "is not one method; pass a list such as ['GET', 'PUT'], or '*' alone"
    if method.upper() in _FORBIDDEN_METHODS:
        return 'is forbidden to scripts (Fetch Standard, "Methods"); leave it out'
    if '-' in method and method != method.upper():
        return 'is the name of a header; pass it to allow_headers'
    if method != method.upper():
        return f'is not in upper case, and case matters; did you mean {method.upper()!r}?'
    return ''


def _name_fault(name: str) -> str:
    if not _is_token(name) or name == '*':
        return "is not one header name; pass a list such as ['X-Request-ID'], or '*' alone"
    return 'is a method; pass it to allow_methods' if name in _COMMON_METHODS else ''


def _request_header_fault(name: str) -> str:
    """Return why ``name`` can't be an item of ``allow_headers``, and the fix, or ``''``."""
    lower = name.lower()
    if fault := _name_fault(name):
        return fault
    if lower in _FORBIDDEN_REQUEST_HEADERS or lower.startswith(('proxy-', 'sec-')):
        return 'is out of reach of scripts (Fetch Standard, "Headers"); leave it out'
    if lower in _RESPONSE_ONLY:
        return 'is a response header; leave it out, and out of the request that the page sends'
    return ''


def _response_header_fault(name: str) -> str:
    """Return why ``name`` can't be an item of ``expose_headers``, and the fix, or ``''``."""
    if fault := _name_fault(name):
        return fault
    if name.lower() in _FORBIDDEN_RESPONSE_HEADERS:
        return 'is out of reach of scripts (Fetch Standard, "Headers"); leave it out'
    if name.lower() in _REQUEST_ONLY:
        return 'is a request header; leave it out'
    return ''


def _vary_fault(name: str) -> str:
    """Return why ``name`` can't be an item of ``vary``, and the fix, or ``''``."""
    fault = _name_fault(name)
    return 'is a response header; leave it out' if name.lower() in _RESPONSE_ONLY else fault


# ---- Policies of paths that no page may call --------------------------------------------------


class _Closed(Policy):
    """The policy of the routes that have ``None``."""

    def _judge(self, origin: str, verdict: object) -> Reason:
        return Reason.CLOSED


class _Ambiguous(Policy):
    """The policy of the paths that could be served as several."""

    def _judge(self, origin: str, verdict: object) -> Reason:
        return Reason.PATH_AMBIGUOUS


_CLOSED = _Closed(allow_origins='https://nobody.invalid')
_AMBIGUOUS = _Ambiguous(allow_origins='https://nobody.invalid')
