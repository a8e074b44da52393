# SPDX-License-Identifier: MIT-0
"""What a browser would do with your API: the CORS rules of the Fetch Standard in one file.

Copy this file. In a test it plays the page::

    browser = Browser(app, page='https://app.example.com', api='https://api.example.com')
    reply = browser.fetch('/items/1', method='PUT', json={'name': 'x'}, credentials='include')

and raises :class:`Blocked` where a browser would. On the command line it is a doctor::

    python cors_browser.py https://api.example.com/items --page https://app.example.com

It walks the Fetch Standard (https://fetch.spec.whatwg.org/) step by step; functions are named
after its algorithms, ``#names`` are its sections. The standard library is enough for WSGI and ASGI
applications; live URLs need `httpx`, and `publicsuffixlist` tells whether two hosts are one site.

Not modelled: CSP, HSTS, COEP, Local Network Access, service workers, the HTTP cache, `Referer`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import importlib
import inspect
import io
import ipaddress
import itertools
import json as json_module
import os
import re
import socket
import ssl
import sys
import time
import urllib.parse
import weakref
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple, Self, TypedDict, TypeVar, Unpack, cast
from wsgiref.util import setup_testing_defaults

__all__ = [
    'PROFILES', 'RULES', 'Blocked', 'Browser', 'Cookie', 'CookieJar', 'Exchange', 'FetchFailed',
    'FetchOptions', 'Headers', 'Profile', 'Reply', 'Rule', 'Step', 'Unreachable', 'main',
]  # fmt: skip
__version__ = '0.1.0'

T = TypeVar('T')
Pairs = list[tuple[str, str]]
App = Callable[..., Any]
Target = App | str
Body = str | bytes | Mapping[str, str] | Iterable[bytes] | None
Clock = Callable[[], float]
Check = Callable[[], bool]
Allowed = dict[str, list[str]]  # by 'method' and 'header'

OPAQUE = 'null'
DEFAULT_PORTS = {'http': 80, 'https': 443}
CHOICES = {
    'mode': ('cors', 'no-cors', 'same-origin'),
    'credentials': ('omit', 'same-origin', 'include'),
    'redirect': ('follow', 'error', 'manual'),
}
SAFELISTED_METHODS = {'GET', 'HEAD', 'POST'}
FORBIDDEN_METHODS = {'CONNECT', 'TRACE', 'TRACK'}
NORMALIZED_METHODS = {'DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'}
METHODS_WITHOUT_EFFECT = {'GET', 'HEAD', 'OPTIONS'}
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
NULL_BODY_STATUSES = {101, 103, 204, 205, 304}
FORBIDDEN_HEADERS = re.compile(
    'accept-(charset|encoding)|access-control-request-(headers|method)|connection|content-length'
    '|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer'
    '|transfer-encoding|upgrade|via|(proxy|sec)-.*'
)
METHOD_OVERRIDES = {'x-http-method', 'x-http-method-override', 'x-method-override'}
NO_CORS_HEADERS = {'accept', 'accept-language', 'content-language', 'content-type'}
BODY_HEADERS = {'content-encoding', 'content-language', 'content-location', 'content-type'}
FORM_TYPES = {'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'}
CLIENT_HINTS = {
    'device-memory', 'downlink', 'dpr', 'ect', 'rtt', 'save-data', 'viewport-width', 'width',
}  # fmt: skip
VISIBLE_HEADERS = re.compile(
    'cache-control|content-(language|length|type)|expires|last-modified|pragma'
)
COOKIE_HEADERS = {'set-cookie', 'set-cookie2'}
BAD_PORTS = {
    *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101),
    *(102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389),
    *(427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636),
    *(989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566),
    *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
}
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
UNSAFE_BYTE = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
LANGUAGE = re.compile(r'[0-9A-Za-z *,\-.;=]*')
MIME_TYPE = re.compile(rf'[\t\n\r ]*({TOKEN.pattern}/{TOKEN.pattern})[\t\n\r ]*(;.*)?', re.DOTALL)
RANGE = re.compile(r'bytes=([0-9]+)-([0-9]*)')
LIST_MEMBER = re.compile(r'(?:[^",]|"(?:\\.|[^"\\])*"?)+', re.DOTALL)


# ----------------------------------------------------------------------- rules and profiles


class Rule(NamedTuple):
    """One decision of the Fetch Standard that can block a page."""

    point: str  #: Its place in the order of decisions (``D22``).
    anchor: str  #: The section of the standard, as the anchor of its address.
    mend: str  #: What to do about it, in one sentence.
    #: What each engine's console says, by profile name, if recorded; what differs is in braces.
    console: Mapping[str, str] = {}
    guide: str = ''  #: The page of the guide that mends it; empty if there is none.


def cors_check_rules(point: str, prefix: str, answer: str) -> dict[str, Rule]:
    """The ways to fail a CORS check, for the preflight and for the answer itself."""
    mends = {
        'acao-missing': f'Send Access-Control-Allow-Origin on {answer}, errors included.',
        'acao-multiple': f'Set Access-Control-Allow-Origin once, in one place, on {answer}.',
        'acao-mismatch': 'If you mean to allow the page, answer with its origin, byte for byte.',
        'acao-wildcard-with-credentials': "Answer with the page's origin, or omit credentials.",
        'acac-missing': f'Send Access-Control-Allow-Credentials: true on {answer}.',
        'acac-not-true': "Make Access-Control-Allow-Credentials exactly 'true', lower case, once.",
    }
    return {prefix + code: Rule(point, 'cors-check', mend) for code, mend in mends.items()}


ACAO, ACAC = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'
ACEH = 'Access-Control-Expose-Headers'
ACAM, ACAH = 'Access-Control-Allow-Methods', 'Access-Control-Allow-Headers'
PREFLIGHT, REDIRECT = 'cors-preflight-fetch', 'http-redirect-fetch'
#: Each way to fail, by its stable code, in the order of the decisions.
RULES: dict[str, Rule] = {
    'bad-method': Rule('D1', 'methods', 'Use a method that pages may send.'),
    'bad-request': Rule('D1', 'dom-request', 'Correct the call: fetch() throws a TypeError.'),
    'no-cors-method': Rule('D2', 'dom-request', "Use GET, HEAD or POST, or mode 'cors'."),
    'url-credentials': Rule('D2', 'dom-request', 'Send an Authorization header instead.'),
    'bad-port': Rule('D4', 'port-blocking', 'Serve the API on a port that is not blocked.'),
    'mixed-content': Rule('D4', 'main-fetch', 'Serve the API over https.'),
    'cross-origin-in-same-origin-mode': Rule('D6', 'main-fetch', "Fetch with mode 'cors'."),
    'no-cors-redirect-mode': Rule('D7', 'main-fetch', "Fetch with redirect 'follow'."),
    'cors-scheme': Rule('D8', 'main-fetch', 'Serve the API over http or https.'),
    'preflight-network': Rule('D12', PREFLIGHT, 'Make the server answer OPTIONS.'),
    **cors_check_rules('D13', 'preflight-', 'the answer to the preflight'),
    'preflight-redirect': Rule('D14', PREFLIGHT, 'Fetch the final URL: preflights do not move.'),
    'preflight-status': Rule('D14', PREFLIGHT, 'Answer preflights 204, before authentication.'),
    'preflight-bad-allow-methods': Rule('D15', PREFLIGHT, f'Make {ACAM} a list of names.'),
    'preflight-bad-allow-headers': Rule('D15', PREFLIGHT, f'Make {ACAH} a list of names.'),
    'preflight-method': Rule('D16', PREFLIGHT, f'List the method, in its case, in {ACAM}.'),
    'preflight-authorization-wildcard': Rule('D17', PREFLIGHT, f'Name Authorization in {ACAH}.'),
    'preflight-header': Rule('D18', PREFLIGHT, f'List the header in {ACAH}.'),
    'network': Rule('D21', 'http-network-fetch', 'Make the server reachable, over HTTP.'),
    **cors_check_rules('D22', '', 'the answer'),
    'corp': Rule('D24', 'cross-origin-resource-policy-header', "Fetch with mode 'cors'."),
    'redirect-mode': Rule('D25', 'http-fetch', "Fetch the final URL, or with redirect 'follow'."),
    'redirect-location': Rule('D25', REDIRECT, 'Send one Location with a valid URL.'),
    'redirect-scheme': Rule('D25', REDIRECT, 'Redirect to an http or https URL.'),
    'redirect-limit': Rule('D25', REDIRECT, 'End the redirects within 20 steps.'),
    'redirect-credentials': Rule('D25', REDIRECT, 'Leave the user name out of Location.'),
    'redirect-stream-body': Rule('D25', REDIRECT, 'Fetch the final URL: streams go out once.'),
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


@dataclass(frozen=True)
class Profile:
    """Where a browser is known to differ from the standard; the defaults are the standard."""

    name: str  #: ``standard``, ``chromium``, ``firefox`` or ``webkit``.
    max_age_cap: int | None = None  #: The most seconds that a preflight is remembered.
    bad_max_age: int = 5  #: The seconds that stand for a malformed ``Access-Control-Max-Age``.
    negative_max_age_is_zero: bool = False  #: ``-1`` means "do not remember", not "malformed".
    caches_wildcards: bool = True  #: A remembered ``*`` answers for other methods and headers.
    shares_credentialed_cache: bool = True  #: A credentialed preflight answers for one without.
    wildcard_covers_authorization: bool = False  #: ``*`` allows the header Authorization.
    combines_headers: bool = False  #: Equal names are joined, then the limit of 128 bytes applies.
    safelists_client_hints: bool = False  #: ``Save-Data``, ``DPR`` and such need no preflight.
    safelists_non_ascii: bool = True  #: Bytes above 0x7f are safe in Accept and Content-Type.
    checks_status_first: bool = False  #: A preflight's status is judged before its CORS headers.
    #: The referrer policy ``no-referrer`` hides the Origin of a POST that is no CORS request.
    no_referrer_hides_origin: bool = True
    #: A page's own User-Agent needs no preflight (#cors-safelisted-request-header).
    safelists_user_agent: bool = False
    #: ``Bytes=0-`` is a Range like ``bytes=0-`` (#cors-safelisted-request-header).
    range_unit_in_any_case: bool = False
    #: A preflight names a header as often as it is set (#cors-unsafe-request-header-names).
    repeats_header_names: bool = False
    #: Preflights bear the page's origin where redirects made it ``null`` (#cors-preflight-fetch).
    preflight_names_page: bool = False
    #: What needs a preflight still does once it is redirected as a GET (#http-fetch).
    preflights_every_hop: bool = False
    #: Preflights also name headers that redirects took away (#cors-preflight-fetch).
    preflight_names_first_headers: bool = False
    #: A redirect brings back headers that an earlier one took away (#http-redirect-fetch).
    rebuilds_headers: bool = False
    #: DELETE becomes GET where it is redirected to another origin (#http-redirect-fetch).
    redirects_delete_as_get: bool = False
    #: What began at the page's own origin is redirected with credentials only (#cors-check).
    redirects_need_credentials: bool = False
    #: A preflight to the page's own origin passes without headers (#cors-check).
    trusts_own_preflight: bool = False
    #: ``*`` exposes all headers though a later member is malformed (#extract-header-list-values).
    exposes_all_despite_errors: bool = False
    #: A failed fetch makes its preflight be forgotten (#main-fetch).
    clears_cache_on_failure: bool = True
    #: So does a redirect where the page wants none (#main-fetch).
    clears_cache_on_redirect: bool = True
    #: What a preflight allows is remembered though it did not suffice (#cors-preflight-fetch).
    remembers_refusals: bool = False
    #: Preflights of pages with the origin ``null`` are remembered (#cors-preflight-cache).
    caches_opaque_origins: bool = True
    #: Preflights after redirects that made the origin ``null`` are, too (#cors-preflight-cache).
    caches_tainted_origins: bool = True
    #: The ports of an IP address are one site to CORP (#cross-origin-resource-policy-check).
    addresses_are_sites: bool = True
    #: A host without a dot is of one site with the origin ``null`` to CORP (there, too).
    bare_hosts_are_sites_of_null: bool = False
    lax_by_default: bool = True  #: Cookies without SameSite are treated as ``SameSite=Lax``.
    third_party_cookies: bool = True  #: Cookies work on other sites than the top-level page's.
    secure_cookies_on_loopback: bool = True  #: ``Secure`` cookies work on http to this machine.


#: The browsers that can be modelled, by name.
PROFILES: dict[str, Profile] = {
    'standard': Profile('standard'),
    'chromium': Profile(
        'chromium', max_age_cap=7200, negative_max_age_is_zero=True, combines_headers=True,
        wildcard_covers_authorization=True, safelists_client_hints=True,
        no_referrer_hides_origin=False, safelists_user_agent=True, clears_cache_on_failure=False,
        caches_opaque_origins=False, caches_tainted_origins=False, addresses_are_sites=False,
        bare_hosts_are_sites_of_null=True,
    ),
    'firefox': Profile(
        'firefox', max_age_cap=86400, bad_max_age=0, caches_wildcards=False,
        shares_credentialed_cache=False, wildcard_covers_authorization=True,
        safelists_non_ascii=False, checks_status_first=True, lax_by_default=False,
        repeats_header_names=True, preflight_names_page=True, preflights_every_hop=True,
        trusts_own_preflight=True, rebuilds_headers=True, exposes_all_despite_errors=True,
        clears_cache_on_redirect=False,
    ),
    'webkit': Profile(
        'webkit', max_age_cap=600, negative_max_age_is_zero=True, lax_by_default=False,
        wildcard_covers_authorization=True, third_party_cookies=False,
        secure_cookies_on_loopback=False, combines_headers=True, range_unit_in_any_case=True,
        preflights_every_hop=True, redirects_delete_as_get=True, clears_cache_on_failure=False,
        preflight_names_first_headers=True, redirects_need_credentials=True,
        remembers_refusals=True, caches_tainted_origins=False,
    ),
}  # fmt: skip


# --------------------------------------------------------------------------------- results


class Headers(Mapping[str, str]):
    """HTTP headers, read without regard to case; a comma joins several of one name."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._lines: dict[str, list[str]] = {}
        for name, value in pairs:
            self._lines.setdefault(name.lower(), []).append(value.strip(' \t'))

    def __getitem__(self, name: str) -> str:
        return ', '.join(self._lines[name.lower()])

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f'Headers({self.pairs()!r})'

    def lines(self, name: str) -> list[str]:
        """The values of a header, one for each line that was received."""
        return self._lines.get(name.lower(), [])

    def pairs(self) -> list[tuple[str, str]]:
        """All lines, as names and values."""
        return [(name, value) for name, lines in self._lines.items() for value in lines]


@dataclass
class Step:
    """One HTTP request with its answer: a preflight, or one hop of the actual request."""

    preflight: bool  #: Whether the browser asks for permission here.
    method: str  #: The method on the wire.
    url: str  #: The URL, without fragment.
    request_headers: Pairs  #: Names and values, in order.
    request_body: bytes = b''  #: The bytes sent.
    why: tuple[str, ...] = ()  #: For a preflight, the reasons why it is needed.
    reached: bool = False  #: Whether the server got the request; True where nobody can know.
    status: int = 0  #: The status of the answer; 0 where there is none.
    response_headers: Headers = field(default_factory=Headers)  #: The headers of the answer.
    response_body: bytes = b''  #: The bytes of the answer.
    cookies_sent: tuple[str, ...] = ()  #: Names of the cookies attached.
    #: Names of the cookies that the rules for sites keep back, with the reason.
    cookies_withheld: dict[str, str] = field(default_factory=dict)
    cookies_stored: tuple[str, ...] = ()  #: Names of the cookies that the answer sets.
    #: Names of the cookies that the answer fails to set, with the reason.
    cookies_refused: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The step as values that fit into JSON; bodies are decoded as UTF-8."""
        return vars(self) | {
            'request_body': self.request_body.decode('utf-8', 'replace'),
            'response_headers': self.response_headers.pairs(),
            'response_body': self.response_body.decode('utf-8', 'replace'),
        }


@dataclass
class Exchange:
    """All that one fetch did, whether or not the page may read the answer."""

    page: str  #: The page's origin.
    credentials: str  #: The credentials mode of the fetch.
    profile: str  #: The name of the browser profile.
    #: Each request with its answer, preflights and redirects included.
    steps: list[Step] = field(default_factory=list)
    readable: bool = False  #: Whether the page may read the answer.
    visible_headers: tuple[str, ...] = ()  #: Names of the headers that the page may read.

    @property
    def preflights(self) -> list[Step]:
        """The preflights alone."""
        return [step for step in self.steps if step.preflight]

    @property
    def reached_server(self) -> bool:
        """Whether a server got the actual request, not only a preflight."""
        return any(step.reached and not step.preflight for step in self.steps)

    @property
    def side_effect_possible(self) -> bool:
        """Whether a server got a request whose method may change something there."""
        effective = (step for step in self.steps if step.method not in METHODS_WITHOUT_EFFECT)
        return any(step.reached for step in effective)

    @property
    def cookies_sent(self) -> tuple[str, ...]:
        """Names of the cookies that went to a server."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.cookies_sent))

    @property
    def cookies_stored(self) -> tuple[str, ...]:
        """Names of the cookies that answers set, which a blocked answer does too."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.cookies_stored))

    def as_dict(self) -> dict[str, Any]:
        """The exchange and what follows from it, as values that fit into JSON."""
        names = ('reached_server', 'side_effect_possible', 'cookies_sent', 'cookies_stored')
        facts = {name: getattr(self, name) for name in names}
        return vars(self) | facts | {'steps': [step.as_dict() for step in self.steps]}


@dataclass
class Reply:
    """What scripts of the page see of an answer (#concept-filtered-response)."""

    type: str  #: ``basic``, ``cors``, ``opaque`` or ``opaqueredirect``.
    url: str  #: The URL that answered, after redirects; empty for opaque answers.
    status: int  #: The status; 0 for opaque answers.
    headers: Headers  #: The headers that the page may read, and no other.
    body: bytes  #: The bytes that the page may read.
    redirected: bool  #: Whether a redirect was followed.
    timing_visible: bool  #: Whether the page may read the request's resource timing.
    exchange: Exchange  #: What went over the wire.

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status <= 299

    def text(self) -> str:
        """The body decoded as UTF-8, as JavaScript's ``text()`` does."""
        return self.body.decode('utf-8-sig', 'replace')

    def json(self) -> Any:
        """The body read as JSON; raises a ValueError where it is none."""
        return json_module.loads(self.text())


class FetchFailed(Exception):
    """The page's fetch ends in a ``TypeError``; see :class:`Blocked` and :class:`Unreachable`."""

    code: str  #: A stable name for the step that failed, a key of :data:`RULES`.
    reason: str  #: What is wrong, with the values that are.
    header: str  #: The response header that decides; empty where none does.
    #: For :class:`Unreachable`, one of ``no-server``, ``dns``, ``refused``, ``tls``, ``timeout``,
    #: ``closed`` and ``not-http``; else empty.
    kind: str
    mend: str  #: What to do about it, in one sentence.
    #: What each engine's console says, by profile name, if recorded; what differs is in braces.
    console: Mapping[str, str]
    guide: str  #: The page of the guide that mends it; empty if there is none.
    section: str  #: The address of the section of the Fetch Standard.
    exchange: Exchange  #: What went over the wire.

    def __init__(self, code: str, reason: str, header: str = '', kind: str = '') -> None:
        super().__init__(code, reason, header, kind)
        self.code, self.reason, self.header, self.kind = code, reason, header, kind
        _, anchor, self.mend, self.console, self.guide = RULES[code]
        self.section = f'https://fetch.spec.whatwg.org/#{anchor}'
        self.exchange = Exchange('', '', '')

    def __str__(self) -> str:
        lines = [f'{self.code}: {self.reason}', f'mend: {self.mend}', f'rule: {self.section}']
        lines.append(f'page: {self.exchange.page}, credentials: {self.exchange.credentials}')
        for step in self.exchange.steps:
            why = f' (preflight: {", ".join(step.why)})' if step.preflight else ''
            lines.append(f'  {step.method} {step.url} -> {step.status or "no answer"}{why}')
        if self.exchange.side_effect_possible:
            lines.append('note: the server got the request and may have acted on it')
        return '\n'.join(map(printable, lines))


class Blocked(FetchFailed):
    """A browser would not let the page have the answer."""


class Unreachable(FetchFailed):
    """No answer came, so nothing can be said about CORS."""


def printable(text: str) -> str:
    """Escape all that is not printable ASCII, so that no server can write to a terminal."""
    return ''.join(c if c.isascii() and c.isprintable() else ascii(c)[1:-1] for c in text)


def quoted(value: str) -> str:
    """A value from the wire for an error message: quoted, escaped, of bounded length."""
    return f"'{printable(value[:200])}{'...' if len(value) > 200 else ''}'"


def need(module: str, purpose: str) -> Any:
    """Import a library that only some uses need."""
    try:
        return importlib.import_module(module)
    except ImportError:
        mend = f'install it: python -m pip install {module}'
        raise ImportError(f'{module} is needed to {purpose}; {mend}') from None


# ---------------------------------------------------------------- URLs, origins and sites


class Url(NamedTuple):
    """A parsed URL; where the scheme is neither http nor https, `path` is all the rest."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str = ''
    userinfo: str = ''

    @property
    def netloc(self) -> str:
        """The host, with any port that is not the default."""
        return self.host if self.port is None else f'{self.host}:{self.port}'

    @property
    def origin(self) -> str:
        """The serialized origin."""
        return f'{self.scheme}://{self.netloc}' if self.scheme in DEFAULT_PORTS else OPAQUE

    def __str__(self) -> str:
        start = self.origin if self.scheme in DEFAULT_PORTS else f'{self.scheme}:'
        return start + self.path + self.query


def parse_host(text: str) -> str:
    """Parse and serialize a host (URL Standard, host parsing)."""
    if text.startswith('[') and '%' not in text:
        groups = ipaddress.IPv6Address(text[1:-1]).packed.hex(':', 2).split(':')
        address = ':'.join(f'{int(group, 16):x}' for group in groups)
        zeros = max(re.findall(r'\b0(?::0\b)+', address), key=len, default='none')
        return '[' + re.sub(f'(^|:){zeros}(:|$)', '::', address, count=1) + ']'
    host = urllib.parse.unquote(text).lower()
    if not host.isascii():
        mend = "paste what location.origin shows in the browser, in punycode ('xn--...')"
        raise ValueError(f'the host {host!r} is not ASCII; {mend}')
    if not host or re.search(r'[\x00-\x20"#%/:<>?@\[\\\]^`{|}\x7f]', host):
        raise ValueError(f'{host!r} is not a host name')
    if re.search(r'(^|\.)([0-9]+|0x[0-9a-f]*)\.?$', host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host.removesuffix('.')))
        except OSError:
            raise ValueError(f'{host!r} is not an IPv4 address') from None
    return host


def remove_dot_segments(path: str) -> str:
    """Resolve ``.`` and ``..`` in a path; urllib's own way loses empty segments."""
    output: list[str] = []
    path = re.sub(r'/(\.|%2e){1,2}$', r'\g<0>/', path, flags=re.IGNORECASE)
    for segment in path.split('/')[1:]:
        plain = segment.lower().replace('%2e', '.')
        if plain == '..':
            del output[-1:]
        elif plain != '.':
            output.append(segment)
    return '/' + '/'.join(output)


def resolve(text: str, base: Url) -> str:
    """Complete a relative URL."""
    if text.startswith('//'):
        return f'{base.scheme}:{text}'
    if text.startswith('/'):
        return base.origin + text
    if not text:
        return str(base)
    folder = base.path if text.startswith('?') else base.path.rpartition('/')[0] + '/'
    return base.origin + folder + text


@functools.lru_cache(maxsize=512)
def parse_url(text: str, base: Url | None = None) -> Url:
    """Parse a URL as browsers do, backslashes, tabs and relative ones included; or ValueError."""
    text = re.sub('[\t\n\r]', '', text.strip(''.join(map(chr, range(0x21))))).partition('#')[0]
    scheme = re.match(r'([a-z][a-z0-9+.\-]*):', text, re.IGNORECASE)
    if scheme and scheme[1].lower() not in DEFAULT_PORTS:
        return Url(scheme[1].lower(), '', None, text[scheme.end() :])
    front, mark, query = text.partition('?')
    text = front.replace('\\', '/') + mark + query
    if not scheme:
        if not base:
            raise ValueError("it has no scheme; write 'http://' or 'https://' before it")
        text = resolve(text, base)
    parts = re.fullmatch(
        r'(?i)(https?):/*+(?:([^/?]*)@)?(\[[^/?\]]*\]|[^/?:@]*)(?::([0-9]*))?(/[^?]*)?(\?.*)?', text
    )
    if not parts or int(parts[4] or 0) > 65535:
        raise ValueError("its host or port is malformed; write 'host' or 'host:port'")
    name, port = parts[1].lower(), int(parts[4]) if parts[4] else None
    path = urllib.parse.quote(parts[5] or '/', "!$%&'()*+,/:;=@[\\]|", errors='replace')
    query = urllib.parse.quote(parts[6] or '', '!$%&()*+,/:;=?@[\\]^`{|}', errors='replace')
    port = None if port == DEFAULT_PORTS[name] else port
    return Url(name, parse_host(parts[3]), port, remove_dot_segments(path), query, parts[2] or '')


def named_url(argument: str, value: str, base: Url | None = None) -> Url:
    """Parse a URL that is given as an argument; one that stands alone must be http."""
    try:
        url = parse_url(value, base)
    except ValueError as error:
        raise ValueError(f'{argument}: {value!r} is not a URL: {error}') from None
    if base is None and url.origin == OPAQUE:
        raise ValueError(f"{argument}: {value!r} is no http URL; write 'http://' or 'https://'")
    return url


def check_origin(argument: str, value: str) -> str:
    """Return an origin if it is written as browsers write it; else raise ValueError."""
    if value == OPAQUE or re.fullmatch(r'(?!https?:)[a-z][a-z0-9+.\-]*://[a-z0-9._\-]+', value):
        return value
    origin = named_url(argument, value).origin
    if origin != value:
        mend = f"did you mean {origin!r}? (a sandboxed page's is 'null')"
        raise ValueError(f'{argument}: {value!r} is not an origin as browsers write it; {mend}')
    return origin


def same_origin(first: str, second: str) -> bool:
    """Whether two serialized origins are the same; an opaque one equals nothing."""
    return first == second != OPAQUE


def is_trustworthy(url: Url) -> bool:
    """Whether a server is reached safely: over https, or on the reader's own machine."""
    loopback = r'localhost|.*\.localhost|127(\.[0-9]+){3}|\[::1\]'
    return url.scheme == 'https' or re.fullmatch(loopback, url.host) is not None


@functools.cache
def public_suffixes() -> Any:
    """The Public Suffix List, read once."""
    return need('publicsuffixlist', 'tell whether two hosts are one site').PublicSuffixList()


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    return re.fullmatch(r'[0-9.]+|\[.*', host) is not None


def registrable_domain(host: str) -> str | None:
    """The part of a host that was registered; None for addresses and public suffixes."""
    if '.' not in host or is_address(host):
        return None
    domain: str | None = public_suffixes().privatesuffix(host)
    return domain


def same_site(first: str, second: str, *, schemelessly: bool = False) -> bool:
    """Whether two serialized origins are of one site: one scheme, one registrable domain."""
    if OPAQUE in {first, second}:
        return False
    scheme, host = re.sub(r':[0-9]+$', '', first).split('://')
    other_scheme, other_host = re.sub(r':[0-9]+$', '', second).split('://')
    if scheme != other_scheme and not schemelessly:
        return False
    if host == other_host or host.rpartition('.')[2] != other_host.rpartition('.')[2]:
        return host == other_host
    return registrable_domain(host) == registrable_domain(other_host) is not None


# ------------------------------------------------------------- methods and request headers


def normalize_method(method: str) -> str:
    """Normalize a method (#concept-method-normalize): ``put`` is ``PUT``, ``patch`` stays."""
    if not TOKEN.fullmatch(method) or method.upper() in FORBIDDEN_METHODS:
        raise Blocked('bad-method', f'pages cannot send the method {quoted(method)}')
    return method.upper() if method.upper() in NORMALIZED_METHODS else method


def get_decode_split(value: str) -> list[str]:
    """Split a header value at its commas, those in quotes aside."""
    return [member.strip(' \t') for member in LIST_MEMBER.findall(value)]


def is_forbidden_request_header(name: str, value: str) -> bool:
    """Whether pages cannot set a header (#forbidden-request-header)."""
    if name in METHOD_OVERRIDES:
        return any(method.upper() in FORBIDDEN_METHODS for method in get_decode_split(value))
    return FORBIDDEN_HEADERS.fullmatch(name) is not None


def is_safelisted_request_header(name: str, value: str, profile: Profile) -> bool:
    """Whether a header, its name in lower case, needs no preflight."""
    if len(value) > 128:
        return False
    if name in {'accept', 'content-type'}:
        mime_type = MIME_TYPE.fullmatch(value)
        return (
            not UNSAFE_BYTE.search(value)
            and (profile.safelists_non_ascii or value.isascii())
            and (name == 'accept' or bool(mime_type and mime_type[1].lower() in FORM_TYPES))
        )
    if name in {'accept-language', 'content-language'}:
        return LANGUAGE.fullmatch(value) is not None
    if name == 'range':
        span = RANGE.fullmatch(value.lower() if profile.range_unit_in_any_case else value)
        return bool(span and (not span[2] or int(span[1]) <= int(span[2])))
    if name == 'user-agent':
        return profile.safelists_user_agent
    return profile.safelists_client_hints and name in CLIENT_HINTS


def unsafe_request_header_names(headers: Pairs, profile: Profile) -> list[str]:
    """The header names a preflight must ask for (#cors-unsafe-request-header-names)."""
    entries = Headers(headers).items() if profile.combines_headers else headers
    safe = [e for e in entries if is_safelisted_request_header(*e, profile)]
    oversize = sum(len(value) for _, value in safe) > 1024
    unsafe = [entry[0] for entry in entries if oversize or entry not in safe]
    return sorted(unsafe if profile.repeats_header_names else {*unsafe})


def append_header(headers: Pairs, name: str, raw: str, mode: str, profile: Profile) -> None:
    """Add a header, its name in lower case, if a page may set it (#concept-headers-append)."""
    lower, value = name.lower(), raw.strip(' \t\r\n')
    if not TOKEN.fullmatch(name):
        raise Blocked('bad-request', f'headers: {quoted(name)} is not a header name')
    if re.search('[\0\r\n\u0100-\U0010ffff]', value):
        raise Blocked('bad-request', f'headers: {name} cannot be {quoted(value)}')
    if is_forbidden_request_header(lower, value):
        return
    combined = ', '.join([*Headers(headers).lines(name), value])
    if mode != 'no-cors' or (
        lower in NO_CORS_HEADERS and is_safelisted_request_header(lower, combined, profile)
    ):
        headers.append((lower, value))


def extract_body(body: Body, json: object) -> tuple[bytes | None, str | None]:
    """The bytes of a body, and the Content-Type it brings along (#concept-bodyinit-extract)."""
    if json is not None:
        if body is not None:
            raise ValueError('json: given beside `body`; leave one of them out')
        return json_module.dumps(json).encode(), 'application/json'
    if isinstance(body, str):
        return body.encode(), 'text/plain;charset=UTF-8'
    if isinstance(body, Mapping):
        form = 'application/x-www-form-urlencoded;charset=UTF-8'
        return urllib.parse.urlencode(body).encode(), form
    return body if body is None or isinstance(body, bytes) else b''.join(body), None


# --------------------------------------------------------- the request, and checks on answers


class Request:
    """A fetch under way, made as ``fetch`` makes it (#dom-request); its last URL is the current."""

    def __init__(
        self,
        exchange: Exchange,
        url: Url,
        method: str,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
        body: Body = None,
        json: object = None,
        mode: str = 'cors',
        credentials: str = 'same-origin',
        redirect: str = 'follow',
        referrer_policy: str = 'strict-origin-when-cross-origin',
        upload_listener: bool = False,
    ) -> None:
        for name, value in {'mode': mode, 'credentials': credentials, 'redirect': redirect}.items():
            if value not in CHOICES[name]:
                raise ValueError(f'{name}: {value!r} is unknown; choose one of {CHOICES[name]}')
        if url.scheme == 'data':
            raise ValueError('url: a data: URL needs no server, so there is nothing to ask')
        profile = PROFILES[exchange.profile]
        self.exchange, self.page, self.urls = exchange, exchange.page, [url]
        self.mode, self.redirect, self.referrer_policy = mode, redirect, referrer_policy
        self.credentials, self.include = credentials, credentials == 'include'
        self.tainting, self.timing_visible = 'basic', True
        self.body, content_type = extract_body(body, json)
        self.is_stream = not isinstance(body, str | bytes | Mapping | None)
        self.use_preflight = upload_listener or self.is_stream
        self.needs_preflight = False
        self.late_check: Callable[[], None] | None = None  # where a redirect is judged late
        self.method = normalize_method(method)
        if self.body is not None and self.method in {'GET', 'HEAD'}:
            raise Blocked('bad-request', f'a {self.method} request cannot have a body')
        if mode == 'no-cors' and self.method not in SAFELISTED_METHODS:
            reason = f"the method {self.method} does not go with mode 'no-cors'"
            raise Blocked('no-cors-method', reason)
        if mode == 'no-cors' and self.is_stream:
            raise Blocked('bad-request', "a stream as body does not go with mode 'no-cors'")
        if url.userinfo:
            raise Blocked('url-credentials', f'{url} is given with a user name or password')
        if isinstance(headers, Mapping):
            headers = cast('Mapping[str, str]', headers).items()
        self.headers: Pairs = []
        for name, value in headers or ():
            append_header(self.headers, name, value, mode, profile)
        if content_type and 'content-type' not in Headers(self.headers):
            append_header(self.headers, 'content-type', content_type, mode, profile)
        self.first_headers = [*self.headers]

    @property
    def url(self) -> Url:
        """The URL of the current hop."""
        return self.urls[-1]

    @property
    def origin(self) -> str:
        """The origin as it is sent: ``null`` once redirects have tainted it."""
        return OPAQUE if redirect_taint(self.page, self.urls, same_origin) else self.page


def redirect_taint(page: str, urls: list[Url], same: Callable[[str, str], bool]) -> bool:
    """Whether redirects led from one stranger to another (#concept-request-tainted-origin)."""
    return any(
        not same(url.origin, last.origin) and not same(page, last.origin)
        for last, url in itertools.pairwise(urls)
    )


def request_origin_header(request: Request, profile: Profile) -> str | None:
    """The Origin header of a request, or None (#append-a-request-origin-header)."""
    policy, url = request.referrer_policy, request.url
    if request.tainting != 'cors' and request.method in {'GET', 'HEAD'}:
        return None
    if request.mode == 'cors':
        return request.origin
    hidden = policy == 'no-referrer' and profile.no_referrer_hides_origin
    if policy == 'same-origin':
        hidden = not same_origin(request.page, url.origin)
    elif policy.startswith(('strict-', 'no-referrer-when-')):
        hidden = request.page.startswith('https:') and url.scheme != 'https'
    return OPAQUE if hidden else request.origin


def preflight_reasons(request: Request, unsafe_names: list[str]) -> tuple[str, ...]:
    """Why a request needs a preflight (#main-fetch); empty where it needs none."""
    method = [f'method {request.method}'] if request.method not in SAFELISTED_METHODS else []
    flag = 'a stream as body' if request.is_stream else 'an upload listener'
    names = [f'header {name}' for name in unsafe_names]
    return (*method, *names, *([flag] if request.use_preflight else []))


def extract_header_list_values(headers: Headers, name: str) -> list[str] | None:
    """The members of a list header, or None if it is absent; ValueError if it is malformed."""
    if name not in headers:
        return None
    members = [part.strip(' \t') for line in headers.lines(name) for part in line.split(',')]
    for member in filter(None, members):
        if not TOKEN.fullmatch(member):
            raise ValueError(f'{name} is malformed: {quoted(member)} is not a name')
    return [*filter(None, members)]


def cors_check(headers: Headers, origin: str, include: bool, prefix: str = '') -> None:
    """Raise unless an answer is shared with the page (#cors-check)."""
    allowed, credentials = headers.get(ACAO), headers.get(ACAC)
    if allowed is None:
        raise Blocked(prefix + 'acao-missing', f'the answer has no {ACAO}', ACAO)
    if allowed == '*' and not include:
        return
    if allowed != origin:
        reason = f'{ACAO} is {quoted(allowed)}, the Origin sent is {quoted(origin)}'
        code = 'acao-multiple' if ',' in allowed else 'acao-mismatch'
        code = 'acao-wildcard-with-credentials' if allowed == '*' else code
        raise Blocked(prefix + code, reason, ACAO)
    if include and credentials is None:
        reason = f"credentials are 'include', and the answer has no {ACAC}"
        raise Blocked(prefix + 'acac-missing', reason, ACAC)
    if include and credentials != 'true':
        reason = f"{ACAC} is {quoted(credentials or '')}, not 'true'"
        raise Blocked(prefix + 'acac-not-true', reason, ACAC)


def preflight_status_check(step: Step) -> None:
    """Raise unless the answer to a preflight has a status of 200 to 299."""
    if step.status in REDIRECT_STATUSES:
        location = quoted(step.response_headers.get('Location', ''))
        reason = f'the preflight is answered {step.status}, a redirect to {location}'
        raise Blocked('preflight-redirect', reason, 'Location')
    if not 200 <= step.status <= 299:
        raise Blocked('preflight-status', f'the preflight is answered {step.status}, not 2xx')


def allowed_by_preflight(request: Request, headers: Headers) -> Allowed:
    """The methods and the header names that the answer to a preflight lists."""
    lists: dict[str, list[str] | None] = {ACAM: None, ACAH: None}
    for header, code in (
        (ACAM, 'preflight-bad-allow-methods'),
        (ACAH, 'preflight-bad-allow-headers'),
    ):
        try:
            lists[header] = extract_header_list_values(headers, header)
        except ValueError as error:
            raise Blocked(code, str(error), header) from None
    if lists[ACAM] is None and request.use_preflight:
        lists[ACAM] = [request.method]
    names = [name.lower() for name in lists[ACAH] or []]
    return {'method': lists[ACAM] or [], 'header': names}


def preflight_check(
    request: Request, unsafe_names: list[str], allowed: Allowed, profile: Profile
) -> None:
    """Raise unless what a preflight allows suffices (#cors-preflight-fetch)."""
    methods, names = allowed['method'], allowed['header']
    by_star = '*' in methods and not request.include
    if request.method not in {*methods, *SAFELISTED_METHODS} and not by_star:
        reason = f'{ACAM} is {quoted(", ".join(methods))}, without {request.method}'
        raise Blocked('preflight-method', reason + literal_star(methods), ACAM)
    by_star = '*' in names and not request.include
    missing = [name for name in unsafe_names if name not in names]
    if missing and not by_star:
        reason = f'{ACAH} is {quoted(", ".join(names))}, without {missing[0]}'
        raise Blocked('preflight-header', reason + literal_star(names), ACAH)
    if 'authorization' in missing and not profile.wildcard_covers_authorization:
        reason = f"'*' in {ACAH} does not cover Authorization"
        raise Blocked('preflight-authorization-wildcard', reason, ACAH)


def literal_star(members: list[str]) -> str:
    """A remark for those who rely on a wildcard where there is none."""
    return "; with credentials '*' is no wildcard" if '*' in members else ''


def tao_check(request: Request, headers: Headers) -> bool:
    """Whether an answer shares its timing with the page (#tao-check)."""
    values = get_decode_split(headers.get('Timing-Allow-Origin', ''))
    return request.tainting == 'basic' or '*' in values or request.origin in values


def cross_origin_resource_policy_check(
    request: Request, headers: Headers, profile: Profile
) -> None:
    """Raise if a ``no-cors`` answer is withheld (#cross-origin-resource-policy-check)."""
    name, page, url = 'Cross-Origin-Resource-Policy', request.page, request.url
    policy = headers.get(name)
    safe = page.startswith('https:') or url.scheme != 'https'
    is_site = same_site(page, url.origin, schemelessly=True) and (
        profile.addresses_are_sites or not is_address(url.host)
    )
    if profile.bare_hosts_are_sites_of_null and page == OPAQUE:
        is_site = '.' not in url.host
    if (
        policy not in {'same-origin', 'same-site'}
        or same_origin(page, url.origin)
        or (policy == 'same-site' and safe and is_site)
    ):
        return
    raise Blocked('corp', f'{name} is {policy}, the page is {page}', name)


def http_redirect_fetch(request: Request, step: Step, profile: Profile) -> bool:
    """Turn a request to the Location of an answer, if it has one (#http-redirect-fetch)."""
    locations = step.response_headers.lines('Location')
    if not locations:
        return False
    try:
        (location,) = locations
        url = parse_url(location.encode('latin-1').decode('utf-8', 'replace'), request.url)
    except ValueError as error:
        raise Blocked('redirect-location', f'Location is unusable: {error}', 'Location') from None
    cross_origin = request.mode == 'cors' and not same_origin(request.page, url.origin)
    if url.scheme not in DEFAULT_PORTS:
        raise Blocked('redirect-scheme', f'Location leads to {quoted(str(url))}', 'Location')
    if len(request.urls) > 20:
        raise Blocked('redirect-limit', 'this is the 21st redirect', 'Location')
    if url.userinfo and (cross_origin or request.tainting == 'cors'):
        raise Blocked('redirect-credentials', 'Location carries a user name', 'Location')
    if step.status != 303 and request.is_stream:
        raise Blocked('redirect-stream-body', f'{step.status} asks for the body once more')
    elsewhere = not same_origin(request.url.origin, url.origin)
    if profile.rebuilds_headers:
        request.headers = [*request.first_headers]
    if (
        (step.status in {301, 302} and request.method == 'POST')
        or (step.status == 303 and request.method not in {'GET', 'HEAD'})
        or (elsewhere and request.method == 'DELETE' and profile.redirects_delete_as_get)
    ):
        request.method, request.body, request.is_stream = 'GET', None, False
        request.headers = [pair for pair in request.headers if pair[0] not in BODY_HEADERS]
    began_at_home = same_origin(request.page, request.urls[0].origin)
    if profile.redirects_need_credentials and began_at_home and request.tainting == 'cors':
        include = request.credentials != 'omit'
        check = functools.partial(cors_check, step.response_headers, request.origin, include)
        if not request.needs_preflight:
            check()
        request.late_check = check
    dropped = {'authorization'} if elsewhere else set[str]()
    if profile.safelists_client_hints and not same_origin(request.page, url.origin):
        dropped |= CLIENT_HINTS - {'save-data'}
    request.headers = [pair for pair in request.headers if pair[0] not in dropped]
    request.urls.append(url)
    return True


def filtered_response(request: Request, step: Step, kind: str) -> Reply:
    """What the page sees of an answer (#concept-filtered-response)."""
    exchange, headers, url = request.exchange, step.response_headers, str(request.url)
    if kind in {'opaque', 'opaqueredirect'}:
        url = '' if kind == 'opaque' else url
        return Reply(kind, url, 0, Headers(), b'', False, False, exchange)
    exposed: set[str] = set()
    try:
        names = extract_header_list_values(headers, ACEH) or []
        exposed = {name.lower() for name in names}
    except ValueError:
        members = (member.strip(' \t') for member in headers[ACEH].split(','))
        well_formed = itertools.takewhile(lambda name: not name or TOKEN.fullmatch(name), members)
        if PROFILES[exchange.profile].exposes_all_despite_errors:
            exposed = {'*'} & {*well_formed}
    everything = kind == 'basic' or ('*' in exposed and not request.include)
    visible = Headers(
        (name, value)
        for name, value in headers.pairs()
        if (everything or name in exposed or VISIBLE_HEADERS.fullmatch(name))
        and name not in COOKIE_HEADERS
    )
    exchange.readable, exchange.visible_headers = True, tuple(visible)
    redirected, timing = len(request.urls) > 1, request.timing_visible
    return Reply(kind, url, step.status, visible, step.response_body, redirected, timing, exchange)


# ------------------------------------------------------------- the preflight cache, cookies


CacheKey = tuple[str, str, bool]  # 'method' or 'header', its name, whether with credentials


class PreflightCache:
    """What preflights allowed, and until when (#cors-preflight-cache)."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._profile, self._clock = profile, clock
        self._entries: dict[tuple[str, Url], dict[CacheKey, float]] = {}

    def _matches(self, request: Request, kind: str, name: str) -> list[CacheKey]:
        """The entries that answer for a method or a header name (#concept-cache-match-method)."""
        names, profile, now = {name}, self._profile, self._clock()
        if (
            profile.caches_wildcards
            and (name != 'authorization' or profile.wildcard_covers_authorization)
            and not (request.include and profile.remembers_refusals)
        ):
            names.add('*')
        entries = self._entries.get((self._origin(request), request.url), {})
        keys = itertools.product([kind], names, self._modes(request))
        return [key for key in keys if entries.get(key, now) > now]

    def _modes(self, request: Request) -> set[bool]:
        """Whether entries with credentials answer for a request, and whether those without do."""
        return {request.include} | ({True} if self._profile.shares_credentialed_cache else set())

    def covers(self, request: Request, unsafe_names: list[str]) -> bool:
        """Whether no preflight is needed, as an earlier one has answered already."""
        profile, origin = self._profile, self._origin(request)
        if origin == OPAQUE and not (
            profile.caches_opaque_origins
            and (profile.caches_tainted_origins or request.page == OPAQUE)
        ):
            return False
        if profile.preflights_every_hop and request.needs_preflight:
            known, modes = self._entries.get((origin, request.url), {}), self._modes(request)
            if not any(key[2] in modes and known[key] > self._clock() for key in known):
                return False
        method_needed = request.use_preflight or request.method not in SAFELISTED_METHODS
        if method_needed and not self._matches(request, 'method', request.method):
            return False
        return all(self._matches(request, 'header', name) for name in unsafe_names)

    def max_age(self, headers: Headers) -> float:
        """How many seconds an answer to a preflight is remembered; 5 where it says nothing."""
        lines = headers.lines('Access-Control-Max-Age')
        if not any(lines):
            return 5
        number = re.fullmatch('(-?)[0-9]+', lines[0]) if len(lines) == 1 else None
        if number is None or (number[1] and not self._profile.negative_max_age_is_zero):
            return self._profile.bad_max_age
        age = float(lines[0])
        return age if self._profile.max_age_cap is None else min(age, self._profile.max_age_cap)

    def store(self, request: Request, allowed: Allowed, headers: Headers) -> None:
        """Remember what an answer allows; what was known already gets the new age."""
        expires = self._clock() + self.max_age(headers)
        entries = self._entries.setdefault((self._origin(request), request.url), {})
        for kind, name in ((kind, name) for kind, names in allowed.items() for name in names):
            for key in self._matches(request, kind, name) or [(kind, name, request.include)]:
                entries[key] = expires

    def clear(self, request: Request) -> None:
        """Forget what is known about a request's origin and URL (#concept-cache-clear)."""
        if self._profile.clears_cache_on_failure:
            self._entries.pop((self._origin(request), request.url), None)

    def _origin(self, request: Request) -> str:
        """The origin in whose name a preflight is made."""
        return request.page if self._profile.preflight_names_page else request.origin


@dataclass
class Cookie:
    """A cookie in the jar."""

    name: str  #: Its name.
    value: str  #: Its value.
    domain: str  #: The host it belongs to.
    host_only: bool  #: Whether it stays away from subdomains of `domain`.
    path: str  #: The path below which it is sent.
    secure: bool  #: Whether it is kept to https (and to this machine, see :class:`Profile`).
    same_site: str  #: ``strict``, ``lax``, ``none``, or ``unset`` where that is not ``lax``.
    expires: float | None  #: The seconds since 1970 at which it ends; None for a session's.


class CookieJar:
    """A browser's cookies, by RFC 6265bis as far as fetches can tell; iterate to see them."""

    def __init__(self, profile: Profile, clock: Clock) -> None:
        self._profile, self._clock = profile, clock
        self._cookies: dict[tuple[str, str, str], Cookie] = {}

    def __iter__(self) -> Iterator[Cookie]:
        return iter(self._cookies.values())

    def set(self, url: str, header: str) -> None:
        """Store a cookie as if the reader had visited a URL that sets it.

        Args:
            url: The URL visited.
            header: What its ``Set-Cookie`` says, such as ``sid=1; Secure; SameSite=None``.

        Raises:
            ValueError: A browser would refuse the cookie; the message says why.
        """
        name, refusal = self.receive(named_url('url', url), header, lambda: True)
        if refusal:
            raise ValueError(f'header: the cookie {name!r} is refused: {refusal}')

    def receive(self, url: Url, header: str, is_same_site: Check) -> tuple[str, str]:
        """Store the cookie of a ``Set-Cookie`` line; return its name, and why it is refused."""
        pair, *rest = header.split(';')
        name, mark, value = (part.strip(' \t') for part in pair.partition('='))
        name, value = (name, value) if mark else ('', name)
        split = (attribute.partition('=') for attribute in rest)
        attributes = {key.strip(' \t').lower(): setting.strip(' \t') for key, _, setting in split}
        path, domain = attributes.get('path', ''), attributes.get('domain', '').lower()
        domain = domain.removeprefix('.')
        same_site = attributes.get('samesite', '').lower()
        if same_site not in {'strict', 'lax', 'none'}:
            same_site = 'lax' if self._profile.lax_by_default else 'unset'
        cookie = Cookie(
            name,
            value,
            domain=domain or url.host,
            host_only=not domain,
            path=path if path.startswith('/') else url.path.rpartition('/')[0] or '/',
            secure='secure' in attributes,
            same_site=same_site,
            expires=self._expiry(attributes),
        )
        refusal = self._refusal(cookie, url, path == '/', is_same_site)
        if not refusal:
            key = (name, cookie.domain, cookie.path)
            self._cookies[key] = cookie
            if cookie.expires is not None and cookie.expires <= self._clock():
                del self._cookies[key]
        return name, refusal

    def _expiry(self, attributes: Mapping[str, str]) -> float | None:
        """When a cookie ends: Max-Age, of at most 400 days, then Expires, then with the session."""
        if re.fullmatch('-?[0-9]+', attributes.get('max-age', '')):
            return self._clock() + max(0, min(float(attributes['max-age']), 400 * 86400))
        try:
            return parsedate_to_datetime(attributes['expires']).timestamp()
        except (KeyError, ValueError):
            return None

    def _refusal(self, cookie: Cookie, url: Url, whole_site: bool, is_same_site: Check) -> str:
        """Why a cookie is not stored; empty if it is."""
        prefix, domain = cookie.name.lower(), cookie.domain
        if not cookie.name and not cookie.value:
            return 'it is empty'
        if url.host != domain and not (
            url.host.endswith('.' + domain) and registrable_domain(domain)
        ):
            return f'Domain={domain} is not for {url.host} to use'
        if not cookie.secure and cookie.same_site == 'none':
            return 'SameSite=None needs Secure'
        if not cookie.secure and prefix.startswith(('__secure-', '__host-')):
            return 'its prefix needs Secure'
        if prefix.startswith('__host-') and not (cookie.host_only and whole_site):
            return 'its prefix needs Path=/ and no Domain'
        return self._barrier(cookie, url, is_same_site)

    def _is_for(self, cookie: Cookie, url: Url) -> bool:
        """Whether a cookie is alive and of this host and path."""
        below = cookie.path if cookie.path.endswith('/') else cookie.path + '/'
        on_path = url.path == cookie.path or url.path.startswith(below)
        in_domain = not cookie.host_only and url.host.endswith('.' + cookie.domain)
        alive = cookie.expires is None or cookie.expires > self._clock()
        return alive and on_path and (in_domain or url.host == cookie.domain)

    def _barrier(self, cookie: Cookie, url: Url, is_same_site: Check) -> str:
        """Why a cookie does not travel with a request, either way; empty if it does."""
        on_loopback = self._profile.secure_cookies_on_loopback and is_trustworthy(url)
        if cookie.secure and url.scheme != 'https' and not on_loopback:
            return 'Secure needs https'
        if cookie.same_site in {'strict', 'lax'} and not is_same_site():
            return f'SameSite={cookie.same_site.capitalize()}, and the request is cross-site'
        if not self._profile.third_party_cookies and not is_same_site():
            return 'third-party cookies are blocked'
        return ''

    def retrieve(self, url: Url, is_same_site: Check) -> tuple[list[Cookie], dict[str, str]]:
        """The cookies a request carries, and those held back with the reason why."""
        sent, withheld = [], {}
        fitting = [cookie for cookie in self if self._is_for(cookie, url)]
        for cookie in sorted(fitting, key=lambda cookie: -len(cookie.path)):
            if reason := self._barrier(cookie, url, is_same_site):
                withheld[cookie.name] = reason
            else:
                sent.append(cookie)
        return sent, withheld


# ---------------------------------------------------------------------- servers to talk to


Answer = tuple[int, Pairs, bytes]
Send = Callable[[Step, Url], Coroutine[Any, Any, Answer]]
Events = asyncio.Queue[dict[str, Any]]


def unreachable(step: Step, kind: str, reason: str) -> Unreachable:
    """The failure of a request that gets no HTTP answer."""
    return Unreachable('preflight-network' if step.preflight else 'network', reason, kind=kind)


def is_asgi(app: App) -> bool:
    """Whether a callable takes the three arguments of ASGI, not the two of WSGI."""
    try:
        inspect.signature(app).bind('scope', 'receive', 'send')
    except TypeError:
        return False
    return True


def connect(target: Target, timeout: float) -> Send:
    """Find out how to ask a server."""
    if isinstance(target, str):
        need('httpx', 'ask a live URL')
        return functools.partial(ask_blocking, functools.partial(call_live, timeout))
    if is_asgi(target):
        return functools.partial(ask_asgi, target)
    return functools.partial(ask_blocking, functools.partial(call_wsgi, target))


def in_event_loop() -> bool:
    """Whether the current thread is running an event loop."""
    try:
        return bool(asyncio.get_running_loop())
    except RuntimeError:
        return False


async def ask_blocking(call: Callable[[Step, Url], Answer], step: Step, url: Url) -> Answer:
    """Ask a server that blocks, in a thread of its own where an event loop is running."""
    return await asyncio.to_thread(call, step, url) if in_event_loop() else call(step, url)


def call_wsgi(app: App, step: Step, url: Url) -> Answer:
    """Call a WSGI application."""
    environ: dict[str, Any] = {
        'REQUEST_METHOD': step.method,
        'SCRIPT_NAME': '',
        'PATH_INFO': urllib.parse.unquote(url.path, 'latin-1'),
        'QUERY_STRING': url.query[1:],
        'REMOTE_ADDR': '127.0.0.1',
        'SERVER_NAME': url.host,
        'SERVER_PORT': str(url.port or DEFAULT_PORTS[url.scheme]),
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'HTTP_HOST': url.netloc,
        'wsgi.url_scheme': url.scheme,
        'wsgi.input': io.BytesIO(step.request_body),
        'wsgi.errors': sys.stderr,
    }
    setup_testing_defaults(environ)
    for name, value in Headers(step.request_headers).items():
        key = name.upper().replace('-', '_')
        environ[key if key in {'CONTENT_TYPE', 'CONTENT_LENGTH'} else f'HTTP_{key}'] = value
    started: list[tuple[str, Pairs]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: Pairs, exc_info: object = None) -> object:
        started[:] = [(status, headers)]
        return written.append

    chunks = app(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        if hasattr(chunks, 'close'):
            chunks.close()
    if not started:
        raise RuntimeError('target: the WSGI application did not call start_response')
    return int(started[0][0][:3]), started[0][1], b''.join(written)


async def ask_asgi(app: App, step: Step, url: Url) -> Answer:
    """Ask an ASGI application, in the running event loop."""
    headers = [('host', url.netloc), *step.request_headers]
    scope = {
        'type': 'http',
        'asgi': {'version': '3.0', 'spec_version': '2.3'},
        'http_version': '1.1',
        'method': step.method,
        'scheme': url.scheme,
        'path': urllib.parse.unquote(url.path),
        'raw_path': url.path.encode(),
        'query_string': url.query[1:].encode(),
        'root_path': '',
        'headers': [(name.encode(), value.encode('latin-1')) for name, value in headers],
        'client': ('127.0.0.1', 50000),
        'server': (url.host, url.port or DEFAULT_PORTS[url.scheme]),
    }
    inbox, outbox = Events(), Events()
    inbox.put_nowait({'type': 'http.request', 'body': step.request_body, 'more_body': False})
    await app(scope, inbox.get, outbox.put)
    events = [outbox.get_nowait() for _ in range(outbox.qsize())]
    if not events:
        raise RuntimeError('target: the ASGI application did not send a response')
    lines = events[0].get('headers', ())
    pairs = [(name.decode('latin-1'), value.decode('latin-1')) for name, value in lines]
    return events[0]['status'], pairs, b''.join(event.get('body', b'') for event in events[1:])


@contextlib.asynccontextmanager
async def lifespan(app: App) -> AsyncIterator[None]:
    """Run the lifespan of an ASGI application; do without where it knows none."""
    inbox, outbox = Events(), Events()
    scope = {'type': 'lifespan', 'asgi': {'version': '3.0', 'spec_version': '2.0'}, 'state': {}}
    task = asyncio.ensure_future(app(scope, inbox.get, outbox.put))

    async def tell(event: str) -> None:
        inbox.put_nowait({'type': event})
        answer = asyncio.ensure_future(outbox.get())
        await asyncio.wait({answer, task}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
        elif answer.result()['type'] == event + '.failed':
            raise RuntimeError(f'target: {event} failed: {answer.result().get("message", "")}')

    try:
        await tell('lifespan.startup')
        try:
            yield
        finally:
            await tell('lifespan.shutdown')
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def call_live(timeout: float, step: Step, url: Url) -> Answer:
    """Ask a running server, through httpx: no proxies, no redirects, no cookies of its own.

    A body that does not end, such as an event stream, is cut after the time for an answer.
    """
    httpx = need('httpx', 'ask a live URL')
    agent = ('user-agent', f'cors_browser/{__version__}')
    request = httpx.Request(
        step.method,
        str(url),
        headers=[agent, ('host', url.netloc), *step.request_headers],
        content=step.request_body or None,
        extensions={'timeout': httpx.Timeout(timeout).as_dict()},
    )
    request.method = step.method  # in the page's case
    end, content = time.monotonic() + timeout, b''
    try:
        with httpx.HTTPTransport(verify=ssl.create_default_context()) as transport:
            response = transport.handle_request(request)
            with contextlib.suppress(httpx.ReadTimeout):
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > end:
                        break
    except httpx.HTTPError as error:
        step.reached = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        kind, reason = failure_kind(error, step.reached), str(error)
        if isinstance(error, httpx.TimeoutException):
            kind, reason = 'timeout', f'no answer within {timeout:g} seconds'
        raise unreachable(step, kind, f'{url}: {reason}') from None
    pairs = [(name.decode(), value.decode('latin-1')) for name, value in response.headers.raw]
    return response.status_code, pairs, content


def failure_kind(error: BaseException, reached: bool) -> str:
    """Why a server gave no HTTP answer, from what httpx raised and what caused that."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return 'tls' if isinstance(cause, ssl.SSLError) else 'dns'
        cause = cause.__cause__ or cause.__context__
    if not reached:
        return 'refused'
    return 'closed' if 'disconnected' in str(error) or not str(error) else 'not-http'


def run_without_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits: WSGI applications may start event loops of their own."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result


# ----------------------------------------------------------------------------- the browser


class FetchOptions(TypedDict, total=False):
    """The options of a fetch, named as in JavaScript where that has them."""

    #: Names and values; what pages may not set is dropped silently, as there.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    #: Text, bytes, a mapping (a ``URLSearchParams``) or an iterable of bytes (a stream).
    body: Body
    json: object  #: Sent as JSON with its Content-Type, for ``JSON.stringify``; not None.
    mode: str  #: ``cors`` (the default), ``no-cors`` or ``same-origin``.
    credentials: str  #: ``omit``, ``same-origin`` (the default) or ``include``.
    redirect: str  #: ``follow`` (the default), ``error`` or ``manual``.
    #: The page's referrer policy, which may turn the Origin into ``null``;
    #: ``strict-origin-when-cross-origin`` by default.
    referrer_policy: str
    upload_listener: bool  #: Whether the page watches the upload, as XMLHttpRequest can.


class Browser:
    """A page in a browser, as far as the Fetch Standard's CORS protocol goes.

    As a context manager (``with`` or ``async with``) it runs the lifespan of ASGI applications.
    Bodies that applications answer are read to their end; exceptions they raise come through.
    Its :class:`CookieJar` is the attribute ``cookies``.

    Args:
        target: The API: a WSGI or ASGI application, or the base URL of a running server.
        page: The page's origin as ``location.origin`` shows it; ``null`` for an opaque one.
        api: The URL at which an application is served, and against which relative URLs resolve
            (a real page resolves against itself); ``https://api.example.com`` by default. Not
            beside a base URL.
        hosts: Further servers by origin, for redirects: applications, or for a running server
            its origin once more.
        top_level: The origin in the address bar where the page is framed; `page` by default.
        profile: ``standard``, or the browser to differ like: a key of :data:`PROFILES`.
        clock: Returns the time in seconds since 1970; for caches and cookies.
        timeout: Seconds that a running server has for each answer.
        on_step: Called with each :class:`Step` just before it is sent.

    Raises:
        ValueError: An argument is malformed; the message says how to mend it.
        ImportError: A running server is to be asked and httpx is not installed.
    """

    def __init__(
        self,
        target: Target,
        page: str,
        *,
        api: str | None = None,
        hosts: Mapping[str, Target] | None = None,
        top_level: str | None = None,
        profile: str = 'standard',
        clock: Clock | None = None,
        timeout: float = 10,
        on_step: Callable[[Step], object] | None = None,
    ) -> None:
        if profile not in PROFILES:
            raise ValueError(f'profile: {profile!r} is unknown; choose one of {tuple(PROFILES)}')
        self.page = check_origin('page', page)
        self.top_level = self.page if top_level is None else check_origin('top_level', top_level)
        self.profile = PROFILES[profile]
        self.cookies = CookieJar(self.profile, clock or time.time)
        self._cache = PreflightCache(self.profile, clock or time.time)
        self._on_step = on_step
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lifespans = contextlib.AsyncExitStack()
        if not isinstance(target, str):
            self._api = named_url('api', api or 'https://api.example.com')
        elif api is None:
            self._api = named_url('target', target)
        else:
            raise ValueError(f'api: {api!r} beside a base URL, which says it; leave it out')
        targets = {self._api.origin: target}
        for origin, host in (hosts or {}).items():
            if check_origin('hosts', origin) in targets:
                raise ValueError(f'hosts: {origin!r} is what `target` serves; leave it out')
            if isinstance(host, str) and named_url('hosts', host).origin != origin:
                raise ValueError(f'hosts: {host!r} is not of the origin {origin!r}; write it again')
            targets[origin] = host
        self._servers = {origin: connect(host, timeout) for origin, host in targets.items()}
        self._asgi_apps: list[App] = []
        for host in targets.values():
            if not isinstance(host, str) and is_asgi(host) and host not in self._asgi_apps:
                self._asgi_apps.append(host)

    def fetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Fetch a URL as the page's JavaScript would with ``fetch(url, {method, ...})``.

        Implements the Fetch Standard's #fetch-method and #fetching.

        Args:
            url: The URL; a relative one resolves against `api`.
            method: The method; of lower-case ones only the common are upper-cased, not ``patch``.
            options: See :class:`FetchOptions`.

        Returns:
            What the page sees of the answer.

        Raises:
            Blocked: A browser would not let the page have the answer.
            Unreachable: No answer came.
            ValueError: An option is none of its choices, or the URL is malformed.
            RuntimeError: An event loop is running; use :meth:`afetch`.
        """
        return self._run('fetch', 'afetch', lambda: self.afetch(url, method, **options))

    async def afetch(self, url: str, method: str = 'GET', **options: Unpack[FetchOptions]) -> Reply:
        """Do as :meth:`fetch`, inside a running event loop."""
        credentials = options.get('credentials', 'same-origin')
        exchange = Exchange(self.page, credentials, self.profile.name)
        try:
            target = named_url('url', url, self._api)
            return await self._main_fetch(Request(exchange, target, method, **options))
        except FetchFailed as failure:
            failure.exchange = exchange
            raise

    async def _main_fetch(self, request: Request) -> Reply:
        """Decide under which rules the current URL is fetched (#main-fetch)."""
        url = request.url
        if url.port in BAD_PORTS:
            raise Blocked('bad-port', f'browsers never connect to port {url.port}')
        secure_page = any(o.startswith('https:') for o in (self.page, self.top_level))
        if secure_page and url.scheme == 'http' and not is_trustworthy(url):
            raise Blocked('mixed-content', f'a page on https may not fetch {url}')
        if self.profile.preflights_every_hop:
            names = unsafe_request_header_names(request.headers, self.profile)
            request.needs_preflight |= names != []
        if same_origin(self.page, url.origin) and request.tainting == 'basic':
            return await self._http_fetch(request)
        if request.mode == 'same-origin':
            reason = f"{url} is not of {self.page}, and the mode is 'same-origin'"
            raise Blocked('cross-origin-in-same-origin-mode', reason)
        if request.mode == 'no-cors' and request.redirect != 'follow':
            reason = f"redirect {request.redirect!r} does not go with mode 'no-cors'"
            raise Blocked('no-cors-redirect-mode', reason)
        if url.scheme not in DEFAULT_PORTS:
            raise Blocked('cors-scheme', f'{url} is neither http nor https')
        request.tainting = 'opaque' if request.mode == 'no-cors' else 'cors'
        unsafe_names = unsafe_request_header_names(request.headers, self.profile)
        if self.profile.preflight_names_first_headers:
            unsafe_names = unsafe_request_header_names(request.first_headers, self.profile)
        why = preflight_reasons(request, unsafe_names)
        if self.profile.preflights_every_hop and request.needs_preflight:
            why = why or ('an earlier preflight',)
        if request.tainting == 'opaque' or not why:
            return await self._http_fetch(request)
        try:
            if not self._cache.covers(request, unsafe_names):
                await self._cors_preflight_fetch(request, unsafe_names, why)
            request.needs_preflight = True
            if request.late_check:
                request.late_check()
            return await self._http_fetch(request)
        except FetchFailed as failure:
            if failure.code != 'redirect-mode' or self.profile.clears_cache_on_redirect:
                self._cache.clear(request)
            raise

    async def _cors_preflight_fetch(
        self, request: Request, unsafe_names: list[str], why: tuple[str, ...]
    ) -> None:
        """Ask for permission, and remember the answer (#cors-preflight-fetch)."""
        headers = [('accept', '*/*'), ('access-control-request-method', request.method)]
        if unsafe_names:
            headers.append(('access-control-request-headers', ','.join(unsafe_names)))
        named = self.page if self.profile.preflight_names_page else request.origin
        headers.append(('origin', named))
        step = Step(True, 'OPTIONS', str(request.url), headers, why=why)
        await self._http_network_fetch(request, step)
        if self.profile.checks_status_first:
            preflight_status_check(step)
        if not (self.profile.trusts_own_preflight and same_origin(self.page, request.url.origin)):
            cors_check(step.response_headers, named, request.include, 'preflight-')
        preflight_status_check(step)
        answer = step.response_headers
        allowed = allowed_by_preflight(request, answer)
        if self.profile.remembers_refusals:
            self._cache.store(request, allowed, answer)
        preflight_check(request, unsafe_names, allowed, self.profile)
        self._cache.store(request, allowed, answer)

    async def _http_fetch(self, request: Request) -> Reply:
        """Fetch the current URL and check the answer (#http-fetch)."""
        headers, origin = [*request.headers], request_origin_header(request, self.profile)
        if 'accept' not in dict(headers):
            headers.append(('accept', '*/*'))
        if origin is not None:
            headers.append(('origin', origin))
        if request.body is not None or request.method in {'POST', 'PUT'}:
            headers.append(('content-length', str(len(request.body or b''))))
        step = Step(False, request.method, str(request.url), headers, request.body or b'')
        await self._http_network_fetch(request, step)
        if request.tainting == 'cors':
            cors_check(step.response_headers, request.origin, request.include)
        request.timing_visible &= tao_check(request, step.response_headers)
        if request.tainting == 'opaque':
            cross_origin_resource_policy_check(request, step.response_headers, self.profile)
        if step.status in REDIRECT_STATUSES:
            if request.redirect == 'error':
                reason = f"the answer is a redirect ({step.status}), and redirect is 'error'"
                raise Blocked('redirect-mode', reason)
            if request.redirect == 'manual':
                return filtered_response(request, step, 'opaqueredirect')
            if http_redirect_fetch(request, step, self.profile):
                return await self._main_fetch(request)
        return filtered_response(request, step, request.tainting)

    async def _http_network_fetch(self, request: Request, step: Step) -> None:
        """Send one request, with cookies where they belong (#http-network-or-cache-fetch)."""
        url, is_same_site = request.url, functools.partial(self._is_same_site, request)
        with_credentials = not step.preflight and (
            request.include
            or (request.credentials == 'same-origin' and request.tainting == 'basic')
        )
        if with_credentials:
            cookies, step.cookies_withheld = self.cookies.retrieve(url, is_same_site)
            step.cookies_sent = tuple(cookie.name for cookie in cookies)
            if cookies:
                line = '; '.join(f'{c.name}={c.value}' if c.name else c.value for c in cookies)
                step.request_headers.append(('cookie', line))
        request.exchange.steps.append(step)
        if self._on_step:
            self._on_step(step)
        if url.origin not in self._servers:
            reason = f'{url.origin} is none of the servers named; add it to `hosts`'
            raise unreachable(step, 'no-server', reason)
        step.status, pairs, body = await self._servers[url.origin](step, url)
        step.reached, step.response_headers = True, Headers(pairs)
        if step.method != 'HEAD' and step.status not in NULL_BODY_STATUSES:
            step.response_body = body
        for line in step.response_headers.lines('set-cookie') if with_credentials else ():
            name, refusal = self.cookies.receive(url, line, is_same_site)
            if refusal:
                step.cookies_refused[name] = refusal
            else:
                step.cookies_stored += (name,)

    def _is_same_site(self, request: Request) -> bool:
        """Whether a request stays within the site of the top-level page, for cookies."""
        return (
            same_site(request.url.origin, self.top_level)
            and same_site(self.page, self.top_level)
            and not redirect_taint(self.page, request.urls, same_site)
        )

    def _run(self, name: str, twin: str, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine to its end, in an event loop only if an application needs one."""
        if in_event_loop():
            raise RuntimeError(f'{name}: an event loop is running in this thread; use {twin}')
        if not self._asgi_apps:
            return run_without_loop(start())
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            weakref.finalize(self, self._loop.close)
        return self._loop.run_until_complete(start())

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for app in self._asgi_apps:
                await stack.enter_async_context(lifespan(app))
            self._lifespans = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._lifespans.aclose()

    def __enter__(self) -> Self:
        return self._run('with', 'async with', self.__aenter__)

    def __exit__(self, *_: object) -> None:
        self._run('with', 'async with', self.__aexit__)


# ------------------------------------------------------------------------------ the doctor


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
    show(f'mend: {found["mend"]}')
    show(f'rule: {found["section"]}')
    if found['exchange']['side_effect_possible']:
        show('note: the server got the request and may have acted on it')


def findings(exchange: Exchange, failure: FetchFailed | None) -> dict[str, Any]:
    """What the doctor found, as values that fit into JSON."""
    found: dict[str, Any] = {'verdict': 'readable', 'exchange': exchange.as_dict()}
    if failure:
        found['verdict'] = 'unreachable' if isinstance(failure, Unreachable) else 'blocked'
        found['not_cors'] = not_cors(failure)
        for name in ('code', 'reason', 'header', 'mend', 'section'):
            found[name] = getattr(failure, name)
    return found


def parse_arguments(argv: list[str] | None) -> argparse.Namespace:
    """Read the command line; exit with 2 if it is wrong."""
    parser = argparse.ArgumentParser(
        prog='cors_browser.py',
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
