"""What pages load of the playground: nothing, until a reader asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from recording.guide import HTML_PAGES


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_page_loads_nothing_of_the_playground(site: Path, page: str) -> None:
    soup = BeautifulSoup((site / page).read_text(), 'html.parser')
    loaded = [str(tag.get('src') or tag.get('href')) for tag in soup.find_all(['script', 'link'])]
    assert [one for one in loaded if '/playground/' in one] == []
    has_place = soup.select_one('.playground, .panel[data-lesson]') is not None
    assert any('edit.js' in one for one in loaded) == has_place
