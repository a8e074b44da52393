"""What readers copy imports nothing of ours, and little else.

``nox -s lint`` checks the packages; ``cors.py`` is a module, which its tool can't look into.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ALLOWED = {
    'cors.py': {'falcon'},
    'cors_browser/*.py': {'cors_browser', 'httpx', 'publicsuffixlist'},
}


def imports_of(path: Path) -> set[str]:
    """The packages that a file imports, but for the standard library and its own package."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import(names=aliases):
                names |= {alias.name.partition('.')[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.partition('.')[0])
    return names - sys.stdlib_module_names


@pytest.mark.parametrize('files', ALLOWED)
def test_a_copied_file_imports_what_readers_have(files: str) -> None:
    paths = list(ROOT.glob(files))
    assert paths
    assert set().union(*map(imports_of, paths)) <= ALLOWED[files]
