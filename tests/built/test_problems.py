"""Every problem that readers have brought is answered: on which page, under which title."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.docs.problems import PROBLEMS, Problem


@pytest.mark.parametrize('problem', PROBLEMS, ids=lambda problem: problem.words)
def test_the_page_answers_under_its_title(site: Path, problem: Problem) -> None:
    """The title exists; the box under the page's title answers it, or links to its section."""
    page = BeautifulSoup((site / f'{problem.page}.html').read_text(), 'html.parser')
    titles = {str(heading.find(string=True)): heading for heading in page.select('h1, h2, h3')}
    heading = titles[problem.section]
    (box,) = page.select('h1 ~ .answer, h1 ~ .fix')
    assert box.find_previous(['h1', 'h2']) is page.h1
    if heading is not page.h1:
        assert isinstance(heading.parent, Tag)
        assert box.select_one(f'a[href="#{heading.parent["id"]}"]')
        assert len(heading.parent.get_text().split()) > 20
    assert len(box.get_text().split()) > 10
