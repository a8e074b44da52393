"""A database for the lesson ``dynamic_origins``, whose rows are the origins of this demo."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path


def create_tenants(path: Path, origins: Iterable[str]) -> str:
    """Create the SQLite file ``path`` with a row for each origin; return its ``DATABASE_URL``."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('CREATE TABLE tenants (origin VARCHAR PRIMARY KEY)')
        database.executemany('INSERT INTO tenants VALUES (?)', [(origin,) for origin in origins])
    return f'sqlite:///{path}'
