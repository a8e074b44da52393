"""The wire recorder keeps what passed, bounded, and changes nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from demo.wire import MAX_BODY, MAX_EXCHANGES, MAX_KEYS, Receive, Recorder, Scope, Send, header_name


class Body(list[bytes]):
    closed = False

    def close(self) -> None:
        self.closed = True


def call_wsgi(app: Any, path: str = '/menu', **environ: str) -> tuple[str, list[bytes], Any]:
    environment: dict[str, Any] = {'PATH_INFO': path, 'QUERY_STRING': '', **environ}
    setup_testing_defaults(environment)
    statuses = []
    body = app(environment, lambda status, headers, exc_info: statuses.append(status))
    chunks = list(body)
    body.close()
    return statuses[0], chunks, body


def wsgi_app(chunks: Iterable[bytes]) -> Any:
    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response('200 OK', [('content-type', 'text/plain')])
        return chunks

    return app


def call_asgi(app: Any, **scope: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    defaults = {'method': 'GET', 'path': '/menu', 'query_string': b'', 'headers': []}
    asyncio.run(app({**defaults, **scope}, None, send))
    return sent


def asgi_app(status: int) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b'content-type', b'text/plain')]
        await send({'type': 'http.response.start', 'status': status, 'headers': headers})
        await send({'type': 'http.response.body', 'body': b'ry', 'more_body': True})
        await send({'type': 'http.response.body', 'body': b'e'})
        await send({'type': 'http.response.trailers', 'headers': []})

    return app


def test_wsgi_is_kept_and_passed_on() -> None:
    recorder = Recorder()
    body = Body([b'ry', b'e'])
    app = recorder.wsgi('key', wsgi_app(body))
    status, chunks, _ = call_wsgi(
        app, QUERY_STRING='a=1', HTTP_ORIGIN='https://a.example', CONTENT_TYPE='text/plain'
    )
    assert (status, chunks, body.closed) == ('200 OK', [b'ry', b'e'], True)
    (exchange,) = recorder.read('key')
    assert exchange['method'] == 'GET'
    assert exchange['path'] == '/menu?a=1'
    assert ('Content-Type', 'text/plain') in exchange['request_headers']
    assert ('Origin', 'https://a.example') in exchange['request_headers']
    assert exchange['status'] == '200 OK'
    assert exchange['response_headers'] == [('Content-Type', 'text/plain')]
    assert exchange['body'] == 'rye'


def test_a_body_without_close_is_passed_on() -> None:
    _, chunks, _ = call_wsgi(Recorder().wsgi('key', wsgi_app([b'rye'])))
    assert chunks == [b'rye']


def test_an_absent_content_type_is_not_invented() -> None:
    recorder = Recorder()
    call_wsgi(recorder.wsgi('key', wsgi_app([])), CONTENT_TYPE='')
    assert 'Content-Type' not in dict(recorder.read('key')[0]['request_headers'])


@pytest.mark.parametrize(('status', 'shown'), [(200, '200 OK'), (799, '799')])
def test_asgi_is_kept_and_passed_on(status: int, shown: str) -> None:
    recorder = Recorder()
    app = recorder.asgi('key', asgi_app(status))
    sent = call_asgi(app, query_string=b'a=1', headers=[(b'origin', b'https://a.example')])
    assert len(sent) == 4
    (exchange,) = recorder.read('key')
    assert exchange['path'] == '/menu?a=1'
    assert exchange['request_headers'] == [('Origin', 'https://a.example')]
    assert exchange['status'] == shown
    assert exchange['response_headers'] == [('Content-Type', 'text/plain')]
    assert exchange['body'] == 'rye'


def test_bodies_are_kept_up_to_a_limit() -> None:
    recorder = Recorder()
    call_wsgi(recorder.wsgi('key', wsgi_app([b'x' * (MAX_BODY - 1), b'yz', b'z'])))
    assert recorder.read('key')[0]['body'] == 'x' * (MAX_BODY - 1) + 'y'


def test_the_oldest_keys_are_forgotten() -> None:
    recorder = Recorder()
    for number in range(MAX_KEYS + 1):
        call_wsgi(recorder.wsgi(f'{number}', wsgi_app([])))
    assert recorder.read('0') == []
    assert len(recorder.read('1')) == len(recorder.read(f'{MAX_KEYS}')) == 1


def test_a_key_keeps_a_bounded_number_of_exchanges() -> None:
    recorder = Recorder()
    for _ in range(MAX_EXCHANGES + 5):
        call_wsgi(recorder.wsgi('key', wsgi_app([])))
    assert len(recorder.read('key')) == MAX_EXCHANGES


def test_an_unknown_key_has_nothing() -> None:
    assert Recorder().read('nothing') == []


def test_header_names_are_written_as_people_know_them() -> None:
    assert header_name('access-control-allow-origin') == 'Access-Control-Allow-Origin'


@pytest.mark.parametrize(
    ('events', 'shown'),
    [
        (['websocket.accept', 'websocket.close'], '101 Switching Protocols'),
        (['websocket.close'], '403 Forbidden'),
    ],
)
def test_a_handshake_is_kept(events: list[str], shown: str) -> None:
    recorder = Recorder()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for event in events:
            await send({'type': event})

    sent = call_asgi(recorder.asgi('key', app))
    assert [event['type'] for event in sent] == events
    assert recorder.read('key')[0]['status'] == shown
