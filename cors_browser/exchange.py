# SPDX-License-Identifier: MIT-0
"""What went over the wire, and what the page can read of it."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__version__ = '0.1.0'

Pairs = list[tuple[str, str]]
Answer = tuple[int, Pairs, bytes]
COOKIES = 'scripts can never read cookies there'
NEVER_VISIBLE = {'set-cookie': COOKIES, 'set-cookie2': COOKIES}
METHODS_WITHOUT_EFFECT = {'GET', 'HEAD', 'OPTIONS'}


class Headers(Mapping[str, str]):
    """HTTP headers with case-insensitive names. Several values of one name are joined by commas."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._lines: dict[str, list[str]] = {}
        self._names: dict[str, list[str]] = {}
        for name, value in pairs:
            self._lines.setdefault(name.lower(), []).append(value.strip(' \t'))
            self._names.setdefault(name.lower(), []).append(name)

    def __getitem__(self, name: str) -> str:
        return ', '.join(self._lines[name.lower()])

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f'Headers({self.pairs()!r})'

    def lines(self, name: str) -> list[str]:
        """The values of a header, one for each line received."""
        return self._lines.get(name.lower(), [])

    def names(self, name: str) -> list[str]:
        """A header's name, in the spelling of each line."""
        return self._names.get(name.lower(), [])

    def pairs(self) -> list[tuple[str, str]]:
        """All lines, as names and values."""
        return [(name, value) for name, lines in self._lines.items() for value in lines]


class HeaderNotExposed(KeyError):
    """The header was sent, but the page can't read it."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason

    def __str__(self) -> str:
        return f"{self.name} was sent, but the page can't read it: {self.reason}"


class VisibleHeaders(Headers):
    """The headers that a page can read. For any other one that was sent, an error says why not.

    Args:
        pairs: The names and values that the page can read.
        sent: All headers of the response.
        reason: Why the page can't read the others. ``{}`` stands for the name.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]], sent: Headers, reason: str) -> None:
        super().__init__(pairs)
        self._sent, self._reason = sent, reason

    def __getitem__(self, name: str) -> str:
        if name.lower() not in self._lines and name in self._sent:
            reason = NEVER_VISIBLE.get(name.lower(), self._reason).format(name)
            raise HeaderNotExposed(name, reason)
        return super().__getitem__(name)


@dataclass
class Step:
    """One HTTP request and its response: a preflight, or one hop of the actual request."""

    preflight: bool  #: Whether this is a preflight.
    method: str  #: The method on the wire.
    url: str  #: The URL, without its fragment.
    request_headers: Pairs  #: Names and values, in order.
    request_body: bytes = b''  #: The bytes sent.
    why: tuple[str, ...] = ()  #: For a preflight, the reasons why it is needed.
    reached: bool = False  #: Whether the server received the request. True if that's unknown.
    status: int = 0  #: The status of the response, or 0 without a response.
    response_headers: Headers = field(default_factory=Headers)  #: The headers of the response.
    response_body: bytes = b''  #: The body of the response.
    head_fault: str = ''  #: What is wrong with the headers, if some browsers still accept them.
    body_fault: str = ''  #: What is wrong with the body, if browsers still accept the headers.
    cookies_sent: tuple[str, ...] = ()  #: Names of the cookies that were sent.
    #: Names of the cookies that weren't sent because of the page's site, with the reason.
    cookies_withheld: dict[str, str] = field(default_factory=dict)
    cookies_stored: tuple[str, ...] = ()  #: Names of the cookies that the response sets.
    #: Names of the cookies that the response fails to set, with the reason.
    cookies_refused: dict[str, str] = field(default_factory=dict)
    #: Whether the page stopped reading a body that doesn't end.
    enough: Callable[[bytes], bool] | None = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The step as values for JSON, with bodies decoded as UTF-8."""
        values = {name: value for name, value in vars(self).items() if name != 'enough'}
        return values | {
            'request_body': self.request_body.decode('utf-8', 'replace'),
            'response_headers': self.response_headers.pairs(),
            'response_body': self.response_body.decode('utf-8', 'replace'),
        }


@dataclass
class Exchange:
    """Everything that one fetch did, whether or not the page can read the response."""

    page: str  #: The page's origin.
    credentials: str  #: The credentials mode of the fetch.
    profile: str  #: The name of the browser profile.
    #: Each request and its response, including preflights and redirects.
    steps: list[Step] = field(default_factory=list)
    readable: bool = False  #: Whether the page can read the response.
    visible_headers: tuple[str, ...] = ()  #: Names of the headers that the page can read.

    @property
    def preflights(self) -> list[Step]:
        """Only the preflights."""
        return [step for step in self.steps if step.preflight]

    @property
    def reached_server(self) -> bool:
        """Whether a server received the actual request, and not only a preflight."""
        return any(step.reached and not step.preflight for step in self.steps)

    @property
    def side_effect_possible(self) -> bool:
        """Whether a server received a request with a method that can change something."""
        effective = (step for step in self.steps if step.method not in METHODS_WITHOUT_EFFECT)
        return any(step.reached for step in effective)

    @property
    def cookies_sent(self) -> tuple[str, ...]:
        """Names of the cookies that were sent to a server."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.cookies_sent))

    @property
    def cookies_stored(self) -> tuple[str, ...]:
        """Names of the cookies that responses set. Even blocked responses set cookies."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.cookies_stored))

    def as_dict(self) -> dict[str, Any]:
        """The exchange and its properties, as values for JSON."""
        names = ('reached_server', 'side_effect_possible', 'cookies_sent', 'cookies_stored')
        facts = {name: getattr(self, name) for name in names}
        return vars(self) | facts | {'steps': [step.as_dict() for step in self.steps]}


@dataclass
class Reply:
    """The part of a response that the page's scripts can read (#concept-filtered-response)."""

    type: str  #: ``basic``, ``cors``, ``opaque`` or ``opaqueredirect``.
    url: str  #: The URL after redirects. Empty for opaque responses.
    status: int  #: The status. 0 for opaque responses.
    headers: Headers  #: Only the headers that the page can read.
    body: bytes  #: The part of the body that the page can read.
    redirected: bool  #: Whether a redirect was followed.
    timing_visible: bool  #: Whether the page can read the request's resource timing.
    exchange: Exchange  #: What went over the wire.

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status <= 299

    @property
    def complete(self) -> bool:
        """Whether the body is complete. Otherwise JavaScript's ``text()`` rejects or waits."""
        return not self.exchange.steps[-1].body_fault

    def text(self) -> str:
        """The body decoded as UTF-8, like JavaScript's ``text()``."""
        return self.body.decode('utf-8-sig', 'replace')

    def json(self) -> Any:
        """The body parsed as JSON. Raises ValueError if it isn't JSON."""
        return json_module.loads(self.text())


def printable(text: str) -> str:
    """Escape everything but printable ASCII, so that no server can control a terminal."""
    return ''.join(c if c.isascii() and c.isprintable() else ascii(c)[1:-1] for c in text)


def quoted(value: str) -> str:
    """A value from the wire for an error message: quoted, escaped and shortened."""
    return f"'{printable(value[:200])}{'...' if len(value) > 200 else ''}'"
