"""Press *Try it* on a lesson's page, and write down what happened as docs/_verdicts shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.apps import ROOT
from tests.browsers.chromium import Chromium
from tests.demo.running import RunningDemo

FOLDER = ROOT / 'docs/_verdicts'
VERSION = re.compile(r'^Console of .*$', re.MULTILINE)

PRESS = """
(server) => {
  const form = document.querySelector('.try-it-controls');
  form.querySelector(`input[value=${server}]`).click();
  form.querySelector('button').click();
}
"""
STEPS = """
() => [...document.querySelectorAll('.try-it-step')].map((step) => ({
  name: step.dataset.step,
  verdict: step.querySelector('.try-it-verdict').textContent,
  got: step.querySelector('.try-it-got pre').textContent,
  wire: [...step.querySelectorAll('.try-it-wire pre')].map((pre) => pre.textContent),
}))
"""


def page_of(lesson: str) -> str:
    """Path of the lesson's page in the built guide."""
    (page,) = (ROOT / 'docs').glob(f'*/{lesson}.rst')
    return str(page.relative_to(ROOT / 'docs').with_suffix('.html'))


def press_try_it(
    browser: Chromium, guide: str, lesson: str, interface: str
) -> list[dict[str, str | list[str]]]:
    """Open the lesson's page, press *Try it* for one server, and return the steps shown."""
    browser.open(f'{guide}/{page_of(lesson)}')
    browser.wait_for("document.querySelector('.try-it-controls')")
    browser.console.clear()
    browser.run(PRESS, interface)
    browser.wait_for("!document.querySelector('.try-it-controls button').disabled")
    steps: list[dict[str, str | list[str]]] = browser.run(STEPS)
    return steps


def verdict_text(browser: Chromium, demo: RunningDemo, lesson: str, interface: str) -> str:
    """Run a lesson's page and write what the script got and what the console printed.

    The addresses of this run are replaced by the example's, so that the text stays the same.
    """
    lines = []
    for step in press_try_it(browser, demo.guide, lesson, interface):
        got = step['got']
        if step['verdict'] == 'readable':
            got = json.dumps(json.loads(str(got)))
        lines += [f'{step["name"]}: {step["verdict"]}', f'    {got}']
    lines += ['', f'Console of {browser.version}:']
    lines += [f'    {line}' for line in browser.console] or ['    (nothing)']
    text = '\n'.join(lines) + '\n'
    api = re.escape(demo.api(interface)) + rf'/_wire/[0-9a-f-]+/{lesson}'
    text = re.sub(api, 'https://api.example.com', text)
    return text.replace(demo.guide, 'https://shop.example.com')


def same_verdict(recorded: Path, seen: str) -> bool:
    """Compare with a recorded file; another version that says the same is no difference."""
    return VERSION.sub('', recorded.read_text()) == VERSION.sub('', seen)
