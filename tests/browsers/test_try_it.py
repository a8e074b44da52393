"""*Try it* in a real browser, from the guide's origin, against both real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from recording.browsers.panel import FORM, PRESS, STEPS, open_panel, page_of, press, press_try_it
from recording.engines.chromium import Chromium
from recording.lessons import SCRIPTS, pairs
from recording.running_demo import RunningDemo, running_demo


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
          const step = shownStep({ name: nasty }, { value: nasty, unjudged: nasty, wire });
          document.body.append(step);
          return [step.querySelectorAll('img').length, step.textContent.split(nasty).length];
        }"""
    )
    assert shown == [0, 10]  # nine texts, no picture


def test_a_dead_demo_is_not_called_cors(chromium: Chromium, site: Path) -> None:
    with running_demo(site) as other:
        chromium.open(f'{other.guide}/{page_of("one_origin")}')
        chromium.wait_for("document.querySelector('.panel-try')")
    chromium.run("() => document.querySelector('.panel-try button').click()")
    chromium.wait_for("document.querySelector('.panel-live .panel-step')")
    said = chromium.run(
        "() => document.querySelector('.panel-live .panel-verdict strong').textContent"
    )
    assert said == 'no answer: is the demo still running?'
    said = chromium.run("() => document.querySelector('.panel-model pre').textContent")
    assert said == 'It judges recorded exchanges. This step has none.'


def test_two_panels_of_a_page_run_in_turn(chromium: Chromium, demo: RunningDemo) -> None:
    lessons = ['wrong_append_header', 'wrong_two_headers']
    forms = [FORM.format(lesson) for lesson in lessons]
    open_panel(chromium, demo.guide, lessons[0])
    chromium.wait_for(f'document.querySelector({forms[1]!r})')
    alone = [press(chromium, lesson, 'wsgi') for lesson in lessons]
    assert alone[0][0]['wire'] != alone[1][0]['wire']
    chromium.run(f"(forms) => forms.forEach((form) => ({PRESS})(form, 'wsgi'))", forms)
    chromium.wait_for("!document.querySelector('.panel-try button:disabled')")
    assert [chromium.run(STEPS, form) for form in forms] == alone


@pytest.mark.parametrize('lesson', SCRIPTS)
def test_every_panel_runs_and_the_model_agrees(
    chromium: Chromium, demo: RunningDemo, lesson: str
) -> None:
    open_panel(chromium, demo.guide, lesson)
    for interface, _ in pairs([lesson]):
        steps = press(chromium, lesson, interface)
        assert steps
        for step in steps:
            says = str(step['model'])
            assert 'disagrees' not in says
            assert 'could not judge' not in says
            assert step['verdict'] != 'no answer: is the demo still running?'


@pytest.mark.parametrize(
    ('answer', 'why'),
    [
        ("Promise.resolve(new Response('', { status: 400 }))", '400'),
        ("Promise.reject(new TypeError('gone'))", 'TypeError: gone'),
    ],
)
def test_a_model_that_does_not_judge_is_told(
    chromium: Chromium, demo: RunningDemo, answer: str, why: str
) -> None:
    open_panel(chromium, demo.guide, 'one_origin')
    chromium.run(
        f"""() => {{
          const real = window.fetch;
          window.fetch = (url, options) => (url === '/_model' ? {answer} : real(url, options));
        }}"""
    )
    (read,) = press(chromium, 'one_origin', 'wsgi')
    assert read['verdict'] == 'readable'
    assert read['model'] == f'cors_browser could not judge this ({why}).'


def test_a_panel_that_stops_says_so(chromium: Chromium, demo: RunningDemo) -> None:
    open_panel(chromium, demo.guide, 'one_origin')
    chromium.run("() => { crypto.randomUUID = () => { throw new Error('no key'); }; }")
    assert press(chromium, 'one_origin', 'wsgi') == []
    said = chromium.run("() => document.querySelector('.panel-results').textContent")
    assert said == 'The panel stopped: Error: no key. Is the demo still running?'


def test_a_script_that_does_not_load_is_told(
    chromium: Chromium, site: Path, tmp_path: Path
) -> None:
    page = (site / page_of('one_origin')).read_text()
    (tmp_path / 'tutorial').mkdir()
    (tmp_path / 'tutorial/page.html').write_text(
        page.replace('data-lesson="one_origin"', 'data-lesson="no_such"')
    )
    (tmp_path / 'index.html').touch()
    (tmp_path / '_static').symlink_to(site / '_static')
    with running_demo(tmp_path) as demo:
        chromium.open(f'{demo.guide}/tutorial/page.html')
        chromium.wait_for("document.querySelector('.panel-failure')")
    said = chromium.run("() => document.querySelector('.panel-live').textContent")
    assert said.startswith('The script of this panel did not load: TypeError: ')
    recorded = chromium.run("() => document.querySelector('.panel-recorded').innerText")
    assert '"rye": 4.2' in recorded  # the recorded run is still there
