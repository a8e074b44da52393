"""The marker ``needs``: the programs that a test starts, and how to install them."""

from __future__ import annotations

import shutil

import pytest

from recording.programs import postgres
from recording.proxies.programs import PROXIES

PROGRAMS: dict[str, tuple[object, str]] = {
    **{name: (proxy.program, proxy.install) for name, proxy in PROXIES.items()},
    'curl': (shutil.which('curl'), 'apt-get install --no-install-recommends curl'),
    'PostgreSQL': (postgres.FOUND, postgres.INSTALL),
}


def skip_if_missing(item: pytest.Item) -> None:
    """Skip a test if the machine lacks one of its programs.

    This happens before a fixture starts anything, so a skip leaves nothing running.
    """
    for marker in item.iter_markers('needs'):
        for name in marker.args:
            found, install = PROGRAMS[name]
            if found is None:
                pytest.skip(f'no {name} on this machine; install it with: {install}')
