"""Words that readers stumble over, and that must not come back into the pages.

Spelling is the job of codespell, and phrases that no good writer uses are that of proselint: see
``nox -s lint``. The list below has what both let pass, because each word is correct English. Here
it came from translating, and a native reader had to read the sentence twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from recording.lessons import ROOT


class Word(NamedTuple):
    """A pattern, what to write in its place, and a sentence that the pattern must find."""

    pattern: str
    instead: str
    example: str


WORDS = [
    Word('mend(s|ed|ing)?', 'fix', 'Find your line and what mends it.'),
    Word('anew', 'again', 'Load the page anew.'),
    Word('likewise', 'also, too', 'Firefox likewise blocks it.'),
    Word('thereby|hence|whence|hereby', 'so, this way', 'Thereby the page can read it.'),
    Word('whatever becomes of', 'rewrite the sentence', 'Whatever becomes of the request.'),
    Word('what becomes of', 'what happens to', 'This is what becomes of it.'),
    Word('(gets?|comes?|came|sent|sends?) along', 'is sent with', 'The cookie comes along.'),
    Word('beside', 'next to, in addition to', 'A file beside the program.'),
    Word('bears?', 'carries, includes', 'The response bears the header.'),
    Word('by itself', 'by default, on its own', 'uvicorn logs by itself.'),
    Word('strangers?', "other sites, an origin that isn't allowed", 'A stranger reads nothing.'),
    Word('foreign (page|site|origin)s?', 'other site', 'A foreign page cannot read it.'),
    Word('twins?', 'the Markdown version, the ASGI version', 'Every page has a twin.'),
    Word('stands?(?! (for|out))', 'is, appears', 'It stands in the list.'),
    Word('told|unsaid', 'configured, given', 'As told in the configuration.'),
    Word('hands? (it )?on', 'forwards, passes on', 'The proxy hands on the request.'),
    Word('lets? through', 'forwards', 'nginx lets through the header.'),
    Word(
        '(?<!there )(is|are|was|were) no(?! (longer|more|need|reason|way))',
        "isn't",
        'It is no CORS error.',
    ),
    Word('says? (yes|no)', 'allows, refuses', 'The server says yes.'),
    Word('knows? nothing of', "doesn't know about", 'The server knows nothing of CORS.'),
    Word(
        r'(browser|page|script|server|proxy)s? asks?(?! the \*?user)',
        'sends',
        'The browser asks first.',
    ),
    Word(
        r'(server|API|nginx|app)s? answers(?!\s+(\w+\s+)?preflights?)',
        'responds',
        'The API answers 200.',
    ),
    Word('after this (page|lesson)', "when you're done, or nothing", 'After this page you can.'),
    Word('simply', 'nothing', 'You simply add a header.'),
    Word(r'(\w+) \1', 'the word once', 'The browser blocks the the page.'),
]
PAGES = [
    *(ROOT / f'{name}.md' for name in ('README', 'CONTRIBUTING', 'CHANGELOG', 'SECURITY')),
    *sorted(path for path in (ROOT / 'docs').rglob('*.rst') if '_build' not in path.parts),
]
# A panel's lines, directives, their options, comments, commands, and code within a sentence.
NOT_PROSE = re.compile(
    r'(?ms)^( *)\.\. panel::[^\n]*(?:\n+\1 +[^\n]+)*'
    r'|^ *(?:\.\. |:[a-z-]+:|\$ )[^\n]*|``.+?``|(?<!`)`[^`\n]+`|<[^>\n]+>'
)


def prose(text: str) -> str:
    """Leave out what nobody reads as a sentence, and keep the lines."""
    return NOT_PROSE.sub(lambda found: '\n' * found[0].count('\n'), text)


def stumbles(text: str) -> Iterator[str]:
    """Yield each word of the list that a text has, with its line and what to write."""
    read = prose(text)
    for word in WORDS:
        for found in re.finditer(rf'\b(?:{word.pattern})\b', read, re.IGNORECASE):
            line = read.count('\n', 0, found.start()) + 1
            yield f'line {line}: {found[0]!r}; better: {word.instead}'


@pytest.mark.parametrize('path', PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_has_none_of_the_words(path: Path) -> None:
    assert list(stumbles(path.read_text())) == []


@pytest.mark.parametrize('word', WORDS, ids=lambda word: word.pattern)
def test_the_list_finds_its_words(word: Word) -> None:
    assert any(word.instead in found for found in stumbles(word.example))
    assert list(stumbles(f'Read ``{word.example}`` here.\n\n.. note:: {word.example}')) == []
