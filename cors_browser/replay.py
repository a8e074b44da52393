# SPDX-License-Identifier: MIT-0
"""Recorded responses instead of servers, to check a fetch without a network."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from .cookies import CookieJar
from .engines import PROFILES
from .exchange import Answer, Exchange, Headers, Step
from .fetching import Fetcher
from .memory import PreflightCache
from .request import Request
from .rules import FetchFailed, unreachable
from .servers import Send, run_without_loop
from .urls import Url, check_origin, named_url


@dataclass
class Capture:
    """One fetch of a page, from a recording."""

    url: str  #: The URL that the page fetches.
    page: str  #: The page's origin.
    method: str = 'GET'
    headers: list[tuple[str, str]] = field(default_factory=list)  #: The headers that the page sets.
    body: str | bytes | None = None
    mode: str = 'cors'
    credentials: str = 'same-origin'
    top_level: str | None = None
    upload_listener: bool = False
    #: Each response in order, with the method of its request, or '' if that's unknown.
    responses: list[tuple[str, Answer]] = field(default_factory=list)
    #: Whether a preflight without a recorded response passed, because the browser had cached it.
    preflight_passed: bool = False
    error: str = ''  #: The browser's name for the failure, such as ``net::ERR_FAILED``.


class Recording(dict[str, Send]):
    """Servers that send recorded responses, regardless of their origin."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self._responses = [*capture.responses]
        self._preflight_passed = capture.preflight_passed

    def __contains__(self, origin: object) -> bool:
        return True

    def __missing__(self, origin: str) -> Send:
        return self._respond

    async def _respond(self, step: Step, url: Url) -> Answer:
        """Return the next response to a request with this method, without waiting."""
        for number, (method, response) in enumerate(self._responses):
            if method in {'', step.method}:
                del self._responses[: number + 1]
                return response
        if step.preflight and self._preflight_passed:
            return passing(step)
        raise unreachable(step, 'unrecorded', f'{url}: the response to {step.method} is missing')


def passing(step: Step) -> Answer:
    """A response with which a preflight succeeds."""
    sent = Headers(step.request_headers)
    headers = [
        ('access-control-allow-origin', sent['origin']),
        ('access-control-allow-credentials', 'true'),
        ('access-control-allow-methods', sent['access-control-request-method']),
        ('access-control-allow-headers', sent.get('access-control-request-headers', '')),
    ]
    return 204, headers, b''


def judge(capture: Capture, profile: str = 'standard') -> tuple[Exchange, FetchFailed | None]:
    """Return how a recorded fetch ends, without an event loop, a thread or a network.

    Raises:
        ValueError: The URL or the page's origin is malformed.
    """
    page, engine = check_origin('page', capture.page), PROFILES[profile]
    top_level = page if capture.top_level is None else check_origin('top_level', capture.top_level)
    exchange = Exchange(page, capture.credentials, profile)
    jar, cache = CookieJar(engine, time.time), PreflightCache(engine, time.time)
    fetcher = Fetcher(page, top_level, engine, jar, cache, Recording(capture), None)
    try:
        request = Request(
            exchange, named_url('url', capture.url), capture.method, capture.headers,
            capture.body, mode=capture.mode, credentials=capture.credentials,
            upload_listener=capture.upload_listener,
        )  # fmt: skip
        run_without_loop(fetcher.fetch(request))
    except FetchFailed as failure:
        failure.exchange = exchange
        return exchange, failure
    return exchange, None
