"""Ask a lesson what a browser would ask."""

from __future__ import annotations

import httpx

from tests.apps import send

API = 'http://api.example.com'
SHOP = 'https://shop.example.com'
STRANGER = 'https://other.example.net'


def ask(
    interface: str, lesson: str, method: str, path: str, origin: str | None = SHOP, **headers: str
) -> httpx.Response:
    """Send a request as a browser would; an underscore in a header's name means a hyphen."""
    sent = {name.replace('_', '-'): value for name, value in headers.items()}
    if origin is not None:
        sent['Origin'] = origin
    return send(interface, lesson, httpx.Request(method, API + path, headers=sent))


def preflight(interface: str, lesson: str, path: str, method: str, origin: str) -> httpx.Response:
    return ask(interface, lesson, 'OPTIONS', path, origin, Access_Control_Request_Method=method)


def cors_headers(response: httpx.Response) -> dict[str, str]:
    return {
        name.removeprefix('access-control-'): value
        for name, value in response.headers.items()
        if name.startswith('access-control-')
    }
