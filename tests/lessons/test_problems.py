"""What the pages on readers' problems say of Falcon and of cors.py, as run."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlencode

import falcon
import falcon.asgi
import falcon.testing
import httpx
import pytest

from cors import CORSMiddleware, PolicyError
from cors_browser import Blocked, Browser
from recording.lessons import API, INTERFACES, ROOT, SHOP, load, send
from tests.lessons.client import STRANGER, blocked, cors_headers, fetch, open_page, send_bare

FALCONS: Any = falcon.CORSMiddleware  # without type arguments, which it takes since 4.3

both = pytest.mark.parametrize('interface', INTERFACES)
ORDER = {'bread': 'rye'}
HTTP_API = 'http://api.example.com'  # for bare requests, such as no model of a browser sends


def page_says(page: str, words: str) -> None:
    text = ' '.join((ROOT / 'docs/howto' / f'{page}.rst').read_text().split())
    assert words in text, f'docs/howto/{page}.rst no longer says: {words}'


def build(interface: str, middleware: list[Any], **options: Any) -> Any:
    kind: Any = falcon.App if interface == 'wsgi' else falcon.asgi.App
    return kind(middleware=middleware, **options)


class Raising:
    """A component that answers every request with an error or a redirect, on both interfaces."""

    def __init__(self, answer: falcon.HTTPError | falcon.HTTPStatus) -> None:
        self._answer = answer

    def process_request(self, req: Any, resp: Any) -> None:
        raise self._answer

    async def process_request_async(self, req: Any, resp: Any) -> None:
        raise self._answer


class Order:
    def on_put(self, req: Any, resp: Any) -> None:
        resp.media = ORDER


class AsyncOrder:
    async def on_put(self, req: Any, resp: Any) -> None:
        resp.media = ORDER


ROUTES: dict[str, Any] = {'wsgi': Order, 'asgi': AsyncOrder}
ASKS = {'Origin': SHOP, 'Access-Control-Request-Method': 'PUT'}


# --- csrf ------------------------------------------------------------------------------------


def post(interface: str, lesson: str, **sent: str) -> httpx.Response:
    headers = {name.replace('_', '-'): value for name, value in sent.items()}
    request = httpx.Request(
        'POST', f'{HTTP_API}/orders', content=json.dumps(ORDER), headers=headers
    )
    return send(interface, lesson, request)


@both
@pytest.mark.parametrize(
    ('sent', 'status'),
    [
        ({'Origin': SHOP, 'Content_Type': 'application/json'}, 200),
        ({'Origin': SHOP, 'Content_Type': 'application/json; charset=utf-8'}, 200),
        ({'Origin': SHOP, 'Content_Type': 'application/json', 'Sec_Fetch_Site': 'cross-site'}, 200),
        ({'Content_Type': 'application/json'}, 200),
        ({'Origin': SHOP}, 415),
        ({'Origin': SHOP, 'Content_Type': 'text/plain'}, 415),
        ({'Origin': SHOP, 'Content_Type': 'text/plain; application/json'}, 415),
        ({'Origin': STRANGER}, 415),
        ({'Origin': STRANGER, 'Sec_Fetch_Site': 'cross-site'}, 403),
        (
            {
                'Origin': STRANGER,
                'Sec_Fetch_Site': 'cross-site',
                'Content_Type': 'application/json',
            },
            403,
        ),
        ({'Sec_Fetch_Site': 'cross-site'}, 403),
    ],
)
def test_csrf_refuses_what_its_own_pages_did_not_send(
    interface: str, sent: dict[str, str], status: int
) -> None:
    assert post(interface, 'csrf', **sent).status_code == status


@both
def test_csrf_lets_other_methods_be_decided_by_the_preflight(interface: str) -> None:
    assert fetch(interface, 'csrf', '/orders').status == 405
    assert fetch(interface, 'csrf', '/orders', 'DELETE').status == 405
    stopped = blocked(interface, 'csrf', '/orders', 'POST', STRANGER, json=ORDER)
    assert [step.method for step in stopped.exchange.steps] == ['OPTIONS']


@both
def test_a_post_without_a_type_is_read_as_json(interface: str) -> None:
    page_says('csrf', 'reads a body **without** a ``Content-Type`` as JSON')
    page = open_page(interface, 'wrong_csrf', STRANGER)
    with pytest.raises(Blocked) as caught:
        page.fetch('/orders', 'POST', body=json.dumps(ORDER).encode())
    assert [(step.method, step.status) for step in caught.value.exchange.steps] == [('POST', 200)]
    assert page.fetch('/orders').json() == {'last order': ORDER}
    typed = post(interface, 'wrong_csrf', Origin=STRANGER, Content_Type='text/plain')
    assert typed.status_code == 415


@both
def test_a_default_media_type_refuses_it_too(interface: str) -> None:
    page_says('csrf', "``app.req_options.default_media_type = 'application/x-none'``")
    app = load(interface, 'wrong_csrf')
    before = app.req_options.default_media_type
    app.req_options.default_media_type = 'application/x-none'
    try:
        assert post(interface, 'wrong_csrf', Origin=STRANGER).status_code == 415
    finally:
        app.req_options.default_media_type = before


@both
@pytest.mark.parametrize(
    ('token_of', 'content_type', 'status'),
    [
        ('anna', 'application/x-www-form-urlencoded', 200),
        ('anna', 'application/x-www-form-urlencoded;charset=UTF-8', 200),
        ('ben', 'application/x-www-form-urlencoded', 403),
        (None, 'application/x-www-form-urlencoded', 403),
        ('anna', 'text/plain', 415),
        ('anna', None, 415),
    ],
)
def test_a_form_needs_its_users_token(
    interface: str, token_of: str | None, content_type: str | None, status: int
) -> None:
    form = {'bread': 'rye'}
    if token_of:
        read = send_bare(interface, 'csrf_token', 'GET', '/token', Cookie=f'user={token_of}')
        form |= read.json()
    headers = {'Cookie': 'user=anna', 'Origin': SHOP}
    if content_type:
        headers['Content-Type'] = content_type
    request = httpx.Request(
        'POST', f'{HTTP_API}/orders', content=urlencode(form).encode(), headers=headers
    )
    assert send(interface, 'csrf_token', request).status_code == status


@both
def test_only_own_pages_read_the_token(interface: str) -> None:
    assert fetch(interface, 'csrf_token', '/token', credentials='include').ok
    blocked(interface, 'csrf_token', '/token', page=STRANGER, credentials='include')


# --- preflights ------------------------------------------------------------------------------


@both
@pytest.mark.parametrize('first', [0, 1])
def test_the_order_does_not_help_falcons_middleware(interface: str, first: int) -> None:
    page_says('preflight_fails', "With Falcon's middleware, changing the order doesn't help.")
    components = [FALCONS([SHOP]), Raising(falcon.HTTPUnauthorized())]
    app = build(interface, components[first:] + components[:first])
    app.add_route('/orders', ROUTES[interface]())
    refused = falcon.testing.TestClient(app).simulate_options('/orders', headers=ASKS)
    assert refused.status_code == 401
    assert 'access-control-allow-methods' not in refused.headers


@both
def test_falcon_allows_each_header_that_is_asked_for(interface: str) -> None:
    page_says('preflight_fails', "Falcon's own middleware allows every requested header")
    headers = {'X-Anything': 'goes'}
    sent = fetch(interface, 'preflight', '/orders/17', 'PUT', json=ORDER, headers=headers)
    (step,) = sent.exchange.preflights
    assert cors_headers(step)['allow-headers'] == 'content-type,x-anything'


@both
def test_a_slash_makes_another_path(interface: str) -> None:
    page_says(
        'preflight_fails',
        '``/orders/17/`` matches ``/orders/17`` only if you set ``strip_url_path_trailing_slash``',
    )
    (step,) = blocked(interface, 'preflight', '/orders/17/', 'PUT', json=ORDER).exchange.steps
    assert step.status == 404
    assert fetch(interface, 'redirects', '/menu/').json() == {'rye': 4.2}


@both
def test_a_method_is_compared_letter_by_letter(interface: str) -> None:
    changed = fetch(interface, 'patch', '/orders/17', 'PATCH', json=ORDER)
    assert changed.json() == {'number': 17, **ORDER}
    assert 'patch' in str(blocked(interface, 'patch', '/orders/17', 'patch', json=ORDER))


@both
def test_how_long_a_preflight_is_kept(interface: str) -> None:
    page_says('patch', '600 seconds by default')
    page_says('patch', 'middleware always sends 86400, which is a day')
    for lesson, method, seconds in (('patch', 'PATCH', '600'), ('preflight', 'PUT', '86400')):
        (step,) = fetch(interface, lesson, '/orders/17', method, json=ORDER).exchange.preflights
        assert cors_headers(step)['max-age'] == seconds


@both
def test_a_redirect_to_a_third_origin_makes_the_origin_null(interface: str) -> None:
    page_says(
        'redirects',
        'If a redirect leads to a third origin, the browser sends ``Origin: null`` there.',
    )
    origins: list[str | None] = []

    def third(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        origins.append(environ.get('HTTP_ORIGIN'))
        start_response('200 OK', [])
        return [b'']

    away = Raising(falcon.HTTPFound('https://third.example.net/'))
    app = build(interface, [FALCONS([SHOP]), away])
    browser = Browser(app, page=SHOP, api=API, hosts={'https://third.example.net': third})
    with pytest.raises(Blocked):
        browser.fetch('/')
    assert origins == ['null']


# --- the list of origins ---------------------------------------------------------------------


NEVER_MATCH = [
    'shop.example.com',
    'https://shop.example.com/',
    'https://shop.example.com:443',
    'https://Shop.example.com',
    'https://shop.example.com, https://partner.example.com',
    'https://*.example.com',
]


@both
@pytest.mark.parametrize('entry', NEVER_MATCH)
def test_falcon_takes_what_never_matches(interface: str, entry: str) -> None:
    page_says('no_header', f'* - ``{entry}``')
    app = build(interface, [FALCONS([entry])])
    answer = falcon.testing.TestClient(app).simulate_get('/', headers={'Origin': SHOP})
    assert 'access-control-allow-origin' not in answer.headers


@pytest.mark.parametrize('entry', NEVER_MATCH[:5])
def test_cors_py_refuses_it_at_the_start(entry: str) -> None:
    page_says('no_header', '``cors.py`` refuses the first five values when your program starts')
    with pytest.raises(PolicyError):
        CORSMiddleware(allow_origins=[entry])


def test_cors_py_takes_the_pattern_at_its_word() -> None:
    page_says('no_header', 'It accepts the sixth as a pattern for every subdomain.')
    page_says('no_header', f'* - ``{NEVER_MATCH[5]}``')
    assert CORSMiddleware(allow_origins=[NEVER_MATCH[5]]).policy.allows(SHOP)


@both
def test_localhost_is_another_origin_than_its_number(interface: str) -> None:
    app = build(interface, [FALCONS(['http://localhost:5173'])])
    client = falcon.testing.TestClient(app)
    for origin, expected in (('http://localhost:5173', True), ('http://127.0.0.1:5173', False)):
        answer = client.simulate_get('/', headers={'Origin': origin})
        assert ('access-control-allow-origin' in answer.headers) is expected


@pytest.mark.parametrize('origin', ['capacitor://localhost', 'ionic://localhost'])
def test_an_app_shell_can_be_listed(origin: str) -> None:
    page_says('local_development', f'``{origin}``')
    assert CORSMiddleware(allow_origins=[origin]).policy.allows(origin)
    with pytest.raises(PolicyError):
        CORSMiddleware(allow_origins=['null'])


@both
def test_falcon_refuses_a_preflight_in_silence(
    interface: str, caplog: pytest.LogCaptureFixture
) -> None:
    page_says(
        'no_header',
        "If Falcon's middleware refuses a preflight, the response still has the status 200",
    )
    caplog.set_level(logging.DEBUG, logger='falcon')
    found = blocked(interface, 'preflight', '/orders/17', 'PUT', STRANGER, json=ORDER)
    (step,) = found.exchange.steps
    assert (step.status, step.response_headers['Allow']) == (200, 'GET, PUT')
    assert cors_headers(step) == {}
    assert caplog.text == ''


@both
def test_cors_py_says_why(interface: str, caplog: pytest.LogCaptureFixture) -> None:
    line = f"refused, the origin is not in allow_origins: '{STRANGER}' 'GET'"
    page_says('no_header', f'``{line}``')
    caplog.set_level(logging.INFO)
    blocked(interface, 'several_origins', '/basket', page=STRANGER)
    assert any(message.startswith(line) for message in caplog.messages)


@both
def test_a_component_that_fails_first_takes_the_headers_away(interface: str) -> None:
    page_says('is_it_cors', "Keep Falcon's default, ``independent_middleware=True``.")
    for independent, expected in ((True, True), (False, False)):
        components = [Raising(falcon.HTTPUnauthorized()), FALCONS([SHOP])]
        app = build(interface, components, independent_middleware=independent)
        answer = falcon.testing.TestClient(app).simulate_get('/', headers={'Origin': SHOP})
        assert ('access-control-allow-origin' in answer.headers) is expected


# --- arguments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ('arguments', 'error', 'words'),
    [
        ({'allow_credentials': True}, TypeError, "'bool' object is not iterable"),
        ({'allow_origins': ['*']}, ValueError, 'as a string literal, not inside an iterable'),
        ({'allow_methods': ['PUT']}, TypeError, 'unexpected keyword argument'),
        ({'allow_headers': ['X-Oven']}, TypeError, 'unexpected keyword argument'),
        ({'max_age': 600}, TypeError, 'unexpected keyword argument'),
        ({'allow_origin_regex': '.*'}, TypeError, 'unexpected keyword argument'),
    ],
)
def test_falcon_has_other_arguments(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    middleware: Any = falcon.CORSMiddleware
    with pytest.raises(error, match=words):
        middleware(**arguments)
    (name,) = arguments
    page_says('move', f'* - ``{name}=')
    page_says('move', f'``{words}``')


# --- cookies and reflection ------------------------------------------------------------------


@both
@pytest.mark.parametrize('origin', [SHOP, STRANGER, 'null'])
def test_reflection_lets_everyone_read(interface: str, origin: str) -> None:
    page = open_page(interface, 'wrong_reflection', origin)
    page.cookies.set(API, 'basket=rye; Path=/; Secure; SameSite=None')
    assert page.fetch('/basket', credentials='include').json() == {'basket': 'rye'}
    assert cors_headers(send_bare(interface, 'wrong_reflection', 'GET', '/basket', None)) == {}


def test_cors_py_refuses_the_wildcard_with_credentials() -> None:
    page_says('wildcard_credentials', '``cors.py`` refuses to start with this setting.')
    with pytest.raises(PolicyError, match='allow_credentials'):
        CORSMiddleware(allow_credentials='*')


def logging_in(**arguments: Any) -> falcon.App[Any, Any]:
    """Build an app that sets a cookie with these arguments, and says which cookies came."""

    class Login:
        def on_post(self, req: Any, resp: Any) -> None:
            resp.set_cookie('user', 'anna', **arguments)

        def on_get(self, req: Any, resp: Any) -> None:
            resp.media = req.cookies

    pages = [SHOP, STRANGER]
    app = falcon.App(middleware=FALCONS(pages, None, pages))
    app.add_route('/login', Login())
    return app


@pytest.mark.parametrize(
    ('page', 'arguments', 'mode', 'sent'),
    [
        (SHOP, {'same_site': 'Lax'}, 'include', {'user': 'anna'}),
        (SHOP, {'same_site': 'Lax'}, 'same-origin', {}),
        (STRANGER, {'same_site': 'Lax'}, 'include', {}),
        (STRANGER, {'same_site': 'None', 'secure': False}, 'include', {}),
        (STRANGER, {'same_site': 'None', 'secure': True}, 'include', {'user': 'anna'}),
    ],
)
def test_where_a_cookie_gets_lost(
    page: str, arguments: dict[str, Any], mode: str, sent: dict[str, str]
) -> None:
    browser = Browser(logging_in(**arguments), page=page, api=API)
    assert browser.fetch('/login', 'POST', credentials=mode).status == 200
    assert browser.fetch('/login', credentials=mode).json() == sent


def test_what_set_cookie_writes() -> None:
    for argument in ("same_site='None'", 'secure=True', 'partitioned=True'):
        page_says('cookie_not_sent', f'``{argument}``')
    arguments: dict[str, Any] = {'same_site': 'None', 'secure': True}
    attributes = {'SameSite=None', 'Secure'}
    if not falcon.__version__.startswith('4.0.'):  # the page says that it needs 4.1
        arguments['partitioned'] = True
        attributes.add('Partitioned')
    app = logging_in(**arguments)
    header = falcon.testing.TestClient(app).simulate_post('/login').headers['set-cookie']
    assert attributes <= set(header.split('; '))


# --- embedding, static files, tests ----------------------------------------------------------


@both
@pytest.mark.parametrize(
    ('path', 'resource_policy', 'timing'),
    [
        ('/loaf.svg', 'cross-origin', None),
        ('/logo.svg', 'cross-origin', '*'),
        ('/receipt.svg', 'same-origin', None),
    ],
)
def test_embedding(interface: str, path: str, resource_policy: str, timing: str | None) -> None:
    headers = send_bare(interface, 'embedding', 'GET', path).headers
    assert headers['Cross-Origin-Resource-Policy'] == resource_policy
    assert headers.get('Timing-Allow-Origin') == timing
    assert headers['Access-Control-Allow-Origin'] == SHOP


@both
def test_a_test_client_sends_no_origin(interface: str) -> None:
    page_says('test_policy', "``simulate_get('/menu')`` sends no ``Origin``")
    client = falcon.testing.TestClient(load(interface, 'one_origin'))
    assert 'access-control-allow-origin' not in client.simulate_get('/menu').headers
    answer = client.simulate_get('/menu', headers={'Origin': SHOP})
    assert answer.headers['access-control-allow-origin'] == SHOP


@both
def test_the_wildcard_leaves_authorization_out(interface: str) -> None:
    page_says('bearer_tokens', '``*`` means every header except ``Authorization``')
    page_says('bearer_tokens', 'and so does ``cors.py`` by default')

    for middleware, passes in (
        (FALCONS([SHOP]), True),
        (CORSMiddleware(allow_origins=SHOP), True),
        (StarCors(), False),
    ):
        app = build(interface, [middleware])
        app.add_route('/orders', ROUTES[interface]())
        browser = Browser(app, page=SHOP, api=API)
        headers = {'Authorization': 'Bearer token-of-anna'}
        if passes:
            assert browser.fetch('/orders', 'PUT', headers=headers).json() == ORDER
        else:
            with pytest.raises(Blocked, match='authorization'):
                browser.fetch('/orders', 'PUT', headers=headers)


class StarCors:
    """Writes the wildcard by hand, as the page says not to."""

    def process_response(self, req: Any, resp: Any, resource: object, ok: bool) -> None:
        for name in ('Origin', 'Methods', 'Headers'):
            resp.set_header(f'Access-Control-Allow-{name}', '*')

    async def process_response_async(self, req: Any, resp: Any, *rest: Any) -> None:
        self.process_response(req, resp, None, True)
