"""Each page has a Markdown version that holds all its code, and llms.txt lists them."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup

from recording.guide import HTML_PAGES

FENCED = re.compile(r'^( *)```.*?^\1```$', re.MULTILINE | re.DOTALL)
LINK = re.compile(r'(?<!`)\]\(([^)\s]+)\)')


def read(site: Path, page: str) -> tuple[BeautifulSoup, str]:
    """A page's html and the text of its twin."""
    html = BeautifulSoup((site / page).read_text(), 'html.parser')
    return html, (site / f'{page}.md').read_text()


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_page_names_its_twin_and_says_what_it_is_for(site: Path, page: str) -> None:
    html, _ = read(site, page)
    twin = f'{Path(page).name}.md'
    assert [link['href'] for link in html.select('link[type="text/markdown"]')] == [twin]
    assert [link['href'] for link in html.select('.page-source a')][-2:-1] == [twin]
    (description,) = html.select('meta[name=description]')
    opening = html.select_one('article section > p, article section > .answer > p')
    assert opening
    assert description['content'] == ' '.join(opening.get_text().split()) != ''


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_twin_shows_all_code_under_its_tab_and_path(site: Path, page: str) -> None:
    html, twin = read(site, page)
    at = 0
    for part in html.select('article .sphinx-tabs-panel, article .code-block-caption, article pre'):
        if part.get('role') == 'tabpanel':
            label = html.find(id=str(part['aria-labelledby']))
            shown = f'**{label.get_text()}**' if label else ''
        elif part.name == 'pre':
            shown = '\n'.join(line for line in part.get_text().splitlines() if line.strip())
        else:
            shown = f'`{part.get_text().removesuffix("#").strip()}`]('
        found = without_blanks(twin).find(without_blanks(shown), at)
        assert found >= at, f'{page}: its twin does not show: {shown}'
        at = found


def without_blanks(text: str) -> str:
    """The lines of a text alone: code in a list is indented in Markdown."""
    return '\n'.join(line.strip() for line in text.splitlines() if line.strip())


@pytest.mark.parametrize('page', HTML_PAGES)
def test_a_twin_has_every_row_of_every_table(site: Path, page: str) -> None:
    html, twin = read(site, page)
    rows = [line for line in FENCED.sub('', twin).splitlines() if line.startswith('| ')]
    assert len(rows) == len(html.select('article table tr'))


@pytest.mark.parametrize('page', HTML_PAGES)
def test_the_links_of_a_twin_lead_somewhere(site: Path, page: str) -> None:
    _, twin = read(site, page)
    for link in LINK.findall(FENCED.sub('', twin)):
        if not urlsplit(link).scheme:
            path = urljoin(f'/{page}.md', link).lstrip('/')
            assert (site / path).is_file(), f'{page}.md: {link}'
            assert not path.endswith('.html'), f'{page}.md: {link} leaves the Markdown versions'


def test_llms_txt_lists_every_twin_once(site: Path) -> None:
    text = (site / 'llms.txt').read_text()
    assert text.startswith('# CORS by Example, for Falcon\n\n> Your API')
    listed = re.findall(r'^- \[[^\]]+\]\(([^)]+)\): \S', text, re.MULTILINE)
    assert sorted([*listed, 'index.html.md']) == sorted(f'{page}.md' for page in HTML_PAGES)


def test_other_pages_have_no_twin(site: Path) -> None:
    written = {str(path.relative_to(site)) for path in site.rglob('*.md')}
    assert written == {f'{page}.md' for page in HTML_PAGES}
    assert 'text/markdown' not in (site / 'search.html').read_text()
