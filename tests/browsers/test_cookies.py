"""Which cookies each engine sends, as docs/recorded/browsers/cookies.csv says."""

from __future__ import annotations

from recording.browsers.cookies import observe, read
from recording.browsers.real_names import Stage
from recording.engines.base import Engine


def test_cookies_are_sent_as_recorded(named_engine: Engine, stage: Stage) -> None:
    assert observe(named_engine, stage) == read(named_engine.title.partition(' ')[0])
