# SPDX-License-Identifier: MIT-0
"""The bodies of requests: what a page can pass, and the bytes and Content-Type it turns into."""

from __future__ import annotations

import hashlib
import json as json_module
import re
import urllib.parse
from collections.abc import AsyncIterable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeGuard, cast

Buffer = bytes | bytearray | memoryview
Field = str | int | float
Fields = Mapping[str, Field | Sequence[Field]] | Sequence[tuple[str, Field]]
Body = str | Buffer | Fields | Iterable[bytes] | AsyncIterable[bytes] | None
#: The content of a file; its name and content; or its name, content and Content-Type.
File = str | Buffer | tuple[str, str | Buffer] | tuple[str, str | Buffer, str]
Files = Mapping[str, File | list[File]] | Sequence[tuple[str, File]]
URLENCODED, MULTIPART = 'application/x-www-form-urlencoded', 'multipart/form-data'


class Content(NamedTuple):
    """The bytes of a body, if there is one, and its default Content-Type."""

    data: bytes | None = None
    type: str | None = None
    is_stream: bool = False


def extract_body(body: Body, json: object = None, files: Files | None = None) -> Content:
    """Turn what a page passes into bytes (#concept-bodyinit-extract).

    Raises:
        TypeError: A value has a type that can't be sent.
        ValueError: Two of the arguments exclude each other, or JSON has no such value.
    """
    if json is not None:
        if body is not None or files is not None:
            raise ValueError('json: given together with `body` or `files`; leave one of them out')
        return Content(json_text(json).encode(), 'application/json')
    if files is not None:
        return multipart(form_fields('body', body), form_files(files))
    if body is None:
        return Content()
    if isinstance(body, str):
        return Content(utf8(body), 'text/plain;charset=UTF-8')
    if isinstance(body, Buffer):
        return Content(bytes(body))
    if isinstance(body, Mapping) or is_pairs(body):
        text = urlencoded(form_fields('body', body))
        return Content(text.encode(), f'{URLENCODED};charset=UTF-8')
    return Content(joined(body), is_stream=True)


async def read_stream(chunks: AsyncIterable[bytes]) -> Iterable[bytes]:
    """Read a stream that only an event loop can read."""
    return iter([chunk async for chunk in chunks])


def joined(chunks: object) -> bytes:
    """The bytes of a stream."""
    fix = 'pass a str, bytes, a mapping, a list of pairs, or an iterable of bytes'
    if not isinstance(chunks, Iterable):
        raise TypeError(f'body: {chunks!r} is of type {type(chunks).__name__}; {fix}')
    parts: list[bytes] = []
    for chunk in cast('Iterable[object]', chunks):
        if not isinstance(chunk, Buffer):
            kind = type(chunk).__name__
            raise TypeError(f'body: the stream has {chunk!r} of type {kind} in it; {fix}')
        parts.append(bytes(chunk))
    return b''.join(parts)


def is_pairs(body: object) -> TypeGuard[Sequence[tuple[str, Field]]]:
    """Whether a body is a list of names and values, not of the chunks of a stream."""
    return isinstance(body, list | tuple) and not any(isinstance(item, Buffer) for item in body)


def utf8(text: str) -> bytes:
    """Encode text; half a surrogate pair becomes U+FFFD, as in JavaScript."""
    return text.encode('utf-16-le', 'surrogatepass').decode('utf-16-le', 'replace').encode()


def json_text(value: object) -> str:
    """Serialize a value like ``JSON.stringify``."""
    try:
        text = json_module.dumps(value, ensure_ascii=False, separators=(',', ':'), allow_nan=False)
    except TypeError as error:
        raise TypeError(f'json: {error}; pass dicts, lists, text, numbers, True or None') from None
    except ValueError as error:
        raise ValueError(f'json: {error}; JSON.stringify would write null') from None
    return re.sub('[\ud800-\udfff]', lambda half: f'\\u{ord(half[0]):04x}', text)


def form_fields(argument: str, body: object) -> list[tuple[str, str]]:
    """The fields of a form, one for each value: a list of values repeats the field."""
    if body is None:
        return []
    if isinstance(body, Mapping):
        fields = [
            (name, value)
            for name, values in cast('Mapping[object, object]', body).items()
            for value in (values if isinstance(values, list | tuple) else [values])
        ]
    elif is_pairs(body):
        fields = [checked_pair(argument, pair) for pair in body]
    else:
        fix = 'pass the fields as a mapping or as a list of pairs'
        raise TypeError(f'{argument}: {body!r} is of type {type(body).__name__}; {fix}')
    named = [(name_text(argument, name), value) for name, value in fields]
    return [(name, value_text(argument, name, value)) for name, value in named]


def checked_pair(argument: str, pair: object) -> tuple[object, object]:
    """Return a pair, or raise TypeError if it isn't one."""
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise TypeError(f"{argument}: {pair!r} is not a pair; write ('name', 'value')")
    return pair[0], pair[1]


def name_text(argument: str, name: object) -> str:
    """The name of a field."""
    if not isinstance(name, str):
        kind = type(name).__name__
        raise TypeError(f'{argument}: the name {name!r} is of type {kind}; write text (str)')
    return name


def value_text(argument: str, name: str, value: object) -> str:
    """The value of a field; ``True`` and ``None`` differ between Python and JavaScript."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    fix = "write the text that JavaScript sends, such as 'true' or 'null'"
    kind = type(value).__name__
    raise TypeError(f'{argument}: the value of {name!r} is {value!r} of type {kind}; {fix}')


def urlencoded(fields: Iterable[tuple[str, str]]) -> str:
    """Serialize fields like URLSearchParams (URL Standard, urlencoded serializing)."""
    return '&'.join(f'{percent_encoded(name)}={percent_encoded(value)}' for name, value in fields)


def percent_encoded(text: str) -> str:
    """Percent-encode like URLSearchParams, which treats ``*`` and ``~`` differently from Python."""
    return urllib.parse.quote_plus(utf8(text), safe='*').replace('~', '%7E')


class FormFile(NamedTuple):
    """A file of a form."""

    field: str
    filename: str
    data: bytes
    type: str


def form_files(files: object) -> list[FormFile]:
    """The files of a form, one for each value."""
    if isinstance(files, Mapping):
        pairs = [
            (name, file)
            for name, values in cast('Mapping[object, object]', files).items()
            for file in (values if isinstance(values, list) else [values])
        ]
    elif isinstance(files, list | tuple):
        pairs = [checked_pair('files', pair) for pair in files]
    else:
        fix = "pass a mapping such as {'photo': ('cat.png', b'...', 'image/png')}"
        raise TypeError(f'files: {files!r} is of type {type(files).__name__}; {fix}')
    return [form_file(name_text('files', name), file) for name, file in pairs]


def form_file(field: str, file: object) -> FormFile:
    """One file. Without a name, it's called ``blob``, like a Blob in a FormData."""
    parts = file if isinstance(file, tuple) else ('blob', file)
    match parts:
        case (str(filename), str() | bytes() | bytearray() | memoryview() as data, *rest):
            kind = rest[0] if rest else 'application/octet-stream'
            if isinstance(kind, str) and len(parts) <= 3:
                data = utf8(data) if isinstance(data, str) else bytes(data)
                return FormFile(field, filename, data, kind)
    fix = "pass the content, or ('cat.png', content), or ('cat.png', content, 'image/png')"
    raise TypeError(f'files: the value of {field!r} is {file!r}; {fix}')


def multipart(fields: list[tuple[str, str]], files: list[FormFile]) -> Content:
    """Serialize a FormData (HTML, multipart/form-data encoding algorithm).

    The boundary depends only on the content, so that tests are repeatable.
    """
    entries = [(f'name="{escaped(crlf(name))}"', utf8(crlf(value))) for name, value in fields]
    for file in files:
        names = f'name="{escaped(crlf(file.field))}"; filename="{escaped(file.filename)}"'
        entries.append((f'{names}\r\nContent-Type: {file.type}', file.data))
    digest = hashlib.sha256(repr(entries).encode()).hexdigest()[:16]
    boundary = f'----CorsBrowserFormBoundary{digest}'
    start = f'--{boundary}\r\nContent-Disposition: form-data; '
    parts = [utf8(f'{start}{head}\r\n\r\n') + data + b'\r\n' for head, data in entries]
    end = f'--{boundary}--\r\n'.encode()
    return Content(b''.join([*parts, end]), f'{MULTIPART}; boundary={boundary}')


def crlf(text: str) -> str:
    """Normalize line ends, like forms."""
    return re.sub('\r\n|\r|\n', '\r\n', text)


def escaped(name: str) -> str:
    """Escape a name inside a part's header."""
    return name.replace('\r', '%0D').replace('\n', '%0A').replace('"', '%22')
