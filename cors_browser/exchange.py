# SPDX-License-Identifier: MIT-0
"""What went over the wire, and what the page may see of it."""

from __future__ import annotations

import json as json_module
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

__version__ = '0.1.0'

Pairs = list[tuple[str, str]]
Answer = tuple[int, Pairs, bytes]
COOKIES = 'scripts never see cookies there'
NEVER_VISIBLE = {'set-cookie': COOKIES, 'set-cookie2': COOKIES}
METHODS_WITHOUT_EFFECT = {'GET', 'HEAD', 'OPTIONS'}


class Headers(Mapping[str, str]):
    """HTTP headers, read without regard to case; a comma joins several of one name."""

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
        """The values of a header, one for each line that was received."""
        return self._lines.get(name.lower(), [])

    def names(self, name: str) -> list[str]:
        """A header's name as each line spells it."""
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
    """The headers that a page can read; reading another one that was sent says why it can't.

    Args:
        pairs: The names and values that the page can read.
        sent: All headers of the response.
        reason: Why the page can't read the others; ``{}`` is replaced by the name.
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
    """One HTTP request with its answer: a preflight, or one hop of the actual request."""

    preflight: bool  #: Whether the browser asks for permission here.
    method: str  #: The method on the wire.
    url: str  #: The URL, without fragment.
    request_headers: Pairs  #: Names and values, in order.
    request_body: bytes = b''  #: The bytes sent.
    why: tuple[str, ...] = ()  #: For a preflight, the reasons why it is needed.
    reached: bool = False  #: Whether the server got the request; True where nobody can know.
    status: int = 0  #: The status of the answer; 0 where there is none.
    response_headers: Headers = field(default_factory=Headers)  #: The headers of the answer.
    response_body: bytes = b''  #: The bytes of the answer.
    head_fault: str = ''  #: What is wrong with the head, which some browsers still accept.
    body_fault: str = ''  #: What is wrong with the body, whose headers browsers still accept.
    cookies_sent: tuple[str, ...] = ()  #: Names of the cookies attached.
    #: Names of the cookies that the rules for sites keep back, with the reason.
    cookies_withheld: dict[str, str] = field(default_factory=dict)
    cookies_stored: tuple[str, ...] = ()  #: Names of the cookies that the answer sets.
    #: Names of the cookies that the answer fails to set, with the reason.
    cookies_refused: dict[str, str] = field(default_factory=dict)
    #: Whether the page has read enough of a body that does not end.
    enough: Callable[[bytes], bool] | None = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The step as values that fit into JSON; bodies are decoded as UTF-8."""
        values = {name: value for name, value in vars(self).items() if name != 'enough'}
        return values | {
            'request_body': self.request_body.decode('utf-8', 'replace'),
            'response_headers': self.response_headers.pairs(),
            'response_body': self.response_body.decode('utf-8', 'replace'),
        }


@dataclass
class Exchange:
    """All that one fetch did, whether or not the page may read the answer."""

    page: str  #: The page's origin.
    credentials: str  #: The credentials mode of the fetch.
    profile: str  #: The name of the browser profile.
    #: Each request with its answer, preflights and redirects included.
    steps: list[Step] = field(default_factory=list)
    readable: bool = False  #: Whether the page may read the answer.
    visible_headers: tuple[str, ...] = ()  #: Names of the headers that the page may read.

    @property
    def preflights(self) -> list[Step]:
        """The preflights alone."""
        return [step for step in self.steps if step.preflight]

    @property
    def reached_server(self) -> bool:
        """Whether a server got the actual request, not only a preflight."""
        return any(step.reached and not step.preflight for step in self.steps)

    @property
    def side_effect_possible(self) -> bool:
        """Whether a server got a request whose method may change something there."""
        effective = (step for step in self.steps if step.method not in METHODS_WITHOUT_EFFECT)
        return any(step.reached for step in effective)

    @property
    def cookies_sent(self) -> tuple[str, ...]:
        """Names of the cookies that went to a server."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.cookies_sent))

    @property
    def cookies_stored(self) -> tuple[str, ...]:
        """Names of the cookies that answers set, which a blocked answer does too."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.cookies_stored))

    def as_dict(self) -> dict[str, Any]:
        """The exchange and what follows from it, as values that fit into JSON."""
        names = ('reached_server', 'side_effect_possible', 'cookies_sent', 'cookies_stored')
        facts = {name: getattr(self, name) for name in names}
        return vars(self) | facts | {'steps': [step.as_dict() for step in self.steps]}


@dataclass
class Reply:
    """What scripts of the page see of an answer (#concept-filtered-response)."""

    type: str  #: ``basic``, ``cors``, ``opaque`` or ``opaqueredirect``.
    url: str  #: The URL that answered, after redirects; empty for opaque answers.
    status: int  #: The status; 0 for opaque answers.
    headers: Headers  #: The headers that the page may read, and no other.
    body: bytes  #: The bytes that the page may read.
    redirected: bool  #: Whether a redirect was followed.
    timing_visible: bool  #: Whether the page may read the request's resource timing.
    exchange: Exchange  #: What went over the wire.

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status <= 299

    @property
    def complete(self) -> bool:
        """Whether the body is whole; if not, JavaScript's ``text()`` rejects or waits."""
        return not self.exchange.steps[-1].body_fault

    def text(self) -> str:
        """The body decoded as UTF-8, as JavaScript's ``text()`` does."""
        return self.body.decode('utf-8-sig', 'replace')

    def json(self) -> Any:
        """The body read as JSON; raises a ValueError where it is none."""
        return json_module.loads(self.text())


def printable(text: str) -> str:
    """Escape all that is not printable ASCII, so that no server can write to a terminal."""
    return ''.join(c if c.isascii() and c.isprintable() else ascii(c)[1:-1] for c in text)


def quoted(value: str) -> str:
    """A value from the wire for an error message: quoted, escaped, of bounded length."""
    return f"'{printable(value[:200])}{'...' if len(value) > 200 else ''}'"
