"""A shared cache, the real nginx: what it gives to whom. The exchanges are in test_behind_nginx."""

from __future__ import annotations

from pathlib import Path

import pytest

from recording.lessons import INTERFACES, SHOP
from recording.proxies.deployment import behind, send, serving
from recording.proxies.scenes import replayed

PARTNER = 'https://partner.example.com'


@pytest.mark.parametrize(
    ('expected', 'origin', 'shown'),
    [
        ('readable: 200', SHOP, 'poisoned--shop'),
        ('acao-mismatch', PARTNER, 'poisoned--partner'),
        ('acao-missing', SHOP, 'opened--shop'),
        ('readable: 200', SHOP, 'cached--shop'),
        ('readable: 200', PARTNER, 'cached--partner'),
        ('readable: 200', SHOP, 'cached--shop_again'),
        ('readable: 200', PARTNER, 'cached--public_partner'),
        ('readable: 200', PARTNER, 'by_key--partner'),
        ('readable: 200', SHOP, 'by_key--shop_again'),
    ],
)
def test_what_a_page_reads_behind_the_cache(expected: str, origin: str, shown: str) -> None:
    assert replayed(origin, shown) == expected


@pytest.mark.needs('nginx')
@pytest.mark.parametrize('secret', [{'Cookie': 'session=anna'}, {'Authorization': 'Bearer anna'}])
def test_what_is_one_users_is_not_stored(secret: dict[str, str], tmp_path: Path) -> None:
    with (
        serving('wsgi', 'caching') as server,
        behind('caching.conf', tmp_path, {8000: server.port}) as client,
    ):
        statuses = [
            send(client, client.build_request('GET', '/menu', headers=headers)).headers['X-Cache']
            for headers in (secret, secret, {}, {}, secret)
        ]
    assert statuses == ['BYPASS', 'BYPASS', 'MISS', 'HIT', 'BYPASS']


@pytest.mark.needs('nginx')
@pytest.mark.parametrize('interface', INTERFACES)
def test_preflights_are_not_stored(interface: str, tmp_path: Path) -> None:
    headers = {'Origin': SHOP, 'Access-Control-Request-Method': 'GET'}
    with (
        serving(interface, 'caching') as server,
        behind('caching.conf', tmp_path, {8000: server.port}) as client,
    ):
        for _ in range(2):
            answer = send(client, client.build_request('OPTIONS', '/menu', headers=headers))
            assert answer.status_code == 204
            assert 'X-Cache' not in answer.headers


@pytest.mark.needs('nginx')
def test_without_the_key_a_cache_that_ignores_vary_poisons(tmp_path: Path) -> None:
    with (
        serving('wsgi', 'caching') as server,
        behind(
            'caching_by_key.conf', tmp_path, {8000: server.port}, {'uri$reader;': 'uri;'}
        ) as client,
    ):
        for origin in (SHOP, PARTNER):
            answer = send(client, client.build_request('GET', '/menu', headers={'Origin': origin}))
            assert answer.headers['Access-Control-Allow-Origin'] == SHOP


@pytest.mark.needs('nginx')
def test_strangers_share_one_answer(tmp_path: Path) -> None:
    with (
        serving('wsgi', 'caching') as server,
        behind('caching_by_key.conf', tmp_path, {8000: server.port}) as client,
    ):
        statuses = []
        for origin in ('https://a.example.net', 'https://b.example.net'):
            answer = send(client, client.build_request('GET', '/menu', headers={'Origin': origin}))
            assert 'Access-Control-Allow-Origin' not in answer.headers
            statuses.append(answer.headers['X-Cache'])
    assert statuses == ['MISS', 'HIT']
