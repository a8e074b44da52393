"""The model against reality: random cases, in each engine and in its profile.

``nox -s browsers -- --cases 5000`` makes more of them, ``--seed 7`` others.
"""

from __future__ import annotations

import pytest

from recording.engines.base import Engine
from tests.browsers.differential import compare, differences
from tests.browsers.named_cases import cookie_cases, named_cases
from tests.browsers.scripted import scripted_servers


def test_the_model_does_what_the_engine_does(engine: Engine, pytestconfig: pytest.Config) -> None:
    seed, cases = pytestconfig.option.seed, pytestconfig.option.cases
    assert cases > 0
    with scripted_servers() as scripted:
        found = differences(engine, scripted, seed, range(cases))
    assert not found, '\n\n'.join([f'{len(found)} of {cases} cases differ, seed {seed}', *found])


def test_the_model_knows_where_the_engine_differs(engine: Engine) -> None:
    with scripted_servers() as scripted:
        page, api = scripted.origins[0], scripted.origins[2]
        cases = named_cases(page, api)
        if engine.name != 'webkit':  # WebKitGTK's cookies are libsoup's, not Safari's
            cases += cookie_cases(page, page)
        found = compare(engine, scripted, cases)
        engine.forget_cookies()
    assert not found, '\n\n'.join(found)
