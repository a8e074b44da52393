"""Several workers of both servers behind one nginx, with the origins in one PostgreSQL.

``nox -s record`` writes what a client sees while workers are killed, and a test asserts it.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from demo.processes import Server
from recording.lessons import ROOT, SHOP
from recording.programs.postgres import Postgres, running_postgres
from recording.proxies.deployment import behind, send, serving
from recording.proxies.programs import DEPLOY_FOLDER

REPORT = ROOT / 'docs/recorded/programs/several_workers.txt'
REQUESTS, CLIENTS = 400, 8
BEFORE = 100  # answers before something is killed
SILENCE = 0.3  # seconds without an answer after which every client waits
ACAO = 'Access-Control-Allow-Origin'


@dataclass(frozen=True)
class Cluster:
    """Everything that the page several_workers describes, and a client before it."""

    postgres: Postgres
    servers: dict[str, Server]
    client: httpx.Client
    log: Path

    def ask(
        self, method: str = 'GET', origin: str = SHOP, *, stream: bool = False
    ) -> httpx.Response:
        request = self.client.build_request(method, '/menu', headers={'Origin': origin})
        return send(self.client, request, stream=stream)


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start all of it with the files of deploy.

    Args:
        folder: An empty folder, for nginx.
    """
    with running_postgres() as postgres:
        postgres.run_file(DEPLOY_FOLDER / 'tenants.sql')
        url = postgres.url('api')
        with (
            serving('wsgi', 'dynamic_origins', DATABASE_URL=url) as gunicorn,
            serving('asgi', 'dynamic_origins', DATABASE_URL=url) as uvicorn,
            behind(
                'several_workers.conf', folder, {8001: gunicorn.port, 8002: uvicorn.port}
            ) as client,
        ):
            servers = {'gunicorn': gunicorn, 'uvicorn': uvicorn}
            yield Cluster(postgres, servers, client, folder / 'bakery.log')


def workers_of(server: Server) -> list[psutil.Process]:
    """A server's workers; Python's resource tracker is none."""
    workers = []
    for child in psutil.Process(server.process.pid).children():
        with suppress(psutil.NoSuchProcess):  # it ended a moment ago
            if 'resource_tracker' not in ' '.join(child.cmdline()):
                workers.append(child)
    return workers


@contextmanager
def halted(server: Server, log: Path) -> Iterator[list[psutil.Process]]:
    """Halt a server's workers until every client waits for one of them; give the workers.

    An idle connection looks like one with a request, so nginx's log has to fall silent first.
    """
    workers = workers_of(server)
    try:
        for worker in workers:
            worker.suspend()
        wait_for_silence(log)
        yield workers
    finally:
        for worker in workers:
            with suppress(psutil.NoSuchProcess):  # it was killed
                worker.resume()


def wait_for_silence(log: Path) -> None:
    """Wait until nginx has answered nothing for a while."""
    size, since = log.stat().st_size, time.monotonic()
    deadline = since + 20
    while time.monotonic() < since + SILENCE:
        assert time.monotonic() < deadline, 'nginx goes on answering'
        time.sleep(0.02)
        if log.stat().st_size != size:
            size, since = log.stat().st_size, time.monotonic()


def kill_worker(server: Server, log: Path) -> None:
    """Kill the worker with the most connections, while they hold requests."""
    with halted(server, log) as workers:
        busiest = max(workers, key=connections)
        assert connections(busiest), f'no worker of {server.name} has a request'
        busiest.kill()


def connections(worker: psutil.Process) -> int:
    """Count those that nginx has to a worker."""
    found = worker.net_connections('tcp')
    return sum(connection.status == psutil.CONN_ESTABLISHED for connection in found)


def kill_server(server: Server, log: Path) -> None:
    """Kill a server with all its workers, while they hold requests."""
    with halted(server, log):
        kill_all(server)


def kill_all(server: Server) -> None:
    os.killpg(server.process.pid, signal.SIGKILL)


def lose(cluster: Cluster, what: str, kill: Callable[[], None]) -> str:
    """Kill something under load; write what the clients got. Each eighth request is a POST."""
    before = len(cluster.log.read_text().splitlines())
    reached = threading.Semaphore(0)

    def ask(number: int) -> tuple[str, httpx.Response]:
        method = 'POST' if number % 8 == 0 else 'GET'
        try:
            answer = cluster.ask(method, stream=True)
            # An answer that had begun may be cut off.
            with closing(answer), suppress(httpx.RemoteProtocolError):
                answer.read()
        finally:
            reached.release()
        return method, answer

    with ThreadPoolExecutor(CLIENTS) as clients:
        futures = [clients.submit(ask, number) for number in range(REQUESTS)]
        for _ in range(BEFORE):
            assert reached.acquire(timeout=60), f'{what}: the clients get no answers'
        kill()
        answers = [future.result() for future in futures]
    lines = [f'{REQUESTS} requests by {CLIENTS} clients. After {BEFORE} answers we killed {what}.']
    for method, expected in (('GET', {200}), ('POST', {405, 502})):
        responses = [answer for asked_with, answer in answers if asked_with == method]
        statuses = Counter(answer.status_code in expected for answer in responses)
        readable = sum(answer.headers.get(ACAO) in (SHOP, '*') for answer in responses)
        wanted = ' or '.join(map(str, sorted(expected)))
        lines.append(
            f'  {method:4}  {len(responses)} sent, {statuses[True]} answered {wanted}, '
            f'{readable} with {ACAO}'
        )
    log = [json.loads(line) for line in cluster.log.read_text().splitlines()[before:]]
    again = any(line['method'] == 'GET' and ', ' in line['server'] for line in log)
    lines.append(f'  nginx sent a GET to a second server: {_yes(again)}')
    return '\n'.join(lines) + '\n'


def lose_worker(cluster: Cluster, name: str) -> str:
    server = cluster.servers[name]
    before = workers_of(server)
    what = f'one of the {len(before)} workers of {name}'
    text = lose(cluster, what, lambda: kill_worker(server, cluster.log))
    return f'{text}  {name} started a new one: {_yes(is_whole_again(server, before))}\n'


def is_whole_again(server: Server, before: list[psutil.Process]) -> bool:
    """Wait for as many workers as before, one of them new."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        now = workers_of(server)
        if len(now) == len(before) and set(now) != set(before):
            return True
        time.sleep(0.1)
    return False


def _yes(condition: bool) -> str:
    return 'yes' if condition else 'no'


def report(cluster: Cluster) -> str:
    """Lose a worker of each server, then a whole server; write what was seen."""
    gunicorn = cluster.servers['gunicorn']
    return '\n'.join(
        (
            lose_worker(cluster, 'gunicorn'),
            lose_worker(cluster, 'uvicorn'),
            lose(
                cluster,
                'gunicorn with all its workers',
                lambda: kill_server(gunicorn, cluster.log),
            ),
        )
    )
