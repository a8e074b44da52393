"""Each engine prints what is recorded, and a pasted line finds its page."""

from __future__ import annotations

import re
import shlex

import pytest

from cors_browser import Browser, Unreachable
from cors_browser.options import parse_arguments
from recording.browsers import causes
from recording.browsers.causes import CAUSES, MANY, STEP, Message
from recording.browsers.local_servers import serving, throwaway_certificate
from recording.browsers.real_names import OTHER_SITE, Stage
from recording.browsers.verdicts import SETTLED, wait_for_console
from recording.engines import ENGINES
from recording.engines.base import Engine, missing
from recording.engines.chromium import Chromium
from recording.lessons import API, ROOT, SHOP

RECORDED = causes.read()
#: The pages whose causes lie outside every program.
OUTSIDE = list(dict.fromkeys(cause.page for cause in CAUSES if cause.setting != 'names'))


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


@pytest.mark.parametrize('page', OUTSIDE)
@pytest.mark.parametrize('name', ENGINES)
def test_what_lies_outside_every_program_prints_what_is_recorded(name: str, page: str) -> None:
    if ENGINES[name].executable() is None:
        pytest.skip(missing(ENGINES[name]))
    settings = dict.fromkeys(cause.setting for cause in CAUSES if cause.page == page)
    runs = [run for setting in settings for run in causes.in_setting(ENGINES[name], setting)]
    assert differences([run[0] for run in runs]) == set()


def test_chromium_blocks_a_page_that_comes_in_place_of_a_picture(chromium: Chromium) -> None:
    """Only the network panel names the reason; the consoles stay silent."""
    with causes.page_served() as page, serving(('Content-Type', 'text/html')) as (api, _):
        chromium.open(f'{page}/index.html')
        chromium.run(STEP, '/_pages/embedding.js', 'showLogo', api)
    assert chromium.failures == ['net::ERR_BLOCKED_BY_ORB']


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
