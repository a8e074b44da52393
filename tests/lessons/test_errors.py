"""Each error page's program fails in ``cors_browser`` with the code that the page names."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from cors_browser import Blocked, Browser
from cors_browser.options import parse_arguments
from recording.browsers.causes import CAUSES
from recording.lessons import INTERFACES, ROOT, SHOP, load

LIVE = 'http://127.0.0.1:8000'
ASKED = re.compile(r'^ +\$ python -m cors_browser (.*)$', re.MULTILINE)
PROGRAM = re.compile(r'gunicorn app_wsgi\.([a-z_]+):app')
STOPS = re.compile(r'[Ii]t\s+stops\s+at\s+``([a-z-]+)``')
DEMO = {cause.page: cause for cause in CAUSES if cause.setting == 'names' and cause.code}

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


def text_of(page: str) -> str:
    return (ROOT / f'docs/errors/{page}.rst').read_text()


def doctor_of(page: str) -> tuple[str, Any]:
    """The code that a page promises, and the command line that it prints."""
    text = text_of(page)
    (words,), (code,) = ASKED.findall(text), STOPS.findall(text)
    return code, parse_arguments(shlex.split(words))


def blocked(browser: Browser, url: str, method: str = 'GET', **options: Any) -> Blocked:
    with pytest.raises(Blocked) as caught:
        browser.fetch(url, method, **options)
    return caught.value


@pytest.mark.parametrize('page', DEMO)
def test_the_doctor_stops_where_the_page_says(interface: str, page: str) -> None:
    code, doctor = doctor_of(page)
    assert code in {cause.code for cause in CAUSES if cause.page == page}
    lesson = PROGRAM.findall(ASKED.split(text_of(page))[0])[-1]  # the doctor checks the last one
    assert lesson in {cause.lesson for cause in CAUSES if cause.page == page}
    app = load(interface, lesson)
    hosts: dict[str, Any] = dict.fromkeys(doctor.also, app)
    browser = Browser(app, doctor.page, api=LIVE, hosts=hosts)
    headers = dict(header.split(': ') for header in doctor.header)
    failure = blocked(
        browser, doctor.url, doctor.method, headers=headers, credentials=doctor.credentials
    )
    assert failure.code == code


@pytest.mark.parametrize(
    ('lesson', 'path', 'method', 'code'),
    [
        ('wrong_invalid_origin', '/menu/trailing_slash', 'GET', 'acao-mismatch'),
        ('wrong_invalid_origin', '/menu/empty', 'GET', 'acao-mismatch'),
        ('wrong_invalid_origin', '/menu/null', 'GET', 'acao-mismatch'),
        ('wrong_append_header', '/menu', 'GET', 'acao-multiple'),
        ('wrong_bad_list', '/breads/rye', 'PUT', 'preflight-bad-allow-headers'),
    ],
)
def test_its_other_programs_fail_as_it_says(
    interface: str, lesson: str, path: str, method: str, code: str
) -> None:
    browser = Browser(load(interface, lesson), SHOP, api=LIVE)
    assert blocked(browser, path, method, json={} if method == 'PUT' else None).code == code


def test_a_page_over_https_sends_nothing_to_http(interface: str) -> None:
    code, doctor = doctor_of('mixed_content')
    browser = Browser(load(interface, 'any_origin'), doctor.page, api='http://api.example.com')
    failure = blocked(browser, doctor.url)
    assert failure.code == code
    assert failure.exchange.steps == []


def test_a_redirect_hides_the_page_from_the_third_origin(interface: str) -> None:
    app = load(interface, 'wrong_redirect')
    browser = Browser(app, SHOP, api=LIVE, hosts={'http://localhost:8000': app})
    first, second = blocked(browser, '/menu').exchange.steps
    assert ('origin', SHOP) in first.request_headers
    assert ('origin', 'null') in second.request_headers


def test_no_cors_gives_an_answer_without_text(interface: str) -> None:
    browser = Browser(load(interface, 'wrong_no_cors'), SHOP, api=LIVE)
    reply = browser.fetch('/menu', mode='no-cors')
    assert (reply.type, reply.status, reply.text()) == ('opaque', 0, '')
    assert blocked(browser, '/menu').code == 'acao-missing'


def test_upper_case_mends_the_method(interface: str) -> None:
    browser = Browser(load(interface, 'wrong_method_case'), SHOP, api=LIVE)
    assert browser.fetch('/orders/17', 'PATCH', json={'loaves': 2}).json()['number'] == 17


def test_the_one_page_that_is_named_may_read(interface: str) -> None:
    browser = Browser(load(interface, 'wrong_other_origin'), 'https://www.example.com', api=LIVE)
    assert browser.fetch('/menu').json() == {'rye': 4.2, 'sourdough': 5.5}


def test_a_crash_is_a_500_without_a_header(interface: str) -> None:
    browser = Browser(load(interface, 'wrong_crash'), SHOP, api=LIVE)
    assert blocked(browser, '/oven').exchange.steps[-1].status == 500
