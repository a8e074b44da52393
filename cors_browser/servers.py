# SPDX-License-Identifier: MIT-0
"""How to reach the API: a WSGI or ASGI application, or a live server."""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from .asgi import AsgiServer
from .exchange import Answer, Step
from .targets import Limits, Target, in_event_loop, is_asgi
from .urls import Url, need
from .wsgi import WsgiServer

if TYPE_CHECKING:
    import ssl

T = TypeVar('T')
NULL_BODY_STATUSES = {101, 103, 204, 205, 304}
Send = Callable[[Step, Url], Coroutine[Any, Any, Answer]]
DAY = 86_400.0


class LiveServer:
    """A running server."""

    def __init__(self, limits: Limits, tls: ssl.SSLContext | None) -> None:
        need('httpx', 'call a live URL')
        from .live import call_live  # not at the top: WebAssembly has neither sockets nor ssl

        self.seconds, self.tls = (
            min(limits.seconds, DAY),
            tls,
        )  # sockets don't accept infinite timeouts
        self._call = functools.partial(call_live, self.seconds, tls)

    async def send(self, step: Step, url: Url) -> Answer:
        """Send a request, in its own thread if an event loop is running."""
        if in_event_loop():
            return await asyncio.to_thread(self._call, step, url)
        return self._call(step, url)


Server = AsgiServer | WsgiServer | LiveServer


def connect(
    targets: Mapping[str, tuple[str, Target]], limits: Limits, tls: ssl.SSLContext | None = None
) -> dict[str, Server]:
    """Find out how to reach each server. An application with several origins gets only one.

    Args:
        targets: The name of the argument and the target, by origin.
        limits: The limits for all servers.
        tls: Which certificates of running servers are trusted.

    Returns:
        The servers by origin.
    """
    made: dict[int, Server] = {}
    for argument, target in targets.values():
        if isinstance(target, str):
            made[id(target)] = LiveServer(limits, tls)
        elif id(target) not in made:
            driver = AsgiServer if is_asgi(target, argument) else WsgiServer
            made[id(target)] = driver(target, limits)
    return {origin: made[id(target)] for origin, (_, target) in targets.items()}


def limits_of(timeout: float | None, raise_app_exceptions: bool) -> Limits:
    """The limits from the arguments of a browser."""
    return Limits(math.inf if timeout is None else timeout, raise_app_exceptions)


def run_without_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits: WSGI applications may start event loops of their own."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
