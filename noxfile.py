"""The project's commands; ``nox --list`` names them."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import nox

if sys.version_info < (3, 11):
    sys.exit(f'This project needs Python 3.11 or newer; this is {sys.version.split()[0]}.')

nox.options.sessions = ['tests']
nox.options.reuse_venv = 'yes'
nox.options.error_on_missing_interpreters = True

PYPROJECT = nox.project.load_toml('pyproject.toml')
BUILDERS = ('html', 'epub', 'text')
PYTHON_FILES = (
    'app_asgi',
    'app_wsgi',
    'benchmarks',
    'cors.py',
    'cors_browser',
    'demo',
    'docs/_ext',
    'docs/conf.py',
    'noxfile.py',
    'recording',
    'tests',
)


def install(session: nox.Session, *groups: str) -> None:
    session.install('--quiet', *nox.project.dependency_groups(PYPROJECT, *groups))


def build(session: nox.Session, builder: str) -> None:
    """Build the docs; a doctree folder per builder, for tabs differ between builders."""
    session.run(
        'sphinx-build',
        '--builder',
        builder,
        '--nitpicky',
        '--fail-on-warning',
        '--keep-going',
        '--quiet',
        '--doctree-dir',
        f'docs/_build/doctrees/{builder}',
        'docs',
        f'docs/_build/{builder}',
    )


@nox.session
def demo(session: nox.Session) -> None:
    """Build the guide and serve it with both APIs; options go after --."""
    install(session, 'servers', 'docs')
    build(session, 'html')
    session.run('python', '-m', 'demo', *session.posargs, interrupt_timeout=20)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests but the browsers', with coverage; options of pytest go after --."""
    install(session, 'test')
    build(session, 'html')
    session.run('coverage', 'erase')
    everyday = ('-n', '2', '--dist', 'loadfile', '--ignore=tests/browsers')  # a file, a worker
    options = session.posargs or everyday
    session.run('coverage', 'run', '-m', 'pytest', *options, env={'GUIDE': 'docs/_build/html'})
    session.run('coverage', 'combine', '--quiet')
    if not session.posargs:
        session.run('coverage', 'report')


@nox.session
def browsers(session: nox.Session) -> None:
    """Run the tests in Chromium, Firefox and WebKit; options such as --cases 5000 go after --."""
    install(session, 'test')
    build(session, 'html')
    options = ('-n', '3', '--dist', 'loadgroup', *session.posargs)  # an engine, a worker
    session.run('pytest', 'tests/browsers', *options, env={'GUIDE': 'docs/_build/html'})


@nox.session
def docs(session: nox.Session) -> None:
    """Build the guide as HTML, EPUB and text, and check every internal link."""
    install(session, 'test')
    for builder in BUILDERS:
        build(session, builder)
    session.run('pytest', '--quiet', 'tests/docs/test_site.py', env={'GUIDE': 'docs/_build/html'})


@nox.session
def record(session: nox.Session) -> None:
    """Write docs/recorded from the running lessons; lessons or --exchanges go after --."""
    install(session, 'test')
    session.run('python', '-m', 'recording', *session.posargs)


@nox.session
def oldest(session: nox.Session) -> None:
    """Run the unit, lesson and exchange tests on the oldest Falcon that is supported."""
    install(session, 'test')
    session.install('--quiet', f'falcon=={oldest_falcon()}')
    session.run('pytest', '--quiet', 'tests/unit', 'tests/lessons', 'tests/exchanges')


def oldest_falcon() -> str:
    bounds = nox.project.dependency_groups(PYPROJECT, 'servers')
    return next(bound.partition('>=')[2] for bound in bounds if bound.startswith('falcon>='))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what CORS costs beside Falcon's own middleware and its peers; and Browser."""
    install(session, 'bench')
    session.run('python', '-m', 'benchmarks.bench_cors', *session.posargs)
    session.run('python', '-m', 'benchmarks.bench_browser', '--check')


@nox.session
def peers(session: nox.Session) -> None:
    """Ask other CORS middlewares, for the guide; -- --check asks the versions it states."""
    install(session, 'bench')
    with Path('docs/recorded/middlewares/versions.csv').open() as stated:
        pinned = ['=='.join(row) for row in csv.reader(stated)][1:]
    names = [pin.partition('==')[0] for pin in pinned]
    session.install(*(pinned if '--check' in session.posargs else ['--upgrade', *names]))
    session.run('python', '-m', 'recording.peers', *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style with ruff, and who imports whom; `nox -s lint -- --fix` fixes what it can."""
    install(session, 'dev')
    session.run('ruff', 'check', *session.posargs)
    session.run('ruff', 'format', *([] if '--fix' in session.posargs else ['--check']))
    session.run('lint-imports')


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright."""
    install(session, 'dev')
    session.run('mypy', *PYTHON_FILES)
    session.run('pyright', '--pythonpath', str(Path(session.bin) / 'python'))
