"""Below each page stand its source to edit, its twin, and the examples to download."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from recording.guide import HTML_PAGES, build_guide
from recording.lessons import ROOT


def foot_of(site: Path, page: str) -> BeautifulSoup:
    html = BeautifulSoup((site / page).read_text(), 'html.parser')
    (foot,) = html.select('.page-source')
    return BeautifulSoup(str(foot), 'html.parser')


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_page_names_its_source(site: Path, page: str) -> None:
    (source,) = foot_of(site, page).select('code')
    assert (ROOT / source.get_text()).is_file()
    assert source.get_text().removesuffix('.rst') == f'docs/{page.removesuffix(".html")}'


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_page_offers_the_examples(site: Path, page: str) -> None:
    links = [str(link['href']) for link in foot_of(site, page).select('a')][-2:]
    assert [(site / page).parent.joinpath(link).resolve().name for link in links] == [
        f'{Path(page).name}.md',
        'examples.zip',
    ]
    assert all((site / page).parent.joinpath(link).is_file() for link in links)


@pytest.mark.parametrize(
    ('clone', 'edited'),
    [
        ('https://github.com/x/y.git', 'https://github.com/x/y/edit/main/docs/index.rst'),
        ('https://gitlab.com/x/y', 'https://gitlab.com/x/y/-/edit/main/docs/index.rst'),
        ('git@forge.example:x/y.git', None),
    ],
)
def test_a_forge_edits_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clone: str, edited: str | None
) -> None:
    for folder in ('recorded/exchanges', '_static', '_templates'):
        shutil.copytree(ROOT / 'docs' / folder, tmp_path / 'docs' / folder)
    shutil.copy(ROOT / 'docs/conf.py', tmp_path / 'docs')
    shutil.copy(ROOT / 'pyproject.toml', tmp_path)
    (tmp_path / 'docs/index.rst').write_text('Title\n=====\n\nOpening.\n')
    monkeypatch.setenv('READTHEDOCS_GIT_CLONE_URL', clone)
    foot = foot_of(build_guide(tmp_path / 'html', tmp_path / 'docs'), 'index.html')
    first = str(foot.select('a')[0]['href'])
    assert first == (edited or 'index.html.md')
