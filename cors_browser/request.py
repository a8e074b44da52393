# SPDX-License-Identifier: MIT-0
"""The request: methods, request headers, bodies, and what needs a preflight."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping

from .arguments import header_pairs
from .bodies import Body, Files, extract_body
from .engines import PROFILES, Profile
from .exchange import Exchange, Headers, Pairs, quoted
from .rules import Blocked
from .urls import OPAQUE, Url, same_origin

SAFELISTED_METHODS = {'GET', 'HEAD', 'POST'}
FORBIDDEN_METHODS = {'CONNECT', 'TRACE', 'TRACK'}
NORMALIZED_METHODS = {'DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'}
FORBIDDEN_HEADERS = re.compile(
    'accept-(charset|encoding)|access-control-request-(headers|method)|connection|content-length'
    '|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer'
    '|transfer-encoding|upgrade|via|(proxy|sec)-.*'
)
METHOD_OVERRIDES = {'x-http-method', 'x-http-method-override', 'x-method-override'}
NO_CORS_HEADERS = {'accept', 'accept-language', 'content-language', 'content-type'}
FORM_TYPES = {'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'}
CLIENT_HINTS = {
    'device-memory', 'downlink', 'dpr', 'ect', 'rtt', 'save-data', 'viewport-width', 'width',
}  # fmt: skip
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
UNSAFE_BYTE = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
LANGUAGE = re.compile(r'[0-9A-Za-z *,\-.;=]*')
MIME_TYPE = re.compile(rf'[\t\n\r ]*({TOKEN.pattern}/{TOKEN.pattern})[\t\n\r ]*(;.*)?', re.DOTALL)
RANGE = re.compile(r'bytes=([0-9]+)-([0-9]*)')
LIST_MEMBER = re.compile(r'(?:[^",]|"(?:\\.|[^"\\])*"?)+', re.DOTALL)


def normalize_method(method: str) -> str:
    """Normalize a method (#concept-method-normalize): ``put`` is ``PUT``, ``patch`` stays."""
    if not TOKEN.fullmatch(method) or method.upper() in FORBIDDEN_METHODS:
        raise Blocked('bad-method', f'pages cannot send the method {quoted(method)}')
    return method.upper() if method.upper() in NORMALIZED_METHODS else method


def get_decode_split(value: str) -> list[str]:
    """Split a header value at its commas, those in quotes aside."""
    return [member.strip(' \t') for member in LIST_MEMBER.findall(value)]


def is_forbidden_request_header(name: str, value: str) -> bool:
    """Whether pages cannot set a header (#forbidden-request-header)."""
    if name in METHOD_OVERRIDES:
        return any(method.upper() in FORBIDDEN_METHODS for method in get_decode_split(value))
    return FORBIDDEN_HEADERS.fullmatch(name) is not None


def is_safelisted_request_header(name: str, value: str, profile: Profile) -> bool:
    """Whether a header, its name in lower case, needs no preflight."""
    if len(value) > 128:
        return False
    if name in {'accept', 'content-type'}:
        mime_type = MIME_TYPE.fullmatch(value)
        return (
            not UNSAFE_BYTE.search(value)
            and (profile.safelists_non_ascii or value.isascii())
            and (name == 'accept' or bool(mime_type and mime_type[1].lower() in FORM_TYPES))
        )
    if name in {'accept-language', 'content-language'}:
        return LANGUAGE.fullmatch(value) is not None
    if name == 'range':
        span = RANGE.fullmatch(value.lower() if profile.range_unit_in_any_case else value)
        return bool(span and (not span[2] or int(span[1]) <= int(span[2])))
    if name == 'user-agent':
        return profile.safelists_user_agent
    return profile.safelists_client_hints and name in CLIENT_HINTS


def unsafe_request_header_names(headers: Pairs, profile: Profile) -> list[str]:
    """The header names a preflight must ask for (#cors-unsafe-request-header-names)."""
    entries = Headers(headers).items() if profile.combines_headers else headers
    safe = [e for e in entries if is_safelisted_request_header(*e, profile)]
    oversize = sum(len(value) for _, value in safe) > 1024
    unsafe = [entry[0] for entry in entries if oversize or entry not in safe]
    return sorted(unsafe if profile.repeats_header_names else {*unsafe})


def append_header(headers: Pairs, name: str, raw: str, mode: str, profile: Profile) -> None:
    """Add a header, its name in lower case, if a page may set it (#concept-headers-append)."""
    lower, value = name.lower(), raw.strip(' \t\r\n')
    if not TOKEN.fullmatch(name):
        raise Blocked('bad-request', f'headers: {quoted(name)} is not a header name')
    if re.search('[\0\r\n\u0100-\U0010ffff]', value):
        raise Blocked('bad-request', f'headers: {name} cannot be {quoted(value)}')
    if is_forbidden_request_header(lower, value):
        return
    combined = ', '.join([*Headers(headers).lines(name), value])
    if mode != 'no-cors' or (
        lower in NO_CORS_HEADERS and is_safelisted_request_header(lower, combined, profile)
    ):
        headers.append((lower, value))


class Request:
    """A fetch under way, made as ``fetch`` makes it (#dom-request); its last URL is the current."""

    def __init__(
        self,
        exchange: Exchange,
        url: Url,
        method: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        body: Body = None,
        json: object = None,
        files: Files | None = None,
        mode: str = 'cors',
        credentials: str = 'same-origin',
        redirect: str = 'follow',
        referrer_policy: str = 'strict-origin-when-cross-origin',
        upload_listener: bool = False,
    ) -> None:
        if url.scheme == 'data':
            raise ValueError('url: a data: URL needs no server, so there is nothing to ask')
        profile = PROFILES[exchange.profile]
        self.exchange, self.page, self.urls = exchange, exchange.page, [url]
        self.mode, self.redirect, self.referrer_policy = mode, redirect, referrer_policy
        self.credentials, self.include = credentials, credentials == 'include'
        self.tainting, self.timing_visible = 'basic', True
        self.body, content_type, self.is_stream = extract_body(body, json, files)
        self.use_preflight = upload_listener or self.is_stream
        self.needs_preflight = False
        self.late_check: Callable[[], None] | None = None  # where a redirect is judged late
        self.method = normalize_method(method)
        if self.body is not None and self.method in {'GET', 'HEAD'}:
            raise Blocked('bad-request', f'a {self.method} request cannot have a body')
        if mode == 'no-cors' and self.method not in SAFELISTED_METHODS:
            reason = f"the method {self.method} does not go with mode 'no-cors'"
            raise Blocked('no-cors-method', reason)
        if mode == 'no-cors' and self.is_stream:
            raise Blocked('bad-request', "a stream as body does not go with mode 'no-cors'")
        if url.userinfo:
            raise Blocked('url-credentials', f'{url} is given with a user name or password')
        self.headers: Pairs = []
        for name, value in header_pairs(headers):
            append_header(self.headers, name, value, mode, profile)
        if content_type and 'content-type' not in Headers(self.headers):
            append_header(self.headers, 'content-type', content_type, mode, profile)
        self.first_headers = [*self.headers]

    @property
    def url(self) -> Url:
        """The URL of the current hop."""
        return self.urls[-1]

    @property
    def origin(self) -> str:
        """The origin as it is sent: ``null`` once redirects have tainted it."""
        return OPAQUE if redirect_taint(self.page, self.urls, same_origin) else self.page


def redirect_taint(page: str, urls: list[Url], same: Callable[[str, str], bool]) -> bool:
    """Whether redirects led from one stranger to another (#concept-request-tainted-origin)."""
    return any(
        not same(url.origin, last.origin) and not same(page, last.origin)
        for last, url in itertools.pairwise(urls)
    )


def request_origin_header(request: Request, profile: Profile) -> str | None:
    """The Origin header of a request, or None (#append-a-request-origin-header)."""
    policy, url = request.referrer_policy, request.url
    if request.tainting != 'cors' and request.method in {'GET', 'HEAD'}:
        return None
    if request.mode == 'cors':
        return request.origin
    hidden = policy == 'no-referrer' and profile.no_referrer_hides_origin
    if policy == 'same-origin':
        hidden = not same_origin(request.page, url.origin)
    elif policy.startswith(('strict-', 'no-referrer-when-')):
        hidden = request.page.startswith('https:') and url.scheme != 'https'
    return OPAQUE if hidden else request.origin


def preflight_reasons(request: Request, unsafe_names: list[str]) -> tuple[str, ...]:
    """Why a request needs a preflight (#main-fetch); empty where it needs none."""
    method = [f'method {request.method}'] if request.method not in SAFELISTED_METHODS else []
    flag = 'a stream as body' if request.is_stream else 'an upload listener'
    names = [f'header {name}' for name in unsafe_names]
    return (*method, *names, *([flag] if request.use_preflight else []))
