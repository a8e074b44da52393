# SPDX-License-Identifier: MIT-0
"""The decisions of the Fetch Standard that can block a page, and how to fix each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from .exchange import Exchange, Step, printable


class Rule(NamedTuple):
    """One decision of the Fetch Standard that can block a page."""

    point: str  #: The decision that it belongs to, such as ``cors-check``.
    anchor: str  #: The section of the standard, as the anchor of its address.
    fix: str  #: How to fix it, in one sentence.
    #: What each engine's console says, by profile name, if recorded; what differs is in braces.
    console: Mapping[str, str] = {}
    guide: str = ''  #: The page of the guide that explains how to fix it; empty if there is none.


def cors_check_rules(point: str, prefix: str, response: str) -> dict[str, Rule]:
    """The ways to fail a CORS check, for the preflight and for the request itself."""
    fixes = {
        'acao-missing': f'Send Access-Control-Allow-Origin on {response}, errors included.',
        'acao-multiple': f'Set Access-Control-Allow-Origin once, in one place, on {response}.',
        'acao-mismatch': 'To allow the page, send its origin in the header, byte for byte.',
        'acao-wildcard-with-credentials': "Send the page's origin, not a wildcard, or omit credentials.",
        'acac-missing': f'Send Access-Control-Allow-Credentials: true on {response}.',
        'acac-not-true': "Make Access-Control-Allow-Credentials exactly 'true', lower case, once.",
    }
    return {prefix + code: Rule(point, 'cors-check', fix) for code, fix in fixes.items()}


ACAO, ACAC = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'
ACEH = 'Access-Control-Expose-Headers'
ACAM, ACAH = 'Access-Control-Allow-Methods', 'Access-Control-Allow-Headers'
PREFLIGHT, REDIRECT = 'cors-preflight-fetch', 'http-redirect-fetch'
#: Each way to fail, by its stable code, in the order of the decisions.
RULES: dict[str, Rule] = {
    'bad-method': Rule('new-request', 'methods', 'Use a method that pages may send.'),
    'bad-request': Rule(
        'new-request', 'dom-request', 'Correct the call: fetch() throws a TypeError.'
    ),
    'no-cors-method': Rule('new-request', 'dom-request', "Use GET, HEAD or POST, or mode 'cors'."),
    'url-credentials': Rule('new-request', 'dom-request', 'Send an Authorization header instead.'),
    'bad-port': Rule(
        'blocked-url', 'port-blocking', "Serve the API on a port that browsers don't block."
    ),
    'mixed-content': Rule('blocked-url', 'main-fetch', 'Serve the API over https.'),
    'cross-origin-in-same-origin-mode': Rule(
        'same-origin-mode', 'main-fetch', "Fetch with mode 'cors'."
    ),
    'no-cors-redirect-mode': Rule(
        'no-cors-redirect', 'main-fetch', "Fetch with redirect 'follow'."
    ),
    'cors-scheme': Rule('scheme', 'main-fetch', 'Serve the API over http or https.'),
    'preflight-network': Rule(
        'preflight-connection', PREFLIGHT, 'Make the server respond to OPTIONS.'
    ),
    **cors_check_rules('preflight-cors-check', 'preflight-', 'the preflight response'),
    'preflight-redirect': Rule(
        'preflight-ok-status', PREFLIGHT, "Fetch the final URL: preflights don't follow redirects."
    ),
    'preflight-status': Rule(
        'preflight-ok-status', PREFLIGHT, 'Answer preflights with 204, before authentication.'
    ),
    'preflight-bad-allow-methods': Rule(
        'preflight-lists', PREFLIGHT, f'Make {ACAM} a list of names.'
    ),
    'preflight-bad-allow-headers': Rule(
        'preflight-lists', PREFLIGHT, f'Make {ACAH} a list of names.'
    ),
    'preflight-method': Rule(
        'preflight-methods', PREFLIGHT, f'List the method, in its case, in {ACAM}.'
    ),
    'preflight-authorization-wildcard': Rule(
        'preflight-authorization', PREFLIGHT, f'Name Authorization in {ACAH}.'
    ),
    'preflight-header': Rule('preflight-headers', PREFLIGHT, f'List the header in {ACAH}.'),
    'network': Rule('connection', 'http-network-fetch', 'Make the server reachable over HTTP.'),
    **cors_check_rules('cors-check', '', 'the response'),
    'corp': Rule('corp-check', 'cross-origin-resource-policy-header', "Fetch with mode 'cors'."),
    'redirect-mode': Rule(
        'redirect', 'http-fetch', "Fetch the final URL, or with redirect 'follow'."
    ),
    'redirect-location': Rule('redirect', REDIRECT, 'Send one Location header with a valid URL.'),
    'redirect-scheme': Rule('redirect', REDIRECT, 'Redirect to an http or https URL.'),
    'redirect-limit': Rule('redirect', REDIRECT, 'End the redirects within 20 steps.'),
    'redirect-credentials': Rule('redirect', REDIRECT, 'Remove the user name from Location.'),
    'redirect-stream-body': Rule(
        'redirect', REDIRECT, 'Fetch the final URL: a stream can be sent only once.'
    ),
}
#: The page of the guide for a code, and what consoles say of it: Chromium's after "CORS policy: ",
#: Firefox's after "(Reason: ", and WebKit's. Words in capitals stand for longer ones.
PAGES = """
no_acao: acao-missing
No 'ACAO' header is present on the requested resource.
CORS header `ACAO' missing). Status code: {status}.
Origin {origin} is not allowed by ACAO. Status code: {status}

multiple_values: acao-multiple
The 'ACAO' header contains multiple values '{value}', but only one is allowed. SEND_VALID
CORS header `ACAO' does not match `{value}').
ACAO cannot contain more than one origin.

other_origin: acao-mismatch
The 'ACAO' header has a value '{value}' that is not equal to the supplied origin. SEND_VALID
CORS header `ACAO' does not match `{value}').
Origin {origin} is not allowed by ACAO. Status code: {status}

wildcard_credentials: acao-wildcard-with-credentials
The value of the 'ACAO' header in the response must not be the wildcard '*' when IS_INCLUDE
Credential is not supported if the CORS header `ACAO' is `*').
Cannot use wildcard in ACAO when credentials flag is true.

no_acac: acac-missing
The value of the 'ACAC' header in the response is '' which must be 'true' when IS_INCLUDE
expected `true' in CORS header `ACAC').
Credentials flag is true, but ACAC is not "true".

not_true: acac-not-true
The value of the 'ACAC' header in the response is '{value}' which must be 'true' when IS_INCLUDE
expected `true' in CORS header `ACAC').
Credentials flag is true, but ACAC is not "true".

preflight_no_acao: preflight-acao-missing
CHECK_FAILS No 'ACAO' header is present on the requested resource.
CORS header `ACAO' missing). Status code: {status}.
Origin {origin} is not allowed by ACAO. Status code: {status}

preflight_redirect: preflight-redirect
CHECK_FAILS Redirect is not allowed for a preflight request.
CORS request external redirect not allowed).
Preflight response is not successful. Status code: {status}

preflight_status: preflight-status
CHECK_FAILS It does not have HTTP ok status.
CORS preflight response did not succeed). Status code: {status}.
Preflight response is not successful. Status code: {status}

bad_list: preflight-bad-allow-methods
Cannot parse ACAM response header field in preflight response.
invalid token `{value}' in CORS header `ACAM').
Header ACAM has an invalid value: {value}

bad_list: preflight-bad-allow-headers
Cannot parse ACAH response header field in preflight response.
invalid token `{value}' in CORS header `ACAH').
Header ACAH has an invalid value: {value}

method: preflight-method
Method {method} is not allowed by ACAM in preflight response.
Did not find method in CORS header `ACAM').
Method {method} is not allowed by ACAM.

header: preflight-header
Request header field {header} is not allowed by ACAH in preflight response.
header `{header}' is not allowed according to header `ACAH' from CORS preflight response).
Request header field {header} is not allowed by ACAH.

header_wildcard: preflight-authorization-wildcard

closed_port: network

closed_port: preflight-network

mixed_content: mixed-content
"""
LONGER = {
    'ACAO': ACAO, 'ACAC': ACAC, 'ACAM': ACAM, 'ACAH': ACAH,
    'SEND_VALID': 'Have the server send the header with a valid value.',
    'IS_INCLUDE': "the request's credentials mode is 'include'.",
    'CHECK_FAILS': "Response to preflight request doesn't pass access control check:",
}  # fmt: skip


def add_pages() -> None:
    """Add to the rules their pages of the guide, and the whole lines of each console."""
    begin = "Access to fetch at '{url}' from origin '{origin}' has been blocked by CORS policy: "
    disallows = 'The Same Origin Policy disallows reading the remote resource at {}. (Reason: '
    whole = re.sub('[A-Z_]{4,}', lambda word: LONGER.get(word[0], word[0]), PAGES.strip())
    for head, *lines in (block.split('\n') for block in whole.split('\n\n')):
        page, code = head.split(': ')
        console: dict[str, str] = {}
        if lines:
            chromium, firefox, console['webkit'] = lines
            url = "`{url}'" if firefox.startswith('Credential') else '{url}'
            firefox = f'Cross-Origin Request Blocked: {disallows.format(url)}{firefox}'
            console['firefox'] = firefox.replace('`', '\u2018').replace("'", '\u2019')
            console['chromium'] = begin + chromium
        RULES[code] = RULES[code]._replace(console=console, guide=f'errors/{page}')


add_pages()


class FetchFailed(Exception):
    """The page's fetch ends in a ``TypeError``; see :class:`Blocked` and :class:`Unreachable`."""

    code: str  #: A key of :data:`~cors_browser.rules.RULES`, the step that failed.
    reason: str  #: What is wrong, with the values that are.
    header: str  #: The response header that decides; empty if none does.
    #: For :class:`Unreachable`, how it failed, such as ``dns`` or ``timeout``: all are in
    #: ``cors_browser/unreachable.py``; empty for :class:`Blocked`.
    kind: str
    fix: str  #: How to fix it, in one sentence.
    #: What each engine's console says, by profile name, if recorded; what differs is in braces.
    console: Mapping[str, str]
    guide: str  #: The page of the guide that explains how to fix it; empty if there is none.
    section: str  #: The address of the section of the Fetch Standard.
    exchange: Exchange  #: What went over the wire.

    def __init__(self, code: str, reason: str, header: str = '', kind: str = '') -> None:
        super().__init__(code, reason, header, kind)
        self.code, self.reason, self.header, self.kind = code, reason, header, kind
        _, anchor, self.fix, self.console, self.guide = RULES[code]
        self.section = f'https://fetch.spec.whatwg.org/#{anchor}'
        self.exchange = Exchange('', '', '')

    def __str__(self) -> str:
        lines = [f'{self.code}: {self.reason}', f'fix: {self.fix}', f'rule: {self.section}']
        lines.append(f'page: {self.exchange.page}, credentials: {self.exchange.credentials}')
        for step in self.exchange.steps:
            why = f' (preflight: {", ".join(step.why)})' if step.preflight else ''
            lines.append(f'  {step.method} {step.url} -> {step.status or "no response"}{why}')
        if self.exchange.side_effect_possible:
            lines.append('note: the server got the request and may have acted on it')
        return '\n'.join(map(printable, lines))


class Blocked(FetchFailed):
    """A browser would not let the page read the response."""


class Unreachable(FetchFailed):
    """There was no response, so nothing can be said about CORS."""


def unreachable(step: Step, kind: str, reason: str) -> Unreachable:
    """The failure of a request that gets no HTTP response."""
    return Unreachable('preflight-network' if step.preflight else 'network', reason, kind=kind)
