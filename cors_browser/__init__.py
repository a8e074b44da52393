# SPDX-License-Identifier: MIT-0
"""What a browser would do with your API: the CORS rules of the Fetch Standard, for tests.

Copy this folder. In a test, it acts as the page::

    browser = Browser(app, page='https://app.example.com', api='https://api.example.com')
    reply = browser.fetch('/items/1', method='PUT', json={'name': 'x'}, credentials='include')

It raises :class:`Blocked` if a browser would block it. On the command line, it's the doctor::

    python -m cors_browser https://api.example.com/items --page https://app.example.com

It follows the Fetch Standard (https://fetch.spec.whatwg.org/) step by step. Functions are named
after its algorithms, and ``#names`` are its sections. WSGI and ASGI applications only need the
standard library. Live URLs need `httpx`, and `publicsuffixlist` tells if two hosts are one site.

Not modeled: CSP, HSTS, COEP, Local Network Access, service workers, the HTTP cache.
"""

from .browser import Browser
from .call_options import (
    BeaconOptions,
    EventSourceOptions,
    FetchOptions,
    FormOptions,
    XhrOptions,
)
from .cookies import Cookie, CookieJar
from .engine import Engine
from .engines import PROFILES
from .event_streams import EventStream, ServerSentEvent
from .exchange import Exchange, HeaderNotExposed, Headers, Reply, Step, __version__
from .rules import RULES, Blocked, FetchFailed, Rule, Unreachable
from .sockets import SocketClosed, WebSocket
from .xhr import XhrReply

__all__ = [
    'PROFILES', 'RULES', 'BeaconOptions', 'Blocked', 'Browser', 'Cookie', 'CookieJar', 'Engine',
    'EventSourceOptions', 'EventStream', 'Exchange', 'FetchFailed', 'FetchOptions', 'FormOptions',
    'HeaderNotExposed', 'Headers', 'Reply', 'Rule', 'ServerSentEvent', 'SocketClosed', 'Step',
    'Unreachable', 'WebSocket', 'XhrOptions', 'XhrReply', '__version__',
]  # fmt: skip
