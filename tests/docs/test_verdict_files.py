"""What pages show of the browsers is what the records say; the browsers are asked elsewhere."""

from __future__ import annotations

import pytest

from recording.browsers import verdicts
from recording.browsers.behind_proxy import WATCHED
from recording.engines import ENGINES

TABLES = {'cookies', 'local_network', 'messages'}  # of no lesson


@pytest.mark.parametrize('run', verdicts.all_runs(), ids=lambda run: run.name)
def test_the_text_says_what_the_record_says(run: verdicts.Run) -> None:
    rows = verdicts.read(run.name)
    assert (verdicts.FOLDER / f'{run.name}.txt').read_text() == verdicts.as_text(rows)
    pages = {(row.page, row.engine) for row in rows}
    assert len(pages) == len(run.pages) * len(ENGINES)


@pytest.mark.parametrize('scene', WATCHED)
def test_the_text_of_a_scene_says_what_the_record_says(scene: str) -> None:
    rows = verdicts.read(scene)
    assert (verdicts.FOLDER / f'{scene}.txt').read_text() == verdicts.as_text(rows)
    assert len({row.engine for row in rows}) == len(ENGINES)


def test_every_record_is_of_a_run_a_scene_or_a_table() -> None:
    runs = {run.name for run in verdicts.all_runs()}
    assert {path.stem for path in verdicts.FOLDER.glob('*')} == {*runs, *WATCHED, *TABLES}
