"""The error pages and the recorded messages are the same set, in both directions."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from recording.browsers.causes import CAUSES, MANY, NOTHING, Message, read
from recording.lessons import ROOT

FOLDER = ROOT / 'docs/errors'
LABELS = {
    'Chromium': 'Chrome, Edge and other Chromium browsers:',
    'Firefox': 'Firefox:',
    'WebKitGTK': 'Safari and other WebKit browsers:',
}
HEADING = re.compile(r'^\.\. rubric:: ``(.*)``\n   :heading-level: 3$', re.MULTILINE)
LABEL = re.compile(rf'^({"|".join(map(re.escape, LABELS.values()))})$', re.MULTILINE)


def faults(folder: Path, recorded: list[Message]) -> list[str]:
    """Compare the pages of a folder with recorded lines."""
    pages = {path.stem: path.read_text() for path in folder.glob('*.rst') if path.stem != 'index'}
    unexplained = {message.page for message in recorded} - pages.keys() - {MANY}
    found = [f'{page}: recorded, and no page explains it' for page in sorted(unexplained)]
    for page, text in pages.items():
        expected = recorded_of(page, recorded)
        if not expected:
            found.append(f'{page}: a page, and nothing is recorded')
        elif any(expected.values()) and shown_on(text) != expected:
            found.append(f'{page}: shows {shown_on(text)}, recorded is {expected}')
        elif not any(expected.values()) and (shown_on(text) or 'prints\n-' not in text):
            found.append(f'{page}: does not say that no browser prints a line')
    return found


def recorded_of(page: str, recorded: list[Message]) -> dict[str, list[str]]:
    """The lines of a page, by the label of its engine; none where it printed nothing."""
    lines: dict[str, list[str]] = {}
    for message in recorded:
        if message.page == page:
            told = lines.setdefault(LABELS[message.engine], [])
            if message.text != NOTHING and message.text not in told:
                told.append(message.text)
    return lines


def shown_on(text: str) -> dict[str, list[str]]:
    """The headings of a page, by the label that stands before them."""
    _, *parts = LABEL.split(text)
    return {
        label: HEADING.findall(part) for label, part in zip(parts[::2], parts[1::2], strict=True)
    }


def test_each_page_shows_what_was_recorded_and_nothing_else() -> None:
    assert faults(FOLDER, read()) == []


def test_every_cause_was_recorded_in_every_engine() -> None:
    recorded = read()
    assert {message.page for message in recorded} == {cause.page for cause in CAUSES} | {MANY}
    for cause in CAUSES:
        assert recorded_of(cause.page, recorded).keys() == set(LABELS.values()), cause.page
    told = [page for page in {c.page for c in CAUSES} if all(recorded_of(page, recorded).values())]
    assert len(told) >= 20


def drop_page(folder: Path, recorded: list[Message]) -> list[Message]:
    (folder / 'no_acao.rst').unlink()
    return recorded


def add_page(folder: Path, recorded: list[Message]) -> list[Message]:
    (folder / 'other.rst').write_text('Other\n=====\n')
    return recorded


def change_heading(folder: Path, recorded: list[Message]) -> list[Message]:
    page = folder / 'no_acao.rst'
    page.write_text(page.read_text().replace('is present on', 'was present on', 1))
    return recorded


def change_record(folder: Path, recorded: list[Message]) -> list[Message]:
    return [message._replace(text=message.text.replace('missing', 'lost')) for message in recorded]


def drop_engine(folder: Path, recorded: list[Message]) -> list[Message]:
    return [m for m in recorded if (m.page, m.engine) != ('method', 'Firefox')]


def break_silence(folder: Path, recorded: list[Message]) -> list[Message]:
    return [m._replace(text='Oh!') if m.page == 'no_cookie' else m for m in recorded]


@pytest.mark.parametrize(
    'mutate', [drop_page, add_page, change_heading, change_record, drop_engine, break_silence]
)
def test_a_difference_is_named(
    tmp_path: Path, mutate: Callable[[Path, list[Message]], list[Message]]
) -> None:
    folder = tmp_path / 'errors'
    shutil.copytree(FOLDER, folder)
    assert faults(folder, mutate(folder, read()))


def test_the_index_lists_every_page_once() -> None:
    listed = re.findall(r'^   ([a-z_]+)$', (FOLDER / 'index.rst').read_text(), re.MULTILINE)
    assert sorted(listed) == sorted({cause.page for cause in CAUSES})
