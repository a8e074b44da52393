"""The built site: every internal link leads somewhere, and no page fetches from elsewhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup, Tag

from recording.browsers.panel import page_of
from recording.lessons import LESSONS, ONE_SIDED, PROGRAMS, ROOT, SCRIPTS, pairs
from tests.built.html import ids_of
from tests.docs.guide import DIAGRAMS

FETCHING = {
    'audio': 'src',
    'embed': 'src',
    'iframe': 'src',
    'img': 'src',
    'link': 'href',
    'script': 'src',
    'source': 'src',
    'video': 'src',
}
NOT_FETCHED = {'alternate', 'author', 'canonical', 'index', 'next', 'prev', 'search'}
MAX_BYTES = 250_000  # of a page and all that it fetches, uncompressed
SHARED = {'cors.py'}
LESSONS_WITH_PAGE = sorted({*LESSONS} & {*SCRIPTS})
MODEL = {str(path.relative_to(ROOT)) for path in ROOT.glob('cors_browser/*.py')}


@pytest.fixture(scope='module')
def pages(site: Path) -> dict[str, BeautifulSoup]:
    return {
        str(path.relative_to(site)): BeautifulSoup(path.read_text(), 'html.parser')
        for path in sorted(site.rglob('*.html'))
    }


def fetched(page: BeautifulSoup) -> list[str]:
    """Addresses that a browser asks for by itself when it shows the page."""
    found = []
    for name, attribute in FETCHING.items():
        for tag in page.find_all(name):
            if isinstance(tag, Tag) and not NOT_FETCHED & set(tag.get('rel') or ()):
                found += [str(tag[attribute])] if tag.has_attr(attribute) else []
    return found


def test_no_page_fetches_from_elsewhere(site: Path, pages: dict[str, BeautifulSoup]) -> None:
    assert len(pages) > 10
    for name, page in pages.items():
        addresses = fetched(page)
        assert addresses, name
        assert [address for address in addresses if urlsplit(address).netloc] == [], name
    for style in site.rglob('*.css'):
        assert 'url(http' not in style.read_text(), style
        assert '@import' not in style.read_text(), style


def test_every_internal_link_leads_somewhere(site: Path, pages: dict[str, BeautifulSoup]) -> None:
    ids = {name: ids_of(page) for name, page in pages.items()}
    checked = 0
    for name, page in pages.items():
        links = [str(tag['href']) for tag in page.find_all('a', href=True) if isinstance(tag, Tag)]
        for link in links + fetched(page):
            target = urlsplit(urljoin(f'/{name}', link))
            if urlsplit(link).scheme or link in ('#', ''):
                continue
            path = site / unquote(target.path).lstrip('/')
            assert path.is_file() or (path / 'index.html').is_file(), f'{name}: {link}'
            if target.fragment:
                there = ids[str(path.relative_to(site))]
                assert unquote(target.fragment) in there, f'{name}: {link}'
            checked += 1
    assert checked > 200


def test_every_program_can_be_downloaded(pages: dict[str, BeautifulSoup]) -> None:
    offered = {Path(str(link['href'])).name for link in pages['examples.html'].select('a.download')}
    programs = {f'{name}.py' for name in PROGRAMS}
    assert offered == SHARED | programs | {f'{name}.js' for name in LESSONS_WITH_PAGE}


def test_the_zip_holds_every_example(site: Path) -> None:
    with ZipFile(site / 'examples.zip') as archive:
        files = {name.partition('/')[2]: archive.read(name) for name in archive.namelist()}
    programs = {f'app_{side}/{name}.py' for side, name in pairs(PROGRAMS)}
    scripts = {f'frontend/{name}.js' for name in SCRIPTS}
    inits = {'app_asgi/__init__.py', 'app_wsgi/__init__.py'}
    others = {'LICENSE', 'frontend/pictures/loaf.svg'}
    assert set(files) == programs | scripts | inits | SHARED | MODEL | others
    for name, content in files.items():
        assert content == (ROOT / name).read_bytes(), name


def test_every_page_is_light(site: Path, pages: dict[str, BeautifulSoup]) -> None:
    for name, page in pages.items():
        addresses = {urlsplit(urljoin(f'/{name}', address)).path for address in fetched(page)}
        files = [site / name, *(site / address.lstrip('/') for address in addresses)]
        weights = {path.name: path.stat().st_size for path in files}
        assert len(files) > 6
        assert sum(weights.values()) < MAX_BYTES, (name, weights)


def test_each_how_to_is_listed_with_a_sentence_of_its_own(pages: dict[str, BeautifulSoup]) -> None:
    listed = [entry.get_text() for entry in pages['howto/index.html'].select('p.entry')]
    assert len(listed) == len(set(listed)) > 30
    assert [sentence for sentence in listed if not sentence.endswith(('.', '?', '!'))] == []


@pytest.mark.parametrize('lesson', LESSONS_WITH_PAGE)
def test_a_lesson_has_tabs_and_a_panel(pages: dict[str, BeautifulSoup], lesson: str) -> None:
    page = pages[page_of(lesson)]
    tabs = [tab.get_text() for tab in page.select('[role=tab]')]
    assert tabs == ['WSGI', 'ASGI'] * (len(tabs) // 2)
    sides = 1 if lesson in ONE_SIDED else 2
    assert len(page.select('[role=tabpanel] a.download')) == len(tabs) // 2 * sides >= 1
    assert len(page.select(f'.panel[data-lesson={lesson}]')) == 1


@pytest.mark.parametrize('name', DIAGRAMS)
def test_a_screen_reader_is_told_the_words(site: Path, name: str) -> None:
    page = BeautifulSoup((site / f'explanation/{DIAGRAMS[name]}.html').read_text(), 'html.parser')
    (picture,) = page.select(f'svg.diagram-{name}')
    assert picture['role'] == 'img'
    for attribute, element in (('aria-labelledby', 'title'), ('aria-describedby', 'desc')):
        (description,) = page.select(f'[id="{picture[attribute]}"]')
        assert description.name == element
    words = (ROOT / f'docs/_build/diagrams/{name}.txt').read_text()
    assert description.get_text() == ' '.join(words.splitlines())
