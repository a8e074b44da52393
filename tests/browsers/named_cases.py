"""Fetches that were chosen because engines differ in them, or differ from what one expects."""

from __future__ import annotations

from collections.abc import Iterator

from tests.browsers.cases import Answer, Case, Fetch, Hop, Pairs

ACAO, ACAC = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'
HINTS = {
    'DPR': ('2', '2.5', '0', '', 'x', '-1', '1e3', '2.', '.5'),
    'Device-Memory': ('8', '0.25', 'x'),
    'Downlink': ('1', '1.7', 'x'),
    'ECT': ('4g', 'slow-2g', '6g', '4G', ''),
    'RTT': ('0', '-5', '1.5'),
    'Save-Data': ('on', 'On', 'off', '', 'on;a'),
    'Viewport-Width': ('100', 'x', '1.5'),
    'Width': ('100', 'x'),
}
CONTENT_TYPES = (
    'text/plain; a=b,c',
    'text/plain;,',
    'multipart/form-data;boundary=a,b',
    'text/plain;a=b',
)
CREDENTIALS_LINES: tuple[list[str], ...] = (
    ['true'],
    ['true', ''],
    ['', 'true'],
    ['true', 'true'],
    ['True'],
    [],
)
REFERRER_POLICIES = (
    'no-referrer', 'same-origin', 'strict-origin', 'origin', 'unsafe-url', 'bogus',
    'no-referrer, origin', 'no-referrer, bogus',
)  # fmt: skip
LONG = 'x' * 4090
COOKIES = (
    'a=1', f'a={LONG}12345', f'a={LONG}123456', 'a=b\x01c', 'a=b\x7fc', 'a=b\tc', 'a=1; x=\x01',
    'a=1; Partitioned', 'a=1; Partitioned; Secure', 'a=1; SameSite=None', '__Secure-a=1',
    '__Secure-a=1; Secure', '__SECURE-a=1', '__Host-a=1; Secure', '__Http-a=1; Secure',
    '__Http-a=1; Secure; HttpOnly', '=a', 'a', '=__Secure-a; Secure', 'a=b=c', 'a="b c"', 'a=1,2',
    ';a=1', 'a=1; Max-Age=0', 'a=1; Max-Age=-1', 'a=1; Max-Age=+0', 'a=1; Max-Age=0x',
    'a=1; Max-Age=9; Expires=Tue, 24 Nov 1999 00:00:00 GMT', 'a=1; Expires=24-Nov-99 00:00:00',
    'a=1; Expires=24-Nov-69 00:00:00', 'a=1; Expires=Tue Nov 24 10:20:30 1999',
    'a=1; Expires=24/Nov/1999 00:00:00', 'a=1; Expires=soon', f'a=1; x={LONG}; Max-Age=0',
    f'a=1; Domain={LONG}', 'a=1; Domain=.', 'a=1; Domain=example.com', 'a=1; Domain=',
)  # fmt: skip


def get(
    method: str = 'GET',
    *,
    headers: Pairs | None = None,
    body: str | None = None,
    mode: str = 'cors',
    credentials: str = 'omit',
    referrer_policy: str = '',
) -> Fetch:
    """A simple GET, but for the options."""
    return Fetch(method, headers or [], body, mode, credentials, 'follow', referrer_policy)


class Cases:
    """Cases in the making, of one page and one API."""

    def __init__(self, page: str, api: str) -> None:
        self.page, self.api = page, api
        self.made: list[Case] = []

    @property
    def sharing(self) -> Pairs:
        return [('Cache-Control', 'no-store'), (ACAO, self.page), (ACAC, 'true')]

    def add(
        self,
        kind: str,
        *fetches: Fetch,
        status: int = 200,
        headers: Pairs | None = None,
        location: Iterator[str] | None = None,
        origin: str = '',
    ) -> None:
        """Add a case, whose first hop gives a status, headers and perhaps lines of Location."""
        name, origin = f'{kind}-{len(self.made)}', origin or self.api
        allowed: Pairs = [
            (ACAO, self.page), (ACAC, 'true'), ('Access-Control-Max-Age', '0'),
            ('Access-Control-Allow-Methods', 'PUT, POST'),
            ('Access-Control-Allow-Headers', ', '.join([*HINTS, 'Content-Type'])),
        ]  # fmt: skip
        preflight = Answer(204, allowed)
        first = Answer(status, [*(self.sharing if headers is None else headers)])
        first.headers += [('Location', line.replace('NAME', name)) for line in location or ()]
        last = Answer(200, self.sharing)
        hops = [Hop(origin, preflight, answer) for answer in (first, last)]
        self.made.append(Case(name, self.page, [*fetches], hops))


def locations(host: str) -> list[list[str]]:
    """Lines of Location that lead to the second hop of the case NAME, or nowhere."""
    path = '/NAME/1'
    return [
        [f'http://:@{host}{path}'], [f'http://@{host}{path}'], [f'http://me@{host}{path}'],
        [f'http://:me@{host}{path}'], ['http:1'], [f'http:{path}'], ['HTTP:1'], [''], [path, path],
        [path, '/NAME/0'], [f'{path}, {path}'], [f' {path} '], [f'{path}#a'], ['http://a b/'],
        ['mailto:a'], [f'//{host}{path}'], ['\\NAME\\1'],
    ]  # fmt: skip


def named_cases(page: str, api: str) -> list[Case]:
    """The cases of a page that calls an API on another origin."""
    cases = Cases(page, api)
    for lines in locations(api.partition('://')[2]):
        cases.add('location', get(), status=302, location=iter(lines))
    for line in ('data:,a', 'mailto:a', 'foo:a', 'http://a b/', 'http://[::1'):
        for method in ('GET', 'HEAD'):
            location = iter([line])
            cases.add('not-shared', get(method), status=302, headers=[], location=location)
    for mode, origin in (('cors', page), ('no-cors', api)):
        host = origin.partition('://')[2]
        location = iter([f'http://me@{host}/NAME/1'])
        cases.add('user-name', get(mode=mode), status=302, location=location, origin=origin)
    for name, values in HINTS.items():
        for value in values:
            cases.add('hint', get(headers=[(name, value)]))
    for value in CONTENT_TYPES:
        fetch = get('POST', headers=[('Content-Type', value)], body='bytes')
        cases.add('content-type', fetch)
    for given in CREDENTIALS_LINES:
        sharing = [*cases.sharing[:2], *((ACAC, value) for value in given)]
        cases.add('credentials', get(credentials='include'), headers=sharing)
    for status in (407, 421):
        for method in ('GET', 'POST', 'PUT'):
            cases.add('status', get(method), status=status)
        cases.add('status', get(mode='no-cors'), status=status)
    for policy in REFERRER_POLICIES:
        for mode in ('cors', 'no-cors'):
            sharing = [*cases.sharing, ('Referrer-Policy', policy)]
            fetch, location = get('POST', mode=mode), iter(['/NAME/1'])
            cases.add('policy', fetch, status=307, headers=sharing, location=location)
    for policy in REFERRER_POLICIES[:5]:
        for mode in ('cors', 'no-cors', 'same-origin'):
            origin = page if mode == 'same-origin' else api
            fetch = get('POST', mode=mode, referrer_policy=policy)
            cases.add('own-policy', fetch, origin=origin)
    for origin in (page, api):
        cases.add('stream', get('POST', body='stream'), origin=origin)
    sharing = [*cases.sharing[:1], (ACAO, '*')]
    cases.add('star', get(), get(credentials='include'), headers=sharing)
    return cases.made


def cookie_cases(page: str, api: str) -> list[Case]:
    """Cookies that an API sets, and that the next request to it has or hasn't."""
    cases = Cases(page, api)
    for line in COOKIES:
        fetch = get(credentials='include')
        cases.add('cookie', fetch, fetch, headers=[*cases.sharing, ('Set-Cookie', line)])
    return cases.made
