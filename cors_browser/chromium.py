# SPDX-License-Identifier: MIT-0
"""Chromium, the engine of Chrome, Edge and Opera: where it leaves the standard."""

from __future__ import annotations

from collections.abc import Sequence

from .engine import Engine
from .exchange import Headers, Pairs
from .headers import combine
from .urls import OPAQUE, Url, is_address, same_origin

CLIENT_HINTS = {
    'device-memory', 'downlink', 'dpr', 'ect', 'rtt', 'save-data', 'viewport-width', 'width',
}  # fmt: skip


class Chromium(Engine):
    """Chromium 156."""

    name = 'chromium'

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """User-Agent and the client hints (``Save-Data``, ``DPR``, ...) are safe, too."""
        safe = name in CLIENT_HINTS or name == 'user-agent'
        return (safe and len(value) <= 128) or super().is_safelisted_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """Equal names are joined before they are judged, so their values share 128 bytes."""
        return super().unsafe_header_names(combine(headers))

    def hides_origin(self, policy: str, page: str, url: Url) -> bool:
        """The referrer policy ``no-referrer`` does not hide the Origin."""
        return policy != 'no-referrer' and super().hides_origin(policy, page, url)

    def preflight_checks(self) -> Sequence[str]:
        """A redirect is refused before the CORS headers are read."""
        return 'redirect', 'cors', 'status'

    def wildcard_covers(self, name: str) -> bool:
        """``*`` allows Authorization, too: https://github.com/whatwg/fetch/issues/1919."""
        return True

    def max_age(self, headers: Headers) -> float:
        """Two hours at most; a negative age counts as 0 (preflight_result.cc)."""
        return min(self._max_age(headers, invalid=5, negative=0), 7200)

    def remembers(self, page: str, origin: str) -> bool:
        """A preflight with ``Origin: null`` is not remembered."""
        return origin != OPAQUE

    def forgets(self, code: str) -> bool:
        """A preflight is remembered even if the request fails."""
        return False

    def redirect_drops(self, page: str, url: Url, next_url: Url) -> set[str]:
        """A redirect away from the page's origin takes away the client hints, too."""
        hints = set() if same_origin(page, next_url.origin) else CLIENT_HINTS - {'save-data'}
        return super().redirect_drops(page, url, next_url) | hints

    def is_same_site_resource(self, page: str, url: Url) -> bool:
        """Ports of an IP address are different sites; ``null`` is one site with dotless hosts."""
        if page == OPAQUE:
            return '.' not in url.host
        return super().is_same_site_resource(page, url) and not is_address(url.host)

    def lax_post_seconds(self) -> float:
        """A form of another site sends cookies without SameSite until they are 2 minutes old."""
        return 120

    def redirects_are_cross_site(self) -> bool:
        """Only the last URL counts, not those that redirected to it."""
        return False

    def hides_form_origin(self, policy: str, page: str, urls: Sequence[Url]) -> bool:
        """A form that was redirected to another origin has the Origin ``null``."""
        redirected = any(not same_origin(urls[0].origin, url.origin) for url in urls)
        return redirected or super().hides_form_origin(policy, page, urls)
