"""WebSockets of running servers, and how bare a server's response to a crash is."""

from __future__ import annotations

import asyncio
import importlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cors_browser import Blocked, Browser, SocketClosed, Unreachable
from tests.recorder import Recorder, served

PAGE = 'https://app.example.com'


@pytest.fixture
def recorder() -> Iterator[tuple[Recorder, str]]:
    app = Recorder()
    with served(app, count=1) as (port,):
        yield app, f'http://127.0.0.1:{port}'


def test_a_conversation_with_a_running_server(recorder: tuple[Recorder, str]) -> None:
    app, api = recorder
    browser = Browser(api, 'http://127.0.0.1')
    browser.cookies.set(api, 'sid=1')
    with browser.websocket('/r/talk', ['chat', 'v2']) as opened:
        opened.send('é')
        opened.send(b'b')
        assert (opened.receive(), opened.receive(), opened.protocol) == ('é', b'b', 'v2')
        assert opened.exchange.steps[0].status == 101
    (note,) = app.notes
    assert (note['origin'], note['cookies']) == ('http://127.0.0.1', ['sid'])
    assert note['sec-websocket-protocol'] == 'chat, v2'


def test_a_conversation_in_an_event_loop(recorder: tuple[Recorder, str]) -> None:
    async def inside() -> None:
        async with await Browser(recorder[1], PAGE[:4] + '://a').awebsocket('/r/talk') as opened:
            await opened.asend('a')
            assert await opened.areceive() == 'a'

    asyncio.run(inside())


def test_a_running_server_refuses_and_closes(recorder: tuple[Recorder, str]) -> None:
    browser = Browser(recorder[1], 'null')
    with pytest.raises(Blocked, match='the response to the handshake is 403, not 101'):
        browser.websocket('/r/refused')
    opened = browser.websocket('/r/goodbye')
    with pytest.raises(SocketClosed) as caught:
        opened.receive()
    assert (caught.value.code, caught.value.reason) == (4001, 'bye')


def test_no_message_in_time(recorder: tuple[Recorder, str]) -> None:
    opened = Browser(recorder[1], 'null').websocket('/r/talk')
    vars(vars(opened)['_transport'])['_seconds'] = 1e-6
    with pytest.raises(TimeoutError, match='no message within 1e-06 seconds'):
        opened.receive()
    opened.close()


@contextmanager
def raw_server(respond: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that accepts one connection and does something with it."""
    with socket.create_server(('127.0.0.1', 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                respond(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f'http://127.0.0.1:{listening.getsockname()[1]}'
        thread.join(10)


def test_a_server_without_a_response() -> None:
    with (
        raw_server(lambda connection: connection.recv(9999)) as api,
        pytest.raises(Unreachable) as caught,
    ):
        Browser(api, 'null').websocket('/')
    assert caught.value.kind == 'closed'


def test_a_server_without_a_response_in_time() -> None:
    done = threading.Event()
    with raw_server(lambda connection: done.wait(10)) as api:
        with pytest.raises(Unreachable) as caught:
            Browser(api, 'null', timeout=0.1).websocket('/')
        done.set()
    assert caught.value.kind == 'timeout'


def test_a_connection_that_breaks() -> None:
    import websockets.server

    def accept(connection: socket.socket) -> None:
        protocol = websockets.server.ServerProtocol()
        protocol.receive_data(connection.recv(9999))
        (request,) = protocol.events_received()
        protocol.send_response(protocol.accept(request))  # type: ignore[arg-type]
        for data in protocol.data_to_send():
            connection.sendall(data)

    with raw_server(accept) as api:
        opened = Browser(api, 'null').websocket('/')
        with pytest.raises(SocketClosed) as caught:
            opened.receive()
    assert caught.value.code == 1006


async def crash(scope: Any, receive: Any, send: Any) -> None:
    raise ZeroDivisionError


def test_a_crash_looks_as_it_does_on_uvicorn() -> None:
    with served(crash, count=1) as (port,):
        live = Browser(f'http://127.0.0.1:{port}', f'http://127.0.0.1:{port}').fetch('/')
    model = Browser(crash, 'http://a', api='http://a', raise_app_exceptions=False).fetch('/')
    assert (live.status, live.body) == (model.status, model.body)
    added = {'date', 'server'}
    assert {**live.headers}.keys() - added == {**model.headers}.keys()
    assert all(live.headers[name] == value for name, value in model.headers.items())


def crash_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    raise ZeroDivisionError


def test_a_crash_looks_as_it_does_on_gunicorn() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        importlib.import_module('gunicorn.util').write_error(
            theirs, 500, 'Internal Server Error', ''
        )
        head, _, body = ours.recv(9999).partition(b'\r\n\r\n')
    status, *lines = head.decode().split('\r\n')
    model = Browser(crash_wsgi, 'http://a', api='http://a', raise_app_exceptions=False).fetch('/')
    assert (status, body) == (f'HTTP/1.1 {model.status} Internal Server Error', model.body)
    assert sorted(lines) == sorted(f'{n.title()}: {v}' for n, v in model.headers.items())
