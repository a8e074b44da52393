"""``nox -s record``: write the recorded files of the docs from the running lessons.

Each request of docs/_exchanges goes to gunicorn and to uvicorn. Where the two differ, nothing
is written and the difference is shown. ``nox -s record -- --screenshot`` takes the README's
picture instead.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import httpx

from demo.processes import api_servers, free_ports, wait_until_answering
from tests import outputs
from tests.apps import ROOT, SCRIPTS, pairs
from tests.browsers import try_it
from tests.browsers.chromium import launch
from tests.conftest import build_guide
from tests.demo.running import running_demo
from tests.exchanges.http_file import read_all

PICTURE = ROOT / 'docs/images/guide.png'


def record_exchanges() -> None:
    ports = free_ports({'guide': 0, 'wsgi': 0, 'asgi': 0})
    with api_servers(*ports) as servers, httpx.Client() as client:
        wait_until_answering(servers)
        for exchange in read_all():
            gunicorn, uvicorn = (
                exchange.with_answer(client.send(exchange.to(f'{server.url}/{exchange.lesson}')))
                for server in servers
            )
            if gunicorn != uvicorn:
                sys.exit(
                    f'{exchange.path.name}: the servers differ\n\n'
                    f'gunicorn: {gunicorn.answer}\n\nuvicorn: {uvicorn.answer}'
                )
            write(exchange.path, gunicorn.text)


def record_output() -> None:
    for name, made in outputs.OUTPUTS.items():
        write(outputs.FOLDER / name, made())


def record_verdicts() -> None:
    """Press *Try it* on every lesson's page in Chromium, for both servers."""
    for lesson in SCRIPTS:
        (try_it.FOLDER / f'{lesson}.txt').touch()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(build_guide(Path(folder) / 'html')) as demo,
        launch() as browser,
    ):
        for lesson in SCRIPTS:
            path = try_it.FOLDER / f'{lesson}.txt'
            first, *others = (
                try_it.verdict(browser, demo, name, interface)[0]
                for interface, name in pairs([lesson])
            )
            if others not in ([], [first]):
                sys.exit(f'{lesson}: the servers differ\n\nWSGI: {first}\n\nASGI: {others[0]}')
            if not try_it.same_verdict(path, first):
                write(path, first)


def write(path: Path, text: str) -> None:
    if path.exists() and path.read_text() == text:
        print(f'same     {path.relative_to(ROOT)}')
    else:
        path.write_text(text)
        print(f'written  {path.relative_to(ROOT)}')


def take_screenshot() -> None:
    """Write the README's picture from the real guide."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(build_guide(Path(folder) / 'html')) as demo,
        launch() as browser,
    ):
        browser.look(1280)
        try_it.press_try_it(browser, demo.guide, 'any_origin', 'asgi')
        browser.run(
            """() => {
              document.documentElement.style.scrollBehavior = 'auto';
              document.querySelector('.try-it').scrollIntoView();
            }"""
        )
        browser.screenshot(PICTURE)


if __name__ == '__main__':
    if sys.argv[1:] == ['--screenshot']:
        take_screenshot()
    else:
        record_exchanges()
        record_output()
        record_verdicts()
