# SPDX-License-Identifier: MIT-0
"""The headers that browsers add to each request: Fetch Metadata, Referer and their own."""

from __future__ import annotations

import re

from .exchange import Headers, Pairs
from .request import Request
from .urls import DEFAULT_PORTS, Url, is_trustworthy, same_origin, same_site

#: The headers that every request from a browser has.
OWN = re.compile('user-agent|accept-(language|encoding)|sec-.*|referer|priority')


def fetch_metadata(request: Request, *, preflight: bool) -> Pairs:
    """``Sec-Fetch-*``, which only trustworthy URLs get.

    Without the package publicsuffixlist, requests that may be same-site don't get them.
    """
    if not is_trustworthy(request.url):
        return []
    try:
        if preflight:
            site = request.engine.preflight_site(request.page, request.urls, request.origin)
        else:
            site = request.engine.request_site(request.page, request.urls, request.mode)
        is_foreign = not same_site(request.page, request.url.origin, schemelessly=True)
    except ImportError:
        return []
    mode, destination = 'cors' if preflight else request.mode, request.destination or 'empty'
    headers = [('sec-fetch-dest', destination), ('sec-fetch-mode', mode), ('sec-fetch-site', site)]
    access = request.engine.storage_access(preflight=preflight)
    if request.include and is_foreign and access:
        headers.append(('sec-fetch-storage-access', access))
    return headers if site else []


def referrer(policy: str, page: str, url: Url) -> str:
    """The Referer header: the page's origin as a URL, as its path is unknown. Empty for none.

    See https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer.
    """
    if page.partition(':')[0] not in DEFAULT_PORTS or policy == 'no-referrer':
        return ''
    if policy == 'same-origin' and not same_origin(page, url.origin):
        return ''
    is_downgrade = page.startswith('https:') and url.scheme != 'https'
    keeps = {'origin', 'origin-when-cross-origin', 'unsafe-url'}
    return '' if is_downgrade and policy not in keeps else page + '/'


def request_referrer(request: Request, *, preflight: bool) -> str:
    """The Referer of a request. After a hop without one, the next hops don't have one, either."""
    if preflight and request.engine.preflight_keeps_referrer():
        return referrer(request.first_policy, request.page, request.urls[0])
    address = referrer(request.referrer_policy, request.page, request.url)
    request.has_referrer = request.has_referrer and address != ''
    return address if request.has_referrer else ''


def add_browser_headers(request: Request, headers: Pairs, *, preflight: bool) -> None:
    """Append the headers that the browser adds, unless the page sets them itself."""
    added = request.engine.own_headers(request.url, preflight=preflight)
    if 'range' in Headers(headers) and request.engine.range_forbids_codings(request.urls):
        added = [*(dict(added) | {'accept-encoding': 'identity'}).items()]
    added += fetch_metadata(request, preflight=preflight)
    if address := request_referrer(request, preflight=preflight):
        added.append(('referer', address))
    present = Headers(headers)
    headers += [header for header in added if header[0] not in present]
