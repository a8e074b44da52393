# SPDX-License-Identifier: MIT-0
"""The doctor's command line: its options, and notes about wrong or ignored ones."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator
from pathlib import Path

from .arguments import CHOICES
from .engines import PROFILES
from .exchange import Pairs, __version__, quoted
from .request import append_header
from .rules import Blocked
from .urls import parse_url, same_origin

EXAMPLES = """examples:
  python -m cors_browser https://api.example.com/items --page https://app.example.com
  python -m cors_browser URL --page ORIGIN --method PUT --header 'Content-Type: application/json' \\
      --body @item.json --credentials include --cookie 'sid=1; Secure; SameSite=None'
  curl -i -H 'Origin: https://app.example.com' URL | \\
      python -m cors_browser URL --page https://app.example.com --response -
  python -m cors_browser --har network.har

exit code:
  0  the page can read the response
  1  it can't: the browser blocks the response, or mode no-cors hides it
  2  there is no response, or an argument is wrong
"""
ELSEWHERE = {
    'cookie': 'pass it with --cookie',
    'origin': '--page sets it',
    'host': 'the URL sets it',
    'content-length': '--body sets it',
}
#: Options that only apply if a server is called.
LIVE_ONLY = ('also', 'cookie', 'cafile', 'insecure', 'timeout')
#: Options for a single fetch. A HAR file already contains these.
FETCH_ONLY = ('method', 'header', 'credentials', 'mode', 'body', 'top_level', 'response')
DEFAULTS = {'method': 'GET', 'credentials': 'same-origin', 'mode': 'cors', 'timeout': 10.0}


def positive(text: str) -> float:
    """A number of seconds above zero."""
    seconds = float(text)
    if not (seconds > 0 and math.isfinite(seconds)):
        raise argparse.ArgumentTypeError(f'{text!r} is not a number of seconds above 0')
    return seconds


def parser() -> argparse.ArgumentParser:
    """The options."""
    made = argparse.ArgumentParser(
        prog='python -m cors_browser', epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Send the requests that a page in a browser would send, including preflights,\n'
        'and say whether the page can read the response. If not, say who responded and\n'
        'how to fix it.',
    )  # fmt: skip
    add = made.add_argument
    add('url', nargs='?', help='the URL that the page fetches; the doctor contacts no other host')
    add('--page', metavar='ORIGIN', help="the page's location.origin, or null")
    fetch = made.add_argument_group('what the page fetches')
    add = fetch.add_argument
    add('--method', help='GET by default')
    add('--header', action='append', default=[], metavar="'NAME: VALUE'",
        help='a header that the page sets; can be repeated')  # fmt: skip
    add('--body', metavar='TEXT|@FILE', help='the body: text, or @FILE')
    add('--credentials', choices=CHOICES['credentials'], help='same-origin by default')
    add('--cookie', action='append', default=[], metavar="'NAME=VALUE; ATTRIBUTES'",
        help='a cookie for the URL, in the form of Set-Cookie; can be repeated')  # fmt: skip
    add('--mode', choices=CHOICES['mode'], help='cors by default')
    add(
        '--top-level',
        metavar='ORIGIN',
        help='the origin in the address bar, if the page is in a frame',
    )
    add('--profile', choices=[*PROFILES], default='standard', help='the browser to follow')
    server = made.add_argument_group('how to call the server')
    add = server.add_argument
    add(
        '--timeout',
        type=positive,
        metavar='SECONDS',
        help='time limit for each response; 10 by default',
    )
    add('--also', action='append', default=[], metavar='ORIGIN',
        help='another origin to contact, for redirects; can be repeated')  # fmt: skip
    add('--cafile', metavar='FILE', help='a PEM file with more certificate authorities to trust')
    add('--insecure', action='store_true', help='trust any certificate')
    recorded = made.add_argument_group('what to read instead of calling a server')
    add = recorded.add_argument
    add('--response', metavar='FILE', help='the output of curl -i for the URL; - reads stdin')
    add(
        '--har', metavar='FILE', help='a HAR file from the developer tools; checks each fetch in it'
    )
    made.add_argument('--json', action='store_true', help='print JSON instead of text')
    made.add_argument('--version', action='version', version=__version__)
    return made


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line; exit with 2 if it is wrong."""
    made = parser()
    arguments = made.parse_args(argv)
    given = {name for name, value in vars(arguments).items() if value not in (None, [], False)}
    wanted = [] if arguments.har else [name for name in ('url', 'page') if name not in given]
    if wanted:
        names = ', '.join('--page' if name == 'page' else name for name in wanted)
        made.error(f'the following arguments are required: {names}')
    source = 'har' if arguments.har else 'response' if arguments.response else ''
    excluded = [*LIVE_ONLY, *(('url', *FETCH_ONLY) if source == 'har' else ())]
    for name in excluded if source else ():
        if name in given:
            option = name if name == 'url' else '--' + name.replace('_', '-')
            made.error(f'{option} does not go with --{source}, which calls no server')
    for header in arguments.header:
        if ':' not in header:
            made.error(f"argument --header: {header!r} has no colon; write 'Name: value'")
    for name, value in DEFAULTS.items():
        if getattr(arguments, name) is None:
            setattr(arguments, name, value)
    try:
        arguments.body = body_of(arguments.body)
    except OSError as error:
        made.error(f"argument --body: {error.filename!r} can't be read: {error.strerror}")
    return arguments


def body_of(text: str | None) -> str | bytes | None:
    """The body from an argument. The bytes of a file have no default Content-Type."""
    if text is None or not text.startswith('@'):
        return text
    return Path(text[1:]).read_bytes()


def header_pairs(arguments: argparse.Namespace) -> Pairs:
    """The headers that the page sets."""
    return [(name, value) for name, _, value in (one.partition(':') for one in arguments.header)]


def read_text(name: str) -> str:
    """The text of a file, or of the standard input."""
    data = sys.stdin.buffer.read() if name == '-' else Path(name).read_bytes()
    encoding = 'utf-16' if data[:2] in (b'\xff\xfe', b'\xfe\xff') else 'utf-8'  # PowerShell's >
    return data.decode(encoding, 'replace')


def left_out(arguments: argparse.Namespace) -> Iterator[str]:
    """A note about each argument that has no effect."""
    profile = PROFILES[arguments.profile]
    for name, value in header_pairs(arguments):
        kept: Pairs = []
        try:
            append_header(kept, name, value, arguments.mode, profile)
        except Blocked:
            continue  # fetch() reports this itself
        if not kept:
            reason = ELSEWHERE.get(name.lower(), 'pages cannot set it')
            if name.lower() not in ELSEWHERE and arguments.mode == 'no-cors':
                reason = "mode 'no-cors' does not send it"
            yield f'the header {quoted(name)} is left out: {reason}'
    url = arguments.url or ''
    if '#' in url:
        yield f'the fragment {quoted("#" + url.partition("#")[2])} is not sent'
    if arguments.cookie and arguments.credentials == 'omit':
        yield "no cookie is sent: credentials are 'omit'"
    elif arguments.cookie and arguments.credentials == 'same-origin' and not at_home(arguments):
        yield "no cookie is sent: credentials are 'same-origin', and the URL is of another origin"
    for name in ('cafile', 'insecure'):
        if getattr(arguments, name) and not url.lower().startswith('https:'):
            yield f'--{name} does nothing: the URL is not https'


def at_home(arguments: argparse.Namespace) -> bool:
    """Whether the URL is of the page's own origin."""
    return same_origin(arguments.page, parse_url(arguments.url).origin)
