"""One machine outgrown: the policy is stateless, and the origins are in PostgreSQL."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from app_wsgi.dynamic_origins import SECONDS
from recording.lessons import SHOP
from recording.programs.several_workers import (
    ACAO,
    REPORT,
    Cluster,
    report,
    running_cluster,
    workers_of,
)
from recording.proxies.deployment import behind, send

PARTNER = 'https://partner.example.com'


HEAD = f'HTTP/1.1 200 OK\r\nContent-Length: 30\r\n{ACAO}: {SHOP}\r\n\r\n'.encode()
WHOLE = HEAD + b'{"rye": 4.2, "sourdough": 5.5}'


@pytest.fixture(scope='module')
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp('nginx')) as running:
        yield running


@pytest.mark.needs('nginx', 'PostgreSQL')
def test_every_server_has_its_workers(cluster: Cluster) -> None:
    assert {name: len(workers_of(server)) for name, server in cluster.servers.items()} == {
        'gunicorn': 2,
        'uvicorn': 2,
    }


@pytest.mark.needs('nginx', 'PostgreSQL')
def test_the_api_may_only_look(cluster: Cluster) -> None:
    with (
        cluster.postgres.connect('api') as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute('INSERT INTO tenants VALUES (%s)', [PARTNER])


@pytest.mark.needs('nginx', 'PostgreSQL')
def test_a_changed_row_counts_on_every_worker(cluster: Cluster) -> None:
    origins = [PARTNER] * 40 + [SHOP]

    def allowed() -> list[str | None]:
        return [cluster.ask(origin=origin).headers.get(ACAO) for origin in origins]

    assert allowed() == [None] * 40 + [SHOP]
    with cluster.postgres.connect('postgres') as connection:
        connection.execute('INSERT INTO tenants VALUES (%s)', [PARTNER])
    deadline = time.monotonic() + 20 * SECONDS
    while (now := allowed()) != origins:
        assert time.monotonic() < deadline, now


@pytest.mark.needs('nginx', 'PostgreSQL')
def test_no_answer_loses_its_headers_with_a_worker(cluster: Cluster) -> None:
    assert report(cluster) == REPORT.read_text()


@contextmanager
def worker_that_says(answer: bytes) -> Iterator[int]:
    """Accept connections on a port; take a request, send these bytes, and end the connection."""
    with socket.create_server(('127.0.0.1', 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)  # accept() fails, so the thread ends
            thread.join()


@pytest.mark.needs('nginx')
@pytest.mark.parametrize(
    ('method', 'dies_after', 'status', 'allowed'),
    [
        ('GET', b'', 200, SHOP),
        ('GET', b'HTTP/1.1 200 OK\r\nContent-', 200, SHOP),
        ('POST', b'', 502, '*'),
        ('POST', WHOLE, 200, SHOP),
    ],
)
def test_nginx_sends_a_get_to_a_second_server_and_a_post_to_none(
    method: str, dies_after: bytes, status: int, allowed: str, tmp_path: Path
) -> None:
    with (
        worker_that_says(dies_after) as first,
        worker_that_says(WHOLE) as second,
        behind('several_workers.conf', tmp_path, {8001: first, 8002: second}) as client,
    ):
        answer = send(client, client.build_request(method, '/menu', headers={'Origin': SHOP}))
    assert (answer.status_code, answer.headers[ACAO]) == (status, allowed)


@pytest.mark.needs('nginx')
def test_an_answer_that_has_begun_is_cut_off(tmp_path: Path) -> None:
    with (
        worker_that_says(HEAD) as first,
        worker_that_says(WHOLE) as second,
        behind('several_workers.conf', tmp_path, {8001: first, 8002: second}) as client,
    ):
        request = client.build_request('GET', '/menu', headers={'Origin': SHOP})
        answer = send(client, request, stream=True)
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()
    assert (answer.status_code, answer.headers[ACAO]) == (200, SHOP)
