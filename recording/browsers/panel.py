"""Press *Try it* on a lesson's page, and read what its panel shows."""

from __future__ import annotations

import re

from recording.engines.base import Engine
from recording.lessons import ROOT

PanelStep = dict[str, str | list[str]]  # name, verdict, got, model, and wire: what it shows

FORM = '.try-it-controls[aria-label="Try {}"]'
PRESS = """
(form, server, program) => {
  const controls = document.querySelector(form);
  controls.querySelector(`input[value=${server}]`).click();
  if (program) controls.querySelector(`input[value=${program}]`).click();
  controls.querySelector('button').click();
}
"""
STEPS = """
(form) => [
  ...document.querySelector(form).parentElement.querySelectorAll('.try-it-step'),
].map((step) => ({
  name: step.dataset.step,
  verdict: step.querySelector('.try-it-verdict').textContent,
  got: step.querySelector('.try-it-got pre').textContent,
  model: step.querySelector('.try-it-model pre').textContent,
  wire: [...step.querySelectorAll('.try-it-wire pre')].map((pre) => pre.textContent),
}))
"""


def page_of(lesson: str) -> str:
    """Path of the page with the lesson's panel in the built guide."""
    return panel_of(lesson)[0]


def panel_of(lesson: str) -> tuple[str, str | None]:
    """Path of the page with the lesson's panel, and the mended program that the panel offers."""
    panel = re.compile(rf'^\.\. container:: try-it try-{lesson}(?: against-(\w+))?$', re.MULTILINE)
    ((page, found),) = (
        (path, found)
        for path in (ROOT / 'docs').glob('*/*.rst')
        if (found := panel.search(path.read_text()))
    )
    return str(page.relative_to(ROOT / 'docs').with_suffix('.html')), found[1]


def open_panel(browser: Engine, guide: str, lesson: str) -> None:
    """Open the lesson's page and wait for its panel."""
    browser.open(f'{guide}/{page_of(lesson)}')
    browser.wait_for(f'document.querySelector({FORM.format(lesson)!r})')


def press(
    browser: Engine, lesson: str, interface: str, program: str | None = None
) -> list[PanelStep]:
    """Press *Try it* on the open page for one server, and return the steps shown.

    Where a panel offers a mended program beside its lesson's own, `program` chooses.
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
