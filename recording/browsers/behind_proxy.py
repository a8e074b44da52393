"""Record what each engine makes of a scene behind nginx, in docs/recorded/browsers."""

from __future__ import annotations

from pathlib import Path

from recording.browsers.real_names import Stage
from recording.browsers.verdicts import (
    CONSOLE,
    QUIET,
    SETTLED,
    Row,
    wait_for_console,
)
from recording.engines.base import Engine
from recording.lessons import API, SHOP
from recording.proxies.deployment import behind, serving
from recording.proxies.scenes import CLOSED, SCENES

FETCH = """
(url, method, bytes) => fetch(url, bytes ? { method, body: ' '.repeat(bytes) } : {}).then(
  async (response) => ['readable', `${response.status} ${await response.text()}`],
  (error) => ['blocked by the browser', `${error}`],
)
"""
READ = ('read', 'GET', 0)
WATCHED = {  # scene: what the page does while the server runs; then it reads while it does not
    'behind_nginx': (READ, ('upload', 'PUT', 2_000_000)),
    'two_owners': (READ,),
}


def watch(
    browser: Engine, stage: Stage, interface: str, name: str, folder: Path, recorded: list[Row]
) -> list[Row]:
    """Fetch through nginx as the shop's page does; return what it got and the console printed."""
    scene = SCENES[name]
    known = [row for row in recorded if row.engine == browser.title.split()[0]]
    lines = sum(row.step == CONSOLE for row in known)
    found: list[tuple[str, str, str]] = []
    stage.show(SHOP)
    stage.forget(browser)
    browser.open(f'{SHOP}/')
    browser.console.clear()
    with serving(interface, scene.lesson) as server:
        for state, port, steps in (
            ('', server.port, WATCHED[name]),
            (', server down', CLOSED, (READ,)),
        ):
            own = folder / f'{port}'
            own.mkdir()
            with behind(scene.configuration, own, {8000: port}) as client:
                stage.names.lead('api.example.com', client.base_url.port or 443)
                for step, method, size in steps:
                    verdict, got = browser.run(FETCH, f'{API}/orders/17', method, size)
                    found.append((f'{step}{state}', verdict, got))
    wait_for_console(browser, lines, SETTLED if known else QUIET)
    found += [(CONSOLE, '', line) for line in browser.console]
    return [Row(SHOP, browser.title, step, verdict, text) for step, verdict, text in found]
