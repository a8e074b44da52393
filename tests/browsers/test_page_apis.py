"""Forms, beacons, event streams and others: the same programs in each engine and in its model."""

from __future__ import annotations

from recording.engines.base import Engine
from tests.browsers.page_apis import Comparison
from tests.recorder import Recorder, served

# The model gives the beacon of a sandboxed page the origin null; WebKit sends that of its URL.
KNOWN = {'webkit': {'beacon null OWN', 'beacon null CROSS'}}


def test_pages_do_the_same_in_the_engine_and_in_the_model(engine: Engine) -> None:
    app = Recorder()
    with served(app) as ports:
        found = Comparison(engine, app, ports).differences()
    assert {*found} == KNOWN.get(engine.name, set()), '\n'.join(['differences:', *found.values()])
