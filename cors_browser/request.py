# SPDX-License-Identifier: MIT-0
"""The request: its headers and body, its Origin, and whether it needs a preflight."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Mapping

from .arguments import header_pairs
from .bodies import Body, Content, Files, extract_body
from .engine import Engine
from .engines import PROFILES
from .exchange import Exchange, Headers, Pairs, quoted
from .headers import (
    NO_CORS_HEADERS,
    SAFELISTED_METHODS,
    TOKEN,
    is_forbidden_request_header,
    normalize_method,
)
from .rules import Blocked
from .urls import OPAQUE, Url, same_origin


def append_header(headers: Pairs, name: str, raw: str, mode: str, engine: Engine) -> None:
    """Add a header, with its name in lower case, if pages can set it (#concept-headers-append)."""
    lower, value = name.lower(), raw.strip(' \t\r\n')
    if not TOKEN.fullmatch(name):
        raise Blocked('bad-request', f'headers: {quoted(name)} is not a valid header name')
    if re.search('[\0\r\n\u0100-\U0010ffff]', value):
        raise Blocked('bad-request', f'headers: {quoted(value)} is not a valid value of {name}')
    if is_forbidden_request_header(lower, value):
        return
    combined = ', '.join([*Headers(headers).lines(name), value])
    if mode != 'no-cors' or (
        lower in NO_CORS_HEADERS and engine.is_safelisted_header(lower, combined)
    ):
        headers.append((lower, value))


def stream_content(content: Content, engine: Engine) -> Content:
    """A stream in the form that an engine sends it. Other bodies stay unchanged."""
    if content.is_stream and engine.stream_support() == 'none':
        raise Blocked('bad-request', f"{engine.name} can't send a stream")
    if content.is_stream and engine.stream_support() == 'text':
        return Content(b'[object ReadableStream]', 'text/plain;charset=UTF-8')
    return content


class Request:
    """A fetch in progress, created like in ``fetch`` (#dom-request). Its last URL is current."""

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
            raise ValueError("url: a data: URL doesn't need a server; pass an http or https URL")
        engine = PROFILES[exchange.profile]
        self.exchange, self.page, self.urls, self.engine = exchange, exchange.page, [url], engine
        self.mode, self.redirect = mode, redirect
        self.referrer_policy = referrer_policy
        self.first_policy, self.has_referrer = referrer_policy, True
        self.origin_policy = ''  # after a redirect, the policy that applies to the Origin
        self.credentials, self.include = credentials, credentials == 'include'
        self.tainting, self.timing_visible = 'basic', True
        self.destination = ''  # the value of Sec-Fetch-Dest; empty for scripts
        self.agent_headers: Pairs = []  # the browser's own headers, which need no preflight
        self.enough: Callable[[bytes], bool] | None = None  # see Step
        self.body, content_type, self.is_stream = stream_content(
            extract_body(body, json, files), engine
        )
        self.use_preflight = upload_listener or self.is_stream
        self.needs_preflight = False
        self.late_check: Callable[[], None] | None = None  # in WebKit: after the next preflight
        self.method = normalize_method(method)
        if self.body is not None and self.method in {'GET', 'HEAD'}:
            raise Blocked('bad-request', f"a {self.method} request can't have a body")
        if mode == 'no-cors' and self.method not in SAFELISTED_METHODS:
            reason = f"the method {self.method} isn't allowed in mode 'no-cors'"
            raise Blocked('no-cors-method', reason)
        if mode == 'no-cors' and self.is_stream:
            raise Blocked('bad-request', "a stream isn't allowed as the body in mode 'no-cors'")
        if url.userinfo:
            raise Blocked('url-credentials', f'{url} contains a user name or password')
        self.headers: Pairs = []
        self.names: dict[str, str] = {}  # in the page's spelling, by lower-case name
        for name, value in header_pairs(headers):
            self.names.setdefault(name.lower(), name)
            append_header(self.headers, name, value, mode, engine)
        if content_type and 'content-type' not in Headers(self.headers):
            append_header(self.headers, 'content-type', content_type, mode, engine)
        self.first_headers = [*self.headers]
        self.lost_body = False  # whether a redirect changed the request to a GET
        self.lost_earlier = False  # whether a redirect before the last one did

    @property
    def url(self) -> Url:
        """The URL of the current hop."""
        return self.urls[-1]

    @property
    def origin(self) -> str:
        """The origin in the form it's sent: ``null`` after redirects have tainted it."""
        return OPAQUE if redirect_taint(self.page, self.urls, same_origin) else self.page


def redirect_taint(page: str, urls: list[Url], same: Callable[[str, str], bool]) -> bool:
    """Whether redirects led to a third origin (#concept-request-tainted-origin)."""
    return any(
        not same(url.origin, last.origin) and not same(page, last.origin)
        for last, url in itertools.pairwise(urls)
    )


def request_origin_header(request: Request) -> str | None:
    """The Origin header of a request, or None (#append-a-request-origin-header)."""
    if request.tainting != 'cors' and request.method in {'GET', 'HEAD'}:
        return None
    policy, page = request.origin_policy or request.referrer_policy, request.page
    if request.mode == 'navigate':
        hidden = request.engine.hides_form_origin(policy, page, request.urls)
    else:
        hidden = request.mode != 'cors' and request.engine.hides_origin(policy, page, request.url)
    return OPAQUE if hidden else request.origin


def preflight_reasons(request: Request, unsafe_names: list[str]) -> tuple[str, ...]:
    """Why a request needs a preflight (#main-fetch); empty if it needs none."""
    method = [f'method {request.method}'] if request.method not in SAFELISTED_METHODS else []
    flag = 'a stream as the body' if request.is_stream else 'an upload listener'
    names = [f'header {name}' for name in unsafe_names]
    return (*method, *names, *([flag] if request.use_preflight else []))
