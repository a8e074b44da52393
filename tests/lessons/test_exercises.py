"""The exercises: the lesson as it is misses a goal, and the solution meets them all."""

from __future__ import annotations

import asyncio
import tomllib
from typing import Any

import pytest

from docs._playground.runner import Playground
from recording.lessons import INTERFACES, ROOT

FOLDER = ROOT / 'docs/exercises'
EXERCISES = sorted(path.stem for path in FOLDER.glob('*.toml'))
LESSONS = [path.stem for path in (ROOT / 'docs/tutorial').glob('*.rst')]


def checks_of(exercise: str) -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = tomllib.loads((FOLDER / f'{exercise}.toml').read_text())[
        'checks'
    ]
    return checks


def faults(program: str, exercise: str, interface: str) -> list[str]:
    """What the page says about a program, one text for each check."""

    async def run() -> list[str]:
        playground = Playground(ROOT)
        outcome = await playground.exercise(
            {
                'interface': interface, 'name': exercise, 'program': program, 'cookies': [],
                'page': 'https://shop.example.com', 'engine': 'standard', 'environment': {},
                'checks': checks_of(exercise),
            }
        )  # fmt: skip
        await playground.close()
        found: list[str] = outcome['faults']
        return found

    return asyncio.run(run())


def test_every_lesson_has_one() -> None:
    assert {*EXERCISES, 'index'} == {*LESSONS}
    for interface in INTERFACES:
        solutions = sorted(path.stem for path in (FOLDER / f'app_{interface}').glob('*.py'))
        assert solutions == EXERCISES


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('exercise', EXERCISES)
def test_the_lesson_does_not_solve_it(exercise: str, interface: str) -> None:
    program = (ROOT / f'app_{interface}/{exercise}.py').read_text()
    first, *_ = faults(program, exercise, interface)
    assert first, 'the first goal is what is new'


@pytest.mark.parametrize('interface', INTERFACES)
@pytest.mark.parametrize('exercise', EXERCISES)
def test_the_solution_solves_it(exercise: str, interface: str) -> None:
    program = (FOLDER / f'app_{interface}/{exercise}.py').read_text()
    assert faults(program, exercise, interface) == [''] * len(checks_of(exercise))
