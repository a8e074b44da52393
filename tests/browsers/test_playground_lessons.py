"""Each lesson, wrong program and attack in the playground: as recorded in the real browser."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from docs._ext.playground import DIFFERENCES, LEFT_OUT
from recording.browsers import verdicts
from recording.engines.base import Engine
from recording.lessons import ROOT, pairs
from tests.browsers import playground

COOKIE = 'basket=rye; Path=/; Secure; SameSite=Lax'  # what the lesson credentials sets
# The drivers don't see the console of the frame in which this script fetches.
HIDDEN_CONSOLE = {'wrong_null'}
RUNS = [run for run in verdicts.all_runs() if run.lesson not in LEFT_OUT]


def played(browser: Engine, run: verdicts.Run, interface: str, page: str) -> dict[str, Any]:
    """Run a script against a program, with the cookie that the victim has."""
    return playground.run(
        browser,
        run.lesson,
        interface=interface,
        program=(ROOT / f'app_{interface}/{run.program}.py').read_text(),
        page=page,
        engine=browser.name,
        cookies=[COOKIE] if run.has_basket else [],
    )


def outcome_of(verdict: str, text: str) -> tuple[bool, Any]:
    """Whether a step got what it wanted, and what it got: a value, or the words of an error."""
    good = verdict in {'readable', 'STOLEN'}
    return good, json.loads(text) if good else text


def differences(browser: Engine, run: verdicts.Run, rows: list[verdicts.Row]) -> list[Any]:
    """What the playground shows in another way than the browser did."""
    found: list[Any] = []
    for interface, _ in pairs([run.lesson]):
        for page in run.pages:
            shown = played(browser, run, interface, page)
            mine = [row for row in rows if row.page == page]
            recorded = {
                row.step: outcome_of(row.verdict, row.text)
                for row in mine
                if row.step != verdicts.CONSOLE and not row.step.endswith(', on the wire')
            }
            got = {one['name']: outcome_of(one['verdict'], one['got']) for one in shown['steps']}
            printed = Counter(row.text for row in mine if row.step == verdicts.CONSOLE)
            lines = Counter(line for step in shown['steps'] for line in step['console'])
            wrong_lines = {} if run.lesson in HIDDEN_CONSOLE else lines - printed
            if got != recorded or wrong_lines or shown['problems']:
                found.append((interface, page, got, recorded, wrong_lines, shown['problems']))
    return found


@pytest.mark.parametrize('run', RUNS, ids=lambda run: run.name)
def test_the_playground_shows_what_was_recorded(open_page: Engine, run: verdicts.Run) -> None:
    rows = [row for row in verdicts.read(run.name) if row.engine.lower().startswith(open_page.name)]
    assert rows
    found = differences(open_page, run, rows)
    if open_page.name in DIFFERENCES.get(run.name, {}):
        assert found, 'the model has learned this: remove the difference'
        said = open_page.run("() => document.querySelector('.playground-differs').textContent")
        assert said == DIFFERENCES[run.name][open_page.name]
    else:
        assert found == []


def test_every_lesson_runs_or_says_why_not(open_page: Engine) -> None:
    for name in LEFT_OUT:
        shown = playground.run(open_page, name)
        said = open_page.run("() => document.querySelector('.playground-problem').textContent")
        assert said == f'This lesson does not run here. {LEFT_OUT[name]}'
        assert {step['verdict'] for step in shown['steps']} <= {'failed in the script'}
