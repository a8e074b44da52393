"""*Try it* in a real browser, from the guide's origin, against both real servers."""

from __future__ import annotations

from pathlib import Path

from tests.browsers.chromium import Chromium
from tests.browsers.try_it import page_of, press_try_it
from tests.demo.running import RunningDemo, running_demo


def test_the_wire_shows_the_preflight_first(chromium: Chromium, demo: RunningDemo) -> None:
    change, cancel = press_try_it(chromium, demo.guide, 'preflight', 'asgi')
    assert [str(exchange).split('\n')[0] for exchange in change['wire']] == [
        'OPTIONS /orders/17',
        'PUT /orders/17',
    ]
    assert [str(exchange).split('\n')[0] for exchange in cancel['wire']] == ['OPTIONS /orders/17']
    assert 'Access-Control-Request-Method: DELETE' in cancel['wire'][0]


def test_a_disagreement_is_shown(chromium: Chromium, demo: RunningDemo) -> None:
    chromium.open(f'{demo.guide}/{page_of("blocked")}')
    said = chromium.run(
        "() => modelText({ model: { readable: true, why: 'because' }, error: new TypeError() })"
    )
    assert said.startswith('readable\n\nbecause\n\nYour browser disagrees')


def test_another_origin_is_blocked(chromium: Chromium, demo: RunningDemo) -> None:
    localhost = demo.guide.replace('127.0.0.1', 'localhost')
    (read,) = press_try_it(chromium, localhost, 'one_origin', 'wsgi')
    assert read['verdict'] == 'blocked by the browser'
    assert f'Origin: {localhost}' in read['wire'][0]


def test_what_the_server_says_is_shown_as_text(chromium: Chromium, demo: RunningDemo) -> None:
    chromium.open(f'{demo.guide}/{page_of("blocked")}')
    shown = chromium.run(
        """() => {
          const nasty = '<img src=x onerror="document.title = 1">';
          const wire = [{ method: nasty, path: nasty, request_headers: [['Origin', nasty]],
            status: nasty, response_headers: [[nasty, nasty]], body: nasty }];
          const step = shownStep({ name: nasty }, { value: nasty, wire });
          document.body.append(step);
          return [step.querySelectorAll('img').length, step.textContent.split(nasty).length];
        }"""
    )
    assert shown == [0, 9]  # eight texts, no picture


def test_a_dead_demo_is_not_called_cors(chromium: Chromium, site: Path) -> None:
    with running_demo(site) as other:
        chromium.open(f'{other.guide}/{page_of("one_origin")}')
        chromium.wait_for("document.querySelector('.try-it-controls')")
    chromium.run("() => document.querySelector('.try-it-controls button').click()")
    chromium.wait_for("document.querySelector('.try-it-step')")
    said = chromium.run("() => document.querySelector('.try-it-verdict').textContent")
    assert said == 'no answer: is the demo still running?'
