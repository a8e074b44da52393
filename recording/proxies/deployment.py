"""The deployable files of deploy, used as they are but for ports and paths."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import trustme

from demo.processes import Server, free_ports, start_server, wait_until_answering
from recording.lessons import ROOT
from recording.proxies.nginx import running_nginx

DEPLOY_FOLDER = ROOT / 'deploy'
API = 'api.example.com'


@contextmanager
def serving(interface: str, lesson: str, **environment: str) -> Iterator[Server]:
    """Run a lesson on gunicorn or uvicorn with the settings of deploy."""
    (port,) = free_ports({'port': 0})
    if interface == 'wsgi':
        command = ['gunicorn', '--config', str(DEPLOY_FOLDER / 'gunicorn.conf.py')]
        command += [f'--bind=127.0.0.1:{port}', f'app_wsgi.{lesson}:app']
    else:
        command = ['uvicorn', f'app_asgi.{lesson}:app']
        environment = {**uvicorn_settings(), **environment, 'UVICORN_PORT': str(port)}
    server = start_server(command, port, {**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        wait_until_answering([server])
        yield server
    finally:
        server.stop()


def uvicorn_settings() -> dict[str, str]:
    """Read uvicorn.env as systemd does."""
    lines = (DEPLOY_FOLDER / 'uvicorn.env').read_text().splitlines()
    pairs = (line.split('=', 1) for line in lines if line and not line.startswith('#'))
    return dict(pairs)


@contextmanager
def behind(
    configuration: str, folder: Path, ports: dict[int, int], **changes: str
) -> Iterator[httpx.Client]:
    """Run nginx with a file of deploy, and give a client whose base is nginx.

    Args:
        configuration: The file's name.
        folder: An empty folder, for nginx's own files, the certificate and the log.
        ports: The port of this run for each that the file names as an upstream's.
        changes: Texts of the file, and what a test puts in their place.
    """
    authority = trustme.CA()
    certificate = authority.issue_cert(API)
    certificate.private_key_pem.write_to_path(folder / 'privkey.pem')
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(folder / 'fullchain.pem', append=True)
    here = {
        f'/etc/letsencrypt/live/{API}/': f'{folder}/',
        '/var/log/nginx/': f'{folder}/',
        '/var/cache/nginx/': f'{folder}/',
        'listen 443 ': 'listen 127.0.0.1:PORT ',
        'listen 127.0.0.1:8080': 'listen 127.0.0.1:PORT',
        **{f'127.0.0.1:{written}': f'127.0.0.1:{port}' for written, port in ports.items()},
    }
    server = (DEPLOY_FOLDER / configuration).read_text()
    for written, changed in {**here, **changes}.items():
        assert written in here or written in server, f'{configuration} no longer has {written!r}'
        server = server.replace(written, changed)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    tls = 'PORT ssl' in server
    with (
        running_nginx(folder, server) as own,
        httpx.Client(verify=trust, trust_env=False) as client,
    ):
        client.base_url = own.replace('http:', 'https:') if tls else own
        yield client


def send(client: httpx.Client, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
    """Send a request that is meant for the API's name, and have its certificate checked.

    Args:
        client: Of :func:`behind`.
        request: Built by it.
        stream: Leave the body for the caller to read.
    """
    request.headers['Host'] = API
    request.extensions = {**request.extensions, 'sni_hostname': API}
    return client.send(request, stream=stream)
