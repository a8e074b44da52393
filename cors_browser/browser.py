# SPDX-License-Identifier: MIT-0
"""The browser: a page whose fetches a test makes."""

from __future__ import annotations

import asyncio
import contextlib
import time
import weakref
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from .engines import PROFILES
from .exchange import Exchange, Reply, Step
from .fetching import Fetcher
from .memory import Clock, CookieJar, PreflightCache
from .request import Body, Request
from .rules import FetchFailed
from .servers import (
    App,
    Target,
    connect,
    in_event_loop,
    is_asgi,
    lifespan,
    run_without_loop,
)
from .urls import check_origin, named_url

if TYPE_CHECKING:
    import ssl

T = TypeVar('T')


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
        tls: Which certificates of running servers are trusted; the system's by default.
        on_step: Called with each :class:`Step` just before it is sent.

    Raises:
        ValueError: An argument is malformed; the message says how to fix it.
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
        tls: ssl.SSLContext | None = None,
        on_step: Callable[[Step], object] | None = None,
    ) -> None:
        if profile not in PROFILES:
            raise ValueError(f'profile: {profile!r} is unknown; choose one of {tuple(PROFILES)}')
        self.page = check_origin('page', page)
        self.top_level = self.page if top_level is None else check_origin('top_level', top_level)
        self.profile = PROFILES[profile]
        self.cookies = CookieJar(self.profile, clock or time.time)
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
        self._fetcher = Fetcher(
            self.page, self.top_level, self.profile, self.cookies,
            PreflightCache(self.profile, clock or time.time),
            {origin: connect(host, timeout, tls) for origin, host in targets.items()}, on_step,
        )  # fmt: skip
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
            return await self._fetcher.main_fetch(Request(exchange, target, method, **options))
        except FetchFailed as failure:
            failure.exchange = exchange
            raise

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
