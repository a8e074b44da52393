"""What each engine made of each lesson: observed on real names, kept in docs/recorded/browsers.

``<lesson>.csv`` has a row for each step of the lesson's script and for each line of the console;
the panel of a page shows it. A script of the attack lab has a second file,
``<lesson>--<program>.csv``: the same attack on the fixed program.
Nothing is renamed after it was observed.
"""

from __future__ import annotations

import csv
import io
import json
import time
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from recording.browsers.panel import panel_of
from recording.browsers.real_names import OTHER_SITE, SAME_SITE, Stage
from recording.engines.base import Engine
from recording.lessons import API, PARTNER, ROOT, SCRIPTS, SHOP, pairs

BROWSERS_FOLDER = ROOT / 'docs/recorded/browsers'
#: The origins that open a script's page, if they aren't the shop and its partner.
PAGES = {
    'subdomains': ('https://cart.preview.example.com', PARTNER),
    'wrong_plain_http': (SHOP, 'http://old.example.com', OTHER_SITE),
    'wrong_regex': (SHOP, SAME_SITE, 'https://shop.example.com.example.net'),
}
#: Lessons whose page has a basket already, as the visitor of a shop has.
WITH_BASKET = {'several_origins'}
FILL_BASKET = ('credentials', '/_pages/credentials.js', 'fillBasket')
RUN = """
async (script, step, api) => {
  const steps = (await import(script)).default;
  const realFetch = window.fetch;
  const calls = [];
  window.fetch = (url, options = {}) => {
    const { method = 'GET', mode = 'cors', headers = {}, credentials = 'same-origin' } = options;
    calls.push({ page: location.origin, url, method, mode, headers, credentials });
    return realFetch(url, options);
  };
  try {
    return { value: await steps.find(({ name }) => name === step)(api), calls };
  } catch (error) {
    return { error: String(error), kind: error.name, calls };
  } finally {
    window.fetch = realFetch;
  }
}
"""
NAMES = 'async (script) => (await import(script)).default.map(({ name }) => name)'
CONSOLE = '(console)'
QUIET = 0.8  # seconds without a new line after which an unknown console is read
SETTLED = 0.15  # the same where as many lines as recorded are there
SLOWEST_LINE = 5  # seconds that a line may take which must come


class Row(NamedTuple):
    """One thing that a browser showed.

    Attributes:
        page: The origin of the page.
        browser: Name and version of the browser.
        step: The step of the script, or ``(console)``.
        verdict: What the panel says of a step; empty for a line of the console.
        text: What the step got, or the line.
    """

    page: str
    browser: str
    step: str
    verdict: str
    text: str

    @property
    def engine(self) -> str:
        return self.browser.partition(' ')[0]

    @property
    def without_version(self) -> Row:
        return self._replace(browser=self.engine)


class Run(NamedTuple):
    """A script and the program that it calls.

    Attributes:
        lesson: Names the script.
        program: The lesson's own, or the mended one that a panel of the attack lab offers, too.
        is_attack: Whether the script stands in the attack lab.
    """

    lesson: str
    program: str
    is_attack: bool

    @property
    def name(self) -> str:
        return self.lesson if self.program == self.lesson else f'{self.lesson}--{self.program}'

    @property
    def has_basket(self) -> bool:
        """Whether the shop's page has a basket before the script runs, and so a cookie."""
        return self.is_attack or self.lesson in WITH_BASKET

    @property
    def pages(self) -> tuple[str, ...]:
        """The origins of its pages; in the attack lab the first is the shop's."""
        usual = (SHOP, SAME_SITE, OTHER_SITE) if self.is_attack else (SHOP, PARTNER)
        return PAGES.get(self.lesson, usual)


class Outcome(NamedTuple):
    """What came of one step of a script.

    Attributes:
        step: The name of the function.
        result: ``value`` or ``error`` and its ``kind``, and the ``calls`` of ``fetch()``.
        wire: The exchanges that the server recorded.
    """

    step: str
    result: dict[str, Any]
    wire: list[dict[str, Any]]

    @property
    def verdict(self) -> str:
        """The outcome in words."""
        kind = self.result.get('kind')
        if kind is None:
            return 'readable'
        words = {'TypeError': 'blocked by the browser', 'NetworkError': 'refused by the server'}
        if kind not in words:
            return 'failed in the script'
        return words[kind] if self.wire else 'no response'

    @property
    def text(self) -> str:
        """The value on one line, or the error."""
        if 'error' in self.result:
            return str(self.result['error'])
        return json.dumps(self.result.get('value'))

    @property
    def on_the_wire(self) -> tuple[str, str]:
        """The statuses of the exchanges, and their requests."""
        statuses = ', '.join(str(exchange['status']) for exchange in self.wire)
        return statuses, ', '.join(_request_line(exchange) for exchange in self.wire)


def runs_of(lesson: str) -> list[Run]:
    """What is recorded of a script: one run, or an attack on the wrong and on the mended."""
    mended = panel_of(lesson)[1]
    programs = [lesson, mended] if mended else [lesson]
    return [Run(lesson, program, mended is not None) for program in programs]


def all_runs() -> list[Run]:
    """All that is recorded."""
    return [run for lesson in SCRIPTS for run in runs_of(lesson)]


def observe(
    browser: Engine, stage: Stage, run: Run, recorded: list[Row]
) -> dict[str, tuple[list[Row], list[Outcome]]]:
    """Run a script as several origins, against each interface that has its program.

    In the attack lab, and in some lessons, the shop's page has a basket. What is recorded
    already tells how many lines of the console to wait for.
    """
    observed: dict[str, tuple[list[Row], list[Outcome]]] = {
        interface: ([], []) for interface, _ in pairs([run.lesson])
    }
    stage.show(*run.pages)
    for interface, (rows, outcomes) in observed.items():
        for page in run.pages:
            known = [r for r in recorded if (r.page, r.engine) == (page, browser.title.split()[0])]
            if page == run.pages[0] or not run.is_attack:
                stage.forget(browser)
            browser.open(f'{page}/')
            opened = browser.run('() => location.origin')
            if opened != page:
                raise RuntimeError(f'{browser.title} opened {page} as {opened}')
            if run.has_basket and page == SHOP:
                _run_step(browser, stage, interface, *FILL_BASKET)
            steps = _run_script(browser, stage, interface, run)
            lines = sum(row.step == CONSOLE for row in known)
            wait_for_console(browser, lines, SETTLED if known else QUIET)
            rows += _rows(page, browser, run, steps)
            outcomes += steps
    return observed


def _run_script(browser: Engine, stage: Stage, interface: str, run: Run) -> list[Outcome]:
    script = f'/_pages/{run.lesson}.js'
    names: list[str] = browser.run(NAMES, script)
    browser.console.clear()
    return [_run_step(browser, stage, interface, run.program, script, name) for name in names]


def _run_step(
    browser: Engine, stage: Stage, interface: str, program: str, script: str, name: str
) -> Outcome:
    key = uuid.uuid4().hex
    stage.play(interface, program, key)
    result = browser.run(RUN, script, name, API)
    return Outcome(name, result, stage.wire(interface, key))


def _rows(page: str, browser: Engine, run: Run, outcomes: list[Outcome]) -> list[Row]:
    """Write what the steps got and what the console printed; in the attack lab the wire, too."""
    rows = []
    for outcome in outcomes:
        rows.append(Row(page, browser.title, outcome.step, outcome.verdict, outcome.text))
        if run.is_attack:
            name = f'{outcome.step}, on the wire'
            rows.append(Row(page, browser.title, name, *outcome.on_the_wire))
    return rows + [Row(page, browser.title, CONSOLE, '', line) for line in browser.console]


def _request_line(exchange: Mapping[str, Any]) -> str:
    """Write a recorded request as its first line, and whether it carried the cookie."""
    has_cookie = any(name == 'Cookie' for name, _ in exchange['request_headers'])
    words = 'with the cookie' if has_cookie else 'without a cookie'
    return f'{exchange["method"]} {exchange["path"]} {words}'


def wait_for_console(browser: Engine, lines: int, quiet: float) -> None:
    """Wait for some lines and then for silence: lines arrive after the script has its answer."""
    deadline = time.monotonic() + SLOWEST_LINE
    while len(browser.console) < lines and time.monotonic() < deadline:
        time.sleep(0.02)
    printed, since = len(browser.console), time.monotonic()
    while time.monotonic() < since + quiet:
        time.sleep(0.02)
        if len(browser.console) != printed:
            printed, since = len(browser.console), time.monotonic()


def read(name: str) -> list[Row]:
    """Read the record of a run; empty if there is none yet."""
    path = BROWSERS_FOLDER / f'{name}.csv'
    if not path.exists():
        return []
    with path.open(newline='') as lines:
        return [Row(*row) for row in csv.reader(lines)][1:]


def as_csv(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(name.capitalize() for name in Row._fields)
    writer.writerows(rows)
    return text.getvalue()


def differences(recorded: list[Row], seen: list[Row]) -> list[str]:
    """Compare what one browser showed with the record, whatever its version.

    The lines of a console are compared without their order, which browsers do not promise.
    """
    engines = {row.engine for row in seen}
    old, new = (
        Counter(row.without_version for row in rows if row.engine in engines)
        for rows in (recorded, seen)
    )
    gone = [f'- {" | ".join(row)}' for row in (old - new).elements()]
    return gone + [f'+ {" | ".join(row)}' for row in (new - old).elements()]
