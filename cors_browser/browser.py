# SPDX-License-Identifier: MIT-0
"""The browser: a page whose requests a test sends."""

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
    """A page in a browser, modeled on the CORS protocol of the Fetch Standard.

    As a context manager (``with`` or ``async with``), it runs the lifespan of ASGI applications.
    Its attribute ``cookies`` is a :class:`CookieJar`.

    Args:
        target: The API: a WSGI or ASGI application, or the base URL of a running server.
        page: The page's origin, as in ``location.origin``. Use ``null`` for an opaque origin.
        api: The URL of an application, ``https://api.example.com`` by default. Relative URLs
            resolve against it, although a real page would resolve them against itself. Omit it
            if `target` is a base URL.
        hosts: Other servers by origin, for redirects. Each one is an application or, for a running
            server, its origin again.
        top_level: The origin in the address bar, if the page is in a frame. By default, `page`.
        profile: ``standard``, or the browser to follow: one of
            :data:`~cors_browser.engines.PROFILES`.
        clock: Returns the time in seconds since 1970, for caches and cookies.
        timeout: Seconds for each response, or None for no limit. A body that takes longer is
            truncated, and an ASGI application receives ``http.disconnect``. A WSGI application
            is stopped between two chunks of its body.
        raise_app_exceptions: Whether to raise an application's exceptions. Otherwise they are
            logged, and the response is the plain 500 that gunicorn and uvicorn send. It has none
            of the application's headers, so it doesn't have CORS headers, either.
        tls: Which certificates of running servers to trust. By default, those that the system
            trusts.
        on_step: Called with each :class:`Step` right before it is sent.

    Raises:
        TypeError: An argument has the wrong type, or `target` isn't an application.
        ValueError: An argument is malformed; the message says how to fix it.
        ImportError: `target` is a running server, but httpx isn't installed.
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
            url: The URL. A relative one resolves against `api`.
            method: The method. Common ones may be in lower case, but not ``patch``.
            options: See :class:`FetchOptions`.

        Returns:
            What the page can read of the response.

        Raises:
            Blocked: A browser wouldn't allow the page to read the response.
            Unreachable: The server didn't respond.
            TypeError: An option is unknown or has the wrong type.
            ValueError: An option has an unknown value, or the URL is malformed.
            RuntimeError: An event loop is running; use :meth:`afetch`.
        """
        return self._run(
            'fetch', 'afetch', lambda: self.afetch(url, method, **options), options.get('body')
        )

    async def afetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Do the same as :meth:`fetch`, in a running event loop."""
        check_options('fetch', options, FetchOptions.__annotations__)
        credentials = options.get('credentials', 'same-origin')
        return await self._fetch(url, method, credentials, options)
