"""Record what each engine makes of a scene behind nginx, in docs/recorded/browsers."""

from __future__ import annotations

from pathlib import Path

import httpx

from recording.browsers.verdicts import (
    CONSOLE,
    QUIET,
    SETTLED,
    Row,
    wait_for_console,
)
from recording.engines.base import Engine
from recording.lessons import API, SHOP
from recording.proxies.deployment import FOLDER, behind
from recording.proxies.scenes import CLOSED, SCENES
from recording.running_demo import RunningDemo

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
    browser: Engine, demo: RunningDemo, interface: str, name: str, folder: Path, recorded: list[Row]
) -> list[Row]:
    """Fetch through nginx as the shop's page does; return what it got and the console printed.

    The guide stands for the shop, the lesson is the demo's, and their addresses are replaced as
    in the other verdicts.
    """
    scene = SCENES[name]
    written = (FOLDER / scene.configuration).read_text()
    for_the_guide = {' ssl;': ';', SHOP: demo.guide}
    changes = {old: new for old, new in for_the_guide.items() if old in written}
    known = [row for row in recorded if row.engine == browser.title.split()[0]]
    lines = sum(row.step == CONSOLE for row in known)
    found: list[tuple[str, str, str]] = []
    addresses = {demo.guide: SHOP}
    browser.open(f'{demo.guide}/index.html')
    browser.console.clear()
    up = httpx.URL(demo.api(interface)).port or 80
    for state, port, steps in (('', up, WATCHED[name]), (', server down', CLOSED, (READ,))):
        own = folder / f'{port}'
        own.mkdir()
        with behind(scene.configuration, own, {8000: port}, **changes) as client:
            api = f'{str(client.base_url).rstrip("/")}/{scene.lesson}'
            addresses[api] = API
            for step, method, size in steps:
                verdict, got = browser.run(FETCH, f'{api}/orders/17', method, size)
                found.append((f'{step}{state}', verdict, got))
    wait_for_console(browser, lines, SETTLED if known else QUIET)
    found += [(CONSOLE, '', line) for line in browser.console]
    return [
        Row(SHOP, browser.title, step, verdict, _replaced(text, addresses))
        for step, verdict, text in found
    ]


def _replaced(text: str, addresses: dict[str, str]) -> str:
    for address, name in addresses.items():
        text = text.replace(address, name)
    return text
