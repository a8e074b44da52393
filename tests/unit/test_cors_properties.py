# SPDX-License-Identifier: MIT-0
"""What must hold for every policy and every request, and not only for those of the tables."""

import asyncio
import string
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cors import CORSMiddleware, Policy
from cors_browser import PROFILES, Blocked, Exchange, Headers, Step
from cors_browser.checks import (
    allowed_by_preflight,
    cors_check,
    preflight_check,
    preflight_response_check,
)
from cors_browser.request import Request
from cors_browser.urls import parse_url
from tests.unit.cors_strategies import (
    BYTES,
    ENTRIES,
    HEADER_NAMES,
    MANGLED,
    METHODS,
    ORIGINS,
    TOKENS,
    policies,
    policies_and_origins,
)
from tests.unit.cors_support import INTERFACES, Interface, ask, build

STANDARD = PROFILES['standard']
UNSAFE = 'application/json'  # as a value it makes every header need a preflight
Pairs = Iterable[tuple[str, str]]


def requested_headers(names: list[str]) -> str | None:
    """The value of ``Access-Control-Request-Headers``, as browsers write it."""
    headers = [(name.lower(), UNSAFE) for name in names]
    return ','.join(STANDARD.unsafe_header_names(headers)) or None


def browser_reads(
    origin: str,
    method: str,
    names: list[str],
    credentials: bool,
    preflight: tuple[int, Pairs],
    actual: Pairs,
) -> bool:
    """Tell whether the answers share with a page; any text will do as its origin."""
    mode = 'include' if credentials else 'omit'
    exchange, url = Exchange(origin, mode, 'standard'), parse_url('https://api.example.com/')
    headers = [(name, UNSAFE) for name in names]
    request = Request(exchange, url, method, headers=headers, credentials=mode)
    unsafe_names = STANDARD.unsafe_header_names(request.headers)
    status, allowed = preflight[0], Headers(preflight[1])
    try:
        step = Step(True, 'OPTIONS', str(url), [], status=status, response_headers=allowed)
        preflight_response_check(request, step, request.origin)
        preflight_check(request, unsafe_names, allowed_by_preflight(request, allowed))
        cors_check(STANDARD, Headers(actual), request.origin, request.include)
    except Blocked:
        return False
    return True


def is_meant(policy: Policy, origin: str) -> bool:
    """Tell, slowly and in another way than the policy, whether an origin is one of its own."""
    if policy.allow_origins == '*':
        return True
    assert isinstance(policy.allow_origins, tuple)
    if origin in policy.allow_origins:
        return '*' not in origin
    try:
        parts = urlsplit(origin)
        host, port, scheme = parts.hostname or '', parts.port, parts.scheme
    except ValueError:
        return False
    suffix = '' if port is None else f':{port}'
    if origin != f'{scheme}://{host}{suffix}' or not host.isascii() or f'{port}' == '0':
        return False
    if suffix == {'http': ':80', 'https': ':443'}.get(scheme):
        return False
    if not all(label and set(label) <= set(string.ascii_lowercase + string.digits + '-_')
               for label in host.split('.')):  # fmt: skip
        return False
    labels = host.split('.')
    candidates = {host} | {'*.' + '.'.join(labels[n:]) for n in range(1, len(labels))}
    return any(
        f'{scheme}://{candidate}{end}' in policy.allow_origins
        for candidate in candidates
        for end in {suffix, ':*'}
        if '*' in f'{candidate}{end}'
    )


@given(policies_and_origins() | st.tuples(policies(), BYTES))
def test_no_origin_outside_the_policy_is_ever_allowed(case: tuple[Policy, str]) -> None:
    policy, origin = case
    allowed = policy.allows(origin)
    assert allowed == is_meant(policy, origin)
    for decision in (policy.decide(origin), policy.decide(origin, 'OPTIONS', 'GET')):
        assert decision.allowed == allowed
        names = [name for name, _ in decision.headers]
        assert ('Access-Control-Allow-Origin' in names) == allowed
        assert len(names) == len(set(names))
        if not allowed:
            assert decision.headers == (('Vary', 'Origin'),)


@given(
    policies(),
    st.none() | BYTES | ORIGINS,
    BYTES | METHODS | st.just('OPTIONS'),
    st.none() | BYTES | METHODS,
    st.none() | BYTES | st.lists(TOKENS).map(','.join),
    st.none() | BYTES,
    st.sampled_from([None, True, False, 1, 'true']),
)
@example(Policy(), 'https://a.test', 'OPTIONS', 'PUT', '\ud800', '\ud800', None)
@example(Policy(), '\ud800', 'OPTIONS', '\ud800', ',' * 99, 'true', None)
def test_decide_never_raises_and_writes_tokens_only(
    policy: Policy,
    origin: str | None,
    method: str,
    request_method: str | None,
    request_headers: str | None,
    private_network: str | None,
    answer: object,
) -> None:
    decision = policy.decide(
        origin, method, request_method, request_headers, private_network, answer
    )
    tokens = set(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~, ")
    for name, value in decision.headers:
        if name != 'Access-Control-Allow-Origin':
            assert set(value) <= tokens
        assert len(value) < 5000


@given(ORIGINS | MANGLED | BYTES | st.just('null'), st.sampled_from([True, False, None, 1, 'yes']))
def test_a_callable_is_asked_about_whole_origins_and_believed_if_it_says_true(
    origin: str, answer: Any
) -> None:
    asked: list[str] = []

    def ask_(one: str) -> Any:
        asked.append(one)
        return answer

    policy = Policy(allow_origins=ask_)
    decision = policy.decide(origin, verdict=policy.call(origin))
    assert decision.allowed == (answer is True and asked == [origin])
    for one in asked:
        parts = urlsplit(one)
        assert one == f'{parts.scheme}://{parts.netloc}'
        assert one != 'null'


@given(policies_and_origins(), METHODS, st.lists(HEADER_NAMES, max_size=4), st.booleans())
def test_what_allows_says_a_browser_finds_in_the_headers_and_nothing_else(
    case: tuple[Policy, str], method: str, names: list[str], credentials: bool
) -> None:
    policy, origin = case
    preflight = policy.decide(origin, 'OPTIONS', method, requested_headers(names))
    actual = policy.decide(origin, method)
    readable = browser_reads(
        origin, method, names, credentials, (204, preflight.headers), actual.headers
    )
    assert readable == policy.allows(origin, method, names, credentials)


@given(policies_and_origins(), st.lists(st.lists(HEADER_NAMES, max_size=3), min_size=2, max_size=4))
def test_lists_are_constant_and_echoes_are_what_was_asked(
    case: tuple[Policy, str], requests: list[list[str]]
) -> None:
    policy, origin = case
    assume(policy.allows(origin))
    answers = [
        dict(policy.decide(origin, 'OPTIONS', 'PUT', requested_headers(names)).headers)
        for names in requests
    ]
    for names, answer in zip(requests, answers, strict=True):
        value = answer.get('Access-Control-Allow-Headers')
        if policy.allow_headers == '*':
            assert value == ((requested_headers(names) or '').replace(',', ', ') or None)
        else:
            assert value == answers[0].get('Access-Control-Allow-Headers')


@pytest.mark.parametrize('interface', INTERFACES)
@settings(max_examples=settings.get_profile(settings.get_current_profile_name()).max_examples // 4)
@given(
    case=policies_and_origins(),
    method=st.sampled_from(['GET', 'POST', 'PUT', 'DELETE']),
    names=st.lists(HEADER_NAMES, max_size=3),
    credentials=st.booleans(),
    path=st.sampled_from(['/items/1', '/nowhere', '/crash', '/fail/401']),
)
def test_the_same_holds_over_the_wire(
    interface: Interface,
    case: tuple[Policy, str],
    method: str,
    names: list[str],
    credentials: bool,
    path: str,
) -> None:
    policy, origin = case
    assume(origin.isascii() and origin.isprintable() and origin == origin.strip())
    app = build(interface, CORSMiddleware(routes={'/{path:path}': policy}))
    headers = {'Origin': origin, 'Access-Control-Request-Method': method}
    if asked := requested_headers(names):
        headers['Access-Control-Request-Headers'] = asked
    preflight = ask(app, 'OPTIONS', path, headers)
    actual = ask(app, method, path, {'Origin': origin})
    answer = (preflight.status_code, preflight.headers.items())
    readable = browser_reads(origin, method, names, credentials, answer, actual.headers.items())
    assert readable == policy.allows(origin, method, names, credentials)
    for result in (preflight, actual, ask(app, method, path)):
        varies = 'origin' in result.headers.get('vary', '').lower()
        assert varies is (policy.allow_origins != '*' or bool(policy.allow_credentials))


@given(st.lists(ORIGINS, min_size=1, max_size=4), ORIGINS | st.none(), st.booleans())
def test_websockets_pass_with_credentials_only_where_they_are_allowed(
    origins: list[str], origin: str | None, has_credentials: bool
) -> None:
    policy = Policy(
        allow_origins=origins,
        allow_credentials=origins[:1],
        dangerously_allow_insecure_origins=True,
    )
    passes = policy.decide_websocket(origin, has_credentials).allowed
    assert passes == (origin == origins[0] if has_credentials else origin in origins)


@given(st.lists(ENTRIES, min_size=1, max_size=5), ORIGINS)
def test_a_policy_does_not_depend_on_order_or_repetition(entries: list[str], origin: str) -> None:
    def allows(some: list[str]) -> bool:
        return Policy(allow_origins=some, dangerously_allow_public_suffixes=True).allows(origin)

    assert allows(entries) == allows(entries[::-1]) == allows(entries * 2)
    assert allows(entries) == any(allows([entry]) for entry in entries)


@given(ORIGINS)
def test_sync_and_async_agree(origin: str) -> None:
    async def ask_async(one: str) -> bool:
        return len(one) % 2 == 0

    sync, later = (
        Policy(allow_origins=lambda one: len(one) % 2 == 0),
        Policy(allow_origins=ask_async),
    )
    assert sync.call(origin) == asyncio.run(later.call_async(origin))
