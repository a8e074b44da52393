# SPDX-License-Identifier: MIT-0
"""Redirects: where they lead, and how they change the request."""

from __future__ import annotations

import functools

from .checks import cors_check
from .exchange import Headers, Step, quoted
from .headers import BODY_HEADERS
from .request import Request, preflight_reasons
from .rules import Blocked
from .urls import DEFAULT_PORTS, Url, parse_url, same_origin

REFERRER_POLICIES = {
    'no-referrer', 'no-referrer-when-downgrade', 'origin', 'origin-when-cross-origin',
    'same-origin', 'strict-origin', 'strict-origin-when-cross-origin', 'unsafe-url',
}  # fmt: skip


def location_url(request: Request, step: Step) -> Url | None:
    """The URL of the Location header, or None if there is none (#concept-response-location-url)."""
    try:
        text = request.engine.location(step.response_headers.lines('Location'))
        return None if text is None else parse_url(text, request.url)
    except ValueError as error:
        raise Blocked('redirect-location', f'Location is unusable: {error}', 'Location') from None


def redirect_policy(headers: Headers, policy: str) -> str:
    """The referrer policy after a redirect: the last valid one in its Referrer-Policy, if any.

    See https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header.
    """
    policies = (name.strip().lower() for name in headers.get('Referrer-Policy', '').split(','))
    return ([policy] + [name for name in policies if name in REFERRER_POLICIES])[-1]


def check_redirect(request: Request, status: int, url: Url) -> None:
    """Raise unless a redirect may be followed (#http-redirect-fetch)."""
    cross_origin = request.mode == 'cors' and not same_origin(request.page, url.origin)
    if url.scheme not in DEFAULT_PORTS:
        raise Blocked('redirect-scheme', f'Location leads to {quoted(str(url))}', 'Location')
    if len(request.urls) > 20:
        raise Blocked('redirect-limit', 'this is the 21st redirect', 'Location')
    tainted = request.tainting == 'cors'
    unsafe = request.engine.unsafe_header_names(request.headers)
    if url.userinfo and request.engine.refuses_user_names(
        cross_origin=cross_origin, tainted=tainted, simple=not preflight_reasons(request, unsafe)
    ):
        raise Blocked('redirect-credentials', 'Location has a user name or password', 'Location')
    if status != 303 and request.is_stream:
        reason = f"a redirect with {status} needs the body again, but a stream can't be read twice"
        raise Blocked('redirect-stream-body', reason)


def check_location_early(request: Request, step: Step) -> None:
    """Refuse a Location before the CORS check, in the engines that do so; see Chromium, Firefox."""
    try:
        url = location_url(request, step)
    except Blocked:
        if request.engine.refuses_location_first(None):
            raise
        return
    if url and request.redirect == 'follow' and request.engine.refuses_location_first(url):
        check_redirect(request, step.status, url)


def check_redirect_again(request: Request, step: Step) -> None:
    """Check the CORS headers of a redirect for engines that do so (see WebKit)."""
    include = request.engine.redirect_needs_credentials(
        request.credentials, began_at_home=same_origin(request.page, request.urls[0].origin)
    )
    if include is None or request.tainting != 'cors':
        return
    check = functools.partial(
        cors_check, request.engine, step.response_headers, request.origin, include
    )
    if not request.needs_preflight:
        check()
    request.late_check = check


def http_redirect_fetch(request: Request, step: Step) -> bool:
    """Redirect a request to the Location of its response, if it has one (#http-redirect-fetch)."""
    url, engine = location_url(request, step), request.engine
    if url is None:
        return False
    check_redirect(request, step.status, url)
    headers = engine.redirect_headers(
        request.headers, request.first_headers, lost_body=request.lost_body
    )
    cross_origin = not same_origin(request.url.origin, url.origin)
    method = engine.redirect_method(request.method, step.status, cross_origin=cross_origin)
    dropped = engine.redirect_drops(request.page, request.url, url)
    request.lost_earlier = request.lost_body
    if method != request.method:
        request.method, request.body, request.is_stream = method, None, False
        request.lost_body = True
        dropped |= BODY_HEADERS
    check_redirect_again(request, step)
    request.headers = [header for header in headers if header[0] not in dropped]
    policy = request.origin_policy or request.referrer_policy
    request.referrer_policy = redirect_policy(step.response_headers, request.referrer_policy)
    request.origin_policy = engine.origin_policy(policy, request.referrer_policy)
    request.urls.append(url)
    return True
