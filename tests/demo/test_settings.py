"""The demo serves each lesson as its file is, but for the origins of its pages."""

from __future__ import annotations

from collections.abc import Iterator
from types import CodeType

import pytest

from demo.mount import LessonLoader, load_lesson
from demo.settings import ATTACKER_PORT_VARIABLE, GUIDE_PORT_VARIABLE
from recording.lessons import INTERFACES, PROGRAMS, ROOT, pairs

MESSAGE = 'Set BAKERY_ORIGINS, for example to {}'
REPLACED = {  # a constant of some lesson, and the demo's in its place
    'https://shop.example.com': 'http://127.0.0.1:9123',
    'https://shop.example.com/': 'http://127.0.0.1:9123/',  # wrong_invalid_origin
    'https://partner.example.com': 'http://localhost:9123',
    'api.example.com': '127.0.0.1',  # tenants_by_host, wrong_redirect
    'partner-api.example.com': 'localhost',
    'http://old.example.com': 'http://127.0.0.1:9124',
    r'https://.*\.example\.com': r'http://127\.0\.0\.1',
    MESSAGE.format('https://shop.example.com'): MESSAGE.format('http://127.0.0.1:9123'),
}


def file_of(interface: str, lesson: str) -> str:
    return str(ROOT / f'app_{interface}' / f'{lesson}.py')


def served_code(interface: str, lesson: str) -> CodeType:
    return LessonLoader(lesson, file_of(interface, lesson)).get_code(lesson)


def written_code(interface: str, lesson: str) -> CodeType:
    path = file_of(interface, lesson)
    with open(path, 'rb') as file:
        return compile(file.read(), path, 'exec', dont_inherit=True)


def instructions(code: CodeType) -> Iterator[object]:
    """Yield all of a program but its constants."""
    yield code.co_name, code.co_firstlineno, code.co_code, code.co_names, code.co_varnames
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from instructions(constant)


def constants(value: object) -> Iterator[object]:
    """Yield the constants of a program, one by one."""
    match value:
        case CodeType():
            for constant in value.co_consts:
                yield from constants(constant)
        case tuple() | frozenset():
            for constant in value:
                yield from constants(constant)
        case _:
            yield value


@pytest.fixture
def guide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GUIDE_PORT_VARIABLE, '9123')
    monkeypatch.setenv(ATTACKER_PORT_VARIABLE, '9124')


@pytest.mark.usefixtures('guide')
@pytest.mark.parametrize(('interface', 'lesson'), pairs(PROGRAMS))
def test_nothing_but_known_names_differs(interface: str, lesson: str) -> None:
    written, served = written_code(interface, lesson), served_code(interface, lesson)
    assert list(instructions(served)) == list(instructions(written))
    for before, after in zip(constants(written), constants(served), strict=True):
        assert after == (REPLACED.get(before, before) if isinstance(before, str) else before)


def test_no_lesson_has_an_address_of_the_demo() -> None:
    known = {'apps', 'local_development', 'wrong_redirect'}  # they are about such origins
    for interface, lesson in pairs(sorted(set(PROGRAMS) - known)):
        for constant in constants(written_code(interface, lesson)):
            assert '127.0.0.1' not in str(constant), lesson
            assert 'localhost' not in str(constant), lesson


@pytest.mark.parametrize('name', REPLACED)
def test_every_replaced_name_is_in_a_lesson(name: str) -> None:
    programs = [written_code(*pair) for pair in pairs(PROGRAMS)]
    assert any(name in list(constants(program)) for program in programs)


@pytest.mark.parametrize(('interface', 'lesson'), pairs(PROGRAMS))
def test_without_a_guide_the_program_is_the_file(interface: str, lesson: str) -> None:
    assert served_code(interface, lesson) == written_code(interface, lesson)


@pytest.mark.usefixtures('guide')
@pytest.mark.parametrize('interface', INTERFACES)
def test_the_demo_has_no_tls_so_its_cookies_need_none(interface: str) -> None:
    app = load_lesson(f'app_{interface}', 'credentials')
    assert app.resp_options.secure_cookies_by_default is False


@pytest.mark.parametrize('interface', INTERFACES)
def test_as_written_cookies_are_secure(interface: str) -> None:
    app = load_lesson(f'app_{interface}', 'credentials')
    assert app.resp_options.secure_cookies_by_default is True
