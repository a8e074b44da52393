"""Each lesson in each engine, from two origins against both servers: as recorded, as modelled."""

from __future__ import annotations

import pytest

from recording.browsers import verdicts
from recording.engines.base import Engine
from recording.running_demo import RunningDemo

NOT_ONE_FETCH = {
    'csrf_token',
    'embedding',
    'patch',
    'static_files',
    'streaming',
    'websockets',
    'wrong_null',
    'wrong_websockets',
}
NOT_JUDGED = 'It judges single fetch() calls. This step is something else.'


@pytest.mark.parametrize('run', verdicts.all_runs(), ids=lambda run: run.name)
def test_engine_and_model_do_what_the_page_says(
    engine: Engine, demo: RunningDemo, run: verdicts.Run
) -> None:
    recorded = verdicts.read(run.name)
    for rows, steps in verdicts.observe(engine, demo, run, recorded).values():
        assert verdicts.differences(recorded, rows) == []
        judged = [step for step in steps if step['model'] != NOT_JUDGED]
        assert (len(judged) < len(steps)) == (run.lesson in NOT_ONE_FETCH)
        for step in judged:
            says = str(step['model']).partition('\n')[0]
            assert says == ('readable' if step['verdict'] == 'readable' else 'blocked')
