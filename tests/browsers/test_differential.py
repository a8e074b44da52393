"""The model against reality: random cases, in each engine and in its profile.

``nox -s browsers -- --cases 5000`` makes more of them, ``--seed 7`` others.
"""

from __future__ import annotations

import pytest

from recording.engines.base import Engine
from tests.browsers.differential import differences
from tests.browsers.scripted import scripted_servers


def test_the_model_does_what_the_engine_does(engine: Engine, pytestconfig: pytest.Config) -> None:
    seed, cases = pytestconfig.option.seed, pytestconfig.option.cases
    assert cases > 0
    with scripted_servers() as scripted:
        found = differences(engine, scripted, seed, range(cases))
    assert not found, '\n\n'.join([f'{len(found)} of {cases} cases differ, seed {seed}', *found])
