"""Every command that the guide prints is run as printed, or listed here with the reason why not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import httpx
import pytest

from demo.processes import DemoError, Server, free_ports, wait_until_answering
from docs._ext.exchanges import read_exchanges
from recording.http_file import EXCHANGES_FOLDER, request_to, response_text
from recording.lessons import LESSONS, ROOT
from tests.docs.guide import Guide, reader

NOT_RUN = {
    r'(\. .venv/bin/activate && )?pip install [a-z "\[\]]+': 'the tests depend on the packages',
    r'python3 -m venv .venv && .*/nox -s (demo|tests)': '.ci/run begins with it, in a fresh clone',
    r'python -m cors_browser https://127\.0\.0\.1:8443/\S+ .*': (
        "the bad certificate is the reader's; tests/servers/test_tls.py asks a server with one"
    ),
    r'python -m cors_browser http(s://api\.example\.com|://localhost:8000)/menu .*': (
        "the API is the reader's; tests/servers/test_in_front.py asks real ones"
    ),
    r'python -m cors_browser --har network\.har': (
        "the file is the reader's; tests/unit/test_doctor_captures.py reads such files"
    ),
    r'curl .* https://api\.example\.com/\S+': "the host is the reader's; tests/servers asks nginx",
    r'(uvx|.venv/bin/)?nox -s [a-z]+': '.ci/run runs the sessions themselves',
    r'uvx nox -s (demo|tests)': 'the same session through another tool',
    r'.venv/bin/nox -s tests -- tests/\S+': 'the tests that it names run in this very session',
}
SERVER = re.compile(r'([A-Z_]+=\S+ )*(gunicorn|uvicorn) ')
LESSON = re.compile(r'app_(?:wsgi|asgi)\.(\w+):app')
CONFIGURED = {'csrf_token', 'dynamic_origins'}  # what they respond depends on the reader's settings
EXCHANGES = read_exchanges(EXCHANGES_FOLDER)
REFUSED = {  # commands that end with an error, as their page says, and what they print
    'BAKERY_ORIGINS=shop.example.com/ uvicorn app_asgi.origins_from_env:app': 'PolicyError',
    'python -m cors_browser http://127.0.0.1:8000/orders/17 --page https://shop.example.com': (
        'NO RESPONSE'  # the page stops the server before
    ),
    'python -m app_asgi.wrong_flag_and_middleware': 'ValueError',
    'python -m app_wsgi.wrong_flag_and_middleware': 'ValueError',
}
ASKING = {  # how a command begins, what it prints, and its greatest exit code
    'curl ': ('HTTP/1.1', 0),
    'python -m cors_browser ': ('READABLE|BLOCKED', 1),
    'python -c ': ('', 0),
}
NOT_THE_READERS = {
    'BAKERY_ENV',
    'BAKERY_KEY',
    'BAKERY_ORIGINS',
    'DATABASE_URL',
}  # variables of the tests' own


@dataclass
class Terminals:
    """A server's command, if there is one, and what the page asks it from a second terminal."""

    server: str | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def has_curl(self) -> bool:
        return any(command.startswith('curl ') for command in self.asked)


@pytest.fixture(scope='module')
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    with reader(ROOT, tmp_path_factory.mktemp('guide')) as pages:
        return pages.read()


def commands_of_pages(guide: Guide) -> dict[str, list[str]]:
    """What a reader of each page types, in the order of the page; the README is one, too."""
    pages: dict[str, list[str]] = defaultdict(list)
    for block in guide.blocks:
        pages[block.page] += block.commands
    readme = (ROOT / 'README.md').read_text().splitlines()
    pages['README'] = [line[2:] for line in readme if line.startswith('$ ')]
    return pages


def is_run(command: str) -> bool:
    return not any(re.fullmatch(pattern, command) for pattern in NOT_RUN)


def terminals_of(commands: list[str]) -> Iterator[Terminals]:
    """Part a page's commands: each server is asked what follows it on the page."""
    current = Terminals()
    for command in filter(is_run, commands):
        if SERVER.match(command) and command not in REFUSED:
            yield current
            current = Terminals(command)
        else:
            current.asked.append(command)
    yield current


def run(terminals: Terminals, port: int, folder: Path) -> Iterator[str]:
    """Type the commands of one server and of those who ask it; yield what went wrong."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in NOT_THE_READERS},
        'PATH': f'{Path(sys.executable).parent}{os.pathsep}{os.environ["PATH"]}',
        # In place of port 8000: several run at a time.
        'GUNICORN_CMD_ARGS': f'--bind=127.0.0.1:{port}',
        'UVICORN_PORT': str(port),
    }
    for path in ('app_asgi', 'app_wsgi', 'cors.py', 'cors_browser', 'demo', 'frontend'):
        (folder / path).symlink_to(ROOT / path)
    with ExitStack() as running:
        if terminals.server:
            process = subprocess.Popen(
                ['bash', '-c', terminals.server],
                cwd=folder,
                env=environment,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            server = Server(terminals.server, port, process)
            running.callback(server.stop)
            try:
                wait_until_answering([server])
            except DemoError as error:
                yield str(error)
            else:
                yield from faults_of_lesson(terminals.server, port)
        for command in terminals.asked:
            yield from faults_of(command, port, folder, environment)


def faults_of_lesson(command: str, port: int) -> Iterator[str]:
    """Send the first exchange of the lesson that a command runs; yield what differs."""
    lesson = LESSON.search(command)
    if lesson and lesson[1] not in CONFIGURED:
        for exchange in islice((one for one in EXCHANGES if one.lesson == lesson[1]), 1):
            with httpx.Client() as client:
                response = client.send(request_to(f'http://127.0.0.1:{port}', exchange))
            if response_text(response) != exchange.response:
                yield f'{command!r} responds to {exchange.file.name}: {response_text(response)}'


def faults_of(command: str, port: int, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    ended = subprocess.run(
        ['bash', '-c', re.sub(r':8000\b', f':{port}', command)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    output = ended.stdout + ended.stderr
    begin = next((begin for begin in ASKING if command.startswith(begin)), None)
    if command in REFUSED:
        printed, fine = REFUSED[command], ended.returncode != 0
    elif begin:
        printed, greatest = ASKING[begin]
        fine = ended.returncode <= greatest
    else:
        printed, fine = 'a text that a test knows', False
    if not (fine and re.search(printed, output)):
        yield f'{command!r} ended with {ended.returncode}, expected {printed!r}: {output}'


def terminals_to_run(guide: Guide) -> list[Terminals]:
    """Every server with what is typed in the second terminal, each once."""
    sessions = {
        repr(terminals): terminals
        for commands in commands_of_pages(guide).values()
        for terminals in terminals_of(commands)
    }
    servers = {session.server for session in sessions.values() if session.asked}
    return [one for one in sessions.values() if one.asked or one.server not in servers]


@pytest.mark.parametrize(
    'with_curl', [False, pytest.param(True, marks=pytest.mark.needs('curl'))], ids=['', 'curl']
)
def test_every_command_runs(guide: Guide, with_curl: bool, tmp_path: Path) -> None:
    wanted = [one for one in terminals_to_run(guide) if one.has_curl is with_curl]
    ports = free_ports(dict.fromkeys(map(repr, wanted), 0))
    folders = [tmp_path / str(port) for port in ports]
    for folder in folders:
        folder.mkdir()
    with ThreadPoolExecutor(4) as pool:
        results = pool.map(lambda *one: list(run(*one)), wanted, ports, folders)
        assert [fault for faults in results for fault in faults] == []


def test_there_are_commands_to_run(guide: Guide) -> None:
    wanted = terminals_to_run(guide)
    assert len([one for one in wanted if one.server]) > 40
    lessons = {lesson[1] for one in wanted if (lesson := LESSON.search(one.server or ''))}
    assert set(LESSONS) <= lessons
    assert sum(len(one.asked) for one in wanted) >= 7
    assert {one.has_curl for one in wanted} == {True, False}


@pytest.mark.parametrize('pattern', NOT_RUN)
def test_what_is_not_run_is_printed_somewhere(guide: Guide, pattern: str) -> None:
    printed = [command for one in commands_of_pages(guide).values() for command in one]
    assert any(re.fullmatch(pattern, command) for command in printed)
