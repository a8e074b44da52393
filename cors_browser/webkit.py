# SPDX-License-Identifier: MIT-0
"""WebKit, the engine of Safari and of every browser on iOS: where it differs from the standard."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .engine import Engine
from .exchange import Headers, Pairs
from .headers import BODY_HEADERS, combine
from .urls import OPAQUE, Url, same_origin, same_site


def changes_origin(urls: Sequence[Url]) -> bool:
    """Whether the last redirect led to another origin."""
    return len(urls) > 1 and not same_origin(urls[-2].origin, urls[-1].origin)


class WebKit(Engine):
    """WebKitGTK 2.50."""

    name = 'webkit'
    user_agent = (
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) '
        'Version/60.5 Safari/605.1.15'
    )

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """The unit of a Range can be in any case: ``Bytes=0-``."""
        return super().is_safelisted_header(name, value.lower() if name == 'range' else value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """Values with the same name are joined before the check, so they share the 128 bytes."""
        return super().unsafe_header_names(combine(headers))

    def is_mixed_content(self, url: Url) -> bool:
        """https pages can't fetch http at all, not even from loopback hosts."""
        return True

    def stream_support(self) -> str:
        """A stream can't be a body. fetch() throws an exception."""
        return 'none'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """Accept-Encoding never contains ``zstd``, and contains ``br`` only over https."""
        codings = 'gzip, deflate, br' if url.scheme == 'https' else 'gzip, deflate'
        headers = dict(super().own_headers(url, preflight=preflight))
        return [*(headers | {'accept-encoding': codings}).items()]

    def request_site(self, page: str, urls: Sequence[Url], mode: str) -> str:
        """Right after a redirect to another origin, CORS requests don't have ``Sec-Fetch-*``."""
        if mode == 'cors' and changes_origin(urls):
            return ''
        return super().request_site(page, urls, mode)

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """In a preflight, Sec-Fetch-Site compares its Origin with its own URL."""
        return super().request_site(origin, urls[-1:], 'cors')

    def preflight_keeps_referrer(self) -> bool:
        """Preflights after redirects have the Referer for the first URL."""
        return True

    def range_forbids_codings(self, urls: Sequence[Url]) -> bool:
        """Right after a redirect to another origin, parts can be encoded."""
        return not changes_origin(urls)

    def accepts_status(self, status: int) -> bool:
        """A response with the status 407 is treated like any other."""
        return True

    def needs_preflight_again(self, *, had_one: bool) -> bool:
        """A request with a preflight needs another one after every redirect, even as a GET."""
        return had_one

    def preflight_headers(
        self, headers: Pairs, first_headers: Pairs, *, lost_earlier: bool
    ) -> Pairs:
        """A preflight also lists the headers that redirects removed."""
        return first_headers

    def preflight_checks(self) -> Sequence[str]:
        """The status is checked before the CORS headers."""
        return 'redirect', 'status', 'cors'

    def wildcard_covers(self, name: str) -> bool:
        """``*`` also allows Authorization: https://github.com/whatwg/fetch/issues/1919."""
        return True

    def max_age(self, headers: Headers) -> float:
        """At most ten minutes. Negative values count as 0 (CrossOriginPreflightResultCache.cpp)."""
        return min(self._max_age(headers, invalid=5, negative=0), 600)

    def remembers(self, page: str, origin: str) -> bool:
        """A preflight isn't cached if redirects have changed its Origin to ``null``."""
        return origin != OPAQUE or page == OPAQUE

    def remembers_refusal(self) -> bool:
        """A preflight is cached even if it doesn't allow the request."""
        return True

    def forgets(self, code: str) -> bool:
        """A preflight stays cached even if the actual request fails."""
        return False

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A cached ``*`` only covers requests without credentials."""
        names = {name} if include else {name, '*'}
        return {*itertools.product(names, {include, True})}

    def location(self, lines: Sequence[str]) -> str | None:
        """Several ones are joined with commas. It's read as Latin-1, and can't be empty."""
        if [*lines] == ['']:
            raise ValueError('it is empty')
        return ', '.join(lines) if lines else None

    def refuses_user_names(self, *, cross_origin: bool, tainted: bool, simple: bool) -> bool:
        """The first Location to another origin can have a user name if it needs a preflight."""
        return tainted or (cross_origin and simple)

    def origin_policy(self, policy: str, redirect_policy: str) -> str:
        """A redirect's Referrer-Policy doesn't hide the Origin."""
        return policy

    def redirect_headers(self, headers: Pairs, first_headers: Pairs, *, lost_body: bool) -> Pairs:
        """A second redirect restores the headers of the body."""
        body_headers = [header for header in first_headers if header[0] in BODY_HEADERS]
        return headers + [header for header in body_headers if lost_body and header not in headers]

    def redirect_method(self, method: str, status: int, *, cross_origin: bool) -> str:
        """DELETE becomes GET if it's redirected to another origin."""
        if cross_origin and method == 'DELETE':
            return 'GET'
        return super().redirect_method(method, status, cross_origin=cross_origin)

    def redirect_needs_credentials(self, credentials: str, *, began_at_home: bool) -> bool | None:
        """If the request started at the page's own origin, redirects need the CORS headers for
        credentials, unless the credentials mode is ``omit``."""
        return credentials != 'omit' if began_at_home else None

    def shows_redirect_timing(self, *, tao_passed: bool) -> bool:
        """The timing of an opaque redirect is always visible."""
        return True

    def is_same_site_for_cookies(self, first: str, second: str) -> bool:
        """http and https of a host are one site."""
        return same_site(first, second, schemelessly=True)

    def default_same_site(self) -> str:
        """Cookies without SameSite are also sent to other sites."""
        return 'unset'

    def sends_third_party_cookies(self) -> bool:
        """All cookies of sites other than the top-level page's are blocked."""
        return False

    def is_secure_for_cookies(self, url: Url) -> bool:
        """``Secure`` cookies need https, even on loopback hosts."""
        return url.scheme == 'https'

    def hides_form_origin(self, policy: str, page: str, urls: Sequence[Url]) -> bool:
        """A form that was redirected to another origin has the Origin ``null``."""
        redirected = any(not same_origin(urls[0].origin, url.origin) for url in urls)
        return redirected or super().hides_form_origin(policy, page, urls)

    def none_needs_secure(self) -> bool:
        """``SameSite=None`` works without ``Secure``."""
        return False
