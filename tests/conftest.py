"""The real parts that several tiers share, each started once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.tenants import create_tenants
from recording.guide import build_guide
from recording.lessons import ROOT
from recording.running_demo import RunningDemo, running_demo

# Two lessons read their environment when they are imported: local_development, dynamic_origins.
os.environ['BAKERY_ENV'] = 'development'
DATABASE = tempfile.TemporaryDirectory(prefix='tenants-')
os.environ['DATABASE_URL'] = create_tenants(
    Path(DATABASE.name) / 'tenants.sqlite', ['https://shop.example.com', 'http://127.0.0.1:9000']
)


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
