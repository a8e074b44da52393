"""What the attack lab says of browsers and no panel of it shows."""

from __future__ import annotations

import pytest

from recording.browsers.local_servers import serving
from recording.browsers.verdicts import FILL_BASKET
from recording.engines.base import Engine
from recording.lessons import INTERFACES, ROOT
from recording.running_demo import RunningDemo

SAID = (
    'in all three browsers its request had the origin ``null``, the ``SameSite=Lax`` cookie came '
    'along, and the script read the basket'
)
READ = """
(url) => fetch(url, { credentials: 'include' }).then(
  (response) => response.json(),
  (error) => error.name,
)
"""


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_redirect_over_two_origins_has_the_origin_null(
    engine: Engine, demo: RunningDemo, interface: str
) -> None:
    assert SAID in ' '.join((ROOT / 'docs/howto/attack_null.rst').read_text().split())
    engine.forget_cookies()
    engine.open(f'{demo.guide}/index.html')
    engine.run(FILL_BASKET, demo.wsgi)
    engine.open(f'{demo.attacker}/index.html')
    read = {}
    for program in ('wrong_null', 'defended'):
        allowed = (
            ('Access-Control-Allow-Origin', demo.attacker),
            ('Access-Control-Allow-Credentials', 'true'),
            ('Location', f'{demo.api(interface)}/{program}/basket'),
        )
        with serving(*allowed, status=307) as (detour, _):
            read[program] = engine.run(READ, f'{detour}/')
    assert read == {'wrong_null': {'basket': 'rye'}, 'defended': 'TypeError'}
