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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from demo.mount import ROOT
from demo.settings import ATTACKER_PORT_VARIABLE, GUIDE_PORT_VARIABLE, lesson_environment

START_SECONDS = 30
STOP_SECONDS = 0.4  # for requests in progress: Ctrl-C should feel immediate


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

    def is_running(self) -> bool:
        """Return whether the server, or a process that it started, is still running."""
        return any(_is_of_group(process, self.process.pid) for process in psutil.process_iter())

    def terminate(self) -> None:
        """Ask the server and whatever it started to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the server and whatever it started, and release what belongs to the process."""
        self._signal(signal.SIGKILL)
        with self.process:
            pass

    def stop(self) -> None:
        """End the server and whatever it started."""
        stop_all([self])

    def _signal(self, number: int) -> None:
        """Send a signal to the server's process group, if it has a process."""
        # macOS raises PermissionError if all of them are zombies
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def _is_of_group(process: psutil.Process, group: int) -> bool:
    """Return whether a process is of a group, and hasn't ended: a zombie has."""
    with suppress(ProcessLookupError, psutil.Error):
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    return False


def stop_all(servers: Sequence[Server]) -> None:
    """End servers with their workers: SIGTERM, then SIGKILL after ``STOP_SECONDS``."""
    for server in servers:
        server.terminate()
    _wait_for_end(servers)
    for server in servers:
        server.kill()
    _wait_for_end(servers)  # a worker holds the port until it is gone


def _wait_for_end(servers: Sequence[Server]) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while any(server.is_running() for server in servers) and time.monotonic() < deadline:
        time.sleep(0.01)


def gunicorn_command(port: int) -> list[str]:
    options = ['--workers=1', '--threads=8', '--no-control-socket', '--log-level=warning']
    return ['gunicorn', f'--bind=127.0.0.1:{port}', *options, 'demo.mount:wsgi()']


def uvicorn_command(port: int) -> list[str]:
    options = ['--lifespan=on', '--log-level=warning']
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
    port_wsgi: int, port_asgi: int, *, pages: tuple[int, int] | None = None
) -> Iterator[list[Server]]:
    """Run gunicorn with the WSGI lessons and uvicorn with the ASGI lessons.

    Args:
        port_wsgi: Port of gunicorn.
        port_asgi: Port of uvicorn.
        pages: Ports of the guide and of the attacker's page. Their origins take the place of those
            in the lessons, and their pages may read what the wire recorder wrote. Without them,
            every lesson is served as its file is.
    """
    servers: list[Server] = []
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory(prefix='cors-demo-')))
        environment = {**os.environ, **_environment(folder, pages)}
        running.callback(stop_all, servers)
        for command, port in (
            (gunicorn_command(port_wsgi), port_wsgi),
            (uvicorn_command(port_asgi), port_asgi),
        ):
            servers.append(start_server(command, port, environment))
        yield servers


def _environment(folder: Path, pages: tuple[int, int] | None) -> dict[str, str]:
    """Return what lessons read from their environment, and the ports of the pages."""
    if pages is None:
        return lesson_environment(folder, ['https://shop.example.com'])
    guide, attacker = map(str, pages)
    ports = {GUIDE_PORT_VARIABLE: guide, ATTACKER_PORT_VARIABLE: attacker}
    return {**lesson_environment(folder, [f'http://127.0.0.1:{guide}']), **ports}


def start_server(
    command: list[str], port: int, environment: dict[str, str], stderr: int | None = None
) -> Server:
    """Start gunicorn or uvicorn, to end with this process at the latest.

    It has a process group of its own, so that Ctrl-C in a terminal reaches this process alone,
    which ends the server with all its workers.

    Args:
        command: The module's name and its arguments.
        port: The port of 127.0.0.1 that the command names.
        environment: All of the server's environment variables.
        stderr: Where its log goes, as ``subprocess`` names it.
    """
    process = subprocess.Popen(
        [sys.executable, '-m', 'demo.api_server', *command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stderr=stderr,
        start_new_session=True,
    )
    return Server(command[0], port, process)


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
            f'cannot use port {port} ({error.strerror}{_holder(port)}); '
            f'choose another with {option} PORT'
        ) from error
    bound: int = probe.getsockname()[1]
    return bound


def _holder(port: int) -> str:
    """Name the process that listens on a port, if the system lets us see it."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if port in _listening_ports(process):
                return f' by process {process.pid}: {" ".join(process.cmdline())}'
    return ''


def _listening_ports(process: psutil.Process) -> set[int]:
    connections = process.net_connections('tcp')
    return {one.laddr.port for one in connections if one.status == psutil.CONN_LISTEN}
