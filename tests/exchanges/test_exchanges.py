"""Every exchange that a page shows is what both apps answer today."""

from __future__ import annotations

from collections import Counter

import pytest

from docs._ext.exchanges import Exchange, read_exchanges
from recording.http_file import EXCHANGES_FOLDER, request_to, response_text
from recording.lessons import INTERFACES, LESSONS, ONE_SIDED, PROGRAMS, send

EXCHANGES = read_exchanges(EXCHANGES_FOLDER)


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('exchange', EXCHANGES, ids=lambda exchange: exchange.file.stem)
def test_the_app_answers_as_recorded(interface: str, exchange: Exchange) -> None:
    response = send(interface, exchange.lesson, request_to('http://api.example.com', exchange))
    assert response_text(response) == exchange.response


def test_every_lesson_shows_at_least_two_exchanges() -> None:
    shown = Counter(exchange.lesson for exchange in EXCHANGES)
    assert set(LESSONS) - set(ONE_SIDED) <= set(shown) <= set(PROGRAMS)
    assert min(shown[lesson] for lesson in LESSONS if lesson not in ONE_SIDED) >= 2
