"""What a page shows through a proxy: docs/recorded/proxies, exchanges with a file of deploy.

``nox -s record`` writes them from the real proxies in front of gunicorn and uvicorn, and a test
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
from recording.proxies.deployment import behind, send
from recording.proxies.programs import APACHE, CADDY, HAPROXY, NGINX, VARNISH, Proxy

PROXIES_FOLDER = ROOT / 'docs/recorded/proxies'
CLOSED = 1  # a port where nothing listens


@dataclass(frozen=True)
class Scene:
    """A lesson behind a proxy.

    Attributes:
        configuration: File of deploy.
        requests: What the exchanges show, in their order.
        down: The same, sent while nothing listens on the server's port.
        proxy: The program that reads the configuration.
        has_paths: Whether the configuration tells paths apart, so that it, and not the client,
            has to add the name under which the server has the lesson.
    """

    configuration: str
    lesson: str
    requests: tuple[str, ...]
    down: tuple[str, ...] = ()
    proxy: Proxy = NGINX
    has_paths: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """Everything that the exchanges show."""
        return self.requests + self.down


def _in_front_of_testing(proxy: Proxy) -> Scene:
    return Scene(
        proxy.site,
        'testing',
        requests=('preflight', 'too_large'),
        down=('own_error', 'own_error_other_origin'),
        proxy=proxy,
    )


def _two_owners(proxy: Proxy, configuration: str) -> Scene:
    return Scene(configuration, 'testing', requests=('read',), proxy=proxy)


SCENES = {
    'behind_nginx': Scene(
        'behind_nginx.conf',
        'testing',
        requests=('preflight', 'changed', 'not_found', 'too_large'),
        down=('bad_gateway', 'bad_gateway_stranger', 'bad_gateway_preflight'),
    ),
    'two_owners': Scene(
        'wrong_two_owners.conf', 'testing', requests=('read',), down=('bad_gateway',)
    ),
    'nginx_owns': Scene('nginx_owns.conf', 'any_origin', requests=('read', 'preflight')),
    'poisoned': Scene('caching.conf', 'wrong_no_vary', requests=('shop', 'partner')),
    'opened': Scene('caching.conf', 'wrong_no_vary', requests=('address_bar', 'shop')),
    'cached': Scene(
        'caching.conf',
        'caching',
        requests=('shop', 'partner', 'shop_again', 'public_shop', 'public_partner'),
    ),
    'wrong_gateway': Scene(
        'wrong_gateway.conf', 'any_origin', requests=('files', 'login'), has_paths=True
    ),
    'gateway': Scene('gateway.conf', 'any_origin', requests=('login',)),
    'wrong_ingress': Scene('wrong_ingress.conf', 'testing', requests=('read',)),
    'client_certificates': Scene(
        'client_certificates.conf', 'testing', requests=('preflight', 'no_certificate')
    ),
    'by_key': Scene('caching_by_key.conf', 'caching', requests=('shop', 'partner', 'shop_again')),
    'behind_caddy': _in_front_of_testing(CADDY),
    'behind_haproxy': _in_front_of_testing(HAPROXY),
    'behind_apache': _in_front_of_testing(APACHE),
    'behind_varnish': _in_front_of_testing(VARNISH),
    'two_owners_caddy': _two_owners(CADDY, 'wrong_two_owners.caddyfile'),
    'two_owners_haproxy': _two_owners(HAPROXY, 'wrong_two_owners.cfg'),
    'two_owners_apache': _two_owners(APACHE, 'wrong_two_owners_apache.conf'),
    'two_owners_varnish': _two_owners(VARNISH, 'wrong_two_owners.vcl'),
    'varnish_poisoned': Scene(
        'behind_varnish.vcl', 'wrong_no_vary', requests=('shop', 'partner'), proxy=VARNISH
    ),
    'varnish_cached': Scene(
        'behind_varnish.vcl', 'caching', requests=('shop', 'partner', 'shop_again'), proxy=VARNISH
    ),
}


def exchanges_of(name: str, what: tuple[str, ...]) -> list[Exchange]:
    return [read_exchange(PROXIES_FOLDER / f'{name}--{shown}.http') for shown in what]


def play(name: str, url: str, folder: Path) -> list[Exchange]:
    """Send the requests of a scene; return its exchanges with the responses of this run.

    Args:
        name: Key of ``SCENES``.
        url: A server with every lesson under its name.
        folder: An empty folder, for the proxy.
    """
    scene = SCENES[name]
    exchanges = []
    for state, port, what in (
        ('up', httpx.URL(url).port or 80, scene.requests),
        ('down', CLOSED, scene.down),
    ):
        if what:
            own = folder / state
            own.mkdir()
            server, lesson = f'127.0.0.1:{port}/', f'{scene.lesson}/'
            changes = {f'{server};': f'{server}{lesson};'} if scene.has_paths else {}
            prefix = '' if scene.has_paths else lesson
            with behind(scene.configuration, own, {8000: port}, changes, scene.proxy) as client:
                exchanges += [_play_one(client, one, prefix) for one in exchanges_of(name, what)]
    return exchanges


def _play_one(client: httpx.Client, exchange: Exchange, prefix: str) -> Exchange:
    request = request_to(f'{str(client.base_url).rstrip("/")}/{prefix}'.rstrip('/'), exchange)
    if 'Content-Length: ' in exchange.request:
        body = b' ' * int(request.headers['Content-Length'])
        request = httpx.Request(request.method, request.url, headers=request.headers, content=body)
    return with_response(exchange, send(client, request))


def replayed(origin: str, *shown: str) -> str:
    """Fetch as a page of ``origin`` with these recorded responses; return what it gets."""
    exchanges = [read_exchange(PROXIES_FOLDER / f'{name}.http') for name in shown]
    exchange, failure = judge(capture_of(exchanges, origin))
    return failure.code if failure else f'readable: {exchange.steps[-1].status}'
