# SPDX-License-Identifier: MIT-0
"""What a browser remembers between requests: preflights and cookies."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from .checks import Allowed
from .engines import Profile
from .exchange import Headers
from .request import SAFELISTED_METHODS, Request
from .urls import OPAQUE, Url, is_trustworthy, named_url, registrable_domain

Clock = Callable[[], float]
Check = Callable[[], bool]
CacheKey = tuple[str, str, bool]  # 'method' or 'header', its name, whether with credentials


class PreflightCache:
    """What preflights allowed, and until when (#cors-preflight-cache)."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._profile, self._clock = profile, clock
        self._entries: dict[tuple[str, Url], dict[CacheKey, float]] = {}

    def _matches(self, request: Request, kind: str, name: str) -> list[CacheKey]:
        """The entries that answer for a method or a header name (#concept-cache-match-method)."""
        names, profile, now = {name}, self._profile, self._clock()
        if (
            profile.caches_wildcards
            and (name != 'authorization' or profile.wildcard_covers_authorization)
            and not (request.include and profile.remembers_refusals)
        ):
            names.add('*')
        entries = self._entries.get((self._origin(request), request.url), {})
        keys = itertools.product([kind], names, self._modes(request))
        return [key for key in keys if entries.get(key, now) > now]

    def _modes(self, request: Request) -> set[bool]:
        """Whether entries with credentials answer for a request, and whether those without do."""
        return {request.include} | ({True} if self._profile.shares_credentialed_cache else set())

    def covers(self, request: Request, unsafe_names: list[str]) -> bool:
        """Whether no preflight is needed, as an earlier one has answered already."""
        profile, origin = self._profile, self._origin(request)
        if origin == OPAQUE and not (
            profile.caches_opaque_origins
            and (profile.caches_tainted_origins or request.page == OPAQUE)
        ):
            return False
        if profile.preflights_every_hop and request.needs_preflight:
            known, modes = self._entries.get((origin, request.url), {}), self._modes(request)
            if not any(key[2] in modes and known[key] > self._clock() for key in known):
                return False
        method_needed = request.use_preflight or request.method not in SAFELISTED_METHODS
        if method_needed and not self._matches(request, 'method', request.method):
            return False
        return all(self._matches(request, 'header', name) for name in unsafe_names)

    def max_age(self, headers: Headers) -> float:
        """How many seconds an answer to a preflight is remembered; 5 where it says nothing."""
        lines = headers.lines('Access-Control-Max-Age')
        if not any(lines):
            return 5
        number = re.fullmatch('(-?)[0-9]+', lines[0]) if len(lines) == 1 else None
        if number is None or (number[1] and not self._profile.negative_max_age_is_zero):
            return self._profile.bad_max_age
        age = float(lines[0])
        return age if self._profile.max_age_cap is None else min(age, self._profile.max_age_cap)

    def store(self, request: Request, allowed: Allowed, headers: Headers) -> None:
        """Remember what an answer allows; what was known already gets the new age."""
        expires = self._clock() + self.max_age(headers)
        entries = self._entries.setdefault((self._origin(request), request.url), {})
        for kind, name in ((kind, name) for kind, names in allowed.items() for name in names):
            for key in self._matches(request, kind, name) or [(kind, name, request.include)]:
                entries[key] = expires

    def clear(self, request: Request) -> None:
        """Forget what is known about a request's origin and URL (#concept-cache-clear)."""
        if self._profile.clears_cache_on_failure:
            self._entries.pop((self._origin(request), request.url), None)

    def _origin(self, request: Request) -> str:
        """The origin in whose name a preflight is made."""
        return request.page if self._profile.preflight_names_page else request.origin


@dataclass
class Cookie:
    """A cookie in the jar."""

    name: str  #: Its name.
    value: str  #: Its value.
    domain: str  #: The host it belongs to.
    host_only: bool  #: Whether it stays away from subdomains of `domain`.
    path: str  #: The path below which it is sent.
    secure: bool  #: Whether it is kept to https (and to this machine, see :class:`Profile`).
    same_site: str  #: ``strict``, ``lax``, ``none``, or ``unset`` where that is not ``lax``.
    expires: float | None  #: The seconds since 1970 at which it ends; None for a session's.


class CookieJar:
    """A browser's cookies, by RFC 6265bis as far as fetches can tell; iterate to see them."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._profile, self._clock = profile, clock
        self._cookies: dict[tuple[str, str, str], Cookie] = {}

    def __iter__(self) -> Iterator[Cookie]:
        return iter(self._cookies.values())

    def set(self, url: str, header: str) -> None:
        """Store a cookie as if the reader had visited a URL that sets it.

        Args:
            url: The URL visited.
            header: What its ``Set-Cookie`` says, such as ``sid=1; Secure; SameSite=None``.

        Raises:
            ValueError: A browser would refuse the cookie; the message says why.
        """
        name, refusal = self.receive(named_url('url', url), header, lambda: True)
        if refusal:
            raise ValueError(f'header: the cookie {name!r} is refused: {refusal}')

    def receive(self, url: Url, header: str, is_same_site: Check) -> tuple[str, str]:
        """Store the cookie of a ``Set-Cookie`` line; return its name, and why it is refused."""
        pair, *rest = header.split(';')
        name, mark, value = (part.strip(' \t') for part in pair.partition('='))
        name, value = (name, value) if mark else ('', name)
        split = (attribute.partition('=') for attribute in rest)
        attributes = {key.strip(' \t').lower(): setting.strip(' \t') for key, _, setting in split}
        path, domain = attributes.get('path', ''), attributes.get('domain', '').lower()
        domain = domain.removeprefix('.')
        same_site = attributes.get('samesite', '').lower()
        if same_site not in {'strict', 'lax', 'none'}:
            same_site = 'lax' if self._profile.lax_by_default else 'unset'
        cookie = Cookie(
            name,
            value,
            domain=domain or url.host,
            host_only=not domain,
            path=path if path.startswith('/') else url.path.rpartition('/')[0] or '/',
            secure='secure' in attributes,
            same_site=same_site,
            expires=self._expiry(attributes),
        )
        refusal = self._refusal(cookie, url, path == '/', is_same_site)
        if not refusal:
            key = (name, cookie.domain, cookie.path)
            self._cookies[key] = cookie
            if cookie.expires is not None and cookie.expires <= self._clock():
                del self._cookies[key]
        return name, refusal

    def _expiry(self, attributes: Mapping[str, str]) -> float | None:
        """When a cookie ends: Max-Age, of at most 400 days, then Expires, then with the session."""
        if re.fullmatch('-?[0-9]+', attributes.get('max-age', '')):
            return self._clock() + max(0, min(float(attributes['max-age']), 400 * 86400))
        try:
            return parsedate_to_datetime(attributes['expires']).timestamp()
        except (KeyError, ValueError):
            return None

    def _refusal(self, cookie: Cookie, url: Url, whole_site: bool, is_same_site: Check) -> str:
        """Why a cookie is not stored; empty if it is."""
        prefix, domain = cookie.name.lower(), cookie.domain
        if not cookie.name and not cookie.value:
            return 'it is empty'
        if url.host != domain and not (
            url.host.endswith('.' + domain) and registrable_domain(domain)
        ):
            return f'Domain={domain} is not for {url.host} to use'
        if not cookie.secure and cookie.same_site == 'none':
            return 'SameSite=None needs Secure'
        if not cookie.secure and prefix.startswith(('__secure-', '__host-')):
            return 'its prefix needs Secure'
        if prefix.startswith('__host-') and not (cookie.host_only and whole_site):
            return 'its prefix needs Path=/ and no Domain'
        return self._barrier(cookie, url, is_same_site)

    def _is_for(self, cookie: Cookie, url: Url) -> bool:
        """Whether a cookie is alive and of this host and path."""
        below = cookie.path if cookie.path.endswith('/') else cookie.path + '/'
        on_path = url.path == cookie.path or url.path.startswith(below)
        in_domain = not cookie.host_only and url.host.endswith('.' + cookie.domain)
        alive = cookie.expires is None or cookie.expires > self._clock()
        return alive and on_path and (in_domain or url.host == cookie.domain)

    def _barrier(self, cookie: Cookie, url: Url, is_same_site: Check) -> str:
        """Why a cookie does not travel with a request, either way; empty if it does."""
        on_loopback = self._profile.secure_cookies_on_loopback and is_trustworthy(url)
        if cookie.secure and url.scheme != 'https' and not on_loopback:
            return 'Secure needs https'
        if cookie.same_site in {'strict', 'lax'} and not is_same_site():
            return f'SameSite={cookie.same_site.capitalize()}, and the request is cross-site'
        if not self._profile.third_party_cookies and not is_same_site():
            return 'third-party cookies are blocked'
        return ''

    def retrieve(self, url: Url, is_same_site: Check) -> tuple[list[Cookie], dict[str, str]]:
        """The cookies a request carries, and those held back with the reason why."""
        sent, withheld = [], {}
        fitting = [cookie for cookie in self if self._is_for(cookie, url)]
        for cookie in sorted(fitting, key=lambda cookie: -len(cookie.path)):
            if reason := self._barrier(cookie, url, is_same_site):
                withheld[cookie.name] = reason
            else:
                sent.append(cookie)
        return sent, withheld
