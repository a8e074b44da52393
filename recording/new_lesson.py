"""Write the files of a new lesson, to be filled in: ``nox -s lesson -- hello_cors``."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAME = re.compile(r'[a-z][a-z0-9]*(_[a-z0-9]+)*')
PROGRAM = '''"""TITLE: say in one sentence what this program shows."""

import FALCON

from cors import CORSMiddleware


class Menu:
    ASYNCdef on_get(self, req: FALCON.Request, resp: FALCON.Response) -> None:
        resp.media = {'rye': 4.2, 'sourdough': 5.5}


app = FALCON.App(middleware=CORSMiddleware(allow_origins=['https://shop.example.com']))
app.add_route('/menu', Menu())
'''
SCRIPT = """async function readMenu(api) {
  const response = await fetch(`${api}/menu`);
  return response.json();
}

export default [readMenu];
"""
REQUEST = """GET /menu HTTP/1.1
Origin: ORIGIN
"""
TAB = """   .. group-tab:: INTERFACE

      .. literalinclude:: ../../app_SIDE/NAME.py
         :language: python
         :caption: :download:`app_SIDE/NAME.py <../../app_SIDE/NAME.py>`

      .. code-block:: console

         $ SERVER app_SIDE.NAME:app
"""
PAGE = """TITLE
UNDERLINE

Say what this page solves, and for whom.

.. tabs::

WSGI_TAB
ASGI_TAB
What happens
------------

Say what to look at.

.. panel:: NAME

.. Record the browsers. Then the panel shows what each step sent, so take it out here.

The shop's page:

.. literalinclude:: ../recorded/exchanges/NAME--shop.http
   :language: exchange

A page of another origin:

.. literalinclude:: ../recorded/exchanges/NAME--other_origin.http
   :language: exchange
"""
ROW = """   * - :doc:`howto/NAME`
     - :download:`WSGI <../app_wsgi/NAME.py>`
     - :download:`ASGI <../app_asgi/NAME.py>`
     - :download:`script <../frontend/NAME.js>`
"""
LAST_ROW = '     - :download:`script <../frontend/csrf_token.js>`\n'
TOCTREE = '   streaming\n'  # the last how-to of "Set up a policy"


def skeleton(name: str) -> dict[str, str]:
    """Return the files of a new lesson by their paths."""
    title = name.replace('_', ' ').capitalize()
    program = PROGRAM.replace('TITLE', title)
    sides = {'wsgi': ('WSGI', 'gunicorn'), 'asgi': ('ASGI', 'uvicorn')}
    tabs = {
        f'{interface}_TAB': TAB.replace('INTERFACE', interface)
        .replace('SIDE', side)
        .replace('SERVER', server)
        for side, (interface, server) in sides.items()
    }
    page = PAGE.replace('TITLE', title).replace('UNDERLINE', '=' * len(title))
    for mark, tab in tabs.items():
        page = page.replace(mark, tab)
    asgi = program.replace('ASYNC', 'async ').replace('FALCON', 'falcon.asgi')
    request = f'docs/recorded/exchanges/{name}--'
    return {
        f'app_wsgi/{name}.py': program.replace('ASYNC', '').replace('FALCON', 'falcon'),
        f'app_asgi/{name}.py': asgi,
        f'frontend/{name}.js': SCRIPT,
        f'{request}shop.http': REQUEST.replace('ORIGIN', 'https://shop.example.com'),
        f'{request}other_origin.http': REQUEST.replace('ORIGIN', 'https://other.example.net'),
        f'docs/howto/{name}.rst': page.replace('NAME', name),
    }


def write_lesson(root: Path, name: str) -> list[str]:
    """Write a new lesson into a clone, with its page in the table of contents.

    Returns:
        The paths of what was written or changed.

    Raises:
        ValueError: The name isn't one of a Python module, or a file of that name exists.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f'{name!r}: use lower case letters, digits and underscores')
    files = skeleton(name)
    if existing := [path for path in files if (root / path).exists()]:
        raise ValueError(f'{", ".join(existing)}: exists already; choose another name')
    for path, text in files.items():
        (root / path).write_text(text)
    for path, last, line in (
        ('docs/howto/index.rst', TOCTREE, f'   {name}\n'),
        ('docs/examples.rst', LAST_ROW, ROW.replace('NAME', name)),
    ):
        _insert(root / path, last, line)
        files[path] = line
    return [*files]


def _insert(path: Path, after: str, text: str) -> None:
    before, mark, rest = path.read_text().partition(after)
    if not mark:
        raise ValueError(f'{path} has no line {after.strip()!r} to add {text.split()[0]!r} to')
    path.write_text(f'{before}{mark}{text}{rest}')


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog='nox -s lesson --', description=__doc__)
    parser.add_argument('name', help='such as hello_cors')
    name = parser.parse_args(arguments).name
    try:
        written = write_lesson(ROOT, name)
    except ValueError as error:
        parser.error(str(error))
    print('Written:', *written, sep='\n  ')
    print('\nFill them in, then record: nox -s record -- --exchanges')


if __name__ == '__main__':
    main()
