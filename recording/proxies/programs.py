"""nginx, Caddy, HAProxy, Apache and Varnish, as processes that use no file of the machine's."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from demo.processes import Server, free_ports
from recording.lessons import ROOT

DEPLOY_FOLDER = ROOT / 'deploy'
OUTPUT = 'output.txt'  # what a proxy prints
START_SECONDS = 20


@dataclass(frozen=True)
class Proxy:
    """A program that receives requests in place of a server.

    In each of the texts, FOLDER is the folder of this run, PUBLIC one that every user can read,
    with ``public`` in it, and PORT the port of this run.

    Attributes:
        title: The name that people know.
        package: Debian's.
        site: The file of ``deploy`` that puts it in front of an API.
        command: The program and its arguments.
        file: The name of its configuration, in the folder.
        frame: What the configuration needs around a file of ``deploy``, which is at SITE.
        here: Texts of the files of ``deploy``, and what a run puts in their place.
        tls: A text that is in each configuration with TLS.
        environment: Variables in addition to those of this process.
        reload: The command that makes it read its configuration again.
        public: Files of ``deploy`` that the configuration names.
    """

    title: str
    package: str
    site: str
    command: tuple[str, ...]
    file: str
    frame: str = 'SITE'
    here: Mapping[str, str] = field(default_factory=dict)
    tls: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    reload: tuple[str, ...] = ()
    public: tuple[str, ...] = ()

    @property
    def program(self) -> str | None:
        """The program's path; None if the machine lacks it."""
        return _path_of(self.command[0])

    @property
    def install(self) -> str:
        """The command that installs it on Debian."""
        return f'apt-get install --no-install-recommends {self.package}'


NGINX = Proxy(
    title='nginx',
    package='nginx-light',
    site='behind_nginx.conf',
    command=('nginx', '-p', 'FOLDER', '-c', 'nginx.conf', '-g', 'daemon off; error_log stderr;'),
    file='nginx.conf',
    frame=f"""
{'user root;' if os.geteuid() == 0 else ''}
pid nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    fastcgi_temp_path fastcgi;
    proxy_temp_path proxy;
    scgi_temp_path scgi;
    uwsgi_temp_path uwsgi;
SITE
}}
""",
    here={
        '/etc/letsencrypt/live/api.example.com/': 'FOLDER/',
        '/var/log/nginx/': 'FOLDER/',
        '/var/cache/nginx/': 'FOLDER/',
        '/etc/nginx/clients.pem': 'FOLDER/authority.pem',
        'listen 443 ': 'listen 127.0.0.1:PORT ',
        'listen 127.0.0.1:8080': 'listen 127.0.0.1:PORT',
    },
    tls=' ssl;',
    reload=('nginx', '-p', 'FOLDER', '-c', 'nginx.conf', '-s', 'reload'),
)

# Without port 2019 for its API, without ports 80 and 443, and without certificates of its own
CADDY_ALONE = """{
	admin unix/FOLDER/admin.sock
	auto_https off
	default_bind 127.0.0.1
"""
CADDY = Proxy(
    title='Caddy',
    package='caddy',
    site='behind_caddy.caddyfile',
    command=('caddy', 'run', '--adapter', 'caddyfile', '--config', 'FOLDER/Caddyfile'),
    file='Caddyfile',
    here={
        '\n{\n': f'\n{CADDY_ALONE}\thttps_port PORT\n',
        'api.example.com {': 'api.example.com {\n\ttls FOLDER/fullchain.pem FOLDER/privkey.pem',
        'http://:8080 {': f'{CADDY_ALONE}}}\nhttp://:PORT {{',
        '/var/log/caddy/': 'FOLDER/',
    },
    tls='\ttls ',
    environment={'HOME': 'FOLDER', 'XDG_DATA_HOME': 'FOLDER', 'XDG_CONFIG_HOME': 'FOLDER'},
    reload=(
        *('caddy', 'reload', '--adapter', 'caddyfile', '--config', 'FOLDER/Caddyfile'),
        *('--address', 'unix/FOLDER/admin.sock'),
    ),
)

HAPROXY = Proxy(
    title='HAProxy',
    package='haproxy',
    site='behind_haproxy.cfg',
    command=('haproxy', '-W', '-db', '-f', 'FOLDER/haproxy.cfg', '-p', 'FOLDER/haproxy.pid'),
    file='haproxy.cfg',
    here={
        'log /dev/log local0': 'log stdout format raw local0',
        '    user haproxy\n    group haproxy\n': '',
        'bind :443 ': 'bind 127.0.0.1:PORT ',
        'bind 127.0.0.1:8080': 'bind 127.0.0.1:PORT',
        '/etc/haproxy/': 'FOLDER/',
        'retries 1': 'retries 0',  # the retry waits for a second
    },
    tls=' ssl crt ',
    reload=('sh', '-c', 'kill -USR2 $(cat FOLDER/haproxy.pid)'),
)

MODULES = (
    *('mpm_event', 'authz_core', 'alias', 'headers', 'mime', 'proxy', 'proxy_http'),
    *('proxy_wstunnel', 'rewrite', 'socache_shmcb', 'ssl'),
)
APACHE = Proxy(
    title='Apache',
    package='apache2',
    site='behind_apache.conf',
    command=('apache2', '-d', 'FOLDER', '-f', 'apache2.conf', '-DNO_DETACH', '-DFOREGROUND'),
    file='apache2.conf',
    frame='\n'.join(
        (
            *(
                f'LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so'
                for name in MODULES
            ),
            'Listen 127.0.0.1:PORT',
            'ServerName api.example.com',
            'PidFile FOLDER/apache2.pid',
            'Mutex file:FOLDER default',
            'DefaultRuntimeDir FOLDER',
            'TypesConfig /dev/null',
            'AddType application/json .json',
            'ErrorLog FOLDER/error.log',
            'StartServers 1',
            'ThreadsPerChild 16',
            'MaxRequestWorkers 16',
            *(('User www-data', 'Group www-data') if os.geteuid() == 0 else ()),
            'SITE',
        )
    ),
    here={
        '/etc/letsencrypt/live/api.example.com/': 'FOLDER/',
        '/var/log/apache2/': 'FOLDER/',
        '/etc/apache2/': 'PUBLIC/',
        '<VirtualHost *:443>': '<VirtualHost *:PORT>',
        '<VirtualHost 127.0.0.1:8080>': '<VirtualHost *:PORT>',
    },
    tls='SSLEngine on',
    reload=('apache2', '-d', 'FOLDER', '-f', 'apache2.conf', '-k', 'graceful'),
    public=('own_error.json',),
)

VARNISH = Proxy(
    title='Varnish',
    package='varnish',
    site='behind_varnish.vcl',
    command=(
        *('varnishd', '-F', '-j', 'none', '-n', 'FOLDER/varnish', '-a', '127.0.0.1:PORT'),
        *('-f', 'FOLDER/default.vcl', '-s', 'malloc,16m', '-p', 'thread_pools=1'),
    ),
    file='default.vcl',
    reload=(
        *('sh', '-c'),
        'varnishadm -n FOLDER/varnish vcl.load new FOLDER/default.vcl && '
        'varnishadm -n FOLDER/varnish vcl.use new',
    ),
)

PROXIES = {proxy.title: proxy for proxy in (NGINX, CADDY, HAPROXY, APACHE, VARNISH)}


def _path_of(name: str) -> str | None:
    return shutil.which(name) or shutil.which(f'/usr/sbin/{name}')


def reload(proxy: Proxy, folder: Path) -> None:
    """Make a running proxy read its configuration again, without an interruption.

    Args:
        proxy: It runs in the folder.
        folder: As for :func:`running`.
    """
    name, *arguments = (text.replace('FOLDER', str(folder)) for text in proxy.reload)
    with (folder / 'reload.txt').open('w') as output:
        subprocess.run(
            [_path_of(name) or name, *arguments], check=True, stdout=output, stderr=output
        )


@contextmanager
def running(proxy: Proxy, folder: Path, site: str) -> Iterator[Server]:
    """Run a proxy, and yield it when it listens.

    Args:
        proxy: One of ``PROXIES``.
        folder: An empty folder for the proxy's own files.
        site: The configuration, as a file of ``deploy`` has it.
    """
    if proxy.program is None:
        raise RuntimeError(f'no {proxy.title} on this machine; install it with: {proxy.install}')
    (port,) = free_ports({proxy.title: 0})
    with _public_folder(proxy) as public:
        places = {'FOLDER': str(folder), 'PUBLIC': str(public), 'PORT': str(port)}

        def fill(text: str) -> str:
            for name, place in places.items():
                text = text.replace(name, place)
            return text

        (folder / proxy.file).write_text(fill(proxy.frame.replace('SITE', site)))
        environment = {name: fill(value) for name, value in proxy.environment.items()}
        command = [proxy.program, *map(fill, proxy.command[1:])]
        server = _start(proxy.title, command, port, environment, folder / OUTPUT)
        try:
            _wait_until_listening(server, folder / OUTPUT)
            yield server
        finally:
            server.stop()


@contextmanager
def _public_folder(proxy: Proxy) -> Iterator[Path]:
    """Yield a folder that a program can read after it gave up the rights of root."""
    with TemporaryDirectory(prefix='proxy-') as name:
        folder = Path(name)
        folder.chmod(0o755)
        for file in proxy.public:
            shutil.copy(DEPLOY_FOLDER / file, folder)
        yield folder


def _start(
    title: str, command: list[str], port: int, environment: Mapping[str, str], output: Path
) -> Server:
    with output.open('w') as written:
        process = subprocess.Popen(
            [sys.executable, '-m', 'recording.proxies.attached', *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    return Server(title, port, process)


def _wait_until_listening(server: Server, output: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        with suppress(ConnectionRefusedError), socket.create_connection(('127.0.0.1', server.port)):
            return
        time.sleep(0.02)
    ended = server.process.poll()
    state = 'still runs' if ended is None else f'ended (exit code {ended})'
    raise RuntimeError(
        f"{server.name} doesn't listen on port {server.port}; it {state}:\n{output.read_text()}"
    )
