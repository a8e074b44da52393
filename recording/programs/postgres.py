"""A PostgreSQL of its own: Debian's package, a new folder, a socket in it, and no port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

INSTALL = 'apt-get install --no-install-recommends postgresql'
STOP_SECONDS = 20


@dataclass
class Postgres:
    """A server with a database ``bakery``.

    Attributes:
        socket: The folder of its socket and its data.
        process: Options of ``Popen``: the user who runs it, and where.
    """

    programs: Path
    socket: Path
    process: dict[str, Any]
    server: subprocess.Popen[Any] | None = None

    def start(self) -> None:
        """Start the server; :meth:`connect` fails until it is ready."""
        settings = ['-h', '', '-k', str(self.socket), '-F']  # no address, a socket, no fsync
        self.server = subprocess.Popen(
            [self.programs / 'postgres', '-D', str(self.socket / 'data'), *settings],
            stderr=subprocess.DEVNULL,
            **self.process,
        )

    def stop(self) -> None:
        """End all connections and the server."""
        if self.server:
            self.server.send_signal(signal.SIGINT)
            self.server.wait(STOP_SECONDS)
            self.server = None

    def url(self, role: str) -> str:
        """Return the ``DATABASE_URL`` of a role."""
        return f'postgresql+psycopg://{role}@/bakery?host={self.socket}'

    def connect(self, role: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.socket), user=role, dbname='bakery', autocommit=True)

    def run_file(self, file: Path) -> None:
        """Run a file as an administrator does."""
        where = ['--host', str(self.socket), '--username', 'postgres', '--quiet']
        stop = ['--no-psqlrc', '--set', 'ON_ERROR_STOP=1']
        command = [str(self.programs / 'psql'), *where, *stop, '--file', str(file), 'bakery']
        subprocess.run(command, check=True)


def find() -> Path | None:
    """Find the programs of the newest PostgreSQL of Debian's packages, or the one on the path."""
    debian = Path('/usr/lib/postgresql').glob('[0-9]*/bin/initdb')
    newest = max(debian, key=lambda initdb: float(initdb.parts[-3]), default=None)
    found = newest or shutil.which('initdb')
    return Path(found).parent if found else None


FOUND = find()


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Run a server until the block ends; for root, as user postgres, for it refuses to be root."""
    if FOUND is None:
        raise RuntimeError(f'no PostgreSQL on this machine; install it with: {INSTALL}')
    # Not below pytest's folder: there the other user may not look, and a socket's path is short.
    with tempfile.TemporaryDirectory(prefix='bakery-') as name:
        folder = Path(name)
        someone: dict[str, Any] = {'cwd': folder}
        if os.geteuid() == 0:
            shutil.chown(folder, 'postgres', 'postgres')
            someone |= {'user': 'postgres', 'group': 'postgres', 'extra_groups': []}
        data = str(folder / 'data')
        create = ['--username=postgres', '--auth=trust', '--no-sync', '--encoding=UTF8']
        subprocess.run(
            [FOUND / 'initdb', '--pgdata', data, *create, '--locale=C'],
            check=True,
            stdout=subprocess.DEVNULL,
            **someone,
        )
        postgres = Postgres(FOUND, folder, someone)
        postgres.start()
        try:
            _create_database(folder)
            yield postgres
        finally:
            postgres.stop()


def _create_database(socket: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            with psycopg.connect(host=str(socket), user='postgres', autocommit=True) as connection:
                connection.execute('CREATE DATABASE bakery')
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
