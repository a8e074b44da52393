"""Every statement of Falcon's own CORS page: on a page here, and true as run.

Each test names the page and the words that say it, and proves it on both interfaces.
"""

from __future__ import annotations

from typing import Any

import falcon
import falcon.asgi
import falcon.testing
import pytest

from cors_browser import Blocked, Browser, Exchange
from recording.lessons import API, INTERFACES, ROOT, SHOP
from tests.lessons.client import STRANGER, blocked, cors_headers, fetch, send_bare

FALCONS: Any = falcon.CORSMiddleware  # without type arguments, which it takes since 4.3

pytestmark = pytest.mark.parametrize('interface', INTERFACES)


def page_says(page: str, words: str) -> None:
    text = ' '.join((ROOT / 'docs' / f'{page}.rst').read_text().split())
    assert words in text, f'docs/{page}.rst no longer says: {words}'


def build(interface: str, allow: str = '', **options: Any) -> Any:
    """Build a small app with one sink, which may set ``Allow``."""

    def answer(req: falcon.Request, resp: Any, **_: Any) -> None:
        resp.text = 'answered'
        if allow:
            resp.set_header('Allow', allow)

    async def answer_async(req: falcon.Request, resp: Any, **_: Any) -> None:
        answer(req, resp)

    factory: Any = falcon.App if interface == 'wsgi' else falcon.asgi.App
    app = factory(**options)
    app.add_sink(answer if interface == 'wsgi' else answer_async, '/')
    return app


def exchanged(app: Any, method: str = 'GET', page: str = SHOP, **options: Any) -> Exchange:
    """Fetch from an app as a page does, whether or not the page may read the answer."""
    try:
        return Browser(app, page=page, api=API).fetch('/', method, **options).exchange
    except Blocked as found:
        return found.exchange


def test_it_is_off_by_default(interface: str) -> None:
    page_says('tutorial/blocked', 'Falcon adds no CORS headers unless you ask for them')
    found = blocked(interface, 'blocked', '/menu')
    assert cors_headers(found.exchange.steps[-1]) == {}


def test_the_flag_allows_every_origin_on_every_route(interface: str) -> None:
    page_says('tutorial/any_origin', '``cors_enable=True`` allows every origin on every route.')
    for path in ('/menu', '/nothing'):
        reply = fetch(interface, 'any_origin', path, page=STRANGER)
        assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': '*'}


def test_the_flag_answers_preflights(interface: str) -> None:
    page_says('tutorial/any_origin', 'Preflights succeed, too')
    reply = fetch(interface, 'any_origin', '/menu', page=STRANGER, headers={'X-Bread': 'rye'})
    headers = cors_headers(reply.exchange.preflights[0])
    assert headers['allow-origin'] == '*'
    assert headers['allow-methods'] == 'GET'


def test_the_middleware_takes_the_origins(interface: str) -> None:
    page_says('tutorial/one_origin', '``falcon.CORSMiddleware`` takes the list of origins')
    reply = fetch(interface, 'one_origin', '/menu')
    assert cors_headers(reply.exchange.steps[-1]) == {'allow-origin': SHOP}
    found = blocked(interface, 'one_origin', '/menu', page=STRANGER)
    assert cors_headers(found.exchange.steps[-1]) == {}


def test_origins_are_compared_as_they_are(interface: str) -> None:
    page_says('tutorial/one_origin', 'Falcon compares the whole text')
    upper = 'https://SHOP.example.com'  # which no browser sends
    assert cors_headers(send_bare(interface, 'one_origin', 'GET', '/menu', upper)) == {}


def test_one_origin_may_be_a_string(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', '.. autoclass:: falcon.CORSMiddleware')
    cors = FALCONS(allow_origins=SHOP)
    exchange = exchanged(build(interface, middleware=cors))
    assert exchange.readable
    assert cors_headers(exchange.steps[-1]) == {'allow-origin': SHOP}


def test_the_wildcard_stands_alone(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', "Pass ``'*'`` as a string.")
    with pytest.raises(ValueError, match='allow_origins'):
        FALCONS(allow_origins=['*'])
    with pytest.raises(ValueError, match='allow_credentials'):
        FALCONS(allow_credentials=['*'])


def test_exposed_headers_are_named(interface: str) -> None:
    page_says('tutorial/expose_headers', '``expose_headers`` takes the names')
    reply = fetch(interface, 'expose_headers', '/orders')
    assert cors_headers(reply.exchange.steps[-1])['expose-headers'] == 'X-Total-Count'
    assert 'X-Total-Count' in reply.headers


def test_credentials_are_for_the_origins_listed(interface: str) -> None:
    page_says('tutorial/credentials', '``allow_credentials`` says which of them')
    reply = fetch(interface, 'credentials', '/basket', credentials='include')
    assert 'allow-credentials' in cors_headers(reply.exchange.steps[-1])
    partner = 'https://partner.example.com'
    found = blocked(interface, 'credentials', '/basket', page=partner, credentials='include')
    assert found.code == 'acac-missing'
    assert 'allow-credentials' not in cors_headers(found.exchange.steps[-1])


def test_credentials_count_only_where_the_origin_is_allowed(interface: str) -> None:
    page_says('tutorial/credentials', '``allow_origins`` says who may read.')
    only = FALCONS(allow_origins=[STRANGER], allow_credentials=[SHOP])
    exchange = exchanged(build(interface, middleware=only), credentials='include')
    assert not exchange.readable
    assert cors_headers(exchange.steps[-1]) == {}
    every = FALCONS(allow_origins=[SHOP], allow_credentials='*')
    exchange = exchanged(build(interface, middleware=every), credentials='include')
    assert exchange.readable
    headers = cors_headers(exchange.steps[-1])
    assert headers == {'allow-origin': SHOP, 'allow-credentials': 'true'}
    exchange = exchanged(build(interface, middleware=every), page=STRANGER, credentials='include')
    assert not exchange.readable
    assert cors_headers(exchange.steps[-1]) == {}


def test_the_flag_and_the_middleware_exclude_each_other(interface: str) -> None:
    page_says('reference/falcon_cors_middleware', "You can't use both.")
    with pytest.raises(ValueError, match='cors_enable'):
        build(interface, cors_enable=True, middleware=FALCONS())


def test_a_responder_may_override(interface: str) -> None:
    page_says('tutorial/responder_override', 'if a responder has already set it')
    hours = fetch(interface, 'responder_override', '/hours', page=STRANGER)
    assert cors_headers(hours.exchange.steps[-1]) == {'allow-origin': '*'}


def test_an_override_gets_no_credentials(interface: str) -> None:
    page_says('tutorial/responder_override', 'adds no ``Access-Control-Allow-Credentials``')

    class Override:
        def process_response(self, req: Any, resp: Any, resource: object, ok: bool) -> None:
            resp.set_header('Access-Control-Allow-Origin', SHOP)

        async def process_response_async(self, req: Any, resp: Any, *rest: Any) -> None:
            self.process_response(req, resp, None, True)

    cors = FALCONS(allow_origins=[SHOP], allow_credentials=[SHOP])
    app = build(interface, middleware=[cors, Override()])  # responses run in reverse
    exchange = exchanged(app, credentials='include')
    assert not exchange.readable
    assert cors_headers(exchange.steps[-1]) == {'allow-origin': SHOP}


def test_it_does_not_replace_authentication(interface: str) -> None:
    page_says('index', 'You need authentication and authorization')
    assert fetch(interface, 'authentication', '/orders/17', 'DELETE').status == 401
    found = blocked(interface, 'one_origin', '/menu', page=STRANGER)
    assert found.exchange.steps[-1].status == 200  # the page does not read it, curl does
    assert send_bare(interface, 'one_origin', 'GET', '/menu', STRANGER).status_code == 200


def test_options_is_answered_for_every_route(interface: str) -> None:
    page_says('tutorial/preflight', 'Falcon answers ``OPTIONS`` on every route')
    reply = fetch(interface, 'preflight', '/orders/17', 'PUT', json={})
    assert cors_headers(reply.exchange.preflights[0])['allow-methods'] == 'GET, PUT'


def test_a_sink_must_set_allow(interface: str) -> None:
    page_says('tutorial/preflight', 'or use a sink, set ``Allow`` on the response.')
    cors = FALCONS(allow_origins=[SHOP])
    exchange = exchanged(build(interface, middleware=cors), 'PUT')
    assert not exchange.reached_server
    assert cors_headers(exchange.steps[0]) == {}
    exchange = exchanged(build(interface, 'GET, PUT', middleware=cors), 'PUT')
    assert exchange.readable
    assert cors_headers(exchange.preflights[0])['allow-methods'] == 'GET, PUT'


def test_private_network_access_is_off_by_default(interface: str) -> None:
    page_says(
        'reference/falcon_cors_middleware', '``allow_private_network`` no longer has much effect'
    )
    private = {  # bare, for browsers have stopped to send the last one
        'Origin': SHOP,
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Private-Network': 'true',
    }
    if falcon.__version__.startswith('4.0.'):  # the argument is new in 4.1
        return
    for is_on in (False, True):
        cors = FALCONS([SHOP], allow_private_network=is_on)
        client = falcon.testing.TestClient(build(interface, 'PUT', middleware=cors))
        headers = client.simulate_options('/', headers=private).headers
        assert ('access-control-allow-private-network' in headers) is is_on


def test_there_are_no_headers_without_an_origin(interface: str) -> None:
    page_says('tutorial/any_origin', 'only to responses to requests that have an ``Origin``')
    assert cors_headers(send_bare(interface, 'any_origin', 'GET', '/menu', None)) == {}
