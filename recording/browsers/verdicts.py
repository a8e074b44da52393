"""What each engine made of each lesson: observed through *Try it*, kept in docs/recorded/browsers.

A lesson has two files. ``<lesson>.csv`` is the record, a row for each step of its script and for
each line of the console. ``<lesson>.txt`` says the same as the pages show it. A script of the
attack lab has two more files, ``<lesson>--<program>``: the same attack on the mended program.
"""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections import Counter
from typing import NamedTuple

from recording.browsers.panel import PanelStep, open_panel, panel_of, press
from recording.engines.base import Engine
from recording.lessons import API, PARTNER, ROOT, SCRIPTS, SHOP, pairs
from recording.running_demo import RunningDemo

FOLDER = ROOT / 'docs/recorded/browsers'
THIRD = 'https://menu.example.com'  # where the lesson wrong_redirect sends its page
LAB_SHOP, LAB_SAME_SITE, LAB_OTHER_SITE, LAB_API = (
    'http://127.0.0.1:9000',
    'http://127.0.0.1:9003',
    'http://localhost:9003',
    'http://127.0.0.1:9001',
)
FILL_BASKET = """
async (api) => {
  const options = { method: 'POST', credentials: 'include' };
  return (await fetch(`${api}/credentials/basket/rye`, options)).json();
}
"""
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
    def pages(self) -> tuple[str, ...]:
        """The origins of its pages, as the guide names them."""
        return (LAB_SHOP, LAB_SAME_SITE, LAB_OTHER_SITE) if self.is_attack else (SHOP, PARTNER)


def runs_of(lesson: str) -> list[Run]:
    """What is recorded of a script: one run, or an attack on the wrong and on the mended."""
    mended = panel_of(lesson)[1]
    programs = [lesson, mended] if mended else [lesson]
    return [Run(lesson, program, mended is not None) for program in programs]


def all_runs() -> list[Run]:
    """All that is recorded."""
    return [run for lesson in SCRIPTS for run in runs_of(lesson)]


def observe(
    browser: Engine, demo: RunningDemo, run: Run, recorded: list[Row]
) -> dict[str, tuple[list[Row], list[PanelStep]]]:
    """Run a script as several origins, against each server that has its program.

    The guide on 127.0.0.1 stands for the shop, the same guide on localhost for its partner. In the
    attack lab the pages are the shop's and the attacker's, and the browser has the cookie that the
    shop's page has fetched. The addresses of this run are replaced by those that the guide speaks
    of, so that what is kept stays the same. What is recorded already tells how many lines of the
    console to wait for.
    """
    seen: dict[str, tuple[list[Row], list[PanelStep]]] = {
        interface: ([], []) for interface, _ in pairs([run.lesson])
    }
    browser.forget_cookies()
    for guide, page in pages_of(demo, run).items():
        known = [r for r in recorded if (r.page, r.engine) == (page, browser.title.split()[0])]
        lines = sum(row.step == CONSOLE for row in known)
        open_panel(browser, guide, run.lesson)
        if page == LAB_SHOP:
            browser.run(FILL_BASKET, demo.wsgi)
        for interface, (rows, all_steps) in seen.items():
            if not run.is_attack:
                browser.forget_cookies()
            browser.console.clear()
            program = run.program if run.is_attack else None
            steps = press(browser, run.lesson, interface, program)
            wait_for_console(browser, lines, SETTLED if known else QUIET)
            found = [
                *(shown for step in steps for shown in found_of(step, run)),
                *((CONSOLE, '', line) for line in browser.console),
            ]
            rows += [
                Row(page, browser.title, step, verdict, told(text, demo, run, interface))
                for step, verdict, text in found
            ]
            all_steps += steps
    return seen


def pages_of(demo: RunningDemo, run: Run) -> dict[str, str]:
    """Give the origins that open a script's page, each with its name in the guide."""
    other = demo.attacker if run.is_attack else demo.guide
    opened = [demo.guide, demo.attacker] if run.is_attack else [demo.guide]
    return dict(zip([*opened, other.replace('127.0.0.1', 'localhost')], run.pages, strict=True))


def found_of(step: PanelStep, run: Run) -> list[tuple[str, str, str]]:
    """What a step got, and in the attack lab what the server saw and answered, too."""
    name = str(step['name'])
    found = [(name, str(step['verdict']), got(step))]
    if run.is_attack:
        exchanges = [exchange.split('\n\n') for exchange in step['wire']]
        requests = ', '.join(asked(request) for request, *_ in exchanges)
        answers = ', '.join(answer.partition('\n')[0] for _, answer, *_ in exchanges)
        found.append((f'{name}, on the wire', answers, requests))
    return found


def asked(request: str) -> str:
    """Write a recorded request as its first line, and whether it brought the cookie."""
    first, *headers = request.splitlines()
    has_cookie = any(header.startswith('Cookie: ') for header in headers)
    return f'{first} {"with the cookie" if has_cookie else "without a cookie"}'


def got(step: PanelStep) -> str:
    """Write a value on one line, an error as it is."""
    text = str(step['got'])
    return json.dumps(json.loads(text)) if step['verdict'] == 'readable' else text


def told(text: str, demo: RunningDemo, run: Run, interface: str) -> str:
    """Replace the addresses of this run by those the guide speaks of."""
    api = LAB_API if run.is_attack else API
    host = re.escape(demo.api(interface).removeprefix('http'))
    lesson_path = f'/_wire/[0-9a-f-]+/{run.program}'
    text = re.sub(rf'(http|ws){host}{lesson_path}', rf'\1{api.removeprefix("http")}', text)
    other_name = host.replace(re.escape('127.0.0.1'), 'localhost')
    text = re.sub(f'http{other_name}{lesson_path}', THIRD, text)
    text = text.replace(demo.api(interface), api)
    for origin, name in pages_of(demo, run).items():
        text = text.replace(origin, name)
    return text


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
    path = FOLDER / f'{name}.csv'
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


def as_text(rows: list[Row]) -> str:
    """Write the record as a page shows it: each page's steps, then what each console printed."""
    parts = []
    for page in dict.fromkeys(row.page for row in rows):
        mine = [row for row in rows if row.page == page]
        lines = [f'The page on {page}', '']
        steps = [row for row in mine if row.step != CONSOLE]
        for step in dict.fromkeys(row.step for row in steps):
            lines += _step_lines(step, [row for row in steps if row.step == step])
        for browser in dict.fromkeys(row.browser for row in mine):
            printed = [r.text for r in mine if r.browser == browser and r.step == CONSOLE]
            lines += [f'  Console of {browser}:']
            lines += [f'    {line}' for text in printed for line in text.splitlines()]
            lines += [] if printed else ['    (nothing)']
        parts.append('\n'.join(lines) + '\n')
    return '\n'.join(parts)


def _step_lines(step: str, rows: list[Row]) -> list[str]:
    """Write what all browsers say together, and what they say apart with their names."""
    verdicts = {row.verdict for row in rows}
    texts = {row.text for row in rows}
    if len(verdicts) == 1:
        lines = [f'  {step}: {rows[0].verdict}']
    else:
        ends = [f'{row.verdict} ({row.engine})' for row in rows]
        lines = [f'  {step}: {", ".join(ends)}']
    if len(texts) == 1:
        return [*lines, f'    {rows[0].text}']
    return [*lines, *(f'    {row.engine}: {row.text}' for row in rows)]


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
