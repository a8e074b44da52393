# SPDX-License-Identifier: MIT-0
"""The engine that follows the standard. Each browser's engine overrides some of its steps."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from .exchange import Headers, Pairs, __version__
from .headers import extract_header_list_values, is_safelisted_request_header
from .rules import ACEH
from .urls import Url, is_trustworthy, same_origin, same_site


class Engine:
    """The steps in which engines differ, as the standards define them.

    An engine overrides a step, and its docstring says what it does instead. The guide's table is
    built from these docstrings. Sections (``#...``) refer to https://fetch.spec.whatwg.org/.
    """

    #: The name of the profile.
    name = 'standard'
    #: The User-Agent header, unless the page sets it.
    user_agent = f'Mozilla/5.0 (compatible; cors_browser/{__version__})'

    # ---------------------------------------------------------------------------- the request

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """Certain values of certain headers need no preflight (#cors-safelisted-request-header)."""
        return is_safelisted_request_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """A preflight lists each unsafe name once (#cors-unsafe-request-header-names)."""
        return sorted({*self._unsafe_names(headers)})

    def _unsafe_names(self, headers: Pairs) -> list[str]:
        """The names of unsafe headers, or of all headers if the safe ones exceed 1,024 bytes."""
        safe = [header for header in headers if self.is_safelisted_header(*header)]
        oversize = sum(len(value) for _, value in safe) > 1024
        return [header[0] for header in headers if oversize or header not in safe]

    def hides_origin(self, policy: str, page: str, url: Url) -> bool:
        """The page's referrer policy can change the Origin of a POST without CORS to ``null``.

        See #append-a-request-origin-header.
        """
        if policy == 'same-origin':
            return not same_origin(page, url.origin)
        if policy.startswith(('strict-', 'no-referrer-when-')):
            return page.startswith('https:') and url.scheme != 'https'
        return policy == 'no-referrer'

    def hides_form_origin(self, policy: str, page: str, urls: Sequence[Url]) -> bool:
        """The referrer policy can also change the Origin of a form to ``null``.

        See #append-a-request-origin-header.
        """
        return Engine.hides_origin(self, policy, page, urls[-1])

    def beacon_limit(self) -> float:
        """A beacon of more than 64 KiB isn't sent (#http-network-or-cache-fetch)."""
        return 65_536

    def is_mixed_content(self, url: Url) -> bool:
        """https pages can fetch http only from loopback hosts (#main-fetch)."""
        return not is_trustworthy(url)

    def stream_support(self) -> str:
        """A stream can be a body, after a preflight (#concept-bodyinit-extract)."""
        return 'sent'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """The browser's own headers: User-Agent, Accept-Language and Accept-Encoding.

        See #http-network-or-cache-fetch.
        """
        return [
            ('user-agent', self.user_agent),
            ('accept-language', 'en-US,en;q=0.9'),
            ('accept-encoding', f'gzip, deflate{", br, zstd" if is_trustworthy(url) else ""}'),
        ]

    def request_site(self, page: str, urls: Sequence[Url], mode: str) -> str:
        """Sec-Fetch-Site reflects the most distant URL among the redirects (Fetch Metadata)."""
        if all(same_origin(page, url.origin) for url in urls):
            return 'same-origin'
        return 'same-site' if all(same_site(page, url.origin) for url in urls) else 'cross-site'

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """A preflight has the same Sec-Fetch-Site as its request (Fetch Metadata)."""
        return self.request_site(page, urls, 'cors')

    def preflight_keeps_referrer(self) -> bool:
        """A preflight has the same Referer as its request (#cors-preflight-fetch)."""
        return False

    def range_forbids_codings(self, urls: Sequence[Url]) -> bool:
        """Parts of a body can't be encoded (#http-network-or-cache-fetch)."""
        return True

    def cookie_age(self, text: str) -> float | None:
        """Max-Age consists of digits, optionally with a minus sign (RFC 6265bis)."""
        return float(text) if re.fullmatch('-?[0-9]+', text) else None

    def storage_access(self, *, preflight: bool) -> str:
        """Sec-Fetch-Storage-Access isn't sent to other sites, as no standard defines it yet."""
        return ''

    def resent_statuses(self) -> set[int]:
        """A request is repeated once after the status 421 (#http-network-or-cache-fetch)."""
        return {421}

    def accepts_status(self, status: int) -> bool:
        """A response with the status 407 is a network error (#http-network-or-cache-fetch)."""
        return status != 407

    # --------------------------------------------------------------------------- the preflight

    def needs_preflight_again(self, *, had_one: bool) -> bool:
        """A redirected request needs a preflight only if it's still unsafe (#main-fetch)."""
        return False

    def preflight_headers(
        self, headers: Pairs, first_headers: Pairs, *, lost_earlier: bool
    ) -> Pairs:
        """A preflight after a redirect lists the headers that remain (#cors-preflight-fetch)."""
        return headers

    def preflight_origin(self, page: str, origin: str) -> str:
        """A preflight has its request's Origin, even ``null`` (#cors-preflight-fetch)."""
        return origin

    def preflight_checks(self) -> Sequence[str]:
        """The CORS check comes before the status of a preflight (#cors-preflight-fetch)."""
        return 'cors', 'redirect', 'status'

    def trusts_preflight(self, page: str, url: Url) -> bool:
        """Even a preflight to the page's own origin needs CORS headers (#cors-preflight-fetch)."""
        return False

    def wildcard_covers(self, name: str) -> bool:
        """``*`` allows all headers but Authorization (#cors-non-wildcard-request-header-name)."""
        return name != 'authorization'

    def reported_header(self, missing: Sequence[str], headers: Pairs) -> str:
        """If several headers aren't allowed, the console names the first one that the page set."""
        return next((name for name, _ in headers if name in missing), missing[0])

    # --------------------------------------------------------------------- the preflight cache

    def max_age(self, headers: Headers) -> float:
        """Access-Control-Max-Age has no limit. Malformed ones mean 5 s (#cors-preflight-fetch)."""
        return self._max_age(headers, invalid=5, negative=5)

    def _max_age(self, headers: Headers, *, invalid: float, negative: float) -> float:
        """The seconds of Access-Control-Max-Age, or 5 if it's missing."""
        lines = headers.lines('Access-Control-Max-Age')
        if not any(lines):
            return 5
        number = re.fullmatch('(-?)[0-9]+', lines[0]) if len(lines) == 1 else None
        if number is None:
            return invalid
        return negative if number[1] else float(lines[0])

    def remembers(self, page: str, origin: str) -> bool:
        """Preflights with ``Origin: null`` are cached like any others (#cors-preflight-cache)."""
        return True

    def remembers_refusal(self) -> bool:
        """A preflight that doesn't allow the request isn't cached (#cors-preflight-fetch)."""
        return False

    def forgets(self, code: str) -> bool:
        """Any failure after a preflight clears its cache entry (#main-fetch)."""
        return True

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A cached ``*`` covers other names, and a preflight with credentials also covers requests
        without them (#concept-cache-match-method)."""
        names = {name, '*'} if self.wildcard_covers(name) else {name}
        return {*itertools.product(names, {include, True})}

    # ------------------------------------------------------------------------------- redirects

    def location(self, lines: Sequence[str]) -> str | None:
        """A redirect needs one Location, in UTF-8 (#concept-response-location-url).

        Raises:
            ValueError: There are several.
        """
        if len(lines) > 1:
            raise ValueError(f'there are {len(lines)} of them')
        return lines[0].encode('latin-1').decode('utf-8', 'replace') if lines else None

    def refuses_location_first(self, url: Url | None) -> bool:
        """A redirect must pass the CORS check before its Location is read (#http-fetch)."""
        return False

    def refuses_user_names(self, *, cross_origin: bool, tainted: bool, simple: bool) -> bool:
        """With CORS, a Location can't contain a user name (#http-redirect-fetch)."""
        return cross_origin or tainted

    def origin_policy(self, policy: str, redirect_policy: str) -> str:
        """A redirect's Referrer-Policy can hide the Origin (#http-redirect-fetch)."""
        return redirect_policy

    def redirect_method(self, method: str, status: int, *, cross_origin: bool) -> str:
        """301 and 302 change POST to GET, 303 changes all but HEAD (#http-redirect-fetch)."""
        if (status in {301, 302} and method == 'POST') or (
            status == 303 and method not in {'GET', 'HEAD'}
        ):
            return 'GET'
        return method

    def redirect_headers(self, headers: Pairs, first_headers: Pairs, *, lost_body: bool) -> Pairs:
        """Headers that a redirect removed don't come back (#http-redirect-fetch)."""
        return headers

    def redirect_drops(self, page: str, url: Url, next_url: Url) -> set[str]:
        """A redirect to another origin removes Authorization (#http-redirect-fetch)."""
        return set() if same_origin(url.origin, next_url.origin) else {'authorization'}

    def redirect_needs_credentials(self, credentials: str, *, began_at_home: bool) -> bool | None:
        """A redirect that passed the CORS check isn't checked again (#http-redirect-fetch)."""
        return None

    # -------------------------------------------------------------------------------- reading

    def exposed_names(self, headers: Headers) -> set[str]:
        """A malformed Access-Control-Expose-Headers exposes nothing (#concept-filtered-response).

        The text of the standard says "all" here, but no browser does that.
        """
        try:
            return {name.lower() for name in extract_header_list_values(headers, ACEH) or ()}
        except ValueError:
            return set()

    def shows_redirect_timing(self, *, tao_passed: bool) -> bool:
        """Timing-Allow-Origin can make the timing of an opaque redirect visible (#tao-check)."""
        return tao_passed

    def accepts_credentials(self, lines: Sequence[str]) -> bool:
        """Access-Control-Allow-Credentials is ``true``, in a single line (#cors-check)."""
        return [*lines] == ['true']

    def is_same_site_resource(self, page: str, url: Url) -> bool:
        """All ports of an IP address are one site (#cross-origin-resource-policy-check)."""
        return same_site(page, url.origin, schemelessly=True)

    # -------------------------------------------------------------------------------- cookies

    def is_same_site_for_cookies(self, first: str, second: str) -> bool:
        """http and https of a host are two sites (RFC 6265bis, section 5.2)."""
        return same_site(first, second)

    def default_same_site(self) -> str:
        """Cookies without SameSite are treated as ``SameSite=Lax`` (RFC 6265bis)."""
        return 'lax'

    def redirects_are_cross_site(self) -> bool:
        """A form that another site redirects to the page's own site is cross-site (RFC 6265bis)."""
        return True

    def lax_post_seconds(self) -> float:
        """A form on another site doesn't send cookies without SameSite, unless it's a GET."""
        return 0

    def nameless_cookie(self, text: str) -> tuple[str, str]:
        """A cookie without ``=`` has a value but no name (RFC 6265bis)."""
        return '', text

    def takes_cookie_name(self, name: str) -> bool:
        """A cookie's name can be empty (RFC 6265bis)."""
        return True

    def forbids_in_cookies(self, text: str) -> bool:
        """Tabs are the only control characters that cookies can contain (RFC 6265bis)."""
        return False

    def none_needs_secure(self) -> bool:
        """``SameSite=None`` needs ``Secure`` (RFC 6265bis)."""
        return True

    def partitions_cookies(self) -> bool:
        """Only ``Partitioned`` cookies belong to the top-level site on which they were set.

        See https://datatracker.ietf.org/doc/draft-cutler-httpbis-partitioned-cookies/.
        """
        return False

    def sends_third_party_cookies(self) -> bool:
        """Cookies also work on sites other than the top-level page's (RFC 6265bis)."""
        return True

    def is_secure_for_cookies(self, url: Url) -> bool:
        """``Secure`` cookies work with https, and with http on loopback hosts (RFC 6265bis)."""
        return is_trustworthy(url)
