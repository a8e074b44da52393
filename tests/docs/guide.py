"""Read the guide as Sphinx does, and keep what the guards ask about."""

from __future__ import annotations

import base64
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from warnings import catch_warnings, simplefilter

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.deprecation import RemovedInSphinx11Warning
from sphinx.directives.code import LiteralInclude
from sphinx.util.docutils import docutils_namespace, patch_docutils
from sphinx_tabs.tabs import SphinxTabsPanel

DIAGRAMS = {  # the page that shows each
    'simple': 'decides',
    'decisions': 'decides',
    'preflighted': 'why_preflights',
    'refused': 'why_preflights',
    'credentialed': 'why_no_wildcard',
}


class RecordingLiteralInclude(LiteralInclude):
    """Sphinx's own directive; the options it was given stay on the node."""

    def run(self) -> list[nodes.Node]:
        blocks = super().run()
        for node in blocks:
            for block in node.findall(nodes.literal_block):
                block['include_options'] = dict(self.options)
        return blocks


@dataclass(frozen=True)
class Block:
    """A block of code, as a page shows it.

    Attributes:
        source: The included file, relative to the repository; None where text was typed.
        download: The file that the caption offers, relative to the repository.
        tab: Label of the tab that it stands in.
    """

    page: str
    text: str
    language: str
    source: str | None
    options: dict[str, str] = field(default_factory=dict)
    download: str | None = None
    caption: str = ''
    tab: str | None = None

    @property
    def region(self) -> tuple[str, ...]:
        return tuple(
            str(self.options.get(key)) for key in ('pyobject', 'start-after', 'end-before')
        )

    @property
    def commands(self) -> list[str]:
        """What a reader types, where the block is a terminal."""
        lines = self.text.splitlines() if self.language == 'console' else []
        return [line.removeprefix('$ ') for line in lines if line.startswith('$ ')]


@dataclass
class Guide:
    """All that the guards look at: the repository's folder, its pages' blocks and tabs.

    Attributes:
        included: Every file that some page includes, relative to the repository.
    """

    root: Path
    pages: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    included: set[str] = field(default_factory=set)
    tab_sets: list[tuple[str, dict[str, list[Block]]]] = field(default_factory=list)
    labels_in_tabs: list[tuple[str, str]] = field(default_factory=list)
    warnings: str = ''

    def add(self, page: Guide) -> None:
        """Add what a guide of one page holds."""
        self.pages += page.pages
        self.blocks += page.blocks
        self.included |= page.included
        self.tab_sets += page.tab_sets
        self.labels_in_tabs += page.labels_in_tabs


class Reader:
    """Reads the pages of a repository, or of a copy, again and again in one process.

    Only pages that changed since the last time, or that include what changed, are read again.
    """

    def __init__(self, root: Path, work: Path) -> None:
        """Prepare to read ``root/docs`` for the html builder, which alone knows tabs."""
        self._root = root
        self._warnings = io.StringIO()
        self._pages: dict[str, Guide] = {}
        self._app = Sphinx(
            srcdir=root / 'docs',
            confdir=root / 'docs',
            outdir=work / 'html',
            doctreedir=work / 'doctrees',
            buildername='html',
            status=None,
            warning=self._warnings,
        )
        self._app.add_directive('literalinclude', RecordingLiteralInclude, override=True)
        self._app.connect('doctree-read', self._read_page, priority=900)  # last

    def read(self) -> Guide:
        with catch_warnings():
            simplefilter('ignore', RemovedInSphinx11Warning)  # napoleon's, not ours
            self._app.builder.read()
            self._app.env.check_consistency()
        guide = Guide(self._root, warnings=self._warnings.getvalue())
        self._warnings.seek(self._warnings.truncate(0))
        for page in sorted(self._app.env.all_docs):
            guide.add(self._pages[page])
        return guide

    def _read_page(self, app: Sphinx, doctree: nodes.document) -> None:
        page = app.env.docname
        self._pages[page] = _read_page(self._root, page, doctree)
        for path in map(os.fspath, app.env.dependencies[page]):
            found = (self._root / 'docs' / path).resolve()
            if found.is_relative_to(self._root.resolve()):
                self._pages[page].included.add(_relative(found, self._root))


@contextmanager
def reader(root: Path, work: Path) -> Iterator[Reader]:
    """Give a reader of ``root/docs`` that keeps Sphinx's files in ``work``."""
    search_path = list(sys.path)
    try:
        with patch_docutils(str(root / 'docs')), docutils_namespace():
            yield Reader(root, work)
    finally:
        sys.path[:] = search_path


def _read_page(root: Path, page: str, doctree: nodes.document) -> Guide:
    guide = Guide(root, [page])
    in_tabs = set()
    for tabs in doctree.findall(_is_tabs):
        labeled: dict[str, list[Block]] = {}
        for panel in tabs.findall(SphinxTabsPanel):
            label = _label(panel)
            labeled[label] = [
                _block(guide, page, node, label) for node in panel.findall(nodes.literal_block)
            ]
            guide.blocks += labeled[label]
            in_tabs |= set(panel.findall(nodes.literal_block))
            guide.labels_in_tabs += [(page, found) for found in _labels(panel)]
        guide.tab_sets.append((page, labeled))
    for node in (*doctree.findall(nodes.literal_block), *doctree.findall(nodes.doctest_block)):
        if node not in in_tabs:
            guide.blocks.append(_block(guide, page, node, None))
    return guide


def _is_tabs(node: nodes.Node) -> bool:
    return isinstance(node, nodes.container) and 'sphinx-tabs' in node['classes']


def _label(panel: nodes.Element) -> str:
    """Decode what sphinx-tabs keeps of a group tab's label; other tabs have none."""
    try:
        return base64.b64decode(panel['name'], validate=True).decode()
    except ValueError:
        return f'(no group tab: {panel["name"]})'


def _labels(panel: nodes.Element) -> Iterator[str]:
    for node in panel.findall(nodes.Element):
        if isinstance(node, nodes.target | nodes.footnote | nodes.citation) or node['names']:
            yield ' '.join(node['names'] or node['ids']) or node.tagname


def _block(guide: Guide, page: str, node: nodes.Element, tab: str | None) -> Block:
    wrapper = node.parent if 'literal-block-wrapper' in node.parent.get('classes', ()) else None
    downloads = list(wrapper.findall(download_reference)) if wrapper else []
    source = node.get('source') if 'include_options' in node else None
    docs = guide.root / 'docs'
    return Block(
        page=page,
        text=node.astext(),
        language=node.get('language', ''),
        source=_relative(Path(source), guide.root) if source else None,
        options=node.get('include_options', {}),
        download=_relative(docs / page / '..' / downloads[0]['reftarget'], guide.root)
        if downloads
        else None,
        caption=downloads[0].astext() if downloads else '',
        tab=tab,
    )


def _relative(path: Path, root: Path) -> str:
    return str(path.resolve().relative_to(root.resolve()))
