# SPDX-License-Identifier: MIT-0
"""The browser: the steps of a fetch, in the order of the standard."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import time
import weakref
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Self, TypedDict, TypeVar, Unpack

from .checks import (
    REDIRECT_STATUSES,
    allowed_by_preflight,
    cors_check,
    cross_origin_resource_policy_check,
    filtered_response,
    http_redirect_fetch,
    preflight_check,
    preflight_status_check,
    tao_check,
)
from .engines import PROFILES
from .exchange import Exchange, Headers, Reply, Step
from .live import unreachable
from .memory import Clock, CookieJar, PreflightCache
from .request import (
    Body,
    Request,
    preflight_reasons,
    redirect_taint,
    request_origin_header,
    unsafe_request_header_names,
)
from .rules import Blocked, FetchFailed
from .servers import (
    NULL_BODY_STATUSES,
    App,
    Target,
    connect,
    in_event_loop,
    is_asgi,
    lifespan,
    run_without_loop,
)
from .urls import DEFAULT_PORTS, check_origin, is_trustworthy, named_url, same_origin, same_site

T = TypeVar('T')

BAD_PORTS = {
    *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101),
    *(102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389),
    *(427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636),
    *(989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
    *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
}


class FetchOptions(TypedDict, total=False):
    """The options of a fetch, named as in JavaScript where that has them."""

    #: Names and values; what pages may not set is dropped silently, as there.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    #: Text, bytes, a mapping (a ``URLSearchParams``) or an iterable of bytes (a stream).
    body: Body
    json: object  #: Sent as JSON with its Content-Type, for ``JSON.stringify``; not None.
    mode: str  #: ``cors`` (the default), ``no-cors`` or ``same-origin``.
    credentials: str  #: ``omit``, ``same-origin`` (the default) or ``include``.
    redirect: str  #: ``follow`` (the default), ``error`` or ``manual``.
    #: The page's referrer policy, which may turn the Origin into ``null``;
    #: ``strict-origin-when-cross-origin`` by default.
    referrer_policy: str
    upload_listener: bool  #: Whether the page watches the upload, as XMLHttpRequest can.


class Browser:
    """A page in a browser, as far as the Fetch Standard's CORS protocol goes.

    As a context manager (``with`` or ``async with``) it runs the lifespan of ASGI applications.
    Bodies that applications answer are read to their end; exceptions they raise come through.
    Its :class:`CookieJar` is the attribute ``cookies``.

    Args:
        target: The API: a WSGI or ASGI application, or the base URL of a running server.
        page: The page's origin as ``location.origin`` shows it; ``null`` for an opaque one.
        api: The URL at which an application is served, and against which relative URLs resolve
            (a real page resolves against itself); ``https://api.example.com`` by default. Not
            beside a base URL.
        hosts: Further servers by origin, for redirects: applications, or for a running server
            its origin once more.
        top_level: The origin in the address bar where the page is framed; `page` by default.
        profile: ``standard``, or the browser to differ like: one of
            :data:`~cors_browser.engines.PROFILES`.
        clock: Returns the time in seconds since 1970; for caches and cookies.
        timeout: Seconds that a running server has for each answer.
        on_step: Called with each :class:`Step` just before it is sent.

    Raises:
        ValueError: An argument is malformed; the message says how to mend it.
        ImportError: A running server is to be asked and httpx is not installed.
    """

    def __init__(
        self,
        target: Target,
        page: str,
        *,
        api: str | None = None,
        hosts: Mapping[str, Target] | None = None,
        top_level: str | None = None,
        profile: str = 'standard',
        clock: Clock | None = None,
        timeout: float = 10,
        on_step: Callable[[Step], object] | None = None,
    ) -> None:
        if profile not in PROFILES:
            raise ValueError(f'profile: {profile!r} is unknown; choose one of {tuple(PROFILES)}')
        self.page = check_origin('page', page)
        self.top_level = self.page if top_level is None else check_origin('top_level', top_level)
        self.profile = PROFILES[profile]
        self.cookies = CookieJar(self.profile, clock or time.time)
        self._cache = PreflightCache(self.profile, clock or time.time)
        self._on_step = on_step
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifespans = contextlib.AsyncExitStack()
        if not isinstance(target, str):
            self._api = named_url('api', api or 'https://api.example.com')
        elif api is None:
            self._api = named_url('target', target)
        else:
            raise ValueError(f'api: {api!r} beside a base URL, which says it; leave it out')
        targets = {self._api.origin: target}
        for origin, host in (hosts or {}).items():
            if check_origin('hosts', origin) in targets:
                raise ValueError(f'hosts: {origin!r} is what `target` serves; leave it out')
            if isinstance(host, str) and named_url('hosts', host).origin != origin:
                raise ValueError(f'hosts: {host!r} is not of the origin {origin!r}; write it again')
            targets[origin] = host
        self._servers = {origin: connect(host, timeout) for origin, host in targets.items()}
        self._asgi_apps: list[App] = []
        for host in targets.values():
            if not isinstance(host, str) and is_asgi(host) and host not in self._asgi_apps:
                self._asgi_apps.append(host)

    def fetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Fetch a URL as the page's JavaScript would with ``fetch(url, {method, ...})``.

        Implements the Fetch Standard's #fetch-method and #fetching.

        Args:
            url: The URL; a relative one resolves against `api`.
            method: The method; of lower-case ones only the common are upper-cased, not ``patch``.
            options: See :class:`FetchOptions`.

        Returns:
            What the page sees of the answer.

        Raises:
            Blocked: A browser would not let the page have the answer.
            Unreachable: No answer came.
            ValueError: An option is none of its choices, or the URL is malformed.
            RuntimeError: An event loop is running; use :meth:`afetch`.
        """
        return self._run('fetch', 'afetch', lambda: self.afetch(url, method, **options))

    async def afetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Do as :meth:`fetch`, inside a running event loop."""
        credentials = options.get('credentials', 'same-origin')
        exchange = Exchange(self.page, credentials, self.profile.name)
        try:
            target = named_url('url', url, self._api)
            return await self._main_fetch(Request(exchange, target, method, **options))
        except FetchFailed as failure:
            failure.exchange = exchange
            raise

    async def _main_fetch(self, request: Request) -> Reply:
        """Decide under which rules the current URL is fetched (#main-fetch)."""
        url = request.url
        if url.port in BAD_PORTS:
            raise Blocked('bad-port', f'browsers never connect to port {url.port}')
        secure_page = any(o.startswith('https:') for o in (self.page, self.top_level))
        if secure_page and url.scheme == 'http' and not is_trustworthy(url):
            raise Blocked('mixed-content', f'a page on https may not fetch {url}')
        if self.profile.preflights_every_hop:
            names = unsafe_request_header_names(request.headers, self.profile)
            request.needs_preflight |= names != []
        if same_origin(self.page, url.origin) and request.tainting == 'basic':
            return await self._http_fetch(request)
        if request.mode == 'same-origin':
            reason = f"{url} is not of {self.page}, and the mode is 'same-origin'"
            raise Blocked('cross-origin-in-same-origin-mode', reason)
        if request.mode == 'no-cors' and request.redirect != 'follow':
            reason = f"redirect {request.redirect!r} does not go with mode 'no-cors'"
            raise Blocked('no-cors-redirect-mode', reason)
        if url.scheme not in DEFAULT_PORTS:
            raise Blocked('cors-scheme', f'{url} is neither http nor https')
        request.tainting = 'opaque' if request.mode == 'no-cors' else 'cors'
        unsafe_names = unsafe_request_header_names(request.headers, self.profile)
        if self.profile.preflight_names_first_headers:
            unsafe_names = unsafe_request_header_names(request.first_headers, self.profile)
        why = preflight_reasons(request, unsafe_names)
        if self.profile.preflights_every_hop and request.needs_preflight:
            why = why or ('an earlier preflight',)
        if request.tainting == 'opaque' or not why:
            return await self._http_fetch(request)
        try:
            if not self._cache.covers(request, unsafe_names):
                await self._cors_preflight_fetch(request, unsafe_names, why)
            request.needs_preflight = True
            if request.late_check:
                request.late_check()
            return await self._http_fetch(request)
        except FetchFailed as failure:
            if failure.code != 'redirect-mode' or self.profile.clears_cache_on_redirect:
                self._cache.clear(request)
            raise

    async def _cors_preflight_fetch(
        self, request: Request, unsafe_names: list[str], why: tuple[str, ...]
    ) -> None:
        """Ask for permission, and remember the answer (#cors-preflight-fetch)."""
        headers = [('accept', '*/*'), ('access-control-request-method', request.method)]
        if unsafe_names:
            headers.append(('access-control-request-headers', ','.join(unsafe_names)))
        named = self.page if self.profile.preflight_names_page else request.origin
        headers.append(('origin', named))
        step = Step(True, 'OPTIONS', str(request.url), headers, why=why)
        await self._http_network_fetch(request, step)
        if self.profile.checks_status_first:
            preflight_status_check(step)
        if not (self.profile.trusts_own_preflight and same_origin(self.page, request.url.origin)):
            cors_check(step.response_headers, named, request.include, 'preflight-')
        preflight_status_check(step)
        answer = step.response_headers
        allowed = allowed_by_preflight(request, answer)
        if self.profile.remembers_refusals:
            self._cache.store(request, allowed, answer)
        preflight_check(request, unsafe_names, allowed, self.profile)
        self._cache.store(request, allowed, answer)

    async def _http_fetch(self, request: Request) -> Reply:
        """Fetch the current URL and check the answer (#http-fetch)."""
        headers, origin = [*request.headers], request_origin_header(request, self.profile)
        if 'accept' not in dict(headers):
            headers.append(('accept', '*/*'))
        if origin is not None:
            headers.append(('origin', origin))
        if request.body is not None or request.method in {'POST', 'PUT'}:
            headers.append(('content-length', str(len(request.body or b''))))
        step = Step(False, request.method, str(request.url), headers, request.body or b'')
        await self._http_network_fetch(request, step)
        if request.tainting == 'cors':
            cors_check(step.response_headers, request.origin, request.include)
        request.timing_visible &= tao_check(request, step.response_headers)
        if request.tainting == 'opaque':
            cross_origin_resource_policy_check(request, step.response_headers, self.profile)
        if step.status in REDIRECT_STATUSES:
            if request.redirect == 'error':
                reason = f"the answer is a redirect ({step.status}), and redirect is 'error'"
                raise Blocked('redirect-mode', reason)
            if request.redirect == 'manual':
                return filtered_response(request, step, 'opaqueredirect')
            if http_redirect_fetch(request, step, self.profile):
                return await self._main_fetch(request)
        return filtered_response(request, step, request.tainting)

    async def _http_network_fetch(self, request: Request, step: Step) -> None:
        """Send one request, with cookies where they belong (#http-network-or-cache-fetch)."""
        url, is_same_site = request.url, functools.partial(self._is_same_site, request)
        with_credentials = not step.preflight and (
            request.include
            or (request.credentials == 'same-origin' and request.tainting == 'basic')
        )
        if with_credentials:
            cookies, step.cookies_withheld = self.cookies.retrieve(url, is_same_site)
            step.cookies_sent = tuple(cookie.name for cookie in cookies)
            if cookies:
                line = '; '.join(f'{c.name}={c.value}' if c.name else c.value for c in cookies)
                step.request_headers.append(('cookie', line))
        request.exchange.steps.append(step)
        if self._on_step:
            self._on_step(step)
        if url.origin not in self._servers:
            reason = f'{url.origin} is none of the servers named; add it to `hosts`'
            raise unreachable(step, 'no-server', reason)
        step.status, pairs, body = await self._servers[url.origin](step, url)
        step.reached, step.response_headers = True, Headers(pairs)
        if step.method != 'HEAD' and step.status not in NULL_BODY_STATUSES:
            step.response_body = body
        for line in step.response_headers.lines('set-cookie') if with_credentials else ():
            name, refusal = self.cookies.receive(url, line, is_same_site)
            if refusal:
                step.cookies_refused[name] = refusal
            else:
                step.cookies_stored += (name,)

    def _is_same_site(self, request: Request) -> bool:
        """Whether a request stays within the site of the top-level page, for cookies."""
        return (
            same_site(request.url.origin, self.top_level)
            and same_site(self.page, self.top_level)
            and not redirect_taint(self.page, request.urls, same_site)
        )

    def _run(self, name: str, twin: str, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine to its end, in an event loop only if an application needs one."""
        if in_event_loop():
            raise RuntimeError(f'{name}: an event loop is running in this thread; use {twin}')
        if not self._asgi_apps:
            return run_without_loop(start())
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            weakref.finalize(self, self._loop.close)
        return self._loop.run_until_complete(start())

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for app in self._asgi_apps:
                await stack.enter_async_context(lifespan(app))
            self._lifespans = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._lifespans.aclose()

    def __enter__(self) -> Self:
        return self._run('with', 'async with', self.__aenter__)

    def __exit__(self, *_: object) -> None:
        self._run('with', 'async with', self.__aexit__)
