"""The playground as a reader uses it: edit, run, read what happened, share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from recording.browsers.verdicts import SETTLED, wait_for_console
from recording.engines.base import Engine
from recording.engines.chromium import Chromium
from recording.lessons import ROOT
from tests.browsers import playground
from tests.browsers.test_pages import faults

PROGRAM = """
import logging

import falcon

class Menu:
    def on_get(self, req, resp):
        logging.warning('somebody reads the menu')
        resp.media = {'rye': 4.2}

app = falcon.App(middleware=falcon.CORSMiddleware('https://shop.example.com'))
app.add_route('/menu', Menu())
"""
SCRIPT = """
async function readMenu(api) {
  return (await fetch(`${api}/menu`)).json();
}
export default [readMenu];
"""
CONSOLES = {
    'chromium': "Access to fetch at 'https://api.example.com/menu' from origin 'null' has been "
    "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested "
    'resource.',
    'firefox': 'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote '
    'resource at https://api.example.com/menu. (Reason: CORS header '
    '‘Access-Control-Allow-Origin’ missing). Status code: 200.',
    'webkit': 'Origin null is not allowed by Access-Control-Allow-Origin. Status code: 200',
}


def run(browser: Engine, **changes: Any) -> dict[str, Any]:
    given = {'program': PROGRAM, 'script': SCRIPT, **changes}
    return playground.run(browser, 'one_origin', **given)


def test_a_changed_program_runs(open_page: Engine) -> None:
    (step,) = run(open_page)['steps']
    assert (step['name'], step['verdict']) == ('readMenu', 'readable')
    assert step['got'] == '{\n  "rye": 4.2\n}'
    assert step['log'] == 'WARNING:root:somebody reads the menu\n'
    (exchange,) = step['wire']
    assert exchange.startswith('GET /menu\nHost: api.example.com\n')
    assert 'Origin: https://shop.example.com\n' in exchange
    assert 'Access-Control-Allow-Origin: https://shop.example.com\n' in exchange


@pytest.mark.parametrize('modeled', CONSOLES)
def test_a_blocked_page_sees_the_rule_and_the_console(open_page: Engine, modeled: str) -> None:
    shown = run(open_page, page='null', engine=modeled)
    (step,) = shown['steps']
    assert step['verdict'] == 'blocked'
    assert step['console'] == [CONSOLES[modeled]]
    links = open_page.run(
        "() => [...document.querySelectorAll('.playground-results a')].map((one) => one.href)"
    )
    assert links[0] == 'https://fetch.spec.whatwg.org/#cors-check'
    assert links[1].endswith('/errors/no_acao.html')
    assert 'Fix: Send Access-Control-Allow-Origin on the response' in shown['text']


def test_the_standard_prints_nothing(open_page: Engine) -> None:
    (step,) = run(open_page, page='https://partner.example.com', engine='standard')['steps']
    assert (step['verdict'], step['console']) == ('blocked', [])


def test_a_fault_of_the_program_leads_to_its_line(open_page: Engine) -> None:
    shown = run(open_page, program='import falcon\n\nraise KeyError("bread")\n')
    (problem,) = shown['problems']
    assert problem == "The program does not start. Line 3KeyError: 'bread'"
    open_page.run("() => document.querySelector('.playground-problem button').click()")
    focused = open_page.run(
        """() => [
          document.activeElement.ariaLabel ?? document.activeElement.getAttribute('aria-label'),
          document.querySelectorAll('.cm-lint-marker-error').length,
        ]"""
    )
    assert focused == ['Program (Python)', 1]


def test_each_fault_of_a_policy_is_listed(open_page: Engine) -> None:
    policy = "CORSMiddleware(allow_origins=['shop.example.com', 'https://x.example/'])"
    program = f'import falcon\nfrom cors import CORSMiddleware\n\napp = falcon.App({policy})\n'
    shown = run(open_page, program=program)
    faults = open_page.run(
        "() => [...document.querySelectorAll('.playground-problem li')].map((li) => li.textContent)"
    )
    assert len(faults) == 2
    assert all(fault.startswith('allow_origins') for fault in faults)
    assert shown['problems'][0].startswith('This policy cannot work. Line 4')


@pytest.mark.parametrize(
    ('script', 'words'),
    [
        ('async function a() {}', 'The script must end with: export default'),
        ('let x = ;\nexport default [];', 'SyntaxError'),
        ('const a = 1;\nundefinedName();\nexport default [];', 'undefinedName'),
    ],
)
def test_a_script_that_does_not_run_says_why(open_page: Engine, script: str, words: str) -> None:
    (problem,) = run(open_page, script=script)['problems']
    assert problem.startswith('The page script does not run.')
    assert words in problem


def test_a_step_that_throws_has_failed_in_the_script(open_page: Engine) -> None:
    script = 'async function a() { throw new Error("no bread"); }\nexport default [a];'
    (step,) = run(open_page, script=script)['steps']
    assert (step['verdict'], step['got']) == ('failed in the script', 'Error: no bread')


def test_the_cookie_of_the_api_is_sent(open_page: Engine) -> None:
    script = SCRIPT.replace('/menu`', "/menu`, { credentials: 'include' }")
    (step,) = run(open_page, script=script, cookies=['basket=rye; Secure; SameSite=None'])['steps']
    assert 'Cookie: basket=rye\n' in step['wire'][0]
    shown = run(open_page, script=script, cookies=['basket=rye; SameSite=None'])
    assert "Cookie: header: the cookie 'basket' is refused" in shown['text']
    assert 'Cookie: basket' not in shown['steps'][0]['wire'][0]


def test_reset_brings_the_lesson_back(open_page: Engine) -> None:
    run(open_page)
    open_page.run(
        """() => [...document.querySelectorAll('.playground-buttons button')]
          .find((button) => button.textContent === 'Reset').click()"""
    )
    same = open_page.run(
        """() => {
          const { panel } = window;
          const lesson = panel.lessons.one_origin;
          return [panel.program.text === lesson.programs.wsgi, panel.script.text === lesson.script];
        }"""
    )
    assert same == [True, True]


def test_a_link_carries_the_state(open_page: Engine) -> None:
    run(open_page, page='https://bread.example', engine='firefox', cookies=['a=1'])
    state = open_page.run(
        """async () => {
          const { fromLink, toLink } = await import('/_static/playground/panel.js');
          return fromLink(await toLink(window.panel.read()));
        }"""
    )
    assert state == {
        'lesson': 'one_origin', 'interface': 'wsgi', 'program': PROGRAM, 'script': SCRIPT,
        'page': 'https://bread.example', 'engine': 'firefox', 'cookies': ['a=1'],
    }  # fmt: skip


def test_the_page_loads_nothing_before_the_press(chromium: Chromium, hosted: str) -> None:
    chromium.open(f'{hosted}/playground.html')
    chromium.wait_for("document.querySelector('.playground-open')")
    wait_for_console(chromium, 0, SETTLED)
    assert [one for one in chromium.requests if '/playground/' in one] == []
    chromium.run("() => document.querySelector('.playground-open').click()")
    chromium.wait_for(playground.READY, 120)
    loaded = [one.removeprefix(hosted) for one in chromium.requests if '/playground/' in one]
    assert all(one.startswith('/_static/playground/') for one in loaded)
    assert chromium.console == []


KEYS = {'Tab': 9, 'Enter': 13}


def test_the_keyboard_is_enough(chromium: Chromium, hosted: str) -> None:
    def press_until(condition: str) -> None:
        for _ in range(80):
            if chromium.run(f'() => {condition}'):
                return
            chromium.press('Tab', KEYS['Tab'])
        raise AssertionError(f'Tab does not lead to {condition}')

    chromium.look(1280)
    chromium.open(f'{hosted}/playground.html')
    chromium.wait_for("document.querySelector('.playground-open')")
    press_until("document.activeElement.className === 'playground-open'")
    chromium.press('Enter', KEYS['Enter'], '\r')
    chromium.wait_for(playground.READY, 120)
    press_until("document.activeElement.matches('.cm-content[aria-label^=Program]')")
    press_until("document.activeElement.matches('.cm-content[aria-label^=Page]')")
    press_until("document.activeElement.className === 'playground-run'")
    chromium.press('Enter', KEYS['Enter'], '\r')
    chromium.wait_for("document.querySelectorAll('.playground-step').length === 2")


def test_a_policy_of_ones_own_is_compared_in_all_browsers(open_page: Engine) -> None:
    playground.run(open_page, 'own_policy', page='https://shop.example.com')
    open_page.run('() => window.panel.compare()')
    table = open_page.run(
        """() => [...document.querySelectorAll('.playground-comparison tr')].map((row) => (
          [...row.children].map((cell) => cell.textContent)
        ))"""
    )
    assert table[0] == ['', 'Chromium', 'Firefox', 'WebKit', 'the Fetch Standard']
    assert table[1] == ['readItems', *['readable'] * 4]
    assert [row[0] for row in table[1:]] == ['readItems', 'changeItems']
    assert all(cell.startswith('blocked') for cell in table[2][1:])
    assert all('Access-Control-Allow-Credentials' in cell for cell in table[2][1:])


CURL = """HTTP/2 200
access-control-allow-origin: *
content-type: application/json

{}
"""
CHECK = """
async ([fields]) => {
  const { open } = await import('/_static/playground/panel.js');
  const check = await open(document.querySelector('.playground'), { isCheck: true });
  for (const [name, value] of Object.entries(fields)) check.form.elements[name].value = value;
  await check.run();
  return check.results.textContent;
}
"""


@pytest.mark.parametrize(
    ('credentials', 'words'),
    [('same-origin', 'can read the response'), ('include', 'acao-wildcard-with-credentials')],
)
def test_a_response_is_checked(engine: Engine, hosted: str, credentials: str, words: str) -> None:
    engine.open(f'{hosted}/check.html')
    fields = {
        'text': CURL, 'url': 'https://api.example.com/menu', 'page': 'https://shop.example.com',
        'credentials': credentials,
    }  # fmt: skip
    assert words in engine.run(CHECK, [fields])


HAR_ENTRY = {
    '_resourceType': 'fetch',
    'request': {
        'method': 'GET',
        'url': 'https://api.example.com/menu',
        'headers': [{'name': 'origin', 'value': 'https://shop.example.com'}],
        'cookies': [],
    },
    'response': {'status': 200, 'statusText': '', 'headers': [], 'content': {'text': ''}},
}


def test_a_har_file_is_checked(engine: Engine, hosted: str) -> None:
    engine.open(f'{hosted}/check.html')
    text = json.dumps({'log': {'entries': [HAR_ENTRY]}})
    found = engine.run(
        """async ([text]) => {
          const { open } = await import('/_static/playground/panel.js');
          const check = await open(document.querySelector('.playground'), { isCheck: true });
          const files = new DataTransfer();
          files.items.add(new File([text], 'network.har'));
          check.file.files = files.files;
          await check.run();
          return check.results.textContent;
        }""",
        [text],
    )
    assert 'BLOCKED: ' in found
    assert '1 of 1 fetches' in found


def edit(browser: Engine, page: str, lesson: str) -> None:
    """Press *Edit* on a lesson's panel, and wait until Python is ready."""
    panel = f'.panel[data-lesson="{lesson}"]'
    browser.open(page)
    browser.wait_for(f"document.querySelector('{panel} .playground-open')")
    browser.run(f"() => document.querySelector('{panel} .playground-open').click()")
    browser.wait_for(playground.READY, 120)


SHOWN = """
() => [...document.querySelectorAll('.playground-step')].map((step) => [
  step.dataset.step,
  step.querySelector('.playground-verdict').textContent,
  step.querySelector('.playground-verdict').classList.contains('good'),
])
"""
PRESS_RUN = "() => document.querySelector('.playground-run').click()"
DONE = "document.querySelector('.playground-run:enabled')"


@pytest.mark.parametrize('width', [1280, 380])
@pytest.mark.parametrize('page', ['playground', 'check', 'tutorial/preflight'])
def test_axe_finds_no_fault_in_the_editor(
    chromium: Chromium, hosted: str, page: str, width: int
) -> None:
    chromium.look(width)
    chromium.open(f'{hosted}/{page}.html')
    chromium.wait_for("document.querySelector('.playground-open')")
    chromium.run("() => document.querySelector('.playground-open').click()")
    chromium.wait_for("document.querySelector('.playground-run')")
    if page == 'check':
        chromium.run(
            "() => { document.querySelector('textarea').value = 'HTTP/1.1 200 OK\\n\\n'; }"
        )
    chromium.run(PRESS_RUN)
    shown = '.playground-step, .playground-problem, .playground-doctor'
    chromium.wait_for(f"document.querySelector('{shown}')", 120)
    assert faults(chromium) == []
    assert chromium.run('() => document.documentElement.scrollWidth') <= width
    chromium.look(width, dark=True)
    assert faults(chromium) == []


def test_a_lesson_is_edited_on_its_page(chromium: Chromium, hosted: str) -> None:
    edit(chromium, f'{hosted}/tutorial/preflight.html', 'preflight')
    recorded = "() => document.querySelector('.panel-recorded').checkVisibility()"
    assert chromium.run(recorded) is False
    chromium.run(PRESS_RUN)
    chromium.wait_for("document.querySelectorAll('.playground-step').length === 2")
    assert chromium.run(SHOWN) == [
        ['changeOrder', 'readable', True],
        ['cancelOrder', 'blocked', False],
    ]
    chromium.run(
        """() => [...document.querySelectorAll('.playground-buttons button')]
          .find((button) => button.textContent === 'Close').click()"""
    )
    assert chromium.run(recorded) is True
    assert chromium.run('() => document.activeElement.textContent') == 'Edit'


def test_an_attack_meets_the_fixed_program(chromium: Chromium, hosted: str) -> None:
    edit(chromium, f'{hosted}/howto/attack_reflection.html', 'wrong_reflection')
    chromium.run(PRESS_RUN)
    chromium.wait_for("document.querySelector('.playground-step')")
    assert chromium.run(SHOWN) == [['readBasket', 'STOLEN', False]]
    chromium.wait_for(DONE)
    chromium.run(
        """() => {
          const program = document.querySelector('select[name=called]');
          program.value = 'defended';
          program.dispatchEvent(new Event('change'));
        }"""
    )
    chromium.wait_for(playground.READY)
    chromium.run(PRESS_RUN)
    chromium.wait_for("document.querySelector('.playground-step')")
    assert chromium.run(SHOWN) == [['readBasket', 'BLOCKED', True]]


GOALS = """
() => [...document.querySelectorAll('.playground-goals li')].map((goal) => [
  goal.querySelector('.playground-verdict').textContent,
  goal.querySelector('.playground-fault')?.textContent ?? '',
])
"""
SOLVE = """
async ([program]) => {
  const { open } = await import('/_static/playground/panel.js');
  const place = document.querySelector('.exercise .playground');
  const panel = await open(place, { lesson: 'one_origin', isExercise: true });
  panel.program.text = program;
  await panel.check();
}
"""
MISSING = [
    ['not yet', 'Blocked by the browser: the response has no Access-Control-Allow-Origin.'],
    *[['done', '']] * 3,
]


def open_exercise(browser: Engine, hosted: str) -> None:
    """Press *Solve it here*, and wait until Python is ready."""
    browser.open(f'{hosted}/tutorial/one_origin.html')
    browser.wait_for("document.querySelector('.exercise .playground-open')")
    browser.run("() => document.querySelector('.exercise .playground-open').click()")
    browser.wait_for(playground.READY, 120)


def test_an_exercise_names_the_goals_that_are_not_met(engine: Engine, hosted: str) -> None:
    open_exercise(engine, hosted)
    engine.run(
        """() => [...document.querySelectorAll('.playground-buttons button')]
          .find((button) => button.textContent === 'Check').click()"""
    )
    engine.wait_for("document.querySelector('.playground-goals')", 60)
    assert engine.run(GOALS) == MISSING
    solution = (ROOT / 'docs/exercises/app_wsgi/one_origin.py').read_text()
    engine.run(SOLVE, [solution])
    assert engine.run(GOALS) == [['done', '']] * 4


@pytest.mark.parametrize('width', [1280, 380])
def test_axe_finds_no_fault_in_an_exercise(chromium: Chromium, hosted: str, width: int) -> None:
    chromium.look(width)
    open_exercise(chromium, hosted)
    chromium.run(SOLVE, ['app = 1'])
    assert 'The program does not start.' in chromium.run(
        "() => document.querySelector('.playground-problem').textContent"
    )
    chromium.run(SOLVE, [(ROOT / 'app_wsgi/one_origin.py').read_text()])
    assert chromium.run(GOALS) == MISSING
    assert faults(chromium) == []
    assert chromium.run('() => document.documentElement.scrollWidth') <= width
    chromium.look(width, dark=True)
    assert faults(chromium) == []
