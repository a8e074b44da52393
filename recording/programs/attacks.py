"""What the pages of the attack lab print beside exchanges and verdicts."""

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
    ':doc:`Foreign POST <attack_post>`': 'wrong_csrf',
    ':doc:`Foreign WebSocket <attack_websocket>`': 'wrong_websockets',
}
SITES = ('the same site', 'another site')  # of the pages behind the shop's own


def start_both(attack: str) -> str:
    """Build Falcon's own middleware and that of cors.py; write what becomes of each."""
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
    engines = list(dict.fromkeys(row.engine for row in verdicts.read('wrong_reflection')))
    rows.writerow(['Attack', 'From a page of', *engines, 'On the mended program'])
    for attack, lesson in ATTACKS.items():
        wrong, mended = verdicts.runs_of(lesson)
        for page, site in zip(wrong.pages[1:], SITES, strict=True):
            achieved = [_achieved(wrong, page, engine) for engine in engines]
            on_mended = {_achieved(mended, page, engine) for engine in engines}
            rows.writerow([attack, site, *achieved, ', '.join(sorted(on_mended))])
    return table.getvalue()


def _achieved(run: verdicts.Run, page: str, engine: str) -> str:
    """Judge an attack by its first step: whether the script read, or a POST was taken."""
    recorded = verdicts.read(run.name)
    script, wire, *_ = (row for row in recorded if (row.page, row.engine) == (page, engine))
    accepted = wire.text.startswith('POST ') and wire.verdict == '200 OK'
    if script.verdict != 'readable' and not accepted:
        return 'fails'
    return '**succeeds**' if wire.text.endswith('with the cookie') else 'no cookie came'
