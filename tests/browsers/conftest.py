"""The three engines, each started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recording.browsers.real_names import Stage, set_up
from recording.engines import ENGINES
from recording.engines.base import E, Engine, launch, missing
from recording.engines.chromium import Chromium


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption('--cases', type=int, default=400, help='random cases for each engine')
    parser.addoption('--launches', type=int, default=1, help='times that each engine is started')
    parser.addoption('--seed', type=int, default=1, help='names the series of random cases')


def started(engine: type[E]) -> Iterator[E]:
    if engine.executable() is None:
        pytest.skip(missing(engine))
    with launch(engine) as browser:
        yield browser


@pytest.fixture(scope='session')
def chromium() -> Iterator[Chromium]:
    yield from started(Chromium)


@pytest.fixture(
    scope='session',
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Each of the three engines in turn."""
    yield from started(ENGINES[request.param])


@pytest.fixture(scope='session')
def stage() -> Iterator[Stage]:
    """The servers behind real names."""
    with set_up() as running:
        yield running


@pytest.fixture(
    scope='session',
    params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES],
)
def named_engine(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Engine]:
    """Each of the three engines in turn, which reaches every host by its real name."""
    engine = ENGINES[request.param]
    if engine.executable() is None:
        pytest.skip(missing(engine))
    with stage.launch(engine) as browser:
        yield browser
