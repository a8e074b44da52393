# SPDX-License-Identifier: MIT-0
"""Whether CORS is the problem, who responded, and how to fix it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .checks import REDIRECT_STATUSES
from .exchange import Exchange, Step
from .limits import not_checked
from .redirections import END_THE_LOOP, TO_LOGIN, USE_HTTPS, purpose
from .responders import APPLICATION, EITHER, IN_FRONT, PROBABLY, Responder, responder
from .rules import ACAO, FetchFailed, Unreachable
from .statuses import AMBIGUOUS, NO_OPTIONS, OF_SERVERS, TRIAGE, status_fix
from .unreachable import UNREACHABLE
from .urls import parse_url

NOBODY = Responder('nobody', 'nobody', 'the server sent no HTTP response')
#: Failures that mechanisms other than CORS cause.
OTHER_MECHANISMS = {
    'corp': 'Cross-Origin-Resource-Policy blocks the response',
    'redirect-mode': "the page fetches with redirect 'error'",
    'redirect-location': 'the redirect has no valid Location',
    'redirect-scheme': 'the redirect leads to a URL that is not http or https',
    'redirect-limit': 'the redirects never end',
    'redirect-stream-body': 'a stream can only be sent once',
}
LOOP = (END_THE_LOOP, 'errors/redirect')
LOGIN_FORM = re.compile(rb'(?i)<input[^>]+type=[\'"]?password')


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong, and how to fix it."""

    is_cors: bool | None  #: Whether CORS is the cause, or None if that's unknown.
    cause: str  #: The cause, if it isn't CORS or may not be.
    responder: Responder  #: Who responded.
    fix: str  #: How to fix it, in one or two sentences.
    guide: str  #: The guide's page, such as ``errors/no_acao``.
    not_checked: list[str] = field(default_factory=list)  #: What could change the verdict.


def diagnose(
    exchange: Exchange, failure: FetchFailed, *, shares: bool = False, loops: bool = False
) -> Diagnosis:
    """Find the cause of a failure.

    Args:
        exchange: What went over the wire.
        failure: How it ended.
        shares: Whether this server sends CORS headers in other responses, outside of the exchange.
        loops: Whether the redirects are known to be endless.
    """
    if isinstance(failure, Unreachable):
        found = of_silence(exchange, failure)
    elif loops:
        made_by = responder(exchange.steps[-1])
        found = Diagnosis(False, OTHER_MECHANISMS['redirect-limit'], made_by, *LOOP)
    elif not exchange.steps or failure.section.endswith(('#port-blocking', '#main-fetch')):
        cause, made_by = "the browser doesn't send a request at all", NOBODY
        if exchange.steps:
            cause, made_by = (
                "the browser doesn't follow the redirect",
                responder(exchange.steps[-1]),
            )
        found = Diagnosis(False, cause, made_by, failure.fix, failure.guide or TRIAGE)
    else:
        found = of_response(exchange, failure, shares)
    return Diagnosis(**{**vars(found), 'not_checked': not_checked(exchange, failure)})


def of_silence(exchange: Exchange, failure: Unreachable) -> Diagnosis:
    """Find the cause of a failure without a response."""
    cause, fix, guide = UNREACHABLE[failure.kind]
    *earlier, last = exchange.steps or [Step(False, '', '', [])]
    if last.preflight and failure.kind in {'closed', 'timeout'}:
        fix = 'Make the server, and any proxy in front of it, respond to OPTIONS.'
    if failure.kind == 'no-server':
        fix = f'Allow it with --also {parse_url(last.url).origin}, or fetch the final URL.'
    if failure.kind == 'no-server' and earlier:
        is_plain, special, special_fix = purpose(earlier[-1])
        if not is_plain and special_fix in {TO_LOGIN, USE_HTTPS}:
            cause, fix = special, special_fix
    is_cors = None if failure.kind in {'unrecorded', 'browser'} else False
    return Diagnosis(is_cors, cause, NOBODY, fix, guide)


def of_response(exchange: Exchange, failure: FetchFailed, shares: bool) -> Diagnosis:
    """Find the cause of a failure that comes from a response."""
    step = exchange.steps[-1]
    made_by = responder(step)
    guide = failure.guide or TRIAGE
    if failure.code == 'redirect-limit':
        return Diagnosis(False, OTHER_MECHANISMS[failure.code], made_by, *LOOP)
    if failure.code in OTHER_MECHANISMS:
        guide = 'howto/embedding' if failure.code == 'corp' else 'errors/redirect'
        cause = OTHER_MECHANISMS[failure.code]
        return Diagnosis(False, cause, made_by, failure.fix, guide)
    if step.status in REDIRECT_STATUSES and failure.code.endswith(('acao-missing', '-redirect')):
        return of_redirect(step, failure, made_by)
    if ACAO in step.response_headers and failure.code != 'preflight-status' and step.status < 500:
        return Diagnosis(True, '', made_by, failure.fix, guide)
    others = [other for other in exchange.steps if other is not step]
    shares = shares or any(ACAO in other.response_headers for other in others)
    if shares and ACAO not in step.response_headers and step.status >= 400:
        words = f"other responses of this server have {ACAO}, but this one doesn't"
        made_by = made_by._replace(evidence=f'{made_by.evidence}; {words}')
    return of_status(step, failure, made_by, shares)


def of_status(step: Step, failure: FetchFailed, made_by: Responder, shares: bool) -> Diagnosis:
    """Find the cause of a failure from the status of the response."""
    status, guide = step.status, failure.guide or TRIAGE
    is_cors: bool | None = True
    if (status >= 500 and not (step.preflight and status == 501)) or status in OF_SERVERS:
        is_cors = False
    elif LOGIN_FORM.search(step.response_body):
        return Diagnosis(None, 'the response is a login page', made_by, TO_LOGIN, TRIAGE)
    elif step.preflight and status in NO_OPTIONS:
        is_cors = True
    elif made_by.kind in IN_FRONT:
        is_cors = False
    elif status >= 400 and made_by.kind != APPLICATION and (shares or status in AMBIGUOUS):
        is_cors = None
    if is_cors:
        if step.preflight and status == 405:
            guide = 'errors/preflight_405'
        return Diagnosis(True, '', made_by, cors_fix(step, failure, made_by), guide)
    who = made_by.name if made_by.kind in IN_FRONT else f'{EITHER},'
    if made_by.name == PROBABLY:
        made_by = made_by._replace(name=EITHER)
    cause = f'{who} responds with status {status}'
    if made_by.kind in IN_FRONT and status not in {500, 502, 503, 504}:
        cause += ', so the application never sees the request'
    fix, guide = status_fix(step, made_by)
    return Diagnosis(is_cors, cause, made_by, fix, guide)


def cors_fix(step: Step, failure: FetchFailed, made_by: Responder) -> str:
    """How to fix a CORS problem, in the program that causes it."""
    if step.preflight and step.status in NO_OPTIONS and made_by.kind in IN_FRONT:
        return (
            f'Configure {made_by.name} to pass OPTIONS to the application or to answer preflights.'
        )
    if made_by.name == 'Amazon S3':
        return "Add the page's origin to the CORS configuration of the bucket."
    return failure.fix


def of_redirect(step: Step, failure: FetchFailed, made_by: Responder) -> Diagnosis:
    """Find the cause of a failed redirect: without CORS headers, or of a preflight."""
    guide = 'errors/preflight_redirect' if step.preflight else 'errors/redirect'
    try:
        is_plain, cause, fix = purpose(step)
    except ValueError:
        cause = OTHER_MECHANISMS['redirect-location']
        return Diagnosis(False, cause, made_by, 'Send one Location with a valid URL.', guide)
    if is_plain and not step.preflight:
        return Diagnosis(True, '', made_by, f'{failure.fix} Or f{fix[1:]}', guide)
    return Diagnosis(False, cause, made_by, fix, guide)
