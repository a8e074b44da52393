# SPDX-License-Identifier: MIT-0
"""Fetching: the steps of a fetch, in the order of the standard."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace

from .checks import (
    REDIRECT_STATUSES,
    allowed_by_preflight,
    cors_check,
    cross_origin_resource_policy_check,
    filtered_response,
    preflight_check,
    preflight_response_check,
    tao_check,
)
from .console import console_line
from .content import decode
from .cookies import CookieJar
from .engine import Engine
from .exchange import Headers, Pairs, Reply, Step
from .memory import PreflightCache
from .metadata import add_browser_headers
from .redirects import check_location_early, http_redirect_fetch
from .request import Request, preflight_reasons, redirect_taint, request_origin_header
from .rules import Blocked, FetchFailed, unreachable
from .servers import NULL_BODY_STATUSES, Send
from .urls import DEFAULT_PORTS, same_origin

BAD_PORTS = {
    *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101),
    *(102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389),
    *(427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636),
    *(989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
    *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
}


class Fetcher:
    """The fetches of one page, and what they share.

    Args:
        page: The page's origin.
        top_level: The origin in the address bar.
        engine: The engine to model.
        cookies: The browser's cookies.
        cache: The browser's preflight cache.
        servers: The servers, by origin.
        on_step: Called with each step just before it is sent.
    """

    def __init__(
        self,
        page: str,
        top_level: str,
        engine: Engine,
        cookies: CookieJar,
        cache: PreflightCache,
        servers: Mapping[str, Send],
        on_step: Callable[[Step], object] | None,
    ) -> None:
        self._page, self._top_level, self._engine = page, top_level, engine
        self._cookies, self._cache = cookies, cache
        self._servers, self._on_step = servers, on_step

    async def fetch(self, request: Request) -> Reply:
        """Fetch, and add the engine's console message to a failure."""
        try:
            return await self.main_fetch(request)
        except FetchFailed as failure:
            failure.console = console_line(failure, request)
            raise

    async def main_fetch(self, request: Request) -> Reply:
        """Decide which rules apply to the current URL (#main-fetch)."""
        url = request.url
        self._check_url(request)
        if request.mode == 'navigate':
            return await self._http_fetch(request)
        unsafe_names = self._engine.unsafe_header_names(
            self._engine.preflight_headers(
                request.headers, request.first_headers, lost_earlier=request.lost_earlier
            )
        )
        if self._engine.unsafe_header_names(request.headers):
            request.needs_preflight = True
        if same_origin(self._page, url.origin) and request.tainting == 'basic':
            return await self._http_fetch(request)
        if request.mode == 'same-origin':
            reason = f"{url} is not on {self._page}, but the mode is 'same-origin'"
            raise Blocked('cross-origin-in-same-origin-mode', reason)
        if request.mode == 'no-cors' and request.redirect != 'follow':
            reason = f"redirect {request.redirect!r} isn't allowed in mode 'no-cors'"
            raise Blocked('no-cors-redirect-mode', reason)
        if url.scheme not in DEFAULT_PORTS:
            raise Blocked('cors-scheme', f'{url} is neither http nor https')
        request.tainting = 'opaque' if request.mode == 'no-cors' else 'cors'
        why = preflight_reasons(request, unsafe_names)
        if self._engine.needs_preflight_again(had_one=request.needs_preflight):
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
            if self._engine.forgets(failure.code):
                self._cache.clear(request)
            raise

    def _check_url(self, request: Request) -> None:
        """Raise if browsers never connect to a URL (#port-blocking and Mixed Content)."""
        url = request.url
        if url.port in BAD_PORTS:
            raise Blocked('bad-port', f'browsers never connect to port {url.port}')
        if request.mode == 'navigate':
            return
        secure_page = any(o.startswith('https:') for o in (self._page, self._top_level))
        if secure_page and url.scheme == 'http' and self._engine.is_mixed_content(url):
            raise Blocked('mixed-content', f"a page on https can't fetch {url}")

    async def websocket_handshake(self, request: Request, protocols: Pairs, send: Send) -> Step:
        """Open a WebSocket: no CORS, but an Origin and cookies (#concept-websocket-establish)."""
        self._check_url(request)
        headers = [('connection', 'Upgrade'), ('upgrade', 'websocket'), *protocols]
        headers += [('sec-websocket-version', '13'), ('origin', request.page)]
        headers += self._engine.own_headers(request.url, preflight=True)
        step = Step(False, 'GET', f'ws{str(request.url)[4:]}', headers)
        await self._http_network_fetch(request, step, send)
        if step.status != 101:
            reason = f'the response to the handshake is {step.status}, not 101'
            raise Blocked('websocket-refused', reason)
        return step

    async def _cors_preflight_fetch(
        self, request: Request, unsafe_names: list[str], why: tuple[str, ...]
    ) -> None:
        """Send a preflight, and cache what it allows (#cors-preflight-fetch)."""
        headers = [('accept', '*/*'), ('access-control-request-method', request.method)]
        if unsafe_names:
            headers.append(('access-control-request-headers', ','.join(unsafe_names)))
        origin = self._engine.preflight_origin(self._page, request.origin)
        headers.append(('origin', origin))
        add_browser_headers(request, headers, preflight=True)
        step = Step(True, 'OPTIONS', str(request.url), headers, why=why)
        step = await self._http_network_or_cache_fetch(request, step)
        preflight_response_check(request, step, origin)
        allowed = allowed_by_preflight(request, step.response_headers)
        if self._engine.remembers_refusal():
            self._cache.store(request, allowed, step.response_headers)
        preflight_check(request, unsafe_names, allowed)
        self._cache.store(request, allowed, step.response_headers)

    async def _http_fetch(self, request: Request) -> Reply:
        """Fetch the current URL and check the response (#http-fetch)."""
        headers = [*request.headers, *request.agent_headers]
        origin = request_origin_header(request)
        if 'accept' not in dict(headers):
            headers.append(('accept', '*/*'))
        if origin is not None:
            headers.append(('origin', origin))
        if request.body is not None or request.method in {'POST', 'PUT'}:
            headers.append(('content-length', str(len(request.body or b''))))
        add_browser_headers(request, headers, preflight=False)
        step = Step(False, request.method, str(request.url), headers, request.body or b'')
        step.enough = request.enough
        if request.is_stream and self._engine.stream_support() == 'http2':
            raise Blocked('stream-body', 'a stream needs HTTP/2, but the server uses HTTP/1.1')
        step = await self._http_network_or_cache_fetch(request, step)
        if step.status in REDIRECT_STATUSES:
            check_location_early(request, step)
        if request.tainting == 'cors':
            cors_check(self._engine, step.response_headers, request.origin, request.include)
        request.timing_visible &= tao_check(request, step.response_headers)
        if request.tainting == 'opaque':
            cross_origin_resource_policy_check(request, step.response_headers)
        if step.status in REDIRECT_STATUSES:
            if request.redirect == 'error':
                reason = f"the response is a redirect ({step.status}), but redirect is 'error'"
                raise Blocked('redirect-mode', reason)
            if request.redirect == 'manual':
                return filtered_response(request, step, 'opaqueredirect')
            if http_redirect_fetch(request, step):
                return await self.main_fetch(request)
        return filtered_response(request, step, request.tainting)

    async def _http_network_or_cache_fetch(self, request: Request, step: Step) -> Step:
        """Send a request, and repeat it once after some statuses (#http-network-or-cache-fetch)."""
        again = replace(step, request_headers=[*step.request_headers])
        await self._http_network_fetch(request, step)
        if step.status in self._engine.resent_statuses() and not request.is_stream:
            step = again
            await self._http_network_fetch(request, step)
        if not self._engine.accepts_status(step.status):
            raise Blocked('proxy-status', f'the response has status {step.status}')
        return step

    async def _http_network_fetch(
        self, request: Request, step: Step, send: Send | None = None
    ) -> None:
        """Send one request, with its cookies (#http-network-fetch)."""
        url, is_same_site = request.url, functools.partial(self._is_same_site, request)
        navigation = request.method if self._is_top_level_navigation(request) else ''
        with_credentials = not step.preflight and (
            request.include
            or (request.credentials == 'same-origin' and request.tainting == 'basic')
        )
        if with_credentials:
            cookies, step.cookies_withheld = self._cookies.retrieve(url, is_same_site, navigation)
            step.cookies_sent = tuple(cookie.name for cookie in cookies)
            if cookies:
                line = '; '.join(f'{c.name}={c.value}' if c.name else c.value for c in cookies)
                step.request_headers.append(('cookie', line))
        request.exchange.steps.append(step)
        if self._on_step:
            self._on_step(step)
        if url.origin not in self._servers:
            reason = f'no server is registered for {url.origin}; add it to `hosts`'
            raise unreachable(step, 'no-server', reason)
        step.status, pairs, body = await (send or self._servers[url.origin])(step, url)
        step.reached, step.response_headers = True, Headers(pairs)
        if step.method != 'HEAD' and step.status not in NULL_BODY_STATUSES:
            step.response_body = body
            step.response_body = decode(step)
        first_party = (lambda: True) if navigation else is_same_site
        for line in step.response_headers.lines('set-cookie') if with_credentials else ():
            name, refusal = self._cookies.receive(url, line, first_party)
            if refusal:
                step.cookies_refused[name] = refusal
            else:
                step.cookies_stored += (name,)

    def _is_top_level_navigation(self, request: Request) -> bool:
        """Whether a request replaces the page in the address bar."""
        return request.mode == 'navigate' and self._page == self._top_level

    def _is_same_site(self, request: Request) -> bool:
        """Whether a request stays within the site of the top-level page, for cookies."""
        same = self._engine.is_same_site_for_cookies
        if self._is_top_level_navigation(request):
            return same(request.url.origin, self._page) and not (
                self._engine.redirects_are_cross_site()
                and redirect_taint(self._page, request.urls, same)
            )
        return (
            same(request.url.origin, self._top_level)
            and same(self._page, self._top_level)
            and not redirect_taint(self._page, request.urls, same)
        )
