"""The demo as a reader runs it: a process of its own, on free ports."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.apps import ROOT

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

    def children(self) -> list[int]:
        """Process ids of the servers."""
        return children_of(self.process.pid)


def children_of(pid: int) -> list[int]:
    """Process ids of a process's children (Linux and macOS)."""
    listed = subprocess.run(
        ['ps', '-A', '-o', 'pid=,ppid='], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [int(child) for child, parent in rows if int(parent) == pid]


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
    environment.pop('DATABASE_URL', None)
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
