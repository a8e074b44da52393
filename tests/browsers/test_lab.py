"""What the attack lab says about browsers that none of its panels shows."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from recording.browsers.causes import STEP
from recording.browsers.local_servers import serving
from recording.browsers.real_names import SAME_SITE, Stage
from recording.engines.base import Engine
from recording.lessons import API, INTERFACES, ROOT, SHOP

SAID = (
    'In all three browsers, the request had the origin ``null``, the browser sent the '
    '``SameSite=Lax`` cookie, and the script read the basket'
)
READ = """
(url) => fetch(url, { credentials: 'include' }).then(
  (response) => response.json(),
  (error) => error.name,
)
"""
DETOUR = 'https://ads.example.com'


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_redirect_over_two_origins_has_the_origin_null(
    named_engine: Engine, stage: Stage, interface: str
) -> None:
    assert SAID in ' '.join((ROOT / 'docs/howto/attack_null.rst').read_text().split())
    stage.show(SHOP, SAME_SITE)
    stage.forget(named_engine)
    stage.play(interface, 'credentials', 'filling')
    named_engine.open(f'{SHOP}/')
    named_engine.run(STEP, '/_pages/credentials.js', 'fillBasket', API)
    named_engine.open(f'{SAME_SITE}/')
    allowed = (
        ('Access-Control-Allow-Origin', SAME_SITE),
        ('Access-Control-Allow-Credentials', 'true'),
        ('Location', f'{API}/basket'),
    )
    read = {}
    with serving(*allowed, status=307, certificate=stage.tls) as (detour, _):
        stage.names.lead('ads.example.com', urlsplit(detour).port or 443)
        for program in ('wrong_null', 'defended'):
            stage.play(interface, program, 'reading')
            read[program] = named_engine.run(READ, f'{DETOUR}/')
    assert read == {'wrong_null': {'basket': 'rye'}, 'defended': 'TypeError'}
