"""Where a page answers, and what it says of a browser's console, memory and permissions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from demo.processes import free_ports
from recording.browsers.local_servers import serving, throwaway_certificate
from recording.browsers.panel import PanelStep, press_try_it
from recording.browsers.verdicts import read
from recording.engines.base import Engine
from recording.engines.chromium import Chromium
from recording.lessons import INTERFACES, ROOT
from recording.running_demo import RunningDemo
from tests.docs.problems import PROBLEMS, Problem

FOLD = 900  # pixels of a window that is 1280 wide: what is seen before any scrolling
HTML = ('Content-Type', 'text/html')
ANYONE = ('Access-Control-Allow-Origin', '*')
PUBLIC = ('Content-Security-Policy', 'treat-as-public-address')
BOTTOM = """
(section) => {
  document.documentElement.style.scrollBehavior = 'auto';
  const [box] = document.querySelectorAll('h1 ~ .answer, h1 ~ .fix');
  const links = [...box.querySelectorAll('a')];
  const named = links.find((link) => link.textContent === section);
  return (named ?? box).getBoundingClientRect().bottom + scrollY;
}
"""
FETCH = '(url) => fetch(url).then((response) => response.text(), String)'
SHOW = """
async (url) => {
  const picture = new Image();
  picture.src = url;
  await picture.decode().catch(() => {});
}
"""
REFUSED = 'TypeError: Failed to fetch'


@pytest.mark.parametrize('problem', PROBLEMS, ids=lambda problem: problem.words)
def test_the_answer_is_seen_first(chromium: Chromium, demo: RunningDemo, problem: Problem) -> None:
    chromium.look(1280, FOLD)
    chromium.open(f'{demo.guide}/{problem.page}.html')
    assert 0 < chromium.run(BOTTOM, problem.section) <= FOLD


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def page_says(page: str, words: str) -> None:
    text = ' '.join((ROOT / 'docs' / f'{page}.rst').read_text().split())
    assert words in text, f'docs/{page}.rst no longer says: {words}'


def printed(browser: Engine, line: str) -> None:
    """Assert that the console has the line, and so has the page that lists them."""
    page_says('howto/is_it_cors', f'``{line}``')
    deadline = time.monotonic() + 10
    while not any(line in entry for entry in browser.console):
        assert time.monotonic() < deadline, browser.console
        time.sleep(0.05)


CLOSED_PORT = {
    'Chromium': 'net::ERR_CONNECTION_REFUSED',
    'Firefox': 'CORS request did not succeed',
    'WebKitGTK': 'Could not connect to',
}


def test_a_closed_port(engine: Engine, stack: ExitStack) -> None:
    page, _ = stack.enter_context(serving(HTML))
    (closed,) = free_ports({'closed': 0})
    engine.open(page)
    assert engine.run(FETCH, f'http://127.0.0.1:{closed}').startswith('TypeError: ')
    printed(engine, CLOSED_PORT[engine.title.partition(' ')[0]])


def test_firefox_has_a_second_line_after_the_cause() -> None:
    page_says('howto/is_it_cors', 'If another line about the same address appears above it')
    lines = [row.text for row in read('patch') if row.browser.startswith('Firefox')]
    causes = [number for number, text in enumerate(lines) if 'Did not find method' in text]
    assert causes
    assert all('CORS request did not succeed' in lines[number + 1] for number in causes)


def test_a_name_that_does_not_exist(chromium: Chromium, stack: ExitStack) -> None:
    page, _ = stack.enter_context(serving(HTML))
    chromium.open(page)
    assert chromium.run(FETCH, 'http://api.example.com') == REFUSED
    printed(chromium, 'net::ERR_NAME_NOT_RESOLVED')


def test_a_certificate(chromium: Chromium, stack: ExitStack) -> None:
    page, _ = stack.enter_context(serving(HTML))
    api, _ = stack.enter_context(serving(ANYONE, certificate=throwaway_certificate()))
    chromium.open(page)
    assert chromium.run(FETCH, api) == REFUSED
    printed(chromium, 'net::ERR_CERT_AUTHORITY_INVALID')


def test_mixed_content(chromium: Chromium, stack: ExitStack) -> None:
    page, _ = stack.enter_context(serving(HTML, certificate=throwaway_certificate()))
    chromium.send('Security.setIgnoreCertificateErrors', ignore=True)
    stack.callback(chromium.send, 'Security.setIgnoreCertificateErrors', ignore=False)
    chromium.open(page)
    assert chromium.run(FETCH, 'http://api.example.com') == REFUSED
    printed(chromium, 'Mixed Content')


def test_the_policy_of_the_page_itself(chromium: Chromium, stack: ExitStack) -> None:
    page, _ = stack.enter_context(serving(HTML, ('Content-Security-Policy', "connect-src 'self'")))
    api, _ = stack.enter_context(serving(ANYONE))
    chromium.open(page)
    assert chromium.run(FETCH, api) == REFUSED
    printed(chromium, 'violates the following Content Security Policy directive')


@pytest.mark.parametrize(
    ('headers', 'shown'), [([], False), ([('Cross-Origin-Resource-Policy', 'cross-origin')], True)]
)
def test_a_page_that_isolates_itself(
    chromium: Chromium, stack: ExitStack, headers: list[tuple[str, str]], shown: bool
) -> None:
    page, _ = stack.enter_context(serving(HTML, ('Cross-Origin-Embedder-Policy', 'require-corp')))
    loaf = (ROOT / 'frontend/pictures/loaf.svg').read_bytes()
    picture, _ = stack.enter_context(
        serving(('Content-Type', 'image/svg+xml'), *headers, body=loaf)
    )
    chromium.open(page)
    chromium.run(SHOW, f'{picture}/loaf.svg')
    if shown:
        assert chromium.console == []
    else:
        printed(chromium, 'NotSameOriginAfterDefaultedToSameOriginByCoep')


def test_a_public_page_needs_the_users_permission(chromium: Chromium, stack: ExitStack) -> None:
    page, _ = stack.enter_context(serving(HTML, PUBLIC))
    api, requests = stack.enter_context(
        serving(ANYONE, ('Access-Control-Allow-Private-Network', 'true'), body=b'rye')
    )
    chromium.open(page)
    assert chromium.run(FETCH, api) == REFUSED
    assert requests == []
    printed(chromium, 'Permission was denied for this request to access')
    reason = 'Permission was denied for this request to access the `loopback` address space'
    page_says('howto/local_network', reason)
    assert any(reason in entry for entry in chromium.console)
    allowed = {'permission': {'name': 'loopback-network'}, 'setting': 'granted'}
    chromium.send('Browser.setPermission', **allowed)
    stack.callback(chromium.send, 'Browser.resetPermissions')
    chromium.open(page)
    assert chromium.run(FETCH, api) == 'rye'
    assert requests == ['GET /']


def test_the_permission_does_not_replace_the_policy(chromium: Chromium, stack: ExitStack) -> None:
    page_says('howto/local_network', 'your CORS policy decides as always')
    page, _ = stack.enter_context(serving(HTML, PUBLIC))
    api, requests = stack.enter_context(serving())
    allowed = {'permission': {'name': 'loopback-network'}, 'setting': 'granted'}
    chromium.send('Browser.setPermission', **allowed)
    stack.callback(chromium.send, 'Browser.resetPermissions')
    chromium.open(page)
    assert chromium.run(FETCH, api) == REFUSED
    assert requests == ['GET /']
    printed(chromium, 'blocked by CORS policy')


def wire_of(steps: list[PanelStep], name: str) -> list[str]:
    """Say what went over the wire in a step: method and status of each exchange."""
    results = []
    (step,) = (step for step in steps if step['name'] == name)
    for exchange in step['wire']:
        request, _, answer = exchange.partition('\n\n')
        results.append(f'{request.partition(" ")[0]} {answer[:3]}')
    return results


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_preflight_is_remembered(
    chromium: Chromium, demo: RunningDemo, stack: ExitStack, interface: str
) -> None:
    page_says('howto/patch', '``changeTwice`` sends one ``OPTIONS`` and two ``PATCH``')
    steps = press_try_it(chromium, demo.guide, 'patch', interface)
    assert wire_of(steps, 'changeTwice') == ['OPTIONS 204', 'PATCH 200', 'PATCH 200']
    page_says('howto/patch', 'The browser then sends a preflight every time.')
    chromium.send('Network.setCacheDisabled', cacheDisabled=True)
    stack.callback(chromium.send, 'Network.setCacheDisabled', cacheDisabled=False)
    steps = press_try_it(chromium, demo.guide, 'patch', interface)
    assert wire_of(steps, 'changeTwice') == ['OPTIONS 204', 'PATCH 200'] * 2


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_change_that_moves_asks_twice(
    chromium: Chromium, demo: RunningDemo, interface: str
) -> None:
    page_says(
        'howto/redirects',
        'the browser sends a second preflight to the new URL before it repeats the ``PUT`` there',
    )
    steps = press_try_it(chromium, demo.guide, 'redirects', interface)
    requests = ['OPTIONS 204', 'PUT 308', 'OPTIONS 204', 'PUT 200']
    assert wire_of(steps, 'changeAtOldAddress') == requests
    assert wire_of(steps, 'readAtOldAddress') == ['GET 308', 'GET 200']


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_foreign_post_runs_unless_the_api_refuses_it(
    chromium: Chromium, demo: RunningDemo, interface: str
) -> None:
    foreign = demo.guide.replace('127.0.0.1', 'localhost')
    steps = press_try_it(chromium, foreign, 'wrong_csrf', interface)
    assert wire_of(steps, 'orderWithoutType') == ['POST 200']
    steps = press_try_it(chromium, foreign, 'csrf', interface)
    assert wire_of(steps, 'orderWithoutType') == ['POST 403']
    assert wire_of(steps, 'orderAsJson') == ['OPTIONS 204']
