# SPDX-License-Identifier: MIT-0
"""What a policy accepts, refuses with which words, and matches."""

import asyncio
import dataclasses
import functools
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from falcon.routing import IntConverter

import cors
from cors import CORSMiddleware, Decision, Policy, PolicyError, Reason

ACCEPTED = [
    'https://example.com',
    'https://app.example.com',
    'https://a.b.c.d.example.com',
    'https://example.com:8443',
    'https://example.com:1',
    'https://example.com:65535',
    'https://example.com:80',
    'http://example.com',
    'http://example.com:443',
    'http://example.com:8080',
    'http://localhost',
    'http://localhost:3000',
    'https://localhost:5173',
    'http://app.localhost:3000',
    'http://intranet',
    'https://intranet:8443',
    'http://127.0.0.1',
    'http://127.0.0.1:8000',
    'https://192.168.1.10',
    'http://[::1]',
    'http://[::1]:8080',
    'https://[2001:db8::1]',
    'https://[2001:db8:0:1::1]:8443',
    'https://[::ffff:c0a8:10a]',
    'https://xn--fa-hia.de',
    'https://xn--bcher-kva.example',
    'https://my_app.example.com',
    'https://-dash.example.com',
    'https://a--b.example.com',
    'https://1.example.com',
    'https://123abc.com',
    'https://example.0xyz.com',
    'https://example.com.',
    'https://example.com.:8443',
    'http://localhost.',
    'https://*.example.com.',
    'https://com',
    'https://' + 'a' * 63 + '.com',
    'https://' + '.'.join(['a' * 49] * 5),
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://localhost:3000',
    'vscode-webview://0a1b2c',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://c0ffee00-1234-5678-9abc-def012345678',
    'safari-web-extension://E79E1B1C-0000-4000-8000-0123456789AB',
    'https://*.example.com',
    'http://*.example.com',
    'https://*.app.example.com',
    'https://*.example.com:8443',
    'https://*.example.com:*',
    'https://example.com:*',
    'http://localhost:*',
    'http://*.localhost:*',
    'http://127.0.0.1:*',
    'http://[::1]:*',
    'https://*.example.co.uk',
    'https://*.xn--fa-hia.de',
    'https://*.team.internal',
]

REFUSED = [
    ('', 'has no scheme'),
    ('example.com', "has no scheme, so no browser ever sends it; did you mean 'https://example.com'?"),
    ('localhost:3000', "did you mean 'http://localhost:3000'?"),
    ('127.0.0.1:8000', "did you mean 'http://127.0.0.1:8000'?"),
    ('//example.com', "did you mean 'https://example.com'?"),
    ('app.example.com/path', "did you mean 'https://app.example.com'?"),
    ('https:example.com', 'has no scheme'),
    ('https:/example.com', 'has no scheme'),
    ('https://example.com/', "trailing slash or a query, which aren't part of an origin; "
     "did you mean 'https://example.com'?"),
    ('https://example.com/path', "did you mean 'https://example.com'?"),
    ('https://example.com:8443/', "did you mean 'https://example.com:8443'?"),
    ('https://example.com?x=1', 'query'),
    ('https://example.com#top', "did you mean 'https://example.com'?"),
    ('https://example.com\\', 'part of an origin'),
    ('https://evil.com/.example.com', "did you mean 'https://evil.com'?"),
    ('https://user@example.com', "user information, which isn't part of an origin; "
     "did you mean 'https://example.com'?"),
    ('https://user:secret@example.com', 'user information'),
    ('HTTPS://example.com', "upper-case letters, but browsers send lower-case ones; "
     "did you mean 'https://example.com'?"),
    ('https://Example.com', "did you mean 'https://example.com'?"),
    ('https://EXAMPLE.COM:8443', "did you mean 'https://example.com:8443'?"),
    ('Capacitor://localhost', "did you mean 'capacitor://localhost'?"),
    ('http://example.com:80', "includes the default port, which browsers omit; "
     "did you mean 'http://example.com'?"),
    ('https://example.com:443', "did you mean 'https://example.com'?"),
    ('https://[::1]:443', "did you mean 'https://[::1]'?"),
    ('https://example.com:', 'a number from 1 to 65535'),
    ('https://example.com:0', 'a number from 1 to 65535'),
    ('https://example.com:08443', 'a number from 1 to 65535'),
    ('https://example.com:65536', 'a number from 1 to 65535'),
    ('https://example.com:123456', 'a number from 1 to 65535'),
    ('https://example.com:http', 'a number from 1 to 65535'),
    ('https://example.com:-1', 'a number from 1 to 65535'),
    ('https://example.com:+80', 'a number from 1 to 65535'),
    ('https://example.com:8 0', 'a number from 1 to 65535'),
    ('http://localhost:', 'a number from 1 to 65535'),
    ('https://', 'empty'),
    ('https://:8443', 'empty'),
    ('https://.', 'empty'),
    ('https://.example.com', 'host with an empty label'),
    ('https://example..com', 'host with an empty label'),
    ('https://example.com..', 'host with an empty label'),
    ('http://127.0.0.1.', "IPv4 address that isn't in canonical form"),
    ('https://*.com.', 'public suffix'),
    ('"https://example.com"', "has quotes or brackets around it; "
     "did you mean 'https://example.com'?"),
    ("'https://example.com'", "did you mean 'https://example.com'?"),
    ('`https://example.com`', "did you mean 'https://example.com'?"),
    ('"https://example.com/"', "did you mean 'https://example.com'?"),
    ('"example.com"', "did you mean 'https://example.com'?"),
    ('["https://example.com"]', "did you mean 'https://example.com'?"),
    ('""', 'quotes or brackets'),
    ('https://a.example;https://b.example', "is several origins in one string; pass a list: "
     "['https://a.example', 'https://b.example']"),
    ('https://a.example; https://b.example;', "['https://a.example', 'https://b.example']"),
    ('https://a.example https://b.example', "['https://a.example', 'https://b.example']"),
    ('https://a.example\nhttps://b.example', "['https://a.example', 'https://b.example']"),
    ('"https://a.example", "https://b.example"', "['https://a.example', 'https://b.example']"),
    ("['https://a.example', 'https://b.example']", "['https://a.example', 'https://b.example']"),
    (r'https://example\.com', 'is a regular expression, but origins are compared as text'),
    (r'^https://example.com$', 'or pass a callable that uses re.fullmatch'),
    (r'https://.*\.example\.com', 'write https://*.example.com for subdomains'),
    (r'https://(a|b).example.com', 'is a regular expression'),
    ('FILE://', "pages send 'null' as their origin; serve the page with http:// or https://"),
    ('https://' + 'a' * 64 + '.com', 'more than 63'),
    ('https://' + '.'.join(['a' * 50] * 5), 'too long'),
    ('https://exa mple.com', 'characters that hosts never have'),
    ('https://exa\tmple.com', 'characters that hosts never have'),
    ('https://example.com\n', "did you mean 'https://example.com'?"),
    (' https://example.com', "did you mean 'https://example.com'?"),
    ('https://example.com ', "did you mean 'https://example.com'?"),
    ('https://example.com%20', 'characters that hosts never have'),
    ('https://exa`mple.com', 'characters that hosts never have'),
    ('https://exam|ple.com', 'characters that hosts never have'),
    ('https://exam^ple.com', 'characters that hosts never have'),
    ('https://<evil>', 'characters that hosts never have'),
    ('https://a.example,https://b.example', "pass a list: ['https://a.example', 'https://b.example']"),
    ('https://a.example, https://b.example', "pass a list: ['https://a.example', 'https://b.example']"),
    ('https://a.example https://b.example', 'several origins in one string; pass a list: ['),
    ('http://0x7f.1', "IPv4 address that isn't in canonical form"),
    ('http://127.1', 'IPv4'),
    ('http://127.0.0.01', 'IPv4'),
    ('http://256.0.0.1', 'IPv4'),
    ('http://2130706433', 'IPv4'),
    ('http://example.0x7f', 'IPv4'),
    ('http://1.2.3.4.5', 'IPv4'),
    ('http://[0:0:0:0:0:0:0:1]', "IPv6 address that isn't in canonical form"),
    ('http://[2001:DB8::1]', 'upper-case'),
    ('http://[2001:db8::0001]', 'IPv6'),
    ('http://[::ffff:192.168.1.10]', 'IPv6'),
    ('http://[fe80::1%eth0]', 'IPv6'),
    ('http://[::1', 'IPv6'),
    ('http://[]', 'IPv6'),
    ('http://[example.com]', 'IPv6'),
    ('http://[::1]x', 'a number from 1 to 65535'),
    ('null', 'sandboxed frames and local files send, so any site can send it'),
    ('file://', "pages send 'null' as their origin; serve the page with http:// or https://"),
    ('file:///home/me/index.html', "pages send 'null'"),
    ('data://x', "pages send 'null'"),
    ('blob://x', "pages send 'null'"),
    ('javascript://x', "pages send 'null'"),
    ('about:blank', 'has no scheme'),
    ('ws://example.com', "address of a WebSocket; its origin is that of the page that opens it; "
     "did you mean 'http://example.com'?"),
    ('wss://example.com', "did you mean 'https://example.com'?"),
    ('://example.com', 'malformed scheme'),
    ('1http://example.com', 'malformed scheme'),
    ('ht_tp://example.com', 'malformed scheme'),
    ('*', "can't be in a list; pass allow_origins='*'"),
    ('*://example.com', "has a * in a place where it isn't supported"),
    ('https://*', "has a * in a place where it isn't supported"),
    ('https://**.example.com', "has a * in a place where it isn't supported"),
    ('https://*.*.example.com', "has a * in a place where it isn't supported"),
    ('https://*example.com', "has a * in a place where it isn't supported"),
    ('https://ex*mple.com', "has a * in a place where it isn't supported"),
    ('https://example.*', "has a * in a place where it isn't supported"),
    ('https://app.*.example.com', "has a * in a place where it isn't supported"),
    ('https://example.com:8*', "has a * in a place where it isn't supported"),
    ('https://example.com:*/', "has a * in a place where it isn't supported"),
    ('*.example.com', "has a * in a place where it isn't supported"),
    ('example.com:*', "has a * in a place where it isn't supported"),
    ('capacitor://*.localhost', "has a * in a place where it isn't supported"),
    ('chrome-extension://*', "has a * in a place where it isn't supported"),
    ('https://*.', 'empty'),
    ('https://*.Example.com', "did you mean 'https://*.example.com'?"),
    ('https://*.example.com/', "did you mean 'https://*.example.com'?"),
    ('https://*.example.com:443', "did you mean 'https://*.example.com'?"),
    ('https://*.127.0.0.1', 'subdomains of an IP address'),
    ('https://*.[::1]', 'subdomains of an IP address'),
    ('https://*.null', 'public suffix'),
    ('https://*.com', 'allows other sites, because anyone can get a name below this public suffix'),
    ('https://*.co.uk', 'public suffix'),
    ('https://*.github.io', 'public suffix'),
    ('https://*.netlify.app:8443', 'public suffix'),
    ('https://*.vercel.app', 'public suffix'),
    ('https://*.internal', 'public suffix'),
    ('https://faß.de', "browsers send such hosts as punycode; did you mean 'https://xn--fa-hia.de'?"),
    ('https://bücher.example', "did you mean 'https://xn--bcher-kva.example'?"),
    ('https://exämple.com:8443/x', "did you mean 'https://xn--exmple-cua.com:8443'?"),
    ('https://💩☃.example\ud800', 'location.origin'),
    ('https://example.com:\uff18\uff10', "isn't ASCII"),
]  # fmt: skip


def faults_of(**arguments: Any) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as caught:
        Policy(**arguments)
    return caught.value.faults


def test_the_tables_are_as_large_as_promised() -> None:
    assert len(ACCEPTED) + len(REFUSED) >= 100
    assert len(MATCHES) >= 80


@pytest.mark.parametrize('origin', ACCEPTED)
def test_origins_accepted(origin: str) -> None:
    assert Policy(allow_origins=origin).allow_origins == (origin,)
    if '*' not in origin:
        assert Policy(allow_origins=[origin]).allows(origin)
        assert Policy(allow_origins=lambda _: True).call(origin) is True


@pytest.mark.parametrize(('origin', 'text'), REFUSED)
def test_origins_refused(origin: str, text: str) -> None:
    (fault,) = faults_of(allow_origins=[origin])
    assert fault.startswith(f'allow_origins: {origin!r} ')
    assert text in fault
    assert fault.count(';') >= 1, 'every fault has a reason and a mend'


@pytest.mark.parametrize(('origin', 'text'), REFUSED)
def test_what_is_refused_is_never_asked_about(origin: str, text: str) -> None:
    asked: list[str] = []

    def remember(one: str) -> bool:
        asked.append(one)
        return True

    policy = Policy(allow_origins=remember)
    assert policy.call(origin) is None
    assert not asked
    assert not policy.decide(origin, verdict=True).allowed


@pytest.mark.parametrize(('origin', 'text'), REFUSED)
def test_a_suggested_mend_is_accepted(origin: str, text: str) -> None:
    (fault,) = faults_of(allow_origins=[origin])
    for better in re.findall("did you mean '(.*)'", fault):
        assert Policy(allow_origins=better).allow_origins == (better,)


# Pattern, origin, does it match?
MATCHES = [
    ('https://example.com', 'https://example.com', True),
    ('https://example.com', 'http://example.com', False),
    ('https://example.com', 'https://example.com:443', False),
    ('https://example.com', 'https://example.com:8443', False),
    ('https://example.com', 'https://example.com.', False),
    ('https://example.com.', 'https://example.com.', True),
    ('https://example.com.', 'https://example.com', False),
    ('https://*.example.com.', 'https://app.example.com.', True),
    ('https://*.example.com.', 'https://app.example.com', False),
    ('https://example.com.:*', 'https://example.com.:8443', True),
    ('https://example.com', 'https://example.com/', False),
    ('https://example.com', 'https://EXAMPLE.com', False),
    ('https://example.com', ' https://example.com', False),
    ('https://example.com', 'https://example.com ', False),
    ('https://example.com', 'https://app.example.com', False),
    ('https://example.com', 'https://notexample.com', False),
    ('https://example.com', 'https://example.com.evil.com', False),
    ('https://example.com', 'https://example.comevil', False),
    ('https://example.com', 'https://example', False),
    ('https://example.com', 'https://evil.com', False),
    ('https://example.com', 'https://user@example.com', False),
    ('https://example.com', 'https://example.com,https://example.com', False),
    ('https://example.com', 'https://example.com, https://example.com', False),
    ('https://example.com', 'https://example.com https://evil.com', False),
    ('https://example.com', 'null', False),
    ('https://example.com', '', False),
    ('https://example.com', '*', False),
    ('https://*.example.com', 'https://app.example.com', True),
    ('https://*.example.com', 'https://a.b.c.example.com', True),
    ('https://*.example.com', 'https://a_b.example.com', True),
    ('https://*.example.com', 'https://xn--fa-hia.example.com', True),
    ('https://*.example.com', 'https://' + 'a' * 63 + '.example.com', True),
    ('https://*.example.com', 'https://' + 'a' * 64 + '.example.com', False),
    ('https://*.example.com', 'https://' + 'a.' * 120 + 'example.com', True),
    ('https://*.example.com', 'https://' + 'a.' * 122 + 'example.com', False),
    ('https://*.example.com', 'https://' + 'a.' * 30000 + 'example.com', False),
    ('https://*.example.com', 'https://example.com', False),
    ('https://example.com:*', 'https://' + 'a' * 9000 + '.example.com:1', False),
    ('https://*.example.com', 'https://.example.com', False),
    ('https://*.example.com', 'https://..example.com', False),
    ('https://*.example.com', 'https://a..example.com', False),
    ('https://*.example.com', 'https://.a.example.com', False),
    ('https://*.example.com', 'https://*.example.com', False),
    ('https://*.example.com', 'https://a.*.example.com', False),
    ('https://*.example.com', 'https://appexample.com', False),
    ('https://*.example.com', 'https://app-example.com', False),
    ('https://*.example.com', 'https://app.example.com.evil.com', False),
    ('https://*.example.com', 'https://app.example.com.', False),
    ('https://*.example.com', 'https://app.example.co', False),
    ('https://*.example.com', 'https://app.examplexcom', False),
    ('https://*.example.com', 'http://app.example.com', False),
    ('https://*.example.com', 'https://app.example.com:8443', False),
    ('https://*.example.com', 'https://app.example.com:443', False),
    ('https://*.example.com', 'https://App.example.com', False),
    ('https://*.example.com', 'https://app.EXAMPLE.com', False),
    ('https://*.example.com', 'HTTPS://app.example.com', False),
    ('https://*.example.com', 'https://evil.com/.example.com', False),
    ('https://*.example.com', 'https://evil.com?.example.com', False),
    ('https://*.example.com', 'https://evil.com#.example.com', False),
    ('https://*.example.com', 'https://evil.com\\.example.com', False),
    ('https://*.example.com', 'https://evil@x.example.com', False),
    ('https://*.example.com', 'https://evil.com:80.example.com', False),
    ('https://*.example.com', 'https://evil.com`.example.com', False),
    ('https://*.example.com', 'https://evil.com%00.example.com', False),
    ('https://*.example.com', 'https://evil.com .example.com', False),
    ('https://*.example.com', 'https://evil.com\t.example.com', False),
    ('https://*.example.com', 'https://evil.com\r\n.example.com', False),
    ('https://*.example.com', 'https://a,https://b.example.com', False),
    ('https://*.example.com', 'https://é.example.com', False),
    ('https://*.example.com', 'https://[::1].example.com', False),
    ('https://*.example.com', 'app.example.com', False),
    ('https://*.example.com', '//app.example.com', False),
    ('https://*.example.com', 'x https://app.example.com', False),
    ('https://*.example.com', 'https://https://app.example.com', False),
    ('https://*.example.com:8443', 'https://app.example.com:8443', True),
    ('https://*.example.com:8443', 'https://app.example.com', False),
    ('https://*.example.com:8443', 'https://app.example.com:84430', False),
    ('https://*.example.com:*', 'https://app.example.com', True),
    ('https://*.example.com:*', 'https://app.example.com:1', True),
    ('https://*.example.com:*', 'https://example.com:1', False),
    ('https://*.example.com:*', 'https://app.example.com:*', False),
    ('https://*.example.com:*', 'https://*.example.com:1', False),
    ('https://example.com:*', 'https://example.com', True),
    ('https://example.com:*', 'https://example.com:65535', True),
    ('https://example.com:*', 'https://app.example.com:65535', False),
    ('http://localhost:*', 'http://localhost', True),
    ('http://localhost:*', 'http://localhost:3000', True),
    ('http://localhost:*', 'https://localhost:3000', False),
    ('http://localhost:*', 'http://localhost:80', False),
    ('http://localhost:*', 'http://localhost:443', True),
    ('http://localhost:*', 'http://localhost:', False),
    ('http://localhost:*', 'http://localhost:0', False),
    ('http://localhost:*', 'http://localhost:01', False),
    ('http://localhost:*', 'http://localhost:65536', False),
    ('http://localhost:*', 'http://localhost:٣', False),
    ('http://localhost:*', 'http://localhost:3000/', False),
    ('http://localhost:*', 'http://localhost:3000@evil.com', False),
    ('http://localhost:*', 'http://localhost.evil.com:3000', False),
    ('http://localhost:*', 'http://127.0.0.1:3000', False),
    ('http://localhost:*', 'http://localhost:*', False),
    ('http://[::1]:*', 'http://[::1]', True),
    ('http://[::1]:*', 'http://[::1]:8080', True),
    ('http://[::1]:*', 'http://::1:8080', False),
    ('http://[::1]:*', 'http://[::1]8080', False),
    ('http://*.localhost:*', 'http://app.localhost:3000', True),
    ('capacitor://localhost', 'capacitor://localhost', True),
    ('capacitor://localhost', 'http://localhost', False),
]


@pytest.mark.parametrize(('pattern', 'origin', 'expected'), MATCHES)
def test_matches(pattern: str, origin: str, expected: bool) -> None:
    alone = Policy(allow_origins=pattern)
    among_others = Policy(allow_origins=['https://x.test', pattern, 'http://*.y.test:*'])
    assert alone.allows(origin) is expected
    assert among_others.allows(origin) is expected
    assert alone.decide(origin).allowed is expected


# Arguments, the beginning of the only fault.
ARGUMENT_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({'allow_origins': []}, "allow_origins: () has no origins; list some, or pass '*'"),
    ({'allow_origins': b'https://a.example'},
     "allow_origins: b'https://a.example' is not a str or a list of str"),
    ({'allow_origins': None}, 'allow_origins: None is not a str or a list of str'),
    ({'allow_origins': 7}, 'allow_origins: 7 is not a str or a list of str'),
    ({'allow_origins': re.compile('x')}, "allow_origins: re.compile('x') is a regular expression, "
     'but origins are compared as text; write https://*.example.com for subdomains, '
     'http://localhost:* for ports, or pass a callable that uses re.fullmatch'),
    ({'allow_origins': [re.compile('x')]},
     "allow_origins: re.compile('x') is a regular expression"),
    ({'allow_headers': re.compile('x')},
     "allow_headers: re.compile('x') is a regular expression; list each name"),
    ({'allow_methods': [re.compile('x')]},
     "allow_methods: re.compile('x') is a regular expression; list each name"),
    ({'allow_origins': [len]}, 'allow_origins: <built-in function len> is a callable, which '
     "can't be in a list; pass it as allow_origins="),
    ({'allow_origins': [b'https://a.example']}, "allow_origins: b'https://a.example' is not a str"),
    ({'allow_origins': [None]}, 'allow_origins: None is not a str'),
    ({'allow_origins': [['https://a.example']]}, "allow_origins: ['https://a.example'] is not"),
    ({'allow_credentials': True}, 'allow_credentials: True lets any site act as your users'),
    ({'allow_credentials': '*'}, "allow_credentials: '*' lets any site act as your users"),
    ({'allow_credentials': ['http://a.example']},
     "allow_credentials: 'http://a.example' has no TLS"),
    ({'allow_credentials': ['a.example']}, "allow_credentials: 'a.example' has no scheme"),
    ({'allow_credentials': ['null']}, "allow_credentials: 'null' is what sandboxed frames"),
    ({'allow_credentials': ['https://*.com']}, "allow_credentials: 'https://*.com' allows other"),
    ({'allow_credentials': ['https://a.example'], 'expose_headers': '*'},
     "expose_headers: '*' isn't a wildcard with credentials"),
    ({'allow_origins': lambda: True}, 'allow_origins: <function <lambda> at 0x'),
    ({'allow_origins': lambda origin, req, more: True}, 'allow_origins: <function <lambda> at 0x'),
    ({'allow_origins': lambda *, origin: True}, 'allow_origins: <function <lambda> at 0x'),
    ({'vary': 'X-Tenant'}, "vary: ('X-Tenant',) only applies to an allow_origins callable"),
    ({'vary': '*', 'allow_origins': lambda _: True}, "vary: '*' keeps caches from ever"),
    ({'vary': 'X Y', 'allow_origins': lambda _: True}, "vary: 'X Y' isn't a single header name"),
    ({'vary': 'ETag', 'allow_origins': lambda _: True}, "vary: 'ETag' is a response header"),
    ({'vary': 7, 'allow_origins': lambda _: True}, 'vary: 7 is not a str or a list of str'),
    ({'allow_headers': ['Access-Control-Allow-Origin']}, "allow_headers: "
     "'Access-Control-Allow-Origin' is a response header; remove it here"),
    ({'allow_headers': 'access-control-max-age'}, "allow_headers: 'access-control-max-age' is a"),
    ({'allow_headers': ['WWW-Authenticate']}, "allow_headers: 'WWW-Authenticate' is a response"),
    ({'allow_headers': ['Vary']}, "allow_headers: 'Vary' is a response header"),
    ({'allow_headers': ['PUT']}, "allow_headers: 'PUT' is a method; pass it to allow_methods"),
    ({'expose_headers': ['Origin']}, "expose_headers: 'Origin' is a request header; remove it"),
    ({'expose_headers': 'Access-Control-Request-Method'}, "expose_headers: 'Access-Control-Request-"
     "Method' is a request header"),
    ({'expose_headers': ['If-None-Match']}, "expose_headers: 'If-None-Match' is a request header"),
    ({'expose_headers': ['GET']}, "expose_headers: 'GET' is a method"),
    ({'allow_methods': ['Content-Type']}, "allow_methods: 'Content-Type' is the name of a header; "
     'pass it to allow_headers'),
    ({'allow_origins': 'https://a.example', 'allow_credentials': 'https://b.example'},
     "allow_credentials: 'https://b.example' is not in allow_origins; add it there"),
    ({'allow_origins': 'https://*.a.example', 'allow_credentials': 'https://b.a.example'},
     "allow_credentials: 'https://b.a.example' is not in allow_origins; add it there"),
    ({'allow_origins': 'https://a.example', 'allow_credentials': 'a.example'},
     "allow_credentials: 'a.example' has no scheme, so no browser ever sends it; did you mean "
     "'https://a.example'?"),
    ({'allow_origins': 'https://a.example', 'allow_credentials': 7}, 'allow_credentials: 7 is'),
    ({'allow_origins': lambda _: True, 'allow_credentials': 'https://a.example'},
     "allow_credentials: 'https://a.example' can't be checked against what the callable allows"),
    ({'allow_origins': 'http://a.example', 'allow_credentials': True},
     "allow_credentials: 'http://a.example' has no TLS, so anyone on the network can pose as it "
     'and use the cookies; serve it with https:// or pass dangerously_allow_insecure_origins=True'),
    ({'allow_origins': 'http://*.a.example', 'allow_credentials': ['http://*.a.example']},
     "allow_credentials: 'http://*.a.example' has no TLS"),
    ({'allow_methods': ['put']}, "allow_methods: 'put' isn't in upper case, "
     "but methods are case-sensitive; did you mean 'PUT'?"),
    ({'allow_methods': ['GET', '*']}, "allow_methods: '*' isn't a single method; pass a list"),
    ({'allow_methods': ['CONNECT']}, "allow_methods: 'CONNECT' can't be used by scripts"),
    ({'allow_methods': 'trace'}, "allow_methods: 'trace' can't be used by scripts"),
    ({'allow_methods': ['TRACK']}, "allow_methods: 'TRACK' can't be used by scripts"),
    ({'allow_methods': ['A B']}, "allow_methods: 'A B' isn't a single method"),
    ({'allow_methods': ['É']}, "allow_methods: 'É' isn't a single method"),
    ({'allow_methods': ''}, "allow_methods: '' isn't a single method"),
    ({'allow_methods': None}, 'allow_methods: None is not a str or a list of str'),
    ({'allow_methods': [b'PUT']}, "allow_methods: b'PUT' is not a str"),
    ({'allow_headers': ['bad header\n']}, r"allow_headers: 'bad header\n' isn't a single"),
    ({'allow_headers': ['*']}, "allow_headers: '*' isn't a single header name"),
    ({'allow_headers': ['Cookie']}, "allow_headers: 'Cookie' can't be set by scripts"),
    ({'allow_headers': 'Sec-Fetch-Site'}, "allow_headers: 'Sec-Fetch-Site' can't be set"),
    ({'allow_headers': ['proxy-x']}, "allow_headers: 'proxy-x' can't be set by scripts"),
    ({'allow_headers': ['Origin']}, "allow_headers: 'Origin' can't be set by scripts"),
    ({'allow_headers': 'X-A,,X-B'}, "allow_headers: '' isn't a single header name"),
    ({'expose_headers': ['Set-Cookie']}, "expose_headers: 'Set-Cookie' can't be read by scripts"),
    ({'expose_headers': 'set-cookie2'}, "expose_headers: 'set-cookie2' can't be read by scripts"),
    ({'expose_headers': ['X:']}, "expose_headers: 'X:' isn't a single header name"),
    ({'expose_headers': ''}, "expose_headers: '' isn't a single header name"),
    ({'expose_headers': False}, 'expose_headers: False is not a str or a list of str'),
    ({'allow_origins': 'https://a.example', 'allow_credentials': True, 'expose_headers': '*'},
     "expose_headers: '*' isn't a wildcard with credentials; list the headers"),
    ({'max_age': -1}, "max_age: -1 isn't an int from 0 to 86400; pass the seconds"),
    ({'max_age': 86401}, "max_age: 86401 isn't an int"),
    ({'max_age': None}, "max_age: None isn't an int"),
    ({'max_age': '600'}, "max_age: '600' isn't an int"),
    ({'max_age': 600.0}, "max_age: 600.0 isn't an int"),
    ({'max_age': True}, "max_age: True isn't an int"),
    ({'allow_private_network': 'no'},
     "allow_private_network: 'no' isn't a bool; pass True or False"),
    ({'dangerously_allow_insecure_origins': 1},
     "dangerously_allow_insecure_origins: 1 isn't a bool"),
    ({'dangerously_allow_public_suffixes': 0},
     "dangerously_allow_public_suffixes: 0 isn't a bool"),
]  # fmt: skip


NAMES_ACCEPTED: list[dict[str, Any]] = [
    {'expose_headers': ['Authorization', 'ETag', 'Location', 'Date', 'Content-Length', 'Vary']},
    {'expose_headers': ['Access-Control-Allow-Origin', 'WWW-Authenticate', 'Retry-After']},
    {'allow_headers': ['Authorization', 'Content-Type', 'If-None-Match', 'Accept', 'User-Agent']},
    {'allow_headers': ['Cache-Control', 'Last-Event-ID', 'Access-Control-Request-X', 'Link']},
    {'allow_methods': ['PUT', 'OPTIONS', 'VERSION-CONTROL', 'GET']},
    {'allow_origins': lambda _: True, 'vary': ['Cookie', 'Host', 'Authorization', 'X-Tenant']},
]


@pytest.mark.parametrize('arguments', NAMES_ACCEPTED)
def test_names_that_have_a_use_are_accepted(arguments: dict[str, Any]) -> None:
    policy = Policy(**arguments)
    for name, value in arguments.items():
        assert getattr(policy, name) == (value if callable(value) else tuple(value))


@pytest.mark.parametrize(('arguments', 'text'), ARGUMENT_FAULTS)
def test_arguments_refused(arguments: dict[str, Any], text: str) -> None:
    (fault,) = faults_of(**arguments)
    assert fault.startswith(text)
    with pytest.raises(PolicyError) as caught:
        CORSMiddleware(**arguments)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith(text)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(PolicyError) as caught:
        CORSMiddleware(
            allow_origins=['a.example', 'https://b.example/', 'https://c.example'],
            allow_credentials=['https://d.example'],
            allow_methods=['put'],
            allow_headers=['Cookie'],
            expose_headers=['Set-Cookie'],
            max_age=-1,
            routes={'no-slash': None},
        )
    faults = caught.value.faults
    assert [fault.partition(':')[0] for fault in faults] == [
        'allow_origins',
        'allow_origins',
        'allow_credentials',
        'allow_methods',
        'allow_headers',
        'expose_headers',
        'max_age',
        'routes',
    ]
    assert str(caught.value).splitlines() == ['invalid policy:', *faults]


def test_what_is_insecure_can_be_said_aloud() -> None:
    insecure = Policy(
        allow_origins=['http://a.example', 'https://*.github.io'],
        allow_credentials=True,
        dangerously_allow_insecure_origins=True,
        dangerously_allow_public_suffixes=True,
    )
    assert insecure.allows('http://a.example', credentials=True)
    assert insecure.allows('https://me.github.io', credentials=True)


@pytest.mark.parametrize(
    'origin',
    ['http://localhost:3000', 'http://127.0.0.1', 'http://127.9.9.9:*', 'http://[::1]:*',
     'http://app.localhost', 'http://*.localhost:*'],
)  # fmt: skip
def test_loopback_may_use_credentials_without_tls(origin: str) -> None:
    assert Policy(allow_origins=origin, allow_credentials=True).allow_credentials is True


@pytest.fixture
def no_publicsuffixlist(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, 'publicsuffixlist', None)
    cors._public_suffixes.cache_clear()  # pyright: ignore[reportPrivateUsage]
    yield
    cors._public_suffixes.cache_clear()  # pyright: ignore[reportPrivateUsage]


@pytest.mark.usefixtures('no_publicsuffixlist')
def test_patterns_say_that_they_need_publicsuffixlist() -> None:
    (fault,) = faults_of(allow_origins='https://*.example.com')
    assert 'install the package publicsuffixlist' in fault
    assert 'dangerously_allow_public_suffixes=True' in fault
    assert Policy(allow_origins=['https://example.com', 'http://localhost:*'])
    assert Policy(allow_origins='http://*.localhost')
    assert Policy(allow_origins='https://*.example.com', dangerously_allow_public_suffixes=True)


def test_without_idna_the_mend_is_to_ask_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'idna', None)
    (fault,) = faults_of(allow_origins='https://faß.de')
    assert 'xn--' not in fault
    assert 'fass' not in fault
    assert 'location.origin' in fault


def test_lone_strings_and_other_iterables() -> None:
    policy = Policy(
        allow_origins=(origin for origin in ('https://a.example', 'https://a.example')),
        allow_methods='PUT',
        allow_headers='X-A, X-B',
        expose_headers={'X-C': 1},
    )
    assert policy.allow_origins == ('https://a.example',)
    assert policy.allow_methods == ('PUT',)
    assert policy.allow_headers == ('X-A', 'X-B')
    assert policy.expose_headers == ('X-C',)
    assert policy.allow_credentials is False


def test_a_policy_is_frozen_and_comparable() -> None:
    policy = Policy(allow_origins=['https://a.example'])
    with pytest.raises(dataclasses.FrozenInstanceError):
        policy.max_age = 5  # type: ignore[misc]
    assert policy == Policy(allow_origins='https://a.example')
    assert policy != Policy(allow_origins='https://b.example')
    assert len({policy, Policy(allow_origins='https://a.example')}) == 1
    assert 'https://a.example' in repr(policy)


def test_a_decision_is_frozen_and_true_where_it_allows() -> None:
    policy = Policy(allow_origins='https://a.example')
    allowed, refused = policy.decide('https://a.example'), policy.decide('https://b.example')
    assert allowed
    assert not refused
    assert refused == Decision(False, Reason.ORIGIN_NOT_ALLOWED, (('Vary', 'Origin'),))
    with pytest.raises(AttributeError):
        refused.allowed = True  # type: ignore[misc]


A, B = 'https://a.example', 'https://b.example'
ACAO, ACAC = ('Access-Control-Allow-Origin', A), ('Access-Control-Allow-Credentials', 'true')
ANY = ('Access-Control-Allow-Origin', '*')
VARY, AGE = ('Vary', 'Origin'), ('Access-Control-Max-Age', '600')


def methods(value: str) -> tuple[str, str]:
    return ('Access-Control-Allow-Methods', value)


def names(value: str) -> tuple[str, str]:
    return ('Access-Control-Allow-Headers', value)


LISTS = {'allow_origins': A, 'allow_methods': ['PUT', 'DELETE'], 'allow_headers': ['X-A', 'X-B']}

# Policy, arguments of decide(), the reason, the headers in any order.
DECISIONS: list[tuple[dict[str, Any], tuple[str | None, ...], Reason, set[tuple[str, str]]]] = [
    ({}, (None,), Reason.NO_ORIGIN, {ANY}),
    ({}, (A,), Reason.ALLOWED, {ANY}),
    ({}, ('null',), Reason.ALLOWED, {ANY}),
    ({'expose_headers': '*'}, (None,), Reason.NO_ORIGIN,
     {ANY, ('Access-Control-Expose-Headers', '*')}),
    ({}, (A, 'OPTIONS', 'PUT'), Reason.ALLOWED, {ANY, AGE, methods('PUT')}),
    ({}, (A, 'OPTIONS', 'PUT', 'x-a,x-b'), Reason.ALLOWED,
     {ANY, AGE, methods('PUT'), names('x-a, x-b')}),
    ({'allow_origins': A}, (None,), Reason.NO_ORIGIN, {VARY}),
    ({'allow_origins': A}, (A,), Reason.ALLOWED, {ACAO, VARY}),
    ({'allow_origins': A}, (A, 'OPTIONS'), Reason.ALLOWED, {ACAO, VARY}),
    ({'allow_origins': A}, (A, 'POST', 'PUT'), Reason.ALLOWED, {ACAO, VARY}),
    ({'allow_origins': A}, (B,), Reason.ORIGIN_NOT_ALLOWED, {VARY}),
    ({'allow_origins': A}, (B, 'OPTIONS', 'PUT'), Reason.ORIGIN_NOT_ALLOWED, {VARY}),
    ({'allow_origins': A}, ('null',), Reason.ORIGIN_NULL, {VARY}),
    ({'allow_origins': A, 'allow_credentials': True}, (A,), Reason.ALLOWED, {ACAO, ACAC, VARY}),
    ({'allow_origins': [A, B], 'allow_credentials': A}, (A,), Reason.ALLOWED, {ACAO, ACAC, VARY}),
    ({'allow_origins': [A, B], 'allow_credentials': B}, (A,), Reason.ALLOWED, {ACAO, VARY}),
    ({'allow_origins': [A], 'allow_credentials': []}, (A,), Reason.ALLOWED, {ACAO, VARY}),
    ({'allow_origins': ['https://*.example', A], 'allow_credentials': 'https://*.example',
      'dangerously_allow_public_suffixes': True}, (A,), Reason.ALLOWED, {ACAO, ACAC, VARY}),
    ({'allow_origins': A, 'expose_headers': 'X-A,X-B'}, (A,), Reason.ALLOWED,
     {ACAO, VARY, ('Access-Control-Expose-Headers', 'X-A, X-B')}),
    (LISTS, (A, 'OPTIONS', 'PUT', 'x-a'), Reason.ALLOWED,
     {ACAO, VARY, AGE, methods('PUT, DELETE'), names('X-A, X-B')}),
    (LISTS, (A, 'OPTIONS', 'POST'), Reason.ALLOWED,
     {ACAO, VARY, AGE, methods('PUT, DELETE'), names('X-A, X-B')}),
    (LISTS, (A, 'OPTIONS', 'PATCH', 'x-a'), Reason.METHOD_NOT_ALLOWED,
     {ACAO, VARY, AGE, methods('PUT, DELETE'), names('X-A, X-B')}),
    (LISTS, (A, 'OPTIONS', 'put', 'x-a'), Reason.METHOD_NOT_ALLOWED,
     {ACAO, VARY, AGE, methods('PUT, DELETE'), names('X-A, X-B')}),
    (LISTS, (A, 'OPTIONS', 'PUT', 'x-c'), Reason.HEADER_NOT_ALLOWED,
     {ACAO, VARY, AGE, methods('PUT, DELETE'), names('X-A, X-B')}),
    (LISTS, (A, 'OPTIONS', 'PUT', 'x a'), Reason.HEADERS_MALFORMED,
     {ACAO, VARY, AGE, methods('PUT, DELETE'), names('X-A, X-B')}),
    ({'allow_origins': A, 'allow_methods': [], 'allow_headers': []}, (A, 'OPTIONS', 'GET'),
     Reason.ALLOWED, {ACAO, VARY, AGE}),
    ({'allow_origins': A}, (A, 'OPTIONS', 'P T'), Reason.METHOD_MALFORMED, {ACAO, VARY, AGE}),
    ({'allow_origins': A}, (A, 'OPTIONS', ''), Reason.METHOD_MALFORMED, {ACAO, VARY, AGE}),
    ({'allow_origins': A}, (A, 'OPTIONS', 'X' * 5000), Reason.METHOD_MALFORMED, {ACAO, VARY, AGE}),
    ({'allow_origins': A}, (A, 'OPTIONS', 'GET', 'é'), Reason.HEADERS_MALFORMED,
     {ACAO, VARY, AGE, methods('GET')}),
    ({'allow_origins': A, 'max_age': 0}, (A, 'OPTIONS', 'GET'), Reason.ALLOWED,
     {ACAO, VARY, methods('GET'), ('Access-Control-Max-Age', '0')}),
    ({'allow_origins': A, 'allow_private_network': True}, (A, 'OPTIONS', 'GET', None, 'true'),
     Reason.ALLOWED,
     {ACAO, VARY, AGE, methods('GET'), ('Access-Control-Allow-Private-Network', 'true')}),
    ({'allow_origins': A, 'allow_private_network': True}, (A, 'OPTIONS', 'GET', None, 'True'),
     Reason.ALLOWED, {ACAO, VARY, AGE, methods('GET')}),
    ({'allow_origins': A, 'allow_private_network': True}, (A, 'OPTIONS', 'G T', None, 'true'),
     Reason.METHOD_MALFORMED, {ACAO, VARY, AGE}),
    ({'allow_origins': A, 'allow_private_network': True}, (B, 'OPTIONS', 'GET', None, 'true'),
     Reason.ORIGIN_NOT_ALLOWED, {VARY}),
    ({'allow_origins': A}, (A, 'OPTIONS', 'GET', None, 'true'), Reason.ALLOWED,
     {ACAO, VARY, AGE, methods('GET')}),
]  # fmt: skip


@pytest.mark.parametrize(('arguments', 'request_', 'reason', 'headers'), DECISIONS)
def test_decisions(
    arguments: dict[str, Any],
    request_: tuple[Any, ...],
    reason: Reason,
    headers: set[tuple[str, str]],
) -> None:
    decision = Policy(**arguments).decide(*request_)
    assert decision.reason is reason
    assert decision.allowed is (reason is Reason.ALLOWED)
    assert set(decision.headers) == headers
    assert len(decision.headers) == len(headers)


REQUESTED_HEADERS = [
    ('', []),
    ('x-a', ['x-a']),
    ('X-A', ['x-a']),
    ('x-a,x-b', ['x-a', 'x-b']),
    ('x-a, x-b', ['x-a', 'x-b']),
    ('\tx-a \t,  x-b\t', ['x-a', 'x-b']),
    (',,x-a,, ,x-b,', ['x-a', 'x-b']),
    (',', []),
    (' ', []),
    ("!#$%&'*+-.^_`|~09az", ["!#$%&'*+-.^_`|~09az"]),
    ('x a', None),
    ('x\ta', None),
    ('x-a;x-b', None),
    ('"x-a"', None),
    ('x-a\x0b', None),
    ('x-a\x00', None),
    ('x-a\r\nX-Evil: 1', None),
    ('(x)', None),
    ('x-ä', None),
    ('\u212a', None),  # the Kelvin sign, whose lower case is a k
    ('?', None),
    ('x' * 4096, ['x' * 4096]),
    ('x' * 4097, None),
    (','.join('x' * 100), ['x'] * 100),
    (','.join('x' * 101), None),
]


@pytest.mark.parametrize(('value', 'expected'), REQUESTED_HEADERS)
def test_requested_headers_are_parsed_and_written_again(
    value: str, expected: list[str] | None
) -> None:
    decision = Policy().decide('https://a.example', 'OPTIONS', 'GET', value)
    if expected is None:
        assert decision.reason is Reason.HEADERS_MALFORMED
    else:
        assert decision.allowed
    assert dict(decision.headers).get('Access-Control-Allow-Headers', '') == ', '.join(
        expected or []
    )


ANSWERS = [True, False, None, 1, 'true', 'yes', object(), [True], Decision(True, Reason.ALLOWED)]


@pytest.mark.parametrize('answer', ANSWERS)
def test_only_true_allows(answer: object, caplog: pytest.LogCaptureFixture) -> None:
    policy = Policy(allow_origins=lambda origin: answer, allow_credentials=True)  # type: ignore[arg-type]
    said = policy.call(A)
    decision = policy.decide(A, verdict=said)
    assert decision.allowed is (answer is True)
    assert policy.allows(A, credentials=True, verdict=said) is (answer is True)
    if not decision.allowed:
        assert decision.reason is Reason.CALLABLE_NOT_TRUE
        assert decision.headers == (VARY,)
    assert (len(caplog.records) == 1) is not isinstance(answer, bool)


def test_a_callable_can_allow_with_and_without_credentials() -> None:
    without = Policy(allow_origins=lambda origin: origin == A)
    assert without.allows(A, verdict=without.call(A))
    assert not without.allows(A, credentials=True, verdict=without.call(A))
    assert not without.allows(B, verdict=without.call(B))
    assert set(without.decide(A, verdict=True).headers) == {ACAO, VARY}
    every = Policy(allow_origins=lambda origin: True, allow_credentials=True)
    assert set(every.decide(A, verdict=True).headers) == {ACAO, ACAC, VARY}
    assert every.decide('null', verdict=True).reason is Reason.ORIGIN_NULL
    assert every.decide('https://a.example/', verdict=True).reason is Reason.ORIGIN_MALFORMED
    assert without.call(None) is None
    assert Policy().call(A) is None


def test_answers_mean_nothing_to_lists() -> None:
    assert not Policy(allow_origins=A).allows(B, verdict=True)


def raise_error(origin: str) -> bool:
    raise RuntimeError(origin)


async def raise_error_later(origin: str) -> bool:
    raise RuntimeError(origin)


async def say_yes(origin: str) -> bool:
    return origin == A


class Asynchronous:
    async def __call__(self, origin: str) -> bool:
        return origin == A


class Synchronous:
    def __call__(self, origin: str) -> bool:
        return origin == A


def test_an_exception_refuses_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert Policy(allow_origins=raise_error).call(A) is None
    assert asyncio.run(Policy(allow_origins=raise_error_later).call_async(A)) is None
    assert [record.exc_info is not None for record in caplog.records] == [True, True]


def test_coroutine_functions_are_awaited() -> None:
    for ask in (say_yes, Asynchronous(), Synchronous()):
        policy = Policy(allow_origins=ask)
        assert policy.is_dynamic
        assert policy.is_async is not isinstance(ask, Synchronous)
        assert asyncio.run(policy.call_async(A)) is True
        assert asyncio.run(policy.call_async(B)) is False
        assert asyncio.run(policy.call_async(None)) is None
        assert asyncio.run(policy.call_async('null')) is None


def test_a_coroutine_is_no_permission(caplog: pytest.LogCaptureFixture) -> None:
    policy = Policy(allow_origins=lambda origin: say_yes(origin))
    assert not policy.is_async
    said = policy.call(A)
    assert said, 'a coroutine is truthy'
    assert not policy.decide(A, verdict=said).allowed
    assert 'instead of True or False' in caplog.text


CONVERTER_FAULTS: list[tuple[Any, str]] = [
    (7, 'converters: 7 is not a mapping; pass a dict'),
    ({'x y': IntConverter}, "converters: 'x y' is <class"),
    ({7: IntConverter}, 'converters: 7 is <class'),
    ({'x': object}, "converters: 'x' is <class 'object'>, which Falcon doesn't accept"),
    ({'x': None}, "converters: 'x' is None, which Falcon doesn't accept"),
]


@pytest.mark.parametrize(('converters', 'text'), CONVERTER_FAULTS)
def test_converters_refused(converters: Any, text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        CORSMiddleware(converters=converters)
    (fault,) = caught.value.faults
    assert fault.startswith(text)


# Callable, how many values it is called with.
ARITIES: list[tuple[Any, int]] = [
    (lambda origin: True, 1),
    (lambda *values: len(values) == 1, 1),
    (lambda origin, cache=None: cache is None, 1),
    (frozenset({'https://a.example'}).__contains__, 1),
    (functools.partial(lambda known, origin: True, {}), 1),
    (lambda origin, req: req == 'request', 2),
    (lambda origin, req=None: req == 'request', 2),
    (lambda origin, request: request == 'request', 2),
    (functools.partial(lambda known, origin, req: req == 'request', {}), 2),
]


@pytest.mark.parametrize(('function', 'count'), ARITIES, ids=map(str, range(len(ARITIES))))
def test_a_callable_takes_the_origin_or_the_request_too(function: Any, count: int) -> None:
    policy = Policy(allow_origins=function)
    assert policy.call(A, 'request') is True
    assert asyncio.run(policy.call_async(A, 'request')) is True


def test_a_builtin_without_a_signature_takes_the_origin() -> None:
    with pytest.raises(ValueError, match='no signature'):
        inspect.signature(max)
    builtin: Any = max  # typed for comparisons, not for origins
    assert Policy(allow_origins=builtin).call(A, 'request') == max(A)


ROUTE_FAULTS: list[tuple[dict[Any, Any], str]] = [
    ({'/a': 'no policy'}, "routes: '/a' has 'no policy' as its policy; pass a Policy"),
    ({'a': None}, "routes: 'a' is not a URI template; start it with '/', and don't use '//'"),
    ({'/a//b': None}, "routes: '/a//b' is not a URI template"),
    ({'/{a}/x': None, '/{b}/y': None}, "routes: '/{b}/y' conflicts with another template"),
    ({'/{a:nope}': None}, "routes: '/{a:nope}' conflicts with another template"),
    ({'/{a:path}/b': None}, "routes: '/{a:path}/b' conflicts with another template"),
    ({'/{a}/{a}': None}, "routes: '/{a}/{a}' conflicts with another template"),
    ({'/a b': None}, "routes: '/a b' conflicts with another template"),
    ({'/{a:int(x)}': None}, "routes: '/{a:int(x)}' conflicts with another template"),
    ({7: None}, 'routes: 7 is not a URI template'),
]


@pytest.mark.parametrize(('routes', 'text'), ROUTE_FAULTS)
def test_routes_refused(routes: dict[Any, Any], text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        CORSMiddleware(routes=routes)
    (fault,) = caught.value.faults
    assert fault.startswith(text)


def test_routes_must_be_a_mapping() -> None:
    with pytest.raises(PolicyError, match='routes: 7 is not a mapping'):
        CORSMiddleware(routes=7)  # type: ignore[arg-type]
