"""What the EPUB needs and Sphinx leaves undone; epubcheck finds no fault in it then."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def mend(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Say diagrams in words, for e-readers lack their styles; take paragraphs out of paragraphs."""
    if app.builder.name != 'epub':
        return
    for raw in list(doctree.findall(nodes.raw)):
        words = raw.astext()
        if 'text' in raw['format'].split():
            raw.replace_self(nodes.literal_block(words, words, language='text'))
        elif words.lstrip().startswith('<svg'):
            raw.parent.remove(raw)
    for inner in reversed(list(doctree.findall(nodes.paragraph))):
        outer = inner.parent
        if isinstance(outer, nodes.paragraph):  # of docstrings with a list of parameters
            outer.remove(inner)
            outer.parent.insert(outer.parent.index(outer) + 1, inner)


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up the mends."""
    app.connect('doctree-resolved', mend)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
