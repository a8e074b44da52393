"""Something fails while pages send requests: each response still follows the policy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from demo.processes import Server
from recording.lessons import INTERFACES, SHOP
from recording.programs.postgres import Postgres, running_postgres
from recording.programs.several_workers import is_whole_again, workers_of
from recording.proxies.deployment import behind, send, serving
from recording.proxies.programs import DEPLOY_FOLDER, NGINX, PROXIES, reload
from tests.servers.traffic import ACAO, IN_A_ROW, SECONDS, allowed, refused, traffic

#: HAProxy goes on as before if its old worker doesn't hand over the sockets within a second.
RELOADS = 5
needs_database = pytest.mark.needs('nginx', 'PostgreSQL')


@dataclass(frozen=True)
class Deployment:
    """The lesson ``dynamic_origins`` as it is deployed, and a client of nginx."""

    postgres: Postgres
    server: Server
    client: httpx.Client


@pytest.fixture(scope='module', params=INTERFACES)
def deployed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """nginx, two workers and PostgreSQL; a response that takes over a second is a 504."""
    folder = tmp_path_factory.mktemp('nginx')
    soon = {'proxy_read_timeout 30s': 'proxy_read_timeout 1s'}
    with running_postgres() as postgres:
        postgres.run_file(DEPLOY_FOLDER / 'tenants.sql')
        with (
            serving(request.param, 'dynamic_origins', DATABASE_URL=postgres.url('api')) as server,
            behind('behind_nginx.conf', folder, {8000: server.port}, soon) as client,
        ):
            yield Deployment(postgres, server, client)


@pytest.mark.needs('nginx')
@pytest.mark.parametrize('interface', INTERFACES)
def test_a_worker_is_killed(interface: str, tmp_path: Path) -> None:
    """Its server starts a new one."""
    with (
        serving(interface, 'testing') as server,
        behind('behind_nginx.conf', tmp_path, {8000: server.port}) as client,
        traffic(client, '/orders/17') as sending,
    ):
        sending.wait('the start', allowed, IN_A_ROW)
        before = workers_of(server)
        before[0].kill()
        assert is_whole_again(server, before)
        print('seconds:', sending.wait('recovery', allowed, IN_A_ROW))


@pytest.mark.needs(*PROXIES)
@pytest.mark.parametrize('interface', INTERFACES)
def test_a_server_stops_and_returns(interface: str, tmp_path: Path) -> None:
    """Every proxy says so itself, to the allowed origin, and then forwards again."""
    with ExitStack() as running:
        with serving(interface, 'testing') as server:
            clients = {}
            for title, proxy in PROXIES.items():
                folder = tmp_path / title
                folder.mkdir()
                front = behind(proxy.site, folder, {8000: server.port}, proxy=proxy)
                clients[title] = running.enter_context(front)
            assert {title: read(client) for title, client in clients.items()} == dict.fromkeys(
                PROXIES, (True, SHOP)
            )
        assert {title: read(client) for title, client in clients.items()} == dict.fromkeys(
            PROXIES, (False, SHOP)
        )
        with serving(interface, 'testing', port=server.port):
            deadline = time.monotonic() + SECONDS
            for title, client in clients.items():
                while read(client) != (True, SHOP):
                    assert time.monotonic() < deadline, f'{title} never forwards again'


def read(client: httpx.Client) -> tuple[bool, str | None]:
    """Read as the shop's page; return whether it worked, and who may read the response."""
    response = send(client, client.build_request('GET', '/orders/17', headers={'Origin': SHOP}))
    return response.is_success, response.headers.get(ACAO)


@needs_database
def test_the_database_stops_and_returns(deployed: Deployment) -> None:
    with traffic(deployed.client, '/menu', may_close=True) as sending:
        sending.wait('the start', allowed, IN_A_ROW)
        deployed.postgres.stop()
        sending.wait('nobody is known', refused, IN_A_ROW)
        deployed.postgres.start()
        print('seconds:', sending.wait('recovery', allowed, IN_A_ROW))


@needs_database
def test_the_callable_that_decides_is_slow(deployed: Deployment) -> None:
    """It waits for the table, which somebody else has locked."""
    with traffic(deployed.client, '/menu') as sending:
        sending.wait('the start', allowed, IN_A_ROW)
        with deployed.postgres.connect('postgres') as other, other.transaction():
            other.execute('LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE')
            sending.wait('a timeout', lambda response: response.status_code == 504)
        print('seconds:', sending.wait('recovery', allowed, IN_A_ROW))


@pytest.mark.parametrize(
    'title', [pytest.param(title, marks=pytest.mark.needs(title)) for title in PROXIES]
)
def test_a_proxy_is_reloaded(title: str, lessons: dict[str, str], tmp_path: Path) -> None:
    """It forwards to gunicorn, and after that to uvicorn."""
    proxy = PROXIES[title]
    gunicorn, uvicorn = (httpx.URL(lessons[interface]).port or 0 for interface in INTERFACES)
    named = {'server_tokens off;': 'proxy_pass_header Server;'} if proxy is NGINX else {}
    with (
        behind(proxy.site, tmp_path, {8000: gunicorn}, named, proxy) as client,
        traffic(client, '/testing/orders/17') as sending,
    ):
        assert 'gunicorn' in sending.next('the start', 1)[0].headers['Server']
        file = tmp_path / proxy.file
        file.write_text(file.read_text().replace(str(gunicorn), str(uvicorn)))
        for _ in range(RELOADS):
            reload(proxy, tmp_path)
            last = sending.next('after the reload', IN_A_ROW)[-1]
            if 'uvicorn' in last.headers['Server']:
                return
        pytest.fail(f'{title} goes on with its old configuration')
