# SPDX-License-Identifier: MIT-0
"""The doctor: ask a URL as a page in a browser would, and say whether the page may read it."""

from __future__ import annotations

import argparse
import json as json_module
import os
import sys
from collections.abc import Mapping
from typing import Any

from .browser import Browser
from .checks import REDIRECT_STATUSES
from .engines import PROFILES
from .exchange import Exchange, Step, __version__, printable, quoted
from .request import CHOICES
from .rules import FetchFailed, Unreachable

UNREACHABLE = {
    'no-server': 'the server redirects to an origin that was not named; see --also',
    'dns': 'the host name is unknown',
    'refused': 'nothing listens there, or a firewall refuses',
    'tls': 'no secure connection comes about; look at the certificate and the port',
    'timeout': 'the server takes too long',
    'closed': 'the server closes the connection without an answer',
    'not-http': 'what listens there does not speak HTTP',
}
TELLING_HEADERS = ('access-control-', 'cross-origin-', 'location', 'set-cookie', 'vary')


def not_cors(failure: FetchFailed) -> str:
    """What really went wrong where CORS is but a symptom; empty where it is the cause."""
    if isinstance(failure, Unreachable):
        return UNREACHABLE[failure.kind]
    if not failure.exchange.steps:
        return 'the browser makes no request at all'
    step = failure.exchange.steps[-1]
    if step.preflight and step.status in REDIRECT_STATUSES:
        location = quoted(step.response_headers.get('Location', ''))
        return f'the server redirects to {location}; ask for that URL'
    if step.status >= 500:
        return f'the server, or a proxy before it, fails with status {step.status}'
    return ''


def show(text: str, colour: int = 0) -> None:
    """Print a line, in which nothing from the wire can steer the terminal."""
    start, end = f'\x1b[{colour}m', '\x1b[0m'
    if not colour or os.environ.get('NO_COLOR') or not sys.stdout.isatty():
        start = end = ''
    print(f'{start}{printable(text)}{end}', flush=True)


def show_request(step: Step) -> None:
    """Print a request when it is sent."""
    why = f'   (preflight: {", ".join(step.why)})' if step.preflight else ''
    show(f'{step.method} {step.url}{why}', 1)
    for name, value in step.request_headers:
        show(f'  > {name}: {value}')


def show_answer(step: Step, decisive: str = '') -> None:
    """Print the answer to a request, and mark the header that decides."""
    show(f'  < {step.status or "no answer"}')
    for name, value in step.response_headers.pairs():
        if name == decisive.lower():
            show(f'  < {name}: {value}   <== this decides', 33)
        elif name.startswith(TELLING_HEADERS):
            show(f'  < {name}: {value}')
    if decisive and decisive not in step.response_headers:
        show(f'  < {decisive.lower()} is missing   <== this decides', 33)


def show_verdict(found: Mapping[str, Any]) -> None:
    """Print what the doctor found."""
    if found['verdict'] == 'readable':
        visible = found['exchange']['visible_headers']
        show('READABLE: the page may read the answer', 32)
        show(f'headers it sees: {", ".join(visible) or "none"}')
        return
    word = 'BLOCKED' if found['verdict'] == 'blocked' else 'COULD NOT ASK'
    show(f'{word}: {found["reason"]} ({found["code"]})', 31)
    show(f'this is not CORS: {found["not_cors"]}' if found['not_cors'] else 'this is CORS')
    show(f'fix: {found["fix"]}')
    show(f'rule: {found["section"]}')
    if found['exchange']['side_effect_possible']:
        show('note: the server got the request and may have acted on it')


def findings(exchange: Exchange, failure: FetchFailed | None) -> dict[str, Any]:
    """What the doctor found, as values that fit into JSON."""
    found: dict[str, Any] = {'verdict': 'readable', 'exchange': exchange.as_dict()}
    if failure:
        found['verdict'] = 'unreachable' if isinstance(failure, Unreachable) else 'blocked'
        found['not_cors'] = not_cors(failure)
        for name in ('code', 'reason', 'header', 'fix', 'section'):
            found[name] = getattr(failure, name)
    return found


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line; exit with 2 if it is wrong."""
    parser = argparse.ArgumentParser(
        prog='python -m cors_browser',
        description='Ask a URL as a page in a browser would, and say whether the page may read '
        'the answer. Exit code: 0 it may, 1 it is blocked, 2 the server could not be asked.',
    )
    parser.add_argument('url', help='the only URL that is contacted')
    parser.add_argument('--page', required=True, help="the page's location.origin, or null")
    parser.add_argument('--method', default='GET')
    parser.add_argument('--header', action='append', default=[], metavar="'NAME: VALUE'")
    parser.add_argument('--credentials', choices=CHOICES['credentials'], default='same-origin')
    parser.add_argument('--body', metavar='TEXT')
    parser.add_argument('--profile', choices=[*PROFILES], default='standard')
    parser.add_argument('--timeout', type=float, default=10, metavar='SECONDS')
    parser.add_argument('--also', action='append', default=[], metavar='ORIGIN',
                        help='a further origin that may be contacted, for redirects')  # fmt: skip
    parser.add_argument('--json', action='store_true', help='print JSON instead of text')
    parser.add_argument('--version', action='version', version=__version__)
    arguments = parser.parse_args(argv)
    for header in arguments.header:
        if ':' not in header:
            parser.error(f"argument --header: {header!r} has no colon; write 'Name: value'")
    return arguments


def main(argv: list[str] | None = None) -> int:
    """Run the doctor.

    Args:
        argv: The arguments of the command line; those of the process by default.

    Returns:
        The exit code, which is 0 if the page may read the answer, 1 if it is blocked, 2 if the
        server could not be asked, and 130 after Ctrl-C.
    """
    arguments, failure = parse_arguments(argv), None
    also = {origin: origin for origin in arguments.also}
    headers = [tuple(header.split(':', 1)) for header in arguments.header]
    options = {'credentials': arguments.credentials, 'headers': headers, 'body': arguments.body}
    sent: list[Step] = []

    def announce(step: Step) -> None:
        """Print a request, and before it the answer to the last one."""
        if arguments.json:
            return
        if sent:
            show_answer(sent[-1])
        sent.append(step)
        show_request(step)

    try:
        browser = Browser(
            arguments.url, arguments.page, hosts=also, profile=arguments.profile,
            timeout=arguments.timeout, on_step=announce,
        )  # fmt: skip
        exchange = browser.fetch(arguments.url, arguments.method, **options).exchange
    except FetchFailed as error:
        failure, exchange = error, error.exchange
    except (ImportError, ValueError) as error:
        print(printable(f'could not ask: {error}'), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('stopped', file=sys.stderr)
        return 130
    found = findings(exchange, failure)
    if arguments.json:
        print(json_module.dumps(found, indent=2))
    else:
        if sent:
            show_answer(sent[-1], found.get('header', ''))
        show_verdict(found)
    return {'readable': 0, 'blocked': 1, 'unreachable': 2}[found['verdict']]


if __name__ == '__main__':
    sys.exit(main())
