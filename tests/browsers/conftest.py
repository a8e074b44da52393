"""The three engines, each started once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from recording.browsers.local_servers import served
from recording.browsers.real_names import Stage, set_up
from recording.engines import ENGINES
from recording.engines.base import E, Engine, launch, missing
from recording.engines.chromium import Chromium
from tests.browsers.playground import open_playground


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


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@pytest.fixture(scope='session')
def hosted(site: Path) -> Iterator[str]:
    """The guide on a server of its own, as a host of static files serves it."""
    handler = partial(Quiet, directory=str(site))
    with served(ThreadingHTTPServer(('127.0.0.1', 0), handler)) as address:
        yield address


@pytest.fixture
def open_page(engine: Engine, hosted: str, site: Path) -> Engine:
    """The playground's page, open and ready."""
    if not (site / '_static/playground').exists():
        pytest.skip('the guide was built without the playground; its build says why')
    if not engine.run(f"() => location.href === '{hosted}/playground.html' && !!window.panel"):
        open_playground(engine, hosted)
    return engine
