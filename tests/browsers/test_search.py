"""The search of the guide, from a file: URL: readers' own words find the right page."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from recording.engines.chromium import Chromium

FOUND = """() => [...document.querySelectorAll('ul.search li')].map((item) => ({
  page: new URL(item.querySelector('a').href).pathname,
  title: item.querySelector('a').textContent,
  opening: item.querySelector('.context').textContent,
}))"""
FIRST = 3  # results that a reader looks at

# What a reader types or pastes, and the page that answers it.
PHRASES = [
    (
        "Access to fetch at 'https://api.acme.dev/users' from origin "
        "'http://localhost:5173' has been blocked by CORS policy: No "
        "'Access-Control-Allow-Origin' header is present on the requested resource.",
        'errors/no_acao',
    ),
    (
        "Access to XMLHttpRequest at 'http://localhost:8000/login' from origin "
        "'http://localhost:4200' has been blocked by CORS policy: Response to preflight "
        "request doesn't pass access control check: No 'Access-Control-Allow-Origin' "
        'header is present on the requested resource.',
        'errors/preflight_no_acao',
    ),
    (
        "Access to fetch at 'https://api.acme.dev/users' from origin 'https://acme.dev' "
        "has been blocked by CORS policy: Response to preflight request doesn't pass "
        'access control check: It does not have HTTP ok status.',
        'errors/preflight_status',
    ),
    (
        "The value of the 'Access-Control-Allow-Origin' header in the response must not be "
        "the wildcard '*' when the request's credentials mode is 'include'.",
        'errors/wildcard_credentials',
    ),
    (
        "The value of the 'Access-Control-Allow-Credentials' header in the response is '' "
        "which must be 'true' when the request's credentials mode is 'include'.",
        'errors/no_acac',
    ),
    (
        'Request header field authorization is not allowed by Access-Control-Allow-Headers '
        'in preflight response.',
        'errors/header',
    ),
    (
        'Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.',
        'errors/method',
    ),
    (
        "The 'Access-Control-Allow-Origin' header contains multiple values "
        "'https://acme.dev, *', but only one is allowed.",
        'errors/multiple_values',
    ),
    (
        "The 'Access-Control-Allow-Origin' header has a value 'https://acme.dev' that is "
        'not equal to the supplied origin.',
        'errors/other_origin',
    ),
    (
        "The 'Access-Control-Allow-Origin' header contains the invalid value 'acme.dev'.",
        'errors/invalid_origin',
    ),
    ('Redirect is not allowed for a preflight request.', 'errors/preflight_redirect'),
    ('Failed to load resource: net::ERR_CONNECTION_REFUSED', 'errors/closed_port'),
    ('GET https://localhost:8443/ net::ERR_CERT_AUTHORITY_INVALID', 'errors/certificate'),
    (
        "Mixed Content: The page at 'https://acme.dev/' was loaded over HTTPS, but "
        "requested an insecure resource 'http://api.acme.dev/'. This request has been "
        'blocked',
        'errors/mixed_content',
    ),
    (
        'Permission was denied for this request to access the `loopback` address space.',
        'errors/local_network',
    ),
    (
        'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote '
        'resource at https://api.acme.dev/users. (Reason: CORS header '
        "'Access-Control-Allow-Origin' missing). Status code: 200.",
        'errors/no_acao',
    ),
    (
        'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote '
        'resource at https://api.acme.dev/users. (Reason: CORS request did not succeed). '
        'Status code: (null).',
        'errors/closed_port',
    ),
    (
        'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote '
        'resource at https://api.acme.dev/. (Reason: CORS preflight response did not '
        'succeed). Status code: 403.',
        'errors/preflight_status',
    ),
    (
        'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote '
        'resource. (Reason: Did not find method in CORS header '
        "'Access-Control-Allow-Methods').",
        'errors/method',
    ),
    (
        "(Reason: header 'x-api-key' is not allowed according to header "
        "'Access-Control-Allow-Headers' from CORS preflight response).",
        'errors/header',
    ),
    (
        '(Reason: Credential is not supported if the CORS header '
        "'Access-Control-Allow-Origin' is '*').",
        'errors/wildcard_credentials',
    ),
    (
        "(Reason: expected 'true' in CORS header 'Access-Control-Allow-Credentials').",
        'errors/no_acac',
    ),
    (
        "(Reason: Multiple CORS header 'Access-Control-Allow-Origin' not allowed).",
        'errors/multiple_values',
    ),
    (
        'Origin https://acme.dev is not allowed by Access-Control-Allow-Origin. Status code: 200',
        'errors/no_acao',
    ),
    ('Preflight response is not successful. Status code: 401', 'errors/preflight_status'),
    ('Method DELETE is not allowed by Access-Control-Allow-Methods.', 'errors/method'),
    (
        'Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.',
        'errors/wildcard_credentials',
    ),
    (
        'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
        'errors/no_acac',
    ),
    ('Access-Control-Allow-Origin cannot contain more than one origin.', 'errors/multiple_values'),
    ('works in curl but not in browser', 'howto/works_in_curl'),
    ('works in postman but not in chrome', 'howto/works_in_curl'),
    ('cookie not sent', 'howto/cookie_not_sent'),
    ('session cookie lost after login cross origin', 'howto/cookie_not_sent'),
    ('preflight 401', 'howto/preflight_fails'),
    ('OPTIONS request returns 401 unauthorized', 'howto/preflight_fails'),
    ('cors error only with 502 bad gateway', 'howto/behind_nginx'),
    ('nginx add_header always cors', 'howto/behind_nginx'),
    ('413 request entity too large cors', 'howto/behind_nginx'),
    ('cors error when my code crashes 500', 'errors/crash'),
    ('allow multiple origins', 'howto/several_origins'),
    ('allow all subdomains', 'howto/subdomains'),
    ('wildcard subdomain vercel preview', 'howto/subdomains'),
    ('react localhost 3000 blocked', 'howto/local_development'),
    ('vite dev server proxy cors', 'howto/no_cors'),
    ('origin null file', 'howto/local_development'),
    ('my origin is allowed but there is no header', 'howto/no_header'),
    ('cors stopped working after adding a second middleware', 'howto/per_route'),
    ('public route everything else private', 'howto/per_route'),
    ('origins from environment variable', 'howto/origins_from_env'),
    ('origins from database', 'howto/dynamic_origins'),
    ('how to test cors in pytest', 'howto/test_policy'),
    ('bearer token authorization header', 'howto/bearer_tokens'),
    ('falcon sink fails the preflight', 'howto/sinks'),
    ('add_static_route fonts blocked', 'howto/static_files'),
    ('tainted canvas', 'howto/static_files'),
    ('server sent events EventSource cors', 'howto/streaming'),
    ('websocket origin check', 'howto/websockets'),
    ('swagger ui failed to fetch', 'howto/swagger'),
    ('redirect to login page cors', 'howto/redirects'),
    ('trailing slash redirect preflight', 'howto/redirects'),
    ('patch not allowed', 'howto/patch'),
    ('csrf post still executed', 'howto/csrf'),
    ('embed image from other origin corp coep', 'howto/embedding'),
    ('public site cannot reach localhost api', 'howto/local_network'),
    ('cdn cached response wrong origin vary', 'howto/caching'),
    ('several workers gunicorn', 'howto/several_workers'),
    ('fetch mode no-cors opaque response empty', 'errors/no_cors'),
    ('cannot read X-Total-Count header null', 'errors/header_null'),
    ('response.headers.get returns null', 'errors/header_null'),
    ('migrate from falcon-cors', 'howto/move'),
    ('what is a preflight', 'explanation/why_preflights'),
    ('do I need cors', 'howto/no_cors'),
    ('is it cors at all', 'howto/is_it_cors'),
    ('difference between origin and site', 'explanation/origin_and_site'),
    ('is cors a security feature', 'explanation/what_cors_is_not'),
    ('why are there preflights', 'explanation/why_preflights'),
    ('Access-Control-Max-Age', 'reference/headers_answer'),
    ('PolicyError has no scheme', 'reference/refusals'),
    ('TypeError: bool object is not iterable allow_credentials', 'howto/move'),
    ('which step fails debug cors', 'howto/doctor'),
    ('CORSMiddleware', 'reference/falcon_cors_middleware'),
    ('withCredentials', 'howto/axios'),
    ('axios network error', 'howto/axios'),
    ('upload progress listener preflight', 'howto/axios'),
    ('preflight 405', 'errors/preflight_405'),
    ('429 too many requests cors', 'errors/gateway'),
    ('431 request header fields too large', 'errors/gateway'),
    ('Refused to get unsafe header', 'errors/unsafe_header'),
    ('net::ERR_BLOCKED_BY_ORB', 'errors/orb'),
    ('net::ERR_INCOMPLETE_CHUNKED_ENCODING', 'errors/broken_body'),
    ('only supported for protocol schemes', 'errors/no_scheme'),
    ('staging environment', 'howto/preview_deployments'),
    ('vercel preview deployments', 'howto/preview_deployments'),
    ('browser extension moz-extension', 'howto/apps'),
    ('electron', 'howto/apps'),
    ('capacitor ionic', 'howto/apps'),
    ('docker compose', 'howto/containers'),
    ('kubernetes ingress enable-cors', 'howto/containers'),
    ('cloudflare', 'howto/vendors'),
    ('api gateway lambda cloudfront', 'howto/vendors'),
    ('oauth login page', 'howto/login'),
    ('sentry-trace', 'howto/tracing'),
    ('opentelemetry traceparent', 'howto/tracing'),
    ('client certificate', 'howto/client_certificates'),
    ('storage access third-party cookies', 'explanation/third_party_cookies'),
    ('wildcard with bearer token safe', 'explanation/wildcard_and_tokens'),
    ('tenant', 'howto/tenants_by_host'),
    ('websocket 403 behind nginx', 'howto/websockets'),
    ('falcon own middleware or cors.py', 'explanation/which_middleware'),
    ('production checklist', 'howto/checklist'),
]


@pytest.fixture(scope='module')
def folder(site: Path) -> str:
    return site.resolve().as_uri()


def search(chromium: Chromium, folder: str, phrase: str) -> list[dict[str, str]]:
    """What the guide finds, best first; its pages without the folder and the suffix."""
    chromium.open(f'{folder}/search.html?q={quote(phrase)}')
    results: list[dict[str, str]] = chromium.run(FOUND)
    root = chromium.run('() => new URL(".", location.href).pathname')
    for result in results:
        result['page'] = result['page'].removeprefix(root).removesuffix('.html')
    return results


@pytest.mark.parametrize(('phrase', 'page'), PHRASES)
def test_a_phrase_finds_its_page(chromium: Chromium, folder: str, phrase: str, page: str) -> None:
    found = [result['page'] for result in search(chromium, folder, phrase)]
    assert page in found[:FIRST], found


def test_there_are_phrases_enough() -> None:
    assert len({phrase for phrase, _ in PHRASES}) == len(PHRASES) >= 60


def test_it_searches_without_asking_anything_else(chromium: Chromium, folder: str) -> None:
    assert search(chromium, folder, 'preflight')
    assert chromium.console == []
    assert not [one for one in chromium.requests if not one.startswith(f'{folder}/')]
    assert not [one for one in chromium.requests if one.endswith('.html')]


def test_a_result_says_what_the_page_is_for(chromium: Chromium, folder: str) -> None:
    best = search(chromium, folder, 'send cookies')[0]
    assert best['title'] == 'Send cookies'
    assert best['opening'].startswith('When you’re done')


def test_a_section_and_an_object_are_linked(chromium: Chromium, folder: str) -> None:
    search(chromium, folder, 'cors.Policy.decide')
    link = chromium.run("() => document.querySelector('ul.search a').href")
    assert link == f'{folder}/reference/cors.html#cors.Policy.decide'
    chromium.open(link)
    assert chromium.run('() => !!document.querySelector(":target")')


@pytest.mark.parametrize('phrase', ['zyxwvut', 'the', 'toString'])
def test_it_says_that_it_found_nothing(chromium: Chromium, folder: str, phrase: str) -> None:
    assert search(chromium, folder, phrase) == []
    status = chromium.run("() => document.querySelector('[role=status]').textContent")
    assert status.startswith('No page has these words')
    assert chromium.console == []


def test_what_a_reader_pastes_is_text(chromium: Chromium, folder: str) -> None:
    assert search(chromium, folder, '<img src=x onerror="document.title = 1"> preflight')
    assert chromium.run("() => document.querySelectorAll('#search-results img').length") == 0


def test_it_searches_from_the_search_field(chromium: Chromium, folder: str) -> None:
    chromium.open(f'{folder}/tutorial/preflight.html')
    chromium.leave(
        """() => {
          const field = document.querySelector('form.sidebar-search-container input[name=q]');
          field.value = 'swagger';
          field.form.submit();
        }"""
    )
    chromium.wait_for("document.querySelector('ul.search li')")
    assert chromium.run(FOUND)[0]['page'].endswith('/howto/swagger.html')


# ------------------------------------------------------------------------------------ Ctrl-K

TYPE = """(text) => {
  const input = document.querySelector('.palette input');
  input.value = text;
  input.dispatchEvent(new Event('input'));
}"""


@pytest.fixture
def palette(chromium: Chromium, folder: str) -> Chromium:
    """A page with the palette open, from files."""
    chromium.open(f'{folder}/tutorial/preflight.html')
    before = len(chromium.requests)
    chromium.send('Input.dispatchKeyEvent', type='keyDown', key='k', modifiers=2)
    chromium.wait_for("document.querySelector('.palette[open]')")
    for script in ('Search', 'Finder'):  # a name that isn't there yet would be an error
        chromium.wait_for(f"typeof {script} !== 'undefined'")
    chromium.wait_for('Search.known && Finder.ready()')
    assert len(chromium.requests) > before  # nothing of it is loaded earlier
    return chromium


def test_ctrl_k_searches_as_you_type(palette: Chromium) -> None:
    palette.run(TYPE, 'swagg')
    palette.run(TYPE, 'swagger')
    first = palette.run("() => document.querySelector('.palette li a').pathname")
    assert first.endswith('/howto/swagger.html')
    assert palette.run("() => document.querySelector('.palette li .context').textContent")
    assert palette.console == []


def test_ctrl_k_takes_a_message(palette: Chromium) -> None:
    palette.run(
        TYPE,
        "from origin 'https://acme.dev' has been blocked by CORS policy: Method PUT is "
        'not allowed by Access-Control-Allow-Methods in preflight response.',
    )
    code = palette.run("() => document.querySelector('.palette-answer pre').textContent")
    assert "allow_methods=['PUT']" in code


def test_ctrl_k_works_by_keyboard(palette: Chromium) -> None:
    palette.run(TYPE, 'swagger')
    palette.press('ArrowDown', 40, '')
    assert palette.run("() => document.activeElement.closest('.palette li') !== null")
    palette.press('ArrowUp', 38, '')
    assert palette.run('() => document.activeElement.tagName') == 'INPUT'
    palette.press('Escape', 27, '')
    assert palette.run("() => document.querySelector('.palette').open") is False
