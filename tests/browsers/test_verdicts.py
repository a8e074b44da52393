"""Each lesson in each engine on real names, against both servers: as recorded, as modeled."""

from __future__ import annotations

import pytest

from demo.model import judge
from recording.browsers import verdicts
from recording.browsers.real_names import Stage
from recording.engines.base import Engine

NOT_ONE_FETCH = {
    'csrf_token',
    'embedding',
    'patch',
    'static_files',
    'streaming',
    'websockets',
    'wrong_null',
    'wrong_websockets',
    'xhr',
}


@pytest.mark.parametrize('run', verdicts.all_runs(), ids=lambda run: run.name)
def test_engine_and_model_do_what_the_page_says(
    named_engine: Engine, stage: Stage, run: verdicts.Run
) -> None:
    recorded = verdicts.read(run.name)
    for rows, outcomes in verdicts.observe(named_engine, stage, run, recorded).values():
        assert verdicts.differences(recorded, rows) == []
        judged = [outcome for outcome in outcomes if len(outcome.result['calls']) == 1]
        assert (len(judged) < len(outcomes)) == (run.lesson in NOT_ONE_FETCH)
        for outcome in judged:
            verdict = judge({**outcome.result['calls'][0], 'wire': outcome.wire})
            assert verdict['readable'] is (outcome.verdict == 'readable')
