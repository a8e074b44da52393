"""The lesson ``websockets`` on uvicorn: who may open one, whatever cookies come along."""

from __future__ import annotations

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

SHOP = 'https://shop.example.com'
STRANGER = 'https://other.example.net'
OWN = '(the API itself)'


@pytest.mark.parametrize(
    ('headers', 'accepted'),
    [
        ({}, True),
        ({'Origin': SHOP}, True),
        ({'Origin': SHOP, 'Cookie': 'basket=rye'}, True),
        ({'Origin': OWN, 'Cookie': 'basket=rye'}, True),
        ({'Origin': STRANGER}, False),
        ({'Origin': STRANGER, 'Cookie': 'basket=rye'}, False),
        ({'Origin': 'null'}, False),
    ],
)
def test_only_allowed_pages_open_a_websocket(
    lessons: dict[str, str], headers: dict[str, str], accepted: bool
) -> None:
    sent = {name: lessons['asgi'] if value == OWN else value for name, value in headers.items()}
    address = f'{lessons["asgi"]}/websockets/orders'.replace('http:', 'ws:')
    if accepted:
        with connect(address, additional_headers=sent, proxy=None) as socket:
            assert socket.recv() == 'order 17 is ready'
    else:
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(address, additional_headers=sent, proxy=None),
        ):
            pass
        assert refused.value.response.status_code == 403
