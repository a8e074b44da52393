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
        raise RuntimeError(f'no nginx on this machine; install it with: {INSTALL}')
    (port,) = free_ports({'nginx': 0})
    user = 'user root;' if os.geteuid() == 0 else ''
    configuration = f'{user}{MAIN}{server.replace("PORT", str(port))}}}'
    (folder / 'nginx.conf').write_text(configuration)
    complaints = folder / 'stderr.txt'
    with complaints.open('w') as stderr:
        nginx = subprocess.Popen(
            [NGINX, '-p', str(folder), '-c', 'nginx.conf', '-g', 'daemon off; error_log stderr;'],
            stderr=stderr,
        )
    try:
        _wait(nginx, f'http://127.0.0.1:{port}/', complaints)
        yield f'http://127.0.0.1:{port}'
    finally:
        nginx.terminate()
        nginx.wait(10)


def _wait(nginx: subprocess.Popen[bytes], url: str, complaints: Path) -> None:
    deadline = time.monotonic() + 10
    while nginx.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(url, trust_env=False)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    ended = 'still runs' if nginx.poll() is None else f'ended (exit code {nginx.poll()})'
    raise RuntimeError(f'nginx does not answer on {url}; it {ended}:\n{complaints.read_text()}')
