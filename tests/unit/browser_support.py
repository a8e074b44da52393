"""Sites, clocks and a browser with several servers, for the tests of the browser model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from cors_browser import PROFILES, Blocked, Browser

PAGE = 'https://app.example.com'
API = 'https://api.example.com'
Pairs = list[tuple[str, str]]
#: What a browser that does what the standard says adds to a request of PAGE for API.
OWN_HEADERS = [
    ('user-agent', PROFILES['standard'].user_agent),
    ('accept-language', 'en-US,en;q=0.9'),
    ('accept-encoding', 'gzip, deflate, br, zstd'),
    ('sec-fetch-dest', 'empty'),
    ('sec-fetch-mode', 'cors'),
    ('sec-fetch-site', 'same-site'),
    ('referer', f'{PAGE}/'),
]
CORS_OK = [('Access-Control-Allow-Origin', PAGE), ('Access-Control-Allow-Credentials', 'true')]
METHODS_ALLOWED = 'Access-Control-Allow-Methods'
HEADERS_ALLOWED = 'Access-Control-Allow-Headers'
OTHER = 'https://other.example'
THIRD = 'https://third.example'
SUB = 'https://www.example.com'


class Site:
    """A WSGI application that answers as told, and remembers what it was asked."""

    def __init__(
        self,
        answer: Iterable[tuple[str, str]] = CORS_OK,
        preflight: Iterable[tuple[str, str]] = CORS_OK,
        status: int = 200,
        preflight_status: int = 204,
        paths: Mapping[str, tuple[int, Pairs]] | None = None,
    ) -> None:
        self.actual = (status, [*answer])
        self.preflight = (preflight_status, [*preflight])
        self.paths = paths or {}
        self.seen: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.seen.append(environ)
        if 'HTTP_ACCESS_CONTROL_REQUEST_METHOD' in environ:
            status, headers = self.preflight
        else:
            status, headers = self.paths.get(environ['PATH_INFO'], self.actual)
        start_response(f'{status} Status', headers)
        return [b'body']

    @property
    def methods(self) -> list[str]:
        return [environ['REQUEST_METHOD'] for environ in self.seen]


class Clock:
    """A clock that the test sets."""

    def __init__(self, now: float = 0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def verdict(browser: Browser, url: str = '/', method: str = 'GET', **options: Any) -> str:
    """'ok', or the code of what blocks the fetch."""
    try:
        browser.fetch(url, method, **options)
    except Blocked as blocked:
        return blocked.code
    return 'ok'


def table(cases: list[Any]) -> list[Any]:
    return [pytest.param(*case[1:], id=f'{number}-{case[0]}') for number, case in enumerate(cases)]


def to(
    url: str, *more: tuple[str, str], status: int = 302, origin: str = PAGE
) -> tuple[int, Pairs]:
    return status, [*shared(origin)[1], ('Location', url), *more]


def shared(origin: str) -> tuple[int, Pairs]:
    return 200, [('Access-Control-Allow-Origin', origin), CORS_OK[1]]


def world(*paths: tuple[str, str, tuple[int, Pairs]], page: str = PAGE, **options: Any) -> Browser:
    """A browser with several servers; where nothing is said they share: the API and the page's
    own server with the page, the others, which only redirects lead to, with ``null``."""
    sites = {origin: dict[str, tuple[int, Pairs]]() for origin in (API, OTHER, THIRD, SUB, PAGE)}
    for origin, path, answer in paths:
        sites[origin][path] = answer
    lists = [(METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, 'x-a, authorization, content-type')]
    servers = {}
    for origin, site in sites.items():
        sharing = shared(PAGE if origin in {API, PAGE} else 'null')[1]
        servers[origin] = Site(sharing, [*sharing, *lists], paths=site)
    return Browser(servers.pop(API), page, api=API, hosts=servers, **options)
