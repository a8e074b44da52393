"""The attack lab: each attack works on its wrong program, and the test to copy notices that."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import falcon
import falcon.testing
import pytest

from recording.lessons import INTERFACES, load
from recording.programs import attacks as lab
from tests.lessons import test_attacks as to_copy

READING = [
    ('wrong_reflection', 'https://evil.example', to_copy.test_no_other_page_reads),
    ('wrong_reflection', 'https://old.example.com', to_copy.test_no_other_page_reads),
    (
        'wrong_regex',
        'https://shop.example.com.evil.example',
        to_copy.test_no_lookalike_reads,
    ),
    ('wrong_plain_http', 'http://old.example.com', to_copy.test_no_page_without_tls_reads),
]


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize(('lesson', 'page', 'test'), READING)
def test_an_attacker_reads_the_basket(
    interface: str, lesson: str, page: str, test: Callable[[Any, str], None]
) -> None:
    app = load(interface, lesson)
    assert to_copy.read_basket(app, page) == {'basket': 'rye'}
    with pytest.raises(pytest.fail.Exception, match='DID NOT RAISE'):
        test(app, page)


@pytest.mark.parametrize('interface', INTERFACES)
def test_a_sandbox_reads_the_basket(interface: str) -> None:
    app = load(interface, 'wrong_null')
    assert to_copy.read_basket(app, 'null') == {'basket': 'rye'}
    with pytest.raises(pytest.fail.Exception, match='DID NOT RAISE'):
        to_copy.test_no_sandbox_reads(app)


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('site', ['same-site', 'cross-site'])
def test_a_foreign_page_orders(interface: str, site: str) -> None:
    app = load(interface, 'wrong_csrf')
    with pytest.raises(AssertionError, match='200 in '):
        to_copy.test_no_foreign_page_orders(app, None, site)


@pytest.mark.parametrize('page', ['https://evil.example', 'https://old.example.com', 'null'])
def test_a_foreign_page_opens_a_websocket(page: str) -> None:
    app = load('asgi', 'wrong_websockets')
    with pytest.raises(pytest.fail.Exception, match='DID NOT RAISE'):
        to_copy.test_no_foreign_page_opens_a_websocket(app, page)


def test_browsers_let_each_attack_through_and_none_on_a_fixed_program() -> None:
    header, *rows = csv.reader(lab.results().splitlines())
    sides = ['From the same site', 'From another site', 'On the fixed program']
    assert header == ['Attack', *sides]
    assert [row[0] for row in rows] == list(lab.ATTACKS)
    assert {row[3] for row in rows} == {':good:`blocked`'}
    assert all(':bad:`succeeds`' in row[1] for row in rows)
    assert not any(':bad:`succeeds`' in row[2] for row in rows)


def test_falcon_writes_no_same_site_by_itself() -> None:
    class Login:
        def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
            resp.set_cookie('basket', 'rye')

    app = falcon.App()
    app.add_route('/', Login())
    assert falcon.testing.TestClient(app).simulate_get().cookies['basket'].same_site is None
