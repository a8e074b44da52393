# SPDX-License-Identifier: MIT-0
"""Chromium, the engine of Chrome, Edge and Opera: where it differs from the standard."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .engine import Engine
from .exchange import Headers, Pairs
from .headers import combine
from .urls import OPAQUE, Url, is_address, is_local, is_trustworthy, same_origin

#: The safe values of each client hint (services/network/public/cpp/cors/cors.cc).
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
#: How it describes itself in every request except preflights.
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
        """User-Agent and valid client hints (``Save-Data``, ``DPR``, ...) are safe, too."""
        if name in CLIENT_HINTS:
            return re.fullmatch(CLIENT_HINTS[name], value) is not None and len(value) <= 128
        return name == 'user-agent' or super().is_safelisted_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """Values with the same name are joined before the check, so they share the 128 bytes."""
        return super().unsafe_header_names(combine(headers))

    def hides_origin(self, policy: str, page: str, url: Url) -> bool:
        """The referrer policy never hides the Origin."""
        return False

    def is_mixed_content(self, url: Url) -> bool:
        """If the user permits it, https pages can also fetch http from the local network."""
        return super().is_mixed_content(url) and not is_local(url.host)

    def stream_support(self) -> str:
        """A stream needs HTTP/2. Chromium checks that only after the preflight."""
        return 'http2'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """It also sends client hints with the browser's brand, except with preflights."""
        hints = [] if preflight or not is_trustworthy(url) else [*BRAND]
        return super().own_headers(url, preflight=preflight) + hints

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """In a preflight, Sec-Fetch-Site only depends on the preflight's own URL."""
        return super().request_site(page, urls[-1:], 'cors')

    def storage_access(self, *, preflight: bool) -> str:
        """It's ``active``, as third-party cookies work by default. Preflights don't have it."""
        return '' if preflight else 'active'

    def resent_statuses(self) -> set[int]:
        """A request is also repeated once after the status 408."""
        return {408, 421}

    def preflight_checks(self) -> Sequence[str]:
        """A redirected preflight fails before the CORS headers are checked."""
        return 'redirect', 'cors', 'status'

    def wildcard_covers(self, name: str) -> bool:
        """``*`` also allows Authorization: https://github.com/whatwg/fetch/issues/1919."""
        return True

    def max_age(self, headers: Headers) -> float:
        """The limit is two hours. A negative value counts as 0 (preflight_result.cc)."""
        return min(self._max_age(headers, invalid=5, negative=0), 7200)

    def remembers(self, page: str, origin: str) -> bool:
        """Preflights with ``Origin: null`` aren't cached."""
        return origin != OPAQUE

    def forgets(self, code: str) -> bool:
        """A preflight stays cached even if the actual request fails."""
        return False

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A cached ``*`` is a wildcard only if it was cached without credentials."""
        stars = set() if include else {('*', False)}
        return {(name, include), (name, True)} | stars

    def location(self, lines: Sequence[str]) -> str | None:
        """Several equal ones count as one. If it's empty, the page gets the redirect itself."""
        return super().location([*dict.fromkeys(lines)]) or None

    def refuses_location_first(self, url: Url | None) -> bool:
        """A malformed Location fails before the CORS check."""
        return url is None

    def refuses_user_names(self, *, cross_origin: bool, tainted: bool, simple: bool) -> bool:
        """A Location can never contain a user name."""
        return True

    def shows_redirect_timing(self, *, tao_passed: bool) -> bool:
        """The timing of an opaque redirect is never visible."""
        return False

    def redirect_drops(self, page: str, url: Url, next_url: Url) -> set[str]:
        """A redirect away from the page's origin also removes the client hints."""
        hints = set() if same_origin(page, next_url.origin) else CLIENT_HINTS.keys() - {'save-data'}
        return super().redirect_drops(page, url, next_url) | hints

    def cookie_age(self, text: str) -> float | None:
        """Max-Age can begin with a plus sign."""
        return super().cookie_age(text.removeprefix('+'))

    def forbids_in_cookies(self, text: str) -> bool:
        """Cookies can't contain tabs."""
        return '\t' in text

    def is_same_site_resource(self, page: str, url: Url) -> bool:
        """Ports of an IP address are different sites. ``null`` and dotless hosts are one site."""
        if page == OPAQUE:
            return '.' not in url.host
        return super().is_same_site_resource(page, url) and not is_address(url.host)

    def lax_post_seconds(self) -> float:
        """A form on another site sends cookies without SameSite if they're under 2 minutes old."""
        return 120

    def redirects_are_cross_site(self) -> bool:
        """Only the last URL counts, not the redirects that led to it."""
        return False

    def hides_form_origin(self, policy: str, page: str, urls: Sequence[Url]) -> bool:
        """A form that was redirected to another origin has the Origin ``null``."""
        redirected = any(not same_origin(urls[0].origin, url.origin) for url in urls)
        return redirected or super().hides_form_origin(policy, page, urls)
