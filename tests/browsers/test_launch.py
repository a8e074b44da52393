"""The engines start and end, again and again, and leave no process behind.

``nox -s browsers -- --launches 20`` insists.
"""

from __future__ import annotations

import subprocess
import time

import pytest

from recording.engines import ENGINES
from recording.engines.base import launch, missing
from tests.browsers.scripted import scripted_servers


def running_in(sessions: list[int]) -> list[str]:
    """Processes of some sessions that still run; what has ended and waits for init does not."""
    listed = subprocess.run(
        ['ps', '-A', '-o', 'sid=,stat=,args='], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [' '.join(row) for row in rows if int(row[0]) in sessions and row[1][0] != 'Z']


@pytest.mark.parametrize(
    'name', [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ENGINES]
)
def test_an_engine_starts_and_ends(name: str, pytestconfig: pytest.Config) -> None:
    engine = ENGINES[name]
    if engine.executable() is None:
        pytest.skip(missing(engine))
    with scripted_servers(1) as servers:
        for _ in range(pytestconfig.option.launches):
            with launch(engine) as browser:
                browser.open(servers.origins[0])
                assert browser.run('() => location.origin') == servers.origins[0]
                assert running_in(browser.sessions)
            deadline = time.monotonic() + 10
            while (left := running_in(browser.sessions)) and time.monotonic() < deadline:
                time.sleep(0.1)
            assert left == []
