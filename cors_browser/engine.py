# SPDX-License-Identifier: MIT-0
"""The engine that does what the standard says; each browser's engine overrides some steps."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from .exchange import Headers, Pairs, __version__
from .headers import extract_header_list_values, is_safelisted_request_header
from .rules import ACEH
from .urls import Url, is_trustworthy, same_origin, same_site


class Engine:
    """The steps of the standards in which engines differ, as the standards have them.

    An engine overrides a step and says in its docstring what it does instead; the guide's table is
    made of these docstrings. Sections (``#...``) are those of https://fetch.spec.whatwg.org/.
    """

    #: The name of the profile.
    name = 'standard'
    #: The User-Agent header, unless the page sets it.
    user_agent = f'Mozilla/5.0 (compatible; cors_browser/{__version__})'

    # ---------------------------------------------------------------------------- the request

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """Some values of some headers need no preflight (#cors-safelisted-request-header)."""
        return is_safelisted_request_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """A preflight lists each unsafe name once (#cors-unsafe-request-header-names)."""
        return sorted({*self._unsafe_names(headers)})

    def _unsafe_names(self, headers: Pairs) -> list[str]:
        """The names of the unsafe headers; of all if the safe ones have over 1,024 bytes."""
        safe = [header for header in headers if self.is_safelisted_header(*header)]
        oversize = sum(len(value) for _, value in safe) > 1024
        return [header[0] for header in headers if oversize or header not in safe]

    def hides_origin(self, policy: str, page: str, url: Url) -> bool:
        """The page's referrer policy can turn the Origin of a POST without CORS into ``null``.

        See #append-a-request-origin-header.
        """
        if policy == 'same-origin':
            return not same_origin(page, url.origin)
        if policy.startswith(('strict-', 'no-referrer-when-')):
            return page.startswith('https:') and url.scheme != 'https'
        return policy == 'no-referrer'

    def hides_form_origin(self, policy: str, page: str, urls: Sequence[Url]) -> bool:
        """The referrer policy can turn the Origin of a form into ``null``, too.

        See #append-a-request-origin-header.
        """
        return Engine.hides_origin(self, policy, page, urls[-1])

    def beacon_limit(self) -> float:
        """A beacon of more than 64 KiB isn't sent (#http-network-or-cache-fetch)."""
        return 65_536

    def is_mixed_content(self, url: Url) -> bool:
        """Pages on https may fetch http from loopback hosts only (#main-fetch)."""
        return not is_trustworthy(url)

    def stream_support(self) -> str:
        """A stream can be a body, after a preflight (#concept-bodyinit-extract)."""
        return 'sent'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """Headers of the browser's own: User-Agent, Accept-Language and Accept-Encoding.

        See #http-network-or-cache-fetch.
        """
        return [
            ('user-agent', self.user_agent),
            ('accept-language', 'en-US,en;q=0.9'),
            ('accept-encoding', f'gzip, deflate{", br, zstd" if is_trustworthy(url) else ""}'),
        ]

    def request_site(self, page: str, urls: Sequence[Url], mode: str) -> str:
        """Sec-Fetch-Site tells of the farthest URL that redirects led to (Fetch Metadata)."""
        if all(same_origin(page, url.origin) for url in urls):
            return 'same-origin'
        return 'same-site' if all(same_site(page, url.origin) for url in urls) else 'cross-site'

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """Sec-Fetch-Site of a preflight is that of its request (Fetch Metadata)."""
        return self.request_site(page, urls, 'cors')

    def preflight_keeps_referrer(self) -> bool:
        """The Referer of a preflight is that of its request (#cors-preflight-fetch)."""
        return False

    def range_forbids_codings(self, urls: Sequence[Url]) -> bool:
        """Parts of a body must be uncoded (#http-network-or-cache-fetch)."""
        return True

    def cookie_age(self, text: str) -> float | None:
        """Max-Age has digits, and perhaps a minus before them (RFC 6265bis)."""
        return float(text) if re.fullmatch('-?[0-9]+', text) else None

    def storage_access(self, *, preflight: bool) -> str:
        """No Sec-Fetch-Storage-Access is sent to other sites; no standard has it yet."""
        return ''

    def resent_statuses(self) -> set[int]:
        """A request with status 421 is sent again once (#http-network-or-cache-fetch)."""
        return {421}

    def accepts_status(self, status: int) -> bool:
        """A response with status 407 is a network error (#http-network-or-cache-fetch)."""
        return status != 407

    # --------------------------------------------------------------------------- the preflight

    def needs_preflight_again(self, *, had_one: bool) -> bool:
        """A redirected request needs a preflight only if it is unsafe still (#main-fetch)."""
        return False

    def preflight_headers(
        self, headers: Pairs, first_headers: Pairs, *, lost_earlier: bool
    ) -> Pairs:
        """A preflight after a redirect lists the headers that remain (#cors-preflight-fetch)."""
        return headers

    def preflight_origin(self, page: str, origin: str) -> str:
        """A preflight has the Origin of its request, ``null`` included (#cors-preflight-fetch)."""
        return origin

    def preflight_checks(self) -> Sequence[str]:
        """The CORS check comes before the status of a preflight (#cors-preflight-fetch)."""
        return 'cors', 'redirect', 'status'

    def trusts_preflight(self, page: str, url: Url) -> bool:
        """A preflight to the page's own origin needs CORS headers, too (#cors-preflight-fetch)."""
        return False

    def wildcard_covers(self, name: str) -> bool:
        """``*`` allows every header but Authorization (#cors-non-wildcard-request-header-name)."""
        return name != 'authorization'

    def reported_header(self, missing: Sequence[str], headers: Pairs) -> str:
        """Of several headers that aren't allowed, the console names the page's first."""
        return next((name for name, _ in headers if name in missing), missing[0])

    # --------------------------------------------------------------------- the preflight cache

    def max_age(self, headers: Headers) -> float:
        """Access-Control-Max-Age has no limit; if it is malformed, 5 s (#cors-preflight-fetch)."""
        return self._max_age(headers, invalid=5, negative=5)

    def _max_age(self, headers: Headers, *, invalid: float, negative: float) -> float:
        """The seconds of Access-Control-Max-Age; 5 if it is absent."""
        lines = headers.lines('Access-Control-Max-Age')
        if not any(lines):
            return 5
        number = re.fullmatch('(-?)[0-9]+', lines[0]) if len(lines) == 1 else None
        if number is None:
            return invalid
        return negative if number[1] else float(lines[0])

    def remembers(self, page: str, origin: str) -> bool:
        """Preflights with ``Origin: null`` are remembered like others (#cors-preflight-cache)."""
        return True

    def remembers_refusal(self) -> bool:
        """A preflight that does not allow enough leaves nothing (#cors-preflight-fetch)."""
        return False

    def forgets(self, code: str) -> bool:
        """Whatever fails after a preflight makes the browser forget it (#main-fetch)."""
        return True

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A remembered ``*`` covers other names, and a preflight with credentials also requests
        without (#concept-cache-match-method)."""
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
        """With CORS, a Location must not have a user name (#http-redirect-fetch)."""
        return cross_origin or tainted

    def origin_policy(self, policy: str, redirect_policy: str) -> str:
        """The Referrer-Policy of a redirect can hide the Origin (#http-redirect-fetch)."""
        return redirect_policy

    def redirect_method(self, method: str, status: int, *, cross_origin: bool) -> str:
        """POST becomes GET with 301 and 302, all but HEAD with 303 (#http-redirect-fetch)."""
        if (status in {301, 302} and method == 'POST') or (
            status == 303 and method not in {'GET', 'HEAD'}
        ):
            return 'GET'
        return method

    def redirect_headers(self, headers: Pairs, first_headers: Pairs, *, lost_body: bool) -> Pairs:
        """What a redirect takes away stays away (#http-redirect-fetch)."""
        return headers

    def redirect_drops(self, page: str, url: Url, next_url: Url) -> set[str]:
        """A redirect to another origin takes away Authorization (#http-redirect-fetch)."""
        return set() if same_origin(url.origin, next_url.origin) else {'authorization'}

    def redirect_needs_credentials(self, credentials: str, *, began_at_home: bool) -> bool | None:
        """A redirect that passed the CORS check is not checked again (#http-redirect-fetch)."""
        return None

    # -------------------------------------------------------------------------------- reading

    def exposed_names(self, headers: Headers) -> set[str]:
        """A malformed Access-Control-Expose-Headers exposes nothing (#concept-filtered-response).

        The standard's text says "all" here, which no browser does.
        """
        try:
            return {name.lower() for name in extract_header_list_values(headers, ACEH) or ()}
        except ValueError:
            return set()

    def shows_redirect_timing(self, *, tao_passed: bool) -> bool:
        """An opaque redirect shows its timing if Timing-Allow-Origin allows it (#tao-check)."""
        return tao_passed

    def accepts_credentials(self, lines: Sequence[str]) -> bool:
        """Access-Control-Allow-Credentials is ``true``, on one line (#cors-check)."""
        return [*lines] == ['true']

    def is_same_site_resource(self, page: str, url: Url) -> bool:
        """Ports of an IP address are one site to CORP (#cross-origin-resource-policy-check)."""
        return same_site(page, url.origin, schemelessly=True)

    # -------------------------------------------------------------------------------- cookies

    def is_same_site_for_cookies(self, first: str, second: str) -> bool:
        """http and https of a host are two sites (RFC 6265bis, section 5.2)."""
        return same_site(first, second)

    def default_same_site(self) -> str:
        """Cookies without SameSite are treated as ``SameSite=Lax`` (RFC 6265bis)."""
        return 'lax'

    def redirects_are_cross_site(self) -> bool:
        """A form redirected from another site to the page's own is cross-site (RFC 6265bis)."""
        return True

    def lax_post_seconds(self) -> float:
        """A cookie without SameSite isn't sent with another site's form, unless that is a GET."""
        return 0

    def nameless_cookie(self, text: str) -> tuple[str, str]:
        """A cookie without ``=`` has a value and no name (RFC 6265bis)."""
        return '', text

    def takes_cookie_name(self, name: str) -> bool:
        """A cookie's name may be empty (RFC 6265bis)."""
        return True

    def forbids_in_cookies(self, text: str) -> bool:
        """Of the control characters, cookies may have tabs (RFC 6265bis)."""
        return False

    def none_needs_secure(self) -> bool:
        """``SameSite=None`` needs ``Secure`` (RFC 6265bis)."""
        return True

    def partitions_cookies(self) -> bool:
        """Only ``Partitioned`` cookies belong to the top-level site they were set under.

        See https://datatracker.ietf.org/doc/draft-cutler-httpbis-partitioned-cookies/.
        """
        return False

    def sends_third_party_cookies(self) -> bool:
        """Cookies work on other sites than the top-level page's (RFC 6265bis)."""
        return True

    def is_secure_for_cookies(self, url: Url) -> bool:
        """``Secure`` cookies work on https, and on http to loopback hosts (RFC 6265bis)."""
        return is_trustworthy(url)
