# SPDX-License-Identifier: MIT-0
"""What the model doesn't include, listed if it could change the verdict."""

from __future__ import annotations

import ipaddress

from .exchange import Exchange
from .rules import FetchFailed
from .urls import OPAQUE, Url, is_trustworthy, parse_url, same_site


def not_checked(exchange: Exchange, failure: FetchFailed | None = None) -> list[str]:
    """List what isn't modeled but could change the verdict on an exchange."""
    urls = [parse_url(step.url) for step in exchange.steps]
    remarks: list[str] = []
    if failure is None:
        remarks.append("the page's Content-Security-Policy (connect-src)")
        if any(is_private(url) for url in urls) and not is_private_page(exchange.page):
            remarks.append('the permission to access the local network')
    if exchange.credentials == 'include' and not all(
        is_one_site(exchange.page, url.origin) for url in urls
    ):
        remarks.append('whether the browser blocks third-party cookies')
    if any(url.scheme == 'http' and not is_trustworthy(url) for url in urls):
        remarks.append('HSTS and upgrade-insecure-requests, which turn http into https')
    return remarks


def is_private(url: Url) -> bool:
    """Whether a URL points to the local network, or to this machine."""
    host = url.host.strip('[]')
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == 'localhost' or host.endswith(('.localhost', '.local'))
    return address.is_private or address.is_loopback or address.is_link_local


def is_private_page(page: str) -> bool:
    """Whether a page is on the local network itself, where it needs no permission."""
    try:
        return is_private(parse_url(page))
    except ValueError:
        return False


def is_one_site(page: str, origin: str) -> bool:
    """Whether cookies are first-party. Without `publicsuffixlist`, only if that's certain."""
    if OPAQUE in {page, origin}:
        return False
    try:
        return same_site(page, origin)
    except ImportError:
        return page == origin
