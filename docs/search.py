"""What the search of the html guide knows: Sphinx's own index, as little of it as ranking needs.

Sphinx's own search wants every word of a question on the page. ``_static/search.js`` ranks
instead, and loads this one file, so that it works from ``file:`` URLs, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search.en import SearchEnglish

EVERYWHERE = 0.5  # a word on more than this share of the pages tells none of them apart
DEFINED = 0.6  # what a term of the glossary or a name of an API counts, where a title counts 1


class GuideEnglish(SearchEnglish):
    """English in which numbers are words, too: readers ask for 401 and 502."""

    def word_filter(self, word: str) -> bool:
        """Tell whether the search knows a word."""
        return word not in self.stopwords


def write_search_data(app: Sphinx, openings: Mapping[str, str]) -> None:
    """Write ``search_data.js`` beside the pages of the html guide.

    Args:
        app: The build; where it read no page, the file that is there stays.
        openings: First paragraph of each page.
    """
    if not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.indexer is None:
        return
    index = app.builder.indexer.freeze()
    names, titles = index['docnames'], index['titles']
    pages = [[name, title, openings[name]] for name, title in zip(names, titles, strict=True)]
    known = {'pages': pages, 'words': words_of(index), 'phrases': list(phrases_of(index))}
    text = f'Search.show({json.dumps(known, separators=(",", ":"))});\n'
    (app.outdir / 'search_data.js').write_text(text, encoding='utf-8')


def words_of(index: Mapping[str, Any]) -> dict[str, list[int]]:
    """Tell for each stem which pages have it, in the text or in a title."""
    found: dict[str, set[int]] = {}
    for terms in (index['terms'], index['titleterms']):
        for stem, pages in terms.items():
            found.setdefault(stem, set()).update([pages] if isinstance(pages, int) else pages)
    most = EVERYWHERE * len(index['docnames'])
    return {stem: sorted(pages) for stem, pages in sorted(found.items()) if len(pages) <= most}


def phrases_of(index: Mapping[str, Any]) -> Iterator[tuple[str, int, str, float]]:
    """Yield each title, index entry and object: its text, page, place on the page, and worth."""
    for title, places in index['alltitles'].items():
        yield from ((title, page, id_ or '', 1) for page, id_ in places)
    for entry, places in index['indexentries'].items():
        yield from ((entry, page, '', DEFINED if main else 1) for page, _, main in places)
    for module, objects in index['objects'].items():
        for page, _, _, _, name in objects:
            yield f'{module}.{name}', page, f'{module}.{name}', DEFINED
