"""The guide's pages in a real browser: tabs, keyboard, print, no JavaScript, accessibility."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from recording.browsers.panel import page_of, press_try_it
from recording.browsers.verdicts import SETTLED, wait_for_console
from recording.engines.chromium import Chromium
from recording.guide import HTML_PAGES, build_guide
from recording.lessons import ONE_SIDED, ROOT, SCRIPTS
from recording.running_demo import RunningDemo, running_demo
from tests.browsers.tabs import VISIBLE, click

KEYS = {'ArrowLeft': 37, 'ArrowRight': 39, 'End': 35, 'Home': 36, 'Tab': 9, 'Enter': 13}

# Two families of tabs on one page, and a link into a tab: more than the guide itself has yet.
FAMILIES = """
Families
========

`To the hidden place <#hidden-place>`_

.. tabs::

   .. group-tab:: WSGI

      wsgi one

   .. group-tab:: ASGI

      asgi one

.. tabs::

   .. group-tab:: curl

      curl

   .. group-tab:: HTTPie

      httpie

   .. group-tab:: wget

      .. _hidden-place:

      wget

.. tabs::

   .. group-tab:: WSGI

      wsgi two

   .. group-tab:: ASGI

      asgi two
"""


@pytest.fixture(scope='module')
def families(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small guide with our configuration and scripts; its address."""
    source = tmp_path_factory.mktemp('families') / 'docs'
    for folder in ('recorded/exchanges', '_static', '_templates'):
        shutil.copytree(ROOT / 'docs' / folder, source / folder)
    shutil.copy(ROOT / 'docs/conf.py', source)
    shutil.copy(ROOT / 'pyproject.toml', source.parent)
    (source / 'index.rst').write_text(f'{FAMILIES}\n.. toctree::\n\n   other\n')
    (source / 'other.rst').write_text(FAMILIES.replace('hidden-place', 'other-place'))
    with running_demo(build_guide(source / '_build', source)) as running:
        yield running.guide


@pytest.fixture(autouse=True)
def forget(chromium: Chromium, demo: RunningDemo, request: pytest.FixtureRequest) -> None:
    chromium.look(1280)
    guides = [demo.guide]
    if 'families' in request.fixturenames:
        guides.append(request.getfixturevalue('families'))
    for guide in guides:
        chromium.open(f'{guide}/_static/icon.svg')  # nothing is lighter
        chromium.run('() => localStorage.clear()')


def press(chromium: Chromium, key: str) -> None:
    chromium.press(key, KEYS[key], '\r' if key == 'Enter' else '')


def focused(chromium: Chromium) -> str:
    text: str = chromium.run('() => document.activeElement.textContent')
    return text


def test_one_click_chooses_in_the_whole_family(chromium: Chromium, families: str) -> None:
    chromium.open(f'{families}/index.html')
    assert chromium.run(VISIBLE) == ['wsgi one', 'curl', 'wsgi two']
    click(chromium, 'ASGI')
    assert chromium.run(VISIBLE) == ['asgi one', 'curl', 'asgi two']
    click(chromium, 'ASGI')
    assert chromium.run(VISIBLE) == ['asgi one', 'curl', 'asgi two']


def test_every_family_is_remembered_on_other_pages(chromium: Chromium, families: str) -> None:
    chromium.open(f'{families}/index.html')
    click(chromium, 'ASGI')
    click(chromium, 'HTTPie')
    chromium.run('() => sessionStorage.clear()')  # as a new browser tab would
    chromium.open(f'{families}/other.html')
    assert chromium.run(VISIBLE) == ['asgi one', 'httpie', 'asgi two']


def test_a_link_into_a_hidden_tab_opens_it(chromium: Chromium, families: str) -> None:
    chromium.open(f'{families}/index.html')
    chromium.run('() => document.querySelector(\'a[href="#hidden-place"]\').click()')
    chromium.wait_for("[...document.querySelectorAll('[role=tab]')].at(4).ariaSelected === 'true'")
    assert 'wget' in chromium.run(VISIBLE)
    chromium.run('() => localStorage.clear()')
    chromium.open(f'{families}/other.html#other-place')
    assert 'wget' in chromium.run(VISIBLE)


def test_tabs_follow_the_keyboard_pattern(chromium: Chromium, families: str) -> None:
    chromium.open(f'{families}/index.html')
    click(chromium, 'HTTPie')
    chromium.run("() => document.querySelectorAll('[role=tablist]')[1].children[1].focus()")
    for key, label in (
        ('ArrowRight', 'wget'),
        ('ArrowRight', 'curl'),
        ('ArrowLeft', 'wget'),
        ('Home', 'curl'),
        ('End', 'wget'),
    ):
        press(chromium, key)
        assert focused(chromium) == label
        assert label in chromium.run(VISIBLE)
    stops = chromium.run(
        """() => [...document.querySelectorAll('[role=tablist]')]
          .map((list) => [...list.children].filter((tab) => tab.tabIndex === 0)
          .map((tab) => tab.textContent))"""
    )
    assert stops == [['WSGI'], ['wget'], ['WSGI']]
    press(chromium, 'Tab')
    assert focused(chromium).strip() == 'wget'  # from the tab to its panel


def test_every_panel_is_there_in_print(chromium: Chromium, families: str) -> None:
    chromium.open(f'{families}/index.html')
    chromium.send('Emulation.setEmulatedMedia', media='print')
    shown = chromium.run(VISIBLE)
    chromium.send('Emulation.setEmulatedMedia', media='')
    assert len(shown) == 7


def test_every_panel_is_there_without_javascript(chromium: Chromium, families: str) -> None:
    chromium.send('Emulation.setScriptExecutionDisabled', value=True)
    try:
        chromium.open(f'{families}/index.html')
        assert len(chromium.run(VISIBLE)) == 7
    finally:
        chromium.send('Emulation.setScriptExecutionDisabled', value=False)


def test_try_it_works_by_keyboard_alone(chromium: Chromium, demo: RunningDemo) -> None:
    chromium.open(f'{demo.guide}/{page_of("blocked")}')
    chromium.wait_for("document.querySelector('.panel-try')")
    chromium.run("() => document.querySelector('.panel-try input:checked').focus()")
    press(chromium, 'ArrowRight')
    assert chromium.run('() => document.activeElement.value') == 'asgi'
    press(chromium, 'Tab')
    assert focused(chromium) == 'Try it'
    press(chromium, 'Enter')
    chromium.wait_for("document.querySelector('.panel-live .panel-step')")
    assert any(demo.asgi in address for address in chromium.requests)


def test_the_chosen_tab_chooses_the_server(chromium: Chromium, demo: RunningDemo) -> None:
    chromium.open(f'{demo.guide}/{page_of("blocked")}')
    chromium.wait_for("document.querySelector('.panel-try')")
    chosen = "() => document.querySelector('.panel-try input:checked').value"
    assert chromium.run(chosen) == 'wsgi'
    click(chromium, 'ASGI')
    assert chromium.run(chosen) == 'asgi'
    chromium.open(f'{demo.guide}/{page_of("preflight")}')
    chromium.wait_for("document.querySelector('.panel-try')")
    assert chromium.run(chosen) == 'asgi'


def test_a_guide_without_a_demo_calls_nobody(chromium: Chromium, demo: RunningDemo) -> None:
    chromium.send('Network.setBlockedURLs', urls=[f'{demo.guide}/_demo.json'])
    chromium.open(f'{demo.guide}/{page_of("blocked")}')
    chromium.send('Network.setBlockedURLs', urls=[])
    text = chromium.run("() => document.querySelector('.panel').innerText")
    assert 'nox -s demo' in text
    assert 'GET /menu HTTP/1.1' in text
    assert 'TypeError: Failed to fetch' in text
    assert {urlsplit(address).netloc for address in chromium.requests} == {
        urlsplit(demo.guide).netloc
    }


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_page_fits_a_phone_and_asks_its_own_origin_only(
    chromium: Chromium, demo: RunningDemo, page: str
) -> None:
    chromium.look(380)
    chromium.open(f'{demo.guide}/{page}')
    wait_for_console(chromium, 0, SETTLED)
    assert chromium.run('() => document.documentElement.scrollWidth') <= 380
    asked = {urlsplit(address).netloc for address in chromium.requests}
    assert asked == {urlsplit(demo.guide).netloc}
    assert chromium.console == []


@pytest.mark.parametrize('page', HTML_PAGES)
def test_axe_finds_no_fault(chromium: Chromium, demo: RunningDemo, page: str) -> None:
    chromium.look(1280)
    lesson = Path(page).stem
    if lesson in SCRIPTS:
        press_try_it(chromium, demo.guide, lesson, ONE_SIDED.get(lesson, 'wsgi'))
    else:
        chromium.open(f'{demo.guide}/{page}')
    assert faults(chromium) == []
    chromium.look(1280, dark=True)
    assert faults(chromium) == []


def faults(chromium: Chromium) -> list[str]:
    """Run axe-core on the page; name each rule with the first element that breaks it."""
    chromium.send(
        'Runtime.evaluate', expression=(files('axe_core_python') / 'axe.min.js').read_text()
    )
    found: list[str] = chromium.run(
        """async () => {
          for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
          const { violations } = await axe.run({ resultTypes: ['violations'] });
          return violations.map(({ id, nodes }) => (
            `${id}: ${nodes.length} x ${nodes[0].html} ${nodes[0].failureSummary}`
          ));
        }"""
    )
    return found
