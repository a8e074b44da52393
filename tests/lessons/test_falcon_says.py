"""Every statement of Falcon's own CORS page: on a page here, and true as run.

Each test names the page and the words that say it, and proves it on both interfaces.
"""

from __future__ import annotations

from typing import Any

import falcon
import falcon.asgi
import falcon.testing
import pytest

from tests.apps import INTERFACES, ROOT
from tests.lessons.asking import SHOP, STRANGER, ask, cors_headers, preflight

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


def page_says(page: str, words: str) -> None:
    text = ' '.join((ROOT / 'docs' / f'{page}.rst').read_text().split())
    assert words in text, f'docs/{page}.rst no longer says: {words}'


def asked(interface: str, headers: dict[str, str], method: str = 'GET', **options: Any) -> Any:
    """Ask a small app, built with these options, for its one sink."""

    def answer(req: falcon.Request, resp: Any, **_: Any) -> None:
        resp.text = 'answered'
        if 'allow' in options:
            resp.set_header('Allow', options['allow'])

    async def answer_async(req: falcon.Request, resp: Any, **_: Any) -> None:
        answer(req, resp)

    build: Any = falcon.App if interface == 'wsgi' else falcon.asgi.App
    app = build(**{name: value for name, value in options.items() if name != 'allow'})
    app.add_sink(answer if interface == 'wsgi' else answer_async, '/')
    client = falcon.testing.TestClient(app)
    found = client.simulate_request(method, '/', headers={'Origin': SHOP, **headers}).headers
    return {
        name.removeprefix('access-control-'): value
        for name, value in found.items()
        if name.startswith('access-control-')
    }


ASKS = {'Access-Control-Request-Method': 'PUT'}


def test_it_is_off_by_default(interface: str) -> None:
    page_says('tutorial/blocked', 'Falcon adds no CORS headers unless you ask for them.')
    assert cors_headers(ask(interface, 'blocked', 'GET', '/menu')) == {}


def test_the_flag_allows_every_origin_on_every_route(interface: str) -> None:
    page_says('tutorial/any_origin', '``cors_enable=True`` allows every origin on every route.')
    for path in ('/menu', '/nothing'):
        response = ask(interface, 'any_origin', 'GET', path, STRANGER)
        assert cors_headers(response) == {'allow-origin': '*'}


def test_the_flag_answers_preflights(interface: str) -> None:
    page_says('tutorial/any_origin', 'Preflights get their answer, too')
    headers = cors_headers(preflight(interface, 'any_origin', '/menu', 'GET', STRANGER))
    assert headers['allow-origin'] == '*'
    assert headers['allow-methods'] == 'GET'


def test_the_middleware_takes_the_origins(interface: str) -> None:
    page_says('tutorial/one_origin', '``falcon.CORSMiddleware`` takes the origins that may read.')
    assert cors_headers(ask(interface, 'one_origin', 'GET', '/menu')) == {'allow-origin': SHOP}
    assert cors_headers(ask(interface, 'one_origin', 'GET', '/menu', STRANGER)) == {}


def test_origins_are_compared_as_they_are(interface: str) -> None:
    page_says('tutorial/one_origin', 'Falcon compares the whole text.')
    upper = 'https://SHOP.example.com'
    assert cors_headers(ask(interface, 'one_origin', 'GET', '/menu', upper)) == {}


def test_one_origin_may_be_a_string(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', '.. autoclass:: falcon.CORSMiddleware')
    middleware = falcon.CORSMiddleware[Any, Any](allow_origins=SHOP)
    assert asked(interface, {}, middleware=middleware) == {'allow-origin': SHOP}


def test_the_wildcard_stands_alone(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', "``'*'`` stands alone, never in a list")
    with pytest.raises(ValueError, match='allow_origins'):
        falcon.CORSMiddleware[Any, Any](allow_origins=['*'])
    with pytest.raises(ValueError, match='allow_credentials'):
        falcon.CORSMiddleware[Any, Any](allow_credentials=['*'])


def test_exposed_headers_are_named(interface: str) -> None:
    page_says('tutorial/expose_headers', '``expose_headers`` takes the names.')
    headers = cors_headers(ask(interface, 'expose_headers', 'GET', '/orders'))
    assert headers['expose-headers'] == 'X-Total-Count'


def test_credentials_are_for_the_origins_listed(interface: str) -> None:
    page_says('tutorial/credentials', '``allow_credentials`` says which of them')
    assert 'allow-credentials' in cors_headers(ask(interface, 'credentials', 'GET', '/basket'))
    partner = ask(interface, 'credentials', 'GET', '/basket', 'https://partner.example.com')
    assert 'allow-credentials' not in cors_headers(partner)


def test_credentials_count_only_where_the_origin_is_allowed(interface: str) -> None:
    page_says('tutorial/credentials', '``allow_origins`` says who may read.')
    only = falcon.CORSMiddleware[Any, Any](allow_origins=[STRANGER], allow_credentials=[SHOP])
    assert asked(interface, {}, middleware=only) == {}
    every = falcon.CORSMiddleware[Any, Any](allow_origins=[SHOP], allow_credentials='*')
    allowed = asked(interface, {}, middleware=every)
    assert allowed == {'allow-origin': SHOP, 'allow-credentials': 'true'}
    assert asked(interface, {'Origin': STRANGER}, middleware=every) == {}


def test_the_flag_and_the_middleware_exclude_each_other(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', 'The two exclude each other.')
    with pytest.raises(ValueError, match='cors_enable'):
        asked(interface, {}, cors_enable=True, middleware=falcon.CORSMiddleware[Any, Any]())


def test_a_responder_may_override(interface: str) -> None:
    page_says('tutorial/responder_override', 'where a responder has set it.')
    hours = ask(interface, 'responder_override', 'GET', '/hours', STRANGER)
    assert cors_headers(hours) == {'allow-origin': '*'}


def test_an_override_gets_no_credentials(interface: str) -> None:
    page_says('tutorial/responder_override', 'adds no ``Access-Control-Allow-Credentials``')

    class Override:
        def process_response(self, req: Any, resp: Any, resource: object, ok: bool) -> None:
            resp.set_header('Access-Control-Allow-Origin', SHOP)

        async def process_response_async(self, req: Any, resp: Any, *rest: Any) -> None:
            self.process_response(req, resp, None, True)

    cors = falcon.CORSMiddleware[Any, Any](allow_origins=[SHOP], allow_credentials=[SHOP])
    headers = asked(interface, {}, middleware=[cors, Override()])  # responses run in reverse
    assert headers == {'allow-origin': SHOP}


def test_it_does_not_replace_authentication(interface: str) -> None:
    page_says('index', 'You need authentication and authorization')
    assert ask(interface, 'authentication', 'DELETE', '/orders/17').status_code == 401
    assert ask(interface, 'one_origin', 'GET', '/menu', STRANGER).status_code == 200


def test_options_is_answered_for_every_route(interface: str) -> None:
    page_says('tutorial/preflight', 'Falcon answers ``OPTIONS`` for every route')
    headers = cors_headers(preflight(interface, 'preflight', '/orders/17', 'PUT', SHOP))
    assert headers['allow-methods'] == 'GET, PUT'


def test_a_sink_must_set_allow(interface: str) -> None:
    page_says('tutorial/preflight', 'or use a sink, set ``Allow`` on the answer.')
    cors = falcon.CORSMiddleware[Any, Any](allow_origins=[SHOP])
    assert asked(interface, ASKS, 'OPTIONS', middleware=cors) == {}
    allowed = asked(interface, ASKS, 'OPTIONS', middleware=cors, allow='GET, PUT')
    assert allowed['allow-methods'] == 'GET, PUT'


def test_private_network_access_is_off_by_default(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', 'On ``allow_private_network``')
    private = {**ASKS, 'Access-Control-Request-Private-Network': 'true'}
    for is_on in (False, True):
        cors = falcon.CORSMiddleware[Any, Any]([SHOP], allow_private_network=is_on)
        headers = asked(interface, private, 'OPTIONS', middleware=cors, allow='PUT')
        assert ('allow-private-network' in headers) is is_on


def test_there_are_no_headers_without_an_origin(interface: str) -> None:
    page_says('tutorial/any_origin', 'only to answers to requests that have an ``Origin``')
    assert cors_headers(ask(interface, 'any_origin', 'GET', '/menu', None)) == {}
