"""The finder: whatever a reader copies finds its page, with the reader's own values in the code."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from recording.browsers.causes import MANY, NOTHING, read
from recording.engines.chromium import Chromium
from recording.lessons import ROOT
from recording.running_demo import RunningDemo

PASTE = """
(text) => {
  const input = document.querySelector('.finder textarea');
  input.value = text;
  input.dispatchEvent(new Event('input'));
  const answer = document.querySelector('.finder-answer');
  return {
    text: answer.innerText,
    code: answer.querySelector('pre')?.textContent,
    links: [...answer.querySelectorAll('a')].map(({ pathname }) => pathname),
    choices: [...answer.querySelectorAll('button')].map((button) => button.textContent),
  };
}
"""
FIND = '(text) => Finder.find(text)'
MOST_PAGES = 5  # among which one question must tell
NONSENSE = (
    'Uncaught TypeError: Cannot read properties of undefined (reading "map")',
    'The rye is sold out.',
    'https://api.example.com/menu',
    'The page is allowed to be loaded.',
    '404',
    '<b>Access</b>',
)
NO_HEADER = (
    "Access to fetch at 'https://api.acme.dev/me' from origin 'http://localhost:5173' has been "
    "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested "
    'resource.'
)


def pasted() -> list[tuple[str, str, str]]:
    """The table of texts: the page, what kind of text it is, and the text."""
    with (ROOT / 'tests/browsers/pasted_lines.csv').open(newline='') as lines:
        return [(page, kind, text) for page, kind, text in [*csv.reader(lines)][1:]]


@pytest.fixture(scope='module', params=['index.html', 'errors/index.html'])
def finder(request: pytest.FixtureRequest, chromium: Chromium, demo: RunningDemo) -> Chromium:
    chromium.look(1280)
    chromium.open(f'{demo.guide}/{request.param}')
    chromium.wait_for("document.querySelector('.finder textarea') && Finder.find('404') === null")
    return chromium


def test_every_text_finds_its_page(finder: Chromium) -> None:
    wrong = []
    for page, kind, text in pasted():
        found: dict[str, Any] = finder.run(FIND, text) or {'pages': []}
        asks = len(found['pages']) > 1
        if page not in found['pages'] or len(found['pages']) > MOST_PAGES:
            wrong.append((page, kind, text, found['pages']))
        elif asks is not ('question' in found):
            wrong.append((page, kind, text, 'a question if and only if several pages fit'))
    assert wrong == []


def test_there_are_texts_enough() -> None:
    texts = pasted()
    cut_off = [text for _, kind, text in texts if kind == 'beginning cut off']
    assert len({text for _, _, text in texts}) == len(texts) >= 200
    assert len(cut_off) >= 60
    assert {kind for _, kind, _ in texts} >= {'exception', 'status row', 'console', 'curl'}


def test_every_recorded_line_finds_its_page(finder: Chromium) -> None:
    for message in read():
        if message.text != NOTHING:
            found = finder.run(FIND, message.text)
            expected = 'howto/is_it_cors' if message.page == MANY else f'errors/{message.page}'
            assert expected in found['pages'], (message, found)


@pytest.mark.parametrize('text', NONSENSE)
def test_nonsense_finds_no_page(finder: Chromium, text: str) -> None:
    found = finder.run(PASTE, text)
    assert found['text'].startswith('No page knows this text.')
    assert [link.rpartition('/howto/')[2] for link in found['links']] == ['is_it_cors.html']


@pytest.mark.parametrize(
    ('text', 'parts'),
    [
        (NO_HEADER, ["allow_origins=['http://localhost:5173']"]),
        (
            "from origin 'https://acme.dev' has been blocked by CORS policy: Request header field "
            'x-request-id is not allowed by Access-Control-Allow-Headers in preflight response.',
            ["allow_origins=['https://acme.dev']", "allow_headers=['x-request-id']"],
        ),
        (
            "from origin 'https://acme.dev' has been blocked by CORS policy: Method PATCH is not "
            'allowed by Access-Control-Allow-Methods in preflight response.',
            ["allow_methods=['PATCH']"],
        ),
        ('Refused to get unsafe header "X-Total-Count"', ["expose_headers=['X-Total-Count']"]),
        (
            "$ curl -i -H 'Origin: https://acme.dev' https://api.acme.dev/\nHTTP/1.1 200 OK\n\n",
            ["allow_origins=['https://acme.dev']"],
        ),
        # What is no origin stays out of the code.
        (NO_HEADER.replace('http://localhost:5173', 'null'), ["['https://shop.example.com']"]),
    ],
)
def test_the_code_has_the_readers_own_values(finder: Chromium, text: str, parts: list[str]) -> None:
    code = finder.run(PASTE, text)['code']
    assert [part for part in parts if part not in code] == []


def test_one_question_tells_several_causes_apart(finder: Chromium) -> None:
    found = finder.run(
        PASTE,
        'Origin https://acme.dev is not allowed by Access-Control-Allow-Origin. Status code: 200',
    )
    assert found['text'].startswith('Open the network panel.')
    assert len(found['choices']) > 1
    assert "allow_origins=['https://acme.dev']" in found['code']
    second = finder.run(
        """() => {
          document.querySelectorAll('.finder-answer button')[1].click();
          return document.querySelector('.finder-page a').pathname;
        }"""
    )
    assert second.endswith('/errors/other_origin.html')


def test_what_is_pasted_stays_text_and_stays_here(finder: Chromium) -> None:
    finder.requests.clear()
    for text in ('<img src=x onerror="document.title = 1">', NO_HEADER):
        finder.run(PASTE, text)
        assert finder.run("() => document.querySelectorAll('.finder img').length") == 0
    assert finder.requests == []
    assert finder.run(PASTE, '   ')['text'] == ''
