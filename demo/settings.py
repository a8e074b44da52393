"""What the demo sets for its lessons: their environment, and its own origins.

A lesson names the origins of its readers, such as ``https://shop.example.com``. The demo's pages
are on this machine instead, so the demo puts their origins in place when it loads a lesson.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

GUIDE_PORT_VARIABLE = 'CORS_DEMO_GUIDE_PORT'
ATTACKER_PORT_VARIABLE = 'CORS_DEMO_ATTACKER_PORT'


def lesson_environment(folder: Path, origins: Iterable[str]) -> dict[str, str]:
    """Return the environment variables that lessons read.

    Args:
        folder: An empty folder, for the database of ``dynamic_origins``.
        origins: Those that ``dynamic_origins`` and ``origins_from_env`` allow.
    """
    origins = list(origins)
    return {
        'BAKERY_ENV': 'development',  # local_development
        'BAKERY_KEY': 'the key of this guide, which everybody knows',  # csrf_token
        'BAKERY_ORIGINS': ','.join(origins),
        'DATABASE_URL': create_tenants(folder / 'tenants.sqlite', origins),
    }


def create_tenants(path: Path, origins: Iterable[str]) -> str:
    """Create the SQLite file ``path`` with a row for each origin; return its ``DATABASE_URL``."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute('CREATE TABLE tenants (origin VARCHAR PRIMARY KEY)')
        database.executemany('INSERT INTO tenants VALUES (?)', [(origin,) for origin in origins])
    return f'sqlite:///{path}'


def demo_names(guide: str, attacker: str) -> dict[str, str]:
    """Return what the demo writes into a lesson in place of which text.

    Args:
        guide: Port of the guide.
        attacker: Port of the attack lab's other origin.
    """
    return {
        "'api.example.com'": "'127.0.0.1'",  # tenants_by_host
        "'partner-api.example.com'": "'localhost'",
        'https://shop.example.com': f'http://127.0.0.1:{guide}',
        'https://partner.example.com': f'http://localhost:{guide}',
        'http://old.example.com': f'http://127.0.0.1:{attacker}',  # wrong_plain_http
        r'https://.*\.example\.com': r'http://127\.0\.0\.1',  # wrong_regex
    }


def with_demo_names(source: str, names: dict[str, str]) -> str:
    """Put the demo's names into the text of a lesson."""
    pattern = '|'.join(map(re.escape, names))
    return re.sub(pattern, lambda found: names[found[0]], source)
