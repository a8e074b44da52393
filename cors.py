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
from collections.abc import (
    Awaitable,
    Callable,
    Container,
    Generator,
    Iterable,
    Mapping,
)
from dataclasses import dataclass, field
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
_Asked: TypeAlias = tuple[str, str, str | None]  # origin, request_method, request_headers

_log = logging.getLogger('cors')

_DIGITS = '0123456789'
_LOWER = 'abcdefghijklmnopqrstuvwxyz'
_HOST = _LOWER + _DIGITS + '-_.'
_SCHEME = _LOWER + _DIGITS + '+-.'
_TOKEN = (_LOWER + _LOWER.upper() + _DIGITS + "!#$%&'*+-.^_`|~").encode()
_DEFAULT_PORTS = {'http': ':80', 'https': ':443'}
_OPAQUE_SCHEMES = frozenset({'about', 'blob', 'data', 'file', 'filesystem', 'javascript'})
_PAGE_SCHEMES = {'ws': 'http', 'wss': 'https'}

_LONGEST_HOST = 253  # characters, the limit of DNS
_LONGEST_LIST = 4096  # characters of one method, or of one list of header names
_MOST_NAMES = 100  # header names in one list
_LONGEST_LOGGED = 200  # characters of each thing that a request says

_SAFELISTED_METHODS = frozenset({'GET', 'HEAD', 'POST'})
_FORBIDDEN_METHODS = frozenset({'CONNECT', 'TRACE', 'TRACK'})
_FORBIDDEN_REQUEST_HEADERS = frozenset({
    'accept-charset', 'accept-encoding', 'access-control-request-headers',
    'access-control-request-method', 'connection', 'content-length', 'cookie', 'cookie2', 'date',
    'dnt', 'expect', 'host', 'keep-alive', 'origin', 'referer', 'set-cookie', 'te', 'trailer',
    'transfer-encoding', 'upgrade', 'via',
})  # fmt: skip
_FORBIDDEN_RESPONSE_HEADERS = frozenset({'set-cookie', 'set-cookie2'})

_ACAO = 'Access-Control-Allow-Origin'
_ACEH = 'Access-Control-Expose-Headers'
_ACRM = 'Access-Control-Request-Method'
_ACRH = 'Access-Control-Request-Headers'
_ACRPN = 'Access-Control-Request-Private-Network'
_ANY_ORIGIN: Pairs = ((_ACAO, '*'),)
_CREDENTIALS: Pairs = (('Access-Control-Allow-Credentials', 'true'),)
_PRIVATE_NETWORK: Pairs = (('Access-Control-Allow-Private-Network', 'true'),)
_VARY: Pairs = (('Vary', 'Origin'),)

_TYPE_MEND = 'write it as one, and a regular expression as a callable that uses re.fullmatch'
_ASYNC_MEND = 'WSGI cannot await it; pass a plain function, or build falcon.asgi.App'
_FLAGS = (
    'allow_private_network',
    'dangerously_allow_insecure_origins',
    'dangerously_allow_public_suffixes',
)
_ANY_SITE = "lets any site act as your users if allow_origins='*'; name the origins in both"
_INSECURE = (
    'has no TLS, so anyone on the network can be it and use the cookies; serve it with https:// '
    'or pass dangerously_allow_insecure_origins=True'
)

_NO_CONTENT = falcon.HTTP_204
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
    ORIGIN_NULL = 'the origin is null, which any page can have'
    ORIGIN_MALFORMED = 'the origin is not one that a browser sends'
    ORIGIN_NOT_ALLOWED = 'the origin is not in allow_origins'
    ANSWER_NOT_TRUE = 'the allow_origins callable did not return True'
    METHOD_NOT_ALLOWED = 'the method is not in allow_methods'
    METHOD_MALFORMED = 'the requested method is malformed or too long'
    HEADER_NOT_ALLOWED = 'a requested header is not in allow_headers'
    HEADERS_MALFORMED = 'the list of requested headers is malformed or too long'
    CREDENTIALS_NOT_ALLOWED = 'it has credentials, and the origin is allowed only without'


_ALLOWED = Reason.ALLOWED


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


# Calling the class does the same and takes twice the time, which shows on requests.
_new_decision = cast(
    Callable[[tuple[bool, Reason, Pairs]], Decision],
    functools.partial(cast(Any, tuple).__new__, Decision),
)


# ---- Origins: how browsers write them, and which are allowed --------------------------------


def _split(origin: str) -> tuple[str, str, str]:
    """Return scheme, host and port of an origin; the port keeps its colon, or is ``''``."""
    scheme, _, rest = origin.partition('://')
    host, colon, port = rest.rpartition(':')
    return (scheme, rest, '') if not colon or rest.endswith(']') else (scheme, host, colon + port)


def _is_made_of(characters: str, text: str) -> bool:
    """Tell whether ``text`` has no other characters, which is when stripping leaves nothing."""
    return text.strip(characters) == ''


def _is_port(port: str, scheme: str) -> bool:
    """Tell whether browsers may write ``port``, with its colon, after a host."""
    number = port[1:]
    return port == '' or (
        0 < len(number) <= 5
        and _is_made_of(_DIGITS, number)
        and number[0] != '0'
        and int(number) < 65536
        and port != _DEFAULT_PORTS.get(scheme)
    )


def _is_loopback(host: str) -> bool:
    """Tell whether ``host`` is the machine itself, between which and itself no network is."""
    try:
        return ipaddress.ip_address(host.strip('[]')).is_loopback
    except ValueError:
        return host == 'localhost' or host.endswith('.localhost')


def _is_ipv6(host: str) -> bool:
    """Tell whether ``host`` is as browsers write it (URL Standard, "host serializer")."""
    try:
        address = ipaddress.IPv6Address(host[1:-1])
    except ValueError:
        return False
    canonical = address.compressed
    if address.ipv4_mapped is not None:
        high, low = divmod(int(address.ipv4_mapped), 65536)
        canonical = f'::ffff:{high:x}:{low:x}'
    return host == f'[{canonical}]' and address.scope_id is None


def _host_fault(scheme: str, host: str) -> str:
    """Return why no browser writes ``host``, or ``''``."""
    if host.startswith('['):
        return '' if _is_ipv6(host) else 'has an IPv6 address that is not in canonical form'
    characters = _HOST if scheme in _DEFAULT_PORTS else _HOST + _LOWER.upper() + '~'
    if not host or len(host) > _LONGEST_HOST or not _is_made_of(characters, host):
        return 'has a host that is empty, too long or has characters that no host has'
    labels = host.split('.')
    if scheme in _DEFAULT_PORTS and not all(0 < len(label) < 64 for label in labels):
        return 'has a dot too many in its host, or more than 63 characters between two'
    if _is_made_of(_DIGITS, labels[-1]) or labels[-1].startswith('0x'):
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return 'has an IPv4 address that is not in canonical form'
    return ''


def _origin_fault(origin: str) -> str:
    """Return why no browser sends ``origin`` for one certain site, or ``''``."""
    scheme, host, port = _split(origin)
    rest = origin[len(scheme) + 3 :]
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
    if scheme != scheme.lower() or (scheme in _DEFAULT_PORTS and host != host.lower()):
        return 'has upper-case letters, and browsers send lower-case ones'
    if not scheme[:1].isalpha() or not _is_made_of(_SCHEME, scheme):
        return 'has a malformed scheme'
    if scheme in _OPAQUE_SCHEMES:
        return "has a scheme whose pages send 'null', so it says nothing"
    if scheme in _PAGE_SCHEMES:
        return 'is where a WebSocket leads to; its origin is the page that opens it'
    if port and port == _DEFAULT_PORTS.get(scheme):
        return 'names the default port, which browsers leave out'
    if not _is_port(port, scheme):
        return 'has a port that is no number from 1 to 65535'
    return _host_fault(scheme, host)


def _entry_fault(entry: str) -> str:
    """Return why ``entry`` can be no item of ``allow_origins``, and the mend, or ``''``."""
    scheme, host, port = _split(entry)
    parent = host.removeprefix('*.')
    concrete = f'{scheme}://{parent}{"" if port == ":*" else port}' if '*' in entry else entry
    if entry == '*':
        return "allows every origin and so stands alone; pass allow_origins='*'"
    if '*' in concrete or (concrete != entry and scheme not in _DEFAULT_PORTS):
        return (
            'has a * where none can be; write https://*.example.com for the subdomains, '
            'http://localhost:* for the ports, or pass a callable'
        )
    fault = _origin_fault(concrete)
    if not fault and parent != host and (parent[0] == '[' or _is_made_of(_DIGITS + '.', parent)):
        fault = 'has subdomains of an IP address'
    return f'{fault}; {_mend(entry)}' if fault else ''


def _mend(entry: str) -> str:
    """Return what to write instead of ``entry``, as far as it can be told."""
    if entry == 'null':
        return 'serve the page with http:// or https:// and name its origin'
    if ',' in entry:
        return f'pass a list: {[part.strip() for part in entry.split(",")]}'
    scheme, slashes, rest = entry.strip().lower().rpartition('://')
    for mark in '/?#\\':
        rest = rest.lstrip('/').partition(mark)[0]
    _, host, port = _split('://' + rest.rpartition('@')[2])
    if not host.isascii():
        host = _punycode(host)
    if not slashes:
        scheme = 'http' if _is_loopback(host) else 'https'
    scheme = _PAGE_SCHEMES.get(scheme, scheme)
    port = '' if port == _DEFAULT_PORTS.get(scheme) else port
    better = f'{scheme}://{host.rstrip(".")}{port}'
    if better == entry or _origin_fault(better.replace('://*.', '://').removesuffix(':*')):
        return "open the page and paste what its browser's console says to location.origin"
    return f'did you mean {better!r}?'


def _punycode(host: str) -> str:
    """Return ``host`` as browsers send it, by UTS 46 and not transitional, or ``''``."""
    try:
        encoded = importlib.import_module('idna').encode(host, uts46=True, transitional=False)
    except (ImportError, UnicodeError):
        return ''
    return str(encoded, 'ascii')


@functools.cache
def _public_suffixes() -> Any:
    return importlib.import_module('publicsuffixlist').PublicSuffixList()


def _suffix_fault(entry: str) -> str:
    """Return why strangers could have an origin that matches a pattern, or ``''``."""
    _, star, parent = _split(entry)[1].rpartition('*.')
    try:
        if not star or _is_loopback(parent) or not _public_suffixes().is_public(parent):
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


@dataclass(frozen=True)
class _Origins(Container[str]):
    """Exact origins and patterns; looking one up costs the same however many there are."""

    exact: frozenset[str]
    patterns: frozenset[tuple[str, str, str]]

    def __contains__(self, origin: object) -> bool:
        scheme, host, port = _split(str(origin))
        if origin in self.exact:
            return True
        if len(host) > _LONGEST_HOST or '*' in host or not _is_port(port, scheme):
            return False
        if (scheme, host, ':*') in self.patterns:
            return True
        dot = host.find('.')
        while dot >= 0:
            parent = '*' + host[dot:]
            if (scheme, parent, port) in self.patterns or (scheme, parent, ':*') in self.patterns:
                return not _host_fault(scheme, host)
            dot = host.find('.', dot + 1)
        return False


class _Anyone(Container[str]):
    """Every origin."""

    def __contains__(self, origin: object) -> bool:
        return True


def _compile(origins: Iterable[str]) -> Container[str]:
    """Return what to look origins up in: a plain set if there are no patterns."""
    exact = frozenset(origins)
    patterns = frozenset(entry for entry in exact if '*' in entry)
    if not patterns:
        return exact
    return _Origins(exact - patterns, frozenset(map(_split, patterns)))


# ---- Methods and header names -----------------------------------------------------------------


def _not_token(text: str) -> bytes:
    """Return what no token (RFC 9110, section 5.6.2) has in it, ``?`` for what is not ASCII."""
    return text.encode('ascii', 'replace').translate(None, _TOKEN)


def _is_token(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_LIST and not _not_token(text)


def _parse_names(value: str) -> list[str] | None:
    """Parse ``#field-name`` (RFC 9110, section 5.6.1); ``None`` if malformed or too long."""
    if len(value) > _LONGEST_LIST or value.count(',') >= _MOST_NAMES:
        return None
    between = _not_token(value)
    if between.strip(b', \t'):
        return None
    names = value.lower().split(',')
    if between.strip(b','):  # blanks, which browsers do not write and proxies may
        names = [name.strip(' \t') for name in names]
        if _not_token(''.join(names)):
            return None
    return [name for name in names if name]


def _method_fault(method: str) -> str:
    """Return why ``method`` can be no item of ``allow_methods``, and the mend, or ``''``."""
    if not _is_token(method) or method == '*':
        return "is not one method; pass a list such as ['GET', 'PUT'], or '*' alone"
    if method.upper() in _FORBIDDEN_METHODS:
        return 'is forbidden to scripts (Fetch Standard, "Methods"); leave it out'
    if method != method.upper():
        return f'is not in upper case, and case matters; did you mean {method.upper()!r}?'
    return ''


def _header_fault(name: str, forbidden: Container[str] = _FORBIDDEN_RESPONSE_HEADERS) -> str:
    """Return why ``name`` can be no item of a list of headers, and the mend, or ``''``."""
    if not _is_token(name) or name == '*':
        return "is not one header name; pass a list such as ['X-Request-ID'], or '*' alone"
    if name.lower() in forbidden:
        return 'is out of reach of scripts (Fetch Standard, "Headers"); leave it out'
    return ''


def _request_header_fault(name: str) -> str:
    prefixed = name.lower().startswith(('proxy-', 'sec-'))
    return _header_fault(name, {name.lower()} if prefixed else _FORBIDDEN_REQUEST_HEADERS)


# ---- The policy -------------------------------------------------------------------------------


class _Faults(list[str]):
    """The faults of the arguments read so far."""

    def add(self, argument: str, value: object, text: str) -> None:
        self.append(f'{argument}: {value!r} {text}')

    def read(
        self, argument: str, value: object, fault_of: Callable[[str], str], split: bool = True
    ) -> tuple[str, ...]:
        """Return the items of a ``str`` or of an iterable of ``str``, each of them once."""
        if isinstance(value, str):
            value = [part.strip() for part in value.split(',')] if split else [value]
        if isinstance(value, bytes) or not isinstance(value, Iterable):
            self.add(argument, value, 'is neither a str nor a list of str; pass a list')
            return ()
        items: dict[str, None] = {}
        for item in cast(Iterable[object], value):
            if not isinstance(item, str):
                self.add(argument, item, 'is not a str; ' + _TYPE_MEND)
            elif text := fault_of(item):
                self.add(argument, item, text)
            else:
                items[item] = None
        return tuple(items)

    def read_names(self, argument: str, value: object, fault_of: Callable[[str], str]) -> Names:
        """Return ``'*'`` or the names."""
        return '*' if value == '*' else self.read(argument, value, fault_of)


@dataclass(frozen=True, kw_only=True)
class Policy:
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

    is_dynamic: bool = field(init=False, repr=False, compare=False)
    is_async: bool = field(init=False, repr=False, compare=False)
    _allowed: Container[str] = field(init=False, repr=False, compare=False)
    _credentialed: Container[str] = field(init=False, repr=False, compare=False)
    _wildcard: str = field(init=False, repr=False, compare=False)
    _methods: frozenset[str] | None = field(init=False, repr=False, compare=False)
    _headers: frozenset[str] | None = field(init=False, repr=False, compare=False)
    _no_origin: Decision = field(init=False, repr=False, compare=False)
    _shared: Pairs = field(init=False, repr=False, compare=False)
    _preflight: Pairs = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        faults = _Faults()
        origins = self._read_origins(faults)
        credentials = self._read_credentials(faults, origins)
        methods = faults.read_names('allow_methods', self.allow_methods, _method_fault)
        headers = faults.read_names('allow_headers', self.allow_headers, _request_header_fault)
        expose = () if self.expose_headers is None else self.expose_headers
        exposed = faults.read_names('expose_headers', expose, _header_fault)
        if exposed == '*' and credentials:
            faults.add('expose_headers', '*', 'is no wildcard with credentials; name the headers')
        if type(self.max_age) is not int or not 0 <= self.max_age <= 86400:
            faults.add('max_age', self.max_age, 'is no int of 0 to 86400 seconds; pass one')
        for name in _FLAGS:
            if not isinstance(getattr(self, name), bool):
                faults.add(name, getattr(self, name), 'is no bool; pass True or False')
        if faults:
            raise PolicyError(faults)

        ask, is_open = self.allow_origins, self.allow_origins == '*'
        allowed = _Anyone() if is_open else _compile(origins)
        shared: Pairs = ((_ACEH, ', '.join(exposed)),) if exposed else ()
        shared = shared if is_open else shared + _VARY
        preflight = (('Access-Control-Max-Age', str(self.max_age)),) + (() if is_open else _VARY)
        if headers and headers != '*':
            preflight += (('Access-Control-Allow-Headers', ', '.join(headers)),)
        if methods and methods != '*':
            preflight += (('Access-Control-Allow-Methods', ', '.join(methods)),)
        for name, value in {
            'allow_origins': origins or ask,
            'allow_credentials': credentials,
            'allow_methods': methods,
            'allow_headers': headers,
            'expose_headers': exposed,
            'is_dynamic': callable(ask),
            'is_async': callable(ask) and _is_coroutine_function(ask),
            '_allowed': allowed,
            '_credentialed': _Anyone() if credentials is True else _compile(credentials or ()),
            '_wildcard': '*' if is_open else '',
            '_methods': None if methods == '*' else _SAFELISTED_METHODS.union(methods),
            '_headers': None if headers == '*' else frozenset(map(str.lower, headers)),
            '_no_origin': Decision(
                False, Reason.NO_ORIGIN, _ANY_ORIGIN + shared if is_open else _VARY
            ),
            '_shared': shared,
            '_preflight': preflight,
        }.items():
            object.__setattr__(self, name, value)

    def _read_origins(self, faults: _Faults) -> tuple[str, ...]:
        """Return the origins, if they are neither ``'*'`` nor a callable's business."""

        def fault_of(entry: str) -> str:
            is_checked = not self.dangerously_allow_public_suffixes
            return _entry_fault(entry) or (_suffix_fault(entry) if is_checked else '')

        if self.allow_origins == '*' or callable(self.allow_origins):
            return ()
        origins = faults.read('allow_origins', self.allow_origins, fault_of, split=False)
        if not origins and not faults:
            faults.add('allow_origins', (), "has no origin; name some, or pass '*'")
        return origins

    def _read_credentials(
        self, faults: _Faults, origins: tuple[str, ...]
    ) -> bool | tuple[str, ...]:
        """Return ``True`` for every allowed origin, ``False`` for none, or some origins."""
        value, known = self.allow_credentials, frozenset(origins)

        def fault_of(entry: str) -> str:
            if callable(self.allow_origins):
                return 'cannot be told from what else the callable allows; pass True'
            if entry in known:
                return ''
            return _entry_fault(entry) or 'is not in allow_origins; add it there'

        if value is None or value is False:
            return False
        if self.allow_origins == '*':
            faults.add('allow_credentials', value, _ANY_SITE)
            return False
        every = value is True or value == '*'
        if not every:
            origins = faults.read('allow_credentials', value, fault_of, split=False)
        for entry in () if self.dangerously_allow_insecure_origins else origins:
            scheme, host, _ = _split(entry)
            if scheme == 'http' and not _is_loopback(host.removeprefix('*.')):
                faults.add('allow_credentials', entry, _INSECURE)
        return True if every else origins

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
        """Ask as :meth:`ask` does, and await the answer of a coroutine function.

        Args:
            origin: the value of ``Origin``, a ``str`` or ``None``.

        Returns:
            The same as :meth:`ask`.
        """
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
        preflights its "CORS-preflight fetch". An allowed origin gets its
        headers even if the method or a header is refused: the browser then names that one.

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
        if origin not in self._allowed:
            reason = self._judge(origin, answer)
            if reason is not _ALLOWED:
                return Decision(False, reason, _VARY)
        headers: Pairs = ((_ACAO, self._wildcard or origin),)
        if origin in self._credentialed:
            headers += _CREDENTIALS
        if method != 'OPTIONS' or request_method is None:
            return _new_decision((True, _ALLOWED, headers + self._shared))

        reason = self._judge_method(request_method)
        headers += self._preflight
        if self._methods is None and reason is _ALLOWED:
            headers += (('Access-Control-Allow-Methods', request_method),)
        names = _parse_names(request_headers) if request_headers else []
        if names is None:
            reason = Reason.HEADERS_MALFORMED
        elif self._headers is None and names:
            headers += (('Access-Control-Allow-Headers', ', '.join(names)),)
        elif self._headers is not None and not self._headers.issuperset(names):
            reason = Reason.HEADER_NOT_ALLOWED
        if self.allow_private_network and request_private_network == 'true' and reason is _ALLOWED:
            headers += _PRIVATE_NETWORK
        return _new_decision((reason is _ALLOWED, reason, headers))

    def _judge(self, origin: str, answer: object) -> Reason:
        """Judge an origin that is not listed."""
        if origin == 'null':
            return Reason.ORIGIN_NULL
        if not self.is_dynamic:
            return Reason.ORIGIN_NOT_ALLOWED
        if _origin_fault(origin):
            return Reason.ORIGIN_MALFORMED
        return _ALLOWED if answer is True else Reason.ANSWER_NOT_TRUE

    def _judge_method(self, method: str) -> Reason:
        if self._methods is None:
            return _ALLOWED if _is_token(method) else Reason.METHOD_MALFORMED
        return _ALLOWED if method in self._methods else Reason.METHOD_NOT_ALLOWED

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
        if decision.allowed and has_credentials and str(origin) not in self._credentialed:
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
        return decision.allowed and (not credentials or origin in self._credentialed)


def _is_coroutine_function(ask: Callable[..., object]) -> bool:
    """Tell whether calling ``ask``, a function or an object, gives a coroutine."""
    return any(map(inspect.iscoroutinefunction, (ask, type(ask).__call__)))


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


class _Closed(Policy):
    """The policy of the routes that have ``None``."""

    def _judge(self, origin: str, answer: object) -> Reason:
        return Reason.CLOSED


_CLOSED = _Closed(allow_origins=lambda origin: False)


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
    * A WebSocket handshake passes without an ``Origin`` (it is no browser's); if the host and
      port of the origin equal ``Host`` (it is the API's own page); or if the policy allows the
      origin, with credentials unless there are neither ``Cookie`` nor ``Authorization``. Others
      are refused with 403. Proxies must hand on both headers and refuse hosts that are not the
      API's, or else names can be rebound; client certificates are not noticed.

    Not covered: error handlers that raise, ``independent_middleware=False`` where a component
    listed earlier raises, what components listed earlier do to the response later, and errors
    that a server or proxy makes.

    Takes the arguments of :class:`Policy`, and:

    Args:
        routes: a mapping from URI templates, ``str``, to what replaces the other arguments there:
            a :class:`Policy`, or ``None`` for no cross-origin access. Paths are matched as by
            Falcon's own router, and are those it routes: ``req.path``, without ``SCRIPT_NAME``
            but with a ``root_path`` if the server leaves it in. ``/internal/{path:path}`` covers
            ``/internal`` as well. List components that change ``req.path`` before this one.

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
        self._router, self._routes, faults = _read_routes({} if routes is None else routes)
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
        self._has_warned = False

    @property
    def process_request(self) -> Callable[[falcon.Request, falcon.Response], None]:
        """Answers preflights on ``falcon.App``.

        A property, because building such an app reads it: the moment to refuse a coroutine
        function, which WSGI cannot await.

        Raises:
            PolicyError: ``allow_origins`` of a policy is a coroutine function.
        """
        for policy in (self.policy, *self._routes.values()):
            if policy.is_async:
                name = repr(policy.allow_origins)
                raise PolicyError([f'allow_origins: {name} is a coroutine function; {_ASYNC_MEND}'])
        return self._process_request

    def _process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.env.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (asked := _asked_wsgi(req)):
            policy = self._policy_at(req.path) if self._routes else self.policy
            _answer(req, resp, policy, asked, policy.is_dynamic and policy.ask(asked[0]))
            req.env[_ANSWERED] = True

    async def process_request_async(self, req: AsgiRequest, resp: AsgiResponse) -> None:
        """Answer preflights on ``falcon.asgi.App``."""
        if req.scope.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (asked := _asked_asgi(req)):
            policy = self._policy_at(req.path) if self._routes else self.policy
            answer = policy.is_dynamic and await policy.ask_async(asked[0])
            _answer(req, resp, policy, asked, answer)
            req.scope[_ANSWERED] = True

    def process_response(
        self, req: falcon.Request, resp: falcon.Response, resource: object, req_succeeded: bool
    ) -> None:
        """Write the headers on ``falcon.App``."""
        if req.env.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (_ANSWERED in req.env or _asked_wsgi(req)):
            if not req_succeeded or _ANSWERED not in req.env:
                for stream in _clear(resp):
                    with _logging_errors():
                        _close(stream)
                self._process_request(req, resp)
        else:
            policy = self._policy_at(req.path) if self._routes else self.policy
            origin = req.env.get('HTTP_ORIGIN')
            _share(req, resp, policy, origin, policy.is_dynamic and policy.ask(origin))

    async def process_response_async(
        self, req: AsgiRequest, resp: AsgiResponse, resource: object, req_succeeded: bool
    ) -> None:
        """Write the headers on ``falcon.asgi.App``."""
        if req.scope.setdefault(_OWNER, self) is not self:
            self._stay_silent()
        elif req.method == 'OPTIONS' and (_ANSWERED in req.scope or _asked_asgi(req)):
            if not req_succeeded or _ANSWERED not in req.scope:
                for stream in _clear(resp):
                    with _logging_errors():
                        if inspect.isawaitable(closing := _close(stream)):
                            await closing
                await self.process_request_async(req, resp)
        else:
            policy = self._policy_at(req.path) if self._routes else self.policy
            origin = req.get_header('Origin')
            answer = policy.is_dynamic and await policy.ask_async(origin)
            _share(req, resp, policy, origin, answer)

    async def process_request_ws(self, req: AsgiRequest, ws: WebSocket) -> None:
        """Refuse the WebSocket handshakes of foreign pages by raising ``falcon.HTTPForbidden``."""
        origin = req.get_header('Origin')
        if req.scope.setdefault(_OWNER, self) is not self:
            self._stay_silent()
            return
        if origin is None or _is_own(origin, req):
            return
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
        route = self._router.find(path)
        return self.policy if route is None else self._routes[route[3]]


def _read_routes(
    routes: object,
) -> tuple[CompiledRouter, dict[str | None, Policy], list[str]]:
    """Return a router of the templates, the policy of each, and the faults."""
    router, policies, faults = CompiledRouter(), dict[str | None, Policy](), list[str]()
    if not isinstance(routes, Mapping):
        return router, policies, [f'routes: {routes!r} is no mapping; pass a dict']
    for template, policy in cast(Mapping[object, object], routes).items():
        if not isinstance(template, str) or template[:1] != '/' or '//' in template:
            faults.append(f"routes: {template!r} is no URI template; begin with '/', without '//'")
        elif not isinstance(policy, Policy | None):
            faults.append(f'routes: {template!r} has {policy!r}; pass a Policy or None')
        else:
            policies[template] = _CLOSED if policy is None else policy
    for template in [*filter(None, policies)]:
        prefix, _, last = template.rpartition('/')
        if prefix and last.startswith('{') and last.endswith(':path}'):
            policies.setdefault(prefix, policies[template])
    for template in filter(None, policies):
        try:
            router.add_route(template, policies, compile=True)
        except ValueError as error:
            faults.append(f'routes: {template!r} conflicts or is malformed: {error}')
    return router, policies, faults


def _asked_wsgi(req: falcon.Request) -> _Asked | None:
    """Return what an OPTIONS request asks for as a preflight, ``None`` if it is not one.

    Reads the environ, as ``get_header`` takes a tenth of the time of a preflight.
    """
    origin = req.env.get('HTTP_ORIGIN')
    method = req.env.get('HTTP_ACCESS_CONTROL_REQUEST_METHOD')
    if origin is None or method is None:
        return None
    return origin, method, req.env.get('HTTP_ACCESS_CONTROL_REQUEST_HEADERS')


def _asked_asgi(req: AsgiRequest) -> _Asked | None:
    """Return the same as :func:`_asked_wsgi` does."""
    origin, method = req.get_header('Origin'), req.get_header(_ACRM)
    if origin is None or method is None:
        return None
    return origin, method, req.get_header(_ACRH)


def _is_own(origin: str, req: falcon.Request) -> bool:
    """Tell whether a page comes from the host and port that this request was sent to."""
    scheme, _, host = origin.partition('://')
    return scheme in _DEFAULT_PORTS and host != '' and host == req.get_header('Host')


def _answer(
    req: falcon.Request, resp: falcon.Response, policy: Policy, asked: _Asked, answer: object
) -> None:
    """Make the response the answer to a preflight."""
    origin, method, names = asked
    private = req.get_header(_ACRPN) if policy.allow_private_network else None
    decision = policy.decide(origin, 'OPTIONS', method, names, private, answer)
    if not decision.allowed:
        _log_refusal(req, origin, decision)
    for name, value in decision.headers:
        resp.set_header(name, value)
    resp.status = _NO_CONTENT
    resp.complete = True


def _share(
    req: falcon.Request, resp: falcon.Response, policy: Policy, origin: str | None, answer: object
) -> None:
    """Add what the policy says to a response, unless its responder has said something else."""
    said = resp.headers
    if said and _ACAO.lower() in said:
        _add_vary(resp)
        return
    decision = policy.decide(origin, 'GET', None, None, None, answer)
    if not decision.allowed and origin is not None:
        _log_refusal(req, origin, decision)
    for name, value in decision.headers:
        if not said or name.lower() not in said:
            resp.set_header(name, value)
        elif name == 'Vary':
            _add_vary(resp)


def _add_vary(resp: falcon.Response) -> None:
    """Add ``Origin`` to the names in ``Vary``, which the app may have set (RFC 9110, 12.5.5)."""
    vary = resp.get_header('Vary')
    if not vary:
        resp.set_header('Vary', 'Origin')
    elif {'origin', '*'}.isdisjoint(name.strip().lower() for name in vary.split(',')):
        resp.set_header('Vary', f'{vary}, Origin')


def _clear(resp: falcon.Response) -> list[object]:
    """Take everything out of a response but its cookies; return what must be closed."""
    streams: list[object] = [resp.stream]
    resp.text = resp.data = resp.media = resp.stream = None
    if isinstance(resp, AsgiResponse):
        streams.append(resp.sse)
        resp.sse = None
    for name in resp.headers:
        resp.delete_header(name)
    return streams


def _close(stream: Any) -> Any:
    """Close a stream or an iterator that nobody will read; return what ASGI must await."""
    close = getattr(stream, 'aclose', None) or getattr(stream, 'close', None)
    return close and close()


def _log_refusal(req: falcon.Request, origin: str, decision: Decision) -> None:
    """Log a cross-origin refusal; what the request says is cut and escaped."""
    if _log.isEnabledFor(logging.INFO) and not _is_own(origin, req):
        asked = (origin, req.method, req.path, req.get_header(_ACRM), req.get_header(_ACRH))
        quoted = [ascii(text[:_LONGEST_LOGGED]) for text in asked if text is not None]
        _log.info('refused, %s: %s', decision.reason, ' '.join(quoted))
