"""Attacks from the playground on the guide, on the network and on the reader's patience."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from recording.browsers.local_servers import serving
from recording.engines.base import Engine
from tests.browsers import playground

OPEN_TO_ALL = (('Access-Control-Allow-Origin', '*'), ('Content-Type', 'text/javascript'))
SECRET = 'the-guides-secret'
# Each attempt gives what it reached; what throws or stays silent is refused.
TRY_ALL = """
const late = () => new Promise((resolve) => setTimeout(resolve, 300, 'silence'));
async function attack() {
  const tried = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      tried[name] = String(await Promise.race([attempt(), late()]));
    } catch (error) {
      tried[name] = 'refused';
    }
  }
  return tried;
}
export default [attack];
"""
PYTHON_TRIES = """
import falcon.asgi
from pyodide.code import run_js

ATTEMPTS = %r

class Attack:
    async def on_get(self, req, resp):
        resp.media = {}
        for attempt in ATTEMPTS:
            late = 'new Promise((resolve) => setTimeout(resolve, 300, "silence"))'
            tried = f'Promise.race([(async () => {attempt})(), {late}])'
            # A rejection with anything but an Error never arrives in Python.
            resp.media[attempt] = await run_js(f'{tried}.then(String, () => "refused")')
        resp.set_header('Access-Control-Allow-Origin', '*')

app = falcon.asgi.App()
app.add_route('/attack', Attack())
"""
ASK_PYTHON = """
async function attack(api) {
  return (await fetch(`${api}/attack`)).json();
}
export default [attack];
"""
LEAVE_SECRETS = """
async (secret) => {
  localStorage.setItem('secret', secret);
  sessionStorage.setItem('secret', secret);
  document.cookie = `secret=${secret}`;
  await (await caches.open(secret)).put('/secret', new Response(secret));
  await new Promise((resolve, reject) => {
    const opening = indexedDB.open(secret);
    opening.onsuccess = () => resolve(opening.result.close());
    opening.onerror = reject;
  });
}
"""
SECRETS = """
async (secret) => ({
  local: localStorage.getItem('secret'),
  session: sessionStorage.getItem('secret'),
  cookie: document.cookie.includes(`secret=${secret}`),
  entries: [localStorage.length, sessionStorage.length, document.cookie.split(';').length],
  cache: await (await caches.match('/secret'))?.text(),
})
"""
STORAGE = (
    'localStorage.getItem("secret")',
    'sessionStorage.getItem("secret")',
    '(await caches.keys()).join()',
    '(await caches.match("/secret")).text()',
    '(await indexedDB.databases()).map((one) => one.name).join()',
    'new Promise((resolve, reject) => { const opening = indexedDB.open("x"); '
    'opening.onsuccess = resolve; opening.onerror = reject; })',
    'navigator.storage.getDirectory()',
)
COOKIES = (
    'document.cookie',
    '(await cookieStore.getAll()).map((one) => one.value).join()',
    'self.document.cookie',
)


def settled(made: str, good: str, then: str = '') -> str:
    """JavaScript that waits until an object reports success or failure."""
    return (
        f'new Promise((resolve, reject) => {{ const thing = {made}; '
        f'thing.{good} = resolve; thing.onerror = reject; {then} }})'
    )


INNER = """new Worker(URL.createObjectURL(new Blob([
  `fetch("URL", { mode: "no-cors" }).then(() => postMessage("sent"), () => { throw 1; })`
])))"""
ELSEWHERE = (
    'globalThis.fetch("URL").then((response) => response.text())',
    'globalThis.fetch("URL", { mode: "no-cors" })',
    'globalThis.fetch("URL", { method: "POST", body: "x", keepalive: true, mode: "no-cors" })',
    settled('new XMLHttpRequest()', 'onload', 'thing.open("GET", "URL"); thing.send();'),
    settled('new globalThis.WebSocket("URL".replace("http", "ws"))', 'onopen'),
    settled('new globalThis.EventSource("URL")', 'onopen'),
    'new WebTransport("URL".replace("http", "https")).ready',
    'navigator.sendBeacon("URL") && "sent"',
    'importScripts("URL") ?? "imported"',
    'import("URL").then(() => "imported")',
    settled('new Worker("URL")', 'onmessage'),
    settled(INNER, 'onmessage'),
)
PARENT = (
    'parent.document.title',
    'self.parent.document.title',
    'window.parent.document.title',
    'frameElement.ownerDocument.title',
    'parent.postMessage("forged", "*") ?? "sent"',
)
TOP = (
    '(top.location = "URL")',
    '(self.top.location.href = "URL")',
    'void (globalThis.location = "URL")',
    'void (globalThis.location.href = "URL")',
    'globalThis.location.assign("URL") ?? "gone"',
    'history.pushState(null, "", "URL") ?? "gone"',
)
POPUPS = (
    'open("URL").name',
    'self.open("URL").name',
    'clients.openWindow("URL")',
    'Notification.requestPermission()',
    'alert("x") ?? "shown"',
)
STATE = f'async (secret) => [location.href, document.title, await ({SECRETS})(secret)]'
COUNT_FRAMES = """
() => {
  window.frames_drawn = 0;
  const count = () => {
    window.frames_drawn += 1;
    setTimeout(count, 50);
  };
  count();
}
"""
USUAL = ['readable', 'blocked']  # what the two steps of the lesson preflight show
HARMLESS = {'refused', 'silence', 'undefined', 'null', ''}


@pytest.fixture(scope='module')
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """A server that allows everyone; and what has reached it."""
    with serving(*OPEN_TO_ALL, body=b'postMessage("loaded")') as server:
        yield server


@pytest.fixture
def page(open_page: Engine) -> Engine:
    """The playground, in a guide that has secrets."""
    open_page.run(LEAVE_SECRETS, SECRET)
    return open_page


def tried_by_script(page: Engine, attempts: list[str]) -> dict[str, str]:
    listed = ', '.join(f'{number}: async () => {one}' for number, one in enumerate(attempts))
    script = f'const attempts = {{ {listed} }};{TRY_ALL}'
    return results(playground.run(page, 'preflight', script=script), attempts)


def tried_by_python(page: Engine, attempts: list[str]) -> dict[str, str]:
    shown = playground.run(
        page, 'preflight', interface='asgi', program=PYTHON_TRIES % (attempts,), script=ASK_PYTHON
    )
    return results(shown, attempts)


def results(shown: dict[str, Any], attempts: list[str]) -> dict[str, str]:
    (step,) = shown['steps']
    return dict(zip(attempts, json.loads(step['got']).values(), strict=True))


KINDS = {
    'storage': STORAGE,
    'cookies': COOKIES,
    'fetch': ELSEWHERE,
    'parent': PARENT,
    'top': TOP,
    'popups': POPUPS,
}


@pytest.mark.parametrize('language', [tried_by_script, tried_by_python])
@pytest.mark.parametrize('kind', KINDS)
def test_code_reaches_nothing(
    page: Engine,
    elsewhere: tuple[str, list[str]],
    kind: str,
    language: Callable[[Engine, list[str]], dict[str, str]],
) -> None:
    address, arrived = elsewhere
    before = page.run(STATE, SECRET)
    tried = language(page, [one.replace('"URL', f'"{address}/') for one in KINDS[kind]])
    assert {one: reached for one, reached in tried.items() if reached not in HARMLESS} == {}
    assert arrived == []
    assert page.run(STATE, SECRET) == before


def test_the_attempts_succeed_outside_the_sandbox(
    page: Engine, elsewhere: tuple[str, list[str]]
) -> None:
    """The attacks above can fail: the same attempts in the guide's own page reach their aim."""
    address, arrived = elsewhere
    reached = page.run(
        """async (url) => [
          localStorage.getItem('secret'),
          (await caches.keys()).join(),
          (await (await fetch(url)).text()).length,
          document.cookie.includes('secret'),
          parent.document.title.length > 0,
        ]""",
        address,
    )
    assert reached == [SECRET, SECRET, 21, True, True]
    assert arrived == ['GET /']
    arrived.clear()


LOOPS = {
    'in the program': {'program': 'while True:\n    pass\n'},
    'in a responder': {
        'program': 'import falcon\nclass Loop:\n    def on_put(self, req, resp, number):\n'
        '        while True:\n            pass\n'
        "app = falcon.App(middleware=falcon.CORSMiddleware('*'))\n"
        "app.add_route('/orders/{number}', Loop())\n",
    },
    'in the script': {'script': 'for (;;) {}\nexport default [];'},
    'in a step': {'script': 'async function loop() { for (;;) {} }\nexport default [loop];'},
    'of promises': {
        'script': 'async function loop() { for (;;) await null; }\nexport default [loop];'
    },
    'that never settles': {
        'script': 'const never = () => new Promise(() => {});\nexport default [never];'
    },
}


@pytest.mark.parametrize('place', LOOPS)
def test_an_endless_loop_is_stopped(page: Engine, place: str) -> None:
    page.run(COUNT_FRAMES)
    shown = playground.run(page, 'preflight', **LOOPS[place])
    (problem,) = shown['problems']
    culprit = 'program' if 'program' in LOOPS[place] else 'page script'
    assert re.fullmatch(
        f'The {culprit} ran for more than [0-9]+ seconds without a result, so it was stopped. '
        'Does it loop forever[?]',
        problem,
    )
    assert page.run('() => window.frames_drawn') > 10  # the page itself went on
    assert [step['verdict'] for step in playground.run(page, 'preflight')['steps']] == USUAL


FILL = {
    'program': (
        {'program': 'rows = []\nwhile True:\n    rows.append(bytearray(2 ** 27))\n'},
        'MemoryError',
    ),
    'script': (
        {
            'script': 'async function fill() { const rows = []; '
            'for (;;) rows.push(new Uint8Array(2 ** 24).fill(1)); }\nexport default [fill];'
        },
        'so it was stopped',
    ),
}


@pytest.mark.parametrize('filler', FILL)
def test_code_that_takes_all_memory_is_stopped(page: Engine, filler: str) -> None:
    changes, words = FILL[filler]
    assert words in playground.run(page, 'preflight', **changes)['problems'][0]
    assert [step['verdict'] for step in playground.run(page, 'preflight')['steps']] == USUAL


def test_code_of_a_link_runs_after_a_press(page: Engine, hosted: str) -> None:
    script = 'async function attack() { return "it ran"; }\nexport default [attack];'
    link = page.run(
        """async (script) => {
          const { toLink } = await import('/_static/playground/panel.js');
          return toLink({ ...window.panel.read(), script, program: 'print("it ran")' });
        }""",
        script,
    )
    page.open(f'{hosted}/index.html')
    page.open(f'{hosted}/playground.html{link}')
    page.wait_for(playground.READY, 120)
    shown = page.run(
        """() => [
          document.querySelector('.playground-note').textContent.slice(0, 30),
          document.querySelectorAll('.cm-content')[1].textContent.includes('it ran'),
          document.querySelector('.playground-results').textContent,
        ]"""
    )
    assert shown == ['This code came with a link. No', True, '']
    page.run("() => document.querySelector('.playground-run').click()")
    page.wait_for("document.querySelector('.playground-results').textContent.includes('it ran')")


BAD_LINKS = {
    'not Base64': '#code=%%%',
    'not compressed': '#code=AAAA',
    'no state': 'null',
    'wrong types': '{"lesson": 1}',
    'unknown engine': '{"lesson": "preflight", "interface": "wsgi", "program": "", "script": "", '
    '"page": "null", "engine": "__proto__", "cookies": []}',
    'too long': 'x' * 300_000,
}


@pytest.mark.parametrize('name', BAD_LINKS)
def test_a_bad_link_is_no_state(page: Engine, name: str) -> None:
    read = page.run(
        """async (text) => {
          const { fromLink } = await import('/_static/playground/panel.js');
          const packing = new CompressionStream('deflate-raw');
          const stream = new Blob([text]).stream().pipeThrough(packing);
          const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
          const packed = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
          const hash = text.startsWith('#') ? text : `#code=${packed}`;
          return fromLink(hash).catch(() => null);
        }""",
        BAD_LINKS[name],
    )
    assert read is None


FORGED = '{"step": {"name": "<img src=x>", "value": "<img src=x>", "outcomes": []}, "end": true}'


def test_a_forged_message_is_only_text(page: Engine) -> None:
    script = f"""
    async function forge() {{
      const messages = [{FORGED!r}, 'no JSON', '[]', 'null', '7'];
      for (const message of messages) globalThis.postMessage(message);
      globalThis.postMessage({{ value: 1 }});
      globalThis.postMessage(new ArrayBuffer(8));
    }}
    export default [forge];
    """
    shown = playground.run(page, 'preflight', script=script)
    assert page.run("() => document.querySelectorAll('.playground-results img').length") == 0
    assert shown['steps'][0]['got'] == '<img src=x>'
    assert [step['verdict'] for step in playground.run(page, 'preflight')['steps']] == USUAL


def test_a_message_to_the_guide_is_ignored(page: Engine) -> None:
    before = page.run('() => document.body.textContent')
    page.run(f"() => window.postMessage(JSON.parse({FORGED!r}), '*')")
    page.run('() => new Promise((resolve) => setTimeout(resolve))')
    assert page.run('() => document.body.textContent') == before
