"""Each lesson on its real server: alone by its printed command, and mounted in the demo."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from demo.processes import free_ports
from docs._ext.exchanges import Exchange, read_exchanges
from recording.http_file import EXCHANGES_FOLDER, request_to, response_text, with_response
from recording.lessons import INTERFACES, LESSONS, ROOT, pairs

COMMANDS = {
    'wsgi': ['gunicorn', 'app_wsgi.{lesson}:app', '--bind=127.0.0.1:{port}'],
    'asgi': ['uvicorn', 'app_asgi.{lesson}:app', '--port={port}'],
}
EXCHANGES = read_exchanges(EXCHANGES_FOLDER)
ROOT_OF_WEBSOCKETS = Exchange(
    Path('websockets--root.http'),
    'GET / HTTP/1.1',
    'HTTP/1.1 404 Not Found\nContent-Length: 26\nContent-Type: application/json\n'
    'Vary: Accept, Origin\n\n{"title": "404 Not Found"}',
)


@pytest.mark.parametrize(('interface', 'lesson'), pairs(LESSONS))
def test_a_lesson_runs_alone(interface: str, lesson: str) -> None:
    exchange = next(one for one in (*EXCHANGES, ROOT_OF_WEBSOCKETS) if one.lesson == lesson)
    answer = None
    while answer is None:  # another process may have taken the port in the meantime
        answer = answer_of_a_server(exchange, COMMANDS[interface])
    assert response_text(answer) == exchange.response


def answer_of_a_server(exchange: Exchange, command: list[str]) -> httpx.Response | None:
    """Start a lesson's server, ask it, and stop it; ``None`` if it ended by itself."""
    (port,) = free_ports({'port': 0})
    words = [word.format(lesson=exchange.lesson, port=port) for word in command]
    process = subprocess.Popen(
        [sys.executable, '-m', *words], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 20
    try:
        while process.poll() is None and time.monotonic() < deadline:
            with httpx.Client() as client, suppress(httpx.TransportError):
                return client.send(request_to(f'http://127.0.0.1:{port}', exchange))
            time.sleep(0.05)
    finally:
        process.terminate()
        _, printed = process.communicate(timeout=20)
    assert 'ddress already in use' in printed, printed
    return None


@pytest.mark.parametrize('interface', INTERFACES)
def test_every_exchange_holds_on_the_real_server(lessons: dict[str, str], interface: str) -> None:
    with httpx.Client() as client:
        for exchange in EXCHANGES:
            answer = client.send(request_to(f'{lessons[interface]}/{exchange.lesson}', exchange))
            assert with_response(exchange, answer) == exchange, exchange.file.name
