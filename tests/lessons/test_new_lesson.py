"""The files of a new lesson pass what every lesson must pass, before anybody has filled them in."""

from __future__ import annotations

import shutil
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from docs._ext.exchanges import read_exchanges
from recording.calls import call
from recording.http_file import request_to, response_text
from recording.lessons import INTERFACES, ROOT
from recording.new_lesson import main, write_lesson
from tests.docs.guards import faults_of_lesson


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The parts of the repository that a new lesson is written into."""
    for folder in ('app_wsgi', 'app_asgi', 'frontend', 'docs/howto', 'docs/recorded/exchanges'):
        (tmp_path / folder).mkdir(parents=True)
    for path in ('docs/howto/index.rst', 'docs/examples.rst'):
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


@pytest.mark.parametrize('interface', INTERFACES)
def test_it_runs_and_allows_the_shop_alone(clone: Path, interface: str) -> None:
    write_lesson(clone, 'hello_cors')
    path = clone / f'app_{interface}/hello_cors.py'
    assert list(faults_of_lesson(f'app_{interface}', path)) == []
    module = ModuleType('hello_cors')
    SourceFileLoader('hello_cors', str(path)).exec_module(module)
    other, shop = read_exchanges(clone / 'docs/recorded/exchanges')
    requests = [request_to('http://api.example.com', exchange) for exchange in (shop, other)]
    responses = [response_text(response) for response in call(module.app, *requests)]
    assert ['Access-Control-Allow-Origin' in text for text in responses] == [True, False]


def test_its_page_shows_every_file_and_is_in_the_table_of_contents(clone: Path) -> None:
    written = write_lesson(clone, 'hello_cors')
    page = (clone / 'docs/howto/hello_cors.rst').read_text()
    shown = [path for path in written if not path.endswith('.rst')]
    assert len(shown) == 5
    assert '.. panel:: hello_cors\n' in page
    in_panel = {'frontend/hello_cors.js'}
    assert all(path.removeprefix('docs/') in page for path in {*shown} - in_panel)
    assert '   hello_cors\n' in (clone / 'docs/howto/index.rst').read_text()
    assert 'frontend/hello_cors.js' in (clone / 'docs/examples.rst').read_text()


@pytest.mark.parametrize('name', ['Hello', 'hello-cors', '_hello', 'hello_', '../hello', ''])
def test_a_name_is_one_of_a_module(clone: Path, name: str) -> None:
    with pytest.raises(ValueError, match='use lower case letters'):
        write_lesson(clone, name)


def test_nothing_is_overwritten(clone: Path) -> None:
    (clone / 'app_asgi/hello.py').write_text('mine')
    with pytest.raises(ValueError, match=r'app_asgi/hello\.py: exists already'):
        write_lesson(clone, 'hello')
    assert not (clone / 'app_wsgi/hello.py').exists()


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match='2'):
        main(['blocked'])
    assert 'app_wsgi/blocked.py, app_asgi/blocked.py' in capsys.readouterr().err
