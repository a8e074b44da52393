"""What holds for every tier: in CI nothing is skipped, and no test leaves anything running."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import psutil
import pytest

SECONDS_TO_END = 10  # a browser's processes follow it within moments


@pytest.fixture(scope='session', autouse=True)
def nothing_left_running() -> Iterator[None]:
    """Fail if the tests of this process left a thread or a process behind.

    A thread that isn't a daemon keeps the process from ending. pytest-xdist kills it after ten
    seconds, and the coverage that it measured is lost.

    Only processes that run tests are measured. A server ends by a signal, so it could lose its
    data or leave half of it, which ``coverage combine`` can't read.
    """
    os.environ.pop('COVERAGE_PROCESS_CONFIG', None)
    threads = set(threading.enumerate())
    processes = set(psutil.Process().children(recursive=True))
    yield
    started = set(psutil.Process().children(recursive=True)) - processes
    _, running = psutil.wait_procs(started, timeout=SECONDS_TO_END)
    left = [thread for thread in threading.enumerate() if thread not in threads]
    assert [thread for thread in left if not _ends_by_itself(thread)] == []
    assert running == []


def _ends_by_itself(thread: threading.Thread) -> bool:
    """Return whether a thread ends with its process.

    Falcon keeps the event loop of ``async_to_sync``, whose executor ends when Python does.
    """
    return thread.daemon or thread.name.startswith('asyncio_')


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get('CI') and terminalreporter.stats.get('skipped'):
        terminalreporter.write_line('CI: tests were skipped, which fails the run', red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin('terminalreporter')
    if os.environ.get('CI') and reporter and reporter.stats.get('skipped'):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
