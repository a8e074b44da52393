# SPDX-License-Identifier: MIT-0
"""Cross-origin resource sharing for Falcon, in one file that needs nothing but Falcon.

A :class:`Policy` says which pages may read an API's answers. It is checked when it is built,
never changes, and decides without Falcon. A :class:`CORSMiddleware` asks a policy about each
request and writes down what it decided; it decides nothing itself::

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
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, TypeAlias, cast

import falcon
from falcon.asgi import Request as AsgiRequest
from falcon.asgi import Response as AsgiResponse
from falcon.asgi import WebSocket
from falcon.routing import CompiledRouter

__all__ = ['CORSMiddleware', 'Decision', 'Policy', 'PolicyError', 'Reason']
__version__ = '0.1.0'

OriginCallable: TypeAlias = Callable[[str], bool | Awaitable[bool]]
Names: TypeAlias = str | tuple[str, ...]  # '*', or the names
Pairs: TypeAlias = tuple[tuple[str, str], ...]
_Asked: TypeAlias = tuple[str, str, str | None]

_log = logging.getLogger('cors')

_HOST = frozenset(string.ascii_lowercase + string.digits + '-_.')
_APP_HOST = _HOST.union(string.ascii_uppercase, '~')  # in custom schemes
_SCHEME = frozenset(string.ascii_lowercase + string.digits + '+-.')
_TOKEN = f"{string.ascii_letters}{string.digits}!#$%&'*+-.^_`|~".encode()
_TOKENS = _TOKEN + b','
_DEFAULT_PORTS = {'http': ':80', 'https': ':443'}
_OPAQUE_SCHEMES = frozenset({'about', 'blob', 'data', 'file', 'filesystem', 'javascript'})
_PAGE_SCHEMES = {'ws': 'http', 'wss': 'https'}

_LONGEST_HOST = 253  # characters, the limit of DNS
_LONGEST_LIST = 4096  # characters of one method, or of one list of header names
_MOST_NAMES = 100  # header names in one list
_LONGEST_LOGGED = 200  # characters of each thing that a request says

_SAFELISTED_METHODS = frozenset({'GET', 'HEAD', 'POST'})
_COMMON_METHODS = _SAFELISTED_METHODS | {'DELETE', 'PATCH', 'PUT'}
_FORBIDDEN_METHODS = frozenset({'CONNECT', 'TRACE', 'TRACK'})
_FORBIDDEN_REQUEST_HEADERS = (
    'accept-charset', 'accept-encoding', 'access-control-request-headers',
    'access-control-request-method', 'connection', 'content-length', 'cookie', 'cookie2', 'date',
    'dnt', 'expect', 'host', 'keep-alive', 'origin', 'referer', 'set-cookie', 'te', 'trailer',
    'transfer-encoding', 'upgrade', 'via',
)  # fmt: skip

_ACAO, _ACAH = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Headers'
_ACAM, _ACRPN = 'Access-Control-Allow-Methods', 'Access-Control-Request-Private-Network'
_CREDENTIALS: Pairs = (('Access-Control-Allow-Credentials', 'true'),)
_VARY: Pairs = (('Vary', 'Origin'),)

# What makes an OPTIONS request a preflight, and what it asks for, in a request and an environ.
_ASGI = ('Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers')
_WSGI = ('HTTP_ORIGIN', 'HTTP_ACCESS_CONTROL_REQUEST_METHOD', 'HTTP_ACCESS_CONTROL_REQUEST_HEADERS')

_UNUSUAL = re.compile(r'//|/\.')
_DOT_SEGMENTS = frozenset({'.', '..'})

_OWNER = 'cors.middleware'  # in a WSGI environ or an ASGI scope: the instance that answers
_ANSWERED = 'cors.answered'  # there too: process_request has answered this preflight


class PolicyError(ValueError):
    """Every fault of a policy at once, raised while it is built.

    Args:
        faults: an iterable of ``str``, kept as the ``tuple`` ``faults``. Each names the
            argument, the value, the reason and the mend.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__('\n'.join(('this policy cannot work:', *self.faults)))


class Reason(enum.StrEnum):
    """Why a :class:`Decision` is what it is, in a sentence."""

    ALLOWED = 'the policy allows it'
    NO_ORIGIN = 'it has no Origin, so it is no CORS request'
    CLOSED = 'routes= has None for this path'
    PATH_AMBIGUOUS = 'the path can be read in several ways, to which routes= gives several policies'
    ORIGIN_NULL = 'the origin is null, which any page can have'
    ORIGIN_MALFORMED = 'the origin is not one that a browser sends'
    ORIGIN_NOT_ALLOWED = 'the origin is not in allow_origins'
    ANSWER_NOT_TRUE = 'the allow_origins callable did not return True'
    METHOD_NOT_ALLOWED = 'the method is not in allow_methods'
    METHOD_MALFORMED = 'the requested method is malformed or too long'
    HEADER_NOT_ALLOWED = 'a requested header is not in allow_headers'
    HEADERS_MALFORMED = 'the list of requested headers is malformed or too long'
    CREDENTIALS_NOT_ALLOWED = 'it has credentials, and the origin is allowed only without'


_ALLOWED = Reason.ALLOWED  # which is looked up more slowly


class Decision(NamedTuple):
    """What a policy says to one request; immutable, and true where it allows.

    ``allowed`` is a ``bool``: may the page make the request and read the answer? ``reason`` is a
    :class:`Reason`. ``headers`` are the headers to send, a ``tuple`` of pairs of ``str``;
    refusals have some too.
    """

    allowed: bool
    reason: Reason
    headers: Pairs = ()

    def __bool__(self) -> bool:
        return self.allowed


# ---- Origins: how browsers write them, and which patterns they match --------------------------


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
    """Tell whether ``host`` is the machine itself, between which and itself no network is."""
    is_name = host == 'localhost' or host.endswith('.localhost')
    return is_name or _address(host).startswith(('127.', '[::1]'))


def _is_port(number: str) -> bool:
    return number.isdecimal() and number[0] != '0' and len(number) < 6 and int(number) < 65536


@functools.lru_cache(maxsize=128)
def _origin_fault(origin: str) -> str:
    """Return why no browser sends ``origin`` for one certain site, or ``''``."""
    scheme, host, port = _split(origin)
    rest, labels = host + port, host.split('.')
    is_web = scheme in _DEFAULT_PORTS
    if origin == 'null':
        return 'is what sandboxed frames and local files send, so anyone can'
    if ',' in origin:
        return 'is several origins in one text'
    if not origin.isascii():
        return 'is not ASCII, and browsers send such hosts as punycode'
    if '://' not in origin:
        return 'has no scheme, so no browser ever sends it'
    if '@' in rest:
        return 'has user information, which is no part of an origin'
    if any(mark in rest for mark in '/?#\\'):
        return 'has a path, a trailing slash or a query, which are no part of an origin'
    if scheme != scheme.lower() or (is_web and host != host.lower()):
        return 'has upper-case letters, and browsers send lower-case ones'
    if not scheme[:1].isalpha() or not _SCHEME.issuperset(scheme):
        return 'has a malformed scheme'
    if scheme in _OPAQUE_SCHEMES:
        return "has a scheme whose pages send 'null', so it says nothing"
    if scheme in _PAGE_SCHEMES:
        return 'is where a WebSocket leads to; its origin is the page that opens it'
    if port and port == _DEFAULT_PORTS.get(scheme):
        return 'names the default port, which browsers leave out'
    if port and not _is_port(port[1:]):
        return 'has a port that is no number from 1 to 65535'
    if host.startswith('['):
        return '' if _address(host) == host else 'has an IPv6 address that is not in canonical form'
    if not 0 < len(host) <= _LONGEST_HOST or not (_HOST if is_web else _APP_HOST).issuperset(host):
        return 'has a host that is empty, too long or has characters that no host has'
    if is_web and not all(0 < len(label) < 64 for label in labels):
        return 'has a dot too many in its host, or more than 63 characters between two'
    if (labels[-1].isdecimal() or labels[-1].startswith('0x')) and _address(host) != host:
        return 'has an IPv4 address that is not in canonical form'
    return ''


@functools.lru_cache(maxsize=128)
def _patterns(origin: str) -> frozenset[str]:
    """Return ``origin`` and the patterns that match it; nothing if no browser sends it."""
    if _origin_fault(origin):
        return frozenset()
    scheme, host, port = _split(origin)
    labels = host.split('.')
    parents = ('.'.join(['*', *labels[number:]]) for number in range(1, len(labels)))
    hosts = (f'{scheme}://{name}' for name in (host, *parents))
    return frozenset(name + end for name in hosts for end in (port, ':*'))


def _entry_fault(entry: str, is_any_suffix: bool = True) -> str:
    """Return why ``entry`` can be no item of ``allow_origins``, and the mend, or ``''``."""
    concrete = entry.replace('://*.', '://', 1).removesuffix(':*')
    scheme, host, _ = _split(concrete)
    if entry == '*':
        return "allows every origin and so stands alone; pass allow_origins='*'"
    if '*' in concrete or (concrete != entry and scheme not in _DEFAULT_PORTS):
        return (
            'has a * where none can be; write https://*.example.com for the subdomains, '
            'http://localhost:* for the ports, or pass a callable'
        )
    fault = _origin_fault(concrete)
    if not fault and '://*.' in entry and _address(host):
        fault = 'has subdomains of an IP address'
    if fault:
        return f'{fault}; {_mend(entry)}'
    return '' if is_any_suffix or '://*.' not in entry else _suffix_fault(host)


def _mend(entry: str) -> str:
    """Return what to write instead of ``entry``, as far as it can be told."""
    if entry == 'null':
        return 'serve the page with http:// or https:// and name its origin'
    if ',' in entry:
        return f'pass a list: {[part.strip() for part in entry.split(",")]}'
    scheme, slashes, rest = entry.strip().lower().rpartition('://')
    authority = re.split(r'[/?#\\]', rest.lstrip('/'))[0].rpartition('@')[2]
    _, host, port = _split('://' + authority)
    if not host.isascii():
        with contextlib.suppress(ImportError, UnicodeError):
            encode = importlib.import_module('idna').encode
            host = encode(host, uts46=True, transitional=False).decode()
    if not slashes:
        scheme = 'http' if _is_loopback(host) else 'https'
    scheme = _PAGE_SCHEMES.get(scheme, scheme)
    port = '' if port == _DEFAULT_PORTS.get(scheme) else port
    better = f'{scheme}://{host.rstrip(".")}{port}'
    if better == entry or _origin_fault(better.replace('://*.', '://').removesuffix(':*')):
        return "open the page and paste what its browser's console says to location.origin"
    return f'did you mean {better!r}?'


@functools.cache
def _public_suffixes() -> Any:
    return importlib.import_module('publicsuffixlist').PublicSuffixList()


def _suffix_fault(parent: str) -> str:
    """Return why strangers could have a subdomain of ``parent``, or ``''``."""
    try:
        if _is_loopback(parent) or not _public_suffixes().is_public(parent):
            return ''
    except ImportError:
        return (
            'cannot be checked for being a public suffix; install the package publicsuffixlist '
            'or pass dangerously_allow_public_suffixes=True'
        )
    return (
        'allows strangers, as anyone can get a name below this public suffix; put your own domain '
        'after the star or pass dangerously_allow_public_suffixes=True'
    )


# ---- Methods, header names, and lists of them -------------------------------------------------


def _has_only(characters: bytes, text: str) -> bool:
    return text.isascii() and not text.encode().translate(None, characters)


def _is_token(text: str) -> bool:
    """Tell whether ``text`` is a token (RFC 9110, section 5.6.2) and not too long."""
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
    """Return why ``method`` can be no item of ``allow_methods``, and the mend, or ``''``."""
    if not _is_token(method) or method == '*':
        return "is not one method; pass a list such as ['GET', 'PUT'], or '*' alone"
    if method.upper() in _FORBIDDEN_METHODS:
        return 'is forbidden to scripts (Fetch Standard, "Methods"); leave it out'
    if method != method.upper():
        return f'is not in upper case, and case matters; did you mean {method.upper()!r}?'
    return ''


def _header_fault(name: str, forbidden: tuple[str, ...] = ('set-cookie', 'set-cookie2')) -> str:
    """Return why ``name`` can be no item of a list of headers, and the mend, or ``''``."""
    if not _is_token(name) or name == '*':
        return "is not one header name; pass a list such as ['X-Request-ID'], or '*' alone"
    if name.lower() in forbidden:
        return 'is out of reach of scripts (Fetch Standard, "Headers"); leave it out'
    return ''


def _request_header_fault(name: str) -> str:
    is_prefixed = name.lower().startswith(('proxy-', 'sec-'))
    return _header_fault(name, (name.lower(),) if is_prefixed else _FORBIDDEN_REQUEST_HEADERS)


def _read(
    faults: list[str], name: str, value: object, fault_of: Callable[[str], str], split: str = ','
) -> Names:
    """Return ``'*'``, or the items of a ``str`` or iterable of ``str`` once; add their faults."""
    if value == '*':
        return '*'
    if isinstance(value, str):
        value = [part.strip() for part in value.split(split)] if split else [value]
    if isinstance(value, bytes) or not isinstance(value, Iterable):
        faults.append(f'{name}: {value!r} is neither a str nor a list of str; pass a list')
        return ()
    items: dict[str, None] = {}
    for item in cast(Iterable[object], value):
        if not isinstance(item, str):
            mend = 'write it as one, and a regular expression as a callable that uses re.fullmatch'
            faults.append(f'{name}: {item!r} is not a str; {mend}')
        elif fault := fault_of(item):
            faults.append(f'{name}: {item!r} {fault}')
        else:
            items[item] = None
    return tuple(items)


# ---- The policy -------------------------------------------------------------------------------


class _Derived:
    """What a policy derives from its arguments."""

    is_dynamic: bool  # allow_origins is a callable
    is_async: bool  # it is a coroutine function
    _no_origin: Decision
    _known: dict[str, Decision]  # for each exact origin, where the request is no preflight
    _allowed: frozenset[str]  # patterns only
    _credentialed: frozenset[str]
    _methods: frozenset[str] | None  # None for any
    _headers: frozenset[str] | None  # None for any
    _own: slice  # the headers of a Decision that depend on the origin
    _shared: Pairs  # the others, unless the request is a preflight
    _preflight: Pairs  # the others, if it is one


@dataclass(frozen=True, kw_only=True)
class Policy(_Derived):
    """Which pages may call, with what, and what they may read: checked, immutable, pure.

    Implements the server's side of the "CORS protocol" of the Fetch Standard, and its "CORS
    protocol and HTTP caches".

    Args:
        allow_origins: ``'*'`` for every page (the default). Or a ``str`` or an iterable of
            ``str``: exact origins (``https://app.example.com``), all subdomains but not the
            domain itself (``https://*.example.com``), any port (``http://localhost:*``), or both.
            Or a callable or coroutine function that is given an origin, a ``str``, and allows it
            by returning ``True``. It is never given ``null`` or a malformed origin; raising
            refuses. Whether to trust ``http://`` is its business, and so is not to block on ASGI.
        allow_credentials: ``True`` or ``'*'`` to let every allowed origin use cookies, ``False``
            or ``None`` (the default) for none, or those that may, as they stand in
            ``allow_origins``.
        allow_methods: ``'*'`` (the default), or the methods allowed besides GET, HEAD and POST.
        allow_headers: ``'*'`` (the default), or the names of the request headers allowed.
        expose_headers: the names of the response headers that scripts may read, ``'*'`` for all,
            or ``None`` (the default). Names may also be one ``str`` with commas.
        max_age: how long browsers may remember a preflight, an ``int`` of 0 to 86400 seconds.
        allow_private_network: a ``bool``; answers ``Access-Control-Request-Private-Network`` on
            allowed preflights. Legacy, since browsers ask people instead.
        dangerously_allow_insecure_origins: a ``bool``; accepts credentials for ``http://``.
        dangerously_allow_public_suffixes: a ``bool``; accepts ``https://*.github.io`` and spares
            the package ``publicsuffixlist``, which patterns need otherwise.

    Raises:
        PolicyError: something is wrong with the arguments; it lists all of it.
    """

    allow_origins: str | Iterable[str] | OriginCallable = '*'
    allow_credentials: bool | str | Iterable[str] | None = None
    allow_methods: str | Iterable[str] = '*'
    allow_headers: str | Iterable[str] = '*'
    expose_headers: str | Iterable[str] | None = None
    max_age: int = 600
    allow_private_network: bool = False
    dangerously_allow_insecure_origins: bool = False
    dangerously_allow_public_suffixes: bool = False

    def __post_init__(self) -> None:
        faults: list[str] = []
        ask = self.allow_origins
        origins: tuple[str, ...] = ()
        if ask != '*' and not callable(ask):
            is_any_suffix = self.dangerously_allow_public_suffixes
            fault_of = functools.partial(_entry_fault, is_any_suffix=is_any_suffix)
            origins = tuple(_read(faults, 'allow_origins', ask, fault_of, split=''))
            if not origins and not faults:
                faults.append("allow_origins: () has no origin; name some, or pass '*'")
        credentials = self._read_credentials(faults, origins)
        methods = _read(faults, 'allow_methods', self.allow_methods, _method_fault)
        headers = _read(faults, 'allow_headers', self.allow_headers, _request_header_fault)
        exposed = () if self.expose_headers is None else self.expose_headers
        exposed = _read(faults, 'expose_headers', exposed, _header_fault)
        if exposed == '*' and credentials:
            faults.append("expose_headers: '*' is no wildcard with credentials; name the headers")
        if type(self.max_age) is not int or not 0 <= self.max_age <= 86400:
            faults.append(f'max_age: {self.max_age!r} is no int of 0 to 86400 seconds; pass one')
        for flag in (each.name for each in fields(self) if each.type == 'bool'):
            if not isinstance(getattr(self, flag), bool):
                faults.append(f'{flag}: {getattr(self, flag)!r} is no bool; pass True or False')
        if faults:
            raise PolicyError(faults)

        called = (ask, type(ask).__call__) if callable(ask) else ()
        shared: Pairs = (('Access-Control-Expose-Headers', ', '.join(exposed)),) if exposed else ()
        preflight: Pairs = (('Access-Control-Max-Age', str(self.max_age)),)
        if ask != '*':
            shared, preflight = shared + _VARY, preflight + _VARY
        for name, names in ((_ACAH, headers), (_ACAM, methods)):
            if names and names != '*':
                preflight += ((name, ', '.join(names)),)
        self._keep(
            allow_origins=origins or ask,
            allow_credentials=credentials,
            allow_methods=methods,
            allow_headers=headers,
            expose_headers=exposed,
            is_dynamic=callable(ask),
            is_async=any(map(inspect.iscoroutinefunction, called)),
            _allowed=frozenset(origin for origin in origins if '*' in origin),
            _credentialed=frozenset(() if isinstance(credentials, bool) else credentials),
            _methods=None if methods == '*' else _SAFELISTED_METHODS.union(methods),
            _headers=None if headers == '*' else frozenset(map(str.lower, headers)),
            _shared=shared,
            _own=slice(-len(shared) or None),
            _preflight=preflight,
        )
        open_to_all = self._allow('*').headers if ask == '*' else _VARY
        self._keep(
            _no_origin=Decision(False, Reason.NO_ORIGIN, open_to_all),
            _known={origin: self._allow(origin) for origin in origins if '*' not in origin},
        )

    def _keep(self, **values: object) -> None:
        """Set attributes, which are looked up more slowly where ``vars`` of an object is used."""
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _read_credentials(
        self, faults: list[str], origins: tuple[str, ...]
    ) -> bool | tuple[str, ...]:
        """Return ``True`` for every allowed origin, ``False`` for none, or some origins."""
        value, known = self.allow_credentials, frozenset(origins)
        is_every = value is True or value == '*'

        def fault_of(entry: str) -> str:
            if callable(self.allow_origins):
                return 'cannot be told from what else the callable allows; pass True'
            if entry in known:
                return ''
            return _entry_fault(entry) or 'is not in allow_origins; add it there'

        if value is None or value is False:
            return False
        if self.allow_origins == '*':
            mend = "lets any site act as your users if allow_origins='*'; name the origins in both"
            faults.append(f'allow_credentials: {value!r} {mend}')
        elif not is_every:
            origins = tuple(_read(faults, 'allow_credentials', value, fault_of, split=''))
        for entry in () if self.dangerously_allow_insecure_origins else origins:
            scheme, host, _ = _split(entry)
            if scheme == 'http' and not _is_loopback(host.removeprefix('*.')):
                faults.append(
                    f'allow_credentials: {entry!r} has no TLS, so anyone on the network can be it '
                    'and use the cookies; serve it with https:// or pass '
                    'dangerously_allow_insecure_origins=True'
                )
        return is_every or origins

    def ask(self, origin: str | None) -> object:
        """Ask the ``allow_origins`` callable, if there is one and it may be asked.

        Args:
            origin: the value of ``Origin``, a ``str`` or ``None``.

        Returns:
            The callable's answer, to be handed to :meth:`decide`; ``None`` without one. What is
            not a ``bool`` is logged, and so is an exception, which counts as ``None``.
        """
        if origin is not None and callable(self.allow_origins) and not _origin_fault(origin):
            with _logging_errors():
                return _inspected(self.allow_origins(origin))
        return None

    async def ask_async(self, origin: str | None) -> object:
        """Ask as :meth:`ask` does, and await the answer of a coroutine function."""
        if not self.is_async or origin is None or _origin_fault(origin):
            return self.ask(origin)
        with _logging_errors():
            return _inspected(await cast(Any, self.allow_origins)(origin))
        return None

    def decide(
        self,
        origin: str | None,
        method: str = 'GET',
        request_method: str | None = None,
        request_headers: str | None = None,
        request_private_network: str | None = None,
        answer: object = None,
    ) -> Decision:
        """Decide on a request, whatever bytes it has; never raises, logs or asks.

        Implements, from the server's side, the "CORS check" of the Fetch Standard, and for
        preflights its "CORS-preflight fetch". An allowed origin gets its headers even if the
        method or a header is refused: the browser then names that one.

        Args:
            origin: the value of ``Origin``, a ``str`` or ``None``.
            method: the request's method, a ``str``.
            request_method: the value of ``Access-Control-Request-Method``, a ``str`` or ``None``;
                an ``OPTIONS`` request that has it and an origin is a preflight.
            request_headers: the value of ``Access-Control-Request-Headers``, likewise.
            request_private_network: that of ``Access-Control-Request-Private-Network``, likewise.
            answer: what the ``allow_origins`` callable said; ``True`` and nothing else allows.

        Returns:
            A :class:`Decision`.
        """
        if origin is None:
            return self._no_origin
        decision = self._known.get(origin)
        if decision is None:
            decision = self._judge(origin, answer)
        if method != 'OPTIONS' or request_method is None or not decision.allowed:
            return decision

        reason = decision.reason
        headers = decision.headers[self._own] + self._preflight
        if self._methods is not None:
            if request_method not in self._methods:
                reason = Reason.METHOD_NOT_ALLOWED
        elif request_method in _COMMON_METHODS or _is_token(request_method):
            headers += ((_ACAM, request_method),)
        else:
            reason = Reason.METHOD_MALFORMED
        names = _parse_names(request_headers) if request_headers else []
        if names is None:
            reason = Reason.HEADERS_MALFORMED
        elif self._headers is not None:
            if not self._headers.issuperset(names):
                reason = Reason.HEADER_NOT_ALLOWED
        elif names:
            headers += ((_ACAH, ', '.join(names)),)
        is_allowed = reason is _ALLOWED
        if is_allowed and self.allow_private_network and request_private_network == 'true':
            headers += (('Access-Control-Allow-Private-Network', 'true'),)
        return Decision(is_allowed, reason, headers)

    def _judge(self, origin: str, answer: object) -> Decision:
        """Decide on an origin that is not listed as such."""
        reason = _ALLOWED
        if self.allow_origins == '*':
            pass
        elif origin == 'null':
            reason = Reason.ORIGIN_NULL
        elif not self.is_dynamic:
            if self._allowed.isdisjoint(_patterns(origin)):
                reason = Reason.ORIGIN_NOT_ALLOWED
        elif _origin_fault(origin):
            reason = Reason.ORIGIN_MALFORMED
        elif answer is not True:
            reason = Reason.ANSWER_NOT_TRUE
        return self._allow(origin) if reason is _ALLOWED else Decision(False, reason, _VARY)

    def _allow(self, origin: str) -> Decision:
        headers: Pairs = ((_ACAO, '*' if self.allow_origins == '*' else origin),)
        if self.allow_credentials is True or (
            self._credentialed and not self._credentialed.isdisjoint(_patterns(origin))
        ):
            headers += _CREDENTIALS
        return Decision(True, _ALLOWED, headers + self._shared)

    def decide_websocket(
        self, origin: str | None, has_credentials: bool, answer: object = None
    ) -> Decision:
        """Decide on a WebSocket handshake, to which browsers apply no CORS check.

        Args:
            origin: the value of ``Origin``, a ``str`` or ``None``.
            has_credentials: a ``bool``, whether there are cookies or authorization.
            answer: as in :meth:`decide`.

        Returns:
            A :class:`Decision`, whose headers are of no use.
        """
        decision = self.decide(origin, answer=answer)
        if decision.allowed and has_credentials and _CREDENTIALS[0] not in decision.headers:
            return Decision(False, Reason.CREDENTIALS_NOT_ALLOWED)
        return decision

    def allows(
        self,
        origin: str,
        method: str = 'GET',
        unsafe_header_names: Iterable[str] = (),
        credentials: bool = False,
        answer: object = None,
    ) -> bool:
        """Tell what the policy means: may a page do this and read the answer?

        Args:
            origin: the page's origin, a ``str``.
            method: the request's method, a ``str``.
            unsafe_header_names: an iterable of ``str``, the "CORS-unsafe request-header names"
                (Fetch Standard, "Headers").
            credentials: a ``bool``, whether the credentials mode is ``include``.
            answer: as in :meth:`decide`.

        Returns:
            A ``bool``, which leaves out of account responders that set the headers themselves.
        """
        names = ','.join(unsafe_header_names)
        decision = self.decide(origin, 'OPTIONS', method, names, answer=answer)
        return decision.allowed and (not credentials or _CREDENTIALS[0] in decision.headers)


class _Closed(Policy):
    """The policy of the routes that have ``None``."""

    reason = Reason.CLOSED

    def _judge(self, origin: str, answer: object) -> Decision:
        return Decision(False, self.reason, _VARY)


class _Ambiguous(_Closed):
    """The policy of the paths that could be served as several."""

    reason = Reason.PATH_AMBIGUOUS


_CLOSED = _Closed(allow_origins=lambda origin: False)
_AMBIGUOUS = _Ambiguous(allow_origins=lambda origin: False)


@contextlib.contextmanager
def _logging_errors() -> Generator[None]:
    """Log what the block raises instead of passing it on."""
    try:
        yield
    except Exception:
        _log.exception('something that CORS has called raised')


def _inspected(answer: object) -> object:
    """Log an answer that is no ``bool``; a coroutine that nobody will await is closed."""
    if answer is not True and answer is not False:
        _log.error('the allow_origins callable returned %.200r, which is not True', answer)
    if inspect.iscoroutine(answer):
        answer.close()
    return answer


# ---- The middleware ---------------------------------------------------------------------------


class CORSMiddleware(falcon.CORSMiddleware[AsgiRequest, AsgiResponse]):
    """Writes down what a :class:`Policy` decides, for ``falcon.App`` and ``falcon.asgi.App``.

    A drop-in for ``falcon.CORSMiddleware``, whose arguments keep their meaning and their order.
    List it **first**, and list one; a second one on the same app stays silent.

    * Preflights get their answer, a 204, before anything else of the app: before authentication,
      on every path, without a responder. Other ``OPTIONS`` requests reach their responder.
    * Where a component listed earlier answers a preflight, or any component fails at one, all
      that is in the response is replaced, but for cookies, which browsers ignore there.
    * Errors, streams, sinks and static files get their headers too. A responder that sets
      ``Access-Control-Allow-Origin`` speaks for itself, and only ``Vary`` is added.
    * A WebSocket handshake passes without an ``Origin`` (it isn't a browser's); if the origin has
      the scheme, host and port of the request (it is the API's own page); or if the policy allows
      the origin, with credentials unless there are neither ``Cookie`` nor ``Authorization``.
      Others are refused with 403. A proxy must pass on ``Origin`` and ``Host``, send
      ``X-Forwarded-Proto`` if it ends TLS, and refuse hosts that aren't the API's (DNS
      rebinding). Client certificates aren't noticed.

    Not covered: error handlers that raise, ``independent_middleware=False`` where a component
    listed earlier raises, what components listed earlier do to the response later, and errors
    that a server or proxy makes.

    Takes the arguments of :class:`Policy`, and:

    Args:
        routes: a mapping from URI templates, ``str``, to what replaces the other arguments there:
            a :class:`Policy`, or ``None`` for no cross-origin access. Paths are matched as by
            Falcon's own router, and are those it routes: ``req.path``, without ``SCRIPT_NAME``
            but with a ``root_path`` if the server leaves it in. ``/internal/{path:path}`` covers
            ``/internal`` as well. A path with dot segments allows nobody, and so does one with
            empty segments or a slash at the end if its policy would be another without them. List
            components that change ``req.path`` before this one.

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
        allow_methods: str | Iterable[str] = '*',
        allow_headers: str | Iterable[str] = '*',
        max_age: int = 600,
        routes: Mapping[str, Policy | None] | None = None,
        dangerously_allow_insecure_origins: bool = False,
        dangerously_allow_public_suffixes: bool = False,
    ) -> None:
        faults: list[str] = []
        self._has_warned = False
        self._router = CompiledRouter()
        self._routes = _read_routes(faults, {} if routes is None else routes)
        for template, policy in self._routes.items():
            try:
                self._router.add_route(template, policy, compile=True)
            except ValueError as error:
                faults.append(f'routes: {template!r} conflicts or is malformed: {error}')
        try:
            self.policy = Policy(
                allow_origins=allow_origins,
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
            faults[:0] = error.faults
        if faults:
            raise PolicyError(faults)

    @property
    def process_request(self) -> Callable[[falcon.Request, falcon.Response], None]:
        """Answers preflights on ``falcon.App``; a property, which building such an app reads.

        Raises:
            PolicyError: ``allow_origins`` is a coroutine function, which WSGI cannot await.
        """
        mend = 'WSGI cannot await it; pass a plain function, or build falcon.asgi.App'
        for policy in (self.policy, *self._routes.values()):
            if policy.is_async:
                name = repr(policy.allow_origins)
                raise PolicyError([f'allow_origins: {name} is a coroutine function; {mend}'])
        return self._process_request

    def _process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.env.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (asked := _asked(req.env.get, _WSGI)):
            policy = self._policy_at(req.path)
            _answer(req, resp, policy, asked, policy.is_dynamic and policy.ask(asked[0]))
            req.env[_ANSWERED] = True

    async def process_request_async(self, req: AsgiRequest, resp: AsgiResponse) -> None:
        """Answer preflights on ``falcon.asgi.App``."""
        if req.scope.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (asked := _asked(req.get_header, _ASGI)):
            policy = self._policy_at(req.path)
            answer = policy.is_dynamic and await policy.ask_async(asked[0])
            _answer(req, resp, policy, asked, answer)
            req.scope[_ANSWERED] = True

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Write the headers on ``falcon.App``."""
        if req.env.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and _ANSWERED in req.env and req_succeeded:
            pass  # the answer stands
        elif req.method == 'OPTIONS' and _asked(req.env.get, _WSGI):
            _clear(resp)
            self._process_request(req, resp)
        else:
            policy = self._policy_at(req.path)
            origin = req.env.get('HTTP_ORIGIN')
            _share(req, resp, policy, origin, policy.is_dynamic and policy.ask(origin))

    async def process_response_async(
        self, req: AsgiRequest, resp: AsgiResponse, resource: object, req_succeeded: bool
    ) -> None:
        """Write the headers on ``falcon.asgi.App``."""
        if req.scope.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and _ANSWERED in req.scope and req_succeeded:
            pass  # the answer stands
        elif req.method == 'OPTIONS' and _asked(req.get_header, _ASGI):
            for closing in _clear(resp):
                with _logging_errors():
                    await closing
            await self.process_request_async(req, resp)
        else:
            policy = self._policy_at(req.path)
            origin = req.get_header('Origin')
            answer = policy.is_dynamic and await policy.ask_async(origin)
            _share(req, resp, policy, origin, answer)

    async def process_request_ws(self, req: AsgiRequest, ws: WebSocket) -> None:
        """Refuse the WebSocket handshakes of foreign pages by raising ``falcon.HTTPForbidden``."""
        origin = req.get_header('Origin')
        if req.scope.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif origin is not None and not _is_own(origin, req):
            policy = self._policy_at(req.path)
            has_credentials = any(req.get_header(name) for name in ('Cookie', 'Authorization'))
            answer = await policy.ask_async(origin)
            decision = policy.decide_websocket(origin, has_credentials, answer)
            if not decision.allowed:
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
        policy = self._route(path)
        if path.startswith('/') and not path.endswith('/') and not _UNUSUAL.search(path):
            return policy
        first, *segments = path.split('/')
        if first or not _DOT_SEGMENTS.isdisjoint(segments):
            return _AMBIGUOUS
        readings = ['/' + '/'.join(filter(None, segments))]
        if path.endswith('/'):
            readings.append(readings[0] + '/')
        return policy if all(self._route(path) == policy for path in readings) else _AMBIGUOUS

    def _route(self, path: str) -> Policy:
        route = self._router.find(path)
        return self.policy if route is None else cast(Policy, route[0])


def _read_routes(faults: list[str], routes: object) -> dict[str, Policy]:
    """Return the policy of each template, and of the bare prefix where it ends in a path."""
    policies: dict[str, Policy] = {}
    if not isinstance(routes, Mapping):
        faults.append(f'routes: {routes!r} is no mapping; pass a dict')
        return policies
    for template, policy in cast(Mapping[object, object], routes).items():
        if not isinstance(template, str) or template[:1] != '/' or '//' in template:
            faults.append(f"routes: {template!r} is no URI template; begin with '/', without '//'")
        elif not isinstance(policy, Policy | None):
            faults.append(f'routes: {template!r} has {policy!r}; pass a Policy or None')
        else:
            policies[template] = _CLOSED if policy is None else policy
    for template in [*policies]:
        prefix, _, last = template.rpartition('/')
        if prefix and last.startswith('{') and last.endswith(':path}'):
            policies.setdefault(prefix, policies[template])
    return policies


def _asked(get: Callable[[str], str | None], names: tuple[str, str, str]) -> _Asked | None:
    """Return what an ``OPTIONS`` request asks for as a preflight, ``None`` if it is not one."""
    origin, method, header_names = get(names[0]), get(names[1]), get(names[2])
    return None if origin is None or method is None else (origin, method, header_names)


def _is_own(origin: str, req: falcon.Request) -> bool:
    """Return whether a page has the scheme, host and port that this request was sent to.

    Proxies may end TLS, so the forwarded scheme counts. Without the scheme, whoever controls the
    network could serve an ``http://`` page of the same host.
    """
    scheme = req.forwarded_scheme.partition(',')[0].strip().lower()
    scheme = _PAGE_SCHEMES.get(scheme, scheme)
    host = (req.get_header('Host') or '').lower().removesuffix(_DEFAULT_PORTS.get(scheme, ' '))
    return host != '' and origin == f'{scheme}://{host}'


def _answer(
    req: falcon.Request, resp: falcon.Response, policy: Policy, asked: _Asked, answer: object
) -> None:
    """Make the response the answer to a preflight."""
    origin, method, names = asked
    private = req.get_header(_ACRPN) if policy.allow_private_network else None
    decision = policy.decide(origin, 'OPTIONS', method, names, private, answer)
    if not decision.allowed:
        _log_refusal(req, origin, decision)
    resp.set_headers(decision.headers)
    resp.status = falcon.HTTP_204
    resp.complete = True


def _share(
    req: falcon.Request, resp: falcon.Response, policy: Policy, origin: str | None, answer: object
) -> None:
    """Add what the policy says to a response, unless its responder has said something else."""
    said, headers = resp.headers, _VARY
    if 'access-control-allow-origin' not in said:
        decision = policy.decide(origin, 'GET', None, None, None, answer)
        headers = decision.headers
        if not decision.allowed and origin is not None:
            _log_refusal(req, origin, decision)
    for name, value in headers:
        if not said or name.lower() not in said:
            resp.set_header(name, value)
        elif name == 'Vary':
            varies = {token.strip().lower() for token in said['vary'].split(',')}
            if varies.isdisjoint(('origin', '*')):
                resp.append_header('Vary', 'Origin')


def _clear(resp: falcon.Response) -> list[Awaitable[object]]:
    """Take everything out of a response but its cookies, close streams, return what to await."""
    streams: list[Any] = [resp.stream]
    resp.text = resp.data = resp.media = resp.stream = None
    if isinstance(resp, AsgiResponse):
        streams.append(resp.sse)
        resp.sse = None
    for name in resp.headers:
        resp.delete_header(name)
    closings: list[Awaitable[object]] = []
    for stream in streams:
        close = getattr(stream, 'aclose', None) or getattr(stream, 'close', None)
        with _logging_errors():
            if close and inspect.isawaitable(closing := close()):
                closings.append(closing)
    return closings


def _log_refusal(req: falcon.Request, origin: str, decision: Decision) -> None:
    """Log a cross-origin refusal; what the request says is cut and escaped."""
    if _log.isEnabledFor(logging.INFO) and not _is_own(origin, req):
        asked = (origin, req.method, req.path, *map(req.get_header, _ASGI[1:]))
        quoted = [ascii(text[:_LONGEST_LOGGED]) for text in asked if text is not None]
        _log.info('refused, %s: %s', decision.reason, ' '.join(quoted))
