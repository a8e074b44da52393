# SPDX-License-Identifier: MIT-0
"""What the status of a response without CORS headers means, and how to fix it."""

from __future__ import annotations

import re

from .exchange import Step
from .responders import IN_FRONT, Responder

TRIAGE = 'howto/is_it_cors'
#: Statuses that come from a proxy in front of the application, or from its own code.
AMBIGUOUS = {400, 401, 403, 407, 413, 429, 451, 511}
#: Statuses of HTTP servers that never passed the request to an application.
OF_SERVERS = {408, 414, 421, 431}
NO_OPTIONS = {404, 405, 501}
TLS_WANTED = re.compile('plain HTTP (request was sent to HTTPS|to an SSL-enabled)|'
                        'HTTP request to an HTTPS server')  # fmt: skip


def status_fix(step: Step, made_by: Responder) -> tuple[str, str]:
    """How to fix the problem behind a status, and the guide's page."""
    who = made_by.name if made_by.kind in IN_FRONT else 'the server'
    body = step.response_body[:4096].decode('utf-8', 'replace')
    if step.status == 400 and TLS_WANTED.search(body):
        return 'Write https:// in the URL, because the port uses TLS.', 'errors/gateway'
    if step.status in {502, 503, 504}:
        return (
            f"Check that the application behind {who} runs and responds, and read {who}'s log.",
            'errors/bad_gateway',
        )
    if step.status >= 500:
        return "Find the exception in the application's log.", 'errors/crash'
    if step.status < 400:
        return f'Make {who} forward the host name and the path to the application.', TRIAGE
    if step.status in {401, 403, 407} and step.preflight:
        return (
            f'Let {who} accept OPTIONS without credentials, because preflights have none.',
            'errors/preflight_status',
        )
    fixes = {
        400: f'Check the request: {who} refuses its Host, a header or the URL.',
        401: f'Send the credentials {who} requires, and let it add CORS headers to its errors.',
        403: f'Find the rule in {who} that rejects the request.',
        404: f'Correct the URL, or make {who} forward this path to the application.',
        405: f'Make {who} forward {step.method} to the application.',
        407: f'Give the credentials to {who}, or bypass it.',
        408: "Send the whole request sooner, or raise the server's time limit.",
        413: f'Send a smaller body, or raise the limit of {who}'
             + (' (client_max_body_size).' if who == 'nginx' else '.'),
        414: f'Send a shorter URL, or raise the limit of {who}.',
        421: 'Send the request to the server that this host name and certificate belong to.',
        429: f'Send fewer requests, or raise the limit of {who}.',
        431: f'Send fewer or shorter headers and cookies, or raise the limit of {who}'
             + (' (--limit-request-field_size).' if who == 'gunicorn' else '.'),
    }  # fmt: skip
    page = 'errors/gateway' if step.status in {400, 401, 403, 429, 431} else TRIAGE
    other = f'Find out why {who} responds with status {step.status}.'
    return fixes.get(step.status, other), page
