"""The tiers of noxfile.py run each test once, and build each format for itself."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from recording.lessons import ROOT

TIERS = ('tests', 'docs', 'servers', 'browsers')


def commands_of(name: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return what a session runs."""
    monkeypatch.chdir(ROOT)
    ran: list[tuple[str, ...]] = []

    class Session:
        posargs = ()

        def install(self, *arguments: str) -> None: ...

        def run(self, *arguments: str, env: dict[str, str] | None = None) -> None:
            if guide := (env or {}).get('GUIDE'):
                assert any(command[-1] == guide for command in ran), 'nobody has built it'
            ran.append(arguments)

    getattr(importlib.import_module('noxfile'), name)(Session())
    return ran


def test_every_folder_of_tests_is_in_one_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = [command for name in TIERS for command in commands_of(name, monkeypatch)]
    given = [word for command in commands if 'pytest' in command for word in command]
    found = {path.parent for path in (ROOT / 'tests').rglob('test_*.py')}
    assert sorted(Path(word) for word in given if word.startswith('tests/')) == sorted(
        path.relative_to(ROOT) for path in found
    )


@pytest.mark.parametrize('measured', [True, False])
def test_coverage_is_measured_in_ci_alone(monkeypatch: pytest.MonkeyPatch, measured: bool) -> None:
    monkeypatch.delenv('CI', raising=False)
    if measured:
        monkeypatch.setenv('CI', 'true')
    for name in ('tests', 'servers'):
        *_, command = commands_of(name, monkeypatch)
        assert ('coverage' in command) is measured


def test_each_builder_has_its_own_doctrees(monkeypatch: pytest.MonkeyPatch) -> None:
    builds = [command for command in commands_of('docs', monkeypatch) if 'pytest' not in command]
    doctrees = [command[command.index('--doctree-dir') + 1] for command in builds]
    assert len(builds) == len(set(doctrees)) == 3
    assert all({'--nitpicky', '--fail-on-warning'} <= set(command) for command in builds)
