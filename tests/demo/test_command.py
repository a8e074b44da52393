"""``python -m demo`` as a reader meets it: it serves, refuses clearly, and leaves nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from demo import __main__ as command
from demo import processes
from demo.processes import DemoError, Server, free_ports, wait_until_answering
from tests.apps import ONE_SIDED, PROGRAMS, ROOT
from tests.demo.running import children_of, running_demo

PORTS = ('--port-guide', '--port-wsgi', '--port-asgi', '--port-attacker')


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    """A guide of one page; what these tests ask is not about its pages."""
    (tmp_path / 'index.html').write_text('<h1>The guide</h1>')
    return tmp_path


def run(*options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, '-m', 'demo', *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, **environment},
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_serves_four_origins(guide: Path) -> None:
    with running_demo(guide) as demo:
        for page in (demo.guide, demo.attacker):
            assert httpx.get(f'{page}/').text == '<h1>The guide</h1>'
        for api in (demo.wsgi, demo.asgi):
            assert '/blocked' in httpx.get(f'{api}/').json()['lessons']
        told = httpx.get(f'{demo.guide}/_demo.json').json()
        assert told['wsgi'] == demo.wsgi
        assert told['asgi'] == demo.asgi
        assert told['lessons']['wsgi'] == [name for name in PROGRAMS if name not in ONE_SIDED]
        assert told['lessons']['asgi'] == PROGRAMS
        assert told['origins'] == [demo.guide, demo.guide.replace('127.0.0.1', 'localhost')]
        assert told['attackers'] == [demo.attacker, demo.attacker.replace('127.0.0.1', 'localhost')]


def test_it_serves_the_page_scripts_and_no_other_file(guide: Path) -> None:
    with running_demo(guide) as demo:
        script = httpx.get(f'{demo.guide}/_pages/blocked.js?x=1')
        assert script.text == (ROOT / 'pages/blocked.js').read_text()
        assert 'javascript' in script.headers['Content-Type']
        assert script.headers['Cache-Control'] == 'no-store'
        for path in ('/_pages/..%2fpyproject.toml', '/_pages/%2e%2e/pyproject.toml', '/nothing'):
            assert httpx.get(f'{demo.guide}{path}').status_code == 404


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_no_process(guide: Path, number: signal.Signals) -> None:
    with running_demo(guide) as demo:
        children = demo.children()
        assert len(children) == 2
        demo.process.send_signal(number)
        assert demo.process.wait(20) == 0
        assert [pid for pid in children if alive(pid)] == []
        for address in (demo.guide, demo.wsgi, demo.asgi, demo.attacker):
            with pytest.raises(httpx.ConnectError):
                httpx.get(address)


def test_ctrl_c_during_the_start_leaves_no_process(guide: Path) -> None:
    options = [f'--guide={guide}', *(f'{name}=0' for name in PORTS)]
    process = subprocess.Popen(
        [sys.executable, '-m', 'demo', *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    while len(children := children_of(process.pid)) < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    greeting, _ = process.communicate(timeout=20)
    assert (process.returncode, greeting) == (0, '')
    assert [pid for pid in children if alive(pid)] == []


def test_a_second_start_works_at_once(guide: Path) -> None:
    with running_demo(guide) as first:
        httpx.get(f'{first.wsgi}/blocked/menu')
        addresses = (first.guide, first.wsgi, first.asgi, first.attacker)
    ports = [address.rpartition(':')[2] for address in addresses]
    options = [f'{name}={port}' for name, port in zip(PORTS, ports, strict=True)]
    with running_demo(guide, *options) as second:
        assert (second.guide, second.wsgi, second.asgi, second.attacker) == addresses


def test_one_dead_server_stops_all(guide: Path) -> None:
    with running_demo(guide) as demo:
        children = demo.children()
        os.kill(children[0], signal.SIGKILL)
        assert demo.process.wait(20) == 1
        assert [pid for pid in children if alive(pid)] == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(demo.guide)


def test_it_opens_the_browser_if_asked(guide: Path, tmp_path: Path) -> None:
    browser = tmp_path / 'browser'
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    with running_demo(guide, '--open', BROWSER=f'{browser} %s') as demo:
        opened = tmp_path / 'opened'
        deadline = time.monotonic() + 10
        while not opened.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert opened.read_text() == f'{demo.guide}\n'


@pytest.mark.parametrize('option', PORTS)
def test_a_taken_port_is_named(guide: Path, option: str) -> None:
    others = set(PORTS) - {option}
    with socket.create_server(('127.0.0.1', 0)) as taken:
        port = taken.getsockname()[1]
        ended = run(f'--guide={guide}', f'{option}={port}', *(f'{other}=0' for other in others))
    assert ended.returncode == 1
    assert f'cannot use port {port} (Address already in use)' in ended.stderr
    assert f'{option} PORT' in ended.stderr
    assert 'Traceback' not in ended.stderr


def test_one_port_cannot_serve_twice() -> None:
    (port,) = free_ports({'--port-wsgi': 0})
    with pytest.raises(DemoError, match=f'cannot use port {port}.*--port-asgi'):
        free_ports({'--port-wsgi': port, '--port-asgi': port})


def test_a_missing_guide_is_refused_with_the_command_that_builds_it(tmp_path: Path) -> None:
    ended = run(f'--guide={tmp_path}')
    assert ended.returncode == 1
    assert ended.stderr == f'demo: no built guide in {tmp_path}; build it with: nox -s docs\n'


@pytest.mark.parametrize('port', ['x', '-1', '65536', '1e3', '٣'])
def test_what_is_no_port_is_refused(port: str) -> None:
    ended = run(f'--port-wsgi={port}')
    assert ended.returncode == 2
    assert f'{port!r} is not a port: give a number from 0 to 65535' in ended.stderr


def test_help_names_every_option() -> None:
    ended = run('--help')
    assert ended.returncode == 0
    for option in (*PORTS, '--open', '--guide'):
        assert option in ended.stdout


def test_windows_is_told_what_to_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, 'name', 'nt')
    assert command.main([]) == 1
    assert 'use WSL' in capsys.readouterr().err


def server(*program: str) -> Server:
    process = subprocess.Popen(
        [sys.executable, '-c', *program], start_new_session=True, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    return Server('test', free_ports({'': 0})[0], process)


def test_a_server_that_stays_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, 'START_SECONDS', 0)
    silent = server('import time; print("up", flush=True); time.sleep(60)')
    with pytest.raises(DemoError, match='did not answer within 0 seconds'):
        wait_until_answering([silent])
    silent.stop()


def test_a_server_that_ignores_the_polite_signal_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, 'STOP_SECONDS', 0.2)
    deaf = server(
        'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);'
        'print("up", flush=True); time.sleep(60)'
    )
    deaf.stop()
    assert deaf.process.poll() == -signal.SIGKILL
