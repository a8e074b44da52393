"""The guide opened as files, with no server and no network: all of it is there to be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from recording.browsers.panel import page_of
from recording.browsers.verdicts import SETTLED, wait_for_console
from recording.engines.base import Engine
from recording.engines.chromium import Chromium
from recording.guide import HTML_PAGES
from tests.browsers.tabs import VISIBLE, click


@pytest.fixture(scope='module')
def folder(site: Path) -> str:
    return site.resolve().as_uri()


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_page_asks_for_files_of_the_guide_alone(
    chromium: Chromium, folder: str, page: str
) -> None:
    chromium.look(1280)
    chromium.open(f'{folder}/{page}')
    wait_for_console(chromium, 0, SETTLED)
    assert f'{folder}/{page}' in chromium.requests
    assert [one for one in chromium.requests if not one.startswith(f'{folder}/')] == []
    assert chromium.console == []


def test_tabs_are_remembered(chromium: Chromium, folder: str) -> None:
    chromium.open(f'{folder}/{page_of("one_origin")}')
    click(chromium, 'ASGI')
    assert 'uvicorn app_asgi.one_origin:app' in chromium.run(VISIBLE)[0]
    chromium.open(f'{folder}/{page_of("preflight")}')
    assert 'uvicorn app_asgi.preflight:app' in chromium.run(VISIBLE)[0]
    click(chromium, 'WSGI')
    assert 'gunicorn app_wsgi.preflight:app' in chromium.run(VISIBLE)[0]


def test_the_panel_shows_the_recorded_run(chromium: Chromium, folder: str) -> None:
    chromium.open(f'{folder}/{page_of("blocked")}')
    text = chromium.run("() => document.querySelector('.panel').innerText")
    assert 'nox -s demo' in text
    assert 'TypeError: Failed to fetch' in text
    assert 'GET /menu HTTP/1.1' in text
    assert chromium.run("() => document.querySelectorAll('.panel button[type=submit]').length") == 0


def test_a_hosted_guide_finds_no_demo_and_no_fault(chromium: Chromium, hosted: str) -> None:
    chromium.open(f'{hosted}/{page_of("blocked")}')
    asked = chromium.run("async () => (await fetch('../_demo.json')).json()")
    wait_for_console(chromium, 0, SETTLED)
    assert asked is None
    assert chromium.console == []
    assert not chromium.run("() => !!document.querySelector('.panel-try')")


def test_a_download_is_the_program(chromium: Chromium, folder: str) -> None:
    chromium.open(f'{folder}/{page_of("blocked")}')
    link = chromium.run("() => document.querySelector('.sphinx-tabs-panel a.download').href")
    assert link.startswith(f'{folder}/_downloads/')
    assert link.endswith('/blocked.py')


@pytest.mark.parametrize(
    'engine',
    # WebKit's inspector does not navigate to files.
    [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ('chromium', 'firefox')],
    indirect=True,
)
def test_the_search_finds_pages(engine: Engine, folder: str) -> None:
    engine.open(f'{folder}/search.html?q=send+cookies')
    engine.wait_for("document.querySelector('ul.search a')")
    first = engine.run("() => document.querySelector('ul.search a').href")
    assert first == f'{folder}/tutorial/credentials.html'
    engine.open(first)
    assert 'set_cookie' in engine.run("() => document.querySelector('.sphinx-tabs').innerText")
