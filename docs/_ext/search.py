"""What the search of the html guide knows: Sphinx's own index, as little of it as ranking needs.

Sphinx's own search wants every word of a question on the page. ``_static/search.js`` ranks
instead, and loads this one file, so that it works from ``file:`` URLs, too.
"""

from __future__ import annotations

import json
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from textwrap import shorten
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search.en import SearchEnglish

from docs._ext.wordings import wordings_of

Phrase = tuple[str, str, float]  # a text, the place on its page or '', and its worth
LONGEST_OPENING = 90  # characters below a result: the file is the heaviest of the search page
EVERYWHERE = 0.25  # a word on more than this share of the pages tells none of them apart
MOST_PAGES = 3  # a heading on more pages, such as "Why it works", leads nowhere
DIGITS = string.digits + string.ascii_lowercase
DEFINED = 0.75  # what a term of the glossary or a name of an API counts, where a title counts 1


class GuideEnglish(SearchEnglish):
    """English in which numbers are words, too: readers ask for 401 and 502."""

    def word_filter(self, word: str) -> bool:
        """Tell whether the search knows a word."""
        return word not in self.stopwords


def write_search_data(
    app: Sphinx, openings: Mapping[str, str], phrases: Mapping[str, Iterable[Phrase]]
) -> None:
    """Write ``search_data.js`` beside the pages of the html guide.

    Args:
        app: The build; where it read no page, the file that is there stays.
        openings: First paragraph of each page.
        phrases: What :func:`phrases_of` finds in each page.
    """
    if not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.indexer is None:
        return
    phrases = {page: [*found] for page, found in phrases.items()}
    common = Counter(text for found in phrases.values() for text in {text for text, *_ in found})
    index = app.builder.indexer.freeze()
    names, titles = index['docnames'], index['titles']
    turns = list(reading_order(app.env.toctree_includes, app.config.root_doc))
    known = {
        'pages': [
            [
                name,
                titles[page],
                shorten(openings[name], LONGEST_OPENING, placeholder='…'),
                turns.index(name),
            ]
            for page, name in enumerate(names)
        ],
        'words': words_of(index),
        'phrases': [
            [page, *one]
            for page, name in enumerate(names)
            for one in phrases[name]
            if not one[1] or common[one[0]] <= MOST_PAGES  # a console's line leads to each
        ],
    }
    text = f'Search.show({json.dumps(known, separators=(",", ":"))});\n'
    (app.outdir / 'search_data.js').write_text(text, encoding='utf-8')


def reading_order(includes: Mapping[str, Iterable[str]], page: str) -> Iterator[str]:
    """Yield a page and those below it, as the tables of contents list them."""
    yield page
    for below in includes.get(page, ()):
        yield from reading_order(includes, below)


def words_of(index: Mapping[str, Any]) -> dict[str, str]:
    """Tell for each stem which pages have it, in the text or in a title: two digits a page."""
    found: dict[str, set[int]] = {}
    for terms in (index['terms'], index['titleterms']):
        for stem, pages in terms.items():
            found.setdefault(stem, set()).update([pages] if isinstance(pages, int) else pages)
    most = EVERYWHERE * len(index['docnames'])
    return {
        stem: ''.join(map(two_digits, sorted(pages)))
        for stem, pages in sorted(found.items())
        if 0 < len(pages) <= most
    }


def two_digits(number: int) -> str:
    """Write a number below 1,296 to the base 36, which ``search.js`` reads with ``parseInt``."""
    high, low = divmod(number, len(DIGITS))
    return DIGITS[high] + DIGITS[low]


def phrases_of(doctree: nodes.document) -> Iterator[Phrase]:
    """Yield what a page answers to: its titles, index entries, lines of consoles, and names.

    Sphinx's own index forgets the index entries of pages that a build did not read again.
    """
    for title in doctree.findall(nodes.title):
        if not isinstance(title.parent, nodes.section):
            continue  # an admonition has a title, but no address
        whole = title.parent.parent is doctree
        yield title.astext(), '' if whole else title.parent['ids'][0], 1
    signatures = doctree.findall(addnodes.desc_signature)
    names = [name for signature in signatures for name in signature['ids']]
    for node in doctree.findall(addnodes.index):
        for _, entry, target, main, _ in node['entries']:
            if target not in names:
                yield entry, '', DEFINED if main else 1
    for line in wordings_of(doctree):
        yield line, '', 1
    yield from ((name, name, DEFINED) for name in names)
