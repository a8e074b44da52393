"""Each diagram says what its exchange says, in the picture and to a screen reader."""

from __future__ import annotations

import csv
import re
import shutil
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from cors_browser import RULES
from cors_browser.rules import NOT_OF_FETCH
from docs._ext import diagrams
from recording.engines import ENGINES
from recording.http_file import EXCHANGES_FOLDER
from recording.lessons import ROOT
from tests.docs.guide import DIAGRAMS

STEPS = {  # what each sequence shows, as the lesson's script names it
    'simple': ('one_origin', 'readMenu'),
    'preflighted': ('preflight', 'changeOrder'),
    'refused': ('preflight', 'cancelOrder'),
    'credentialed': ('credentials', 'readBasket'),
}
SHOWN = re.compile(r'(Access-Control-[^:]+|Set-Cookie|Vary): ')


def texts(picture: ET.Element) -> list[str]:
    """The lines of a picture, each as a reader reads it."""
    return [''.join(text.itertext()) for text in picture.iter('text')]


def recorded_lines(name: str, folder: Path) -> list[str]:
    """What the files of a sequence say, and a diagram shows."""
    lines: list[str] = []
    for file in diagrams.SEQUENCES[name][1]:
        request, _, response = (folder / f'{file}.http').read_text().partition('\n\nHTTP/1.1 ')
        first, *headers = request.partition('\n\n')[0].splitlines()
        lines += [first.removesuffix(' HTTP/1.1'), *headers]
        status, *headers = response.partition('\n\n')[0].splitlines()
        lines += [status, *filter(SHOWN.match, headers)]
    return lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the exchanges, to be changed."""
    shutil.copytree(EXCHANGES_FOLDER, tmp_path / 'exchanges')
    return tmp_path / 'exchanges'


def change(path: Path, old: str, new: str) -> None:
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize('name', diagrams.SEQUENCES)
def test_a_sequence_says_what_its_exchanges_say(name: str) -> None:
    picture, words = diagrams.sequence(name, EXCHANGES_FOLDER)
    recorded = recorded_lines(name, EXCHANGES_FOLDER)
    found = texts(picture)
    start = next(place for place, text in enumerate(found) if text == recorded[0])
    assert found[start : start + len(recorded)] == recorded
    assert all(line in words for line in recorded)


@pytest.mark.parametrize('name', diagrams.SEQUENCES)
def test_a_sequence_ends_as_it_did_in_every_browser(name: str) -> None:
    lesson, step = STEPS[name]
    with (ROOT / f'docs/recorded/browsers/{lesson}.csv').open() as file:
        verdicts = [
            row['Verdict'].partition(' ')[0]
            for row in csv.DictReader(file)
            if row['Page'] == 'https://shop.example.com' and row['Step'] == step
        ]
    assert len(verdicts) == len(ENGINES)
    words = diagrams.sequence(name, EXCHANGES_FOLDER)[1]
    assert all(f'browser to page: {verdict}: ' in words for verdict in verdicts)


def test_a_picture_changes_with_its_exchange(folder: Path) -> None:
    change(folder / 'one_origin--allowed.http', 'Origin: https://shop', 'Origin: https://bread')
    picture, words = diagrams.sequence('simple', folder)
    assert 'Access-Control-Allow-Origin: https://bread.example.com' in texts(picture)
    change(folder / 'one_origin--allowed.http', 'Allow-Origin: https://bread', 'Allow-Origin: x')
    picture, words = diagrams.sequence('simple', folder)
    assert 'blocked: acao-mismatch' in texts(picture)
    assert 'blocked: acao-mismatch' in words


def test_a_sequence_that_no_browser_sends_is_not_drawn(folder: Path) -> None:
    change(folder / 'preflight--asked.http', 'Request-Method: PUT', 'Request-Method: PATCH')
    with pytest.raises(ValueError, match=r'PATCH.*but a browser sends'):
        diagrams.sequence('preflighted', folder)
    change(folder / 'one_origin--allowed.http', 'GET /menu', 'PUT /menu')
    with pytest.raises(ValueError, match=r'OPTIONS.*record one'):
        diagrams.sequence('simple', folder)


def test_the_decisions_are_the_rules_in_their_order() -> None:
    picture, words = diagrams.decisions()
    of_fetch = {code: rule for code, rule in RULES.items() if rule.point not in NOT_OF_FETCH}
    points = [point for point, _ in groupby(rule.point for rule in of_fetch.values())]
    blocked = [''.join(group.itertext()) for group in picture.iterfind("g[@class='blocked']")]
    assert [code for codes in blocked for code in codes.split(', ')] == list(of_fetch)
    assert [text for text in texts(picture) if text in points] == points
    assert [line for line in re.findall(r'(?m)^([a-z-]+): ', words) if line in points] == points
    assert {rule.point for rule in RULES.values()} >= NOT_OF_FETCH
    after = next(rule.point for code, rule in RULES.items() if code == 'network')
    assert f'else on to {after}' in words


def test_a_new_point_must_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {point: words for point, words in diagrams.CONDITIONS.items() if point != 'scheme'}
    monkeypatch.setattr(diagrams, 'CONDITIONS', known)
    with pytest.raises(ValueError, match='scheme'):
        diagrams.decisions()


def test_a_build_writes_what_changed_only(tmp_path: Path) -> None:
    shutil.copytree(EXCHANGES_FOLDER, tmp_path / 'recorded/exchanges')
    diagrams.draw(tmp_path)
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / '_build').rglob('*.*')}
    assert len(written) == 2 * len(DIAGRAMS)
    change(tmp_path / 'recorded/exchanges/one_origin--allowed.http', '200 OK', '203 Other')
    diagrams.draw(tmp_path)
    changed = {path.name for path, time in written.items() if path.stat().st_mtime_ns != time}
    assert changed == {'simple.svg', 'simple.txt'}
