"""Which cookies each engine sends, as docs/recorded/browsers/cookies.csv says."""

from __future__ import annotations

from recording.browsers.cookies import observe, read
from recording.engines.base import Engine


def test_cookies_are_sent_as_recorded(engine: Engine) -> None:
    assert observe(engine) == read(engine.title.partition(' ')[0])
