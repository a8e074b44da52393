"""The real parts that several tiers share, each started once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import api_servers, free_ports, wait_until_answering
from demo.settings import lesson_environment
from recording.guide import build_guide
from recording.lessons import INTERFACES, ROOT, SHOP
from recording.running_demo import RunningDemo, running_demo
from tests.needs import skip_if_missing

# Some lessons read their environment when they are imported.
DATABASE = tempfile.TemporaryDirectory(prefix='tenants-')
os.environ.update(lesson_environment(Path(DATABASE.name), [SHOP]))


def pytest_unconfigure() -> None:
    DATABASE.cleanup()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    skip_if_missing(item)


@pytest.fixture(scope='session')
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built guide; the variable GUIDE names one that is built already."""
    if built := os.environ.get('GUIDE'):
        return ROOT / built
    return build_guide(tmp_path_factory.mktemp('guide') / 'html')


@pytest.fixture(scope='session')
def demo(site: Path) -> Iterator[RunningDemo]:
    with running_demo(site) as running:
        yield running


@pytest.fixture(scope='session')
def lessons() -> Iterator[dict[str, str]]:
    """Every lesson as its file is, on gunicorn and uvicorn: the address of each interface."""
    wsgi, asgi = free_ports(dict.fromkeys(INTERFACES, 0))
    with api_servers(wsgi, asgi) as servers:
        wait_until_answering(servers)
        yield {interface: server.url for interface, server in zip(INTERFACES, servers, strict=True)}
