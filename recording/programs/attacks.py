"""What the pages of the attack lab print in addition to exchanges and verdicts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import falcon

from cors import CORSMiddleware
from recording.browsers import verdicts
from recording.lessons import SHOP

SHOP_AND_NULL = [SHOP, 'null']
SHOP_AND_PLAIN_HTTP = [SHOP, 'http://old.example.com']
ARGUMENTS: dict[str, dict[str, Any]] = {
    'reflection': {'allow_credentials': '*'},
    'null': {'allow_origins': SHOP_AND_NULL, 'allow_credentials': SHOP_AND_NULL},
    'pattern': {'allow_origins': re.compile(r'https://.*\.example\.com')},
    'plain_http': {
        'allow_origins': SHOP_AND_PLAIN_HTTP,
        'allow_credentials': SHOP_AND_PLAIN_HTTP,
    },
}
ATTACKS = {  # how the table names each, by its page, and its script
    ':doc:`Reflected origin <attack_reflection>`': 'wrong_reflection',
    ':doc:`Sandboxed frame <attack_null>`': 'wrong_null',
    ':doc:`Loose pattern <attack_pattern>`': 'wrong_regex',
    ':doc:`Page without TLS <attack_plain_http>`': 'wrong_plain_http',
    ':doc:`POST from another page <attack_post>`': 'wrong_csrf',
    ':doc:`WebSocket from another page <attack_websocket>`': 'wrong_websockets',
}
SITES = ('the same site', 'another site')  # of the attacker's pages


def start_both(attack: str) -> str:
    """Build Falcon's own middleware and that of cors.py; write which of them start."""
    arguments = ARGUMENTS[attack]
    values = ', '.join(f'{name}={value!r}' for name, value in arguments.items())
    lines = [f'CORSMiddleware({values})']
    for name, middleware in (('Falcon', falcon.CORSMiddleware), ('cors.py', CORSMiddleware)):
        try:
            middleware(**arguments)
        except (TypeError, ValueError) as error:
            lines.append(f'\n{name} does not start. {type(error).__name__}:')
            lines += [f'    {line}' for line in str(error).splitlines()]
        else:
            lines.append(f'\n{name} starts.')
    return '\n'.join(lines) + '\n'


def results() -> str:
    """Write what each attack achieved in each engine, from the verdicts, as CSV with rst."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator='\n')
    rows.writerow(['Attack', *(f'From {site}' for site in SITES), 'On the fixed program'])
    for attack, lesson in ATTACKS.items():
        wrong, fixed = verdicts.runs_of(lesson)
        pages = wrong.pages[1:]
        on_wrong = [_by_engine(wrong, page) for page in pages]
        on_fixed = dict.fromkeys(_by_engine(fixed, page) for page in pages)
        rows.writerow([attack, *on_wrong, ', '.join(on_fixed)])
    return table.getvalue()


def _by_engine(run: verdicts.Run, page: str) -> str:
    """Write what an attack achieved from a page; name engines only if they differ."""
    engines = dict.fromkeys(row.engine for row in verdicts.read(run.name))
    found: dict[str, list[str]] = {}
    for engine in engines:
        found.setdefault(_achieved(run, page, engine), []).append(engine)
    if len(found) == 1:
        return next(iter(found))
    return ', '.join(f'{achieved} in {" and ".join(names)}' for achieved, names in found.items())


def _achieved(run: verdicts.Run, page: str, engine: str) -> str:
    """Judge an attack by its first step: whether the script read, or a POST was taken."""
    recorded = verdicts.read(run.name)
    script, wire, *_ = (row for row in recorded if (row.page, row.engine) == (page, engine))
    accepted = wire.text.startswith('POST ') and wire.verdict == '200 OK'
    if script.verdict != 'readable' and not accepted:
        return ':good:`blocked`'
    return ':bad:`succeeds`' if wire.text.endswith('with the cookie') else 'no cookie sent'
