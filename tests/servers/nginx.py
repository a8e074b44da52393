"""nginx in front of a server, as a process of its own, without a file of the machine's."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from demo.processes import free_ports

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


@contextmanager
def running_nginx(folder: Path, server: str) -> Iterator[str]:
    """Run nginx with one ``server`` block, whose ``PORT`` is replaced; give its address.

    Args:
        folder: An empty folder for nginx's own files.
        server: The block, with ``listen 127.0.0.1:PORT;``.
    """
    if NGINX is None:
        pytest.skip(f'no nginx on this machine; install it with: {INSTALL}')
    (port,) = free_ports({'nginx': 0})
    user = 'user root;' if os.geteuid() == 0 else ''
    configuration = f'{user}{MAIN}{server.replace("PORT", str(port))}}}'
    (folder / 'nginx.conf').write_text(configuration)
    nginx = subprocess.Popen(
        [NGINX, '-p', str(folder), '-c', 'nginx.conf', '-g', 'daemon off; error_log stderr;'],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f'http://127.0.0.1:{port}/')
        yield f'http://127.0.0.1:{port}'
    finally:
        nginx.terminate()
        nginx.wait(10)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            httpx.get(url)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
