"""What a page shows through nginx: docs/recorded/proxies, exchanges with a file of deploy between.

``nox -s record`` writes them from the real nginx in front of gunicorn and uvicorn, and a test
asserts that they still hold. A file is named ``<scene>--<what it shows>.http``. The exchanges of
a scene follow each other, for a cache remembers. Where a request names its ``Content-Length``,
the file leaves its body out.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx

from cors_browser.replay import judge
from docs._ext.exchanges import Exchange, capture_of, read_exchange
from recording.http_file import request_to, with_response
from recording.lessons import ROOT
from recording.proxies.deployment import behind, send, serving

PROXIES_FOLDER = ROOT / 'docs/recorded/proxies'
CLOSED = 1  # a port where nothing listens


@dataclass(frozen=True)
class Scene:
    """A lesson behind nginx.

    Attributes:
        configuration: File of deploy.
        requests: What the exchanges show, in their order.
        after_stop: The same, sent when the server has been stopped.
    """

    configuration: str
    lesson: str
    requests: tuple[str, ...]
    after_stop: tuple[str, ...] = ()


SCENES = {
    'behind_nginx': Scene(
        'behind_nginx.conf',
        'testing',
        requests=('preflight', 'changed', 'not_found', 'too_large'),
        after_stop=('bad_gateway', 'bad_gateway_stranger', 'bad_gateway_preflight'),
    ),
    'two_owners': Scene(
        'wrong_two_owners.conf', 'testing', requests=('read',), after_stop=('bad_gateway',)
    ),
    'nginx_owns': Scene('nginx_owns.conf', 'any_origin', requests=('read', 'preflight')),
    'poisoned': Scene('caching.conf', 'wrong_no_vary', requests=('shop', 'partner')),
    'opened': Scene('caching.conf', 'wrong_no_vary', requests=('address_bar', 'shop')),
    'cached': Scene(
        'caching.conf',
        'caching',
        requests=('shop', 'partner', 'shop_again', 'public_shop', 'public_partner'),
    ),
    'by_key': Scene('caching_by_key.conf', 'caching', requests=('shop', 'partner', 'shop_again')),
}


def exchanges_of(name: str, what: tuple[str, ...]) -> list[Exchange]:
    return [read_exchange(PROXIES_FOLDER / f'{name}--{shown}.http') for shown in what]


def play(name: str, interface: str, folder: Path) -> list[Exchange]:
    """Send the requests of a scene; return its exchanges with the responses of this run.

    Args:
        name: Key of ``SCENES``.
        interface: ``wsgi`` for gunicorn, ``asgi`` for uvicorn.
        folder: An empty folder, for nginx.
    """
    scene = SCENES[name]
    with (
        serving(interface, scene.lesson) as server,
        behind(scene.configuration, folder, {8000: server.port}) as client,
    ):
        exchanges = [_play_one(client, one) for one in exchanges_of(name, scene.requests)]
        server.stop()
        exchanges += [_play_one(client, one) for one in exchanges_of(name, scene.after_stop)]
    return exchanges


def _play_one(client: httpx.Client, exchange: Exchange) -> Exchange:
    request = request_to(str(client.base_url).rstrip('/'), exchange)
    if 'Content-Length: ' in exchange.request:
        body = b' ' * int(request.headers['Content-Length'])
        request = httpx.Request(request.method, request.url, headers=request.headers, content=body)
    return with_response(exchange, send(client, request))


def replayed(origin: str, *shown: str) -> str:
    """Fetch as a page of ``origin`` with these recorded responses; return what it gets."""
    exchanges = [read_exchange(PROXIES_FOLDER / f'{name}.http') for name in shown]
    exchange, failure = judge(capture_of(exchanges, origin))
    return failure.code if failure else f'readable: {exchange.steps[-1].status}'
