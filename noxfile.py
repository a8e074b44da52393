"""The project's commands; ``nox --list`` names them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nox
from nox.command import CommandFailed

if sys.version_info < (3, 11):
    sys.exit(f'This project needs Python 3.11 or newer; this is {sys.version.split()[0]}.')

nox.options.sessions = ['tests']
nox.options.reuse_venv = 'yes'
nox.options.default_venv_backend = 'uv|virtualenv'
nox.options.error_on_missing_interpreters = True

PYPROJECT = nox.project.load_toml('pyproject.toml')
TWO_FILES = ('-n', '2', '--dist', 'loadfile')  # two workers, each file in one of them
BUILDERS = ('html', 'epub', 'text')
GUIDE = 'docs/_build/html'
PYTHON_FILES = (
    'app_asgi',
    'app_wsgi',
    'benchmarks',
    'cors.py',
    'cors_browser',
    'demo',
    'docs/_ext',
    'docs/_playground/runner.py',
    'docs/exercises',
    'docs/conf.py',
    'noxfile.py',
    'recording',
    'tests',
)
PROSE = ('*.md', 'docs/*.rst', 'docs/*/*.rst', 'docs/recorded/README.md')
EVERYDAY = (
    *('tests/demo', 'tests/docs', 'tests/exchanges', 'tests/lessons', 'tests/unit'),
    *TWO_FILES,
)
STRESS_RUNS = 10


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
        '--doctree-dir',
        f'docs/_build/doctrees/{builder}',
        'docs',
        f'docs/_build/{builder}',
    )


def run_pytest(
    session: nox.Session, *options: str, measured: bool = False, guide: str = ''
) -> None:
    """Run tests, on a guide that was built, or else they build one; in CI measure coverage."""
    covered = measured and 'CI' in os.environ
    command = ['coverage', 'run', '-m', 'pytest'] if covered else ['pytest']
    session.run(*command, *options, env={'GUIDE': guide})


@nox.session
def demo(session: nox.Session) -> None:
    """Build the guide and serve it with both APIs; options go after --."""
    install(session, 'servers', 'docs')
    build(session, 'html')
    session.run('python', '-m', 'demo', *session.posargs, interrupt_timeout=20)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests that need Python alone, for every day; options of pytest go after --."""
    install(session, 'test')
    run_pytest(session, *(session.posargs or EVERYDAY), measured=True)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the guide in every format, check the pages and run the commands that they print."""
    install(session, 'test')
    for builder in BUILDERS:
        build(session, builder)
    run_pytest(session, 'tests/built', *TWO_FILES, *session.posargs, guide=GUIDE)


@nox.session
def servers(session: nox.Session) -> None:
    """Run the tests with gunicorn, uvicorn, five proxies and PostgreSQL."""
    install(session, 'test')
    build(session, 'html')
    options = (*TWO_FILES, *session.posargs)
    run_pytest(session, 'tests/servers', *options, measured=True, guide=GUIDE)


@nox.session
def browsers(session: nox.Session) -> None:
    """Run the tests in Chromium, Firefox and WebKit; options such as --cases 5000 go after --."""
    install(session, 'test')
    build(session, 'html')
    options = ('-n', '3', '--dist', 'loadgroup', *session.posargs)  # an engine, a worker
    run_pytest(session, 'tests/browsers', *options, guide=GUIDE)


@nox.session
def stress(session: nox.Session) -> None:
    """Run the everyday tests ten times, in random order, while every core is busy."""
    install(session, 'test')
    failed = 0
    with busy_cores():
        for seed in range(1, STRESS_RUNS + 1):
            order = ('-p', 'pytest_randomly', f'--randomly-seed={seed}')
            try:
                session.run('pytest', '--quiet', *EVERYDAY, *order)
            except CommandFailed:
                failed += 1
    session.log(f'{STRESS_RUNS - failed} of {STRESS_RUNS} runs passed.')
    if failed:
        session.error('The tests must pass whatever their order and the load.')


@contextmanager
def busy_cores() -> Iterator[None]:
    """Keep every core busy for as long as this process runs."""
    program = 'import os; parent = os.getppid()\nwhile os.getppid() == parent: pass'
    with ExitStack() as running:
        for _ in range(os.cpu_count() or 1):
            process = running.enter_context(subprocess.Popen([sys.executable, '-c', program]))
            running.callback(process.kill)
        yield


@nox.session
def coverage(session: nox.Session) -> None:
    """Judge what the tests of CI have covered together."""
    install(session, 'test')
    session.run('coverage', 'combine')
    session.run('coverage', 'report')


@nox.session
def lesson(session: nox.Session) -> None:
    """Write the files of a new lesson, to be filled in: nox -s lesson -- hello_cors."""
    session.run('python', '-m', 'recording.new_lesson', *session.posargs)


@nox.session
def record(session: nox.Session) -> None:
    """Write docs/recorded from the running lessons; lessons or --exchanges go after --."""
    install(session, 'test')
    session.run('python', '-m', 'recording', *session.posargs)


@nox.session
@nox.parametrize('falcon', ['4.0', '4.1', '4.2', '4.3'])
def oldest(session: nox.Session, falcon: str) -> None:
    """Run the unit, lesson and exchange tests on the newest Falcon 4.0, 4.1, 4.2 and 4.3."""
    install(session, 'test')
    session.install('--quiet', f'falcon=={falcon}.*')
    session.run('pytest', '--quiet', 'tests/unit', 'tests/lessons', 'tests/exchanges')


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
    with Path('docs/recorded/middlewares/versions.csv').open() as file:
        pinned = ['=='.join(row) for row in csv.reader(file)][1:]
    names = [pin.partition('==')[0] for pin in pinned]
    session.install(*(pinned if '--check' in session.posargs else ['--upgrade', *names]))
    session.run('python', '-m', 'recording.peers', *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of code and text, and the imports; `nox -s lint -- --fix` fixes code."""
    install(session, 'dev')
    session.run('ruff', 'check', *session.posargs)
    session.run('ruff', 'format', *([] if '--fix' in session.posargs else ['--check']))
    session.run('lint-imports')
    pages = [str(path) for pattern in PROSE for path in Path().glob(pattern)]
    session.run('codespell', *PYTHON_FILES, 'deploy', 'frontend', 'docs/_static', *pages)
    session.run('proselint', 'check', '--config', 'docs/proselint.json', *pages)


@nox.session
def types(session: nox.Session) -> None:
    """Check types with mypy and pyright."""
    install(session, 'dev')
    session.run('mypy', *PYTHON_FILES)
    session.run('pyright', '--pythonpath', str(Path(session.bin) / 'python'))
