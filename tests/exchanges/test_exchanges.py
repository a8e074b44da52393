"""Every exchange that a page shows is what both apps answer today."""

from __future__ import annotations

from collections import Counter

import pytest

from recording.http_file import RecordedExchange, answer_text, read_all
from recording.lessons import INTERFACES, LESSONS, ONE_SIDED, PROGRAMS, send

EXCHANGES = read_all()


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('exchange', EXCHANGES, ids=lambda exchange: exchange.path.stem)
def test_the_app_answers_as_recorded(interface: str, exchange: RecordedExchange) -> None:
    response = send(interface, exchange.lesson, exchange.to('http://api.example.com'))
    assert answer_text(response) == exchange.answer


def test_every_lesson_shows_at_least_two_exchanges() -> None:
    shown = Counter(exchange.lesson for exchange in EXCHANGES)
    assert set(LESSONS) - set(ONE_SIDED) <= set(shown) <= set(PROGRAMS)
    assert min(shown[lesson] for lesson in LESSONS if lesson not in ONE_SIDED) >= 2
