"""The part of a program that an error page is about: ``.. excerpt:: app_wsgi/one_origin.py``.

A fix has to fit on the first screen. So an error page shows only the statement that sets up CORS
with the constants it uses, and the caption links to the whole program. ``:with:`` names definitions
to show as well. A page's script has no such statement, so its excerpts show only these.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Set
from pathlib import Path
from posixpath import dirname, relpath
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.directives.code import container_wrapper
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

ROOT = Path(__file__).parent.parent.parent
APP = 'app'  # the name of the application in every program


def excerpt_of(source: str, names: list[str]) -> str:
    """Return the statement that creates the application, what it uses, and the named definitions.

    Raises:
        ValueError: A name isn't defined.
    """
    statements = ast.parse(source).body
    application = next(statement for statement in statements if APP in _defined(statement))
    wanted = {*names, APP, *_used(application)}
    kept = [
        statement
        for statement in statements
        if wanted & _defined(statement)
        or (isinstance(statement, ast.Expr) and _used(statement) & {*names})
    ]
    _check(names, {name for statement in kept for name in _defined(statement)})
    lines = source.splitlines()
    text = ''
    for before, statement in zip([statements[0], *kept], kept, strict=False):
        gap = '\n' if text and statement.lineno - (before.end_lineno or 0) > 1 else ''
        text += gap + '\n'.join(lines[statement.lineno - 1 : statement.end_lineno]) + '\n'
    return text


def script_excerpt_of(source: str, names: list[str]) -> str:
    """Return the named functions of a page's script.

    Raises:
        ValueError: A name isn't defined.
    """
    functions = {
        function[1]: function[0]
        for function in re.finditer(r'^async function (\w+)\(.*?^}\n', source, re.M | re.S)
    }
    _check(names, functions.keys())
    return '\n'.join(functions[name] for name in names)


def _check(names: list[str], defined: Set[str]) -> None:
    if missing := [name for name in names if name not in defined]:
        raise ValueError(f'{missing} not defined')


def _defined(statement: ast.stmt) -> set[str]:
    """Return the names that a statement defines, apart from those of imported modules."""
    match statement:
        case ast.Assign(targets=targets):
            return {name for target in targets for name in _used(target)}
        case ast.ImportFrom(names=aliases):
            return {alias.name for alias in aliases}
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
    return set()


def _used(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


class Excerpt(SphinxDirective):
    """``.. excerpt:: PROGRAM``, with ``:with: NAME NAME``."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec | None] = {'with': directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Build the block; the drift guards read its options."""
        name = self.arguments[0]
        path = ROOT / name
        self.env.note_dependency(str(path))
        cut, language = {
            '.py': (excerpt_of, 'python'),
            '.js': (script_excerpt_of, 'javascript'),
        }[path.suffix]
        try:
            text = cut(path.read_text(), self.options.get('with', '').split())
        except ValueError as error:
            raise self.error(f'{name}: {error}') from error
        block = nodes.literal_block(text, text, language=language, source=str(path))
        block['include_options'] = {'excerpt': ''}
        link = relpath(f'../{name}', dirname(self.env.docname))
        return [container_wrapper(self, block, f':download:`{name} <{link}>`')]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive('excerpt', Excerpt)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
