"""Group the sidebar as the index pages do, and say in each index what its pages are for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from docs._ext.markdown import first_paragraph

ITEM = '<li class="toctree-l2'
SENTENCE = re.compile(r'.{40,}?[.?!](?= |$)|.+')  # or two, if the first one is short
MEANING = 'What it means. '  # how an error page begins


def groups_of(env: BuildEnvironment, index: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the title of each section of an index page, with the pages that it lists."""
    for section in env.get_doctree(index).findall(nodes.section):
        listed = [
            page
            for part in section.children
            for tree in part.findall(addnodes.toctree)
            if not isinstance(part, nodes.section)
            for page in tree['includefiles']
        ]
        if listed:
            yield section[0].astext(), listed


def group_navigation(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the titles of an index page's sections into furo's tree of pages."""
    tree: str | None = context.get('furo_navigation_tree')
    if not tree or app.builder.name != 'html':
        return
    for index in app.env.toctree_includes.get(app.config.root_doc, []):
        groups = list(groups_of(app.env, index))
        for title, pages in groups if len(groups) > 1 else []:
            link = '#' if pages[0] == page else app.builder.get_relative_uri(page, pages[0])
            at = tree.rfind(ITEM, 0, tree.find(f' href="{link}"'))
            tree = f'{tree[:at]}<li class="nav-group">{escape(title)}</li>{tree[at:]}'
    context['furo_navigation_tree'] = tree


def first_sentence(doctree: nodes.document) -> str:
    """Read the sentence or two that say what a page is for."""
    found = SENTENCE.match(first_paragraph(doctree).removeprefix(MEANING))
    return re.sub(':$', '.', found[0]) if found else ''  # the page goes on with code


def describe_entries(app: Sphinx, doctree: nodes.document, index: str) -> None:
    """Let an index page list its pages with the sentence that each begins with."""
    if index not in app.env.toctree_includes.get(app.config.root_doc, []):
        return
    for tree in list(doctree.findall(addnodes.toctree)):
        entries = nodes.bullet_list('', classes=['entries'])
        for page in tree['includefiles']:
            link = nodes.reference('', '', internal=True)
            link['refuri'] = app.builder.get_relative_uri(index, page)
            link += nodes.Text(app.env.titles[page].astext())
            said = first_sentence(app.env.get_doctree(page))
            entries += nodes.list_item(
                '', nodes.paragraph('', '', link), nodes.paragraph(said, said, classes=['entry'])
            )
        tree.replace_self(entries)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect both to the build, the tree after furo has made it."""
    app.connect('doctree-resolved', describe_entries)
    app.connect('html-page-context', group_navigation, priority=900)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
