"""What an error page shows of a program: the part that sets up CORS."""

from __future__ import annotations

import re

import pytest

from docs._ext.excerpts import excerpt_of, script_excerpt_of
from recording.lessons import ROOT

EXCERPT = re.compile(r'\.\. excerpt:: (\S+)\n(?: +:with: (.+)\n)?')
SHOWN = sorted(
    {
        excerpt
        for path in (ROOT / 'docs/errors').glob('*.rst')
        for excerpt in EXCERPT.findall(path.read_text())
    }
)
PROGRAM = """\
import falcon

from cors import CORSMiddleware

SHOP = ['https://shop.example.com']
UNUSED = 17


class Menu:
    pass


class Login:
    pass


# why
app = falcon.App(middleware=CORSMiddleware(SHOP))
app.add_middleware(Login())
app.add_route('/menu', Menu())
"""
SETUP = """\
from cors import CORSMiddleware

SHOP = ['https://shop.example.com']

"""
SCRIPT = 'async function a(api) {\n  return 1;\n}\n\nasync function b(api) {\n  return 2;\n}\n'


def test_it_is_the_setup_with_the_constants_it_uses() -> None:
    assert excerpt_of(PROGRAM, []) == f'{SETUP}app = falcon.App(middleware=CORSMiddleware(SHOP))\n'


def test_named_definitions_come_with_the_lines_that_use_them() -> None:
    assert excerpt_of(PROGRAM, ['Login']) == (
        f'{SETUP}class Login:\n    pass\n\n'
        'app = falcon.App(middleware=CORSMiddleware(SHOP))\napp.add_middleware(Login())\n'
    )


def test_functions_of_a_script_come_in_the_order_of_their_names() -> None:
    b, a = script_excerpt_of(SCRIPT, ['b', 'a']).split('\n\n')
    assert (b, a) == ('async function b(api) {\n  return 2;\n}', SCRIPT.partition('\n\n')[0] + '\n')


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"\['Oven'\] not defined"):
        excerpt_of(PROGRAM, ['Login', 'Oven'])
    with pytest.raises(ValueError, match=r"\['c'\] not defined"):
        script_excerpt_of(SCRIPT, ['a', 'c'])


@pytest.mark.parametrize(('program', 'names'), SHOWN)
def test_each_excerpt_fits_on_the_first_screen(program: str, names: str) -> None:
    cut = excerpt_of if program.endswith('.py') else script_excerpt_of
    text = cut((ROOT / program).read_text(), names.split())
    assert 0 < len(text.splitlines()) <= 15
