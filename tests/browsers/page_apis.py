"""Programs of pages that use other means than fetch: in JavaScript, and for the model."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from cors_browser import Blocked, Browser, EventStream, SocketClosed
from recording.engines.base import PATIENCE, Engine
from tests.recorder import COOKIES, Note, Recorder

XHR = """async (url, method, { body = null, headers = [], credentials = false, upload = false }) =>
new Promise((resolve) => {
  const xhr = new XMLHttpRequest();
  xhr.open(method, url);
  xhr.withCredentials = credentials;
  if (upload) xhr.upload.onprogress = () => {};
  for (const [name, value] of headers) xhr.setRequestHeader(name, value);
  xhr.onload = () => resolve([
    xhr.status, xhr.responseText, xhr.responseURL, xhr.getResponseHeader('X-Seen'),
    xhr.getResponseHeader('X-Hidden'), xhr.getAllResponseHeaders(),
  ]);
  xhr.onerror = () => resolve([xhr.status]);
  xhr.send(body);
})"""
EVENTS = """async (url, credentials, opens) => new Promise((resolve) => {
  const source = new EventSource(url, { withCredentials: credentials });
  const events = [];
  const keep = ({ type, data, lastEventId }) => events.push([type, data, lastEventId]);
  source.onmessage = keep;
  source.addEventListener('news', keep);
  source.onopen = () => { opens -= 1; };
  source.onerror = () => {
    if (opens > 0 && source.readyState !== EventSource.CLOSED) return;
    source.close();
    resolve(events);
  };
})"""
SOCKET = """async (url, protocols) => new Promise((resolve) => {
  const socket = new WebSocket(url.replace('http', 'ws'), protocols);
  socket.onopen = () => socket.send('hello');
  socket.onmessage = ({ data }) => {
    socket.onclose = null;
    socket.close();
    resolve([data, socket.protocol]);
  };
  socket.onclose = ({ code, reason }) => resolve([code, reason]);
})"""
# The server responds 204, so the page stays.
FORM = """(url, method, enctype, fields) => {
  const form = document.createElement('form');
  Object.assign(form, { method, enctype, action: url });
  for (const [name, value] of fields) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""
BEACON = """(url, data, type) => navigator.sendBeacon(
  url, type === undefined ? data : new Blob([data], { type }))"""
BEACON_FORM = """(url, fields, multipart) => {
  const data = multipart ? new FormData() : new URLSearchParams();
  for (const [name, value] of fields) data.append(name, value);
  return navigator.sendBeacon(url, data);
}"""


class Program(NamedTuple):
    """One thing that a page does; in texts, ``OWN``, ``SITE`` and ``CROSS`` are origins."""

    name: str
    javascript: str
    arguments: tuple[Any, ...]
    model: Callable[..., Any]  # takes a browser and the arguments
    page: str = '/'


def placed(value: Any, origins: dict[str, str]) -> Any:
    """Put the origins into texts."""
    if isinstance(value, str):
        for name, origin in origins.items():
            value = value.replace(name, origin)
        return value
    if isinstance(value, dict):
        return {key: placed(item, origins) for key, item in value.items()}
    return [placed(item, origins) for item in value] if isinstance(value, list) else value


def xhr(browser: Browser, url: str, method: str, options: dict[str, Any]) -> list[Any]:
    names = {'credentials': 'with_credentials', 'upload': 'upload_listener'}
    given = {names.get(name, name): value for name, value in options.items()}
    try:
        reply = browser.xhr(url, method, **given)
    except Blocked:
        return [0]
    header, lines = reply.get_response_header, reply.get_all_response_headers()
    return [reply.status, reply.text(), reply.url, header('X-Seen'), header('X-Hidden'), lines]


def event_source(browser: Browser, url: str, credentials: bool, opens: int) -> list[Any]:
    events: list[Any] = []
    last = ''
    with suppress(Blocked):
        for _ in range(opens):
            stream: EventStream = browser.event_source(
                url, with_credentials=credentials, last_event_id=last
            )
            last = stream.last_event_id
            events += [[event.type, event.data, event.last_event_id] for event in stream.events]
    return events


def socket(browser: Browser, url: str, protocols: list[str]) -> list[Any]:
    try:
        with browser.websocket(url.replace('http', 'ws'), protocols) as opened:
            opened.send('hello')
            return [opened.receive(), opened.protocol]
    except SocketClosed as closed:
        return [closed.code, closed.reason]
    except Blocked:
        return [1006, '']


def form(browser: Browser, url: str, method: str, enctype: str, fields: list[Any]) -> None:
    unreferring = {'referrer_policy': 'no-referrer'} if 'unreferred' in url else {}
    browser.submit(url, method.upper(), fields=fields, enctype=enctype, **unreferring)  # type: ignore[arg-type]


def beacon(browser: Browser, url: str, data: str | None, *kind: str) -> bool:
    encoded = data.encode() if kind and data is not None else data
    options = {'content_type': kind[0]} if kind and kind[0] else {}
    try:
        browser.beacon(url, encoded, **options)  # type: ignore[arg-type]
    except Blocked as blocked:
        return blocked.code != 'beacon-size'
    return True


def beacon_form(browser: Browser, url: str, fields: list[Any], multipart: bool) -> bool:
    pairs = [(name, value) for name, value in fields]
    if multipart:
        browser.beacon(url, pairs, files={})
    else:
        browser.beacon(url, pairs)
    return True


COMPARED = {
    'access-control-request-headers', 'access-control-request-method', 'body', 'content-type',
    'last-event-id', 'method', 'origin', 'sec-websocket-protocol', 'url',
}  # fmt: skip
URLENCODED, PLAIN = 'application/x-www-form-urlencoded', 'text/plain'
FIELDS = [['a b', '1\n2'], ['c', '~*ü']]
LATIN = [['Content-Type', 'text/plain;charset=iso-8859-1;x=y']]


def programs() -> list[Program]:
    """All programs: some against each kind of origin, the others against one."""
    made: list[Program] = []

    def add(name: str, javascript: str, model: Callable[..., Any], *arguments: Any) -> None:
        made.append(Program(name, javascript, arguments, model))

    for place in ('OWN', 'SITE', 'CROSS'):
        shared, closed = f'{place}/r/open', f'{place}/r/closed'
        add(f'xhr {place}', XHR, xhr, shared, 'GET', {})
        add(f'xhr {place} credentials', XHR, xhr, shared, 'GET', {'credentials': True})
        add(f'events {place}', EVENTS, event_source, f'{shared}/events', False, 2)
        add(f'events {place} credentials', EVENTS, event_source, f'{shared}/events', True, 1)
        add(f'socket {place}', SOCKET, socket, f'{place}/r/talk', ['chat', 'v2'])
        add(f'form {place} POST', FORM, form, closed, 'post', URLENCODED, FIELDS)
        add(f'form {place} GET', FORM, form, f'{closed}?x=1', 'get', URLENCODED, FIELDS[:1])
        add(f'beacon {place}', BEACON, beacon, closed, 'a')
        add(f'beacon {place} JSON', BEACON, beacon, f'{place}/r/open', '{}', 'application/json')
    closed, shared = 'CROSS/r/closed', 'CROSS/r/open'
    add('xhr refused', XHR, xhr, closed, 'GET', {})
    add('xhr upload', XHR, xhr, f'{shared}/1', 'POST', {'body': 'a', 'upload': True})
    two = [['X-A', '1'], ['X-A', '2']]
    add('xhr put', XHR, xhr, f'{shared}/2', 'put', {'body': 'a', 'headers': two})
    add('xhr patch', XHR, xhr, f'{shared}/3', 'patch', {'body': 'a'})
    add('xhr delete', XHR, xhr, f'{shared}/4', 'DELETE', {})
    add('xhr body of a GET', XHR, xhr, shared, 'GET', {'body': 'a'})
    add('xhr charset', XHR, xhr, shared, 'POST', {'body': 'é', 'headers': LATIN})
    add('xhr redirect', XHR, xhr, f'OWN/r/open/302?to={shared}', 'GET', {})
    for path in ('closed/events', 'open/plain', 'open/events/500', 'open/events/204'):
        add(f'events {path}', EVENTS, event_source, f'CROSS/r/{path}', False, 1)
    to = 'CROSS/r/open/302?to=OWN/r/open/events'
    add('events redirect', EVENTS, event_source, to, False, 1)
    add('socket refused', SOCKET, socket, 'CROSS/r/refused', [])
    add('socket goodbye', SOCKET, socket, 'CROSS/r/goodbye', [])
    multipart = 'multipart/form-data'
    add('form multipart', FORM, form, closed, 'post', multipart, [['a"b', '1\n2']])
    add('form plain', FORM, form, closed, 'post', PLAIN, [['a', '1 2=\n3']])
    for status, first, last in (
        (307, 'CROSS', 'SITE'), (307, 'CROSS', 'OWN'), (307, 'OWN', 'CROSS'),
        (302, 'CROSS', 'SITE'), (303, 'SITE', 'CROSS'), (308, 'SITE', 'SITE'),
    ):  # fmt: skip
        to = f'{first}/r/closed/{status}?to={last}/r/closed'
        add(f'form {status} {first} {last}', FORM, form, to, 'post', PLAIN, [['a', '1']])
    add('beacon urlencoded', BEACON_FORM, beacon_form, closed, FIELDS, False)
    add('beacon multipart', BEACON_FORM, beacon_form, closed, FIELDS, True)
    add('beacon plain', BEACON, beacon, closed, 'a', 'text/plain')
    add('beacon without type', BEACON, beacon, closed, 'a', '')
    add('beacon refused', BEACON, beacon, closed, '{}', 'application/json')
    add('beacon full', BEACON, beacon, closed, 'a' * 65_536)
    add('beacon too large', BEACON, beacon, closed, 'a' * 65_537)
    for page in ('/sandboxed', '/unreferring'):
        for place in ('OWN', 'CROSS'):
            end = 'unreferred' if page == '/unreferring' else 'closed'
            texts = 'post', PLAIN, [['a', '1']]
            url = f'{place}/r/{end}'
            made += [
                Program(f'form {page} {place}', FORM, (url, *texts), form, page),
                Program(f'socket {page} {place}', SOCKET, (f'{place}/r/talk', []), socket, page),
            ]
    for place in ('OWN', 'CROSS'):
        url = f'{place}/r/open'
        options = {'credentials': True, 'body': 'a'}
        made += [
            Program(f'xhr null {place}', XHR, (url, 'POST', options), xhr, '/sandboxed'),
            Program(f'events null {place}', EVENTS, (f'{url}/events', True, 1), event_source,
                    '/sandboxed'),
            Program(f'beacon null {place}', BEACON, (url, 'a'), beacon, '/sandboxed'),
        ]  # fmt: skip
    return made


class Outcome(NamedTuple):
    """What a page saw, and what the server received."""

    seen: Any
    notes: list[Note]


class Comparison:
    """Runs programs in an engine and in its model, with the same application.

    Args:
        engine: The engine.
        app: The application, which is also served on the ports.
        ports: Two ports.
    """

    def __init__(self, engine: Engine, app: Recorder, ports: list[int]) -> None:
        own, site = (f'http://127.0.0.1:{port}' for port in ports)
        self.origins = {'OWN': own, 'SITE': site, 'CROSS': f'http://localhost:{ports[1]}'}
        self._engine, self._app = engine, app

    def differences(self) -> dict[str, str]:
        """Run all programs; say by their names which differ, and how."""
        for origin in self.origins.values():
            self._engine.open(f'{origin}/set')
        found = {program.name: self.difference(program) for program in programs()}
        for origin in self.origins.values():
            self._engine.open(f'{origin}/')  # WebKit forgets only what its page can see
            self._engine.forget_cookies()
        return {name: text for name, text in found.items() if text}

    def in_model(self, program: Program) -> Outcome:
        """Run a program in the model."""
        app = Recorder()
        own, *others = self.origins.values()
        browser = Browser(
            app, 'null' if program.page == '/sandboxed' else own, api=own,
            hosts=dict.fromkeys(others, app), profile=self._engine.name,
        )  # fmt: skip
        for origin in self.origins.values():
            for name, attributes in COOKIES.items():
                with suppress(ValueError):  # WebKit takes no Secure cookie over http
                    browser.cookies.set(f'{origin}/set', f'{name}=1; Path=/; {attributes}')
        arguments = placed([*program.arguments], self.origins)
        return Outcome(program.model(browser, *arguments), app.notes)

    def in_engine(self, program: Program, count: int) -> Outcome:
        """Run a program in the engine until some requests have arrived."""
        self._engine.open(self.origins['OWN'] + program.page)
        self._app.notes.clear()
        arguments = placed([*program.arguments], self.origins)
        seen = None
        with suppress(RuntimeError):  # a page that is gone returns nothing
            seen = self._engine.run(program.javascript, *arguments)
        self._wait(lambda: len(self._app.notes) >= count)
        return Outcome(seen, [*self._app.notes])

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Wait for something, as long as engines may take."""
        deadline = time.monotonic() + PATIENCE
        while not ready() and time.monotonic() < deadline:
            time.sleep(0.02)

    def difference(self, program: Program) -> str:
        """Write how the model differs from the engine; empty if it doesn't."""
        model = self.in_model(program)
        real = self.in_engine(program, len(model.notes))
        is_form = program.javascript is FORM
        sides = [
            [
                plain_seen(outcome.seen),
                [plain(note, cookies=is_form or is_here(note, program)) for note in outcome.notes],
            ]
            for outcome in (real, model)
        ]
        if sides[0] == sides[1]:
            return ''
        return f'{program.name}:\n  engine: {sides[0]}\n  model:  {sides[1]}'


def plain_seen(seen: Any) -> Any:
    """Drop the headers that only a running server adds."""
    if not isinstance(seen, list) or len(seen) != 6 or not isinstance(seen[5], str):
        return seen
    added = ('date:', 'server:', 'transfer-encoding:', 'content-length:')
    lines = [line for line in seen[5].split('\r\n') if not line.startswith(added)]
    return [*seen[:5], lines]


def is_here(note: Note, program: Program) -> bool:
    """Whether a request stays within the site of its page."""
    return program.page != '/sandboxed' and note['url'].startswith('127.0.0.1')


def plain(note: Note, *, cookies: bool) -> Note:
    """Keep of a request what the model is to send.

    Engines differ in what their HTTP caches add, and in the Accept of documents. Whether cookies
    go to another site in a request that is no navigation depends on the settings for third-party
    cookies, which docs/recorded/browsers/cookies.csv records.
    """
    names = COMPARED | ({'accept', 'cache-control'} if '/events' in note['url'] else set())
    if note['method'] != 'WEBSOCKET':
        names = names | {'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site'}
    kept = {name: note[name] for name in names & note.keys()}
    return {**kept, 'cookies': note['cookies'] if cookies else []}
