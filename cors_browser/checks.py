# SPDX-License-Identifier: MIT-0
"""The checks that the standard makes on responses."""

from __future__ import annotations

import functools
import itertools
import re

from .engines import PROFILES, Profile
from .exchange import NEVER_VISIBLE, Headers, Reply, Step, VisibleHeaders, quoted
from .request import CLIENT_HINTS, SAFELISTED_METHODS, TOKEN, Request, get_decode_split
from .rules import ACAC, ACAH, ACAM, ACAO, ACEH, Blocked
from .urls import DEFAULT_PORTS, OPAQUE, is_address, parse_url, same_origin, same_site

Allowed = dict[str, list[str]]  # by 'method' and 'header'
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
BODY_HEADERS = {'content-encoding', 'content-language', 'content-location', 'content-type'}
VISIBLE_HEADERS = re.compile(
    'cache-control|content-(language|length|type)|expires|last-modified|pragma'
)
#: Why a page can't read a header, by the kind of the response.
HIDDEN = {
    'cors': f"the response doesn't expose it; send {ACEH}: {{}}",
    'opaque': "the mode 'no-cors' makes the response opaque; fetch with mode 'cors'",
    'opaqueredirect': "redirect 'manual' hides the response; fetch with redirect 'follow'",
}


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
        hidden = VisibleHeaders([], headers, HIDDEN[kind])
        return Reply(kind, url, 0, hidden, b'', False, False, exchange)
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
