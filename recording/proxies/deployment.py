"""The deployable files of deploy, used as they are but for ports and paths."""

from __future__ import annotations

import os
import ssl
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import trustme

from demo.processes import Server, free_ports, start_server, wait_until_answering
from recording.proxies.programs import DEPLOY_FOLDER, NGINX, Proxy, running

API = 'api.example.com'


@contextmanager
def serving(interface: str, lesson: str, *, port: int = 0, **environment: str) -> Iterator[Server]:
    """Run a lesson on gunicorn or uvicorn with the settings of deploy.

    Args:
        interface: ``wsgi`` for gunicorn, ``asgi`` for uvicorn.
        lesson: Its name.
        port: By default, a free one.
        environment: Variables in addition to those of this process.
    """
    (port,) = free_ports({'port': port})
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
    configuration: str,
    folder: Path,
    ports: dict[int, int],
    changes: Mapping[str, str] | None = None,
    proxy: Proxy = NGINX,
) -> Iterator[httpx.Client]:
    """Run a proxy with a file of deploy, and give a client whose base is the proxy.

    Args:
        configuration: The file's name.
        folder: An empty folder, for the proxy's own files, the certificates and the log.
            ``client.pem`` is the certificate of a client.
        ports: The port of this run for each that the file names as an upstream's.
        changes: Texts of the file, and what a test puts in their place.
        proxy: The program that reads the file.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / 'authority.pem')
    _write_certificate(authority.issue_cert(API), folder)
    authority.issue_cert('anna@example.com').private_key_and_cert_chain_pem.write_to_path(
        folder / 'client.pem'
    )
    upstreams = {
        before.format(written): before.format(port)
        for written, port in ports.items()
        for before in ('127.0.0.1:{}', '.port = "{}"')
    }
    here = {**proxy.here, **upstreams}
    site = (DEPLOY_FOLDER / configuration).read_text()
    for written, changed in {**here, **(changes or {})}.items():
        assert written in here or written in site, f'{configuration} no longer has {written!r}'
        site = site.replace(written, changed)
    with (
        running(proxy, folder, site) as server,
        httpx.Client(verify=trusting(folder), trust_env=False) as client,
    ):
        tls = proxy.tls is not None and proxy.tls in site
        client.base_url = server.url.replace('http:', 'https:') if tls else server.url
        yield client


def trusting(folder: Path) -> ssl.SSLContext:
    """Trust the authority whose certificate :func:`behind` wrote into a folder."""
    return ssl.create_default_context(cafile=str(folder / 'authority.pem'))


def _write_certificate(certificate: trustme.LeafCert, folder: Path) -> None:
    """Write it as Let's Encrypt does, and in one file as HAProxy reads it."""
    certificate.private_key_pem.write_to_path(folder / 'privkey.pem')
    for pem in certificate.cert_chain_pems:
        pem.write_to_path(folder / 'fullchain.pem', append=True)
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / f'{API}.pem')


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
