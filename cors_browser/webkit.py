# SPDX-License-Identifier: MIT-0
"""WebKit, the engine of Safari and of every browser on iOS: where it leaves the standard."""

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
        """The unit of a Range may be in any case: ``Bytes=0-``."""
        return super().is_safelisted_header(name, value.lower() if name == 'range' else value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """Equal names are joined before they are judged, so their values share 128 bytes."""
        return super().unsafe_header_names(combine(headers))

    def is_mixed_content(self, url: Url) -> bool:
        """Pages on https can't fetch http at all, not even from loopback hosts."""
        return True

    def stream_support(self) -> str:
        """A stream can't be a body: fetch() throws."""
        return 'none'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """No ``zstd`` in Accept-Encoding, and ``br`` over https only."""
        codings = 'gzip, deflate, br' if url.scheme == 'https' else 'gzip, deflate'
        headers = dict(super().own_headers(url, preflight=preflight))
        return [*(headers | {'accept-encoding': codings}).items()]

    def request_site(self, page: str, urls: Sequence[Url], mode: str) -> str:
        """Just after a redirect to another origin, CORS requests have no ``Sec-Fetch-*``."""
        if mode == 'cors' and changes_origin(urls):
            return ''
        return super().request_site(page, urls, mode)

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """Sec-Fetch-Site of a preflight compares its Origin with its own URL."""
        return super().request_site(origin, urls[-1:], 'cors')

    def preflight_keeps_referrer(self) -> bool:
        """Preflights after redirects have the Referer of the first URL."""
        return True

    def range_forbids_codings(self, urls: Sequence[Url]) -> bool:
        """Just after a redirect to another origin, parts may be coded."""
        return not changes_origin(urls)

    def accepts_status(self, status: int) -> bool:
        """A response with status 407 is like others."""
        return True

    def needs_preflight_again(self, *, had_one: bool) -> bool:
        """A request with a preflight needs one after every redirect, as a GET, too."""
        return had_one

    def preflight_headers(
        self, headers: Pairs, first_headers: Pairs, *, lost_earlier: bool
    ) -> Pairs:
        """A preflight also lists the headers that redirects took away."""
        return first_headers

    def preflight_checks(self) -> Sequence[str]:
        """The status is judged before the CORS headers."""
        return 'redirect', 'status', 'cors'

    def wildcard_covers(self, name: str) -> bool:
        """``*`` allows Authorization, too: https://github.com/whatwg/fetch/issues/1919."""
        return True

    def max_age(self, headers: Headers) -> float:
        """Ten minutes at most; a negative age counts as 0 (CrossOriginPreflightResultCache.cpp)."""
        return min(self._max_age(headers, invalid=5, negative=0), 600)

    def remembers(self, page: str, origin: str) -> bool:
        """A preflight is not remembered if redirects made its Origin ``null``."""
        return origin != OPAQUE or page == OPAQUE

    def remembers_refusal(self) -> bool:
        """What a preflight allows is remembered, even if it is not enough."""
        return True

    def forgets(self, code: str) -> bool:
        """A preflight is remembered even if the request fails."""
        return False

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A remembered ``*`` covers requests without credentials only."""
        names = {name} if include else {name, '*'}
        return {*itertools.product(names, {include, True})}

    def location(self, lines: Sequence[str]) -> str | None:
        """Several are joined with commas; it is read as Latin-1, and must not be empty."""
        if [*lines] == ['']:
            raise ValueError('it is empty')
        return ', '.join(lines) if lines else None

    def refuses_user_names(self, *, cross_origin: bool, tainted: bool, simple: bool) -> bool:
        """The first Location to another origin may have a user name if it needs a preflight."""
        return tainted or (cross_origin and simple)

    def origin_policy(self, policy: str, redirect_policy: str) -> str:
        """The Referrer-Policy of a redirect does not hide the Origin."""
        return policy

    def redirect_headers(self, headers: Pairs, first_headers: Pairs, *, lost_body: bool) -> Pairs:
        """A second redirect brings back the headers of the body."""
        body_headers = [header for header in first_headers if header[0] in BODY_HEADERS]
        return headers + [header for header in body_headers if lost_body and header not in headers]

    def redirect_method(self, method: str, status: int, *, cross_origin: bool) -> str:
        """DELETE becomes GET if it is redirected to another origin."""
        if cross_origin and method == 'DELETE':
            return 'GET'
        return super().redirect_method(method, status, cross_origin=cross_origin)

    def redirect_needs_credentials(self, credentials: str, *, began_at_home: bool) -> bool | None:
        """If the request began at the page's own origin, redirects need the CORS headers for
        credentials, unless the credentials mode is ``omit``."""
        return credentials != 'omit' if began_at_home else None

    def shows_redirect_timing(self, *, tao_passed: bool) -> bool:
        """An opaque redirect always shows its timing."""
        return True

    def is_same_site_for_cookies(self, first: str, second: str) -> bool:
        """http and https of a host are one site."""
        return same_site(first, second, schemelessly=True)

    def default_same_site(self) -> str:
        """Cookies without SameSite are sent to other sites, too."""
        return 'unset'

    def sends_third_party_cookies(self) -> bool:
        """Cookies of other sites than the top-level page's are blocked."""
        return False

    def is_secure_for_cookies(self, url: Url) -> bool:
        """``Secure`` cookies need https, on loopback hosts, too."""
        return url.scheme == 'https'

    def hides_form_origin(self, policy: str, page: str, urls: Sequence[Url]) -> bool:
        """A form that was redirected to another origin has the Origin ``null``."""
        redirected = any(not same_origin(urls[0].origin, url.origin) for url in urls)
        return redirected or super().hides_form_origin(policy, page, urls)

    def none_needs_secure(self) -> bool:
        """``SameSite=None`` works without ``Secure``."""
        return False
