"""Each lesson on its real server: alone by its printed command, and mounted in the demo."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from demo.processes import free_ports
from tests.apps import INTERFACES, LESSONS, ROOT, pairs
from tests.demo.running import RunningDemo
from tests.exchanges.http_file import RecordedExchange, answer_text, read_all

COMMANDS = {
    'wsgi': ['gunicorn', 'app_wsgi.{lesson}:app', '--bind=127.0.0.1:{port}'],
    'asgi': ['uvicorn', 'app_asgi.{lesson}:app', '--port={port}'],
}
EXCHANGES = read_all()
ROOT_OF_WEBSOCKETS = RecordedExchange(
    Path('websockets--root.http'),
    'GET / HTTP/1.1',
    'HTTP/1.1 404 Not Found\nContent-Length: 26\nContent-Type: application/json\n'
    'Vary: Accept, Origin\n\n{"title": "404 Not Found"}',
)


@pytest.mark.parametrize(('interface', 'lesson'), pairs(LESSONS))
def test_a_lesson_runs_alone(interface: str, lesson: str) -> None:
    (port,) = free_ports({'port': 0})
    command = [word.format(lesson=lesson, port=port) for word in COMMANDS[interface]]
    exchange = next(one for one in (*EXCHANGES, ROOT_OF_WEBSOCKETS) if one.lesson == lesson)
    process = subprocess.Popen(
        [sys.executable, '-m', *command], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        answer = ask_until_it_answers(exchange, f'http://127.0.0.1:{port}')
    finally:
        process.terminate()
        process.wait(20)
    assert answer_text(answer) == exchange.answer


def ask_until_it_answers(exchange: RecordedExchange, url: str) -> httpx.Response:
    deadline = time.monotonic() + 20
    with httpx.Client() as client:
        while True:
            try:
                return client.send(exchange.to(url))
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


@pytest.mark.parametrize('interface', INTERFACES)
def test_every_exchange_holds_on_the_real_server(demo: RunningDemo, interface: str) -> None:
    with httpx.Client() as client:
        for exchange in EXCHANGES:
            answer = client.send(exchange.to(f'{demo.api(interface)}/{exchange.lesson}'))
            assert answer_text(answer) == exchange.answer, exchange.path.name
