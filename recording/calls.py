"""Call an application in this process, whatever its interface."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from cors_browser.targets import is_asgi


def call(app: Any, *requests: httpx.Request, raises: bool = True) -> list[httpx.Response]:
    """Send requests to an application, one after the other.

    Args:
        app: A WSGI or an ASGI application.
        requests: Their URLs are absolute.
        raises: Whether an exception of the application comes through, or becomes a 500.
    """
    if not is_asgi(app):
        wsgi = httpx.WSGITransport(app, raise_app_exceptions=raises)
        with httpx.Client(transport=wsgi) as client:
            return [client.send(request) for request in requests]

    async def send_all() -> list[httpx.Response]:
        asgi = httpx.ASGITransport(app, raise_app_exceptions=raises)
        async with httpx.AsyncClient(transport=asgi) as client:
            return [await client.send(request) for request in requests]

    return asyncio.run(send_all())
