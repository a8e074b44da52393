"""The same cases in a real browser and in its model, and what differs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cors_browser import Browser, FetchFailed
from recording.engines.base import Engine
from tests.browsers.cases import Case, Fetch, make_case
from tests.browsers.scripted import Scripted, Seen, scripted_app

BATCH = 40
CONSOLE_PATIENCE = 5  # seconds
MOST_FORGOTTEN = 0.005  # of the fetches
#: Bodies, made again for each fetch.
BODIES: dict[str, Callable[[], Any]] = {
    'text': lambda: 'text',
    'bytes': lambda: b'bytes',
    'form': lambda: {'a': 'b'},
    'stream': lambda: iter([b'stream']),
}

# Firefox forgets its preflights while it gets to know a host, so each host is asked before.
WARM_UP = """(origins) => Promise.all(origins.map(async (origin) => {
  for (let n = 0; n < 30; n += 1) await fetch(origin, { method: 'PUT' }).catch(() => {});
})).then(() => true)"""

# Each case by itself and in order, eight cases at a time; a sandboxed frame has the origin null.
RUN = """async (cases, sandboxed) => {
  const work = async (cases) => {
    const bodies = {
      text: () => 'text',
      bytes: () => new TextEncoder().encode('bytes'),
      form: () => new URLSearchParams({ a: 'b' }),
      stream: () => new Blob(['stream']).stream(),
    };
    const once = async (url, { body, referrer_policy, ...options }) => {
      if (referrer_policy) options.referrerPolicy = referrer_policy;
      if (body) Object.assign(options, { body: bodies[body](), duplex: 'half' });
      try {
        const response = await fetch(url, options);
        const { type, status, redirected } = response;
        return { type, status, redirected, url: response.url, headers: [...response.headers] };
      } catch (error) {
        return { error: error.name };
      }
    };
    const results = [];
    const next = async () => {
      for (let one = cases.shift(); one; one = cases.shift()) {
        const outcomes = [];
        for (const options of one.fetches) outcomes.push(await once(one.url, options));
        results.push([one.name, outcomes]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, next));
    return results;
  };
  if (!sandboxed) return work(cases);
  const frame = document.createElement('iframe');
  frame.sandbox = 'allow-scripts';
  frame.srcdoc = `<script>
    onmessage = async ({ data }) => parent.postMessage(await (${work})(data), '*');
    parent.postMessage('ready', '*');
  </script>`;
  const message = () => new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
  });
  const ready = message();
  document.body.append(frame);
  await ready;
  const done = message();
  frame.contentWindow.postMessage(cases, '*');
  const results = await done;
  frame.remove();
  return results;
}"""


@dataclass
class Outcome:
    """What a page got of each fetch of a case, what the servers were asked, and console lines.

    Of the real console, only the lines are kept that the model has, too; a sandboxed frame has a
    console of its own, which isn't compared.
    """

    fetches: list[dict[str, Any]]
    requests: list[Seen]
    console: list[str]


def real_outcomes(
    browser: Engine, scripted: Scripted, cases: Sequence[Case], models: Mapping[str, Outcome]
) -> dict[str, Outcome]:
    """Run cases in a real browser, those of each page together."""
    outcomes: dict[str, Outcome] = {}
    for origin in scripted.origins:
        browser.open(f'{origin}/')  # WebKit forgets only what its page can see
        browser.forget_cookies()
    scripted.cases |= {case.name: case for case in cases}
    for page in dict.fromkeys(case.page for case in cases):
        mine = [case for case in cases if case.page == page]
        browser.open(f'{scripted.origins[0] if page == "null" else page}/')
        browser.run(WARM_UP, scripted.origins)
        for start in range(0, len(mine), BATCH):
            batch = [
                {
                    'name': case.name,
                    'url': case.url,
                    'fetches': [fetch.as_json() for fetch in case.fetches],
                }
                for case in mine[start : start + BATCH]
            ]
            for name, results in browser.run(RUN, batch, page == 'null'):
                outcomes[name] = Outcome(
                    [_plain(result) for result in results], scripted.seen[name], []
                )
        printed = printed_lines(
            browser, {line for case in mine for line in models[case.name].console}
        )
        for case in mine:
            lines = models[case.name].console
            outcomes[case.name].console = [line for line in lines if line in printed]
    return outcomes


def printed_lines(browser: Engine, expected: set[str]) -> set[str]:
    """The lines of the console, which may come a little later than what they are about.

    The model leaves out the fragments of Location, and Chromium prints them.
    """
    deadline = time.monotonic() + CONSOLE_PATIENCE
    while not expected <= (printed := {line.strip().replace('#a', '') for line in browser.console}):
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return printed


def _plain(result: dict[str, Any]) -> dict[str, Any]:
    if 'error' in result:
        return {'error': 'TypeError'}
    return {**result, 'headers': _plain_headers(result['headers'])}


def _plain_headers(headers: Iterable[Sequence[str]]) -> list[list[str]]:
    """Sort, and leave out empty lines, which Firefox does not show."""
    return sorted(
        [name, ', '.join(filter(None, (part.strip() for part in value.split(','))))]
        for name, value in headers
    )


def model_outcome(profile: str, scripted: Scripted, case: Case) -> Outcome:
    """Run a case in the model of a browser."""
    requests: list[Seen] = []
    app = scripted_app(case, requests)
    first, *others = sorted(scripted.origins, key=lambda origin: origin != case.hops[0].origin)
    browser = Browser(
        app,
        case.page,
        api=first,
        hosts=dict.fromkeys(others, app),
        top_level=scripted.origins[0] if case.page == 'null' else None,
        profile=profile,
    )
    console: list[str] = []
    fetches = [_model_fetch(browser, case.url, fetch, console) for fetch in case.fetches]
    return Outcome(fetches, requests, [] if case.page == 'null' else console)


def _model_fetch(browser: Browser, url: str, fetch: Fetch, console: list[str]) -> dict[str, Any]:
    try:
        reply = browser.fetch(
            url,
            fetch.method,
            headers=fetch.headers,
            body=BODIES[fetch.body]() if fetch.body else None,
            mode=fetch.mode,
            credentials=fetch.credentials,
            redirect=fetch.redirect,
            referrer_policy=fetch.referrer_policy or 'strict-origin-when-cross-origin',
        )
    except FetchFailed as failure:
        if failure.console and not is_left_to_chance(failure, fetch):
            console.append(failure.console)
        return {'error': 'TypeError'}
    return {
        'type': reply.type,
        'status': reply.status,
        'redirected': reply.redirected,
        'url': reply.url,
        'headers': _plain_headers(reply.headers.items()),
    }


def is_left_to_chance(failure: FetchFailed, fetch: Fetch) -> bool:
    """Whether a console could name another fault or header: Chromium takes headers in the order of
    a hash table, and Firefox reads the list of headers only after it has checked the method."""
    return (
        (failure.code == 'preflight-header' and len(fetch.headers) > 1)
        or failure.code == 'preflight-bad-allow-headers'
        or failure.exchange.profile == 'webkit'  # its lines don't say which fetch they are about
    )


def difference(case: Case, real: Outcome, model: Outcome) -> str:
    """Write how the model differs from a browser; empty if it does not."""
    parts = [
        f'  {side} differs:\n    browser: {json.dumps(ours)}\n    model:   {json.dumps(theirs)}'
        for side, ours, theirs in (
            ('what the page got', real.fetches, model.fetches),
            ('what the servers saw', real.requests, model.requests),
            ('what the console has', real.console, model.console),
        )
        if ours != theirs
    ]
    return '\n'.join([f'case {case.name}: {json.dumps(asdict(case))}', *parts]) if parts else ''


def is_preflight(request: Seen) -> bool:
    return 'access-control-request-method' in dict(request.headers)


def has_forgotten(real: Outcome, model: Outcome) -> bool:
    """Whether a browser differs in this alone: it made preflights again that it had made.

    Firefox drops what it remembers when it looks a host up anew, which nobody can foresee. And
    the five seconds of many a preflight may be over on a machine that is busy.
    """
    left, preflighted = [*model.requests], set[str]()
    for request in real.requests:
        if left and request == left[0]:
            del left[0]
        elif not is_preflight(request) or request.url not in preflighted:
            return False
        if is_preflight(request):
            preflighted.add(request.url)
    return not left and (real.fetches, real.console) == (model.fetches, model.console)


def differences(
    browser: Engine, scripted: Scripted, seed: int, numbers: Sequence[int]
) -> list[str]:
    """Run random cases in a browser and in its model; say what differs."""
    pages = [*scripted.origins[:2], 'null']
    cases = [make_case(seed, number, pages, scripted.origins) for number in numbers]
    return compare(browser, scripted, cases)


def compare(browser: Engine, scripted: Scripted, cases: Sequence[Case]) -> list[str]:
    """Run cases in a browser and in its model; say what differs.

    In a few cases it may have forgotten a preflight; see :func:`has_forgotten`.
    """
    models = {case.name: model_outcome(browser.name, scripted, case) for case in cases}
    real = real_outcomes(browser, scripted, cases, models)
    found, forgotten = [], []
    for case in cases:
        outcomes = real[case.name], models[case.name]
        text = difference(case, *outcomes)
        if text and has_forgotten(*outcomes):
            forgotten.append(text)
        elif text:
            found.append(text)
    fetches = sum(len(case.fetches) for case in cases)
    return found if len(forgotten) <= fetches * MOST_FORGOTTEN else found + forgotten
