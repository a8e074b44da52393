# SPDX-License-Identifier: MIT-0
"""The headers that browsers add to each request: Fetch Metadata, Referer and their own."""

from __future__ import annotations

import re

from .exchange import Headers, Pairs
from .request import Request
from .urls import DEFAULT_PORTS, is_trustworthy, same_origin, same_site

#: The headers that each request of a browser has.
OWN = re.compile('user-agent|accept-(language|encoding)|sec-.*|referer|priority')


def site_of(request: Request, *, preflight: bool) -> str:
    """The value of Sec-Fetch-Site: the farthest of all URLs that redirects led to.

    See https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header.
    """
    forgets = preflight and request.engine.preflight_forgets_redirects()
    origins = [url.origin for url in (request.urls[-1:] if forgets else request.urls)]
    if all(same_origin(request.page, origin) for origin in origins):
        return 'same-origin'
    if all(same_site(request.page, origin) for origin in origins):
        return 'same-site'
    return 'cross-site'


def fetch_metadata(request: Request, *, preflight: bool) -> Pairs:
    """``Sec-Fetch-*``; only URLs that are trustworthy get them.

    Without the package publicsuffixlist, requests that may be of the page's site get none.
    """
    if not is_trustworthy(request.url):
        return []
    try:
        site = site_of(request, preflight=preflight)
        is_foreign = not same_site(request.page, request.url.origin, schemelessly=True)
    except ImportError:
        return []
    mode = 'cors' if preflight else request.mode
    destination = request.destination or 'empty'
    headers = [('sec-fetch-dest', destination), ('sec-fetch-mode', mode), ('sec-fetch-site', site)]
    access = request.engine.storage_access(preflight=preflight)
    if request.include and is_foreign and access:
        headers.append(('sec-fetch-storage-access', access))
    return headers


def referrer(request: Request) -> str:
    """The Referer header: the page's origin as a URL, for its path isn't known; empty for none.

    See https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer.
    """
    policy, page, url = request.referrer_policy, request.page, request.url
    if page.partition(':')[0] not in DEFAULT_PORTS or policy == 'no-referrer':
        return ''
    if policy == 'same-origin' and not same_origin(page, url.origin):
        return ''
    is_downgrade = page.startswith('https:') and url.scheme != 'https'
    keeps = {'origin', 'origin-when-cross-origin', 'unsafe-url'}
    return '' if is_downgrade and policy not in keeps else page + '/'


def add_browser_headers(request: Request, headers: Pairs, *, preflight: bool) -> None:
    """Append the headers that the browser adds, unless the page sets them itself."""
    added = request.engine.own_headers(request.url, preflight=preflight)
    if 'range' in Headers(headers):  # of parts, only identity can be put together again
        added = [*(dict(added) | {'accept-encoding': 'identity'}).items()]
    added += fetch_metadata(request, preflight=preflight)
    if address := referrer(request):
        added.append(('referer', address))
    present = Headers(headers)
    headers += [header for header in added if header[0] not in present]
