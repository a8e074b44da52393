"""The deployable files of deploy, in front of real servers."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from recording.lessons import INTERFACES, ROOT
from recording.proxies.programs import NGINX, running


@pytest.mark.needs('nginx')
@pytest.mark.parametrize('interface', INTERFACES)
def test_one_origin_needs_no_cors(lessons: dict[str, str], interface: str, tmp_path: Path) -> None:
    server = (ROOT / 'deploy/same_origin.conf').read_text()
    for written, here in (
        ('127.0.0.1:8080', '127.0.0.1:PORT'),
        ('/srv/bakery;', f'{tmp_path};'),
        ('http://127.0.0.1:8000/', f'{lessons[interface]}/blocked/'),
    ):
        assert written in server
        server = server.replace(written, here)
    (tmp_path / 'index.html').write_text('the page')
    with running(NGINX, tmp_path, server) as own:
        assert httpx.get(own.url).text == 'the page'
        assert httpx.get(f'{own.url}/api/menu').json() == {'rye': 4.2, 'sourdough': 5.5}
