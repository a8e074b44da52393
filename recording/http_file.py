"""The `.http` files of docs/recorded: a request as written by hand, its response as recorded.

    GET /menu HTTP/1.1
    Origin: https://shop.example.com

    HTTP/1.1 200 OK
    Content-Type: application/json

    {"rye": 4.2}

The name is ``<lesson>--<what it shows>.http``. Header names are written as people know them
and sorted in the answer; those of one name keep their order. What the server adds by itself is
left out, and so is what changes with every checkout, and line ends after the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import httpx

from demo.wire import header_name
from recording.lessons import ROOT

FOLDER = ROOT / 'docs/recorded/exchanges'
OF_THE_SERVER = {'Connection', 'Date', 'Server', 'Transfer-Encoding'}
OF_THE_CHECKOUT = {'Etag', 'Last-Modified'}  # of a static file: they tell when it was written


@dataclass(frozen=True)
class RecordedExchange:
    """One file: ``request`` and ``answer`` are its two halves as text."""

    path: Path
    request: str
    answer: str

    @property
    def lesson(self) -> str:
        return self.path.stem.partition('--')[0]

    def to(self, base_url: str) -> httpx.Request:
        """Build the request, aimed at a server."""
        head, _, body = self.request.partition('\n\n')
        first, *header_lines = head.splitlines()
        method, path, _version = first.split(' ')
        split = (line.partition(': ') for line in header_lines)
        headers = [(name, value) for name, _, value in split]
        return httpx.Request(method, base_url + path, headers=headers, content=body.strip())

    def with_answer(self, response: httpx.Response) -> RecordedExchange:
        """Take the answer of a lesson mounted under its name, as it is without that."""
        answer = answer_text(response).replace(f'/{self.lesson}/', '/')
        return RecordedExchange(self.path, self.request, answer)

    @property
    def text(self) -> str:
        return f'{self.request}\n\n{self.answer}\n'


def read(path: Path) -> RecordedExchange:
    """Read a file; one that was never recorded has no answer yet."""
    request, mark, answer = path.read_text().partition('\n\nHTTP/1.1 ')
    return RecordedExchange(path, request.rstrip('\n'), (mark + answer).strip())


def read_all(folder: Path = FOLDER) -> list[RecordedExchange]:
    return [read(path) for path in sorted(folder.glob('*.http'))]


def answer_text(response: httpx.Response) -> str:
    """Write an answer as the files show it."""
    named = [(header_name(name), value) for name, value in response.headers.multi_items()]
    headers = sorted(
        (pair for pair in named if pair[0] not in OF_THE_SERVER | OF_THE_CHECKOUT),
        key=itemgetter(0),
    )
    lines = [f'HTTP/1.1 {response.status_code} {response.reason_phrase}']
    lines += [f'{name}: {value}' for name, value in headers]
    body = response.text.replace('\r\n', '\n').rstrip('\n')
    return '\n'.join(lines) + (f'\n\n{body}' if body else '')
