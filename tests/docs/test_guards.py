"""The guide as it stands has no fault that a guard knows."""

from __future__ import annotations

import pytest

from recording.lessons import ROOT
from tests.docs.guards import GUARDS, MIDDLEWARES, PACKAGES, faults_of_command
from tests.docs.guide import Guide, reader


@pytest.fixture(scope='module')
def guide(tmp_path_factory: pytest.TempPathFactory) -> Guide:
    with reader(ROOT, tmp_path_factory.mktemp('guide')) as pages:
        return pages.read()


@pytest.mark.parametrize('name', GUARDS)
def test_guard_finds_nothing(guide: Guide, name: str) -> None:
    assert list(GUARDS[name](guide)) == []


def test_the_guards_have_something_to_look_at(guide: Guide) -> None:
    assert len(guide.tab_sets) >= 7
    assert {block.tab for block in guide.blocks} == {*PACKAGES, *MIDDLEWARES, None}
    assert sum(len(block.commands) for block in guide.blocks) >= 15


@pytest.mark.parametrize('page', ['README.md', 'CONTRIBUTING.md'])
def test_every_command_of_the_front_matter_runs(page: str) -> None:
    text = (ROOT / page).read_text()
    commands = [line[2:] for line in text.splitlines() if line.startswith('$ ')]
    assert commands
    assert [fault for command in commands for fault in faults_of_command(ROOT, command)] == []
