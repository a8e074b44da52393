# SPDX-License-Identifier: MIT-0
"""Content codings: which ones can be decoded here, and how."""

from __future__ import annotations

import functools
import gzip
import importlib
import zlib
from collections.abc import Callable

from .exchange import Step

Decoder = Callable[[bytes], bytes]


def inflate(body: bytes) -> bytes:
    """Decode ``deflate``, with or without a zlib header. Browsers accept both."""
    try:
        return zlib.decompress(body)
    except zlib.error:
        return zlib.decompress(body, -zlib.MAX_WBITS)


@functools.cache
def decoders() -> dict[str, Decoder]:
    """A decoder for each supported coding. ``br`` and ``zstd`` need their packages."""
    found: dict[str, Decoder] = {'gzip': gzip.decompress, 'deflate': inflate}
    for coding, module in (('br', 'brotli'), ('zstd', 'zstandard')):
        try:
            found[coding] = importlib.import_module(module).decompress
        except ImportError:
            continue
    return found


def decode(step: Step) -> bytes:
    """A response's body after decoding, or unchanged if the coding isn't supported."""
    body = step.response_body
    codings = step.response_headers.get('Content-Encoding', '').lower().split(',')
    for coding in filter(None, map(str.strip, reversed(codings))):
        if coding == 'identity' or not body:
            continue
        try:
            body = decoders()[coding.removeprefix('x-')](body)
        except Exception:  # each package raises its own exceptions
            step.body_fault = step.body_fault or f'its Content-Encoding {coding} is malformed'
            return step.response_body
    return body
