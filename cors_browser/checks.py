# SPDX-License-Identifier: MIT-0
"""The standard's checks on responses."""

from __future__ import annotations

import re

from .engine import Engine
from .exchange import NEVER_VISIBLE, Headers, Reply, Step, VisibleHeaders, quoted
from .headers import SAFELISTED_METHODS, extract_header_list_values, get_decode_split
from .request import Request
from .rules import ACAC, ACAH, ACAM, ACAO, ACEH, Blocked
from .urls import same_origin

Allowed = dict[str, list[str]]  # by 'method' and 'header'
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
VISIBLE_HEADERS = re.compile(
    'cache-control|content-(language|length|type)|expires|last-modified|pragma'
)
#: Why a page can't read a header, by the type of the response.
HIDDEN = {
    'cors': f"the response doesn't expose it; send {ACEH}: {{}}",
    'opaque': "the mode 'no-cors' makes the response opaque; fetch with mode 'cors'",
    'opaqueredirect': "redirect 'manual' hides the response; fetch with redirect 'follow'",
}


def cors_check(
    engine: Engine, headers: Headers, origin: str, include: bool, prefix: str = ''
) -> None:
    """Raise unless the page is allowed to read the response (#cors-check)."""
    allowed, credentials = headers.get(ACAO), headers.get(ACAC)
    if allowed is None:
        raise Blocked(prefix + 'acao-missing', f'the response has no {ACAO}', ACAO)
    if allowed == '*' and not include:
        return
    if allowed != origin:
        reason = f'{ACAO} is {quoted(allowed)}, but the Origin is {quoted(origin)}'
        code = 'acao-multiple' if ',' in allowed else 'acao-mismatch'
        code = 'acao-wildcard-with-credentials' if allowed == '*' else code
        raise Blocked(prefix + code, reason, ACAO, value=allowed)
    if include and credentials is None:
        reason = f"credentials are 'include', but the response has no {ACAC}"
        raise Blocked(prefix + 'acac-missing', reason, ACAC)
    if include and not engine.accepts_credentials(headers.lines(ACAC)):
        reason = f"{ACAC} is {quoted(credentials or '')}, not 'true'"
        raise Blocked(prefix + 'acac-not-true', reason, ACAC, value=credentials or '')


def preflight_redirect_check(step: Step) -> None:
    """Raise if a preflight is redirected."""
    if step.status in REDIRECT_STATUSES:
        location = quoted(step.response_headers.get('Location', ''))
        reason = f'the response to the preflight is a redirect ({step.status}) to {location}'
        raise Blocked('preflight-redirect', reason, 'Location')


def preflight_status_check(step: Step) -> None:
    """Raise unless a preflight's status is between 200 and 299."""
    if not 200 <= step.status <= 299:
        raise Blocked(
            'preflight-status', f'the response to the preflight has the status {step.status}'
        )


def preflight_response_check(request: Request, step: Step, origin: str) -> None:
    """Raise unless a preflight passes its checks, in the engine's order."""
    for check in request.engine.preflight_checks():
        if check == 'redirect':
            preflight_redirect_check(step)
        elif check == 'status':
            preflight_status_check(step)
        elif not request.engine.trusts_preflight(request.page, request.url):
            headers, include = step.response_headers, request.include
            cors_check(request.engine, headers, origin, include, 'preflight-')


def allowed_by_preflight(request: Request, headers: Headers) -> Allowed:
    """The methods and header names that the response to a preflight lists."""
    lists: dict[str, list[str] | None] = {ACAM: None, ACAH: None}
    for header, code in (
        (ACAM, 'preflight-bad-allow-methods'),
        (ACAH, 'preflight-bad-allow-headers'),
    ):
        try:
            lists[header] = extract_header_list_values(headers, header)
        except ValueError as error:
            reason, member = error.args
            raise Blocked(code, reason, header, value=member) from None
    if lists[ACAM] is None and request.use_preflight:
        lists[ACAM] = [request.method]
    names = [name.lower() for name in lists[ACAH] or []]
    return {'method': lists[ACAM] or [], 'header': names}


def preflight_check(request: Request, unsafe_names: list[str], allowed: Allowed) -> None:
    """Raise unless a preflight allows the request (#cors-preflight-fetch)."""
    methods, names = allowed['method'], allowed['header']
    by_star = '*' in methods and not request.include
    if request.method not in {*methods, *SAFELISTED_METHODS} and not by_star:
        reason = f'{ACAM} is {quoted(", ".join(methods))}, without {request.method}'
        raise Blocked('preflight-method', reason + literal_star(methods), ACAM)
    by_star = '*' in names and not request.include
    missing = [name for name in unsafe_names if name not in names]
    if missing and not by_star:
        name = request.engine.reported_header(missing, request.headers)
        reason = f'{ACAH} is {quoted(", ".join(names))}, without {name}{literal_star(names)}'
        raise Blocked('preflight-header', reason, ACAH, value=name)
    if not all(map(request.engine.wildcard_covers, missing)):
        reason = f"'*' in {ACAH} doesn't cover Authorization"
        raise Blocked('preflight-authorization-wildcard', reason, ACAH)


def literal_star(members: list[str]) -> str:
    """A hint for readers who expect ``*`` to be a wildcard when it isn't one."""
    return "; with credentials, '*' isn't a wildcard" if '*' in members else ''


def tao_check(request: Request, headers: Headers) -> bool:
    """Whether the page can read the response's timing (#tao-check)."""
    values = get_decode_split(headers.get('Timing-Allow-Origin', ''))
    return request.tainting == 'basic' or '*' in values or request.origin in values


def cross_origin_resource_policy_check(request: Request, headers: Headers) -> None:
    """Raise if CORP blocks a ``no-cors`` response (#cross-origin-resource-policy-check)."""
    name, page, url = 'Cross-Origin-Resource-Policy', request.page, request.url
    policy = headers.get(name)
    if policy not in {'same-origin', 'same-site'} or same_origin(page, url.origin):
        return
    is_secure_enough = page.startswith('https:') or url.scheme != 'https'
    is_same_site = is_secure_enough and request.engine.is_same_site_resource(page, url)
    if policy == 'same-origin' or not is_same_site:
        raise Blocked('corp', f'{name} is {policy}, but the page is {page}', name)


def filtered_response(request: Request, step: Step, kind: str) -> Reply:
    """The part of a response that the page can read (#concept-filtered-response)."""
    exchange, headers, url = request.exchange, step.response_headers, request.url.href
    if kind in {'opaque', 'opaqueredirect'}:
        url = '' if kind == 'opaque' else url
        hidden = VisibleHeaders([], headers, HIDDEN[kind])
        timing = request.timing_visible
        if kind == 'opaqueredirect':
            timing = request.engine.shows_redirect_timing(tao_passed=timing)
        return Reply(kind, url, 0, hidden, b'', False, timing, exchange)
    exposed = request.engine.exposed_names(headers)
    everything = kind == 'basic' or ('*' in exposed and not request.include)
    readable = [
        (name, value)
        for name, value in headers.pairs()
        if (everything or name in exposed or VISIBLE_HEADERS.fullmatch(name))
        and name not in NEVER_VISIBLE
    ]
    star = "; with credentials '*' isn't a wildcard" if '*' in exposed else ''
    visible = VisibleHeaders(readable, headers, HIDDEN['cors'] + star)
    exchange.readable, exchange.visible_headers = True, tuple(visible)
    redirected, timing = len(request.urls) > 1, request.timing_visible
    return Reply(kind, url, step.status, visible, step.response_body, redirected, timing, exchange)
