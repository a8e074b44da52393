# SPDX-License-Identifier: MIT-0
"""The cookie jar, by RFC 6265bis."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from .engine import Engine
from .urls import Url, named_url, registrable_domain

Clock = Callable[[], float]
Check = Callable[[], bool]


@dataclass
class Cookie:
    """A cookie in the jar."""

    name: str  #: Its name.
    value: str  #: Its value.
    domain: str  #: The host it belongs to.
    host_only: bool  #: Whether it stays away from subdomains of `domain`.
    path: str  #: The path below which it is sent.
    secure: bool  #: Whether it is kept to https (or to loopback hosts, depending on the engine).
    same_site: str  #: ``strict``, ``lax``, ``none``, or ``unset`` where that is not ``lax``.
    expires: float | None  #: The seconds since 1970 at which it ends; None for a session's.
    created: float = 0  #: The seconds since 1970 at which it was set.
    defaulted: bool = False  #: Whether `same_site` is the engine's default.


class CookieJar:
    """A browser's cookies, by RFC 6265bis as far as fetches can tell; iterate to see them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
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
        defaulted = same_site not in {'strict', 'lax', 'none'}
        if defaulted:
            same_site = self._engine.default_same_site()
        cookie = Cookie(
            name,
            value,
            domain=domain or url.host,
            host_only=not domain,
            path=path if path.startswith('/') else url.path.rpartition('/')[0] or '/',
            secure='secure' in attributes,
            same_site=same_site,
            expires=self._expiry(attributes),
            created=self._clock(),
            defaulted=defaulted,
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

    def _barrier(self, cookie: Cookie, url: Url, is_same_site: Check, navigation: str = '') -> str:
        """Why a cookie does not travel with a request, either way; empty if it does."""
        if cookie.secure and not self._engine.is_secure_for_cookies(url):
            return 'Secure needs https'
        if self._is_navigable(cookie, navigation):
            return ''
        if cookie.same_site in {'strict', 'lax'} and not is_same_site():
            return f'SameSite={cookie.same_site.capitalize()}, and the request is cross-site'
        third_party = not self._engine.sends_third_party_cookies() and not navigation
        if third_party and not is_same_site():
            return 'third-party cookies are blocked'
        return ''

    def _is_navigable(self, cookie: Cookie, navigation: str) -> bool:
        """Whether a cross-site navigation with a method, if it is one, carries a Lax cookie."""
        if not navigation or cookie.same_site != 'lax':
            return False
        age = self._clock() - cookie.created
        fresh = cookie.defaulted and age < self._engine.lax_post_seconds()
        return navigation in {'GET', 'HEAD'} or fresh

    def retrieve(
        self, url: Url, is_same_site: Check, navigation: str = ''
    ) -> tuple[list[Cookie], dict[str, str]]:
        """The cookies of a request, and those withheld with the reason why.

        Args:
            url: The URL of the request.
            is_same_site: Whether the request is same-site.
            navigation: The method, if the request replaces the page in the address bar.
        """
        sent, withheld = [], {}
        fitting = [cookie for cookie in self if self._is_for(cookie, url)]
        for cookie in sorted(fitting, key=lambda cookie: -len(cookie.path)):
            if reason := self._barrier(cookie, url, is_same_site, navigation):
                withheld[cookie.name] = reason
            else:
                sent.append(cookie)
        return sent, withheld
