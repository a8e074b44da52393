# SPDX-License-Identifier: MIT-0
"""What all requests of a browser share: its servers, their lifespans and an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterable, Callable, Coroutine, Iterator, Mapping
from typing import Any, Self, TypeVar

from .arguments import check_mapping, check_text
from .asgi import AsgiServer
from .bodies import read_stream
from .cookies import CookieJar
from .engine import Engine
from .exchange import Exchange, Reply
from .fetching import Fetcher
from .request import Request
from .rules import FetchFailed
from .servers import Server, run_without_loop
from .targets import Target, in_event_loop
from .urls import Url, check_origin, named_url

T = TypeVar('T')


class Session:
    """A page, the servers that it calls, and a way to run the coroutines that call them.

    Attributes:
        page: The page's origin.
        top_level: The origin in the address bar.
        engine: The engine to model.
        cookies: The browser's cookies.
    """

    page: str
    top_level: str
    engine: Engine
    cookies: CookieJar
    _api: Url
    _fetcher: Fetcher

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self._servers = servers
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifespans = contextlib.AsyncExitStack()
        asgi_servers = (one for one in servers.values() if isinstance(one, AsgiServer))
        self._asgi_servers = [*dict.fromkeys(asgi_servers)]

    def _url(self, url: str) -> Url:
        """Resolve the URL of a call."""
        return named_url('url', url, self._api)

    @contextlib.contextmanager
    def _exchange(self, credentials: str) -> Iterator[Exchange]:
        """A new exchange. A failure carries it, too."""
        exchange = Exchange(self.page, credentials, self.engine.name)
        try:
            yield exchange
        except FetchFailed as failure:
            failure.exchange = exchange
            raise

    async def _fetch(self, url: str, method: str, credentials: str, options: Any) -> Reply:
        """Fetch with valid options."""
        check_text('method', method)
        if isinstance(body := options.get('body'), AsyncIterable):
            options['body'] = await read_stream(body)
        with self._exchange(credentials) as exchange:
            options['credentials'] = credentials
            return await self._fetcher.fetch(Request(exchange, self._url(url), method, **options))

    def _run(
        self,
        name: str,
        counterpart: str,
        start: Callable[[], Coroutine[Any, Any, T]],
        body: object = None,
    ) -> T:
        """Run a coroutine to its end, in an event loop only if it needs one."""
        if in_event_loop():
            fix = f'use {counterpart}'
            raise RuntimeError(f'{name}: an event loop is running in this thread; {fix}')
        if not self._asgi_servers and not isinstance(body, AsyncIterable):
            return run_without_loop(start())
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            weakref.finalize(self, close_loop, self._loop, self._asgi_servers)
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


def close_loop(loop: asyncio.AbstractEventLoop, servers: list[AsgiServer]) -> None:
    """Close the WebSockets that are still open in an event loop, and then the loop."""
    tasks = [task for server in servers for task in server.tasks]
    for task in tasks:
        task.cancel()
    if tasks and not in_event_loop():
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()


def api_url(target: Target, api: str | None) -> Url:
    """The URL of the API: a running server's own, or the one given for an application."""
    if not isinstance(target, str):
        return named_url('api', 'https://api.example.com' if api is None else api)
    if api is not None:
        raise ValueError(f'api: {api!r} is already part of the base URL; omit it')
    return named_url('target', target)


def checked_hosts(
    hosts: Mapping[str, Target] | None, api: str
) -> Iterator[tuple[str, tuple[str, Target]]]:
    """Other servers, by valid origins that differ from the API's."""
    check_mapping('hosts', hosts, 'pass a mapping of origins to applications or to themselves')
    for origin, host in (hosts or {}).items():
        if check_origin('hosts', origin) == api:
            raise ValueError(f'hosts: {origin!r} is already served by `target`; remove it')
        if isinstance(host, str) and named_url('hosts', host).origin != origin:
            raise ValueError(
                f"hosts: {host!r} doesn't have the origin {origin!r}; pass the same origin"
            )
        yield origin, ('hosts', host)
