# SPDX-License-Identifier: MIT-0
"""Chromium, the engine of Chrome, Edge and Opera: where it leaves the standard."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .engine import Engine
from .exchange import Headers, Pairs
from .headers import combine
from .urls import OPAQUE, Url, is_address, is_local, is_trustworthy, same_origin

#: The values that are safe, by the name of the hint (services/network/public/cpp/cors/cors.cc).
DECIMAL, INTEGER = r'[0-9]+(\.[0-9]+)?', '[0-9]+'
CLIENT_HINTS = {
    'device-memory': DECIMAL,
    'downlink': DECIMAL,
    'dpr': DECIMAL,
    'ect': 'slow-2g|2g|3g|4g',
    'rtt': INTEGER,
    'save-data': '[Oo][Nn]',
    'viewport-width': INTEGER,
    'width': INTEGER,
}
#: What it says of itself with each request but preflights.
BRAND = (
    ('sec-ch-ua-platform', '"Linux"'),
    ('sec-ch-ua', '"Not:A-Brand";v="8", "Chromium";v="156"'),
    ('sec-ch-ua-mobile', '?0'),
)


class Chromium(Engine):
    """Chromium 156."""

    name = 'chromium'
    user_agent = (
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) '
        'Chrome/156.0.0.0 Safari/537.36'
    )

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """User-Agent and well-formed client hints (``Save-Data``, ``DPR``, ...) are safe, too."""
        if name in CLIENT_HINTS:
            return re.fullmatch(CLIENT_HINTS[name], value) is not None and len(value) <= 128
        return name == 'user-agent' or super().is_safelisted_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """Equal names are joined before they are judged, so their values share 128 bytes."""
        return super().unsafe_header_names(combine(headers))

    def hides_origin(self, policy: str, page: str, url: Url) -> bool:
        """No referrer policy hides the Origin."""
        return False

    def is_mixed_content(self, url: Url) -> bool:
        """Pages on https may fetch http from the local network, too, if its user permits it."""
        return super().is_mixed_content(url) and not is_local(url.host)

    def stream_support(self) -> str:
        """A stream needs HTTP/2, which is found out after the preflight."""
        return 'http2'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """Client hints with the browser's brand are sent, too, but not with preflights."""
        hints = [] if preflight or not is_trustworthy(url) else [*BRAND]
        return super().own_headers(url, preflight=preflight) + hints

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """Sec-Fetch-Site of a preflight tells only of its own URL."""
        return super().request_site(page, urls[-1:], 'cors')

    def storage_access(self, *, preflight: bool) -> str:
        """``active``, for third-party cookies work by default; not with preflights."""
        return '' if preflight else 'active'

    def resent_statuses(self) -> set[int]:
        """A request with status 408 is sent again once, too."""
        return {408, 421}

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

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A remembered ``*`` is one only if it was remembered without credentials."""
        stars = set() if include else {('*', False)}
        return {(name, include), (name, True)} | stars

    def location(self, lines: Sequence[str]) -> str | None:
        """Several equal ones count as one; an empty one is none, so the page gets the redirect."""
        return super().location([*dict.fromkeys(lines)]) or None

    def refuses_location_first(self, url: Url | None) -> bool:
        """A malformed Location fails before the CORS check."""
        return url is None

    def refuses_user_names(self, *, cross_origin: bool, tainted: bool, simple: bool) -> bool:
        """A Location never may have a user name."""
        return True

    def shows_redirect_timing(self, *, tao_passed: bool) -> bool:
        """An opaque redirect doesn't show its timing."""
        return False

    def redirect_drops(self, page: str, url: Url, next_url: Url) -> set[str]:
        """A redirect away from the page's origin takes away the client hints, too."""
        hints = set() if same_origin(page, next_url.origin) else CLIENT_HINTS.keys() - {'save-data'}
        return super().redirect_drops(page, url, next_url) | hints

    def cookie_age(self, text: str) -> float | None:
        """Max-Age may have a plus."""
        return super().cookie_age(text.removeprefix('+'))

    def forbids_in_cookies(self, text: str) -> bool:
        """Cookies can't have tabs."""
        return '\t' in text

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
