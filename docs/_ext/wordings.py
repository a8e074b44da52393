"""The lines that three consoles print for a cause: ``.. console-wordings::`` on its error page."""

from __future__ import annotations

import csv
from pathlib import Path
from posixpath import basename

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = Path(__file__).parent.parent / 'recorded/browsers/messages.csv'
NOTHING = '(nothing)'
BROWSERS = {'Chromium': 'Chrome, Edge', 'Firefox': 'Firefox', 'WebKitGTK': 'Safari'}


def read_wordings(page: str) -> dict[str, list[str]]:
    """Read what each engine printed for an error page, each line once."""
    lines: dict[str, list[str]] = {}
    with FILE.open(newline='') as rows:
        for name, browser, text in csv.reader(rows):
            if name == page:
                own = lines.setdefault(browser.partition(' ')[0], [])
                if text != NOTHING and text not in own:
                    own.append(text)
    return lines


class ConsoleWordings(SphinxDirective):
    """A quiet table: a row for each browser, with the lines that it printed."""

    def run(self) -> list[nodes.Node]:
        """Build the table from the record; a page that has no record is an error."""
        self.env.note_dependency(str(FILE))
        found = read_wordings(basename(self.env.docname))
        if not found:
            raise self.error(f'{FILE.name} has no line for this page')
        body = nodes.tbody()
        for engine, lines in found.items():
            name = nodes.entry('', nodes.paragraph('', BROWSERS[engine]))
            said = nodes.entry()
            said += [nodes.paragraph('', '', nodes.literal(line, line)) for line in lines] or [
                nodes.paragraph('', 'No line.')
            ]
            body += nodes.row('', name, said)
        columns = [nodes.colspec(colwidth=width) for width in (15, 85)]
        table = nodes.table('', nodes.tgroup('', *columns, body, cols=2), classes=['wordings'])
        return [table]


def wordings_of(doctree: nodes.document) -> list[str]:
    """The recorded lines that a page shows."""
    tables = [t for t in doctree.findall(nodes.table) if 'wordings' in t['classes']]
    return [line.astext() for table in tables for line in table.findall(nodes.literal)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive('console-wordings', ConsoleWordings)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
