"""What the pages of the attack lab print beside exchanges and verdicts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import falcon

from cors import CORSMiddleware
from tests.browsers import verdicts

SHOP = 'https://shop.example.com'
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
ATTACKS = {  # the script of each, by its page
    'attack_reflection': 'wrong_reflection',
    'attack_null': 'wrong_null',
    'attack_pattern': 'wrong_regex',
    'attack_plain_http': 'wrong_plain_http',
    'attack_post': 'wrong_csrf',
    'attack_websocket': 'wrong_websockets',
}
PAGES = {verdicts.LAB_SAME_SITE: 'the same site', verdicts.LAB_OTHER_SITE: 'another site'}


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
    rows.writerow(['Attack', 'Program', 'From a page of', *engines])
    for page, lesson in ATTACKS.items():
        for run in verdicts.runs_of(lesson):
            for origin, site in PAGES.items():
                seen = [row for row in verdicts.read(run.name) if row.page == origin]
                achieved = [
                    _achieved([row for row in seen if row.engine == engine]) for engine in engines
                ]
                rows.writerow([f':doc:`{page}`', f'``{run.program}``', site, *achieved])
    return table.getvalue()


def _achieved(rows: list[verdicts.Row]) -> str:
    """Judge an attack by its first step: whether the script read, or a POST was taken."""
    script, wire = rows[:2]
    taken = wire.text.startswith('POST ') and wire.verdict == '200 OK'
    if script.verdict != 'readable' and not taken:
        return 'fails'
    return '**succeeds**' if wire.text.endswith('with the cookie') else 'no cookie came'
