"""Which cookies each engine sends, as docs/_verdicts/cookies.csv says."""

from __future__ import annotations

from tests.browsers.cookies import observe, read
from tests.browsers.engine import Engine


def test_cookies_are_sent_as_recorded(engine: Engine) -> None:
    assert observe(engine) == read(engine.title.partition(' ')[0])
