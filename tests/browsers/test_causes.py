"""Each engine prints what is recorded, and a pasted line finds its page."""

from __future__ import annotations

import csv
import re
import shlex

import pytest

from cors_browser import Browser, Unreachable
from cors_browser.options import parse_arguments
from recording.browsers import causes
from recording.browsers.causes import CAUSES, MANY, NOTHING, STEP, Message
from recording.browsers.local_servers import throwaway_certificate
from recording.browsers.real_names import OTHER_SITE, Stage
from recording.browsers.verdicts import SETTLED, wait_for_console
from recording.engines import ENGINES
from recording.engines.base import Engine, missing
from recording.engines.chromium import Chromium
from recording.lessons import API, ROOT, SHOP
from recording.running_demo import RunningDemo

RECORDED = causes.read()


def differences(seen: list[Message]) -> set[Message]:
    """Compare the first lines that one engine printed of some pages with the record."""
    engines, pages = {message.engine for message in seen}, {message.page for message in seen}
    recorded = [m for m in RECORDED if m.engine in engines and m.page in pages]
    return {m.without_numbers for m in recorded} ^ {m.without_numbers for m in seen}


def test_each_cause_prints_what_is_recorded(named_engine: Engine, stage: Stage) -> None:
    runs = [*causes.on_real_names(named_engine, stage)]
    outside = [[message] for message in RECORDED if message.page != MANY]
    seen = [run[0] for run in runs] + causes.companions([*runs, *outside])
    assert differences(seen) == set()


@pytest.mark.parametrize('setting', causes.SETTINGS)
@pytest.mark.parametrize('name', ENGINES)
def test_what_lies_outside_every_program_prints_what_is_recorded(name: str, setting: str) -> None:
    if ENGINES[name].executable() is None:
        pytest.skip(missing(ENGINES[name]))
    (cause,) = (cause for cause in CAUSES if cause.setting == setting)
    assert differences(causes.in_setting(ENGINES[name], cause)[:1]) == set()


def test_who_lets_https_call_this_machine_over_http(named_engine: Engine, stage: Stage) -> None:
    stage.show(SHOP)
    named_engine.open(f'{SHOP}/')
    with causes.api_served() as api:
        got = named_engine.run(STEP, '/_pages/any_origin.js', 'readMenu', api)
    assert got.startswith('{"rye"') is (named_engine.name != 'webkit')


READ_WITH_XHR = """
(url, name) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  request.open('GET', url);
  request.onload = () => resolve(request.getResponseHeader(name));
  request.send();
})
"""
SILENCE = ('firefox', 'webkit')


def test_an_unexposed_header_prints_a_line_in_chromium_alone(
    named_engine: Engine, stage: Stage
) -> None:
    stage.show(SHOP)
    stage.play('asgi', 'expose_headers', 'unexposed')
    named_engine.open(f'{SHOP}/')
    assert named_engine.run(READ_WITH_XHR, f'{API}/orders', 'X-Oven') is None
    lines = [] if named_engine.name in SILENCE else ['Refused to get unsafe header "X-Oven"']
    wait_for_console(named_engine, len(lines), SETTLED)
    assert named_engine.console == lines


def test_firefox_alone_says_that_same_site_rejects_a_cookie(
    named_engine: Engine, stage: Stage
) -> None:
    stage.show(OTHER_SITE)
    stage.forget(named_engine)
    stage.play('asgi', 'credentials', 'rejected')
    named_engine.open(f'{OTHER_SITE}/')
    named_engine.run(STEP, '/_pages/credentials.js', 'fillBasket', API)
    wait_for_console(named_engine, 1, SETTLED)
    line = (
        'Cookie “basket” has been rejected because it is in a cross-site context and its '
        '“SameSite” is “Lax” or “Strict”.'
    )
    assert (line in named_engine.console) is (named_engine.name == 'firefox')


def test_the_doctor_tells_a_certificate_from_cors() -> None:
    text = (ROOT / 'docs/errors/certificate.rst').read_text()
    (words,) = re.findall(r'python -m cors_browser (.*)', text)
    asked = parse_arguments(shlex.split(words))
    with causes.api_served(throwaway_certificate()) as api, pytest.raises(Unreachable) as caught:
        Browser(api, asked.page).fetch('/menu')
    assert (caught.value.code, caught.value.kind) == ('network', 'certificate')


# ------------------------------------------------------------------- paste your message

PASTE = """
(text) => {
  const input = document.querySelector('.paste-message textarea');
  input.value = text;
  input.dispatchEvent(new Event('input'));
  const answer = document.querySelector('.paste-answer');
  return [answer.innerText, ...[...answer.querySelectorAll('a')].map(({ pathname }) => pathname)];
}
"""
MOST_PAGES = 4
COMPANIONS = (
    'Failed to load resource: net::ERR_FAILED',
    'Fetch API cannot load {} due to access control checks.',
)


def paste(chromium: Chromium, text: str) -> list[str]:
    """Paste a text; return the names of the pages found, or what is said where none is."""
    said, *paths = chromium.run(PASTE, text)
    return [path.rpartition('/')[2].removesuffix('.html') for path in paths] or [said]


@pytest.fixture
def finder(chromium: Chromium, demo: RunningDemo) -> Chromium:
    chromium.open(f'{demo.guide}/errors/index.html')
    chromium.wait_for("document.querySelector('.paste-message textarea')")
    return chromium


def test_pasting_each_recorded_line_finds_its_page(finder: Chromium) -> None:
    for message in RECORDED:
        found = paste(finder, message.text)
        if message.page == MANY:
            assert found[0].startswith('This line comes with every blocked call'), message
        elif message.text != NOTHING:
            assert message.page in found, (message, found)
            assert len(found) <= MOST_PAGES, (message, found)


def pasted_lines() -> list[tuple[str, str]]:
    """Lines with addresses, ports, methods and headers that no lesson has; the page of each."""
    with (ROOT / 'tests/browsers/pasted_lines.csv').open(newline='') as lines:
        return [(page, line) for page, line in [*csv.reader(lines)][1:]]


NONSENSE = (
    'Uncaught TypeError: Cannot read properties of undefined (reading "map")',
    'The rye is sold out.',
    'https://api.example.com/menu',
    'The page is allowed to be loaded.',
    'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at '
    'file:///home/anna/menu.json. (Reason: CORS request not http).',
    '404',
    '<b>Access</b>',
)


@pytest.mark.parametrize(('page', 'line'), pasted_lines())
def test_a_line_with_other_addresses_finds_its_page(finder: Chromium, page: str, line: str) -> None:
    found = paste(finder, line)
    assert page in found
    assert len(found) <= MOST_PAGES


@pytest.mark.parametrize('line', NONSENSE)
def test_nonsense_finds_no_page(finder: Chromium, line: str) -> None:
    said, *paths = finder.run(PASTE, line)
    assert said == 'No page knows this line. Is it CORS at all?'
    assert [path.rpartition('/howto/')[2] for path in paths] == ['is_it_cors.html']


def test_a_line_that_comes_with_others_says_so(finder: Chromium) -> None:
    for line in COMPANIONS:
        (said,) = paste(finder, line.format('https://x.example/y'))
        assert said.startswith('This line comes with every blocked call')


def test_of_several_lines_the_telling_one_counts(finder: Chromium) -> None:
    line = 'Method PUT is not allowed by Access-Control-Allow-Methods.'
    assert paste(finder, f'{COMPANIONS[0]}\n\n{line}\n{COMPANIONS[1]}') == ['method']


def test_what_is_pasted_stays_text_and_stays_here(finder: Chromium) -> None:
    finder.requests.clear()
    nasty = '<img src=x onerror="document.title = 1">'
    assert finder.run(PASTE, nasty)[0].startswith('No page knows')
    shown = finder.run(
        "() => document.querySelector('.paste-message').querySelectorAll('img').length"
    )
    assert shown == 0
    assert finder.requests == []
    assert paste(finder, '   ') == ['']
