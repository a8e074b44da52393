"""A twin in Markdown of each page of the html guide, and ``llms.txt``, which lists them.

sphinx-markdown-builder translates. Ready-made extensions on top of it (sphinx-llm, sphinx-llms-txt)
leave out tabs' labels and the paths above the programs, and so do not know which server runs what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.osutil import relative_uri
from sphinx_markdown_builder.builder import MarkdownBuilder
from sphinx_markdown_builder.contexts import SubContext, SubContextParams, WrappedContext
from sphinx_markdown_builder.translator import MarkdownTranslator
from sphinx_tabs.tabs import SphinxTabsTab

from docs._ext.search import GuideEnglish, phrases_of, write_search_data

CARD = '_static/card.png'  # the picture that other sites show with a link to a page


class TwinTranslator(MarkdownTranslator):
    """Adds what the html guide has and sphinx-markdown-builder does not know."""

    def visit_SphinxTabsTablist(self, node: nodes.Element) -> None:
        """Leave out the row of buttons: each panel says its label."""
        raise nodes.SkipNode

    def visit_SphinxTabsPanel(self, node: nodes.Element) -> None:
        """Say the tab's label before what is in it."""
        tabs = node.parent.findall(SphinxTabsTab)
        label = next(tab for tab in tabs if node['aria-labelledby'] in tab['ids'])
        self.add(f'**{label.astext()}**', prefix_eol=2, suffix_eol=2)

    def visit_admonition(self, node: nodes.Element) -> None:
        """Write what the html guide folds away, below its title in bold."""
        title = node.pop(0)
        self.add(f'**{title.astext()}**', prefix_eol=2, suffix_eol=2)

    def depart_admonition(self, node: nodes.Element) -> None:
        """End nothing: Markdown has no such blocks."""

    def visit_caption(self, node: nodes.Element) -> None:
        """Write the caption of a program, which links the file."""
        self._push_context(SubContext(SubContextParams(2, 2)))

    def depart_caption(self, node: nodes.Element) -> None:
        """End the caption."""
        self._pop_context()

    def visit_abbreviation(self, node: nodes.Element) -> None:
        """Write the text alone; signatures have it around their ``*``."""

    def visit_line(self, node: nodes.Element) -> None:
        """Begin a line after the first one; ``<br/>`` works in the cells of a table, too."""
        if node.parent.index(node):
            self.add('<br/>')

    def depart_line(self, node: nodes.Element) -> None:
        """End nothing: the next line begins."""

    def visit_target(self, node: nodes.Element) -> None:
        """Write no anchor: a twin has no places to link to."""

    def visit_raw(self, node: nodes.Element) -> None:
        """Write what a page says in plain text where html has a picture; leave out the html."""
        if 'text' in node['format'].split():
            self.add(f'```text\n{node.astext()}\n```', prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def visit_reference(self, node: nodes.Element) -> None:
        """Link the twin of a page of the guide."""
        address = self._fetch_ref_uri(node)
        if node.get('internal'):
            address = address.partition('#')[0].replace('.html', '.html.md')
        self._push_context(WrappedContext('[', f']({address})') if address else WrappedContext(''))

    def depart_reference(self, node: nodes.Element) -> None:
        """End the link."""
        self._pop_context()


def twin_of(page: str) -> str:
    """Name the twin of a page as https://llmstxt.org proposes: its address and ``.md``."""
    return f'{page}.html.md'


def first_paragraph(doctree: nodes.document) -> str:
    """Read the sentence or two that open a page and say what it is for."""
    paragraphs = doctree.findall(nodes.paragraph)
    opening = next((one for one in paragraphs if _may_open(one.parent)), None)
    return ' '.join(opening.astext().split()) if opening else ''


def _may_open(parent: nodes.Element) -> bool:
    """Whether a page can begin with a paragraph in here: in its text or in its first box."""
    return isinstance(parent, nodes.section) or 'answer' in parent['classes']


def describe_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give each page of the html guide its description, and a link to its twin."""
    if doctree is None or app.builder.name != 'html':
        return
    twin = relative_uri(app.builder.get_target_uri(page), twin_of(page))
    context['twin'] = twin
    title, opening = escape(app.env.titles[page].astext()), escape(first_paragraph(doctree))
    base = app.config.html_baseurl  # addresses in these tags are absolute, if the guide has one
    card = f'{base.rstrip("/")}/{CARD}' if base else context['pathto'](CARD, 1)
    context['metatags'] += (
        f'<meta name="description" content="{opening}">\n'
        f'<meta property="og:title" content="{title}">\n'
        f'<meta property="og:description" content="{opening}">\n'
        '<meta property="og:type" content="article">\n'
        f'<meta property="og:image" content="{card}">\n'
        f'<link rel="alternate" type="text/markdown" href="{escape(twin)}">\n'
    )


def write_markdown(app: Sphinx, error: Exception | None) -> None:
    """Write the Markdown versions, ``llms.txt`` and what the search knows beside the pages."""
    if error is not None or app.builder.name != 'html':
        return
    markdown = MarkdownBuilder(app, app.env)
    markdown.init()
    markdown.prepare_writing(set())
    openings, phrases = {}, {}
    for page in sorted(app.env.all_docs):
        doctree = app.env.get_and_resolve_doctree(page, markdown, tags=app.tags)
        openings[page] = first_paragraph(doctree)
        phrases[page] = list(phrases_of(doctree))
        markdown.write_doc(page, doctree)
    listed = '\n'.join(llms_txt(app.env, openings))
    (app.outdir / 'llms.txt').write_text(listed, encoding='utf-8')
    write_search_data(app, openings, phrases)


def llms_txt(env: BuildEnvironment, openings: Mapping[str, str]) -> Iterator[str]:
    """List every page with its first paragraph, in the order of the guide.

    Args:
        env: What Sphinx knows of all pages.
        openings: First paragraph of each page.
    """
    root = env.config.root_doc
    yield f'# {env.config.project}\n'
    yield f'> {openings[root]}'
    for page in pages_below(env, root):
        yield f'\n## {env.titles[page].astext()}\n'
        for one in whole_part(env, page):
            yield f'- [{env.titles[one].astext()}]({twin_of(one)}): {openings[one]}'
    yield ''


def pages_below(env: BuildEnvironment, page: str) -> list[str]:
    """Name the pages of a page's own tables of contents."""
    trees = env.get_doctree(page).findall(addnodes.toctree)
    return [below for tree in trees for _, below in tree['entries']]


def whole_part(env: BuildEnvironment, page: str) -> Iterator[str]:
    """Name a page and all below it, in their order."""
    yield page
    for below in pages_below(env, page):
        yield from whole_part(env, below)


def setup(app: Sphinx) -> dict[str, bool]:
    """Set up the Markdown versions and the search."""
    app.setup_extension('sphinx_markdown_builder')
    app.config.markdown_file_suffix = '.html.md'
    app.config.markdown_uri_doc_suffix = '.html'
    app.add_search_language(GuideEnglish)
    app.set_translator('markdown', TwinTranslator)
    app.connect('html-page-context', describe_page)
    app.connect('build-finished', write_markdown)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
