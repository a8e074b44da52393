"""The EPUB: every page, both tabs under their labels, no link that leads nowhere."""

from __future__ import annotations

import os
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

from recording.guide import HTML_PAGES, build_guide
from recording.lessons import ROOT
from tests.built.html import ids_of


@pytest.fixture(scope='module')
def book(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of the book that have text; the variable GUIDE says where it is built already."""
    if html := os.environ.get('GUIDE'):
        folder = ROOT / html / '../epub'
    else:
        folder = build_guide(tmp_path_factory.mktemp('book') / 'epub', builder='epub')
    (path,) = folder.glob('*.epub')
    with ZipFile(path) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if Path(name).suffix in ('.xhtml', '.opf')
        }


@pytest.fixture(scope='module')
def pages(book: dict[str, str]) -> dict[str, BeautifulSoup]:
    return {
        name: BeautifulSoup(text[text.index('<html') :], 'html.parser')
        for name, text in book.items()
        if name.endswith('.xhtml')
    }


def test_it_holds_every_page_and_says_what_it_is(book: dict[str, str]) -> None:
    assert {page.replace('.html', '.xhtml') for page in HTML_PAGES} <= set(book)
    assert '>CORS by Example, for Falcon</dc:title>' in book['content.opf']
    assert 'unknown<' not in book['content.opf']


def test_both_tabs_are_shown_under_their_labels(pages: dict[str, BeautifulSoup]) -> None:
    text = pages['tutorial/one_origin.xhtml'].get_text()
    order = ('\nWSGI\n', 'app = falcon.App', '\nASGI\n', 'falcon.asgi.App(')
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_every_link_leads_somewhere(pages: dict[str, BeautifulSoup]) -> None:
    ids = {name: ids_of(page) for name, page in pages.items()}
    checked = 0
    for name, page in pages.items():
        for link in page.select('a[href]'):
            target = urlsplit(str(link['href']))
            if not target.scheme:
                path = normpath(join(dirname(name), unquote(target.path))) if target.path else name
                assert path in pages, f'{name}: {link["href"]}'
                assert not target.fragment or unquote(target.fragment) in ids[path], link
                checked += 1
    assert checked > 100


def test_it_is_well_formed_where_sphinx_is_not(pages: dict[str, BeautifulSoup]) -> None:
    for name, page in pages.items():
        assert not page.select('p p, article svg'), name
    assert 'GET /menu' in pages['explanation/decides.xhtml'].get_text()
