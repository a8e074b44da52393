"""Start and stop the API servers of the demo as processes of their own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.mount import ATTACKER_PORT_VARIABLE, GUIDE_PORT_VARIABLE, ROOT
from demo.tenants import create_tenants

START_SECONDS = 30
STOP_SECONDS = 5


class DemoError(Exception):
    """The demo cannot run; the message says why and what to do."""


@dataclass
class Server:
    """A running server process.

    Attributes:
        name: The program's name, for messages.
        port: The port of 127.0.0.1 that it listens on.
    """

    name: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f'http://127.0.0.1:{self.port}'

    def answers(self) -> bool:
        """Tell whether the server answers HTTP by now, whatever its status."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=1)
        try:
            connection.request('GET', '/')
            return connection.getresponse().status > 0
        except OSError:
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End the server and whatever it started.

        SIGKILL follows SIGTERM for what a server that ended badly may have left behind.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue


def gunicorn_command(port: int) -> list[str]:
    options = ['--workers=1', '--threads=8', '--graceful-timeout=2', '--log-level=warning']
    return ['gunicorn', f'--bind=127.0.0.1:{port}', *options, 'demo.mount:wsgi()']


def uvicorn_command(port: int) -> list[str]:
    options = ['--lifespan=on', '--timeout-graceful-shutdown=2', '--log-level=warning']
    return [
        'uvicorn',
        '--host=127.0.0.1',
        f'--port={port}',
        *options,
        '--factory',
        'demo.mount:asgi',
    ]


@contextmanager
def api_servers(
    port_guide: int, port_wsgi: int, port_asgi: int, port_attacker: int = 0
) -> Iterator[list[Server]]:
    """Run gunicorn with the WSGI lessons and uvicorn with the ASGI lessons.

    They tell the wire recorder's answers to pages on the guide's port and on the attacker's.
    Each has a process group of its own, so that Ctrl-C in a terminal reaches the demo alone,
    and the demo ends them.
    """
    servers: list[Server] = []
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix='cors-demo-')))
        origins = ['https://shop.example.com', f'http://127.0.0.1:{port_guide}']
        environment = {
            'BAKERY_ENV': 'development',  # the lesson local_development
            'DATABASE_URL': create_tenants(folder / 'tenants.sqlite', origins),
            **os.environ,
            GUIDE_PORT_VARIABLE: str(port_guide),
            ATTACKER_PORT_VARIABLE: str(port_attacker),
        }
        for command, port in (
            (gunicorn_command(port_wsgi), port_wsgi),
            (uvicorn_command(port_asgi), port_asgi),
        ):
            process = subprocess.Popen(
                [sys.executable, '-m', *command],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            servers.append(Server(command[0], port, process))
            running.callback(servers[-1].stop)
        yield servers


def wait_until_answering(servers: list[Server], stop: threading.Event | None = None) -> None:
    """Wait until every server answers, or until ``stop`` is set.

    Raises:
        DemoError: A server ended, or did not answer within ``START_SECONDS``.
    """
    stop = stop or threading.Event()
    deadline = time.monotonic() + START_SECONDS
    while not stop.is_set() and not all(server.answers() for server in servers):
        check_alive(servers)
        if time.monotonic() > deadline:
            raise DemoError(f'the servers did not answer within {START_SECONDS} seconds')
        stop.wait(0.05)


def check_alive(servers: list[Server]) -> None:
    """Raise :class:`DemoError` if one of the servers has ended."""
    for server in servers:
        if (code := server.process.poll()) is not None:
            raise DemoError(
                f'{server.name} on port {server.port} ended (exit code {code}); stopped all'
            )


def free_ports(wanted: dict[str, int]) -> list[int]:
    """Return the wanted ports, with a free one in place of each 0.

    Args:
        wanted: A port for each command-line option.

    Raises:
        DemoError: A port is taken, not allowed, or wanted twice.
    """
    with ExitStack() as probes:
        return [_bound_port(option, port, probes) for option, port in wanted.items()]


def _bound_port(option: str, port: int, probes: ExitStack) -> int:
    probe = probes.enter_context(socket.socket())
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(('127.0.0.1', port))
        probe.listen()
    except OSError as error:
        raise DemoError(
            f'cannot use port {port} ({error.strerror}); choose another with {option} PORT'
        ) from error
    bound: int = probe.getsockname()[1]
    return bound
