"""Each lesson on its real server, mounted in the demo. test_commands.py runs each alone."""

from __future__ import annotations

import httpx
import pytest

from docs._ext.exchanges import read_exchanges
from recording.http_file import EXCHANGES_FOLDER, request_to, with_response
from recording.lessons import INTERFACES

EXCHANGES = read_exchanges(EXCHANGES_FOLDER)


@pytest.mark.parametrize('interface', INTERFACES)
def test_every_exchange_holds_on_the_real_server(lessons: dict[str, str], interface: str) -> None:
    with httpx.Client() as client:
        for exchange in EXCHANGES:
            answer = client.send(request_to(f'{lessons[interface]}/{exchange.lesson}', exchange))
            assert with_response(exchange, answer) == exchange, exchange.file.name
