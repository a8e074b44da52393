# SPDX-License-Identifier: MIT-0
"""The doctor: send a page's requests like a browser, and say if the page can read the response."""

from __future__ import annotations

import argparse
import json as json_module
import os
import sys
from collections.abc import Iterable
from typing import Any

from .browser import Browser
from .captures import parse_curl, parse_har
from .checks import REDIRECT_STATUSES
from .exchange import Exchange, Step, printable
from .options import header_pairs, left_out, parse_arguments, read_text
from .replay import Capture
from .report import (
    BOLD,
    GREEN,
    RED,
    Line,
    all_findings,
    findings,
    judged,
    request_lines,
    response_lines,
    verdict_lines,
)
from .responders import UNKNOWN, responder
from .rules import ACAO, FetchFailed
from .urls import parse_url

EXIT_CODES = {'readable': 0, 'opaque': 1, 'blocked': 1, 'unreachable': 2}


def show(lines: Iterable[Line]) -> None:
    """Print lines without control characters, so that no server can write to the terminal."""
    for text, color in lines:
        start, end = f'\x1b[{color}m', '\x1b[0m'
        if not color or os.environ.get('NO_COLOR') or not sys.stdout.isatty():
            start = end = ''
        print(f'{start}{printable(text)}{end}', flush=True)


class Announcer:
    """Prints each request when it's sent, after the response to the previous one."""

    def __init__(self, quiet: bool) -> None:
        self._quiet, self._last = quiet, Step(False, '', '', [])

    def __call__(self, step: Step) -> None:
        """Print a request."""
        self.finish()
        self._last = step
        if not self._quiet:
            show(request_lines(step))

    def finish(self, decisive: str = '') -> None:
        """Print the last response."""
        if self._last.url and not self._quiet:
            show(response_lines(self._last, decisive))


def browser_of(arguments: argparse.Namespace, announce: Announcer) -> Browser:
    """The browser that calls the live URL."""
    tls = None
    if arguments.cafile or arguments.insecure:
        from .live import tls_context

        try:
            tls = tls_context(arguments.cafile, insecure=arguments.insecure)
        except OSError as error:
            raise ValueError(f"--cafile: {arguments.cafile!r} can't be used: {error}") from None
    browser = Browser(
        arguments.url, arguments.page, hosts={origin: origin for origin in arguments.also},
        top_level=arguments.top_level, profile=arguments.profile, timeout=arguments.timeout,
        tls=tls, on_step=announce,
    )  # fmt: skip
    for cookie in arguments.cookie:
        browser.cookies.set(arguments.url, cookie)
    return browser


def fetch(
    browser: Browser, arguments: argparse.Namespace, **options: Any
) -> tuple[Exchange, FetchFailed | None]:
    """Fetch the URL with the arguments, unless the options override them."""
    chosen = {
        'method': arguments.method, 'headers': header_pairs(arguments), 'body': arguments.body,
        'mode': arguments.mode, 'credentials': arguments.credentials, **options,
    }  # fmt: skip
    try:
        return browser.fetch(arguments.url, **chosen).exchange, None
    except FetchFailed as failure:
        return failure.exchange, failure


def examine(arguments: argparse.Namespace) -> dict[str, Any]:
    """Call the live URL, and print each step."""
    announce = Announcer(arguments.json)
    browser = browser_of(arguments, announce)
    exchange, failure = fetch(browser, arguments)
    announce.finish(failure.header if failure else '')
    shares = loops = False
    if failure and failure.code == 'acao-missing':
        step = exchange.steps[-1]
        if step.status in REDIRECT_STATUSES and arguments.method.upper() == 'GET':
            loops = redirects_forever(browser, arguments)
        elif step.status >= 400 and responder(step).kind == UNKNOWN and not exchange.preflights:
            shares = shares_preflights(arguments)
    found = findings(exchange, failure, shares=shares, loops=loops)
    if arguments.credentials == 'include' and not exchange.cookies_sent:
        found['not_checked'].append("the browser's cookies (--cookie)")
    return found


def redirects_forever(browser: Browser, arguments: argparse.Namespace) -> bool:
    """Whether the redirects are endless, as far as they lead to servers named in the arguments."""
    browser = browser_of(arguments, Announcer(quiet=True))
    _, failure = fetch(browser, arguments, mode='no-cors', body=None)
    return failure is not None and failure.code == 'redirect-limit'


def shares_preflights(arguments: argparse.Namespace) -> bool:
    """Whether the server sends CORS headers on a preflight, if it doesn't on the request."""
    from .live import call_live, tls_context

    tls = tls_context(arguments.cafile, insecure=arguments.insecure)
    url = parse_url(arguments.url)
    headers = [('access-control-request-method', 'GET'), ('origin', arguments.page)]
    step = Step(True, 'OPTIONS', str(url), headers)
    try:
        status, pairs, _ = call_live(arguments.timeout, tls, step, url)
    except FetchFailed:
        return False
    return status < 300 and any(name.lower() == ACAO.lower() for name, _ in pairs)


def examine_text(arguments: argparse.Namespace) -> dict[str, Any]:
    """Check the output of curl, and print the findings."""
    text = read_text(arguments.response)
    capture = Capture(
        arguments.url, arguments.page, arguments.method, header_pairs(arguments), arguments.body,
        arguments.mode, arguments.credentials, arguments.top_level, responses=parse_curl(text),
    )  # fmt: skip
    exchange, failure = judged(capture, arguments.profile)
    announce = Announcer(arguments.json)
    for step in exchange.steps:
        announce(step)
    announce.finish(failure.header if failure else '')
    found = findings(exchange, failure)
    if failure and failure.header and '> origin:' not in text.lower():
        found['notes'].append(f"run curl with -H 'Origin: {arguments.page}', which browsers send")
    return found


def examine_har(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """Check each fetch in a HAR file, and print the failed ones."""
    captures = parse_har(read_text(arguments.har), arguments.page)
    all_found = all_findings(captures, arguments.profile)
    failed = [
        (capture, found)
        for capture, found in zip(captures, all_found, strict=True)
        if found['verdict'] != 'readable'
    ]
    for capture, found in failed if not arguments.json else ():
        show([(f'{capture.method} {capture.url}   (page: {capture.page})', BOLD)])
        show((f'  {text}', color) for text, color in verdict_lines(found))
    if not arguments.json:
        show([(f'{len(failed)} of {len(captures)} fetches fail', RED if failed else GREEN)])
    return [
        {'method': capture.method, 'url': capture.url, 'page': capture.page, **found}
        for capture, found in failed
    ]


def run(arguments: argparse.Namespace) -> int:
    """Run the mode that the arguments select, and return the exit code."""
    ignored = [*left_out(arguments)]
    if arguments.har:
        all_found = examine_har(arguments)
        if arguments.json:
            print(json_module.dumps(all_found, indent=2))
        return max((EXIT_CODES[found['verdict']] for found in all_found), default=0)
    found = examine_text(arguments) if arguments.response else examine(arguments)
    found['notes'] = [*ignored, *found['notes']]
    if arguments.json:
        print(json_module.dumps(found, indent=2))
    else:
        show(verdict_lines(found))
    return EXIT_CODES[found['verdict']]


def main(argv: list[str] | None = None) -> int:
    """Run the doctor.

    Args:
        argv: The arguments of the command line. By default, those of the process.

    Returns:
        The exit code: 0 if the page can read the response, 1 if it can't, 2 if there is no
        response or an argument is wrong, and 130 after Ctrl-C.
    """
    arguments = parse_arguments(argv)
    try:
        return run(arguments)
    except (ImportError, OSError, ValueError) as error:
        if isinstance(
            error, BrokenPipeError
        ):  # the reading program, such as head, has closed the pipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 2
        print(printable(f'error: {error}'), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print('stopped', file=sys.stderr)
        return 130


if __name__ == '__main__':
    sys.exit(main())
