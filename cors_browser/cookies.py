# SPDX-License-Identifier: MIT-0
"""The cookie jar, according to RFC 6265bis and the engines' additions."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from .engine import Engine
from .urls import Url, named_url, registrable_domain

Clock = Callable[[], float]
Check = Callable[[], bool]
LONGEST = 4096  # bytes of name and value
LONGEST_ATTRIBUTE = 1024  # bytes
LONGEST_LIFE = 400 * 86400  # seconds
CONTROL = re.compile('[\x00-\x08\x0a-\x1f\x7f]')
MONTHS = ('jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec')
TIME = re.compile('([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?![0-9])')
DATE_DELIMITER = re.compile(r'[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+')
PREFIXES = ('__secure-', '__host-', '__http-', '__host-http-')


@dataclass
class Cookie:
    """A cookie in the jar."""

    name: str  #: Its name.
    value: str  #: Its value.
    domain: str  #: The host or domain it belongs to.
    host_only: bool  #: Whether it isn't sent to subdomains of `domain`.
    path: str  #: The path below which it is sent.
    secure: (
        bool  #: Whether it is only sent over https (or to loopback hosts, depending on the engine).
    )
    same_site: str  #: ``strict``, ``lax``, ``none``, or ``unset`` if the default isn't ``lax``.
    expires: float | None  #: When it expires, in seconds since 1970. None for a session cookie.
    created: float = 0  #: When it was set, in seconds since 1970.
    defaulted: bool = False  #: Whether `same_site` is the engine's default.
    #: ``first-party`` if it's only sent while its own site is in the address bar, ``third-party``
    #: if only while another one is, or empty if it's always sent.
    partition: str = ''


@dataclass
class SetCookie:
    """A parsed ``Set-Cookie`` line."""

    name: str
    value: str
    attributes: dict[str, str]

    @property
    def domain(self) -> str:
        """The Domain attribute, without its leading dot."""
        domain = self.attributes.get('domain', '').lower()
        return domain if domain == '.' else domain.removeprefix('.')


def parse_set_cookie(line: str, engine: Engine) -> SetCookie:
    """Parse a ``Set-Cookie`` line, and ignore attributes that are too long."""
    pair, *rest = line.split(';')
    name, mark, value = (part.strip(' \t') for part in pair.partition('='))
    if not mark:
        name, value = engine.nameless_cookie(name)
    split = (attribute.partition('=') for attribute in rest)
    attributes = {
        key.strip(' \t').lower(): setting.strip(' \t')
        for key, _, setting in split
        if len(setting.strip(' \t')) <= LONGEST_ATTRIBUTE
    }
    return SetCookie(name, value, attributes)


def parse_date(text: str) -> float | None:
    """A cookie's date in seconds since 1970, or None if it isn't valid (RFC 6265bis, 5.1.1)."""
    time: re.Match[str] | None = None
    day = month = year = None
    for token in filter(None, DATE_DELIMITER.split(text)):
        if not time and (found := TIME.match(token)):
            time = found
        elif day is None and (found := re.match('([0-9]{1,2})(?![0-9])', token)):
            day = int(found[1])
        elif month is None and token[:3].lower() in MONTHS:
            month = MONTHS.index(token[:3].lower()) + 1
        elif year is None and (found := re.match('([0-9]{2,4})(?![0-9])', token)):
            year = int(found[1])
    if not time or day is None or month is None or year is None:
        return None
    year += 1900 if 70 <= year <= 99 else 2000 if year <= 69 else 0
    hour, minute, second = map(int, time.groups())
    if year < 1601 or hour > 23 or minute > 59 or second > 59:
        return None
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return calendar.timegm((year, month, day, hour, minute, second))


class CookieJar:
    """A browser's cookies, according to RFC 6265bis. Iterate over it to see them."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._cookies: dict[tuple[str, str, str, str], Cookie] = {}

    def __iter__(self) -> Iterator[Cookie]:
        return iter(self._cookies.values())

    def set(self, url: str, header: str) -> None:
        """Store a cookie as if the user had visited a URL that sets it.

        Args:
            url: The URL visited.
            header: The value of its ``Set-Cookie``, such as ``sid=1; Secure; SameSite=None``.

        Raises:
            ValueError: A browser would reject the cookie. The message says why.
        """
        name, refusal = self.receive(named_url('url', url), header, lambda: True)
        if refusal:
            raise ValueError(f'header: the cookie {name!r} is refused: {refusal}')

    def receive(self, url: Url, header: str, is_same_site: Check) -> tuple[str, str]:
        """Store the cookie of a ``Set-Cookie`` line. Return its name, and why it was rejected."""
        parsed = parse_set_cookie(header, self._engine)
        attributes, path = parsed.attributes, parsed.attributes.get('path', '')
        same_site = attributes.get('samesite', '').lower()
        defaulted = same_site not in {'strict', 'lax', 'none'}
        if defaulted:
            same_site = self._engine.default_same_site()
        cookie = Cookie(
            parsed.name,
            parsed.value,
            domain=parsed.domain or url.host,
            host_only=not parsed.domain,
            path=path if path.startswith('/') else url.path.rpartition('/')[0] or '/',
            secure='secure' in attributes,
            same_site=same_site,
            expires=self._expiry(attributes),
            created=self._clock(),
            defaulted=defaulted,
        )
        refusal = (
            self._malformed(header, parsed)
            or self._refusal(cookie, url, parsed)
            or self._barrier(cookie, url, is_same_site)
        )
        if not refusal:
            if 'partitioned' in attributes or self._engine.partitions_cookies():
                cookie.partition = partition(is_same_site)
            self._store(cookie)
        return parsed.name, refusal

    def _store(self, cookie: Cookie) -> None:
        """Add a cookie to the jar, or remove it if it has expired."""
        key = (cookie.name, cookie.domain, cookie.path, cookie.partition)
        self._cookies[key] = cookie
        if cookie.expires is not None and cookie.expires <= self._clock():
            del self._cookies[key]

    def _expiry(self, attributes: Mapping[str, str]) -> float | None:
        """When a cookie expires: Max-Age or else Expires, at most 400 days; otherwise None."""
        now = self._clock()
        age = self._engine.cookie_age(attributes.get('max-age', ''))
        if age is not None:
            return now + max(0, min(age, LONGEST_LIFE))
        expires = parse_date(attributes.get('expires', ''))
        return None if expires is None else min(expires, now + LONGEST_LIFE)

    def _malformed(self, header: str, parsed: SetCookie) -> str:
        """Why a line doesn't set a cookie, regardless of the URL. Empty if it does."""
        size = len(parsed.name) + len(parsed.value)
        if CONTROL.search(header) or self._engine.forbids_in_cookies(parsed.name + parsed.value):
            return 'it has a control character'
        if not size or not self._engine.takes_cookie_name(parsed.name):
            return 'it has no name'
        if size > LONGEST:
            return f'its name and value have {size} bytes, and {LONGEST} are the most'
        if not parsed.name and parsed.value.lower().startswith(PREFIXES):
            return 'its value looks like a prefixed name'
        return ''

    def _refusal(self, cookie: Cookie, url: Url, parsed: SetCookie) -> str:
        """Why this URL can't set a cookie. Empty if it can."""
        domain, attributes = cookie.domain, parsed.attributes
        is_below = url.host.endswith('.' + domain) and registrable_domain(domain)
        if url.host != domain and not is_below:
            return f'Domain={domain} is not for {url.host} to use'
        if not cookie.secure and cookie.same_site == 'none' and self._engine.none_needs_secure():
            return 'SameSite=None needs Secure'
        if not cookie.secure and 'partitioned' in attributes:
            return 'Partitioned needs Secure'
        if url.scheme != 'https' and not cookie.secure and self._shadows(cookie):
            return 'a Secure cookie has this name'
        return prefix_refusal(cookie, attributes)

    def _shadows(self, cookie: Cookie) -> bool:
        """Whether a cookie would hide a ``Secure`` one of the same name."""
        return any(
            other.secure and other.name == cookie.name and below(cookie.path, other.path)
            for other in self
            if in_domain(other.domain, cookie.domain) or in_domain(cookie.domain, other.domain)
        )

    def _is_for(self, cookie: Cookie, url: Url) -> bool:
        """Whether a cookie hasn't expired and belongs to this host and path."""
        alive = cookie.expires is None or cookie.expires > self._clock()
        is_host = url.host == cookie.domain
        if not cookie.host_only:
            is_host = in_domain(url.host, cookie.domain)
        return alive and is_host and below(url.path, cookie.path)

    def _barrier(self, cookie: Cookie, url: Url, is_same_site: Check, navigation: str = '') -> str:
        """Why a request can't send or set a cookie. Empty if it can."""
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
        """Whether a cross-site navigation with this method, if it is one, sends a Lax cookie."""
        if not navigation or cookie.same_site != 'lax':
            return False
        age = self._clock() - cookie.created
        fresh = cookie.defaulted and age < self._engine.lax_post_seconds()
        return navigation in {'GET', 'HEAD'} or fresh

    def retrieve(
        self, url: Url, is_same_site: Check, navigation: str = ''
    ) -> tuple[list[Cookie], dict[str, str]]:
        """The cookies of a request, and those that aren't sent with the reason.

        Args:
            url: The URL of the request.
            is_same_site: Whether the request is same-site.
            navigation: The method, if the request replaces the page in the address bar.
        """
        sent, withheld = [], {}
        fitting = [cookie for cookie in self if self._is_for(cookie, url)]
        for cookie in sorted(fitting, key=lambda cookie: -len(cookie.path)):
            reason = self._barrier(cookie, url, is_same_site, navigation)
            here = 'first-party' if navigation else partition(is_same_site)
            if not reason and cookie.partition not in {'', here}:
                reason = 'it was set on another top-level site'
            if reason:
                withheld[cookie.name] = reason
            else:
                sent.append(cookie)
        return sent, withheld


def partition(is_same_site: Check) -> str:
    """The partition of a request's cookies."""
    return 'first-party' if is_same_site() else 'third-party'


def in_domain(host: str, domain: str) -> bool:
    """Whether a host is a domain, or below it."""
    return host == domain or host.endswith('.' + domain)


def below(path: str, folder: str) -> bool:
    """Whether a path is a folder, or below it (RFC 6265bis, 5.1.4)."""
    return path == folder or path.startswith(folder if folder.endswith('/') else folder + '/')


def prefix_refusal(cookie: Cookie, attributes: Mapping[str, str]) -> str:
    """Why the prefix of a cookie's name forbids it (RFC 6265bis, 4.1.3). Empty if it doesn't."""
    name = cookie.name.lower()
    if not name.startswith(PREFIXES):
        return ''
    if not cookie.secure:
        return 'its prefix needs Secure'
    if name.startswith(('__http-', '__host-http-')) and 'httponly' not in attributes:
        return 'its prefix needs HttpOnly'
    if name.startswith('__host-') and not (cookie.host_only and attributes.get('path') == '/'):
        return 'its prefix needs Path=/ and no Domain'
    return ''
