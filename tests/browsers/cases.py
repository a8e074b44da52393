"""Random fetches with random answers: each follows from a seed and a number, so it reproduces.

A case is one or two fetches of one URL by one page, and what the servers answer at each hop. Most
parts of an answer are right and some are not, so that every decision of the standard is reached.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar('T')
Pairs = list[tuple[str, str]]

REDIRECTS = (301, 302, 303, 307, 308)
METHODS = (
    *('GET',) * 8, *('POST',) * 6, *('PUT',) * 6, *('DELETE',) * 2, 'HEAD', 'OPTIONS', 'PATCH',
    'patch', 'Patch', 'put', 'pUt', 'Get', 'pOSt', 'Head', 'dElete', 'options', 'QUERY', 'query',
    'foo', 'TRACE', 'tRack', 'connect',
)  # fmt: skip
EDGES = (*'\t "(),/:;<=>?@[\\]{}|~\x7f\x80\xa0\xe9\xff',)  # bytes at which rules change
CONTENT_TYPES = (
    'application/json', 'text/plain', 'TEXT/PLAIN', 'text/plain;charset=utf-8', 'text/plain;a="b"',
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', 'text',
    'text/plain, text/plain', 'application/x-www-form-urlencoded; é', 'text/plain; a=b,c',
    'text/plain;,', 'multipart/form-data;boundary=a,b', 'text/plain;', '',
)  # fmt: skip
REQUEST_HEADERS = (
    *(('Content-Type', value) for value in CONTENT_TYPES),
    ('Accept', 'application/json'), ('Accept', 'a' * 129), ('Accept', 'text/(html)'),
    ('Accept', 'é'), ('accept', 'x' * 70),
    ('Accept-Language', 'de, en;q=0.5'), ('Accept-Language', 'de_DE'),
    ('Content-Language', 'de'), ('Content-Language', 'd/e'), ('Content-Language', 'd' * 128),
    ('Range', 'bytes=0-'), ('Range', 'bytes=0-9'), ('Range', 'bytes=-5'), ('Range', 'Bytes=0-'),
    ('Range', 'bytes=9-1'), ('Range', 'bytes=0-1,2-3'),
    *((('Authorization', 'Bearer token'),) * 3),
    *((('X-One', '1'),) * 3), ('x-two', '2'), ('X-One', 'again'), ('X-Three', ''),
    ('X-Requested-With', 'XMLHttpRequest'), ('Last-Event-ID', '7'), ('Pragma', 'no-cache'),
    ('Save-Data', 'on'), ('Save-Data', 'off'), ('DPR', '2'), ('DPR', ''), ('DPR', '1e3'),
    ('ECT', '4g'), ('ECT', '6g'), ('Width', '1.5'), ('RTT', '7'), ('User-Agent', 'me'),
    ('Cookie', 'a=b'), ('Origin', 'http://other.example'), ('Sec-Fetch-Site', 'none'),
    ('Proxy-X', '1'), ('X-HTTP-Method-Override', 'TRACE'), ('X-HTTP-Method-Override', 'PUT'),
    ('Access-Control-Request-Headers', 'x'),
)  # fmt: skip
ANSWER_HEADERS = (
    ('X-One', '1'), ('X-Two', '2'), ('ETag', '"e"'), ('Expires', '0'), ('Pragma', 'no-cache'),
    ('Content-Language', 'de'), ('Last-Modified', 'Tue, 24 Nov 2026 00:00:00 GMT'),
    ('X-One', 'again'), ('Authorization', 'seen'),
)  # fmt: skip
EXPOSED = (
    'X-One', 'x-one, ETAG', '*', '*, X-One', 'X-One,, X-Two', ',X-Two', 'X One', '"X-One"',
    'Set-Cookie, X-Two', '', 'X-One;X-Two',
)  # fmt: skip
REFERRER_POLICIES = (
    'no-referrer', 'same-origin', 'origin', 'strict-origin', 'no-referrer-when-downgrade',
    'strict-origin-when-cross-origin', 'bogus', 'no-referrer, origin',
)  # fmt: skip
NORMALIZED = {'DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'}
MAX_AGES = ('600', '0', '5', '-1', 'abc', '10abc', '1.5', '+100', '600, 600', '', ' 600 ')


@dataclass
class Answer:
    """What a server says: a status and header lines, sent as they are."""

    status: int
    headers: Pairs


@dataclass
class Hop:
    """One URL of a case: where it is, and what is answered to a preflight and to a request."""

    origin: str
    preflight: Answer
    answer: Answer


@dataclass
class Fetch:
    """The options of one call of ``fetch``; its body is a key of BODIES, or nothing."""

    method: str
    headers: Pairs
    body: str | None
    mode: str
    credentials: str
    redirect: str
    referrer_policy: str = ''

    def as_json(self) -> dict[str, object]:
        return vars(self)


@dataclass
class Case:
    """What a page does, and what it meets.

    Attributes:
        name: The first part of its paths: its number.
        page: The page's origin; ``null`` is that of a sandboxed frame.
        fetches: Made one after the other of the first hop's URL.
        hops: The URL, and those to which it redirects.
    """

    name: str
    page: str
    fetches: list[Fetch]
    hops: list[Hop] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f'{self.hops[0].origin}/{self.name}/0'


class Dice(random.Random):
    """Random choices by their odds."""

    def often(self, usual: T, others: Sequence[T], odds: float = 0.7) -> T:
        """Return the usual thing with the given probability, else one of the others."""
        return usual if self.random() < odds else self.choice(others)


def make_case(seed: int, number: int, pages: Sequence[str], servers: Sequence[str]) -> Case:
    """Make one case.

    Args:
        seed: Names the whole series.
        number: Which of the series.
        pages: The origins of pages.
        servers: The origins that answer, those of the pages included.
    """
    dice = Dice(f'{seed}:{number}')
    name = str(number)
    page = dice.choice(pages)
    first = make_fetch(dice)
    fetches = [first]
    for _ in range(dice.often(0, [1, 1, 2, 4], 0.65)):
        fetches.append(dice.choice([first, make_fetch(dice), varied(dice, first)]))
    case = Case(name, page, fetches)
    length = dice.often(1, [2, 2, 3, 3, 4, 5, 6, 22], 0.7)
    origins = [dice.often(dice.choice(servers), [page], 0.9) for _ in range(length)]
    for place, origin in enumerate(o if o != 'null' else servers[0] for o in origins):
        tainted = place and origin != origins[place - 1] and page != origins[place - 1]
        expected = dice.often('null' if tainted else page, [page, 'null'], 0.85)
        case.hops.append(
            Hop(origin, make_preflight(dice, expected, first), make_answer(dice, expected))
        )
    if any(fetch.method.upper() == 'HEAD' for fetch in fetches):
        for hop in case.hops:  # a HEAD with 421 never ends in Firefox
            hop.answer.status = 500 if hop.answer.status == 421 else hop.answer.status
    for place, hop in enumerate(case.hops[:-1]):
        path = f'/{name}/{place + 1}'
        target = case.hops[place + 1].origin + path
        hop.answer.status = dice.choice(REDIRECTS)
        location = dice.often(target, make_locations(case.hops[place + 1].origin, path), 0.8)
        hop.answer.headers += [('Location', location)] * dice.often(1, [2], 0.95)
        if dice.random() < 0.2:
            hop.answer.headers.append(('Referrer-Policy', dice.choice(REFERRER_POLICIES)))
    return case


def make_locations(origin: str, path: str) -> list[str]:
    """Other ways to write a URL, most of which lead to the same place."""
    scheme, _, host = origin.partition('://')
    name, _, port = host.rpartition(':')
    spelled = {
        '127.0.0.1': ['127.1', '0x7f.1', '2130706433', '0177.0.0.1', '127.0.0.1.', '%3127.0.0.1'],
        'localhost': ['LOCALHOST', 'local%68ost', 'loc\u00adalhost', '\uff4cocalhost'],
        '[::1]': ['[0:0:0:0:0:0:0:1]', '[::0001]', '[::0.0.0.1]', '[0::1]'],
    }[name]
    written = [f'{scheme}://{other}:{port}{path}' for other in spelled]
    return [
        *(url.encode().decode('latin-1') for url in written), path, f'//{host}{path}',
        f'{scheme}:{path}', f'{scheme}:{path[1:]}', f'{scheme}:///{host}{path}', f'\\{path[1:]}',
        f'{scheme}://{name}:0{port}{path}', f'{scheme.upper()}://{host}{path}', f'{path}#a',
        f'{scheme}://@{host}{path}', f'{scheme}://:@{host}{path}', f'{scheme}://me@{host}{path}',
        f'{scheme}://:me@{host}{path}', f' {origin}{path} ', f'{origin}/../{path[1:]}', '',
        f'{origin}{path}, {origin}{path}', 'http://[::1', 'http://a b/', 'mailto:a', 'data:,a',
        f'{origin}:{path}',
    ]  # fmt: skip


def make_headers(dice: Dice) -> Pairs:
    """The headers that a page sets: few, a few odd ones, or very many."""
    kind = dice.random()
    if kind < 0.35:
        return []
    if kind < 0.8:
        return dice.sample(REQUEST_HEADERS, dice.choice([1, 1, 1, 2, 3, 12]))
    if kind < 0.9:
        byte = dice.choice(EDGES)
        name = dice.choice(['Accept', 'Accept-Language', 'Content-Language', 'Content-Type', 'X-A'])
        return [(name, dice.choice([f'text/plain{byte}', f'text/plain;{byte}a', f'a{byte}b']))]
    if kind < 0.95:
        names = ['Accept', 'Accept-Language', 'Content-Language'] * 3
        sizes = [dice.choice([127, 128, 128]) for _ in names]
        pairs = list(zip(names, ('a' * size for size in sizes), strict=True))
        return [*pairs[: dice.choice([7, 8, 9])], ('Accept', 'a' * dice.choice([0, 1, 2, 8]))]
    return [(f'X-H{number}', str(number)) for number in range(dice.randint(30, 90))]


def make_fetch(dice: Dice) -> Fetch:
    method = dice.choice(METHODS)
    headers = make_headers(dice)
    has_body = method.upper() not in {'GET', 'HEAD'} and dice.random() < 0.5
    return Fetch(
        method,
        headers,
        dice.choice(['text', 'bytes', 'form']) if has_body else None,
        dice.often('cors', ['no-cors', 'same-origin'], 0.85),
        dice.choice(['omit', 'same-origin', 'include', 'include']),
        dice.often('follow', ['error', 'manual'], 0.85),
        dice.often('', REFERRER_POLICIES[:-2], 0.85),
    )


def varied(dice: Dice, first: Fetch) -> Fetch:
    """The same fetch with one thing changed: the preflight cache decides."""
    more: Pairs = [*first.headers, ('X-One', '1')]
    changes: list[dict[str, Any]] = [
        {'credentials': 'include'}, {'credentials': 'omit'}, {'method': 'PUT'}, {'headers': more},
        {'headers': first.headers[1:]},
    ]  # fmt: skip
    return Fetch(**{**vars(first), **dice.choice(changes)})


def make_sharing(dice: Dice, expected: str) -> Pairs:
    """``Access-Control-Allow-Origin`` and ``-Credentials``, mostly so that the page may read."""
    other = dice.choice(
        ['*', 'null', 'http://other.example', f'{expected}/', expected.upper(), '', ' * ',
         expected.removeprefix('http://'), f'{expected}, {expected}', f'{expected} {expected}',
         f' {expected}\t', '*, *', 'http://127.0.0.1',
         'moz-extension://0e5a', 'capacitor://localhost', 'http://[::1]']
    )  # fmt: skip
    origin = dice.often(expected, [other], 0.65)
    lines = [('Access-Control-Allow-Origin', origin)] * dice.often(1, [0, 0, 0, 2], 0.88)
    credentials = dice.often('true', ['True', 'TRUE', 'false', 'true, true', '', ' true '], 0.85)
    lines += [('Access-Control-Allow-Credentials', credentials)] * dice.often(1, [0, 0, 2], 0.75)
    if dice.random() < 0.05:
        lines.append(('Access-Control-Allow-Credentials', ''))
    return lines


def make_preflight(dice: Dice, expected: str, fetch: Fetch) -> Answer:
    names = [name for name, _ in fetch.headers]
    method = fetch.method.upper() if fetch.method.upper() in NORMALIZED else fetch.method
    methods = dice.often(
        method,
        ['*', 'PUT, DELETE, PATCH', method.lower(), method.upper(), 'PUT DELETE', '', ',,PUT ,'],
    )
    listed = dice.often(
        ', '.join(names),
        ['*', '*, Authorization', 'x-one', ','.join(names).upper(), ', '.join(names[1:]), 'X One',
         '', f',{",".join(names)} , ', 'Content-Type, Range, Accept'],
    )  # fmt: skip
    headers = make_sharing(dice, expected)
    headers += [('Access-Control-Allow-Methods', methods)] * dice.often(1, [0, 0, 2], 0.9)
    headers += [('Access-Control-Allow-Headers', listed)] * dice.often(1, [0, 0, 2], 0.9)
    headers += [('Access-Control-Max-Age', dice.choice(MAX_AGES))] * dice.often(1, [0, 0, 2], 0.6)
    status = dice.often(
        204, [200, 200, 201, 299, 301, 307, 400, 401, 403, 404, 405, 407, 421, 500], 0.75
    )
    if status in REDIRECTS:
        headers.append(('Location', '/elsewhere'))
    return Answer(status, headers)


def make_answer(dice: Dice, expected: str) -> Answer:
    headers = [('Cache-Control', 'no-store'), *make_sharing(dice, expected)]
    headers += dice.sample(ANSWER_HEADERS, dice.choice([0, 1, 3]))
    for _ in range(dice.often(1, [0, 2], 0.5)):
        headers.append(('Access-Control-Expose-Headers', dice.choice(EXPOSED)))
    policies = ['same-origin', 'same-site', 'cross-origin', 'Same-Origin', 'same-origin, same-site']
    if dice.random() < 0.25:
        headers.append(('Cross-Origin-Resource-Policy', dice.choice(policies)))
    return Answer(dice.often(200, [201, 204, 400, 401, 403, 404, 407, 421, 500], 0.75), headers)
