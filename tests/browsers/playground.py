"""Open the playground of the built guide, and run code in it."""

from __future__ import annotations

from typing import Any

from recording.engines.base import Engine

PANEL = '/_static/playground/panel.js'
OPEN = f"""
async (options) => {{
  const {{ open }} = await import('{PANEL}');
  window.panel = await open(document.querySelector('.playground'), options);
}}
"""
READY = "document.querySelector('.playground-status')?.textContent.startsWith('Ready')"
SHOW = """
([lesson, changes]) => {
  const { panel } = window;
  const chosen = panel.lessons[lesson];
  const kind = changes.interface ?? Object.keys(chosen.programs)[0];
  panel.show({
    lesson, interface: kind, program: chosen.programs[kind], script: chosen.script,
    page: 'https://shop.example.com', engine: 'chromium', cookies: [], ...changes,
  });
}
"""
RUN = """
async () => {
  await window.panel.run();
  const texts = (selector, root) =>
    [...root.querySelectorAll(selector)].map((one) => one.textContent);
  const results = document.querySelector('.playground-results');
  return {
    steps: [...results.querySelectorAll('.playground-step')].map((step) => ({
      name: step.dataset.step,
      verdict: step.querySelector('.playground-verdict').textContent,
      got: step.querySelector('.playground-got').textContent,
      console: texts('.playground-console', step).join('\\n').split('\\n').filter(Boolean),
      wire: texts('.playground-exchange pre', step),
      log: texts('.playground-log', step).join(''),
    })),
    problems: texts('.playground-problem', results),
    text: results.textContent,
  };
}
"""


def open_playground(browser: Engine, guide: str) -> None:
    """Open the page, press *Open*, and wait until Python is ready."""
    browser.open(f'{guide}/playground.html')
    browser.run(OPEN, {})
    browser.wait_for(READY, 120)


def run(browser: Engine, lesson: str, **changes: Any) -> dict[str, Any]:
    """Show a lesson with changes, press *Run*, and return what is shown."""
    browser.run(SHOW, [lesson, changes])
    shown: dict[str, Any] = browser.run(RUN)
    return shown
