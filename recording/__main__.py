"""Write docs/recorded from the running lessons: ``nox -s record``.

Each request of docs/recorded/exchanges goes to gunicorn and to uvicorn. If the two differ, nothing
is written and the difference is shown. ``--exchanges`` stops after that: it needs no browser, no
nginx and no database.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import httpx

from demo.processes import api_servers, free_ports, wait_until_answering
from docs._ext.exchanges import read_exchanges
from recording.browsers import (
    behind_proxy,
    causes,
    cookies,
    local_network,
    panel,
    real_names,
    verdicts,
)
from recording.browsers.real_names import Stage
from recording.engines import ENGINES
from recording.engines.base import Engine, launch
from recording.engines.chromium import Chromium
from recording.guide import build_guide
from recording.http_file import EXCHANGES_FOLDER, request_to, with_response
from recording.lessons import INTERFACES, ROOT, SCRIPTS
from recording.programs import printed, several_workers
from recording.proxies import scenes
from recording.running_demo import running_demo

PICTURE = ROOT / 'docs/images/guide.png'
CARD = ROOT / 'docs/_static/card.png'


def record_exchanges() -> None:
    wsgi, asgi = free_ports(dict.fromkeys(INTERFACES, 0))
    with api_servers(wsgi, asgi) as servers, httpx.Client() as client:
        wait_until_answering(servers)
        for exchange in read_exchanges(EXCHANGES_FOLDER):
            gunicorn, uvicorn = (
                with_response(
                    exchange, client.send(request_to(f'{server.url}/{exchange.lesson}', exchange))
                )
                for server in servers
            )
            if gunicorn != uvicorn:
                sys.exit(
                    f'{exchange.file.name}: the servers differ\n\n'
                    f'gunicorn: {gunicorn.response}\n\nuvicorn: {uvicorn.response}'
                )
            write(exchange.file, gunicorn.text)


def record_proxies() -> None:
    wsgi, asgi = free_ports(dict.fromkeys(INTERFACES, 0))
    with api_servers(wsgi, asgi) as servers:
        wait_until_answering(servers)
        for scene in scenes.SCENES:
            with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
                folders = Path(first), Path(second)
                gunicorn, uvicorn = (
                    scenes.play(scene, server.url, folder)
                    for server, folder in zip(servers, folders, strict=True)
                )
            if gunicorn != uvicorn:
                sys.exit(
                    f'{scene}: the servers differ\n\ngunicorn: {gunicorn}\n\nuvicorn: {uvicorn}'
                )
            for exchange in gunicorn:
                write(exchange.file, exchange.text)


def record_several_workers() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        several_workers.running_cluster(Path(folder)) as cluster,
    ):
        write(several_workers.REPORT, several_workers.report(cluster))


def record_programs() -> None:
    for name, output in printed.OUTPUTS.items():
        write(printed.PROGRAMS_FOLDER / name, output())


def record_verdicts(lessons: list[str]) -> None:
    """Run the lessons' scripts in all three browsers, against both servers."""
    runs = [run for lesson in lessons for run in verdicts.runs_of(lesson)]
    scenes_too = lessons == SCRIPTS
    rows: dict[str, list[verdicts.Row]] = {}
    with real_names.set_up() as stage:
        for engine in ENGINES.values():
            with stage.launch(engine) as browser:
                for run in runs:
                    rows.setdefault(run.name, []).extend(shown_rows(browser, stage, run))
                for scene in behind_proxy.WATCHED if scenes_too else ():
                    rows.setdefault(scene, []).extend(watched_rows(browser, stage, scene))
                print(f'observed {browser.title}', flush=True)
    for name, observed in rows.items():
        write_verdict(name, observed)


def write_verdict(name: str, rows: list[verdicts.Row]) -> None:
    recorded = verdicts.read(name)
    if verdicts.differences(recorded, rows) or not recorded:
        write(verdicts.BROWSERS_FOLDER / f'{name}.csv', verdicts.as_csv(rows))


def watched_rows(browser: Engine, stage: Stage, scene: str) -> list[verdicts.Row]:
    with tempfile.TemporaryDirectory() as folder:
        return behind_proxy.watch(browser, stage, 'wsgi', scene, Path(folder), recorded=[])


def record_cookies() -> None:
    """Write which cookies each browser sends."""
    seen = {}
    with real_names.set_up() as stage:
        for engine in ENGINES.values():
            with stage.launch(engine) as browser:
                seen[browser.title] = cookies.observe(browser, stage)
    if not cookies.FILE.exists() or any(
        cookies.read(title.split()[0]) != sent for title, sent in seen.items()
    ):
        write(cookies.FILE, cookies.as_csv(seen))


def record_local_network() -> None:
    """Write what a permission decides in Chromium."""
    with launch(Chromium) as browser:
        write(local_network.FILE, local_network.as_csv(local_network.observe(browser)))


def record_messages() -> None:
    """Write what every browser prints of the causes that docs/errors explains."""
    with real_names.set_up() as stage:
        observed = causes.observe_all(stage)
    recorded = {message.without_numbers for message in causes.read()}
    if recorded != {message.without_numbers for message in observed}:
        write(causes.FILE, causes.as_csv(observed))


def shown_rows(browser: Engine, stage: Stage, run: verdicts.Run) -> list[verdicts.Row]:
    """Observe a script on its servers, which must look the same to a browser."""
    seen = verdicts.observe(browser, stage, run, recorded=[])
    first, *others = (rows for rows, _ in seen.values())
    for other in others:
        if found := verdicts.differences(first, other):
            sys.exit('\n'.join([f'{run.name}: in {browser.title} the servers differ', *found]))
    return first


def write(path: Path, text: str) -> None:
    if path.exists() and path.read_text() == text:
        print(f'same     {path.relative_to(ROOT)}')
    else:
        path.write_text(text)
        print(f'written  {path.relative_to(ROOT)}')


def take_screenshot() -> None:
    """Write the README's picture from the real guide, and the one for links to the guide."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(build_guide(Path(folder) / 'html')) as demo,
        launch(Chromium) as browser,
    ):
        browser.look(1280)
        panel.press_try_it(browser, demo.guide, 'any_origin', 'asgi')
        browser.run(
            """() => {
              document.documentElement.style.scrollBehavior = 'auto';
              document.querySelector('.panel').scrollIntoView();
            }"""
        )
        browser.screenshot(PICTURE)
        browser.send(
            'Emulation.setDeviceMetricsOverride',
            width=1200,
            height=630,
            deviceScaleFactor=1,
            mobile=False,
        )
        browser.open((ROOT / 'docs/images/card.html').as_uri())
        browser.screenshot(CARD)


def main() -> None:
    parser = argparse.ArgumentParser(prog='nox -s record --', description=__doc__)
    parser.add_argument('lessons', nargs='*', metavar='LESSON', help='only their verdicts')
    parser.add_argument('--exchanges', action='store_true', help='only docs/recorded/exchanges')
    parser.add_argument('--screenshot', action='store_true', help='take the two pictures')
    options = parser.parse_args()
    unknown = sorted(set(options.lessons) - set(SCRIPTS))
    if unknown:
        parser.error(f'no script in frontend/ for {", ".join(unknown)}')
    if options.screenshot:
        take_screenshot()
    elif options.exchanges:
        record_exchanges()
    elif options.lessons:
        record_verdicts(options.lessons)
    else:
        record_all()


def record_all() -> None:
    record_exchanges()
    record_proxies()
    record_several_workers()
    record_cookies()
    record_local_network()
    record_verdicts(SCRIPTS)
    record_messages()
    record_programs()  # the attack lab's table is made of verdicts


if __name__ == '__main__':
    main()
