# SPDX-License-Identifier: MIT-0
"""The browser: a page whose requests a test makes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Unpack

from .arguments import (
    check_bool,
    check_callable,
    check_choice,
    check_options,
    check_timeout,
    check_tls,
)
from .call_options import FetchOptions
from .cookies import CookieJar
from .engines import PROFILES
from .exchange import Reply, Step
from .fetching import Fetcher
from .memory import Clock, PreflightCache
from .page_apis import PageApis
from .servers import connect, limits_of
from .session import api_url, checked_hosts
from .targets import Target
from .urls import check_origin

if TYPE_CHECKING:
    import ssl


class Browser(PageApis):
    """A page in a browser, as far as the Fetch Standard's CORS protocol goes.

    As a context manager (``with`` or ``async with``) it runs the lifespan of ASGI applications.
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
        timeout: Seconds for each response, or None for no limit. A body that doesn't end by
            then is cut, and an ASGI application receives ``http.disconnect``. A WSGI application
            is stopped between two chunks of its body.
        raise_app_exceptions: Whether an application's exception comes through. If not, it is
            logged and becomes the bare 500 that gunicorn and uvicorn send: without the headers of
            the application, so without CORS headers.
        tls: Which certificates of running servers are trusted; the system's by default.
        on_step: Called with each :class:`Step` just before it is sent.

    Raises:
        TypeError: An argument has a wrong type, or `target` isn't an application.
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
        timeout: float | None = 10,
        raise_app_exceptions: bool = True,
        tls: ssl.SSLContext | None = None,
        on_step: Callable[[Step], object] | None = None,
    ) -> None:
        check_choice('profile', profile, PROFILES)
        check_callable('clock', clock)
        check_timeout(timeout)
        check_bool('raise_app_exceptions', raise_app_exceptions)
        check_tls(tls)
        check_callable('on_step', on_step)
        self.page = check_origin('page', page)
        self.top_level = self.page if top_level is None else check_origin('top_level', top_level)
        self.engine = PROFILES[profile]
        self.cookies = CookieJar(self.engine, clock or time.time)
        self._api = api_url(target, api)
        targets = {
            self._api.origin: ('target', target),
            **dict(checked_hosts(hosts, self._api.origin)),
        }
        super().__init__(connect(targets, limits_of(timeout, raise_app_exceptions), tls))
        self._fetcher = Fetcher(
            self.page, self.top_level, self.engine, self.cookies,
            PreflightCache(self.engine, clock or time.time),
            {origin: server.send for origin, server in self._servers.items()}, on_step,
        )  # fmt: skip

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
            TypeError: An option is unknown or has a wrong type.
            ValueError: An option has an unknown value, or the URL is malformed.
            RuntimeError: An event loop is running; use :meth:`afetch`.
        """
        return self._run(
            'fetch', 'afetch', lambda: self.afetch(url, method, **options), options.get('body')
        )

    async def afetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Do as :meth:`fetch`, inside a running event loop."""
        check_options('fetch', options, FetchOptions.__annotations__)
        credentials = options.get('credentials', 'same-origin')
        return await self._fetch(url, method, credentials, options)
