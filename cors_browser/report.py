# SPDX-License-Identifier: MIT-0
"""The doctor's findings, as values and as lines of text."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .diagnosis import diagnose
from .exchange import METHODS_WITHOUT_EFFECT, Exchange, Step, printable
from .limits import not_checked
from .metadata import OWN
from .replay import Capture, judge
from .responders import (
    APPLICATION,
    GATEWAY,
    IN_FRONT,
    PROXY,
    SERVER,
    THE_APPLICATION,
    responder,
)
from .rules import ACAO, FetchFailed, Unreachable
from .unreachable import kind_of_error
from .urls import parse_url

BOLD, RED, GREEN, YELLOW = 1, 31, 32, 33
TELLING_HEADERS = (
    'access-control-', 'cross-origin-', 'location', 'server', 'set-cookie', 'vary', 'via',
)  # fmt: skip
LABELS = {
    APPLICATION: 'the application ({})', SERVER: '{}, the HTTP server that runs the application',
    PROXY: '{}, a web server or proxy', GATEWAY: '{}, a gateway',
}  # fmt: skip
Line = tuple[str, int]


def findings(
    exchange: Exchange, failure: FetchFailed | None, *, shares: bool = False, loops: bool = False
) -> dict[str, Any]:
    """The findings about a fetch, as values for JSON.

    Args:
        exchange: What went over the wire.
        failure: How it ended, or None if the promise of ``fetch`` resolves.
        shares: Whether the server sends CORS headers in other responses.
        loops: Whether the redirects are known to be endless.
    """
    found: dict[str, Any] = {'verdict': 'readable', 'exchange': exchange.as_dict()}
    if failure is None:
        found['verdict'] = 'readable' if exchange.readable else 'opaque'
        found['not_checked'] = not_checked(exchange)
    else:
        found['verdict'] = 'unreachable' if isinstance(failure, Unreachable) else 'blocked'
        diagnosis = diagnose(exchange, failure, shares=shares, loops=loops)
        found |= {name: getattr(failure, name) for name in ('code', 'reason', 'header', 'section')}
        if failure.kind == 'no-server':  # the model's message is about an argument of Browser
            found['reason'] = f'{parse_url(exchange.steps[-1].url).origin} may not be contacted'
        found |= vars(diagnosis)
        found['responder'] = diagnosis.responder._asdict()
        found['not_cors'] = '' if diagnosis.is_cors else diagnosis.cause
    found['notes'] = [*notes(exchange, failure)]
    return found


def notes(exchange: Exchange, failure: FetchFailed | None) -> Iterator[str]:
    """What readers should know in addition to the verdict."""
    for step in exchange.steps:
        for name, reason in step.cookies_withheld.items():
            yield f"the cookie {name} isn't sent: {reason}"
        for name, reason in step.cookies_refused.items():
            yield f"the cookie {name} isn't stored: {reason}"
    last = exchange.steps[-1] if exchange.steps else None
    if last and last.head_fault and not failure:
        yield f'Chromium and Firefox accept the headers, but WebKit may not: {last.head_fault}'
    if last and last.body_fault and not failure:
        yield f'reading the body can fail in the page: {last.body_fault}'
    if last and not failure and exchange.readable and last.status >= 400:
        yield f'the status is {last.status}: the page can read it, but response.ok is false'
    if last and failure and failure.kind == 'unrecorded':
        yield f'to see the missing response, run: {curl_command(last)}'
    elif failure and exchange.side_effect_possible and not is_refused_in_front(exchange):
        yield 'the server received the request and may have acted on it'


def is_refused_in_front(exchange: Exchange) -> bool:
    """Whether a proxy or server in front of the application refused the request."""
    last, earlier = exchange.steps[-1], exchange.steps[:-1]
    acted = any(step.method not in METHODS_WITHOUT_EFFECT for step in earlier)
    return not acted and 400 <= last.status < 500 and responder(last).kind in IN_FRONT


def request_lines(step: Step) -> Iterator[Line]:
    """The lines about a request, at the time it is sent."""
    why = f'   (preflight: {", ".join(step.why)})' if step.preflight else ''
    yield f'{step.method} {step.url}{why}', BOLD
    for name, value in step.request_headers:
        if not OWN.fullmatch(name):
            yield f'  > {name}: {value}', 0


def response_lines(step: Step, decisive: str = '') -> Iterator[Line]:
    """The lines about a response, with the decisive header marked."""
    yield f'  < {step.status or "no response"}', 0
    for name, value in step.response_headers.pairs():
        if name == decisive.lower():
            yield f'  < {name}: {value}   <== this decides', YELLOW
        elif name.startswith(TELLING_HEADERS):
            yield f'  < {name}: {value}', 0
    if decisive and decisive not in step.response_headers:
        yield f'  < {decisive.lower()} is missing   <== this decides', YELLOW


def verdict_lines(found: Mapping[str, Any]) -> Iterator[Line]:
    """The lines about the findings."""
    if found['verdict'] == 'readable':
        yield 'READABLE: the page can read the response', GREEN
        yield f'headers it can read: {", ".join(found["exchange"]["visible_headers"]) or "none"}', 0
    elif found['verdict'] == 'opaque':
        yield (
            "OPAQUE: the request was sent, but mode 'no-cors' hides the response from the page",
            RED,
        )
    else:
        word = 'BLOCKED' if found['verdict'] == 'blocked' else 'NO RESPONSE'
        yield f'{word}: {found["reason"]} ({found["code"]})', RED
        yield cause_line(found), 0
        made_by = found['responder']
        label = '{}' if made_by['name'] == THE_APPLICATION else LABELS.get(made_by['kind'], '{}')
        name = label.format(made_by['name'])
        yield f'who responded: {name} (why: {made_by["evidence"]})', 0
        yield f'fix: {found["fix"]}', 0
        yield f'guide: {found["guide"]}', 0
        yield f'rule: {found["section"]}', 0
    if found['not_checked']:
        yield f'not checked: {"; ".join(found["not_checked"])}', 0
    for note in found['notes']:
        yield f'note: {note}', 0


def cause_line(found: Mapping[str, Any]) -> str:
    """The line that says whether CORS is the cause."""
    if found['is_cors']:
        return 'this is CORS'
    if found['is_cors'] is None and found['verdict'] == 'unreachable':
        return f'this may or may not be CORS: {found["cause"]}'
    if found['is_cors'] is None:
        return f'this may not be CORS: {found["cause"]}'
    return f'this is not CORS: {found["cause"]}'


def judged(capture: Capture, profile: str = 'standard') -> tuple[Exchange, FetchFailed | None]:
    """How a recorded fetch ended, according to its headers and the browser.

    Raises:
        ValueError: The URL or the page's origin is malformed.
    """
    exchange, failure = judge(capture, profile)
    kind = kind_of_error(capture.error)
    if capture.error and not kind and failure is None and capture.credentials != 'include':
        # HAR files don't contain the credentials mode, but 'include' explains the failure.
        including = Capture(**{**vars(capture), 'credentials': 'include'})
        exchange, failure = judge(including, profile)
    if capture.error and (kind or failure is None):
        reason = f'{capture.url}: the browser reports {printable(capture.error[:80])}'
        failure = Unreachable('network', reason, kind=kind or 'browser')
        failure.exchange = exchange
    return exchange, failure


def all_findings(captures: Iterable[Capture], profile: str = 'standard') -> list[dict[str, Any]]:
    """The findings about each fetch in a HAR file. The others show who sends CORS headers."""
    judgments = [judged(capture, profile) for capture in captures]
    sharing = {
        parse_url(step.url).origin
        for exchange, _ in judgments
        for step in exchange.steps
        if ACAO in step.response_headers
    }
    return [
        findings(exchange, failure, shares=any(
            parse_url(step.url).origin in sharing for step in exchange.steps[-1:]
        ))
        for exchange, failure in judgments
    ]  # fmt: skip


def curl_command(step: Step) -> str:
    """The command that prints the response to a step."""
    words = ['curl', '-i', '-X', step.method]
    wanted = ('origin', 'access-control-request-', 'content-type', 'authorization')
    for name, value in step.request_headers:
        if name.startswith(wanted):
            words += ['-H', f'{name}: {value}']
    return shlex.join([*words, step.url])
