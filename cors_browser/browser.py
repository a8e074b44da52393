# SPDX-License-Identifier: MIT-0
"""The browser: a page whose fetches a test makes."""

from __future__ import annotations

import asyncio
import contextlib
import time
import weakref
from collections.abc import AsyncIterable, Callable, Coroutine, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, TypedDict, TypeVar, Unpack

from .arguments import (
    check_bool,
    check_callable,
    check_choice,
    check_mapping,
    check_options,
    check_text,
    check_timeout,
    check_tls,
)
from .asgi import AsgiServer
from .bodies import Body, Files, read_stream
from .cookies import CookieJar
from .engines import PROFILES
from .exchange import Exchange, Reply, Step
from .fetching import Fetcher
from .memory import Clock, PreflightCache
from .request import Request
from .rules import FetchFailed
from .servers import connect, limits_of, run_without_loop
from .targets import Target, in_event_loop
from .urls import Url, check_origin, named_url

if TYPE_CHECKING:
    import ssl

T = TypeVar('T')


class FetchOptions(TypedDict, total=False):
    """The options of a fetch, named as in JavaScript where that has them."""

    #: Names and values; what pages may not set is dropped silently, as there.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    #: Text; bytes, as a ``bytearray`` or ``memoryview``, too; a mapping or a list of pairs (a
    #: ``URLSearchParams``, in which a list of values repeats the field); or an iterable or
    #: asynchronous iterable of bytes (a stream).
    body: Body
    #: Files by field, for a ``FormData``; `body` has its other fields. A file is its content, or
    #: a tuple of its name, its content and perhaps its Content-Type.
    files: Files | None
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
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifespans = contextlib.AsyncExitStack()
        self._api = api_url(target, api)
        targets = {
            self._api.origin: ('target', target),
            **dict(checked_hosts(hosts, self._api.origin)),
        }
        servers = connect(targets, limits_of(timeout, raise_app_exceptions), tls)
        self._fetcher = Fetcher(
            self.page, self.top_level, self.engine, self.cookies,
            PreflightCache(self.engine, clock or time.time),
            {origin: server.send for origin, server in servers.items()}, on_step,
        )  # fmt: skip
        asgi_servers = (one for one in servers.values() if isinstance(one, AsgiServer))
        self._asgi_servers = [*dict.fromkeys(asgi_servers)]

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
        return self._run('fetch', 'afetch', lambda: self.afetch(url, method, **options), options)

    async def afetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Do as :meth:`fetch`, inside a running event loop."""
        check_text('url', url)
        check_text('method', method)
        check_options('fetch', options, FetchOptions.__annotations__)
        credentials = options.get('credentials', 'same-origin')
        if isinstance(body := options.get('body'), AsyncIterable):
            options['body'] = await read_stream(body)
        exchange = Exchange(self.page, credentials, self.engine.name)
        try:
            target = named_url('url', url, self._api)
            request = Request(exchange, target, method, **options)
            return await self._fetcher.fetch(request)
        except FetchFailed as failure:
            failure.exchange = exchange
            raise

    def _run(
        self,
        name: str,
        twin: str,
        start: Callable[[], Coroutine[Any, Any, T]],
        options: FetchOptions | None = None,
    ) -> T:
        """Run a coroutine to its end, in an event loop only if it needs one."""
        if in_event_loop():
            raise RuntimeError(f'{name}: an event loop is running in this thread; use {twin}')
        is_async = isinstance((options or {}).get('body'), AsyncIterable)
        if not self._asgi_servers and not is_async:
            return run_without_loop(start())
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            weakref.finalize(self, self._loop.close)
        return self._loop.run_until_complete(start())

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for server in self._asgi_servers:
                await stack.enter_async_context(server.lifespan())
            self._lifespans = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._lifespans.aclose()

    def __enter__(self) -> Self:
        return self._run('with', 'async with', self.__aenter__)

    def __exit__(self, *_: object) -> None:
        self._run('with', 'async with', self.__aexit__)


def api_url(target: Target, api: str | None) -> Url:
    """The URL of the API: a running server's own, or the one given for an application."""
    if not isinstance(target, str):
        return named_url('api', 'https://api.example.com' if api is None else api)
    if api is not None:
        raise ValueError(f'api: {api!r} next to a base URL, which contains it; leave it out')
    return named_url('target', target)


def checked_hosts(
    hosts: Mapping[str, Target] | None, api: str
) -> Iterator[tuple[str, tuple[str, Target]]]:
    """Further servers, by origins that are well-formed and not the API's."""
    check_mapping('hosts', hosts, 'pass a mapping of origins to applications or to themselves')
    for origin, host in (hosts or {}).items():
        if check_origin('hosts', origin) == api:
            raise ValueError(f'hosts: {origin!r} is what `target` serves; leave it out')
        if isinstance(host, str) and named_url('hosts', host).origin != origin:
            raise ValueError(f'hosts: {host!r} is not of the origin {origin!r}; write it again')
        yield origin, ('hosts', host)
