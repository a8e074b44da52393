"""Press *Try it* on a lesson's page, and write down what happened as docs/_verdicts shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.apps import ROOT
from tests.browsers.chromium import Chromium
from tests.demo.running import RunningDemo

Step = dict[str, str | list[str]]  # name, verdict, got, model, and wire: what the panel shows
FOLDER = ROOT / 'docs/_verdicts'
VERSION = re.compile(r'^  Console of .*$', re.MULTILINE)

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


def press_try_it(browser: Chromium, guide: str, lesson: str, interface: str) -> list[Step]:
    """Open the lesson's page, press *Try it* for one server, and return the steps shown."""
    browser.open(f'{guide}/{page_of(lesson)}')
    form = FORM.format(lesson)
    browser.wait_for(f'document.querySelector({form!r})')
    browser.console.clear()
    browser.run(PRESS, form, interface)
    browser.wait_for(f'!document.querySelector({form!r}).querySelector("button").disabled')
    steps: list[Step] = browser.run(STEPS, form)
    return steps


def verdict(
    browser: Chromium, demo: RunningDemo, lesson: str, interface: str
) -> tuple[str, list[Step]]:
    """Run a lesson's page as two origins; write what its script got and the console printed.

    The guide on 127.0.0.1 stands for the shop, the same guide on localhost for its partner. The
    addresses of this run are replaced by theirs, so that the text stays the same.
    """
    pages = {
        'https://shop.example.com': demo.guide,
        'https://partner.example.com': demo.guide.replace('127.0.0.1', 'localhost'),
    }
    parts, all_steps = [], []
    for name, guide in pages.items():
        browser.forget_cookies()
        steps = press_try_it(browser, guide, lesson, interface)
        parts.append(f'The page on {name}\n\n{_text(browser, steps)}')
        all_steps += steps
    text = '\n'.join(parts)
    host = re.escape(demo.api(interface).removeprefix('http'))
    api = rf'(http|ws){host}/_wire/[0-9a-f-]+/{lesson}'
    text = re.sub(api, r'\1s://api.example.com', text)
    for name, guide in pages.items():
        text = text.replace(guide, name)
    return text, all_steps


def _text(browser: Chromium, steps: list[Step]) -> str:
    lines = []
    for step in steps:
        got = step['got']
        if step['verdict'] == 'readable':
            got = json.dumps(json.loads(str(got)))
        lines += [f'  {step["name"]}: {step["verdict"]}', f'    {got}']
    lines += [f'  Console of {browser.version}:']
    lines += [f'    {line}' for line in browser.console] or ['    (nothing)']
    return '\n'.join(lines) + '\n'


def same_verdict(recorded: Path, seen: str) -> bool:
    """Compare with a recorded file; another version that says the same is no difference."""
    return VERSION.sub('', recorded.read_text()) == VERSION.sub('', seen)
