# SPDX-License-Identifier: MIT-0
"""Forms: what a submission sends."""

from __future__ import annotations

from .bodies import (
    MULTIPART,
    URLENCODED,
    Content,
    Fields,
    Files,
    crlf,
    form_fields,
    form_files,
    multipart,
    urlencoded,
    utf8,
)

ENCTYPES = (URLENCODED, MULTIPART, 'text/plain')


def form_content(fields: Fields | None, files: Files | None, enctype: str) -> Content:
    """Encode a form (HTML, form submission algorithm). Line ends become CRLF.

    If the form isn't multipart, only the names of files are sent.
    """
    pairs = [(crlf(name), crlf(value)) for name, value in form_fields('fields', fields)]
    chosen = [] if files is None else form_files(files)
    if enctype == MULTIPART:
        return multipart(pairs, chosen)
    pairs += [(crlf(file.field), file.filename) for file in chosen]
    if enctype == URLENCODED:
        return Content(urlencoded(pairs).encode(), URLENCODED)
    lines = (f'{name}={value}\r\n' for name, value in pairs)
    return Content(utf8(''.join(lines)), enctype)


def form_query(fields: Fields | None, files: Files | None) -> str:
    """The query that a form with the method GET adds to its URL."""
    data = form_content(fields, files, URLENCODED).data or b''
    return '?' + data.decode()
