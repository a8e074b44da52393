# SPDX-License-Identifier: MIT-0
"""The decisions in the Fetch Standard that can block a page, and how to fix each failure."""

from __future__ import annotations

from typing import NamedTuple

from .exchange import Exchange, Step, printable


class Rule(NamedTuple):
    """One decision in the Fetch Standard that can block a page."""

    point: str  #: The algorithm that it belongs to, such as ``cors-check``.
    #: The anchor of its section in the Fetch Standard, or an address in another standard.
    anchor: str
    fix: str  #: How to fix it, in one sentence.
    guide: str = ''  #: The page of the guide that explains how to fix it, or empty.

    @property
    def section(self) -> str:
        """The address of the section."""
        start = '' if self.anchor.startswith('https:') else 'https://fetch.spec.whatwg.org/#'
        return start + self.anchor


ACAO, ACAC = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'
ACEH = 'Access-Control-Expose-Headers'
ACAM, ACAH = 'Access-Control-Allow-Methods', 'Access-Control-Allow-Headers'
PREFLIGHT, REDIRECT = 'cors-preflight-fetch', 'http-redirect-fetch'
WEBSOCKET = 'https://websockets.spec.whatwg.org/#opening-handshake'
EVENTS = 'https://html.spec.whatwg.org/multipage/server-sent-events.html#sse-processing-model'
#: The ways to fail the CORS check: how to fix each, and its page.
CORS_CHECK = {
    'acao-missing': (f'Send {ACAO} on {{response}}, even if it is an error.', 'no_acao'),
    'acao-multiple': (f'Set {ACAO} only once, in one place, on {{response}}.', 'multiple_values'),
    'acao-mismatch': (
        f'To allow the page, send exactly its origin in {ACAO}.',
        'other_origin',
    ),
    'acao-wildcard-with-credentials': (
        "Send the page's origin, not a wildcard, or omit credentials.",
        'wildcard_credentials',
    ),
    'acac-missing': (f'Send {ACAC}: true on {{response}}.', 'no_acac'),
    'acac-not-true': (f"Set {ACAC} to 'true', in lower case, only once.", 'not_true'),
}


def cors_check_rules(point: str, prefix: str, response: str) -> dict[str, Rule]:
    """The rules of a CORS check, for the preflight or for the actual request."""
    pages = {'preflight-acao-missing': 'preflight_no_acao'}
    return {
        prefix + code: Rule(
            point, 'cors-check', fix.format(response=response),
            f'errors/{pages.get(prefix + code, page)}',
        )
        for code, (fix, page) in CORS_CHECK.items()
    }  # fmt: skip


#: Every way to fail, by its stable code, in the order of the decisions.
RULES: dict[str, Rule] = {
    'bad-method': Rule('new-request', 'methods', 'Use a method that pages can send.'),
    'bad-request': Rule(
        'new-request', 'dom-request', 'Correct the arguments: fetch() throws a TypeError.'
    ),
    'no-cors-method': Rule('new-request', 'dom-request', "Use GET, HEAD or POST, or mode 'cors'."),
    'url-credentials': Rule('new-request', 'dom-request', 'Send an Authorization header instead.'),
    'bad-port': Rule(
        'blocked-url', 'port-blocking', "Serve the API on a port that browsers don't block."
    ),
    'mixed-content': Rule(
        'blocked-url', 'main-fetch', 'Serve the API over https.', 'errors/mixed_content'
    ),
    'cross-origin-in-same-origin-mode': Rule(
        'same-origin-mode', 'main-fetch', "Fetch with mode 'cors'."
    ),
    'no-cors-redirect-mode': Rule(
        'no-cors-redirect', 'main-fetch', "Fetch with redirect 'follow'."
    ),
    'cors-scheme': Rule(
        'scheme', 'main-fetch', 'Serve the API over http or https.', 'errors/no_scheme'
    ),
    'preflight-network': Rule(
        'preflight-connection',
        PREFLIGHT,
        'Make the server respond to OPTIONS.',
        'errors/closed_port',
    ),
    **cors_check_rules('preflight-cors-check', 'preflight-', 'the preflight response'),
    'preflight-redirect': Rule(
        'preflight-ok-status',
        PREFLIGHT,
        "Fetch the final URL: preflights don't follow redirects.",
        'errors/preflight_redirect',
    ),
    'preflight-status': Rule(
        'preflight-ok-status',
        PREFLIGHT,
        'Answer preflights with 204, before authentication.',
        'errors/preflight_status',
    ),
    'preflight-bad-allow-methods': Rule(
        'preflight-lists',
        PREFLIGHT,
        f'Separate the names in {ACAM} with commas.',
        'errors/bad_list',
    ),
    'preflight-bad-allow-headers': Rule(
        'preflight-lists',
        PREFLIGHT,
        f'Separate the names in {ACAH} with commas.',
        'errors/bad_list',
    ),
    'preflight-method': Rule(
        'preflight-methods',
        PREFLIGHT,
        f'List the method in {ACAM}. It is case-sensitive.',
        'errors/method',
    ),
    'preflight-authorization-wildcard': Rule(
        'preflight-authorization',
        PREFLIGHT,
        f'List Authorization in {ACAH} by name.',
        'errors/header_wildcard',
    ),
    'preflight-header': Rule(
        'preflight-headers', PREFLIGHT, f'List the header in {ACAH}.', 'errors/header'
    ),
    'stream-body': Rule(
        'connection', 'concept-bodyinit-extract', 'Send a Blob, or serve the API over HTTP/2.'
    ),
    'network': Rule(
        'connection',
        'http-network-fetch',
        'Make the server reachable over HTTP.',
        'errors/closed_port',
    ),
    'proxy-status': Rule(
        'connection', 'http-network-or-cache-fetch', 'Send 401 or 403, because 407 is for proxies.'
    ),
    **cors_check_rules('cors-check', '', 'the response'),
    'corp': Rule('corp-check', 'cross-origin-resource-policy-header', "Fetch with mode 'cors'."),
    'redirect-mode': Rule(
        'redirect', 'http-fetch', "Fetch the final URL, or with redirect 'follow'."
    ),
    'redirect-location': Rule('redirect', REDIRECT, 'Send one Location header with a valid URL.'),
    'redirect-scheme': Rule('redirect', REDIRECT, 'Redirect to an http or https URL.'),
    'redirect-limit': Rule('redirect', REDIRECT, 'Redirect no more than 20 times.'),
    'redirect-credentials': Rule('redirect', REDIRECT, 'Remove the user name from Location.'),
    'redirect-stream-body': Rule(
        'redirect', REDIRECT, 'Fetch the final URL, because a stream can be sent only once.'
    ),
    'websocket-refused': Rule(
        'websocket-handshake', WEBSOCKET, 'Accept the handshake with the status 101.'
    ),
    'event-source-status': Rule('event-stream', EVENTS, 'Send event streams with the status 200.'),
    'event-source-type': Rule('event-stream', EVENTS, 'Send Content-Type: text/event-stream.'),
    'beacon-size': Rule(
        'keepalive', 'http-network-or-cache-fetch', 'Send at most 64 KiB, or use fetch().'
    ),
}
#: The decisions that don't apply to ``fetch``, but to other calls.
NOT_OF_FETCH = frozenset({'websocket-handshake', 'event-stream', 'keepalive'})


class FetchFailed(Exception):
    """The page's fetch ends in a ``TypeError``; see :class:`Blocked` and :class:`Unreachable`."""

    code: str  #: A key of :data:`~cors_browser.rules.RULES`, the step that failed.
    reason: str  #: What is wrong, with the values that cause it.
    header: str  #: The response header that decides, or empty.
    #: For :class:`Unreachable`, how it failed, such as ``dns`` or ``timeout``. See
    #: ``cors_browser/unreachable.py`` for all values. Empty for :class:`Blocked`.
    kind: str
    fix: str  #: How to fix it, in one sentence.
    value: (
        str  #: The decisive value of the header, or the decisive name or token in it. Can be empty.
    )
    console: str  #: The first message in the engine's console, if it's known.
    guide: str  #: The page of the guide that explains how to fix it, or empty.
    section: str  #: The address of the section of the standard.
    exchange: Exchange  #: What went over the wire.

    def __init__(
        self, code: str, reason: str, header: str = '', kind: str = '', value: str = ''
    ) -> None:
        super().__init__(code, reason, header, kind, value)
        self.code, self.reason, self.header, self.kind = code, reason, header, kind
        self.value, self.console = value, ''
        rule = RULES[code]
        self.fix, self.guide, self.section = rule.fix, rule.guide, rule.section
        self.exchange = Exchange('', '', '')

    def __str__(self) -> str:
        lines = [f'{self.code}: {self.reason}', f'fix: {self.fix}', f'rule: {self.section}']
        lines.append(f'page: {self.exchange.page}, credentials: {self.exchange.credentials}')
        for step in self.exchange.steps:
            why = f' (preflight: {", ".join(step.why)})' if step.preflight else ''
            lines.append(f'  {step.method} {step.url} -> {step.status or "no response"}{why}')
        if self.exchange.side_effect_possible:
            lines.append('note: the server received the request and may have acted on it')
        return '\n'.join(map(printable, lines))


class Blocked(FetchFailed):
    """A browser wouldn't allow the page to read the response."""


class Unreachable(FetchFailed):
    """The server didn't respond, so the cause isn't CORS."""


def unreachable(step: Step, kind: str, reason: str) -> Unreachable:
    """The failure of a request that gets no HTTP response."""
    return Unreachable('preflight-network' if step.preflight else 'network', reason, kind=kind)
