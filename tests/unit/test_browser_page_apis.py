"""What a page does besides fetch: XMLHttpRequest, EventSource, forms, beacons and WebSockets."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import falcon
import falcon.asgi
import pytest

from cors_browser import (
    PROFILES,
    BeaconOptions,
    Blocked,
    Browser,
    EventSourceOptions,
    FormOptions,
    SocketClosed,
    Unreachable,
    WebSocket,
    XhrOptions,
)
from cors_browser.event_streams import parse_events

PAGE, API = 'https://app.example.com', 'https://api.example.com'
OTHER = 'https://app.other.example'
SHARE = [
    ('Access-Control-Allow-Origin', PAGE),
    ('Access-Control-Allow-Credentials', 'true'),
    ('Access-Control-Allow-Headers', 'content-type, x-a'),
    ('Access-Control-Allow-Methods', 'PUT'),
    ('X-Total', '7'),
]
COOKIES = {
    'none': 'SameSite=None; Secure', 'lax': 'SameSite=Lax', 'strict': 'SameSite=Strict', 'unset': ''
}  # fmt: skip


class Site:
    """A WSGI application that keeps the requests, and responds as it is told."""

    def __init__(
        self, *headers: tuple[str, str], status: str = '200 OK', body: bytes = b''
    ) -> None:
        self.headers, self.status, self.body = headers or SHARE, status, body
        self.seen: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        environ['body'] = environ['wsgi.input'].read()
        self.seen.append(environ)
        if environ['REQUEST_METHOD'] == 'OPTIONS':
            start_response('204 No Content', [*self.headers])
            return []
        start_response(self.status, [*self.headers])
        return [self.body]

    @property
    def methods(self) -> list[str]:
        return [environ['REQUEST_METHOD'] for environ in self.seen]


def with_cookies(app: Any, page: str = PAGE, **options: Any) -> Browser:
    browser = Browser(app, page, **options)
    for name, attributes in COOKIES.items():
        browser.cookies.set(API, f'{name}=1; Path=/; {attributes}')
    return browser


# --------------------------------------------------------------------------- XMLHttpRequest


def test_xhr_sees_what_is_exposed() -> None:
    reply = Browser(Site(*SHARE, ('Content-Type', 'text/a'), body=b'ok'), PAGE).xhr('/')
    assert (reply.status, reply.response_text, reply.url) == (200, 'ok', f'{API}/')
    assert reply.get_response_header('X-Total') is None
    assert reply.get_response_header('CONTENT-TYPE') == 'text/a'
    assert reply.get_all_response_headers() == 'content-type: text/a\r\n'


def test_xhr_credentials() -> None:
    site = Site()
    browser = with_cookies(site)
    browser.xhr('/')
    assert 'HTTP_COOKIE' not in site.seen[-1]
    browser.xhr('/', with_credentials=True)
    assert 'HTTP_COOKIE' in site.seen[-1]
    browser.xhr('/', with_credentials=False)
    assert 'HTTP_COOKIE' not in site.seen[-1]


def test_xhr_upload_listeners_cause_a_preflight() -> None:
    site = Site()
    exchange = Browser(site, PAGE).xhr('/', 'POST', body='a', upload_listener=True).exchange
    assert site.methods == ['OPTIONS', 'POST']
    assert exchange.preflights[0].why == ('an upload listener',)


def test_xhr_ignores_the_body_of_a_get() -> None:
    site = Site()
    browser = Browser(site, PAGE)
    cases: list[Any] = [{'body': 'a'}, {'json': 1}, {'files': {'a': b''}}]
    for options in cases:
        browser.xhr('/', **options)
    assert [(s['body'], s['REQUEST_METHOD'], 'CONTENT_TYPE' in s) for s in site.seen] == [
        (b'', 'GET', False)
    ] * 3


def test_xhr_joins_headers_of_equal_names() -> None:
    site = Site()
    headers = [('X-A', '1'), ('x-a', '2')]
    reply = Browser(site, PAGE, profile='firefox').xhr('/', headers=headers)
    asked = dict(reply.exchange.preflights[0].request_headers)
    assert asked['access-control-request-headers'] == 'x-a'
    assert site.seen[-1]['HTTP_X_A'] == '1, 2'


@pytest.mark.parametrize(
    ('given', 'body', 'sent'),
    [
        ('text/plain;charset=iso-8859-1;x=y', 'a', 'text/plain;charset=UTF-8;x=y'),
        ('text/plain; CHARSET="latin1"', 'a', 'text/plain; CHARSET=UTF-8'),
        ('text/plain;charset=utf-8', 'a', 'text/plain;charset=utf-8'),
        ('text/plain', 'a', 'text/plain'),
        ('text/plain;charset=iso-8859-1', b'a', 'text/plain;charset=iso-8859-1'),
    ],
)
def test_xhr_names_the_charset_that_it_sends(given: str, body: Any, sent: str) -> None:
    site = Site()
    Browser(site, API).xhr('/', 'POST', headers={'Content-Type': given}, body=body)
    assert site.seen[-1]['CONTENT_TYPE'] == sent


def test_xhr_is_blocked_like_fetch() -> None:
    with pytest.raises(Blocked) as caught:
        Browser(Site(('X-A', '1')), PAGE).xhr('/')
    assert (caught.value.code, caught.value.exchange.reached_server) == ('acao-missing', True)


# ------------------------------------------------------------------------------ EventSource

STREAM = ('Content-Type', 'text/event-stream; charset=utf-8')
EVENTS = (
    b'\xef\xbb\xbfid: 7\nevent: news\ndata: a\r\ndata:b\r\r: remark\nretry: 9\ndata\n\ndata: lost'
)


def test_event_source_requests() -> None:
    site = Site(*SHARE, STREAM, body=EVENTS)
    browser = with_cookies(site)
    stream = browser.event_source('/events')
    assert [(e.type, e.data, e.last_event_id) for e in stream.events] == [
        ('news', 'a\nb', '7'),
        ('message', '', '7'),
    ]
    assert (stream.last_event_id, stream.retry, stream.reply.status) == ('7', 9, 200)
    assert [step.method for step in stream.exchange.steps] == ['GET']
    first = site.seen[-1]
    assert (first['HTTP_ACCEPT'], first['HTTP_CACHE_CONTROL']) == ('text/event-stream', 'no-cache')
    assert not {'HTTP_COOKIE', 'HTTP_LAST_EVENT_ID'} & {*first}
    again = browser.event_source('/events', with_credentials=True, last_event_id='7')
    assert again.last_event_id == '7'
    assert {'HTTP_COOKIE', 'HTTP_LAST_EVENT_ID'} <= {*site.seen[-1]}
    assert site.methods == ['GET', 'GET'], 'no preflight'


@pytest.mark.parametrize(
    ('status', 'headers', 'code'),
    [
        ('500 No', [*SHARE, STREAM], 'event-source-status'),
        ('204 No', [*SHARE, STREAM], 'event-source-status'),
        ('200 OK', [*SHARE, ('Content-Type', 'text/plain')], 'event-source-type'),
        ('200 OK', SHARE, 'event-source-type'),
        ('200 OK', [STREAM], 'acao-missing'),
    ],
)
def test_event_source_fails(status: str, headers: Any, code: str) -> None:
    with pytest.raises(Blocked) as caught:
        Browser(Site(*headers, status=status), PAGE).event_source('/')
    assert caught.value.code == code
    assert caught.value.exchange.reached_server
    assert caught.value.section.startswith('https://')


def endless(environ: Any, start_response: Any) -> Iterator[bytes]:
    start_response('200 OK', [*SHARE, STREAM])
    yield from (b'data: %d\n\n' % number for number in itertools.count())


async def endless_async(scope: Any, receive: Any, send: Any) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in [*SHARE, STREAM]]
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    for number in range(3):
        body = b'data: %d\n\n' % number
        await send({'type': 'http.response.body', 'body': body, 'more_body': True})
    await receive()
    assert (await receive())['type'] == 'http.disconnect'


@pytest.mark.parametrize('app', [endless, endless_async])
def test_event_source_closes_after_some_events(app: Any) -> None:
    stream = Browser(app, PAGE, timeout=None).event_source('/', events=2)
    assert [event.data for event in stream.events] == ['0', '1']
    assert not stream.reply.complete


@pytest.mark.parametrize(
    ('content', 'events'),
    [
        (b'', []),
        (b'data: a', []),
        (b'data: a\n', []),
        (b'event: x\n\ndata: a\n\n', [('message', 'a', '')]),
        (b'data:  a\n\n', [('message', ' a', '')]),
        (b'id: 1\0\ndata: a\n\n', [('message', 'a', '')]),
        (b'id: 1\ndata: a\n\nid\ndata: b\n\n', [('message', 'a', '1'), ('message', 'b', '')]),
        (b'other: x\nretry: x\ndata: \xff\n\n', [('message', '\ufffd', '')]),
    ],
)
def test_events_are_parsed_as_in_the_standard(content: bytes, events: Any) -> None:
    found = parse_events(content)[0]
    assert [(e.type, e.data, e.last_event_id) for e in found] == events


# ------------------------------------------------------------------------------------ forms


def test_a_form_is_sent_without_any_check() -> None:
    site = Site(('X-A', '1'), body=b'secret')
    exchange = Browser(site, PAGE).submit('/transfer', fields={'to': 'me', 'sum': ['1', '2\n']})
    (request,) = site.seen
    assert (request['body'], request['CONTENT_TYPE'], request['HTTP_ORIGIN']) == (
        b'to=me&sum=1&sum=2%0D%0A', 'application/x-www-form-urlencoded', PAGE,
    )  # fmt: skip
    assert (exchange.readable, exchange.visible_headers) == (False, ())
    assert (exchange.reached_server, exchange.side_effect_possible) == (True, True)


def test_encodings_of_forms() -> None:
    site = Site()
    browser = Browser(site, PAGE)
    photo = {'photo': ('cat.png', b'1', 'image/png')}
    browser.submit('/', fields={'a': 'b\nc'}, files=photo, enctype='multipart/form-data')
    assert b'filename="cat.png"\r\nContent-Type: image/png\r\n\r\n1\r\n' in site.seen[-1]['body']
    assert b'\r\n\r\nb\r\nc\r\n' in site.seen[-1]['body']
    assert site.seen[-1]['CONTENT_TYPE'].startswith('multipart/form-data; boundary=')
    browser.submit('/', fields={'a': 'b=c'}, files=photo, enctype='text/plain')
    assert site.seen[-1]['body'] == b'a=b=c\r\nphoto=cat.png\r\n'
    assert site.seen[-1]['CONTENT_TYPE'] == 'text/plain'
    browser.submit('/?x=1', 'GET', fields=[('a', 'b c')], files=photo)
    assert (site.seen[-1]['QUERY_STRING'], site.seen[-1]['body']) == ('a=b+c&photo=cat.png', b'')
    assert not {'CONTENT_TYPE', 'HTTP_ORIGIN'} & {*site.seen[-1]}


@pytest.mark.parametrize(
    ('profile', 'page', 'method', 'names'),
    [
        ('standard', PAGE, 'POST', {'none', 'lax', 'strict', 'unset'}),
        ('standard', OTHER, 'POST', {'none'}),
        ('standard', OTHER, 'GET', {'none', 'lax', 'unset'}),
        ('chromium', OTHER, 'POST', {'none', 'unset'}),
        ('chromium', OTHER, 'GET', {'none', 'lax', 'unset'}),
        ('firefox', OTHER, 'POST', {'none', 'unset'}),
        ('webkit', OTHER, 'POST', {'none', 'unset'}),
        ('webkit', OTHER, 'GET', {'none', 'lax', 'unset'}),
        ('standard', 'null', 'POST', {'none'}),
    ],
)
def test_cookies_of_forms(profile: str, page: str, method: str, names: set[str]) -> None:
    exchange = with_cookies(Site(), page, profile=profile).submit('/', method)
    assert {*exchange.cookies_sent} == names
    assert {*exchange.steps[0].cookies_withheld} == {*COOKIES} - names


def test_chromium_sends_young_cookies_only() -> None:
    now = 0.0
    browser = with_cookies(Site(), OTHER, profile='chromium', clock=lambda: now)
    now = 119
    assert 'unset' in browser.submit('/').cookies_sent
    now = 120
    assert 'unset' not in browser.submit('/').cookies_sent


def test_a_framed_form_is_not_a_top_level_navigation() -> None:
    browser = with_cookies(Site(), PAGE, top_level=OTHER)
    assert {*browser.submit('/', 'GET').cookies_sent} == {'none'}
    strict = Site(('Set-Cookie', 'a=1; SameSite=Strict'))
    assert Browser(strict, OTHER).submit('/').cookies_stored == ('a',)
    framed = Browser(strict, OTHER, top_level='https://c.example').submit('/')
    assert (framed.cookies_stored, 'a' in framed.steps[0].cookies_refused) == ((), True)


@pytest.mark.parametrize(
    ('profile', 'page', 'policy', 'origin'),
    [
        ('standard', PAGE, 'no-referrer', 'null'),
        ('chromium', PAGE, 'no-referrer', 'null'),
        ('standard', OTHER, 'same-origin', 'null'),
        ('standard', 'null', 'unsafe-url', 'null'),
        ('standard', OTHER, 'unsafe-url', OTHER),
    ],
)
def test_origins_of_forms(profile: str, page: str, policy: str, origin: str) -> None:
    site = Site()
    Browser(site, page, profile=profile).submit('/', referrer_policy=policy)
    assert site.seen[-1]['HTTP_ORIGIN'] == origin


def redirecting(target: str) -> Site:
    return Site(('Location', target), status='307 Moved')


@pytest.mark.parametrize(
    ('profile', 'origin', 'names'),
    [
        ('standard', OTHER, ('none',)),
        ('chromium', 'null', ('none', 'unset')),
        ('firefox', OTHER, ('none', 'unset')),
        ('webkit', 'null', ('none', 'unset')),
    ],
)
def test_a_form_of_another_site_that_is_redirected(profile: str, origin: str, names: Any) -> None:
    site = Site()
    hosts = {API: site}
    browser = Browser(redirecting(API), OTHER, api=OTHER, hosts=hosts, profile=profile)
    for name, attributes in COOKIES.items():
        browser.cookies.set(API, f'{name}=1; Path=/; {attributes}')
    exchange = browser.submit('/', fields={'a': '1'})
    assert (site.seen[-1]['HTTP_ORIGIN'], site.seen[-1]['body']) == (origin, b'a=1')
    assert exchange.steps[-1].cookies_sent == names


def test_a_form_that_returns_to_its_site() -> None:
    for profile, names in (('standard', {'none'}), ('chromium', {*COOKIES})):
        site = Site()
        browser = Browser(redirecting(API), PAGE, api=OTHER, hosts={API: site}, profile=profile)
        for name, attributes in COOKIES.items():
            browser.cookies.set(API, f'{name}=1; Path=/; {attributes}')
        assert {*browser.submit('/').steps[-1].cookies_sent} == names


def test_a_form_may_leave_https() -> None:
    site = Site()
    Browser(site, PAGE, api='http://api.example.com').submit('/', 'GET')
    assert site.methods == ['GET']
    with pytest.raises(Blocked) as caught:
        Browser(site, PAGE, api='http://api.example.com:25').submit('/')
    assert caught.value.code == 'bad-port'


# ---------------------------------------------------------------------------------- beacons


@pytest.mark.parametrize(
    ('data', 'options', 'kind', 'body'),
    [
        ('a', {}, 'text/plain;charset=UTF-8', b'a'),
        ({'a': '1'}, {}, 'application/x-www-form-urlencoded;charset=UTF-8', b'a=1'),
        (b'a', {}, None, b'a'),
        (None, {}, None, b''),
        (b'a', {'content_type': 'text/plain'}, 'text/plain', b'a'),
    ],
)
def test_beacons_without_preflight(data: Any, options: Any, kind: Any, body: bytes) -> None:
    site = Site(('X-A', '1'))
    exchange = with_cookies(site).beacon('/', data, **options)
    (request,) = site.seen
    assert (request['REQUEST_METHOD'], request.get('CONTENT_TYPE'), request['body']) == (
        'POST', kind, body,
    )  # fmt: skip
    assert (request['HTTP_ORIGIN'], len(exchange.cookies_sent)) == (PAGE, 4)
    assert (exchange.readable, exchange.reached_server) == (False, True)


def test_a_beacon_with_json_has_a_preflight() -> None:
    site = Site()
    Browser(site, PAGE).beacon('/', b'{}', content_type='application/json')
    assert site.methods == ['OPTIONS', 'POST']
    refusing = Site(('X-A', '1'))
    with pytest.raises(Blocked) as caught:
        Browser(refusing, PAGE).beacon('/', b'{}', content_type='application/json')
    assert (caught.value.code, refusing.methods) == ('preflight-acao-missing', ['OPTIONS'])


def test_a_beacon_does_not_mind_the_response() -> None:
    class Closed(Site):
        def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
            self.headers = SHARE if environ['REQUEST_METHOD'] == 'OPTIONS' else []
            return super().__call__(environ, start_response)

    site = Closed()
    exchange = Browser(site, PAGE).beacon('/', b'{}', content_type='application/json')
    assert (site.methods, exchange.readable) == (['OPTIONS', 'POST'], False)


def test_beacons_have_a_limit() -> None:
    site = Site()
    browser = Browser(site, PAGE)
    browser.beacon('/', 'a' * 65_536)
    with pytest.raises(Blocked, match='the data has 65537 bytes, more than 65536') as caught:
        browser.beacon('/', 'a' * 65_537)
    assert (caught.value.code, len(site.seen)) == ('beacon-size', 1)
    Browser(site, PAGE, profile='firefox').beacon('/', 'a' * 65_537)
    assert len(site.seen) == 2
    with pytest.raises(TypeError, match=r"^data: a beacon can't send a stream"):
        browser.beacon('/', iter([b'a']))


def test_referrer_policies_of_beacons() -> None:
    for profile, origin in (('standard', 'null'), ('chromium', PAGE)):
        site = Site()
        Browser(site, PAGE, profile=profile).beacon('/', 'a', referrer_policy='no-referrer')
        assert site.seen[-1]['HTTP_ORIGIN'] == origin


# ------------------------------------------------------------------------------- WebSockets


class Sockets:
    """An ASGI application that echoes, and says in its first message what it saw."""

    def __init__(self) -> None:
        self.ended: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope['headers']}
        assert await receive() == {'type': 'websocket.connect'}
        match scope['path']:
            case '/refused':
                await send({'type': 'websocket.close'})
            case '/unauthorized':
                start = {'type': 'websocket.http.response.start', 'status': 401, 'headers': []}
                await send(start)
                body = {'type': 'websocket.http.response.body', 'body': b'a', 'more_body': True}
                await send(body)
                await send({'type': 'websocket.http.response.body', 'body': b'b'})
            case '/crash':
                raise ZeroDivisionError
            case '/silent':
                await receive()
            case '/goodbye':
                await send({'type': 'websocket.accept'})
                await send({'type': 'websocket.close', 'code': 4001, 'reason': 'bye'})
            case '/end':
                await send({'type': 'websocket.accept'})
            case '/late-crash':
                await send({'type': 'websocket.accept'})
                await receive()
                raise ZeroDivisionError
            case _:
                protocol = (scope['subprotocols'] or [None])[-1]
                cookie = [(b'set-cookie', b'a=1')]
                accept = {'type': 'websocket.accept', 'subprotocol': protocol, 'headers': cookie}
                await send(accept)
                seen = {'scheme': scope['scheme'], **headers}
                await send({'type': 'websocket.send', 'text': json.dumps(seen)})
                while (event := await receive())['type'] == 'websocket.receive':
                    await send({**event, 'type': 'websocket.send'})
                self.ended.append((event['code'], event['reason']))


def test_a_websocket_conversation() -> None:
    app = Sockets()
    browser = with_cookies(app)
    with browser.websocket('/chat', ['chat', 'v2']) as socket:
        assert socket.protocol == 'v2'
        seen = json.loads(socket.receive())
        assert (seen['scheme'], seen['origin'], seen['host']) == ('wss', PAGE, 'api.example.com')
        assert (seen['upgrade'], seen['sec-websocket-protocol']) == ('websocket', 'chat, v2')
        assert seen['cookie'] == 'none=1; lax=1; strict=1; unset=1'
        socket.send('é')
        socket.send(bytearray(b'b'))
        assert (socket.receive(), socket.receive()) == ('é', b'b')
        assert socket.exchange.steps[0].url == 'wss://api.example.com/chat'
        assert (socket.exchange.steps[0].status, socket.exchange.cookies_stored) == (101, ('a',))
    assert app.ended == [(1000, '')]
    for call in (socket.receive, lambda: socket.send('a')):
        with pytest.raises(RuntimeError, match='the WebSocket is closed'):
            call()
    socket.close()


def test_a_websocket_in_an_event_loop() -> None:
    app = Sockets()

    async def inside() -> None:
        async with await Browser(app, OTHER).awebsocket('wss://api.example.com/') as socket:
            assert (socket.protocol, 'origin' in str(await socket.areceive())) == ('', True)
            await socket.asend('a')
            assert await socket.areceive() == 'a'
            await socket.aclose(4000, 'done')
            with pytest.raises(RuntimeError, match=r'^send: an event loop is running .* use asend'):
                socket.send('b')

    asyncio.run(inside())
    assert app.ended == [(4000, 'done')]


@pytest.mark.parametrize(('path', 'status'), [('/refused', 403), ('/unauthorized', 401)])
def test_a_refused_websocket(path: str, status: int) -> None:
    with pytest.raises(Blocked, match=f'the response to the handshake is {status}, not 101') as e:
        Browser(Sockets(), OTHER).websocket(path)
    assert (e.value.code, e.value.exchange.steps[0].status) == ('websocket-refused', status)
    assert e.value.section == 'https://websockets.spec.whatwg.org/#opening-handshake'


@pytest.mark.parametrize(
    ('path', 'code', 'reason'), [('/goodbye', 4001, 'bye'), ('/end', 1000, '')]
)
def test_a_websocket_that_the_server_closes(path: str, code: int, reason: str) -> None:
    socket = Browser(Sockets(), PAGE).websocket(path)
    with pytest.raises(SocketClosed) as caught:
        socket.receive()
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert str(caught.value) == f'the server closed the WebSocket: {code} {reason}'.rstrip()
    socket.close()


def test_exceptions_of_websocket_applications() -> None:
    browser = Browser(Sockets(), PAGE)
    with pytest.raises(ZeroDivisionError):
        browser.websocket('/crash')
    socket = browser.websocket('/late-crash')
    socket.send('a')
    with pytest.raises(ZeroDivisionError):
        socket.receive()
    browser = Browser(Sockets(), PAGE, raise_app_exceptions=False)
    with pytest.raises(Blocked, match='handshake is 500'):
        browser.websocket('/crash')
    socket = browser.websocket('/late-crash')
    socket.send('a')
    with pytest.raises(SocketClosed, match='1006'):
        socket.receive()


def test_websockets_have_a_time_limit() -> None:
    browser = Browser(Sockets(), PAGE, timeout=1e-6)
    with pytest.raises(Unreachable, match='sent nothing within 1e-06 seconds') as caught:
        browser.websocket('/silent')
    assert caught.value.kind == 'timeout'
    socket = browser.websocket('/')
    socket.receive()
    with pytest.raises(TimeoutError, match='the application sent nothing within 1e-06 seconds'):
        socket.receive()
    socket.close()


def test_an_open_websocket_ends_with_its_browser(caplog: pytest.LogCaptureFixture) -> None:
    app = Sockets()
    Browser(app, PAGE).websocket('/').send('a')
    gc.collect()
    assert (caplog.records, app.ended) == ([], []), 'it is cancelled'


def test_wsgi_applications_have_no_websockets() -> None:
    site = Site()
    with pytest.raises(Blocked, match='the response to the handshake is 200, not 101'):
        Browser(site, PAGE).websocket('/')
    assert (site.seen[0]['HTTP_UPGRADE'], site.seen[0]['HTTP_ORIGIN']) == ('websocket', PAGE)
    with pytest.raises(Blocked, match='WSGI applications have no WebSockets'):
        Browser(Site(status='101 Switching Protocols'), PAGE).websocket('/')


def test_websockets_are_mixed_content_too() -> None:
    with pytest.raises(Blocked) as caught:
        Browser(Sockets(), PAGE, api='http://api.example.com').websocket('/')
    assert caught.value.code == 'mixed-content'
    with pytest.raises(Unreachable) as unreachable:
        Browser(Sockets(), PAGE).websocket('wss://else.example')
    assert unreachable.value.kind == 'no-server'


def test_falcon_guards_its_websockets() -> None:
    class Chat:
        async def on_websocket(self, req: falcon.asgi.Request, ws: falcon.asgi.WebSocket) -> None:
            if req.get_header('Origin') != PAGE:
                raise falcon.HTTPForbidden
            await ws.accept()
            await ws.send_text(await ws.receive_text())

    app = falcon.asgi.App()
    app.add_route('/chat', Chat())
    with Browser(app, PAGE) as browser, browser.websocket('/chat') as socket:
        socket.send('a')
        assert socket.receive() == 'a'
    with pytest.raises(Blocked, match='handshake is 403'):
        Browser(app, OTHER).websocket('/chat')


# -------------------------------------------------------------------------------- arguments

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ('xhr', (1,), {}, 'url: 1 is of type int; pass a str'),
    ('xhr', ('/', None), {}, 'method: None is of type NoneType; pass a str'),
    ('xhr', ('/',), {'withCredentials': True}, "xhr: 'withCredentials' .* mean 'with_credentials'"),
    ('xhr', ('/',), {'credentials': 'omit'}, "xhr: 'credentials' is not an option; did you mean"),
    ('xhr', ('/',), {'with_credentials': 'yes'}, "with_credentials: 'yes' is of type str; pass Tr"),
    ('xhr', ('/',), {'upload_listener': 1}, 'upload_listener: 1 is of type int; pass True or'),
    ('xhr', ('/',), {'referrer_policy': 'x'}, "referrer_policy: 'x' is unknown"),
    ('xhr', ('/',), {'headers': {'A': 1}}, "headers: the value of 'A' is 1 of type int"),
    ('xhr', ('/', 'POST'), {'body': 1}, 'body: 1 is of type int'),
    ('xhr', ('/', 'POST'), {'json': {1}}, 'json: Object of type set'),
    ('xhr', ('/', 'POST'), {'files': 1}, 'files: 1 is of type int'),
    ('event_source', (None,), {}, 'url: None is of type NoneType'),
    ('event_source', ('/',), {'headers': {}}, "event_source: 'headers' is not an option; the opt"),
    ('event_source', ('/',), {'with_credentials': 1}, 'with_credentials: 1 is of type int'),
    ('event_source', ('/',), {'last_event_id': 7}, 'last_event_id: 7 is of type int; pass a str'),
    ('event_source', ('/',), {'events': 0}, 'events: 0 is too small; pass an int of at least 1'),
    ('event_source', ('/',), {'events': True}, 'events: True is of type bool'),
    ('submit', (None,), {}, 'url: None is of type NoneType'),
    ('submit', ('/', 'PUT'), {}, r"method: 'PUT' is unknown; choose one of \('GET', 'POST'\)"),
    ('submit', ('/',), {'enctype': 'json'}, "enctype: 'json' is unknown; choose one of"),
    ('submit', ('/',), {'fields': 'a=1'}, "fields: 'a=1' is of type str; pass the fields as a map"),
    ('submit', ('/',), {'fields': {'a': None}}, "fields: the value of 'a' is None of type NoneTyp"),
    ('submit', ('/',), {'files': 'a'}, "files: 'a' is of type str"),
    ('submit', ('/',), {'referrer_policy': 'x'}, "referrer_policy: 'x' is unknown"),
    ('submit', ('/',), {'data': {}}, r"submit: 'data' is not an option; write body=\.\.\."),
    ('beacon', (None,), {}, 'url: None is of type NoneType'),
    ('beacon', ('/', 1), {}, 'body: 1 is of type int'),
    ('beacon', ('/',), {'content_type': 1}, 'content_type: 1 is of type int; pass a str'),
    ('beacon', ('/',), {'files': 1}, 'files: 1 is of type int'),
    ('beacon', ('/',), {'referrer_policy': 'x'}, "referrer_policy: 'x' is unknown"),
    ('beacon', ('/',), {'type': 'a'}, "beacon: 'type' is not an option; the options are con"),
    ('websocket', (None,), {}, 'url: None is of type NoneType'),
    ('websocket', ('/', 1), {}, "protocols: 1 is of type int; pass a name or a list of names"),
    ('websocket', ('/', [1]), {}, 'protocols: 1 is of type int; pass a str'),
    ('websocket', ('/', 'a b'), {}, "protocols: 'a b' is malformed or occurs twice"),
    ('websocket', ('/', ['a', 'a']), {}, "protocols: 'a' is malformed or occurs twice"),
]  # fmt: skip


@pytest.mark.parametrize(('call', 'positional', 'options', 'message'), CALLS)
def test_wrong_arguments(call: str, positional: Any, options: Any, message: str) -> None:
    method: Callable[..., Any] = getattr(Browser(Site(), PAGE), call)
    with pytest.raises((TypeError, ValueError), match=f'^{message}'):
        method(*positional, **options)


def test_the_table_has_every_option() -> None:
    for call, options in (
        ('xhr', XhrOptions), ('event_source', EventSourceOptions), ('submit', FormOptions),
        ('beacon', BeaconOptions),
    ):  # fmt: skip
        tried = {name for name_of, _, given, _ in CALLS if name_of == call for name in given}
        assert {*options.__annotations__} - tried == set(), call


@pytest.mark.parametrize(
    ('call', 'message'),
    [
        (lambda socket: socket.send(1), '^message: 1 is of type int; pass a str or bytes'),
        (
            lambda socket: socket.close(1001),
            "^code: 1001 can't be sent by pages; pass 1000, or 3000",
        ),
        (lambda socket: socket.close('a'), "^code: 'a' can't be sent by pages"),
        (lambda socket: socket.close(1000, 1), '^reason: 1 is of type int; pass a str'),
        (lambda socket: socket.close(1000, 'ä' * 62), '^reason: .* has over 123 bytes; shorten it'),
    ],
)
def test_wrong_arguments_of_a_websocket(call: Callable[[WebSocket], Any], message: str) -> None:
    socket = Browser(Sockets(), PAGE).websocket('/')
    with pytest.raises((TypeError, ValueError), match=message):
        call(socket)
    socket.close()


@pytest.mark.parametrize(
    ('call', 'fix'),
    [
        (lambda browser: browser.xhr('/'), 'axhr'),
        (lambda browser: browser.event_source('/'), 'aevent_source'),
        (lambda browser: browser.submit('/'), 'asubmit'),
        (lambda browser: browser.beacon('/'), 'abeacon'),
        (lambda browser: browser.websocket('/'), 'awebsocket'),
    ],
)
def test_in_an_event_loop_the_asynchronous_method_is_named(call: Any, fix: str) -> None:
    async def inside() -> None:
        with pytest.raises(RuntimeError, match=f'loop is running in this thread; use {fix}'):
            call(Browser(Site(), PAGE))

    asyncio.run(inside())


def test_every_profile_has_every_call() -> None:
    for profile in PROFILES:
        browser = Browser(Site(*SHARE, STREAM), PAGE, profile=profile)
        assert browser.xhr('/').status == browser.event_source('/').reply.status == 200
        assert browser.submit('/').reached_server
        assert browser.beacon('/').reached_server
