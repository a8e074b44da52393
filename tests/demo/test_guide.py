"""The guide's own server: its pages, the page scripts, the model, and no other file."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

import httpx
import pytest

from demo.guide import MAX_REQUEST
from recording.lessons import ROOT
from recording.running_demo import serving_guide
from tests.demo.fetches import ALLOWED, fetch


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    (tmp_path / 'index.html').write_text('the guide')
    return tmp_path


def test_it_serves_its_pages_the_page_scripts_and_no_other_file(guide: Path) -> None:
    with serving_guide(guide, {'wsgi': 'http://127.0.0.1:9001'}) as address:
        assert httpx.get(f'{address}/').text == 'the guide'
        assert httpx.get(f'{address}/_demo.json').json() == {'wsgi': 'http://127.0.0.1:9001'}
        script = httpx.get(f'{address}/_pages/blocked.js?x=1')
        assert script.text == (ROOT / 'frontend/blocked.js').read_text()
        assert 'javascript' in script.headers['Content-Type']
        assert script.headers['Cache-Control'] == 'no-store'
        for path in ('/_pages/..%2fpyproject.toml', '/_pages/%2e%2e/pyproject.toml', '/nothing'):
            assert httpx.get(f'{address}{path}').status_code == 404


def test_the_guide_judges_for_its_own_pages_only(guide: Path) -> None:
    good = json.dumps(fetch(('GET', ALLOWED)))
    kind = {'Content-Type': 'application/json'}
    with serving_guide(guide) as address:
        model = f'{address}/_model'
        assert httpx.post(model, content=good, headers=kind).json()['readable'] is True
        for path, content, headers, status in (
            ('/_model', good, {'Content-Type': 'text/plain'}, 404),
            ('/other', good, kind, 404),
            ('/_model', '{', kind, 400),
            ('/_model', '[]', kind, 400),
            ('/_model', '{"page": "x"}', kind, 400),
        ):
            answer = httpx.post(f'{address}{path}', content=content, headers=headers)
            assert answer.status_code == status, (path, content, headers)
        assert 'Access-Control-Allow-Origin' not in httpx.options(model).headers
        assert status_of(address, {**kind, 'Content-Length': str(MAX_REQUEST + 1)}) == 413
        assert status_of(address, {**kind, 'Content-Length': 'many'}) == 413


def status_of(guide: str, headers: dict[str, str]) -> int:
    """Send the head of a request alone; return the answer's status."""
    connection = http.client.HTTPConnection(guide.removeprefix('http://'))
    connection.putrequest('POST', '/_model')
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status
