"""The demo as a reader runs it: a process of its own, on free ports."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from demo.guide import GuideServer
from recording.lessons import ROOT

ADDRESS = re.compile(r'(Guide|WSGI API|ASGI API|Attacker)\s+(http://127\.0\.0\.1:\d+)/')


@dataclass
class RunningDemo:
    """The demo's process and its four origins."""

    process: subprocess.Popen[str]
    guide: str
    wsgi: str
    asgi: str
    attacker: str

    def api(self, interface: str) -> str:
        return {'wsgi': self.wsgi, 'asgi': self.asgi}[interface]

    def processes(self) -> list[psutil.Process]:
        """The servers, and what they started."""
        return psutil.Process(self.process.pid).children(recursive=True)


def still_running(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Wait for processes to end, for 20 seconds at most; return those that don't."""
    deadline = time.monotonic() + 20
    while left := [process for process in processes if not _has_ended(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return left


def _has_ended(process: psutil.Process) -> bool:
    """Return whether a process has ended, even if nobody has asked for its exit code yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def serving_guide(folder: Path, demo: dict[str, Any] | None = None) -> Iterator[str]:
    """Serve a guide in this process; give its address."""
    with GuideServer(0, folder, demo or {}) as server:
        poll = {'poll_interval': 0.05}
        thread = threading.Thread(target=server.serve_forever, kwargs=poll)
        thread.start()
        try:
            yield f'http://127.0.0.1:{server.server_port}'
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running_demo(guide: Path, *options: str, **environment: str) -> Iterator[RunningDemo]:
    """Start ``python -m demo`` on free ports, wait for its greeting, and end it with SIGINT."""
    demo = None
    for _ in range(3):  # another process may take a port between its choice and its use
        if demo := _start(guide, options, {**os.environ, **environment}):
            break
    assert demo is not None, 'the demo ended before it had greeted, three times'
    with demo.process:
        try:
            yield demo
        finally:
            demo.process.send_signal(signal.SIGINT)
            demo.process.communicate(timeout=30)


def _start(
    guide: Path, options: tuple[str, ...], environment: dict[str, str]
) -> RunningDemo | None:
    """Return the running demo, or ``None`` if it ended before it had greeted."""
    ports = ['--port-guide=0', '--port-wsgi=0', '--port-asgi=0', '--port-attacker=0']
    process = subprocess.Popen(
        [sys.executable, '-m', 'demo', f'--guide={guide}', *ports, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    addresses: list[str] = []
    while len(addresses) < 4:
        line = process.stdout.readline()
        if not line:
            process.communicate()
            return None
        addresses += [match[2] for match in ADDRESS.finditer(line)]
    return RunningDemo(process, *addresses)
