"""The records of browsers are complete; tests/browsers compares them with the browsers."""

from __future__ import annotations

import pytest

from recording.browsers import verdicts
from recording.browsers.behind_proxy import WATCHED
from recording.engines import ENGINES

TABLES = {'cookies', 'local_network', 'messages'}  # of no lesson


@pytest.mark.parametrize('run', verdicts.all_runs(), ids=lambda run: run.name)
def test_every_page_of_a_run_is_recorded_in_every_engine(run: verdicts.Run) -> None:
    rows = verdicts.read(run.name)
    if not rows:  # a contributor without the browsers has added it
        pytest.skip(f'not recorded; where all browsers are: nox -s record -- {run.lesson}')
    assert {row.page for row in rows} == set(run.pages)
    assert len({(row.page, row.engine) for row in rows}) == len(run.pages) * len(ENGINES)


@pytest.mark.parametrize('scene', WATCHED)
def test_a_scene_is_recorded_in_every_engine(scene: str) -> None:
    assert len({row.engine for row in verdicts.read(scene)}) == len(ENGINES)


def test_every_record_is_of_a_run_a_scene_or_a_table() -> None:
    names = {run.name for run in verdicts.all_runs()} | {*WATCHED, *TABLES}
    assert {path.name for path in verdicts.BROWSERS_FOLDER.iterdir()} <= {
        f'{name}.csv' for name in names
    }
