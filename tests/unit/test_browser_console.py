"""The line that an engine's console prints, with its values: each was recorded in the engine."""

from __future__ import annotations

from typing import Any

import pytest

from cors_browser import PROFILES, Browser, FetchFailed
from cors_browser.console import CONSOLES
from tests.unit.browser_support import API, CORS_OK, OTHER, PAGE, Pairs, Site, to

ACAO, ACAC = 'Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials'
CHROMIUM = f"Access to fetch at '{API}/' from origin '{PAGE}' has been blocked by CORS policy: "
IN_PREFLIGHT = "Response to preflight request doesn't pass access control check: "
SEND_VALID = 'Have the server send the header with a valid value.'
FIREFOX = (
    'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at '
    f'{API}/. (Reason: '
)
EVIL = 'https://evil.example'
PUT = {'method': 'PUT'}
INCLUDE = {'credentials': 'include'}


def console(site: Any, profile: str, page: str = PAGE, **options: Any) -> str:
    browser = Browser(site, page, api=API, hosts={OTHER: site}, profile=profile)
    arguments: dict[str, Any] = {'url': '/'} | options
    with pytest.raises(FetchFailed) as caught:
        browser.fetch(**arguments)
    return caught.value.console


# Columns: the response's headers, the options of the fetch, and what each engine prints.
CORS_CHECKS: list[tuple[Pairs, dict[str, Any], dict[str, str]]] = [
    (
        [],
        {},
        {
            'chromium': f"No '{ACAO}' header is present on the requested resource.",
            'firefox': f'CORS header ‘{ACAO}’ missing). Status code: 201.',
            'webkit': f'Origin {PAGE} is not allowed by {ACAO}. Status code: 201',
        },
    ),
    (
        [(ACAO, EVIL)],
        {},
        {
            'chromium': f"The '{ACAO}' header has a value '{EVIL}' that is not equal to the "
            f'supplied origin. {SEND_VALID}',
            'firefox': f'CORS header ‘{ACAO}’ does not match ‘{EVIL}’).',
            'webkit': f'Origin {PAGE} is not allowed by {ACAO}. Status code: 201',
        },
    ),
    *(
        (
            [(ACAO, value)],
            {},
            {
                'chromium': f"The '{ACAO}' header contains the invalid value '{value}'. "
                + SEND_VALID,
                'firefox': f'CORS header ‘{ACAO}’ does not match ‘{value}’).',
            },
        )
        for value in ('', 'app.example.com')
    ),
    (
        [(ACAO, 'null')],
        {},
        {
            'chromium': f"The '{ACAO}' header has a value 'null' that is not equal to the "
            f'supplied origin. {SEND_VALID}',
        },
    ),
    (
        [(ACAO, f'{PAGE} {EVIL}')],
        {},
        {
            'chromium': f"The '{ACAO}' header contains multiple values '{PAGE} {EVIL}', but only "
            f'one is allowed. {SEND_VALID}',
            'firefox': f'CORS header ‘{ACAO}’ does not match ‘{PAGE} {EVIL}’).',
            'webkit': f'Origin {PAGE} is not allowed by {ACAO}. Status code: 201',
        },
    ),
    (
        [(ACAO, PAGE), (ACAO, PAGE)],
        {},
        {
            'chromium': f"The '{ACAO}' header contains multiple values '{PAGE}, {PAGE}', but only "
            f'one is allowed. {SEND_VALID}',
            'firefox': f'Multiple CORS header ‘{ACAO}’ not allowed).',
            'webkit': f'{ACAO} cannot contain more than one origin.',
        },
    ),
    *(
        (
            [(name, PAGE), (ACAO.lower(), PAGE)],
            {},
            {'firefox': f'CORS header ‘{ACAO}’ does not match ‘{PAGE}, {PAGE}’).'},
        )
        for name in (ACAO, ACAO.lower())
    ),
    (
        [(ACAO, f'{PAGE}, {PAGE}')],
        {},
        {'firefox': f'CORS header ‘{ACAO}’ does not match ‘{PAGE}, {PAGE}’).'},
    ),
    (
        [(ACAO, '*')],
        INCLUDE,
        {
            'chromium': f"The value of the '{ACAO}' header in the response must not be the "
            "wildcard '*' when the request's credentials mode is 'include'.",
            'firefox': f'Credential is not supported if the CORS header ‘{ACAO}’ is ‘*’).',
            'webkit': f'Cannot use wildcard in {ACAO} when credentials flag is true.',
        },
    ),
    *(
        (
            [(ACAO, PAGE), *lines],
            INCLUDE,
            {
                'chromium': f"The value of the '{ACAC}' header in the response is '{value}' which "
                "must be 'true' when the request's credentials mode is 'include'.",
                'firefox': f'expected ‘true’ in CORS header ‘{ACAC}’).',
                'webkit': f'Credentials flag is true, but {ACAC} is not "true".',
            },
        )
        for lines, value in (
            ([], ''),
            ([(ACAC, 'True')], 'True'),
            ([(ACAC, 'true'), (ACAC, 'true')], 'true, true'),
        )
    ),
]


@pytest.mark.parametrize('is_preflight', [False, True], ids=['request', 'preflight'])
@pytest.mark.parametrize('profile', CONSOLES)
@pytest.mark.parametrize(('headers', 'options', 'lines'), CORS_CHECKS)
def test_a_failed_cors_check(
    headers: Pairs, options: dict[str, Any], lines: dict[str, str], profile: str, is_preflight: bool
) -> None:
    if profile not in lines:
        return
    start = {'chromium': CHROMIUM, 'firefox': FIREFOX, 'webkit': ''}[profile]
    if is_preflight and profile == 'chromium':
        start += IN_PREFLIGHT
    if profile == 'firefox' and lines[profile].startswith('Credential'):
        start = start.replace(f'{API}/', f'‘{API}/’')
    if is_preflight:
        site, options = Site(preflight=headers, preflight_status=201), {**options, **PUT}
    else:
        site = Site(headers, status=201)
    assert console(site, profile, **options) == start + lines[profile]


# Columns: what the site does, the options of the fetch, and what each engine prints.
LINES: list[tuple[str, Any, dict[str, Any], dict[str, str]]] = [
    (
        'the status of a preflight',
        Site(preflight_status=401),
        PUT,
        {
            'chromium': f'{CHROMIUM}{IN_PREFLIGHT}It does not have HTTP ok status.',
            'firefox': f'{FIREFOX}CORS preflight response did not succeed). Status code: 401.',
            'webkit': 'Preflight response is not successful. Status code: 401',
        },
    ),
    (
        'a status, and no CORS headers',
        Site(preflight=[], preflight_status=401),
        PUT,
        {
            'chromium': f"{CHROMIUM}{IN_PREFLIGHT}No '{ACAO}' header is present on the requested "
            'resource.',
            'firefox': f'{FIREFOX}CORS header ‘{ACAO}’ missing). Status code: 401.',
            'webkit': 'Preflight response is not successful. Status code: 401',
        },
    ),
    (
        'a redirect of a preflight',
        Site(preflight_status=301),
        PUT,
        {
            'chromium': f'{CHROMIUM}{IN_PREFLIGHT}Redirect is not allowed for a preflight request.',
            'firefox': f'{FIREFOX}CORS request external redirect not allowed).',
            'webkit': 'Preflight response is not successful. Status code: 301',
        },
    ),
    (
        'a redirect that the page wants to see',
        Site(preflight_status=301),
        {**PUT, 'redirect': 'manual'},
        {
            'chromium': f'{CHROMIUM}{IN_PREFLIGHT}Redirect is not allowed for a preflight request.',
            'firefox': f'{FIREFOX}CORS preflight response did not succeed). Status code: 301.',
            'webkit': 'Preflight response is not successful. Status code: 301',
        },
    ),
    (
        'a redirect without CORS headers',
        Site(preflight=[], preflight_status=301),
        PUT,
        {
            'chromium': f'{CHROMIUM}{IN_PREFLIGHT}Redirect is not allowed for a preflight request.',
            'firefox': f'{FIREFOX}CORS header ‘{ACAO}’ missing). Status code: 301.',
            'webkit': 'Preflight response is not successful. Status code: 301',
        },
    ),
    (
        'a method',
        Site(),
        PUT,
        {
            'chromium': f'{CHROMIUM}Method PUT is not allowed by Access-Control-Allow-Methods in '
            'preflight response.',
            'firefox': f'{FIREFOX}Did not find method in CORS header '
            '‘Access-Control-Allow-Methods’).',
            'webkit': 'Method PUT is not allowed by Access-Control-Allow-Methods.',
        },
    ),
    (
        'the first of two headers',
        Site(),
        {'headers': {'X-C': '1', 'X-A': '1'}},
        {
            'chromium': f'{CHROMIUM}Request header field x-c is not allowed by '
            'Access-Control-Allow-Headers in preflight response.',
            'firefox': f'{FIREFOX}header ‘x-a’ is not allowed according to header '
            '‘Access-Control-Allow-Headers’ from CORS preflight response).',
            'webkit': 'Request header field X-C is not allowed by Access-Control-Allow-Headers.',
        },
    ),
    (
        'a malformed list',
        Site(preflight=[*CORS_OK, ('Access-Control-Allow-Headers', 'x a, b')]),
        {'headers': {'X-A': '1'}},
        {
            'chromium': f'{CHROMIUM}Cannot parse Access-Control-Allow-Headers response header '
            'field in preflight response.',
            'firefox': f'{FIREFOX}invalid token ‘x a’ in CORS header '
            '‘Access-Control-Allow-Headers’).',
            'webkit': 'Header Access-Control-Allow-Headers has an invalid value: x a, b',
        },
    ),
    (
        'no response',
        Site(),
        {'url': 'https://unknown.example/'},
        {'chromium': '', 'firefox': f'{FIREFOX.replace(API, "https://unknown.example")}CORS request'
         ' did not succeed). Status code: (null).', 'webkit': ''},
    ),
    (
        'after a redirect',
        Site(paths={'/': to(f'{OTHER}/a'), '/a': (200, [])}),
        {},
        {
            'chromium': f"Access to fetch at '{OTHER}/a' (redirected from '{API}/') from origin "
            f"'{PAGE}' has been blocked by CORS policy: No '{ACAO}' header is present on the "
            'requested resource.',
            'firefox': f'{FIREFOX.replace(API + "/", OTHER + "/a")}CORS header ‘{ACAO}’ missing). '
            'Status code: 200.',
            'webkit': f'Origin null is not allowed by {ACAO}. Status code: 200',
        },
    ),
    (
        'no request at all',
        Site(),
        {'url': 'http://unknown.example/'},
        {
            'chromium': f"Mixed Content: The page at '{PAGE}/' was loaded over HTTPS, but "
            "requested an insecure resource 'http://unknown.example/'. This request has been "
            'blocked; the content must be served over HTTPS.',
            'firefox': 'Blocked loading mixed active content “http://unknown.example/”',
            'webkit': f'[blocked] The page at {PAGE}/ requested insecure content from '
            'http://unknown.example/. This content was blocked and must be served over HTTPS.',
        },
    ),
    ('an error of the call', Site(), {'method': 'TRACE'}, dict.fromkeys(CONSOLES, '')),
]  # fmt: skip


@pytest.mark.parametrize('profile', CONSOLES)
@pytest.mark.parametrize(
    ('site', 'options', 'lines'), [pytest.param(*line[1:], id=line[0]) for line in LINES]
)
def test_lines(site: Any, options: dict[str, Any], lines: dict[str, str], profile: str) -> None:
    assert console(site, profile, **options) == lines[profile]


def test_the_standard_has_no_console() -> None:
    assert [name for name in PROFILES if name not in CONSOLES] == ['standard']
    assert console(Site(answer=[]), 'standard') == ''
