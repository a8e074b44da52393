"""What bodies become on the wire, and that applications read them back."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.parse
from collections.abc import AsyncIterator, Callable
from typing import Any

import falcon
import falcon.asgi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cors_browser import Browser
from cors_browser.bodies import extract_body

PAGE, API = 'https://app.example.com', 'https://api.example.com'
FORM = 'application/x-www-form-urlencoded;charset=UTF-8'


@pytest.mark.parametrize(
    ('body', 'data', 'kind'),
    [
        ('é', b'\xc3\xa9', 'text/plain;charset=UTF-8'),
        ('\ud800', b'\xef\xbf\xbd', 'text/plain;charset=UTF-8'),
        ('\ud83d\ude00', '😀'.encode(), 'text/plain;charset=UTF-8'),
        (b'a', b'a', None),
        (bytearray(b'a'), b'a', None),
        (memoryview(b'ab')[1:], b'b', None),
        ({'a': '1'}, b'a=1', FORM),
        ({'a': ['1', '2'], 'b': ()}, b'a=1&a=2', FORM),
        ({'name': 1, 'b': 2.5}, b'name=1&b=2.5', FORM),
        ([('a', '1'), ('b', '2'), ('a', '3')], b'a=1&b=2&a=3', FORM),
        ((('a', '1'),), b'a=1', FORM),
        ([['a', '1']], b'a=1', FORM),
        ([], b'', FORM),
        ({}, b'', FORM),
        ({' *-._~é&=+': '\n'}, b'+*-._%7E%C3%A9%26%3D%2B=%0A', FORM),
        ([b'a', bytearray(b'b'), memoryview(b'c')], b'abc', None),
        (iter([b'a', b'b']), b'ab', None),
        ((chunk for chunk in [b'a']), b'a', None),
        (io.BytesIO(b'a\nb'), b'a\nb', None),
    ],
)
def test_bytes_and_types(body: Any, data: bytes, kind: str | None) -> None:
    assert extract_body(body)[:2] == (data, kind)


@pytest.mark.parametrize(
    ('value', 'text'),
    [
        ({'a': 'é', 'b': [1, 2.5, True, None]}, '{"a":"é","b":[1,2.5,true,null]}'),
        ('\ud800', '"\\ud800"'),
        ('\u2028', '"\u2028"'),
        (0, '0'),
        (False, 'false'),
    ],
)
def test_json_is_written_as_in_javascript(value: Any, text: str) -> None:
    assert extract_body(None, value)[:2] == (text.encode(), 'application/json')


@given(st.lists(st.tuples(st.text(), st.text())))
def test_lists_of_pairs_can_be_read_back(pairs: list[tuple[str, str]]) -> None:
    data = extract_body(pairs).data or b''
    back = urllib.parse.parse_qsl(data.decode(), keep_blank_values=True, errors='surrogatepass')
    assert back == [(a, b) for a, b in pairs]


@given(st.lists(st.tuples(st.text(), st.binary())), st.lists(st.tuples(st.text(), st.text())))
def test_no_boundary_is_in_a_file(files: Any, fields: Any) -> None:
    data, kind, _ = extract_body(fields, files=files)
    assert data is not None
    assert kind is not None
    boundary = kind.partition('boundary=')[2].encode()
    assert data.count(boundary) == len(files) + len(fields) + 1
    assert extract_body(fields, files=files) == (data, kind, False)


def test_multipart_is_written_as_browsers_write_it() -> None:
    data, kind, is_stream = extract_body(
        {'note': 'a\nb', 'tag': ['x', 'y']},
        files={'p"h\n': ('c"a\nt.png', b'\x00\n', 'image/png'), 'b': [b'1', ('2.txt', 'é')]},
    )
    assert kind is not None
    line = b'--' + kind.partition('boundary=')[2].encode()
    disposition = b'Content-Disposition: form-data; '
    assert (data or b'').split(line) == [
        b'',
        b'\r\n' + disposition + b'name="note"\r\n\r\na\r\nb\r\n',
        b'\r\n' + disposition + b'name="tag"\r\n\r\nx\r\n',
        b'\r\n' + disposition + b'name="tag"\r\n\r\ny\r\n',
        b'\r\n' + disposition + b'name="p%22h%0D%0A"; filename="c%22a%0At.png"\r\n'
        b'Content-Type: image/png\r\n\r\n\x00\n\r\n',
        b'\r\n' + disposition + b'name="b"; filename="blob"\r\n'
        b'Content-Type: application/octet-stream\r\n\r\n1\r\n',
        b'\r\n' + disposition + b'name="b"; filename="2.txt"\r\n'
        b'Content-Type: application/octet-stream\r\n\r\n\xc3\xa9\r\n',
        b'--\r\n',
    ]
    assert not is_stream


class Upload:
    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = [
            [part.name, part.filename, part.content_type, part.stream.read().decode()]
            for part in req.get_media()
        ]


class UploadAsync:
    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        resp.media = [
            [part.name, part.filename, part.content_type, (await part.stream.read()).decode()]
            async for part in await req.get_media()
        ]


@pytest.fixture(params=['wsgi', 'asgi'])
def app(request: pytest.FixtureRequest) -> Callable[..., Any]:
    found: Any = falcon.App() if request.param == 'wsgi' else falcon.asgi.App()
    found.add_middleware(falcon.CORSMiddleware())
    found.add_route('/upload', Upload() if request.param == 'wsgi' else UploadAsync())
    return found  # type: ignore[no-any-return]


def test_falcon_reads_what_a_page_uploads(app: Callable[..., Any]) -> None:
    reply = Browser(app, PAGE).fetch(
        '/upload', 'POST', body={'name': 'x'}, files={'photo': ('cat.png', b'123', 'image/png')}
    )
    assert reply.json() == [
        ['name', None, 'text/plain', 'x'],
        ['photo', 'cat.png', 'image/png', '123'],
    ]
    assert not reply.exchange.preflights


async def chunks() -> AsyncIterator[bytes]:
    for chunk in (b'a', b'b'):
        await asyncio.sleep(0)
        yield chunk


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response('200 OK', [('Access-Control-Allow-Origin', '*')])
    return [environ['wsgi.input'].read()]


async def echo_async(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b'access-control-allow-origin', b'*')]
    await send({'type': 'http.response.start', 'status': 200, 'headers': headers})
    await send({'type': 'http.response.body', 'body': (await receive())['body']})


@pytest.mark.parametrize('target', [echo, echo_async])
def test_asynchronous_streams(target: Any) -> None:
    browser = Browser(target, PAGE)
    assert browser.fetch('/', 'POST', body=chunks()).body == b'ab'
    assert asyncio.run(Browser(target, PAGE).afetch('/', 'POST', body=chunks())).body == b'ab'
    with pytest.raises(TypeError, match=r'^body: the stream has 1 of type int in it'):
        browser.fetch('/', 'POST', body=(number async for number in numbers()))


async def numbers() -> AsyncIterator[Any]:
    yield 1


def test_json_reaches_the_application() -> None:
    reply = Browser(echo, API).fetch('/', 'POST', json={'name': 'ß'})
    assert json.loads(reply.body) == {'name': 'ß'}
