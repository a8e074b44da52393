"""``.. exercise:: one_origin``: a task, the goals that the page checks, and a folded solution.

The goals are in ``docs/exercises/one_origin.toml``, the solutions next to it. With the playground,
``edit.js`` adds a button that opens the lesson's program and checks it against the goals.
"""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

FOLDER = Path(__file__).parent.parent / 'exercises'
SOLUTION = """
.. folded:: A solution

   .. tabs::

      .. group-tab:: WSGI

         .. literalinclude:: {1}/app_wsgi/{0}.py
            :language: python
            :caption: :download:`docs/exercises/app_wsgi/{0}.py <{1}/app_wsgi/{0}.py>`

      .. group-tab:: ASGI

         .. literalinclude:: {1}/app_asgi/{0}.py
            :language: python
            :caption: :download:`docs/exercises/app_asgi/{0}.py <{1}/app_asgi/{0}.py>`
"""


class exercise(nodes.General, nodes.Element):
    """An exercise; ``lesson`` is the lesson whose program the reader changes."""


def checks_of(lesson: str) -> list[dict[str, Any]]:
    """The checks of a lesson's exercise; none if it has no exercise."""
    path = FOLDER / f'{lesson}.toml'
    return list(tomllib.loads(path.read_text())['checks']) if path.is_file() else []


def visit_html(translator: HTML5Translator, node: exercise) -> None:
    """Open the element that the playground looks for."""
    translator.body.append(f'<div class="exercise" data-lesson="{escape(node["lesson"])}">\n')


def depart_html(translator: HTML5Translator, node: exercise) -> None:
    """Close the element."""
    translator.body.append('</div>\n')


def pass_over(translator: nodes.NodeVisitor, node: exercise) -> None:
    """Show the content, and nothing around it."""


class Exercise(SphinxDirective):
    """The argument is the lesson, the content is the task."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Show the task, the goals and the solution."""
        lesson = self.arguments[0]
        checks = checks_of(lesson)
        if not checks:
            raise self.error(f'docs/exercises/{lesson}.toml does not exist')
        self.env.note_dependency(str(FOLDER / f'{lesson}.toml'))
        goals = '\n'.join(f'* {check["goal"]}' for check in checks)
        made = exercise('', *self.parse_content_to_nodes(), lesson=lesson)
        folder = relpath('exercises', dirname(self.env.docname) or '.')
        solution = SOLUTION.format(lesson, folder)
        made += self.parse_text_to_nodes(f'Your goals:\n\n{goals}\n{solution}')
        return [made]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and the node for every builder."""
    plain = (pass_over, pass_over)
    app.add_node(
        exercise,
        html=(visit_html, depart_html),
        text=plain,
        markdown=plain,
        latex=plain,
        man=plain,
        texinfo=plain,
    )
    app.add_directive('exercise', Exercise)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
