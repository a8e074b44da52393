"""Read the exchanges of docs/recorded, and let ``cors_browser`` judge them.

A file is named ``<lesson>--<what it shows>.http``. The request is written by hand, the response is
recorded::

    GET /menu HTTP/1.1
    Origin: https://shop.example.com

    HTTP/1.1 200 OK
    Content-Type: application/json

    {"rye": 4.2}

Header names are written as people know them and sorted in the response; those of one name keep
their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cors_browser.replay import Capture

API = 'https://api.example.com'
NOT_OF_THE_PAGE = {'Origin', 'Cookie', 'Host', 'Content-Length'}  # the browser writes them
VALUES = {'content-type': 'application/json'}  # of the headers that a preflight names
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Exchange:
    """One recorded exchange: the text of the request and of the response, '' if there is none."""

    file: Path
    request: str
    response: str

    @property
    def lesson(self) -> str:
        """The lesson whose program responded."""
        return self.file.stem.partition('--')[0]

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.request.split(' ')[0]

    @property
    def path(self) -> str:
        """The path of the request."""
        return self.request.split(' ')[1]

    @property
    def headers(self) -> Headers:
        """The headers of the request."""
        return _headers(self.request)

    @property
    def body(self) -> str:
        """The body of the request."""
        return self.request.partition('\n\n')[2].strip()

    @property
    def origin(self) -> str:
        """The origin of the page; empty if the request has no ``Origin``."""
        return dict(self.headers).get('Origin', '')

    @property
    def status(self) -> str:
        """The status and its reason."""
        return self.response.partition('\n')[0].removeprefix('HTTP/1.1 ')

    @property
    def response_headers(self) -> Headers:
        """The headers of the response."""
        return _headers(self.response)

    @property
    def response_body(self) -> str:
        """The body of the response."""
        return self.response.partition('\n\n')[2]

    @property
    def text(self) -> str:
        """What the file holds."""
        return f'{self.request}\n\n{self.response}\n'


def _headers(text: str) -> Headers:
    lines = text.partition('\n\n')[0].splitlines()[1:]
    return [(name, value) for name, _, value in (line.partition(': ') for line in lines)]


def read_exchange(file: Path) -> Exchange:
    """Read one file; a request that was never recorded has no response yet."""
    request, mark, response = file.read_text().partition('\n\nHTTP/1.1 ')
    return Exchange(file, request.rstrip('\n'), (mark + response).strip())


def read_exchanges(folder: Path) -> list[Exchange]:
    """Read all files of a folder."""
    return [read_exchange(file) for file in sorted(folder.glob('*.http'))]


def capture_of(exchanges: Sequence[Exchange], page: str = '') -> Capture:
    """Find the fetch behind some exchanges, for the model of a browser.

    The last exchange is the page's own request, or a preflight for it.

    Args:
        exchanges: In their order.
        page: The page's origin; by default that of the last exchange.
    """
    last = exchanges[-1]
    sent = dict(last.headers)
    method = sent.pop('Access-Control-Request-Method', last.method)
    names = sent.pop('Access-Control-Request-Headers', '')
    headers = [pair for pair in sent.items() if pair[0] not in NOT_OF_THE_PAGE]
    return Capture(
        url=API + last.path,
        page=page or last.origin,
        method=method,
        headers=headers + [(name, VALUES.get(name, 'x')) for name in names.split(',') if name],
        body=last.body or None,
        credentials='include' if 'Cookie' in sent else 'same-origin',
        responses=[
            (one.method, (int(one.status[:3]), one.response_headers, one.response_body.encode()))
            for one in exchanges
        ],
    )
