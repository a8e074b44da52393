"""What the tests of servers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recording.running_demo import RunningDemo, running_demo


@pytest.fixture(scope='session')
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """The demo with a guide of one page: these tests are about its APIs."""
    guide = tmp_path_factory.mktemp('guide')
    (guide / 'index.html').write_text('<h1>The guide</h1>')
    with running_demo(guide) as running:
        yield running
