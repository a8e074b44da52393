"""The guards bite: each fault, made in a copy of the guide, is named by the guard meant for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from recording.lessons import ROOT
from tests.docs.guards import GUARDS
from tests.docs.guide import Guide, reader

COPIED = (
    'cors.py',
    'cors_browser',
    'tests/lessons/test_attacks.py',
    'tests/lessons/test_my_policy.py',
    'app_asgi',
    'app_wsgi',
    'docs',
    'frontend',
    'deploy',
    'CONTRIBUTING.md',
    'noxfile.py',
    'pyproject.toml',
)
PAGE = 'docs/tutorial/blocked.rst'
WSGI = 'app_wsgi/blocked.py'
ASGI = 'app_asgi/blocked.py'
APP = "app.add_route('/menu', Menu())\n"
REGION = f'# [route]\n{APP}# [/route]\n'
INCLUDE = '.. literalinclude:: ../../{}\n         :language: python'

Mutation = Callable[[Path], None]


def replace(path: str, old: str, new: str) -> Mutation:
    """Replace the first occurrence of a text."""

    def mutate(root: Path) -> None:
        text = (root / path).read_text()
        assert old in text, f'{path} no longer has {old!r}: write the mutation anew'
        (root / path).write_text(text.replace(old, new, 1))

    return mutate


def append(path: str, text: str) -> Mutation:
    def mutate(root: Path) -> None:
        (root / path).write_text((root / path).read_text() + text)

    return mutate


def create(path: str, text: str) -> Mutation:
    def mutate(root: Path) -> None:
        (root / path).write_text(text)

    return mutate


def delete(path: str) -> Mutation:
    return lambda root: (root / path).unlink()


def all_of(*mutations: Mutation) -> Mutation:
    def mutate(root: Path) -> None:
        for mutation in mutations:
            mutation(root)

    return mutate


def in_both_tabs(option: str) -> Mutation:
    """Give the include of both tabs one more option."""
    return all_of(
        *(
            replace(PAGE, INCLUDE.format(path), f'{INCLUDE.format(path)}\n         {option}')
            for path in (WSGI, ASGI)
        )
    )


REGIONS = all_of(replace(WSGI, APP, REGION), replace(ASGI, APP, REGION))

MUTATIONS: dict[str, tuple[str, Mutation]] = {
    'the ASGI tab shows the WSGI file': (
        'each_tab_shows_its_own_server',
        replace(PAGE, INCLUDE.format(ASGI), INCLUDE.format(WSGI)),
    ),
    'the ASGI tab shows another lesson': (
        'each_tab_shows_its_own_server',
        replace(PAGE, INCLUDE.format(ASGI), INCLUDE.format('app_asgi/any_origin.py')),
    ),
    'one tab shows a part, the other the whole': (
        'each_tab_shows_its_own_server',
        replace(PAGE, INCLUDE.format(ASGI), f'{INCLUDE.format(ASGI)}\n         :pyobject: Menu'),
    ),
    "the cors.py tab shows Falcon's middleware": (
        'each_tab_shows_its_own_middleware',
        replace('docs/errors/no_acao.rst', 'app_wsgi/several_origins.py', 'app_wsgi/one_origin.py'),
    ),
    "the tab of Falcon's middleware shows cors.py": (
        'each_tab_shows_its_own_middleware',
        replace('docs/errors/no_acao.rst', 'app_wsgi/one_origin.py', 'app_wsgi/several_origins.py'),
    ),
    'a tab is missing': (
        'tabs_have_the_known_labels',
        replace(PAGE, '.. group-tab:: ASGI', '.. group-tab:: WSGI'),
    ),
    'a tab label has a typo': (
        'tabs_have_the_known_labels',
        replace(PAGE, '.. group-tab:: WSGI', '.. group-tab:: WSGl'),
    ),
    'a tab stands by itself': (
        'tabs_have_the_known_labels',
        replace(PAGE, '.. group-tab:: WSGI', '.. tab:: WSGI'),
    ),
    'a label stands in a tab': (
        'tabs_have_the_known_labels',
        replace(PAGE, '.. literalinclude', '.. _here:\n\n      .. literalinclude'),
    ),
    'a block in a tab has a name': (
        'tabs_have_the_known_labels',
        replace(PAGE, ':language: python', ':language: python\n         :name: here'),
    ),
    'the caption downloads another file': (
        'each_lesson_is_offered_as_shown',
        replace(PAGE, f'<../../{WSGI}>', '<../../app_wsgi/any_origin.py>'),
    ),
    'the caption is missing': (
        'each_lesson_is_offered_as_shown',
        replace(PAGE, f':caption: :download:`{WSGI} <../../{WSGI}>`', ':force:'),
    ),
    'a twin is missing': ('apps_are_twins', delete('app_asgi/wrong_flag_and_middleware.py')),
    'the twins have different titles': ('apps_are_twins', replace(ASGI, '"""A ', '"""The ')),
    'a lesson is too long': ('apps_are_twins', append(WSGI, '\n' * 40)),
    'a lesson has no title': (
        'apps_are_twins',
        replace(
            WSGI, '"""A browser keeps a page from reading the response of another origin."""\n', ''
        ),
    ),
    'a region exists on one side only': ('apps_are_twins', replace(WSGI, APP, REGION)),
    'a region is not closed': ('apps_are_twins', append(WSGI, '# [route]\n')),
    'a region is closed before it opens': ('apps_are_twins', append(WSGI, '# [/route]\n')),
    'a region occurs twice': (
        'apps_are_twins',
        all_of(replace(WSGI, APP, REGION * 2), replace(ASGI, APP, REGION * 2)),
    ),
    'a region is shown nowhere': ('everything_is_shown', REGIONS),
    'a lesson is shown nowhere': (
        'everything_is_shown',
        all_of(
            create('app_wsgi/forgotten.py', '"""Forgotten."""\n'),
            create('app_asgi/forgotten.py', '"""Forgotten."""\n'),
        ),
    ),
    'an exchange is shown nowhere': (
        'everything_is_shown',
        create('docs/recorded/exchanges/blocked--hidden.http', 'GET /menu HTTP/1.1\n'),
    ),
    'the page script is shown nowhere': (
        'everything_is_shown',
        create('frontend/forgotten.js', 'export const page = () => fetch(`${API}/menu`);\n'),
    ),
    'lines are shown by number': ('includes_do_not_drift', in_both_tabs(':lines: 1-3')),
    'lines are marked by number': ('includes_do_not_drift', in_both_tabs(':emphasize-lines: 2')),
    'a region has a start only': (
        'includes_do_not_drift',
        all_of(REGIONS, in_both_tabs(':start-after: # [route]')),
    ),
    'a region is named without its bracket': (
        'includes_do_not_drift',
        all_of(REGIONS, in_both_tabs(':start-after: # [rou\n         :end-before: # [/route]')),
    ),
    'a region ends with the mark of another': (
        'includes_do_not_drift',
        all_of(REGIONS, in_both_tabs(':start-after: # [route]\n         :end-before: # [/rout')),
    ),
    'markers are printed': ('includes_do_not_drift', REGIONS),
    'Python is typed': (
        'no_code_is_typed',
        append(PAGE, '\n.. code-block:: python\n\n   falcon.App()\n'),
    ),
    'Python is typed below two colons': (
        'no_code_is_typed',
        append(PAGE, '\nLike this::\n\n   app = falcon.App(cors_enable=True)\n'),
    ),
    'Python is typed as a doctest': ('no_code_is_typed', append(PAGE, '\n>>> falcon.App()\n')),
    'Python is typed into a code tab': (
        'no_code_is_typed',
        append(PAGE, '\n.. tabs::\n\n   .. code-tab:: python WSGI\n\n      falcon.App()\n'),
    ),
    'JavaScript is typed': (
        'no_code_is_typed',
        append(PAGE, "\n.. code-block:: javascript\n\n   fetch('/menu')\n"),
    ),
    'an exchange is typed': (
        'no_code_is_typed',
        append(PAGE, '\n.. code-block:: exchange\n\n   GET /menu HTTP/1.1\n'),
    ),
    'Python is typed into a Markdown page': (
        'no_code_is_typed',
        append('CONTRIBUTING.md', '\n```python\nfalcon.App()\n```\n'),
    ),
    'a command names no module': (
        'commands_run',
        replace(PAGE, 'gunicorn app_wsgi.blocked:app', 'gunicorn app_wsgi.blokced:app'),
    ),
    'a command names no app': (
        'commands_run',
        replace(PAGE, 'gunicorn app_wsgi.blocked:app', 'gunicorn app_wsgi.blocked:application'),
    ),
    'a command uses the other server': (
        'commands_run',
        replace(PAGE, 'gunicorn app_wsgi.blocked:app', 'uvicorn app_wsgi.blocked:app'),
    ),
    'a command runs another lesson': (
        'commands_run',
        replace(PAGE, 'gunicorn app_wsgi.blocked:app', 'gunicorn app_wsgi.any_origin:app'),
    ),
    'a command is not known': (
        'commands_run',
        replace(PAGE, '$ gunicorn app_wsgi.blocked:app', '$ make serve'),
    ),
    'a nox session was renamed': ('commands_run', replace('noxfile.py', 'def demo(', 'def show(')),
    'an app was renamed': (
        'commands_run',
        all_of(replace(WSGI, 'app = ', 'api = '), replace(WSGI, 'app.add', 'api.add')),
    ),
    'an exchange is stale': (
        'exchanges_are_current',
        replace('docs/recorded/exchanges/one_origin--allowed.http', 'sourdough', 'baguette'),
    ),
    'an exchange lost a header': (
        'exchanges_are_current',
        replace('docs/recorded/exchanges/errors--not_found.http', 'Vary: Accept\n', ''),
    ),
    'the panel runs another lesson': (
        'each_script_has_one_panel',
        replace(PAGE, 'panel:: blocked', 'panel:: one_origin'),
    ),
    'the panel is gone': (
        'each_script_has_one_panel',
        replace(PAGE, '.. panel:: blocked\n', '.. container:: blocked\n'),
    ),
    'the panel attacks no program': (
        'each_script_has_one_panel',
        replace('docs/howto/attack_null.rst', ':against: defended', ':against: nothing'),
    ),
    'a panel shows an exchange of another page': (
        'sphinx_is_content',
        replace('docs/howto/attack_reflection.rst', 'from page 2: anyone', 'from page 3: anyone'),
    ),
    'a panel shows a request without an Origin': (
        'sphinx_is_content',
        replace('docs/howto/caching.rst', 'cached--public_shop', 'caching--public'),
    ),
    'the panel shows a response that the page did not get': (
        'sphinx_is_content',
        replace('docs/recorded/exchanges/several_origins--shop.http', '"rye"', '"oat"'),
    ),
    'an included file is gone': (
        'sphinx_is_content',
        delete('docs/recorded/exchanges/blocked--page.http'),
    ),
    'a page is in no table of contents': ('sphinx_is_content', create('docs/lost.rst', 'L\n=\n')),
}


@pytest.fixture(scope='module')
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the guide, to be broken."""
    root = tmp_path_factory.mktemp('copy')
    for name in COPIED:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns('_build', '__pycache__')
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture(scope='module')
def read(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Guide]]:
    """Read the copy as it is at the time."""
    with reader(copy, tmp_path_factory.mktemp('work')) as copy_reader:
        yield copy_reader.read


@contextmanager
def mutated(root: Path, mutate: Mutation) -> Iterator[None]:
    """Mutate a copy, and put every file back as it was."""
    before = {path: path.read_bytes() for path in root.rglob('*') if _is_source(path)}
    mutate(root)
    try:
        yield
    finally:
        for path in root.rglob('*'):
            if _is_source(path) and path not in before:
                path.unlink()
        for path, content in before.items():
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)


def _is_source(path: Path) -> bool:
    return path.is_file() and '__pycache__' not in path.parts


def faults(guide: Guide) -> list[str]:
    return [fault for guard in GUARDS.values() for fault in guard(guide)]


@pytest.mark.parametrize('fault', MUTATIONS)
def test_the_guard_names_the_fault(copy: Path, read: Callable[[], Guide], fault: str) -> None:
    guard, mutate = MUTATIONS[fault]
    with mutated(copy, mutate):
        assert list(GUARDS[guard](read())), f'{guard} does not see that {fault}'


def test_the_copy_is_whole_again(copy: Path, read: Callable[[], Guide]) -> None:
    assert faults(read()) == []
    with mutated(copy, MUTATIONS['Python is typed'][1]):
        assert faults(read()) != []
    assert faults(read()) == []


def test_every_guard_has_a_mutation() -> None:
    assert {guard for guard, _ in MUTATIONS.values()} == set(GUARDS)
