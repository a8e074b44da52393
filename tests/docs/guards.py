"""The drift guards: what Sphinx lets through though a page would show something untrue.

Each guard takes the guide as read and yields one line for each fault.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

from docs._ext.exchanges import read_exchanges
from recording.http_file import request_to, response_text
from recording.lessons import INTERFACES, ONE_SIDED, send
from tests.docs.guide import Block, Guide

PACKAGES = {'WSGI': 'app_wsgi', 'ASGI': 'app_asgi'}
MIDDLEWARES = ('falcon.CORSMiddleware', 'cors.py')
SERVERS = {'gunicorn': 'app_wsgi', 'uvicorn': 'app_asgi'}
MARKER = re.compile(r'^\s*# \[(/?)([a-z_]+)\]$', re.MULTILINE)
SHOWN = (
    'app_wsgi',
    'app_asgi',
    'frontend',
    'deploy',
    'docs/exercises/app_wsgi',
    'docs/exercises/app_asgi',
    'docs/recorded/exchanges',
    'docs/recorded/programs',
    'docs/recorded/middlewares',
    'docs/recorded/proxies',
    'docs/recorded/browsers',
)
API = 'https://api.example.com/'  # the reader puts the own name there
PANEL = re.compile(r'^ *\.\. panel:: (\w+)\n((?: +:.*\n)*)', re.MULTILINE)
SETTING = re.compile(r'[A-Z_]+=')
DRIFTING_OPTIONS = {'lines', 'emphasize-lines', 'lineno-start', 'lineno-match', 'diff'}

Guard = Callable[[Guide], Iterator[str]]


def sphinx_is_content(guide: Guide) -> Iterator[str]:
    yield from guide.warnings.splitlines()


def each_tab_shows_its_own_server(guide: Guide) -> Iterator[str]:
    for page, tabs in guide.tab_sets:
        if list(tabs) == list(MIDDLEWARES):
            continue
        shown = {}
        for label, blocks in tabs.items():
            package = PACKAGES.get(label, label)
            included = [block for block in blocks if block.source]
            for block in included:
                if package not in Path(block.source or '').parts[:-1]:
                    yield f'{page}: the {label} tab shows {block.source}'
            shown[label] = [(Path(block.source or '').name, block.region) for block in included]
        names = {name for blocks in shown.values() for name, _ in blocks}
        if names and names <= {f'{lesson}.py' for lesson in ONE_SIDED}:
            continue
        if len(set(map(str, shown.values()))) > 1:
            yield f'{page}: the tabs of one block show different files or regions: {shown}'


def each_tab_shows_its_own_middleware(guide: Guide) -> Iterator[str]:
    for page, tabs in guide.tab_sets:
        for label in set(MIDDLEWARES) & set(tabs):
            for block in tabs[label]:
                ours = 'from cors import CORSMiddleware' in block.text
                if block.source and ours is not (label == 'cors.py'):
                    yield f'{page}: the {label} tab shows {block.source}'


def tabs_have_the_known_labels(guide: Guide) -> Iterator[str]:
    for page, tabs in guide.tab_sets:
        if list(tabs) not in (list(PACKAGES), list(MIDDLEWARES)):
            yield f'{page}: tabs are {list(tabs)}, not {list(PACKAGES)} or {list(MIDDLEWARES)}'
    for page, label in guide.labels_in_tabs:
        yield f'{page}: the label {label!r} stands in a tab; other builders read tabs twice'


def each_lesson_is_offered_as_shown(guide: Guide) -> Iterator[str]:
    for block in guide.blocks:
        if block.language not in ('python', 'javascript') or not block.source:
            continue
        if not block.download == block.caption == block.source:
            yield (
                f'{block.page}: shows {block.source} under the caption {block.caption!r}, '
                f'which downloads {block.download}'
            )


def apps_are_twins(guide: Guide) -> Iterator[str]:
    files = {
        package: {path.name: path for path in sorted((guide.root / package).glob('[a-z]*.py'))}
        for package in PACKAGES.values()
    }
    wsgi, asgi = files.values()
    for name in sorted((set(wsgi) ^ set(asgi)) - {f'{lesson}.py' for lesson in ONE_SIDED}):
        yield f'{name}: exists in one of app_wsgi and app_asgi only'
    for name in sorted(set(wsgi) & set(asgi)):
        if _regions(wsgi[name]) != _regions(asgi[name]):
            yield f'{name}: app_wsgi and app_asgi have different regions'
        if _title(wsgi[name]) != _title(asgi[name]):
            yield f'{name}: app_wsgi and app_asgi have different titles'
    for package, found in files.items():
        for path in found.values():
            yield from faults_of_lesson(package, path)


def faults_of_lesson(package: str, path: Path) -> Iterator[str]:
    where = f'{package}/{path.name}'
    if not _title(path):
        yield f'{where}: the docstring has no first line to be the title'
    if len(path.read_text().splitlines()) > 40:
        yield f'{where}: is longer than 40 lines'
    opened: list[str] = []
    closed: set[str] = set()
    for slash, name in MARKER.findall(path.read_text()):
        if not slash and not opened and name not in closed:
            opened.append(name)
        elif slash and opened == [name]:
            closed.add(opened.pop())
        else:
            yield f'{where}: the region [{name}] is not opened and closed once, by itself'
    if opened:
        yield f'{where}: the region {opened} is never closed'


def _regions(path: Path) -> list[str]:
    return [name for slash, name in MARKER.findall(path.read_text()) if not slash]


def _title(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text())) or '').partition('\n')[0]


def everything_is_shown(guide: Guide) -> Iterator[str]:
    tables = {path for path in guide.included if path.endswith('.csv')}
    shown = tables | {block.source for block in guide.blocks if block.source}
    starts = {(block.source, block.options.get('start-after')) for block in guide.blocks}
    for folder in SHOWN:
        for path in sorted((guide.root / folder).glob('[a-z]*.*')):
            name = str(path.relative_to(guide.root))
            if name not in shown:
                yield f'{name}: no page shows it'
            for region in _regions(path):
                if (name, f'# [{region}]') not in starts:
                    yield f'{name}: no page shows the region [{region}]'


def includes_do_not_drift(guide: Guide) -> Iterator[str]:
    for block in guide.blocks:
        if block.source is None:
            continue
        for option in sorted(DRIFTING_OPTIONS & set(block.options)):
            yield f'{block.page}: :{option}: on {block.source} drifts when the file changes'
        start, end = block.options.get('start-after'), block.options.get('end-before')
        if start or end or {'start-at', 'end-at'} & set(block.options):
            name = (MARKER.match(start or '') or ['', '', ''])[2]
            if (start, end) != (f'# [{name}]', f'# [/{name}]'):
                yield f'{block.page}: {block.source} needs :start-after: # [name] and its end'
        elif MARKER.search(block.text):
            yield f'{block.page}: the whole of {block.source} is shown, markers included'


def no_code_is_typed(guide: Guide) -> Iterator[str]:
    for block in guide.blocks:
        if block.source is None and block.language != 'console':
            first = block.text.strip().partition('\n')[0]
            yield f'{block.page}: {first!r} is typed into the page; include a tested file'


def commands_run(guide: Guide) -> Iterator[str]:
    for block in guide.blocks:
        for command in block.commands:
            for fault in faults_of_command(guide.root, command):
                yield f'{block.page}: {command!r}: {fault}'
    for page, tabs in guide.tab_sets:
        for label, blocks in tabs.items():
            yield from _faults_of_tab(page, label, blocks)


def _faults_of_tab(page: str, label: str, blocks: list[Block]) -> Iterator[str]:
    typed = [word for block in blocks for command in block.commands for word in command.split()]
    for block in blocks:
        if not block.source or 'excerpt' in block.options:  # which isn't a whole program
            continue
        if block.source.startswith('docs/exercises/'):  # the page itself runs these
            continue
        module = block.source.removesuffix('.py').replace('/', '.')
        if not {module, f'{module}:app'} & set(typed):
            yield f'{page}: the {label} tab shows {block.source} and does not say how to run it'


def faults_of_command(root: Path, command: str) -> Iterator[str]:
    """Say why a printed command would not run in a clone; nothing if it would."""
    for part in command.split('&&'):
        words = [word for word in shlex.split(part) if not SETTING.match(word)]
        match [Path(word).name if word.startswith('.venv/') else word for word in words]:
            case ['gunicorn' | 'uvicorn' as server, target]:
                yield from _faults_of_target(root, server, target)
            case ['python' | 'python3', '-m', 'venv', '.venv'] | ['pip', 'install', *_]:
                pass
            case ['.', 'activate'] | ['git', 'clone', *_] | ['cd', _]:
                pass
            case ['python', '-c', program]:
                compile(program, command, 'exec')
            case ['python', script, *_] if (root / script).is_file():
                pass
            case ['curl', *_, address, '|', 'tee', _] | ['curl', *_, address] if address.startswith(
                ('http://127.0.0.1:8000/', API)
            ):
                pass
            case ['python' | 'python3', '-m', module, *_]:
                path = root / module.replace('.', '/')
                if not (path.with_suffix('.py').is_file() or (path / '__main__.py').is_file()):
                    yield f'no module {module}'
            case ['nox', '-s', session, *_] | ['uvx', 'nox', '-s', session, *_]:
                if session not in _nox_sessions(root):
                    yield f'noxfile.py has no session {session}'
            case _:
                yield 'no guard knows this command'


def _faults_of_target(root: Path, server: str, target: str) -> Iterator[str]:
    name, _, attribute = target.partition(':')
    path = root / f'{name.replace(".", "/")}.py'
    if not path.is_file():
        yield f'no module {name}'
        return
    if path.parent.name != SERVERS[server]:
        yield f'{server} cannot serve a program of {path.parent.name}'
    module = ModuleType(name)
    module.__file__ = str(path)
    SourceFileLoader(name, str(path)).exec_module(module)
    if not callable(getattr(module, attribute, None)):
        yield f'{name} has no {attribute or "app"}'


def _nox_sessions(root: Path) -> set[str]:
    tree = ast.parse((root / 'noxfile.py').read_text())
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.decorator_list
    }


def exchanges_are_current(guide: Guide) -> Iterator[str]:
    for exchange in read_exchanges(guide.root / 'docs/recorded/exchanges'):
        for interface in INTERFACES:
            response = send(
                interface, exchange.lesson, request_to('http://api.example.com', exchange)
            )
            if response_text(response) != exchange.response:
                yield f'{exchange.file.name}: the {interface} app answers otherwise'


def each_script_has_one_panel(guide: Guide) -> Iterator[str]:
    found = [
        panel
        for path in (guide.root / 'docs').glob('*/*.rst')
        for panel in PANEL.findall(path.read_text())
        if ':recorded-only:' not in panel[1]
    ]
    for lesson, options in found:
        fixed = re.search(r':against: (\w+)', options)
        if fixed and not (guide.root / f'app_asgi/{fixed[1]}.py').is_file():
            yield f'frontend/{lesson}.js: its panel names {fixed[1]}, which is no program'
    panels = Counter(lesson for lesson, _ in found)
    scripts = {path.stem for path in (guide.root / 'frontend').glob('*.js')}
    for lesson in sorted(scripts | set(panels)):
        if lesson not in scripts or panels[lesson] != 1:
            yield f'frontend/{lesson}.js: {panels[lesson]} panels run it'


GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        sphinx_is_content,
        each_tab_shows_its_own_server,
        each_tab_shows_its_own_middleware,
        tabs_have_the_known_labels,
        each_lesson_is_offered_as_shown,
        apps_are_twins,
        everything_is_shown,
        includes_do_not_drift,
        no_code_is_typed,
        commands_run,
        exchanges_are_current,
        each_script_has_one_panel,
    )
}
