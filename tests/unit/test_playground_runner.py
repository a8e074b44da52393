"""What runs in the playground's Python: programs, their faults, and the browser of their page."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
from typing import Any

import pytest

from docs._playground import runner
from docs._playground.runner import Playground
from recording.lessons import ROOT

PAGE = 'https://shop.example.com'
FALCON = """
import falcon

class Menu:
    def on_get(self, req, resp):
        resp.media = {'rye': 4.2}

    def on_post(self, req, resp):
        print('posted', req.bounded_stream.read().decode())
        resp.set_cookie('seen', 'yes', same_site='None')

app = falcon.App(middleware=falcon.CORSMiddleware('*'))
app.add_route('/menu', Menu())
"""
SOCKET = """
import falcon.asgi

class Orders:
    async def on_websocket(self, req, ws):
        await ws.accept()
        await ws.send_text(req.get_header('Origin'))
        await ws.send_data(b'17')
        await ws.close(4000)

class Closed:
    async def on_websocket(self, req, ws):
        await ws.close()

class Patient:
    async def on_websocket(self, req, ws):
        await ws.accept()
        await ws.receive_text()

app = falcon.asgi.App()
app.add_route('/orders', Orders())
app.add_route('/closed', Closed())
app.add_route('/patient', Patient())
"""


def job(program: str, **changes: Any) -> dict[str, Any]:
    return {
        'interface': 'wsgi', 'name': 'menu', 'program': program, 'page': PAGE,
        'engine': 'chromium', 'cookies': [], 'environment': {}, **changes,
    }  # fmt: skip


def fetched(program: str, /, url: str = '/menu', method: str = 'GET', **options: Any) -> Any:
    async def run() -> Any:
        playground = Playground(ROOT)
        changes = options.pop('job', {})
        loaded = await playground.load(job(program, **changes))
        assert 'fault' not in loaded
        try:
            return await playground.fetch({'url': url, 'method': method, **options})
        finally:
            await playground.close()

    return asyncio.run(run())


def loaded(program: str, **changes: Any) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        playground = Playground(ROOT)
        values = await playground.load(job(program, **changes))
        await playground.close()
        return values

    return asyncio.run(run())


def test_a_page_reads_a_response() -> None:
    outcome = fetched(FALCON)
    body = outcome['response'].pop('body')
    assert json.loads(base64.b64decode(body)) == {'rye': 4.2}
    assert outcome['response'] == {
        'type': 'cors',
        'url': 'https://api.example.com/menu',
        'status': 200,
        'headers': [('content-type', 'application/json'), ('content-length', '12')],
        'redirected': False,
    }
    assert [step['status'] for step in outcome['exchange']['steps']] == [200]
    assert json.dumps(outcome)


def test_a_body_is_sent_and_the_log_and_the_cookies_come_back() -> None:
    body = base64.b64encode(b'two').decode()
    outcome = fetched(FALCON, method='POST', body=body)
    assert outcome['log'] == 'posted two\n'
    assert outcome['jar'] == []  # the request had no credentials
    outcome = fetched(FALCON, method='POST', credentials='include')
    assert outcome['blocked']['code'] == 'acao-wildcard-with-credentials'
    assert [cookie['name'] for cookie in outcome['jar']] == ['seen']


def test_a_blocked_page_gets_the_rule_and_the_line_of_the_console() -> None:
    outcome = fetched(FALCON, method='PUT', job={'engine': 'webkit'})
    assert outcome['blocked'] == {
        'code': 'preflight-method',
        'reason': "Access-Control-Allow-Methods is 'GET, POST', without PUT",
        'header': 'Access-Control-Allow-Methods',
        'kind': '',
        'fix': 'List the method in Access-Control-Allow-Methods. It is case-sensitive.',
        'guide': 'errors/method',
        'section': 'https://fetch.spec.whatwg.org/#cors-preflight-fetch',
        'console': 'Method PUT is not allowed by Access-Control-Allow-Methods.',
    }
    assert json.dumps(outcome)


def test_a_malformed_call_is_invalid() -> None:
    assert fetched(FALCON, credentials='maybe')['invalid'].startswith('credentials: ')
    assert fetched(FALCON, 'http://')['invalid'].startswith('url: ')


def test_a_crash_is_logged_and_becomes_the_500_of_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logging.root, 'handlers', [])  # pytest's own take what is logged
    crash = 'def app(environ, start_response):\n    raise RuntimeError("cold oven")\n'
    outcome = fetched(crash)
    assert outcome['blocked']['code'] == 'acao-missing'
    assert outcome['exchange']['steps'][0]['status'] == 500
    assert 'RuntimeError: cold oven' in outcome['log']
    assert 'menu.py", line 2' in outcome['log']


def test_a_cookie_in_the_jar_is_sent_and_a_bad_one_is_refused() -> None:
    cookies = ['basket=rye; Path=/; Secure; SameSite=None', '__Host-x=1']
    outcome = fetched(FALCON, credentials='include', job={'cookies': cookies})
    assert outcome['exchange']['cookies_sent'] == ('basket',)
    (refused,) = loaded(FALCON, cookies=cookies)['refused']
    assert "the cookie '__Host-x' is refused" in refused


def test_a_frame_has_its_own_origin_and_the_cookies_of_the_page() -> None:
    program = (ROOT / 'app_wsgi/wrong_null.py').read_text()
    cookies = ['basket=rye; Secure; SameSite=None', 'user=baker; Secure; SameSite=Lax']
    job = {'cookies': cookies}
    outcome = fetched(program, '/basket', page='null', credentials='include', job=job)
    assert outcome['exchange']['page'] == 'null'
    assert outcome['exchange']['cookies_sent'] == ('basket',)
    assert 'response' in outcome


@pytest.mark.parametrize(
    ('page', 'site'),
    [
        ('https://api.example.com', 'same-origin'),
        (PAGE, 'same-site'),
        ('https://other.example.net', 'cross-site'),
        ('null', 'cross-site'),
    ],
)
def test_a_request_says_from_which_site_it_comes(page: str, site: str) -> None:
    (step,) = fetched(FALCON, job={'page': page})['exchange']['steps']
    assert ('sec-fetch-site', site) in step['request_headers']


def test_a_redirect_to_the_other_host_reaches_the_same_program() -> None:
    program = (ROOT / 'app_wsgi/wrong_redirect.py').read_text()
    outcome = fetched(program)
    hosts = [step['url'].split('/')[2] for step in outcome['exchange']['steps']]
    assert hosts == ['api.example.com', 'menu.example.com']


@pytest.mark.parametrize(
    ('program', 'line', 'message'),
    [
        ('import falcon\napp = (\n', 2, "SyntaxError: '(' was never closed"),
        ('x = 1\n\nraise KeyError("bread")', 3, "KeyError: 'bread'"),
        ('import json\n\njson.loads("{")', 3, 'json.decoder.JSONDecodeError: '),
        ('x = 1', None, 'docs._playground.runner.NoAppError: the program has no application'),
        ('app = 1', None, 'docs._playground.runner.NoAppError: the program has no application'),
        ('raise SystemExit(3)', 1, 'SystemExit: 3'),
        ('import sqlalchemy_of_nobody', 1, "ModuleNotFoundError: No module named 'sqlalchemy_"),
        ('eval("(")', 1, 'SyntaxError: '),
    ],
)
def test_a_fault_has_its_line(program: str, line: int | None, message: str) -> None:
    fault = loaded(program)['fault']
    assert fault['line'] == line
    assert message in fault['message']
    assert fault['faults'] == []


def test_a_policy_error_lists_its_faults() -> None:
    program = (
        'from cors import CORSMiddleware\nimport falcon\n\napp = falcon.App(\n'
        '    middleware=CORSMiddleware(\n'
        "        allow_origins=['shop.example.com', 'https://shop.example.com/'],\n    )\n)\n"
    )
    fault = loaded(program)['fault']
    assert fault['line'] == 5
    assert [one.partition(':')[0] for one in fault['faults']] == ['allow_origins', 'allow_origins']


def test_what_a_program_prints_at_its_start_is_kept_within_limits() -> None:
    assert loaded(f'print("hello")\n{FALCON}')['log'] == 'hello\n'
    log = loaded(f'print("x" * 10 ** 6)\n{FALCON}')['log']
    assert len(log) < 21_000
    assert log.endswith('(and more)\n')


def test_the_environment_is_set_while_the_program_starts() -> None:
    program = f'import os\nprint(os.environ["BAKERY"])\n{FALCON}'
    assert loaded(program, environment={'BAKERY': 'open'})['log'] == 'open\n'
    assert 'BAKERY' not in os.environ


def test_a_program_configures_logging_for_itself_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.root, 'handlers', [])
    program = f'import logging\nlogging.basicConfig()\nlogging.warning("hot")\n{FALCON}'
    assert loaded(program)['log'] == 'WARNING:root:hot\n'
    assert logging.root.handlers == []


def test_a_fault_leaves_no_program_of_an_earlier_run() -> None:
    async def run() -> None:
        playground = Playground(ROOT)
        await playground.load(job(FALCON))
        await playground.load(job('x = 1'))
        await playground.fetch({'url': '/menu', 'method': 'GET'})

    with pytest.raises(RuntimeError, match='no program is running'):
        asyncio.run(run())


@pytest.mark.parametrize(
    ('path', 'expected'),
    [
        ('/orders', (True, [PAGE, "b'17'"], 4000, 101)),
        ('/closed', (False, [], 1006, 403)),
        ('/patient', (True, [], 1006, 101)),
    ],
)
def test_a_websocket_gets_what_the_program_sends(path: str, expected: object) -> None:
    async def run() -> dict[str, Any]:
        playground = Playground(ROOT)
        await playground.load(job(SOCKET, interface='asgi'))
        try:
            return await playground.websocket({'url': f'wss://api.example.com{path}'})
        finally:
            await playground.close()

    got = asyncio.run(run())
    shake = got['handshake']
    assert (got['accepted'], got['messages'], got['code'], shake['status']) == expected
    assert ('origin', PAGE) in shake['request_headers']


def test_a_websocket_gets_the_cookies_of_its_site() -> None:
    async def run(page: str) -> list[str]:
        playground = Playground(ROOT)
        cookies = ['basket=rye; Secure; SameSite=Lax']
        await playground.load(job(SOCKET, interface='asgi', page=page, cookies=cookies))
        got = await playground.websocket({'url': 'wss://api.example.com/orders'})
        await playground.close()
        return [value for name, value in got['handshake']['request_headers'] if name == 'cookie']

    assert asyncio.run(run(PAGE)) == ['basket=rye']
    assert asyncio.run(run('https://other.example.net')) == []


RESPONSE = """HTTP/1.1 200 OK
Access-Control-Allow-Origin: https://partner.example.com
Content-Type: application/json

{}
"""


@pytest.mark.parametrize(
    ('page', 'code', 'words'),
    [
        ('https://partner.example.com', 0, 'can read the response'),
        (PAGE, 1, 'acao-mismatch'),
        ('nowhere', 2, "'nowhere'"),
    ],
)
def test_the_doctor_examines_a_recording(page: str, code: int, words: str) -> None:
    url = 'https://api.example.com/menu'
    arguments = [url, '--page', page, '--response', '{}']
    checked = Playground(ROOT).check({'text': RESPONSE, 'arguments': arguments})
    found = asyncio.run(checked)
    assert found['code'] == code
    assert words in found['text']


def test_the_doctor_refuses_an_argument_that_it_does_not_have() -> None:
    checked = Playground(ROOT).check({'text': RESPONSE, 'arguments': ['--hat', '{}']})
    found = asyncio.run(checked)
    assert (found['code'], '--hat' in found['text']) == (2, True)


def test_calls_are_json_both_ways() -> None:
    async def run() -> list[str]:
        loaded = await runner.call('load', json.dumps(job(FALCON)))
        fetched = await runner.call('fetch', json.dumps({'url': '/menu', 'method': 'GET'}))
        await runner.playground.close()
        return [loaded, fetched]

    loaded, fetched = map(json.loads, asyncio.run(run()))
    assert loaded == {'log': '', 'refused': []}
    assert fetched['response']['status'] == 200


GOALS = {
    'it meets the goal': (PAGE, {'status': 200}, ''),
    'the page is blocked': (
        'https://partner.example.com',
        {'status': 200},
        'Blocked by the browser: the response has no Access-Control-Allow-Origin.',
    ),
    'the page should be blocked': (PAGE, {'blocked': True}, 'The page can read the response.'),
    'the page is blocked as it should': ('https://partner.example.com', {'blocked': True}, ''),
    'the status is another': (PAGE, {'status': 404}, 'The status is 200, not 404.'),
    'a header is hidden': (
        PAGE,
        {'status': 200, 'headers': {'X-Oven': 'north'}},
        "The page reads None from X-Oven, not 'north'.",
    ),
    'a header is readable': (PAGE, {'status': 200, 'headers': {'Content-Length': '12'}}, ''),
}


def exercised(program: str, *checks: dict[str, Any]) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        playground = Playground(ROOT)
        try:
            return await playground.exercise({**job(program), 'checks': checks})
        finally:
            await playground.close()

    return asyncio.run(run())


@pytest.mark.parametrize('goal', GOALS)
def test_an_exercise_says_what_is_missing(goal: str) -> None:
    page, expected, fault = GOALS[goal]
    program = FALCON.replace("CORSMiddleware('*')", f'CORSMiddleware({PAGE!r})')
    check = {'page': page, 'request': {'url': '/menu'}, 'expect': expected}
    assert exercised(program, check)['faults'] == [fault]


def test_an_exercise_has_what_the_program_prints() -> None:
    check = {'page': PAGE, 'request': {'url': '/menu', 'method': 'POST', 'body': b'rye'}}
    outcome = exercised(FALCON, {**check, 'expect': {'status': 200}})
    assert outcome == {'log': 'posted rye\n', 'faults': ['']}


def test_an_exercise_with_a_fault_is_not_checked() -> None:
    assert exercised('app = ')['fault']['line'] == 1
