"""The property that ties the project together: a browser reads exactly what the policy allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import falcon
import falcon.asgi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cors import CORSMiddleware, Policy
from cors_browser import Blocked, Browser, Exchange
from tests.unit.cors_strategies import HEADER_NAMES, METHODS, ORIGINS, policies

API = 'https://api.example.com'


def answer(req: falcon.Request, resp: Any, **_: Any) -> None:
    """Answer every method, and say what the policy may expose, and more."""
    resp.media = 'readable'
    for name in ('X-A', 'X-B', 'X-Hidden'):
        resp.set_header(name, '1')


async def answer_async(req: falcon.Request, resp: Any, **_: Any) -> None:
    answer(req, resp)


def middleware_of(policy: Policy) -> CORSMiddleware:
    return CORSMiddleware(
        allow_origins=policy.allow_origins,
        allow_credentials=policy.allow_credentials,
        allow_methods=policy.allow_methods,
        allow_headers=policy.allow_headers,
        expose_headers=policy.expose_headers,
        dangerously_allow_insecure_origins=True,
        dangerously_allow_public_suffixes=True,
    )


def app_of(policy: Policy, interface: str) -> Callable[..., Any]:
    if interface == 'wsgi':
        app = falcon.App(middleware=middleware_of(policy))
        app.add_sink(answer)
        return app
    asgi_app = falcon.asgi.App(middleware=middleware_of(policy))
    asgi_app.add_sink(answer_async)
    return asgi_app


@st.composite
def origins(draw: st.DrawFn, policy: Policy) -> str:
    """Draw an origin that browsers send; often one that the policy has or nearly has."""
    entries = policy.allow_origins if isinstance(policy.allow_origins, tuple) else ()
    near = [
        entry.replace('*.', subdomain).replace(':*', port)
        for entry in entries
        for subdomain in ('app.', 'a.b.', '')
        for port in ('', ':3000')
    ]
    return draw(st.sampled_from(near) | ORIGINS) if near else draw(ORIGINS)


def fetch(browser: Browser, method: str, names: list[str], credentials: bool) -> Exchange:
    headers = dict.fromkeys(names, 'application/json')
    mode = 'include' if credentials else 'omit'
    try:
        return browser.fetch('/x', method, headers=headers, credentials=mode).exchange
    except Blocked as blocked:
        return blocked.exchange


@pytest.mark.parametrize('interface', ['wsgi', 'asgi'])
@given(data=st.data())
def test_a_page_reads_exactly_what_the_policy_allows(interface: str, data: st.DataObject) -> None:
    policy = data.draw(policies())
    page = data.draw(origins(policy))
    method = data.draw(METHODS)
    names = data.draw(st.lists(HEADER_NAMES, max_size=3, unique_by=str.lower))
    credentials = data.draw(st.booleans())
    browser = Browser(app_of(policy, interface), page, api=API)
    browser.cookies.set(API, 'basket=rye; Path=/; Secure; SameSite=None')
    exchange = fetch(browser, method, names, credentials)
    assert exchange.readable is policy.allows(page, method, map(str.lower, names), credentials)
    for step in exchange.preflights:
        assert 'cookie' not in {name.lower() for name, _ in step.request_headers}
    if exchange.readable:
        exposed = {'x-a', 'x-b', 'x-hidden'} & set(exchange.visible_headers)
        assert exposed == {name.lower() for name in policy.expose_headers or ()}
