"""What a request through `Browser` costs beside one through `falcon.testing.TestClient`.

Run it with ``python -m benchmarks.bench_browser``; with ``--check`` it fails where a request
costs more than three times as much. Rounds of both are interleaved, so that a busy machine slows
both; the figure is the ratio of the medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import falcon
import falcon.asgi
import falcon.testing

from cors_browser import Browser

LIMIT = 3.0
ROUNDS, REQUESTS = 60, 50
PAGE = 'https://app.example.com'


class Item:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = {'name': 'x'}

    def on_put(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = req.get_media()


class ItemAsync:
    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = {'name': 'x'}

    async def on_put(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = await req.get_media()


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(REQUESTS):
        call()
    return (time.perf_counter() - start) / REQUESTS


def ratio(name: str, browser: Callable[[], object], client: Callable[[], object]) -> float:
    rounds = [(seconds(browser), seconds(client)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(times) for times in zip(*rounds, strict=True))
    found: float = ours / theirs
    print(f'{name:<32} {ours * 1e6:7.0f} us {theirs * 1e6:7.0f} us   ratio {found:.2f}')
    return found


def compare(name: str, app: Any, item: object) -> list[float]:
    app.add_route('/items', item)
    client = falcon.testing.TestClient(app)
    browser = Browser(app, PAGE, clock=lambda: 0)
    headers = {'Origin': PAGE}
    return [
        ratio(
            f'{name} GET',
            lambda: browser.fetch('/items'),
            lambda: client.simulate_get('/items', headers=headers),
        ),
        ratio(
            f'{name} PUT, preflight cached',
            lambda: browser.fetch('/items', 'PUT', json={'name': 'x'}),
            lambda: client.simulate_put('/items', headers=headers, json={'name': 'x'}),
        ),
    ]


def main() -> int:
    print(f'{"":<32} {"Browser":>10} {"TestClient":>10}')
    ratios = compare('WSGI', falcon.App(cors_enable=True), Item())
    ratios += compare('ASGI', falcon.asgi.App(cors_enable=True), ItemAsync())
    if '--check' in sys.argv and max(ratios) > LIMIT:
        print(f'a request through Browser costs more than {LIMIT:g} times one through TestClient')
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
