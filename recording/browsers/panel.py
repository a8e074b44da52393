"""Press *Try it* on a lesson's page, and read what its panel shows."""

from __future__ import annotations

import re

from recording.engines.base import Engine
from recording.lessons import ROOT

PanelStep = dict[str, str | list[str]]  # name, verdict, got, model, and wire: what it shows

FORM = '.panel-try[aria-label="Try {}"]'
PRESS = """
(form, server, program) => {
  const controls = document.querySelector(form);
  const panel = controls.closest('.panel');
  const number = 1 + panel.dataset.programs.split(' ').indexOf(program);
  controls.querySelector(`input[value=${server}]`).click();
  if (program) panel.querySelector(`[data-choose=program][value="${number}"]`).click();
  controls.querySelector('button').click();
}
"""
STEPS = """
(form) => [
  ...document.querySelector(form).closest('.panel').querySelectorAll('.panel-live .panel-step'),
].map((step) => ({
  name: step.dataset.step,
  verdict: step.querySelector('.panel-verdict strong').textContent,
  got: step.querySelector('.panel-got pre').textContent,
  model: step.querySelector('.panel-model pre').textContent,
  wire: [...step.querySelectorAll('.panel-wire pre')].map((pre) => pre.textContent),
}))
"""


def page_of(lesson: str) -> str:
    """Path of the page with the lesson's panel in the built guide."""
    return panel_of(lesson)[0]


def panel_of(lesson: str) -> tuple[str, str | None]:
    """Path of the page with the lesson's panel, and the fixed program that the panel offers."""
    panel = re.compile(rf'^ *\.\. panel:: {lesson}\n((?: +:.*\n)*)', re.MULTILINE)
    ((page, options),) = (
        (path, found[1])
        for path in (ROOT / 'docs').glob('*/*.rst')
        for found in panel.finditer(path.read_text())
        if ':recorded-only:' not in found[1]
    )
    fixed = re.search(r':against: (\w+)', options)
    return str(page.relative_to(ROOT / 'docs').with_suffix('.html')), fixed and fixed[1]


def open_panel(browser: Engine, guide: str, lesson: str) -> None:
    """Open the lesson's page and wait for its panel."""
    browser.open(f'{guide}/{page_of(lesson)}')
    browser.wait_for(f'document.querySelector({FORM.format(lesson)!r})')


def press(
    browser: Engine, lesson: str, interface: str, program: str | None = None
) -> list[PanelStep]:
    """Press *Try it* on the open page for one server, and return the steps shown.

    If a panel offers a fixed program in addition to its lesson's own, `program` chooses.
    """
    form = FORM.format(lesson)
    browser.run(PRESS, form, interface, program)
    browser.wait_for(f'!document.querySelector({form!r}).querySelector("button").disabled', 30)
    steps: list[PanelStep] = browser.run(STEPS, form)
    return steps


def press_try_it(browser: Engine, guide: str, lesson: str, interface: str) -> list[PanelStep]:
    """Open the lesson's page, press *Try it* for one server, and return the steps shown."""
    open_panel(browser, guide, lesson)
    return press(browser, lesson, interface)
