"""What pages show of the browsers is what the records say; the browsers are asked elsewhere."""

from __future__ import annotations

import pytest

from tests.apps import SCRIPTS
from tests.browsers import verdicts
from tests.browsers.engines import ENGINES
from tests.browsers.proxied import WATCHED

TABLES = {'cookies', 'local_network', 'messages'}  # of no lesson


@pytest.mark.parametrize('lesson', SCRIPTS)
def test_the_text_says_what_the_record_says(lesson: str) -> None:
    rows = verdicts.read(lesson)
    assert (verdicts.FOLDER / f'{lesson}.txt').read_text() == verdicts.as_text(rows)
    pages = {(row.page, row.engine) for row in rows}
    assert len(pages) == len({verdicts.SHOP, verdicts.PARTNER}) * len(ENGINES)


@pytest.mark.parametrize('scene', WATCHED)
def test_the_text_of_a_scene_says_what_the_record_says(scene: str) -> None:
    rows = verdicts.read(scene)
    assert (verdicts.FOLDER / f'{scene}.txt').read_text() == verdicts.as_text(rows)
    assert len({row.engine for row in rows}) == len(ENGINES)


def test_every_record_is_of_a_lesson_a_scene_or_a_table() -> None:
    assert {path.stem for path in verdicts.FOLDER.glob('*')} == {*SCRIPTS, *WATCHED, *TABLES}
