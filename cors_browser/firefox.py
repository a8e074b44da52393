# SPDX-License-Identifier: MIT-0
"""Firefox and its engine, Gecko: where it differs from the standard."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from .engine import Engine
from .exchange import Headers, Pairs
from .headers import BODY_HEADERS, TOKEN
from .rules import ACEH
from .urls import Url, registrable_domain, same_origin, same_site


class Firefox(Engine):
    """Firefox 153 ESR."""

    name = 'firefox'
    user_agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """Accept and Content-Type must be ASCII, and Content-Type can't contain a comma."""
        if (name in {'accept', 'content-type'} and not value.isascii()) or (
            name == 'content-type' and ',' in value
        ):
            return False
        return super().is_safelisted_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """A preflight lists a name as many times as the page sets it. The total size of safe
        headers isn't limited."""
        return sorted(self._unsafe_names(headers))

    def stream_support(self) -> str:
        """A stream is sent as the text ``[object ReadableStream]``."""
        return 'text'

    def own_headers(self, url: Url, *, preflight: bool) -> Pairs:
        """It also sends ``Priority: u=4``."""
        return [*super().own_headers(url, preflight=preflight), ('priority', 'u=4')]

    def storage_access(self, *, preflight: bool) -> str:
        """It's ``none``, because cookies belong to the top-level site. Preflights have it, too."""
        return 'none'

    def accepts_status(self, status: int) -> bool:
        """A response with the status 407 is treated like any other."""
        return True

    def _unsafe_names(self, headers: Pairs) -> list[str]:
        """The total size isn't limited to 1,024 bytes."""
        return [header[0] for header in headers if not self.is_safelisted_header(*header)]

    def request_site(self, page: str, urls: Sequence[Url], mode: str) -> str:
        """After redirects, hosts without a registrable domain are cross-site, unless they belong
        to the page's origin."""
        site = super().request_site(page, urls, mode)
        is_bare = len(urls) > 1 and registrable_domain(urls[-1].host) is None
        return 'cross-site' if is_bare and site == 'same-site' else site

    def preflight_site(self, page: str, urls: Sequence[Url], origin: str) -> str:
        """In a preflight, Sec-Fetch-Site only depends on the preflight's own URL."""
        return super().request_site(page, urls[-1:], 'cors')

    def preflight_headers(
        self, headers: Pairs, first_headers: Pairs, *, lost_earlier: bool
    ) -> Pairs:
        """A preflight also lists the headers of a body that an earlier redirect removed."""
        lost = [header for header in first_headers if header[0] in BODY_HEADERS]
        return headers + [header for header in lost if lost_earlier and header not in headers]

    def refuses_location_first(self, url: Url | None) -> bool:
        """A malformed Location, or a ``data:`` URL, fails before the CORS check."""
        return url is None or url.scheme == 'data'

    def needs_preflight_again(self, *, had_one: bool) -> bool:
        """A request with a preflight needs another one after every redirect, even as a GET."""
        return had_one

    def preflight_origin(self, page: str, origin: str) -> str:
        """A preflight has the page's origin, even if the request's is ``null`` after redirects."""
        return page

    def trusts_preflight(self, page: str, url: Url) -> bool:
        """A preflight to the page's own origin succeeds without CORS headers."""
        return same_origin(page, url.origin)

    def reported_header(self, missing: Sequence[str], headers: Pairs) -> str:
        """The console names the first one in alphabetical order."""
        return missing[0]

    def wildcard_covers(self, name: str) -> bool:
        """``*`` also allows Authorization: https://github.com/whatwg/fetch/issues/1919."""
        return True

    def max_age(self, headers: Headers) -> float:
        """The limit is one day. A malformed value counts as 0 (nsCORSListenerProxy.cpp)."""
        return min(self._max_age(headers, invalid=0, negative=0), 86400)

    def forgets(self, code: str) -> bool:
        """A failure clears the cache entry, unless it's a redirect that the page didn't want."""
        return code != 'redirect-mode'

    def covering_entries(self, name: str, *, include: bool) -> set[tuple[str, bool]]:
        """A cached ``*`` doesn't cover other names, and requests with credentials have their own
        cache."""
        return {(name, include)}

    def location(self, lines: Sequence[str]) -> str | None:
        """Several equal ones count as one."""
        return super().location([*dict.fromkeys(lines)])

    def redirect_headers(self, headers: Pairs, first_headers: Pairs, *, lost_body: bool) -> Pairs:
        """A second redirect restores Authorization, but not the headers of the body."""
        if lost_body:
            return [header for header in first_headers if header[0] not in BODY_HEADERS]
        return first_headers

    def exposed_names(self, headers: Headers) -> set[str]:
        """``*`` before a malformed name exposes every header."""
        members = (member.strip(' \t') for member in headers.get(ACEH, '').split(','))
        well_formed = itertools.takewhile(lambda name: not name or TOKEN.fullmatch(name), members)
        return super().exposed_names(headers) or ({'*'} & {*well_formed})

    def accepts_credentials(self, lines: Sequence[str]) -> bool:
        """Empty Access-Control-Allow-Credentials lines are ignored."""
        return super().accepts_credentials([*filter(None, lines)])

    def is_same_site_for_cookies(self, first: str, second: str) -> bool:
        """http and https of a host are one site."""
        return same_site(first, second, schemelessly=True)

    def default_same_site(self) -> str:
        """Cookies without SameSite are also sent to other sites."""
        return 'unset'

    def beacon_limit(self) -> float:
        """A beacon can have any size."""
        return math.inf

    def nameless_cookie(self, text: str) -> tuple[str, str]:
        """A cookie without ``=`` has a name and an empty value."""
        return text, ''

    def takes_cookie_name(self, name: str) -> bool:
        """A cookie's name can't be empty."""
        return name != ''

    def partitions_cookies(self) -> bool:
        """All cookies of other sites belong to the top-level site (Total Cookie Protection)."""
        return True
