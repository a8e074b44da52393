"""``python -m demo`` as a reader meets it: it serves, refuses clearly, and leaves nothing."""

from __future__ import annotations

import os
import runpy
import signal
import socket
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from demo import __main__ as command
from demo import api_server, processes
from demo.processes import DemoError, Server, free_ports, wait_until_answering
from recording.lessons import ONE_SIDED, PROGRAMS, ROOT
from recording.running_demo import RunningDemo, running_demo, still_running

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


def ports_of(demo: RunningDemo) -> list[str]:
    """Return the options that give the next demo the same ports."""
    addresses = (demo.guide, demo.wsgi, demo.asgi, demo.attacker)
    ports = [address.rpartition(':')[2] for address in addresses]
    return [f'{name}={port}' for name, port in zip(PORTS, ports, strict=True)]


def test_it_serves_four_origins(guide: Path) -> None:
    with running_demo(guide) as demo:
        for page in (demo.guide, demo.attacker):
            assert httpx.get(f'{page}/').text == '<h1>The guide</h1>'
        for api in (demo.wsgi, demo.asgi):
            assert '/blocked' in httpx.get(f'{api}/').json()['lessons']
        description = httpx.get(f'{demo.guide}/_demo.json').json()
        assert description['wsgi'] == demo.wsgi
        assert description['asgi'] == demo.asgi
        assert description['lessons'] == {
            'wsgi': [name for name in PROGRAMS if name not in ONE_SIDED],
            'asgi': PROGRAMS,
        }
        for key, origin in (('origins', demo.guide), ('attackers', demo.attacker)):
            assert description[key] == [origin, origin.replace('127.0.0.1', 'localhost')]


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_no_process(guide: Path, number: signal.Signals) -> None:
    with running_demo(guide) as demo:
        processes = demo.processes()
        assert len(processes) >= 3  # gunicorn, its worker, uvicorn
        demo.process.send_signal(number)
        assert demo.process.wait(20) == 0
        assert still_running(processes) == []
        for address in (demo.guide, demo.wsgi, demo.asgi, demo.attacker):
            with pytest.raises(httpx.ConnectError):
                httpx.get(address)


def test_an_unfinished_request_does_not_keep_it(guide: Path) -> None:
    with running_demo(guide) as demo:
        for api in (demo.wsgi, demo.asgi):
            host, port = api.removeprefix('http://').split(':')
            with socket.create_connection((host, int(port))) as client:
                client.sendall(b'POST /blocked/menu HTTP/1.1\r\nHost: api\r\nContent-Le')
                processes = demo.processes()
        demo.process.send_signal(signal.SIGINT)
        assert demo.process.wait(20) == 0
        assert still_running(processes) == []


def test_its_servers_end_with_it_even_if_it_is_killed(guide: Path) -> None:
    with running_demo(guide) as killed:
        processes = killed.processes()
        assert len(processes) >= 3
        killed.process.kill()
        assert still_running(processes) == []
    with running_demo(guide, *ports_of(killed)) as started:
        assert httpx.get(f'{started.wsgi}/blocked/menu').status_code == 200


def test_ctrl_c_during_the_start_leaves_no_process(guide: Path) -> None:
    options = [f'--guide={guide}', *(f'{name}=0' for name in PORTS)]
    process = subprocess.Popen(
        [sys.executable, '-m', 'demo', *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    while len(servers := psutil.Process(process.pid).children()) < 2:
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    greeting, _ = process.communicate(timeout=20)
    assert (process.returncode, greeting) == (0, '')
    assert still_running(servers) == []


def test_a_second_start_works_at_once(guide: Path) -> None:
    with running_demo(guide) as first:
        httpx.get(f'{first.wsgi}/blocked/menu')
    with running_demo(guide, *ports_of(first)) as second:
        assert ports_of(second) == ports_of(first)


def test_one_dead_server_stops_all(guide: Path) -> None:
    with running_demo(guide) as demo:
        processes = demo.processes()
        processes[0].kill()
        assert demo.process.wait(20) == 1
        assert still_running(processes) == []
        with pytest.raises(httpx.ConnectError):
            httpx.get(demo.guide)


Visit = Callable[[Callable[[str], None]], int]


@pytest.fixture
def signals() -> Iterator[None]:
    """Give this process its signal handlers back: the demo replaces them."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    handlers = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def run_here(guide: Path, signals: None, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Run the demo in this process; what is given visits it in place of a browser."""

    def run(visit: Callable[[str], None]) -> int:
        monkeypatch.setattr(webbrowser, 'open', visit)
        return command.main([f'--guide={guide}', '--open', *(f'{name}=0' for name in PORTS)])

    return run


def test_it_opens_the_browser_if_requested(
    run_here: Visit, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = []

    def visit(address: str) -> None:
        opened.append(httpx.get(address).text)
        assert f'Guide     {address}/' in capsys.readouterr().out
        os.kill(os.getpid(), signal.SIGINT)

    assert run_here(visit) == 0
    assert opened == ['<h1>The guide</h1>']


def test_ctrl_c_before_the_greeting_ends_it_without_one(
    run_here: Visit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Server, 'answers', lambda _: os.kill(os.getpid(), signal.SIGINT))
    assert run_here(lambda address: pytest.fail(f'{address} was opened')) == 0
    assert capsys.readouterr().out == ''


def test_it_opens_no_browser_by_default(
    guide: Path, run_here: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, '_greet', lambda *_: os.kill(os.getpid(), signal.SIGINT))
    monkeypatch.setattr(webbrowser, 'open', lambda address: pytest.fail(f'{address} was opened'))
    assert command.main([f'--guide={guide}', *(f'{name}=0' for name in PORTS)]) == 0


def test_it_says_which_server_ended(run_here: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    others = psutil.Process().children()

    def kill_gunicorn(_: str) -> None:
        (gunicorn,) = (
            child
            for child in psutil.Process().children()
            if child not in others and 'gunicorn' in child.cmdline()
        )
        gunicorn.kill()

    assert run_here(kill_gunicorn) == 1
    assert 'demo: gunicorn on port' in (printed := capsys.readouterr().err)
    assert 'ended (exit code -9); stopped all' in printed


@pytest.mark.parametrize('option', PORTS)
def test_a_taken_port_is_named(guide: Path, option: str) -> None:
    others = set(PORTS) - {option}
    with socket.create_server(('127.0.0.1', 0)) as other:
        port = other.getsockname()[1]
        ended = run(f'--guide={guide}', f'{option}={port}', *(f'{other}=0' for other in others))
    assert ended.returncode == 1
    this = f'process {os.getpid()}: {" ".join(psutil.Process().cmdline())}'
    assert f'cannot use port {port} (Address already in use by {this})' in ended.stderr
    assert f'{option} PORT' in ended.stderr
    assert 'Traceback' not in ended.stderr


def test_one_port_cannot_serve_twice() -> None:
    (port,) = free_ports({'--port-wsgi': 0})
    with pytest.raises(DemoError, match=f'cannot use port {port}.*--port-asgi'):
        free_ports({'--port-wsgi': port, '--port-asgi': port})


def test_a_port_of_a_hidden_process_is_refused_without_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def deny(_: psutil.Process, __: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil.Process, 'net_connections', deny)
    with socket.create_server(('127.0.0.1', 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(DemoError, match=rf'cannot use port {port} \(Address already in use\)'):
            free_ports({'--port-wsgi': port})


def test_a_missing_guide_is_refused_with_the_command_that_builds_it(
    tmp_path: Path, signals: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([f'--guide={tmp_path}']) == 1
    printed = capsys.readouterr().err
    assert printed == f'demo: no built guide in {tmp_path}; build it with: nox -s docs\n'


@pytest.mark.parametrize('port', ['x', '-1', '65536', '1e3', '٣'])
def test_what_is_no_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match='2'):
        command.main([f'--port-wsgi={port}'])
    printed = capsys.readouterr().err
    assert f'{port!r} is not a port: give a number from 0 to 65535' in printed


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match='0'):
        command.main(['--help'])
    printed = capsys.readouterr().out
    for option in (*PORTS, '--open', '--guide'):
        assert option in printed


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
    try:
        with pytest.raises(DemoError, match='did not answer within 0 seconds'):
            wait_until_answering([silent])
    finally:
        silent.stop()


def test_a_server_that_ignores_the_polite_signal_is_killed() -> None:
    deaf = server(
        'import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);'
        'print("up", flush=True); time.sleep(60)'
    )
    deaf.stop()
    assert deaf.process.poll() == -signal.SIGKILL


def test_a_server_is_running_as_long_as_its_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    leader = server('import os, time; os.fork() and print("up", flush=True); time.sleep(60)')
    leader_process = psutil.Process(leader.process.pid)
    (worker,) = leader_process.children()
    leader.process.kill()
    leader.process.wait()
    assert leader.is_running()
    leader.stop()
    assert still_running([worker]) == []
    # It may end while the processes are listed.
    monkeypatch.setattr(psutil, 'process_iter', lambda: [leader_process])
    assert not leader.is_running()


def test_the_wrapper_runs_the_module_with_its_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []
    monkeypatch.setattr(sys, 'argv', [])
    monkeypatch.setattr(api_server, 'kill_group_at_end_of_input', lambda: None)
    monkeypatch.setattr(runpy, 'run_module', lambda name, **_: ran.append((name, sys.argv)))
    api_server.main(['gunicorn', '--bind=127.0.0.1:1'])
    assert ran == [('gunicorn', ['gunicorn', '--bind=127.0.0.1:1'])]


def test_the_end_of_input_kills_the_group(monkeypatch: pytest.MonkeyPatch) -> None:
    killed = []
    inputs = iter([b'x', b''])
    monkeypatch.setattr(os, 'read', lambda *_: next(inputs))
    monkeypatch.setattr(os, 'killpg', lambda *target: killed.append(target))
    api_server.kill_group_at_end_of_input()
    assert killed == [(0, signal.SIGKILL)]
    assert next(inputs, None) is None
