"""Content codings: browsers accept them, so applications send them."""

from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from cors_browser import Browser
from cors_browser.content import decoders
from tests.unit.browser_support import API, CORS_OK, PAGE

PACKED = gzip.compress(b'body', mtime=0)


@pytest.fixture
def installed() -> Iterator[None]:
    """Look for packages again, before and after the test."""
    decoders.cache_clear()
    yield
    decoders.cache_clear()


def fetched(coding: str, body: bytes) -> tuple[bytes, str]:
    def app(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        assert 'gzip' in environ['HTTP_ACCEPT_ENCODING']
        start_response('200 OK', [*CORS_OK, ('Content-Encoding', coding)])
        return [body]

    reply = Browser(app, PAGE, api=API).fetch('/')
    return reply.body, reply.exchange.steps[0].body_fault


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ('coding', 'encode'),
    [
        ('gzip', gzip.compress),
        ('x-gzip', gzip.compress),
        ('GZIP', gzip.compress),
        ('deflate', zlib.compress),
        ('deflate', raw_deflate),
        ('gzip, deflate', lambda body: zlib.compress(gzip.compress(body))),
        ('identity', bytes),
        ('', bytes),
        (',gzip ,', gzip.compress),
    ],
)
def test_a_body_is_decoded(coding: str, encode: Callable[[bytes], bytes]) -> None:
    assert fetched(coding, encode(b'body' * 99)) == (b'body' * 99, '')


@pytest.mark.parametrize(
    ('coding', 'body'),
    [
        ('gzip', b'no'),
        ('gzip', PACKED[:-3]),
        ('deflate', b'no'),
        ('lzma', b'no'),
    ],
)
def test_a_malformed_body_stays_as_it_is(coding: str, body: bytes) -> None:
    assert fetched(coding, body) == (body, f'its Content-Encoding {coding} is malformed')


def test_an_empty_body_has_no_coding() -> None:
    assert fetched('gzip', b'') == (b'', '')


@pytest.mark.usefixtures('installed')
def test_packages_bring_further_codings(monkeypatch: pytest.MonkeyPatch) -> None:
    class Package:
        @staticmethod
        def decompress(body: bytes) -> bytes:
            return body[::-1]

    for name in ('brotli', 'zstandard'):
        monkeypatch.setitem(sys.modules, name, None)
    assert [*decoders()] == ['gzip', 'deflate']
    decoders.cache_clear()
    monkeypatch.setitem(sys.modules, 'brotli', Package)
    assert [*decoders()] == ['gzip', 'deflate', 'br']
    assert fetched('br', b'ydob') == (b'body', '')
