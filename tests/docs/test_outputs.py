"""What the guide prints of programs and policies is what they say today."""

from __future__ import annotations

import pytest

from recording.programs.printed import OUTPUTS, PROGRAMS_FOLDER
from recording.programs.several_workers import REPORT


@pytest.mark.parametrize('name', OUTPUTS)
def test_the_output_is_as_recorded(name: str) -> None:
    assert OUTPUTS[name]() == (PROGRAMS_FOLDER / name).read_text()


def test_every_output_is_made_by_something() -> None:
    assert {path.name for path in PROGRAMS_FOLDER.iterdir()} == {*OUTPUTS, REPORT.name}
