# SPDX-License-Identifier: MIT-0
"""Whether CORS is what's wrong, who responded, and the one fix that fits."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .checks import REDIRECT_STATUSES
from .exchange import Exchange, Step, quoted
from .limits import not_checked
from .responders import APPLICATION, IN_FRONT, Responder, responder
from .rules import ACAO, FetchFailed, Unreachable
from .unreachable import UNREACHABLE
from .urls import DEFAULT_PORTS, Url, parse_url

NOBODY = Responder('nobody', 'nobody', 'there is no HTTP response')
#: Failures that come before any request, or are other mechanisms than CORS.
OTHER_MECHANISMS = {
    'corp': 'Cross-Origin-Resource-Policy withholds the response',
    'redirect-mode': "the page fetches with redirect 'error'",
    'redirect-location': 'the redirect has no usable Location',
    'redirect-scheme': 'the redirect leaves HTTP',
    'redirect-limit': 'the redirects never end',
    'redirect-stream-body': 'a stream can only be sent once',
}
TRIAGE = 'howto/is_it_cors'
LOOP = ('End the loop in the server.', 'errors/redirect')
#: Statuses that whatever is in front of applications, or their own code, responds with.
AMBIGUOUS = {400, 401, 403, 407, 413, 429, 451, 511}
#: Statuses of HTTP servers, which never passed the request to an application.
OF_SERVERS = {408, 414, 421, 431}
NO_OPTIONS = {404, 405, 501}
TLS_WANTED = re.compile('plain HTTP (request was sent to HTTPS|to an SSL-enabled)|'
                        'HTTP request to an HTTPS server')  # fmt: skip
LOGIN = re.compile(
    r'(?i)(log|sign)[-_]?(in|on)\b|/sso\b|saml|oauth|openid|/authori[sz]e\b|/auth/|'
    r'//(accounts|login|auth|idp|sso)\.|cloudflareaccess'
)


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong, and what to do about it."""

    is_cors: bool | None  #: Whether CORS is the cause; None if that can't be told.
    cause: str  #: What is wrong, if CORS isn't, or may not be.
    responder: Responder  #: Who responded.
    fix: str  #: What to do, in one sentence or two.
    guide: str  #: The guide's page, such as ``errors/no_acao``.
    not_checked: list[str] = field(default_factory=list)  #: What could change the verdict.


def diagnose(
    exchange: Exchange, failure: FetchFailed, *, shares: bool = False, loops: bool = False
) -> Diagnosis:
    """Name the cause of a failure.

    Args:
        exchange: What went over the wire.
        failure: How it ended.
        shares: Whether other responses of this server, outside of the exchange, have CORS headers.
        loops: Whether the redirects are known never to end.
    """
    if isinstance(failure, Unreachable):
        cause, fix, guide = UNREACHABLE[failure.kind]
        found = Diagnosis(False, cause, NOBODY, fix, guide)
    elif loops:
        made_by = responder(exchange.steps[-1])
        found = Diagnosis(False, OTHER_MECHANISMS['redirect-limit'], made_by, *LOOP)
    elif not exchange.steps or failure.section.endswith(('#port-blocking', '#main-fetch')):
        cause = 'the browser makes no request at all'
        if exchange.steps:
            cause = "the browser doesn't follow the redirect"
        found = Diagnosis(False, cause, NOBODY, failure.fix, failure.guide or TRIAGE)
    else:
        found = of_response(exchange, failure, shares)
    return Diagnosis(**{**vars(found), 'not_checked': not_checked(exchange, failure)})


def of_response(exchange: Exchange, failure: FetchFailed, shares: bool) -> Diagnosis:
    """Name the cause of a failure that a response made."""
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
    if ACAO in step.response_headers and step.status < 500:
        return Diagnosis(True, '', made_by, failure.fix, guide)
    others = [other for other in exchange.steps if other is not step]
    shares = shares or any(ACAO in other.response_headers for other in others)
    if shares and ACAO not in step.response_headers and step.status >= 400:
        words = f"other responses of this server have {ACAO}, and this one doesn't"
        made_by = made_by._replace(evidence=f'{made_by.evidence}; {words}')
    return of_status(step, failure, made_by, shares)


def of_status(step: Step, failure: FetchFailed, made_by: Responder, shares: bool) -> Diagnosis:
    """Name the cause of a failure by the status of the response."""
    status, guide = step.status, failure.guide or TRIAGE
    is_cors: bool | None = True
    if (status >= 500 and not (step.preflight and status == 501)) or status in OF_SERVERS:
        is_cors = False
    elif status < 400 or (step.preflight and status in NO_OPTIONS):
        is_cors = True
    elif made_by.kind in IN_FRONT:
        is_cors = False
    elif made_by.kind != APPLICATION and (shares or status in AMBIGUOUS):
        is_cors = None
    if is_cors:
        return Diagnosis(True, '', made_by, cors_fix(step, failure, made_by), guide)
    who = made_by.name if made_by.kind in IN_FRONT else 'the server, or a proxy in front of it,'
    cause = f'{who} responds with status {status}'
    if made_by.kind in IN_FRONT and status not in {500, 502, 503, 504}:
        cause += ', and the application never sees the request'
    fix, guide = status_fix(step, made_by, guide)
    return Diagnosis(is_cors, cause, made_by, fix, guide)


def cors_fix(step: Step, failure: FetchFailed, made_by: Responder) -> str:
    """How to fix what is CORS, at the program that has to do it."""
    if step.preflight and step.status in NO_OPTIONS and made_by.kind in IN_FRONT:
        return f'Let {made_by.name} pass OPTIONS to the application, or answer preflights there.'
    if made_by.name == 'Amazon S3':
        return "Add the page's origin to the CORS configuration of the bucket."
    return failure.fix


def status_fix(step: Step, made_by: Responder, guide: str) -> tuple[str, str]:
    """How to fix what a status tells, and the guide's page."""
    who = made_by.name if made_by.kind in IN_FRONT else 'the server'
    body = step.response_body[:4096].decode('utf-8', 'replace')
    if step.status == 400 and TLS_WANTED.search(body):
        return 'Write https:// in the URL: the port speaks TLS.', 'errors/closed_port'
    if step.status in {502, 503, 504}:
        return f"Make the application behind {who} run and respond: look into {who}'s log.", (
            'errors/bad_gateway'
        )
    if step.status >= 500:
        return "Find the exception in the application's log.", 'errors/crash'
    if step.status in {401, 403, 407} and step.preflight:
        return (
            f'Let {who} accept OPTIONS without credentials: browsers send none with preflights.',
            'errors/preflight_status',
        )
    fixes = {
        400: f'Find out what {who} dislikes about the request: the Host, a header, the URL.',
        401: f'Send the credentials that {who} wants, and let it add CORS headers to its errors.',
        403: f'Find the rule of {who} that refuses the request.',
        404: f'Correct the URL, or make {who} forward this path to the application.',
        405: f'Make {who} forward {step.method} to the application.',
        407: f'Give the credentials to {who}, or take it out of the way.',
        408: 'Send the whole request sooner, or raise the time limit of the server.',
        413: f'Send a smaller body, or raise the limit of {who}'
             + (' (client_max_body_size).' if who == 'nginx' else '.'),
        414: f'Send a shorter URL, or raise the limit of {who}.',
        421: "Send the request to the server that the host name and the certificate belong to.",
        429: f'Send fewer requests, or raise the limit of {who}.',
        431: f'Send fewer or shorter headers and cookies, or raise the limit of {who}'
             + (' (--limit-request-field_size).' if who == 'gunicorn' else '.'),
    }  # fmt: skip
    other = f'Find out why {who} responds with status {step.status}.'
    return fixes.get(step.status, other), TRIAGE


def of_redirect(step: Step, failure: FetchFailed, made_by: Responder) -> Diagnosis:
    """Name the cause of a failure that is a redirect without CORS headers, or of a preflight."""
    location = quoted(step.response_headers.get('Location', ''))
    guide = 'errors/preflight_redirect' if step.preflight else 'errors/redirect'
    cause, fix = f'the server redirects to {location}', f'Fetch {location}: the final URL.'
    is_cors: bool | None = False
    here = parse_url(step.url)
    try:
        target = parse_url(step.response_headers.get('Location', ''), here)
    except ValueError:
        return Diagnosis(False, 'the redirect has no usable Location', made_by, failure.fix, guide)
    if target == here:
        cause, fix = 'the server redirects to the same URL again', LOOP[0]
    elif LOGIN.search(str(target)) and not LOGIN.search(step.url):
        cause = f'the server redirects to a login at {location}'
        fix = (
            'Let the API respond with 401 and CORS headers, and open the login as a page: '
            "fetch can't follow to it."
        )
    elif (here.scheme, target.scheme, here.host) == ('http', 'https', target.host):
        cause, fix = f'the server redirects to https: {location}', 'Write https:// in the URL.'
    elif is_other_resource(here, target) and not step.preflight and step.status not in {301, 308}:
        return Diagnosis(True, '', made_by, f'{failure.fix} Or fetch {location}.', guide)
    return Diagnosis(is_cors, cause, made_by, fix, guide)


def is_other_resource(here: Url, target: Url) -> bool:
    """Whether a redirect is more than another spelling of one URL."""
    one = (here.path.rstrip('/'), here.query)
    return target.scheme not in DEFAULT_PORTS or one != (target.path.rstrip('/'), target.query)
