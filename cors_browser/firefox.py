# SPDX-License-Identifier: MIT-0
"""Firefox and its engine, Gecko: where it leaves the standard."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from .engine import Engine
from .exchange import Headers, Pairs
from .headers import TOKEN
from .rules import ACEH
from .urls import Url, same_origin


class Firefox(Engine):
    """Firefox 153 ESR."""

    name = 'firefox'

    def is_safelisted_header(self, name: str, value: str) -> bool:
        """Accept and Content-Type must be ASCII."""
        is_ascii = value.isascii() or name not in {'accept', 'content-type'}
        return is_ascii and super().is_safelisted_header(name, value)

    def unsafe_header_names(self, headers: Pairs) -> list[str]:
        """A preflight lists a name as often as the page sets it."""
        return sorted(self._unsafe_names(headers))

    def needs_preflight_again(self, *, had_one: bool) -> bool:
        """A request with a preflight needs one after every redirect, as a GET, too."""
        return had_one

    def preflight_origin(self, page: str, origin: str) -> str:
        """A preflight has the page's origin, even if redirects made its request's ``null``."""
        return page

    def trusts_preflight(self, page: str, url: Url) -> bool:
        """A preflight to the page's own origin passes without CORS headers."""
        return same_origin(page, url.origin)

    def reported_header(self, missing: Sequence[str], headers: Pairs) -> str:
        """The console names the first in the alphabet."""
        return missing[0]

    def wildcard_covers(self, name: str) -> bool:
        """``*`` allows Authorization, too: https://github.com/whatwg/fetch/issues/1919."""
        return True

    def max_age(self, headers: Headers) -> float:
        """One day at most; a malformed age counts as 0 (nsCORSListenerProxy.cpp)."""
        return min(self._max_age(headers, invalid=0, negative=0), 86400)

    def forgets(self, code: str) -> bool:
        """A failure makes it forget, unless it is a redirect that the page did not want."""
        return code != 'redirect-mode'

    def cached_names(self, name: str, *, include: bool) -> set[str]:
        """A remembered ``*`` covers nothing else."""
        return {name}

    def cached_modes(self, *, include: bool) -> set[bool]:
        """Requests with and without credentials have separate caches."""
        return {include}

    def redirect_headers(self, headers: Pairs, first_headers: Pairs) -> Pairs:
        """A second redirect brings back the headers that the first one took away."""
        return first_headers

    def exposed_names(self, headers: Headers) -> set[str]:
        """``*`` before a malformed member exposes everything."""
        members = (member.strip(' \t') for member in headers.get(ACEH, '').split(','))
        well_formed = itertools.takewhile(lambda name: not name or TOKEN.fullmatch(name), members)
        return super().exposed_names(headers) or ({'*'} & {*well_formed})

    def default_same_site(self) -> str:
        """Cookies without SameSite are sent to other sites, too."""
        return 'unset'

    def beacon_limit(self) -> float:
        """A beacon can have any size."""
        return math.inf
