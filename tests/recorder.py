"""An ASGI application that notes what reaches it: in the model's process, or behind uvicorn."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import uvicorn

PAGE = b'<!doctype html><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">'
KEPT = {
    'accept', 'access-control-request-headers', 'access-control-request-method', 'cache-control',
    'content-type', 'last-event-id', 'origin', 'pragma', 'sec-fetch-dest', 'sec-fetch-mode',
    'sec-fetch-site', 'sec-fetch-user', 'sec-websocket-protocol',
}  # fmt: skip
COOKIES = {
    'none': 'SameSite=None; Secure',
    'lax': 'SameSite=Lax',
    'strict': 'SameSite=Strict',
    'unset': '',
}
EVENTS = b'retry: 1\nid: 7\nevent: news\ndata: a\ndata: b\n\n: remark\ndata:c\n\ndata\n\nlost'
SHARED = {
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'content-type, x-a',
    'access-control-allow-methods': 'PUT, PATCH',
    'access-control-expose-headers': 'X-Seen',
}
Note = dict[str, Any]


class Recorder:
    """Responds by path, and notes what arrives below ``/r/``; see :meth:`response`."""

    def __init__(self) -> None:
        self.notes: list[Note] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request or WebSocket."""
        headers = {name.decode(): value.decode('latin-1') for name, value in scope['headers']}
        path, body = scope['path'], b''
        if scope['type'] == 'http':
            while True:
                event = await receive()
                body += event.get('body', b'')
                if not event.get('more_body'):
                    break
        if path.startswith('/r/'):
            self.notes.append(note(scope, headers, body))
        if scope['type'] == 'websocket':
            await talk(path, scope, receive, send)
            return
        target = urllib.parse.parse_qs(scope['query_string'].decode()).get('to', [''])[0]
        status, fields, content = response(path, target, headers)
        lines = [(name.encode(), value.encode()) for name, value in fields]
        await send({'type': 'http.response.start', 'status': status, 'headers': lines})
        await send({'type': 'http.response.body', 'body': content})


def note(scope: Any, headers: dict[str, str], body: bytes) -> Note:
    """What is kept of a request; boundaries are written alike."""
    kept = {name: value for name, value in headers.items() if name in KEPT}
    text = body.decode('latin-1')
    if boundary := re.search('boundary=(.*)', headers.get('content-type', '')):
        kept['content-type'] = kept['content-type'].replace(boundary[1], 'B')
        text = text.replace(boundary[1], 'B')
    cookies = re.findall('([^=; ]+)=', headers.get('cookie', ''))
    method = scope.get('method', 'WEBSOCKET')
    query = scope['query_string'].decode()
    url = f'{headers["host"]}{scope["path"]}' + (f'?{query}' if query else '')
    return {'method': method, 'url': url, **kept, 'cookies': sorted(cookies), 'body': text}


def response(
    path: str, target: str, headers: dict[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """The response of a path: ``/r/open...`` shares, ``/r/closed...`` does not."""
    fields = [('cache-control', 'no-store')]
    if path == '/set':
        fields += [('set-cookie', f'{name}=1; Path=/; {rest}') for name, rest in COOKIES.items()]
    if path == '/sandboxed':
        fields.append(('content-security-policy', 'sandbox allow-scripts allow-forms'))
    if path.startswith('/unreferring'):
        fields.append(('referrer-policy', 'no-referrer'))
    if not path.startswith('/r/'):
        return 200, [*fields, ('content-type', 'text/html')], PAGE
    if path.startswith('/r/open') and 'origin' in headers:
        fields += [*SHARED.items(), ('access-control-allow-origin', headers['origin'])]
    if 'access-control-request-method' in headers:
        return 204, fields, b''
    fields += [('x-seen', '1'), ('x-hidden', '2')]
    kind = 'text/event-stream' if 'events' in path else 'text/plain'
    status = int((re.search('[0-9]{3}', path) or ['200'])[0])
    if target:
        fields.append(('location', target))
    if headers.get('sec-fetch-mode') == 'navigate' and not target:
        return 204, fields, b''  # the browser stays on its page
    content = b'' if status in {204, 307} else EVENTS if 'events' in path else b'text'
    return status, [*fields, ('content-type', kind)], content


async def talk(path: str, scope: Any, receive: Any, send: Any) -> None:
    """Serve a WebSocket: echo, refuse, or say goodbye."""
    await receive()
    if path.endswith('/refused'):
        await send({'type': 'websocket.close'})
        return
    offered = scope['subprotocols']
    await send({'type': 'websocket.accept', 'subprotocol': offered[-1] if offered else None})
    if path.endswith('/goodbye'):
        await send({'type': 'websocket.close', 'code': 4001, 'reason': 'bye'})
        return
    while (event := await receive())['type'] == 'websocket.receive':
        await send(
            {'type': 'websocket.send', 'text': event.get('text'), 'bytes': event.get('bytes')}
        )


@contextmanager
def served(app: Any, count: int = 2) -> Iterator[list[int]]:
    """Serve on some ports of this machine until the end of the block."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(count):
            listening = stack.enter_context(socket.create_server(('127.0.0.1', 0)))
            sockets.append(listening)
        config = uvicorn.Config(
            app, lifespan='off', log_level='critical', timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=asyncio.run, args=[server.serve(sockets)])
        thread.start()
        try:
            yield [listening.getsockname()[1] for listening in sockets]
        finally:
            server.should_exit = True
            thread.join(20)


def as_json(notes: list[Note]) -> str:
    """Notes, a line each."""
    return '\n'.join(json.dumps(note, sort_keys=True) for note in notes)
