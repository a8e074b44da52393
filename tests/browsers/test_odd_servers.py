"""What the doctor says of odd servers is what the three engines do."""

from __future__ import annotations

from recording.browsers.local_servers import serving
from recording.engines.base import Engine
from tests.unit.odd_servers import running
from tests.unit.test_doctor_odd_servers import READABLE, SERVERS, Odd

FETCH = """
async (url, method, body, mode) => {
  try {
    return (await fetch(url, {method, body: body || undefined, mode})).type !== 'opaque';
  } catch {
    return false;
  }
}
"""
#: Where engines differ; the doctor follows Chromium, and says so of most.
DIFFERENT = {
    ('firefox', 'bad chunk'),
    ('firefox', '300 KB of headers'),
    ('webkit', '200 KB of headers'),
    ('webkit', 'one header of 200 KB'),
    ('webkit', 'HTTP/2 in plain text'),
    ('webkit', 'lines that are no header'),
    ('webkit', 'two lengths'),
}


def option(odd: Odd, name: str, default: str) -> str:
    """The value of an option of the doctor."""
    words = dict(zip(odd.arguments, odd.arguments[1:], strict=False))
    return words.get(name, default)


def test_engines_read_what_the_doctor_calls_readable(engine: Engine) -> None:
    different: set[tuple[str, str]] = set()
    with serving() as (page, _):
        engine.open(page)
        for odd in SERVERS:
            words = [option(odd, f'--{name}', '') for name in ('method', 'body', 'mode')]
            with running(odd.behavior) as url:
                method, body, mode = words
                readable = engine.run(FETCH, url + odd.path, method or 'GET', body, mode or 'cors')
            if readable is not (odd.verdict == READABLE):
                different.add((engine.name, odd.name))
    assert different == {one for one in DIFFERENT if one[0] == engine.name}
