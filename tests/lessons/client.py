"""Call a lesson as a page in a browser does, or with a bare request that follows no CORS rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

import httpx
import pytest

from cors_browser import Blocked, Browser, FetchOptions, Reply, Step
from recording.lessons import API, SHOP, load, send

STRANGER = 'https://other.example.net'


def open_page(interface: str, lesson: str, page: str = SHOP) -> Browser:
    """Open a page that has the lesson as its API."""
    return Browser(load(interface, lesson), page=page, api=API)


def fetch(
    interface: str,
    lesson: str,
    path: str,
    method: str = 'GET',
    page: str = SHOP,
    **options: Unpack[FetchOptions],
) -> Reply:
    """Fetch as a page does; its answer is one that the page may read."""
    return open_page(interface, lesson, page).fetch(path, method, **options)


def blocked(
    interface: str,
    lesson: str,
    path: str,
    method: str = 'GET',
    page: str = SHOP,
    **options: Unpack[FetchOptions],
) -> Blocked:
    """Fetch as a page does; the browser must block it."""
    with pytest.raises(Blocked) as caught:
        fetch(interface, lesson, path, method, page, **options)
    return caught.value


def reads_menu(app: Callable[..., Any], page: str) -> bool:
    """Tell whether a page may read an app's menu; if so, as the answer names its origin."""
    try:
        reply = Browser(app, page=page, api=API).fetch('/menu')
    except Blocked:
        return False
    assert cors_headers(reply.exchange.steps[-1])['allow-origin'] == page
    return reply.ok


def send_bare(
    interface: str, lesson: str, method: str, path: str, origin: str | None = SHOP, **headers: str
) -> httpx.Response:
    """Send one bare request over plain http; an underscore in a header's name means a hyphen."""
    sent = {name.replace('_', '-'): value for name, value in headers.items()}
    if origin is not None:
        sent['Origin'] = origin
    return send(
        interface, lesson, httpx.Request(method, f'http://api.example.com{path}', headers=sent)
    )


def preflight(interface: str, lesson: str, path: str, method: str, origin: str) -> httpx.Response:
    """Send a bare preflight, also where a page's request would need none."""
    return send_bare(
        interface, lesson, 'OPTIONS', path, origin, Access_Control_Request_Method=method
    )


def cors_headers(answer: httpx.Response | Step) -> dict[str, str]:
    headers = answer.response_headers if isinstance(answer, Step) else answer.headers
    return {
        name.removeprefix('access-control-'): value
        for name, value in headers.items()
        if name.startswith('access-control-')
    }
