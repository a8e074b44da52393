"""The error pages and the recorded messages are the same set, in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from recording.browsers.causes import CAUSES, MANY, NOTHING, Message, read
from recording.lessons import ROOT

FOLDER = ROOT / 'docs/errors'
LABELS = {'Chromium': 'Chrome, Edge', 'Firefox': 'Firefox', 'WebKitGTK': 'Safari'}
NO_LINE = 'No line.'

Shown = dict[str, dict[str, list[str]]]  # by page and label: the lines in its table


def faults(shown: Shown, recorded: list[Message]) -> list[str]:
    """Compare what the pages show with recorded lines."""
    unexplained = {message.page for message in recorded} - shown.keys() - {MANY}
    found = [f'{page}: recorded, and no page explains it' for page in sorted(unexplained)]
    for page, lines in shown.items():
        expected = recorded_of(page, recorded)
        if lines != expected:
            found.append(f'{page}: shows {lines}, recorded is {expected}')
    return found


def recorded_of(page: str, recorded: list[Message]) -> dict[str, list[str]]:
    """The lines of a page, by the label of its engine; none where it printed nothing."""
    lines: dict[str, list[str]] = {}
    for message in recorded:
        if message.page == page:
            printed = lines.setdefault(LABELS[message.engine], [])
            if message.text != NOTHING and message.text not in printed:
                printed.append(message.text)
    return lines


def parsed(site: Path, page: str) -> BeautifulSoup:
    return BeautifulSoup((site / f'errors/{page}.html').read_text(), 'html.parser')


def pages() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob('*.rst') if path.stem != 'index')


@pytest.fixture(scope='module')
def shown(site: Path) -> Shown:
    found: Shown = {}
    for page in pages():
        rows = parsed(site, page).select('table.wordings tr')
        cells = [row.select('td') for row in rows]
        found[page] = {name.get_text(): lines_of(said.get_text()) for name, said in cells}
    return found


def lines_of(text: str) -> list[str]:
    return [line for line in text.split('\n') if line not in ('', NO_LINE)]


def test_each_page_shows_what_was_recorded_and_nothing_else(shown: Shown) -> None:
    assert faults(shown, read()) == []


@pytest.mark.parametrize('page', pages())
def test_a_page_begins_with_its_meaning_and_its_fix(site: Path, page: str) -> None:
    section = parsed(site, page).select_one('article section')
    assert section
    title, meaning, fix, *_ = list(section.find_all(True, recursive=False))
    assert title.name == 'h1'
    assert meaning.get_text().startswith('What it means. ')
    assert 'fix' in fix['class']
    assert fix.get_text().strip().startswith('How to fix it. ')


def test_every_cause_was_recorded_in_every_engine() -> None:
    recorded = read()
    assert {message.page for message in recorded} == {cause.page for cause in CAUSES} | {MANY}
    for cause in CAUSES:
        assert recorded_of(cause.page, recorded).keys() == set(LABELS.values()), cause.page
    told = [page for page in {c.page for c in CAUSES} if all(recorded_of(page, recorded).values())]
    assert len(told) >= 20


def drop_page(shown: Shown, recorded: list[Message]) -> list[Message]:
    del shown['no_acao']
    return recorded


def add_page(shown: Shown, recorded: list[Message]) -> list[Message]:
    shown['other'] = {}
    return [*recorded, recorded[0]._replace(page='other')]


def change_line(shown: Shown, recorded: list[Message]) -> list[Message]:
    shown['no_acao']['Firefox'] = ['Cross-Origin Request Allowed']
    return recorded


def change_record(shown: Shown, recorded: list[Message]) -> list[Message]:
    return [message._replace(text=message.text.replace('missing', 'lost')) for message in recorded]


def drop_engine(shown: Shown, recorded: list[Message]) -> list[Message]:
    return [m for m in recorded if (m.page, m.engine) != ('method', 'Firefox')]


def break_silence(shown: Shown, recorded: list[Message]) -> list[Message]:
    return [m._replace(text='Oh!') if m.page == 'no_cookie' else m for m in recorded]


@pytest.mark.parametrize(
    'mutate', [drop_page, add_page, change_line, change_record, drop_engine, break_silence]
)
def test_a_difference_is_named(
    shown: Shown, mutate: Callable[[Shown, list[Message]], list[Message]]
) -> None:
    changed = {page: dict(lines) for page, lines in shown.items()}
    assert faults(changed, mutate(changed, read()))


def test_the_index_lists_every_page_once() -> None:
    listed = re.findall(r'^   ([a-z0-9_]+)$', (FOLDER / 'index.rst').read_text(), re.MULTILINE)
    assert sorted(listed) == sorted({cause.page for cause in CAUSES})
