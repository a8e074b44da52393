"""Press *Try it* on a lesson's page, and read what its panel shows."""

from __future__ import annotations

from tests.apps import ROOT
from tests.browsers.engine import Engine

PanelStep = dict[str, str | list[str]]  # name, verdict, got, model, and wire: what it shows

FORM = '.try-it-controls[aria-label="Try {}"]'
PRESS = """
(form, server) => {
  const controls = document.querySelector(form);
  controls.querySelector(`input[value=${server}]`).click();
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
    panel = f'.. container:: try-it try-{lesson}\n'
    (page,) = (path for path in (ROOT / 'docs').glob('*/*.rst') if panel in path.read_text())
    return str(page.relative_to(ROOT / 'docs').with_suffix('.html'))


def open_panel(browser: Engine, guide: str, lesson: str) -> None:
    """Open the lesson's page and wait for its panel."""
    browser.open(f'{guide}/{page_of(lesson)}')
    browser.wait_for(f'document.querySelector({FORM.format(lesson)!r})')


def press(browser: Engine, lesson: str, interface: str) -> list[PanelStep]:
    """Press *Try it* on the open page for one server, and return the steps shown."""
    form = FORM.format(lesson)
    browser.run(PRESS, form, interface)
    browser.wait_for(f'!document.querySelector({form!r}).querySelector("button").disabled', 30)
    steps: list[PanelStep] = browser.run(STEPS, form)
    return steps


def press_try_it(browser: Engine, guide: str, lesson: str, interface: str) -> list[PanelStep]:
    """Open the lesson's page, press *Try it* for one server, and return the steps shown."""
    open_panel(browser, guide, lesson)
    return press(browser, lesson, interface)
