"""What the guide prints of programs and policies: each text is made by running them.

``nox -s record`` writes the files of docs/recorded/programs; a test asserts that they still hold.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import partial
from inspect import cleandoc
from typing import Any

from cors import Policy, PolicyError
from cors_browser import PROFILES, RULES, Engine
from cors_browser.urls import same_origin, same_site
from demo.processes import Server, free_ports, wait_until_answering
from recording.lessons import ROOT
from recording.programs import attacks as lab

PROGRAMS_FOLDER = ROOT / 'docs/recorded/programs'


def last_lines(module: str, after: str, **environment: str) -> str:
    """Run a program that does not start; return what it prints from the line of its error on."""
    ended = subprocess.run(
        [sys.executable, '-m', module],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = ended.stderr.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(after))
    return '\n'.join(lines[start:]) + '\n'


def ask_the_database(origin: str) -> bool:
    """Stand for a callable of the reader."""
    return origin == 'https://shop.example.com'


MISTAKES: tuple[dict[str, Any], ...] = (
    {'allow_origins': 'example.com'},
    {'allow_origins': 'https://example.com/'},
    {'allow_origins': 'https://example.com/shop'},
    {'allow_origins': 'https://Example.com'},
    {'allow_origins': 'https://example.com:443'},
    {'allow_origins': 'https://example.com:port'},
    {'allow_origins': 'https://anna@example.com'},
    {'allow_origins': 'https://a.example, https://b.example'},
    {'allow_origins': 'https://bäckerei.example'},
    {'allow_origins': 'http://[0:0::1]'},
    {'allow_origins': 'null'},
    {'allow_origins': 'file:///index.html'},
    {'allow_origins': 'wss://example.com'},
    {'allow_origins': []},
    {'allow_origins': ['*']},
    {'allow_origins': [None]},
    {'allow_origins': b'https://example.com'},
    {'allow_origins': 'https://shop.*.example.com'},
    {'allow_origins': 'https://*.com'},
    {'allow_origins': 'https://*.github.io'},
    {'allow_credentials': True},
    {'allow_origins': 'http://example.com', 'allow_credentials': True},
    {'allow_origins': 'https://a.example', 'allow_credentials': 'https://b.example'},
    {'allow_origins': ask_the_database, 'allow_credentials': 'https://a.example'},
    {'allow_methods': ['get']},
    {'allow_methods': ['TRACE']},
    {'allow_headers': ['Cookie']},
    {'allow_headers': ['X Request ID']},
    {'expose_headers': ['Set-Cookie']},
    {
        'allow_origins': 'https://a.example',
        'allow_credentials': True,
        'expose_headers': '*',
    },
    {'max_age': -1},
    {'max_age': '600'},
    {'allow_private_network': 'no'},
    {'allow_origins': ['example.com', 'null'], 'allow_methods': ['patch'], 'max_age': 1.5},
)


def policy_errors() -> str:
    """Make each mistake and write what the policy says of it."""
    return '\n'.join(f'{_shown(mistake)}\n{_faults(mistake)}\n' for mistake in MISTAKES)


def _shown(arguments: dict[str, Any]) -> str:
    values = (
        f'{name}={value.__name__ if callable(value) else repr(value)}'
        for name, value in arguments.items()
    )
    return f'Policy({", ".join(values)})'


def _faults(arguments: dict[str, Any]) -> str:
    try:
        Policy(**arguments)
    except PolicyError as error:
        return '\n'.join(f'    {fault}' for fault in error.faults)
    raise AssertionError(f'{arguments} is no mistake')


POLICY = Policy(
    allow_origins=['https://shop.example.com', 'https://*.preview.example.com'],
    allow_credentials=['https://shop.example.com'],
    allow_methods=['GET', 'PUT'],
    allow_headers=['Content-Type'],
    expose_headers=['X-Total-Count'],
)
OPEN = Policy()
SHOP, PREVIEW = 'https://shop.example.com', 'https://pr-17.preview.example.com'
DECISIONS: tuple[tuple[Policy, str | None, list[str]], ...] = (
    (POLICY, SHOP, ['GET']),
    (POLICY, PREVIEW, ['GET']),
    (POLICY, 'https://other.example.net', ['GET']),
    (POLICY, 'null', ['GET']),
    (POLICY, None, ['GET']),
    (POLICY, SHOP, ['OPTIONS']),
    (POLICY, SHOP, ['OPTIONS', 'PUT', 'content-type']),
    (POLICY, SHOP, ['OPTIONS', 'DELETE']),
    (POLICY, SHOP, ['OPTIONS', 'PUT', 'content-type,x-debug']),
    (POLICY, 'https://other.example.net', ['OPTIONS', 'PUT', 'content-type']),
    (OPEN, SHOP, ['GET']),
    (OPEN, None, ['GET']),
    (OPEN, 'null', ['GET']),
    (OPEN, SHOP, ['OPTIONS', 'PUT', 'x-debug, content-type']),
    (OPEN, SHOP, ['OPTIONS', 'PUT', 'x debug']),
)


def decisions() -> str:
    """Write what two policies decide on a table of requests, as CSV with rst in its cells."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator='\n')
    rows.writerow(['Policy', 'Origin', 'Request', 'Allowed', 'Because', 'Headers'])
    for policy, origin, request in DECISIONS:
        name = 'open' if policy is OPEN else 'shop'
        words = ' '.join(request)
        decision = policy.decide(origin, *request)
        rows.writerow(
            [
                name,
                f'``{origin}``' if origin else '(none)',
                f'``{words}``',
                'yes' if decision.allowed else 'no',
                decision.reason,
                _lines(f'``{header}: {value}``' for header, value in decision.headers),
            ]
        )
    return table.getvalue()


def _lines(texts: Iterable[str]) -> str:
    return '\n'.join(f'| {text}' for text in texts)


def decision_points() -> str:
    """Write the rules of cors_browser in the order of the standard's decisions, as CSV."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator='\n')
    rows.writerow(['Decision', 'Code', 'Section of the Fetch Standard', 'Fix'])
    for code, rule in RULES.items():
        _, _, anchor = rule.section.rpartition('#')
        section = f'``#{anchor}``' if rule.anchor == anchor else f'`#{anchor} <{rule.section}>`__'
        rows.writerow([f'``{rule.point}``', f'``{code}``', section, rule.fix])
    return table.getvalue()


ORIGINS = (
    'https://api.example.com',
    'https://shop.example.com',
    'https://api.example.com:8443',
    'http://api.example.com',
    'https://other.example.net',
    'null',
)


def sites() -> str:
    """Ask cors_browser which pages are of the API's origin and site, as CSV."""
    api = 'https://api.example.com'
    table = io.StringIO()
    rows = csv.writer(table, lineterminator='\n')
    rows.writerow(['The page', 'Same origin', 'Same site'])
    for page in ORIGINS:
        is_same = (same_origin(page, api), same_site(page, api))
        rows.writerow([f'``{page}``', *('yes' if same else 'no' for same in is_same)])
    return table.getvalue()


def profiles() -> str:
    """Write where each engine leaves the standard, as CSV: the docstrings of its steps."""
    table = io.StringIO()
    rows = csv.writer(table, lineterminator='\n')
    rows.writerow(['Step', *(engine.name for engine in PROFILES.values())])
    for name, step in vars(Engine).items():
        if callable(step) and not name.startswith('_'):
            steps = [vars(type(engine)).get(name) for engine in PROFILES.values()]
            rows.writerow([f'``{name}``', *(_summary(step) if step else '' for step in steps)])
    return table.getvalue()


def _summary(step: Callable[..., object]) -> str:
    """The first paragraph of a docstring, on one line."""
    return ' '.join(cleandoc(step.__doc__ or '').partition('\n\n')[0].split())


def doctor(lesson: str, *arguments: str) -> str:
    """Ask a lesson on gunicorn with the doctor; the port of this run becomes 8000."""
    (port,) = free_ports({'port': 0})
    server = subprocess.Popen(
        [sys.executable, '-m', 'gunicorn', f'app_wsgi.{lesson}:app', f'--bind=127.0.0.1:{port}'],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until_answering([Server('gunicorn', port, server)])
        return ask_doctor(port, *arguments)
    finally:
        server.terminate()
        server.wait(20)


def ask_doctor(port: int, path: str, *arguments: str) -> str:
    page = ['--page', 'https://shop.example.com']
    doctor = subprocess.run(
        [sys.executable, '-m', 'cors_browser', f'http://127.0.0.1:{port}{path}', *page, *arguments],
        cwd=ROOT,
        env={**os.environ, 'NO_COLOR': '1'},
        capture_output=True,
        text=True,
        check=False,
    )
    return f'{doctor.stdout}exit code {doctor.returncode}\n'.replace(f':{port}', ':8000')


def doctor_without_a_server() -> str:
    (port,) = free_ports({'port': 0})
    return ask_doctor(port, '/orders/17')


OUTPUTS: dict[str, Callable[[], str]] = {
    'attack_lab.csv': lab.results,
    **{f'attack_{name}.txt': partial(lab.start_both, name) for name in lab.ARGUMENTS},
    'decision_points.csv': decision_points,
    'doctor_blocked.txt': lambda: doctor('preflight', '/orders/17', '--method', 'DELETE'),
    'doctor_not_cors.txt': doctor_without_a_server,
    'doctor_readable.txt': lambda: doctor('one_origin', '/menu'),
    'decisions.csv': decisions,
    'origins_from_env.txt': lambda: last_lines(
        'app_wsgi.origins_from_env', 'cors.PolicyError', BAKERY_ORIGINS='shop.example.com/'
    ),
    'policy_errors.txt': policy_errors,
    'profiles.csv': profiles,
    'sites.csv': sites,
    'wrong_flag_and_middleware.txt': lambda: last_lines(
        'app_wsgi.wrong_flag_and_middleware', 'ValueError'
    ),
}
