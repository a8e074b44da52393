"""``.. folded:: The program``: a part of a page that readers open if they want it.

It's a ``<details>`` element, so it works without JavaScript. Formats without one show its content.
"""

from __future__ import annotations

from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


class folded(nodes.General, nodes.Element):
    """A part that opens on a press; ``summary`` is the line to press."""


def visit_html(translator: HTML5Translator, node: folded) -> None:
    """Open the element, closed for the reader."""
    if translator.builder.name != 'epub':
        translator.body.append(
            f'<details class="folded"><summary>{escape(node["summary"])}</summary>\n'
        )


def depart_html(translator: HTML5Translator, node: folded) -> None:
    """Close the element."""
    if translator.builder.name != 'epub':
        translator.body.append('</details>\n')


def pass_over(translator: nodes.NodeVisitor, node: folded) -> None:
    """Show the content, and nothing around it."""


class Folded(SphinxDirective):
    """The argument is the line to press, the content is what opens."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        return [folded('', *self.parse_content_to_nodes(), summary=self.arguments[0])]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and the node for every builder."""
    plain = (pass_over, pass_over)
    app.add_node(
        folded,
        html=(visit_html, depart_html),
        text=plain,
        markdown=plain,
        latex=plain,
        man=plain,
        texinfo=plain,
    )
    app.add_directive('folded', Folded)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
