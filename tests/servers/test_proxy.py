"""The deployable files of docs/_deploy, in front of real servers."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from demo.processes import free_ports
from tests.apps import INTERFACES, ROOT
from tests.demo.running import RunningDemo

NGINX = shutil.which('nginx') or shutil.which('/usr/sbin/nginx')
INSTALL = 'apt-get install --no-install-recommends nginx-light'
MAIN = """
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
"""


@pytest.mark.parametrize('interface', INTERFACES)
def test_one_origin_needs_no_cors(demo: RunningDemo, interface: str, tmp_path: Path) -> None:
    if NGINX is None:
        pytest.skip(f'no nginx on this machine; install it with: {INSTALL}')
    (port,) = free_ports({'nginx': 0})
    server = (ROOT / 'docs/_deploy/same_origin.conf').read_text()
    for written, here in (
        ('127.0.0.1:8080', f'127.0.0.1:{port}'),
        ('/srv/bakery;', f'{tmp_path};'),
        ('http://127.0.0.1:8000/', f'{demo.api(interface)}/blocked/'),
    ):
        assert written in server
        server = server.replace(written, here)
    (tmp_path / 'index.html').write_text('the page')
    (tmp_path / 'nginx.conf').write_text(f'{"user root;" * (os.geteuid() == 0)}{MAIN}{server}}}')
    nginx = subprocess.Popen(
        [NGINX, '-p', str(tmp_path), '-c', 'nginx.conf', '-g', 'daemon off; error_log stderr;'],
        stderr=subprocess.DEVNULL,
    )
    try:
        own = f'http://127.0.0.1:{port}'
        assert answer_of(own).text == 'the page'
        assert answer_of(f'{own}/api/menu').json() == {'rye': 4.2, 'sourdough': 5.5}
    finally:
        nginx.terminate()
        nginx.wait(10)


def answer_of(url: str) -> httpx.Response:
    deadline = time.monotonic() + 10
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
