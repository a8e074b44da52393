"""Forms, beacons, event streams and others: the same programs in each engine and in its model."""

from __future__ import annotations

from recording.engines.base import Engine
from tests.browsers.page_apis import Comparison
from tests.recorder import Recorder, served

# What the model leaves out: the beacon of a sandboxed page has the Origin of the page's URL, WebKit
# sends no Sec-Fetch-* after a redirect to another origin, and Firefox says cross-site after one
# within another origin of the page's site.
KNOWN = {
    'firefox': {'form 308 SITE SITE'},
    'webkit': {'beacon null OWN', 'beacon null CROSS', 'xhr redirect', 'events redirect'},
}


def test_pages_do_the_same_in_the_engine_and_in_the_model(engine: Engine) -> None:
    app = Recorder()
    with served(app) as ports:
        found = Comparison(engine, app, ports).differences()
    assert {*found} == KNOWN.get(engine.name, set()), '\n'.join(['differences:', *found.values()])
