"""The browser model against the standard: tables of cases, each of which names its rule.

In every table the first column is the rule, mostly a section of the Fetch Standard
(https://fetch.spec.whatwg.org/#...); the other columns are explained above the table.
"""

from __future__ import annotations

from typing import Any

import pytest

from cors_browser import RULES, Blocked, Browser, Headers, Reply, Unreachable
from tests.unit.browser_support import (
    API,
    CORS_OK,
    HEADERS_ALLOWED,
    METHODS_ALLOWED,
    OTHER,
    OWN_HEADERS,
    PAGE,
    SUB,
    Clock,
    Pairs,
    Site,
    shared,
    table,
    to,
    verdict,
    world,
)

# Columns: what is given as `page`; None if it is accepted, else what the error suggests.
PAGE_ORIGINS = [
    ('serialized tuple origin', 'https://app.example.com', None),
    ('serialized tuple origin', 'http://app.example.com', None),
    ('port that is not the default', 'https://app.example.com:8443', None),
    ('default port of the other scheme', 'http://app.example.com:443', None),
    ('default port of the other scheme', 'https://app.example.com:80', None),
    ('single label', 'http://localhost:3000', None),
    ('IPv4', 'http://127.0.0.1:8000', None),
    ('IPv6', 'http://[::1]:8000', None),
    ('opaque', 'null', None),
    ('a trailing dot is part of the host', 'https://app.example.com.', None),
    ('underscore is allowed by the URL parser', 'https://my_app.example.com', None),
    ('punycode', 'https://xn--mnchen-3ya.example', None),
    ('extension', 'chrome-extension://abcdefghijklmnop', None),
    ('app shell', 'capacitor://localhost', None),
    ('no trailing slash', 'https://app.example.com/', 'https://app.example.com'),
    ('no path', 'https://app.example.com/a', 'https://app.example.com'),
    ('no query', 'https://app.example.com?a', 'https://app.example.com'),
    ('no fragment', 'https://app.example.com#a', 'https://app.example.com'),
    ('no user name', 'https://me@app.example.com', 'https://app.example.com'),
    ('host in lower case', 'https://App.example.com', 'https://app.example.com'),
    ('scheme in lower case', 'HTTPS://app.example.com', 'https://app.example.com'),
    ('no default port', 'https://app.example.com:443', 'https://app.example.com'),
    ('no default port', 'http://app.example.com:80', 'http://app.example.com'),
    ('no empty port', 'https://app.example.com:', 'https://app.example.com'),
    ('no leading zeros in ports', 'https://app.example.com:08443', 'https://app.example.com:8443'),
    ('IPv4 in four decimal numbers', 'http://0x7f.1', 'http://127.0.0.1'),
    ('IPv6 in lower case', 'http://[::A]', 'http://[::a]'),
    ('IPv6 compressed', 'http://[0:0:0:0:0:0:0:1]', 'http://[::1]'),
    ('no white space', ' https://app.example.com', 'https://app.example.com'),
    ('a scheme is needed', 'app.example.com', 'has no scheme'),
    ('a scheme is needed', '*', 'has no scheme'),
    ('a host and port have no scheme', 'localhost:3000', 'http://'),
    ('empty', '', 'has no scheme'),
    ('a host is needed', 'https://', 'not a valid host name'),
    ('non-ASCII hosts are written in punycode', 'https://münchen.example', 'xn--'),
    ('ports end at 65535', 'https://app.example.com:65536', 'malformed'),
    ('a list is no origin', 'https://a.example, https://b.example', 'not a valid host name'),
]


@pytest.mark.parametrize(('page', 'fix'), table(PAGE_ORIGINS))
def test_the_page_is_an_origin_as_browsers_write_it(page: str, fix: str | None) -> None:
    site = Site([('Access-Control-Allow-Origin', '*')])
    if fix is None:
        browser = Browser(site, page, api='http://localhost:9000')
        browser.fetch('/')
        assert site.seen[0]['HTTP_ORIGIN'] == page
        return
    with pytest.raises(ValueError, match=r'^page: ') as error:
        Browser(site, page)
    assert fix in str(error.value)
    assert repr(page) in str(error.value)


# Columns: the URL given (relative ones to https://api.example.com/v1/items?x=1); the URL that is
# asked, or None where it is not a URL.
URLS = [
    ('relative path', 'a', 'https://api.example.com/v1/a'),
    ('absolute path', '/a', 'https://api.example.com/a'),
    ('empty', '', 'https://api.example.com/v1/items?x=1'),
    ('query alone', '?y=2', 'https://api.example.com/v1/items?y=2'),
    ('fragment is not sent', '/a#b', 'https://api.example.com/a'),
    ('parent folder', '../a', 'https://api.example.com/a'),
    ('above the root', '/../../a', 'https://api.example.com/a'),
    ('this folder', './a', 'https://api.example.com/v1/a'),
    ('folder at the end', '/a/..', 'https://api.example.com/'),
    ('folder at the end', '/a/.', 'https://api.example.com/a/'),
    ('escaped dots', '/a/%2E%2e/b', 'https://api.example.com/b'),
    ('dots in absolute URLs', 'https://api.example.com/a/../b/./c', 'https://api.example.com/b/c'),
    ('three dots are a name', '/.../a', 'https://api.example.com/.../a'),
    ('empty segments stay', '/a//b', 'https://api.example.com/a//b'),
    ('empty segments stay', 'a//b/', 'https://api.example.com/v1/a//b/'),
    ('empty query', '?', 'https://api.example.com/v1/items?'),
    ('scheme-relative', '//api.example.com/a', 'https://api.example.com/a'),
    ('backslash is a slash', '\\a', 'https://api.example.com/a'),
    ('backslashes are slashes', '/\\api.example.com/a', 'https://api.example.com/a'),
    ('no backslash in queries', '/a?b\\c', 'https://api.example.com/a?b\\c'),
    ('relative, if the base has the scheme', 'https:/a', 'https://api.example.com/a'),
    ('relative, if the base has the scheme', 'https:a', 'https://api.example.com/v1/a'),
    ('relative, if the base has the scheme', 'https:', 'https://api.example.com/v1/items?x=1'),
    ('any number of slashes', 'https:////api.example.com/a', 'https://api.example.com/a'),
    ('scheme in any case', 'HTTPS://api.example.com/', 'https://api.example.com/'),
    ('host in any case', 'https://API.example.com/', 'https://api.example.com/'),
    ('host percent-decoded', 'https://%61pi.example.com/', 'https://api.example.com/'),
    ('default port', 'https://api.example.com:443/a', 'https://api.example.com/a'),
    ('empty path', 'https://api.example.com', 'https://api.example.com/'),
    ('empty path with query', 'https://api.example.com?a', 'https://api.example.com/?a'),
    ('tabs and newlines vanish', 'ht\ttps://api.exam\nple.com/', 'https://api.example.com/'),
    ('white space around', ' \x00/a\x1f ', 'https://api.example.com/a'),
    ('space in path', '/a b', 'https://api.example.com/a%20b'),
    ('non-ASCII path', '/é', 'https://api.example.com/%C3%A9'),
    ('path characters that stay', "/!$&'()*+,;=:@[]|", "https://api.example.com/!$&'()*+,;=:@[]|"),
    (
        'path characters that are encoded',
        '/"<>^`{}',
        'https://api.example.com/%22%3C%3E%5E%60%7B%7D',
    ),
    ('percent stays', '/%zz%20', 'https://api.example.com/%zz%20'),
    (
        'query characters that are encoded',
        '/?a b\'<>"é',
        'https://api.example.com/?a%20b%27%3C%3E%22%C3%A9',
    ),
    ('query characters that stay', '/?^`{|}[]\\', 'https://api.example.com/?^`{|}[]\\'),
    ('no number for a port', 'https://api.example.com:x/', None),
    ('port too large', 'https://api.example.com:65536/', None),
    ('space in host', 'https://a b/', None),
    ('percent in host', 'https://a%25b/', None),
    ('no host', 'https:///', None),
    ('unfinished IPv6', 'https://[::1/', None),
    ('malformed IPv6', 'https://[::g]/', None),
    ('zone in IPv6', 'https://[fe80::1%25eth0]/', None),
    ('IPv4 out of range', 'https://1.2.3.256/', None),
    ('IPv4 with five numbers', 'https://1.2.3.4.5/', None),
    ('a last number makes an IPv4 address', 'https://a.1/', None),
]


@pytest.mark.parametrize(('url', 'asked'), table(URLS))
def test_urls_are_parsed_as_browsers_do(url: str, asked: str | None) -> None:
    browser = Browser(Site(), PAGE, api=f'{API}/v1/items?x=1')
    if asked is None:
        with pytest.raises(ValueError, match=r'host|port|octet|characters|Only|permitted|IPv'):
            browser.fetch(url)
    else:
        assert browser.fetch(url).url == asked


# Columns: the host of a URL; how its origin is serialized.
HOSTS = [
    ('dotted decimal', '127.0.0.1', '127.0.0.1'),
    ('hexadecimal', '0x7f.0.0.1', '127.0.0.1'),
    ('octal', '0177.0.0.1', '127.0.0.1'),
    ('two numbers', '127.1', '127.0.0.1'),
    ('one number', '2130706433', '127.0.0.1'),
    ('trailing dot', '127.0.0.1.', '127.0.0.1'),
    ('letters after a number are a name', '127.0.0.1a', '127.0.0.1a'),
    ('IPv6 loopback', '[::1]', '[::1]'),
    ('IPv6 unspecified', '[::]', '[::]'),
    ('IPv6 upper case', '[2001:DB8::A]', '[2001:db8::a]'),
    ('IPv6 leading zeros', '[2001:0db8::0001]', '[2001:db8::1]'),
    ('IPv6 longest run', '[1:0:0:2:0:0:0:3]', '[1:0:0:2::3]'),
    ('IPv6 first of equal runs', '[1:0:0:2:3:0:0:4]', '[1::2:3:0:0:4]'),
    ('IPv6 single zero is written', '[1:0:2:3:4:5:6:7]', '[1:0:2:3:4:5:6:7]'),
    ('IPv6 zeros at the end', '[1::]', '[1::]'),
    ('IPv6 with embedded IPv4', '[::ffff:1.2.3.4]', '[::ffff:102:304]'),
    ('IPv6 groups that end in zero', '[10:0:0:20::]', '[10:0:0:20::]'),
]


@pytest.mark.parametrize(('host', 'serialized'), table(HOSTS))
def test_hosts_are_serialized_as_browsers_do(host: str, serialized: str) -> None:
    site = Site([('Access-Control-Allow-Origin', '*')])
    reply = Browser(site, 'http://page.example', api=f'http://{host}:8000').fetch('/')
    assert reply.url == f'http://{serialized}:8000/'


# Columns: the method given; the method sent, or the code; whether a preflight comes first.
METHODS = [
    ('#cors-safelisted-method', 'GET', 'GET', False),
    ('#cors-safelisted-method', 'HEAD', 'HEAD', False),
    ('#cors-safelisted-method', 'POST', 'POST', False),
    ('#cors-safelisted-method', 'PUT', 'PUT', True),
    ('#cors-safelisted-method', 'DELETE', 'DELETE', True),
    ('#cors-safelisted-method', 'PATCH', 'PATCH', True),
    ('#cors-safelisted-method: OPTIONS is not', 'OPTIONS', 'OPTIONS', True),
    ('#cors-safelisted-method', 'QUERY', 'QUERY', True),
    ('#concept-method-normalize', 'get', 'GET', False),
    ('#concept-method-normalize', 'Get', 'GET', False),
    ('#concept-method-normalize', 'head', 'HEAD', False),
    ('#concept-method-normalize', 'post', 'POST', False),
    ('#concept-method-normalize', 'put', 'PUT', True),
    ('#concept-method-normalize', 'delete', 'DELETE', True),
    ('#concept-method-normalize', 'options', 'OPTIONS', True),
    ('#concept-method-normalize: patch stays', 'patch', 'patch', True),
    ('#concept-method-normalize: patch stays', 'Patch', 'Patch', True),
    ('#concept-method-normalize: others stay', 'query', 'query', True),
    ('#concept-method-normalize: others stay', 'foo', 'foo', True),
    ('#concept-method: any token', "!#$%&'*+-.^_`|~09Az", "!#$%&'*+-.^_`|~09Az", True),
    ('#forbidden-method', 'CONNECT', 'bad-method', False),
    ('#forbidden-method', 'TRACE', 'bad-method', False),
    ('#forbidden-method', 'TRACK', 'bad-method', False),
    ('#forbidden-method: in any case', 'connect', 'bad-method', False),
    ('#forbidden-method: in any case', 'Trace', 'bad-method', False),
    ('#forbidden-method: in any case', 'tRaCk', 'bad-method', False),
    ('#concept-method: a token', '', 'bad-method', False),
    ('#concept-method: a token', 'P UT', 'bad-method', False),
    ('#concept-method: a token', 'PUT ', 'bad-method', False),
    ('#concept-method: a token', 'PÜT', 'bad-method', False),
    ('#concept-method: a token', 'GET\n', 'bad-method', False),
    ('#concept-method: a token', 'a/b', 'bad-method', False),
]


@pytest.mark.parametrize(('method', 'sent', 'preflight'), table(METHODS))
def test_methods(method: str, sent: str, preflight: bool) -> None:
    site = Site(preflight=[*CORS_OK, ('Access-Control-Allow-Methods', sent)])
    found = verdict(Browser(site, PAGE, api=API), method=method)
    assert found == (sent if sent == 'bad-method' else 'ok')
    if found == 'ok':
        assert site.methods == (['OPTIONS', sent] if preflight else [sent])
        assert site.seen[0].get('HTTP_ACCESS_CONTROL_REQUEST_METHOD') == (
            sent if preflight else None
        )
    else:
        assert not site.seen


# Columns: name and value; whether the header is sent.
FORBIDDEN = [
    *(
        ('#forbidden-request-header', name, 'x', False)
        for name in (
            'Accept-Charset',
            'Accept-Encoding',
            'Access-Control-Request-Headers',
            'Access-Control-Request-Method',
            'Connection',
            'Content-Length',
            'Cookie',
            'Cookie2',
            'Date',
            'DNT',
            'Expect',
            'Host',
            'Keep-Alive',
            'Origin',
            'Referer',
            'Set-Cookie',
            'TE',
            'Trailer',
            'Transfer-Encoding',
            'Upgrade',
            'Via',
            'Proxy-Authorization',
            'proxy-',
            'Sec-Fetch-Site',
            'sec-x',
            'oRiGiN',
        )
    ),
    ('#forbidden-request-header: not User-Agent', 'User-Agent', 'x', True),
    (
        '#forbidden-request-header: not this one',
        'Access-Control-Request-Private-Network',
        '1',
        True,
    ),
    ('#forbidden-request-header: whole names', 'Origin-X', 'x', True),
    ('#forbidden-request-header: whole names', 'X-Host', 'x', True),
    ('#forbidden-request-header: prefixes at the start', 'X-Sec-A', 'x', True),
    ('#forbidden-request-header: method override', 'X-HTTP-Method', 'TRACE', False),
    ('#forbidden-request-header: method override', 'X-HTTP-Method-Override', 'connect', False),
    ('#forbidden-request-header: method override', 'X-Method-Override', 'track', False),
    ('#forbidden-request-header: split at commas', 'X-HTTP-Method', 'PUT, TRACE', False),
    ('#forbidden-request-header: allowed override', 'X-HTTP-Method', 'PUT', True),
    ('#header-value-get-decode-and-split: quotes', 'X-HTTP-Method', '"a,TRACE,b"', True),
    ('#header-value-get-decode-and-split: quotes', 'X-HTTP-Method', '"a,b",TRACE', False),
    ('#header-value-get-decode-and-split: unclosed', 'X-HTTP-Method', '"a,TRACE', True),
    ('#header-value-get-decode-and-split: escapes', 'X-HTTP-Method', '"a\\",TRACE,"', True),
]


@pytest.mark.parametrize(('name', 'value', 'is_sent'), table(FORBIDDEN))
def test_forbidden_request_headers_are_dropped(name: str, value: str, is_sent: bool) -> None:
    preflight = [*CORS_OK, ('Access-Control-Allow-Headers', name)]
    site = Site(preflight=preflight)
    reply = Browser(site, PAGE, api=API).fetch('/', headers={name: value})
    sent = dict(reply.exchange.steps[-1].request_headers)
    assert (sent.get(name.lower()) == value) == is_sent
    assert len(site.seen) == (2 if is_sent else 1)


LONG = 'a' * 128
# Columns: name and value; whether a preflight asks for the header.
SAFELIST = [
    ('#cors-safelisted-request-header: accept', 'Accept', 'application/json', False),
    ('#cors-safelisted-request-header: accept', 'Accept', 'text/html;q=0.9,*/*;q=0.8', False),
    ('#cors-safelisted-request-header: accept', 'Accept', '', False),
    ('#cors-safelisted-request-header: in any case', 'ACCEPT', 'a', False),
    ('#cors-unsafe-request-header-byte: tab is safe', 'Accept', 'a\tb', False),
    *(
        (f'#cors-unsafe-request-header-byte: {ord(byte):#04x}', 'Accept', f'a{byte}b', True)
        for byte in '"():<>?@[\\]{}\x01\x08\x0b\x0c\x0e\x1f\x7f'
    ),
    *(
        (f'#cors-unsafe-request-header-byte: not {ord(byte):#04x}', 'Accept', f'a{byte}b', False)
        for byte in " !#$%&'*+,-./;=^_`|~\x80\xff"
    ),
    ('#cors-safelisted-request-header: 128 bytes', 'Accept', LONG, False),
    ('#cors-safelisted-request-header: 128 bytes', 'Accept', LONG + 'a', True),
    ('#cors-safelisted-request-header: 128 bytes', 'Accept-Language', LONG, False),
    ('#cors-safelisted-request-header: 128 bytes', 'Accept-Language', LONG + 'a', True),
    ('#cors-safelisted-request-header: 128 bytes', 'Range', f'bytes=0-{"9" * 120}', False),
    ('#cors-safelisted-request-header: 128 bytes', 'Range', f'bytes=0-{"9" * 121}', True),
    ('#cors-safelisted-request-header: languages', 'Accept-Language', 'de-AT, en;q=0.5', False),
    ('#cors-safelisted-request-header: languages', 'Accept-Language', '*', False),
    ('#cors-safelisted-request-header: languages', 'Accept-Language', '', False),
    ('#cors-safelisted-request-header: languages', 'Content-Language', 'pt-BR', False),
    *(
        (f'#cors-safelisted-request-header: no {byte}', 'Content-Language', f'a{byte}b', True)
        for byte in '_/"@+\t\xe9'
    ),
    ('#cors-safelisted-request-header: no _', 'Accept-Language', 'en_US', True),
    ('MIME: form', 'Content-Type', 'application/x-www-form-urlencoded', False),
    ('MIME: form', 'Content-Type', 'multipart/form-data; boundary=a', False),
    ('MIME: text', 'Content-Type', 'text/plain', False),
    ('MIME: parameters are free', 'Content-Type', 'text/plain;charset=utf-8', False),
    ('MIME: parameters are free', 'Content-Type', 'text/plain; x', False),
    ('MIME: parameters may be empty', 'Content-Type', 'text/plain;', False),
    ('MIME: in any case', 'Content-Type', 'TEXT/Plain', False),
    ('MIME: white space', 'Content-Type', 'text/plain ;a=b', False),
    ('MIME: a quote is an unsafe byte', 'Content-Type', 'text/plain;a="b"', True),
    ('MIME: json', 'Content-Type', 'application/json', True),
    ('MIME: json', 'Content-Type', 'application/json;charset=utf-8', True),
    ('MIME: only the essence counts', 'Content-Type', 'application/json;text/plain', True),
    ('MIME: other text', 'Content-Type', 'text/html', True),
    ('MIME: other multipart', 'Content-Type', 'multipart/mixed', True),
    ('MIME: no list', 'Content-Type', 'text/plain, application/json', True),
    ('MIME: no list', 'Content-Type', 'text/plain,text/plain', True),
    ('MIME: malformed', 'Content-Type', '', True),
    ('MIME: malformed', 'Content-Type', 'text', True),
    ('MIME: malformed', 'Content-Type', 'text/', True),
    ('MIME: malformed', 'Content-Type', '/plain', True),
    ('MIME: malformed', 'Content-Type', 'text /plain', True),
    ('MIME: malformed', 'Content-Type', 'text/plain x', True),
    ('MIME: malformed', 'Content-Type', 'text/plain/x', True),
    ('MIME: non-ASCII parameters', 'Content-Type', 'text/plain;a=é', False),
    ('#simple-range-header-value', 'Range', 'bytes=0-', False),
    ('#simple-range-header-value', 'Range', 'bytes=0-9', False),
    ('#simple-range-header-value', 'Range', 'bytes=9-9', False),
    ('#simple-range-header-value: numbers, not text', 'Range', 'bytes=9-10', False),
    ('#simple-range-header-value: a start', 'Range', 'bytes=-5', True),
    ('#simple-range-header-value: a start', 'Range', 'bytes=-', True),
    ('#simple-range-header-value: in order', 'Range', 'bytes=9-1', True),
    ('#simple-range-header-value: lower case', 'Range', 'Bytes=0-', True),
    ('#simple-range-header-value: one range', 'Range', 'bytes=0-1,2-3', True),
    ('#simple-range-header-value: bytes', 'Range', 'items=0-1', True),
    ('#simple-range-header-value: no white space', 'Range', 'bytes=0 -1', True),
    ('#simple-range-header-value: no white space', 'Range', 'bytes= 0-1', True),
    ('#simple-range-header-value: ASCII digits', 'Range', 'bytes=0-\xb2', True),
    *(
        ('#cors-safelisted-request-header: nothing else', name, 'x', True)
        for name in (
            'Authorization', 'X-Requested-With', 'X-Request-ID', 'Last-Event-ID', 'Pragma',
            'Cache-Control', 'If-None-Match', 'If-Modified-Since', 'User-Agent', 'Save-Data',
            'DPR', 'Accept-Datetime', 'Content-Encoding', 'Idempotency-Key', 'Traceparent', '*',
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(('name', 'value', 'asks'), table(SAFELIST))
def test_safelisted_request_headers(name: str, value: str, asks: bool) -> None:
    site = Site(preflight=[*CORS_OK, ('Access-Control-Allow-Headers', name)])
    reply = Browser(site, PAGE, api=API).fetch('/', headers={name: value})
    assert dict(reply.exchange.steps[-1].request_headers)[name.lower()] == value
    assert bool(reply.exchange.preflights) is asks
    if asks:
        assert site.seen[0]['HTTP_ACCESS_CONTROL_REQUEST_HEADERS'] == name.lower()


CHUNK = 'a' * 128
# Columns: header lines; what Access-Control-Request-Headers says, or None without a preflight.
NAMES = [
    ('#cors-unsafe-request-header-names: none', [], None),
    ('sorted, lower case, no spaces', [('X-B', '1'), ('x-a', '2')], 'x-a,x-b'),
    ('byte order', [('x_b', '1'), ('x-b', '1'), ('X.b', '1')], 'x-b,x.b,x_b'),
    ('once', [('X-A', '1'), ('x-a', '2')], 'x-a'),
    ('only the unsafe ones', [('Accept', 'a'), ('X-A', '1')], 'x-a'),
    ('1024 bytes in sum', [('Accept', CHUNK)] * 8, None),
    ('more than 1024 bytes', [('Accept', CHUNK)] * 8 + [('Accept', 'a')], 'accept'),
    (
        'more than 1024 bytes: all safe ones',
        [('Accept', CHUNK)] * 8 + [('Accept-Language', 'a')],
        'accept,accept-language',
    ),
    (
        'more than 1024 bytes: with the unsafe ones',
        [('Accept', CHUNK)] * 8 + [('Accept-Language', 'a'), ('X-A', '1')],
        'accept,accept-language,x-a',
    ),
    (
        'unsafe ones do not count',
        [('Accept', CHUNK)] * 8 + [('X-A', 'a')],
        'x-a',
    ),
    ('entries are not combined', [('Accept', 'a' * 100)] * 2, None),
    ('one entry safe, one not', [('Accept', 'a'), ('Accept', '(')], 'accept'),
    ('entries are not combined', [('Content-Type', 'text/plain')] * 2, None),
]


@pytest.mark.parametrize(('headers', 'asked'), table(NAMES))
def test_names_that_a_preflight_asks_for(headers: Pairs, asked: str | None) -> None:
    allowed = [*CORS_OK, ('Access-Control-Allow-Headers', asked or 'x')]
    site = Site(preflight=allowed)
    Browser(site, PAGE, api=API).fetch('/', headers=headers)
    assert len(site.seen) == (2 if asked else 1)
    assert site.seen[0].get('HTTP_ACCESS_CONTROL_REQUEST_HEADERS') == asked


# Columns: options of the fetch; its code, or how the body and Content-Type arrive.
BODIES = [
    ('#concept-bodyinit-extract: text', {'body': 'é'}, ('é'.encode(), 'text/plain;charset=UTF-8')),
    ('#concept-bodyinit-extract: bytes', {'body': b'\xff'}, (b'\xff', None)),
    (
        '#concept-bodyinit-extract: URLSearchParams',
        {'body': {'a b': 'ü&'}},
        (b'a+b=%C3%BC%26', 'application/x-www-form-urlencoded;charset=UTF-8'),
    ),
    ('#concept-bodyinit-extract: stream', {'body': [b'a', b'b']}, (b'ab', None)),
    ('json', {'json': {'a': 1}}, (b'{"a":1}', 'application/json')),
    ('json', {'json': False}, (b'false', 'application/json')),
    (
        'the page sets the type',
        {'body': 'a', 'headers': {'Content-Type': 'text/plain'}},
        (b'a', 'text/plain'),
    ),
    ('no body', {}, (b'', None)),
    ('#dom-request: GET with body', {'method': 'GET', 'body': 'a'}, 'bad-request'),
    ('#dom-request: GET with body', {'method': 'get', 'body': ''}, 'bad-request'),
    ('#dom-request: HEAD with body', {'method': 'HEAD', 'json': 1}, 'bad-request'),
    ('#headers-validate: name', {'headers': {'a b': 'x'}}, 'bad-request'),
    ('#headers-validate: name', {'headers': {'': 'x'}}, 'bad-request'),
    ('#headers-validate: name', {'headers': {'a:': 'x'}}, 'bad-request'),
    ('#headers-validate: value', {'headers': {'a': 'x\ny'}}, 'bad-request'),
    ('#headers-validate: value', {'headers': {'a': 'x\0'}}, 'bad-request'),
    ('#headers-validate: value', {'headers': {'a': '€'}}, 'bad-request'),
    ('#concept-header-value-normalize', {'headers': {'accept': ' \r\n\tx\n'}}, (b'', None)),
    ('#dom-request: user name in URL', {'url': 'https://me@api.example.com/'}, 'url-credentials'),
    ('#dom-request: password', {'url': 'https://:pw@api.example.com/'}, 'url-credentials'),
]


@pytest.mark.parametrize(('options', 'arrives'), table(BODIES))
def test_bodies_and_types(options: dict[str, Any], arrives: Any) -> None:
    allowed = [*CORS_OK, ('Access-Control-Allow-Headers', 'content-type')]
    site = Site(preflight=allowed)
    found = verdict(Browser(site, PAGE, api=API), **({'method': 'POST'} | options))
    if isinstance(arrives, str):
        assert (found, site.seen) == (arrives, [])
        return
    assert found == 'ok'
    last = site.seen[-1]
    assert (last['wsgi.input'].read(), last.get('CONTENT_TYPE')) == arrives
    assert last['CONTENT_LENGTH'] == str(len(arrives[0]))


# Columns: options; the reasons for the preflight that the model gives (empty: no preflight).
REASONS = [
    ('#main-fetch: simple', {}, ()),
    ('#main-fetch: method', {'method': 'PUT'}, ('method PUT',)),
    ('#main-fetch: header', {'headers': {'X-A': '1'}}, ('header x-a',)),
    (
        '#main-fetch: both',
        {'method': 'PUT', 'headers': {'X-A': '1'}},
        ('method PUT', 'header x-a'),
    ),
    ('#main-fetch: json', {'method': 'POST', 'json': 1}, ('header content-type',)),
    ('#main-fetch: text', {'method': 'POST', 'body': 'a'}, ()),
    ('#main-fetch: bytes', {'method': 'POST', 'body': b'a'}, ()),
    ('#use-cors-preflight-flag', {'method': 'POST', 'body': [b'a']}, ('a stream as the body',)),
    (
        '#use-cors-preflight-flag',
        {'method': 'POST', 'body': 'a', 'upload_listener': True},
        ('an upload listener',),
    ),
    ('#main-fetch: same origin', {'page': API, 'method': 'PUT', 'headers': {'X-A': '1'}}, ()),
]


@pytest.mark.parametrize(('options', 'reasons'), table(REASONS))
def test_why_there_is_a_preflight(options: dict[str, Any], reasons: tuple[str, ...]) -> None:
    page = options.pop('page', PAGE)
    star = [
        ('Access-Control-Allow-Origin', '*'),
        ('Access-Control-Allow-Methods', 'PUT'),
        ('Access-Control-Allow-Headers', '*'),
    ]
    reply = Browser(Site(star, star), page, api=API).fetch('/', **options)
    assert [step.why for step in reply.exchange.preflights] == ([reasons] if reasons else [])


def test_the_bytes_of_a_preflight() -> None:
    allowed = [
        *CORS_OK,
        ('Access-Control-Allow-Methods', 'PUT'),
        ('Access-Control-Allow-Headers', 'x-a,authorization,content-type'),
    ]
    site = Site(preflight=allowed)
    browser = Browser(site, PAGE, api=API)
    browser.cookies.set(API, 'sid=1; Secure; SameSite=None')
    headers = {'X-A': '1', 'Authorization': 'Basic eDp5', 'Accept': 'text/html'}
    reply = browser.fetch('/a?b', 'PUT', json=1, headers=headers, credentials='include')
    preflight, actual = reply.exchange.steps
    assert (preflight.method, preflight.url) == ('OPTIONS', f'{API}/a?b')
    assert preflight.request_headers == [
        ('accept', '*/*'),
        ('access-control-request-method', 'PUT'),
        ('access-control-request-headers', 'authorization,content-type,x-a'),
        ('origin', PAGE),
        *OWN_HEADERS,
    ]
    assert preflight.request_body == b''
    assert actual.request_headers == [
        ('x-a', '1'),
        ('authorization', 'Basic eDp5'),
        ('accept', 'text/html'),
        ('content-type', 'application/json'),
        ('origin', PAGE),
        ('content-length', '1'),
        *OWN_HEADERS,
        ('cookie', 'sid=1'),
    ]


# Columns: lines of Access-Control-Allow-Origin; of -Allow-Credentials; credentials; the code.
# Each case is run twice: with these headers on the answer, and with them on the preflight alone.
CHECKS = [
    ('#cors-check 1: missing', [], [], 'omit', 'acao-missing'),
    ('#cors-check 1: missing', [], [], 'same-origin', 'acao-missing'),
    ('#cors-check 1: missing', [], ['true'], 'include', 'acao-missing'),
    ('#cors-check 2: star', ['*'], [], 'omit', 'ok'),
    ('#cors-check 2: star', ['*'], [], 'same-origin', 'ok'),
    ('#cors-check 2: star', ['*'], ['true'], 'same-origin', 'ok'),
    ('#cors-check 3: star', ['*'], [], 'include', 'acao-wildcard-with-credentials'),
    ('#cors-check 3: star', ['*'], ['true'], 'include', 'acao-wildcard-with-credentials'),
    ('#cors-check 3: equal', [PAGE], [], 'omit', 'ok'),
    ('#cors-check 3: equal', [PAGE], [], 'same-origin', 'ok'),
    ('#cors-check 3: trimmed', [f' \t{PAGE} \t'], [], 'omit', 'ok'),
    ('#cors-check 3: trimmed', ['\t *\t '], [], 'omit', 'ok'),
    ('#cors-check 3: only SP and HTAB', [f'\x0b{PAGE}'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: only SP and HTAB', ['*\x0c'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: trailing slash', [PAGE + '/'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: path', [PAGE + '/a'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: case', ['https://App.example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: case', ['HTTPS://app.example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: default port', [PAGE + ':443'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: other port', [PAGE + ':8443'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: other scheme', ['http://app.example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: no scheme', ['app.example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: other host', ['https://www.example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: parent host', ['https://example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: trailing dot', ['https://app.example.com.'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: no patterns', ['https://*.example.com'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: no patterns', ['https://*'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: null', ['null'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: empty', [''], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: quotes', [f'"{PAGE}"'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: "true" is no origin', ['true'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: no space list', [f'{PAGE} {API}'], [], 'omit', 'acao-mismatch'),
    ('#cors-check 3: no list', [f'{PAGE}, {API}'], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: no list', [f'{PAGE},'], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: no list', [f'{PAGE}, *'], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: two lines', [PAGE, PAGE], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: two lines', [PAGE, API], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: two stars', ['*', '*'], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: two stars', ['*, *'], [], 'omit', 'acao-multiple'),
    ('#cors-check 3: two lines', ['*', PAGE], [], 'include', 'acao-multiple'),
    ('#cors-check 3: two lines', [PAGE, PAGE], ['true'], 'include', 'acao-multiple'),
    ('#cors-check 3: mismatch', [API], ['true'], 'include', 'acao-mismatch'),
    ('#cors-check 4: credentials ignored', [PAGE], ['false'], 'omit', 'ok'),
    ('#cors-check 4: credentials ignored', [PAGE], ['x', 'y'], 'same-origin', 'ok'),
    ('#cors-check 5: missing', [PAGE], [], 'include', 'acac-missing'),
    ('#cors-check 5: true', [PAGE], ['true'], 'include', 'ok'),
    ('#cors-check 5: trimmed', [PAGE], [' true\t'], 'include', 'ok'),
    ('#cors-check 5: case', [PAGE], ['True'], 'include', 'acac-not-true'),
    ('#cors-check 5: case', [PAGE], ['TRUE'], 'include', 'acac-not-true'),
    ('#cors-check 5: quotes', [PAGE], ['"true"'], 'include', 'acac-not-true'),
    ('#cors-check 5: false', [PAGE], ['false'], 'include', 'acac-not-true'),
    ('#cors-check 5: number', [PAGE], ['1'], 'include', 'acac-not-true'),
    ('#cors-check 5: empty', [PAGE], [''], 'include', 'acac-not-true'),
    ('#cors-check 5: comma', [PAGE], ['true,'], 'include', 'acac-not-true'),
    ('#cors-check 5: two lines', [PAGE], ['true', 'true'], 'include', 'acac-not-true'),
    ('#cors-check 5: star', [PAGE], ['*'], 'include', 'acac-not-true'),
]


@pytest.mark.parametrize('on_preflight', [False, True], ids=['answer', 'preflight'])
@pytest.mark.parametrize(('origins', 'credentials', 'mode', 'code'), table(CHECKS))
def test_cors_check(
    origins: list[str], credentials: list[str], mode: str, code: str, on_preflight: bool
) -> None:
    headers = [('Access-Control-Allow-Origin', value) for value in origins]
    headers += [('Access-Control-Allow-Credentials', value) for value in credentials]
    headers.append(('Access-Control-Allow-Methods', 'PUT'))
    site = Site(preflight=headers) if on_preflight else Site(headers)
    method = 'PUT' if on_preflight else 'GET'
    found = verdict(Browser(site, PAGE, api=API), method=method, credentials=mode)
    assert found == ('preflight-' if on_preflight and code != 'ok' else '') + code
    assert site.methods == (['OPTIONS', 'PUT'][: 1 + (code == 'ok')] if on_preflight else ['GET'])


# Columns: method; lines of Access-Control-Allow-Methods; the code without credentials; the code
# with them.
METHOD_LISTS = [
    ('#cors-preflight-fetch P5: listed', 'PUT', ['PUT'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: listed', 'PUT', ['GET, PUT'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: listed', 'PUT', ['GET,PUT,DELETE'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: two lines', 'PUT', ['GET', 'PUT'], 'ok', 'ok'),
    ('list: white space', 'PUT', ['GET \t,\t PUT\t'], 'ok', 'ok'),
    ('list: empty members', 'PUT', [', ,PUT,,'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: absent', 'PUT', [], 'preflight-method', 'preflight-method'),
    ('#cors-preflight-fetch P5: empty', 'PUT', [''], 'preflight-method', 'preflight-method'),
    (
        '#cors-preflight-fetch P5: not listed',
        'PUT',
        ['GET'],
        'preflight-method',
        'preflight-method',
    ),
    ('#cors-preflight-fetch P5: case', 'PUT', ['put'], 'preflight-method', 'preflight-method'),
    ('#cors-preflight-fetch P5: case', 'patch', ['PATCH'], 'preflight-method', 'preflight-method'),
    ('#cors-preflight-fetch P5: case', 'PATCH', ['patch'], 'preflight-method', 'preflight-method'),
    ('#cors-preflight-fetch P5: case', 'patch', ['patch'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: normalized', 'put', ['PUT'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: star', 'PUT', ['*'], 'ok', 'preflight-method'),
    ('#cors-preflight-fetch P5: star', 'PATCH', ['GET, *'], 'ok', 'preflight-method'),
    ('#cors-preflight-fetch P5: star and name', 'PUT', ['*, PUT'], 'ok', 'ok'),
    ('#cors-preflight-fetch P5: method named *', '*', ['*'], 'ok', 'ok'),
    (
        '#cors-preflight-fetch P5: no patterns',
        'PUT',
        ['P*'],
        'preflight-method',
        'preflight-method',
    ),
    (
        '#cors-preflight-fetch P5: quotes are part',
        'PUT',
        ["'PUT'"],
        'preflight-method',
        'preflight-method',
    ),
    ('#cors-preflight-fetch P5: OPTIONS', 'OPTIONS', ['OPTIONS'], 'ok', 'ok'),
    (
        '#cors-preflight-fetch P5: OPTIONS',
        'OPTIONS',
        ['GET'],
        'preflight-method',
        'preflight-method',
    ),
    *(
        (
            f'#extract-header-list-values: {value!r}',
            method,
            value,
            'preflight-bad-allow-methods',
            'preflight-bad-allow-methods',
        )
        for method in ('PUT', 'DELETE')
        for value in (
            ['PUT DELETE'],
            ['"PUT"'],
            ['PUT; DELETE'],
            ['PUT\x0b'],
            ['PUT', 'a b'],
            ['PUT/DELETE'],
            ['PÜT'],
            ['PUT, (DELETE)'],
        )
    ),
]


@pytest.mark.parametrize(('method', 'lines', 'plain', 'credentialed'), table(METHOD_LISTS))
def test_allow_methods(method: str, lines: list[str], plain: str, credentialed: str) -> None:
    allowed = [*CORS_OK, *(('Access-Control-Allow-Methods', line) for line in lines)]
    for credentials, code in (('same-origin', plain), ('omit', plain), ('include', credentialed)):
        browser = Browser(Site(preflight=allowed), PAGE, api=API)
        assert verdict(browser, method=method, credentials=credentials) == code


# Columns: the page's headers, by name; lines of Access-Control-Allow-Headers; the code without
# credentials; the code with them.
AUTHORIZATION_STAR = 'preflight-authorization-wildcard'
HEADER_LISTS = [
    ('#cors-preflight-fetch P7: listed', 'X-A', ['X-A'], 'ok', 'ok'),
    ('#cors-preflight-fetch P7: in any case', 'X-A', ['x-a'], 'ok', 'ok'),
    ('#cors-preflight-fetch P7: in any case', 'x-a', ['X-A'], 'ok', 'ok'),
    ('#cors-preflight-fetch P7: one of many', 'X-A', ['Accept, X-A, X-B'], 'ok', 'ok'),
    ('#cors-preflight-fetch P7: two lines', 'X-A X-B', ['X-B', 'X-A'], 'ok', 'ok'),
    (
        '#cors-preflight-fetch P7: all of many',
        'X-A X-B',
        ['X-A'],
        'preflight-header',
        'preflight-header',
    ),
    ('list: empty members', 'X-A', [', ,x-a,,'], 'ok', 'ok'),
    ('list: empty members', 'X-A', [',X-A'], 'ok', 'ok'),
    ('#cors-preflight-fetch P7: absent', 'X-A', [], 'preflight-header', 'preflight-header'),
    ('#cors-preflight-fetch P7: empty', 'X-A', [''], 'preflight-header', 'preflight-header'),
    ('#cors-preflight-fetch P7: other', 'X-A', ['X-B'], 'preflight-header', 'preflight-header'),
    (
        '#cors-preflight-fetch P7: whole names',
        'X-A',
        ['X-Ab'],
        'preflight-header',
        'preflight-header',
    ),
    (
        '#cors-preflight-fetch P7: no patterns',
        'X-A',
        ['X-*'],
        'preflight-header',
        'preflight-header',
    ),
    ('#cors-preflight-fetch P7: star', 'X-A', ['*'], 'ok', 'preflight-header'),
    ('#cors-preflight-fetch P7: star', 'X-A X-B', ['X-A, *'], 'ok', 'preflight-header'),
    ('#cors-preflight-fetch P7: star and name', 'X-A', ['*, X-A'], 'ok', 'ok'),
    ('#cors-preflight-fetch P7: header named *', '*', ['*'], 'ok', 'ok'),
    ('#cors-preflight-fetch P6: listed', 'Authorization', ['Authorization'], 'ok', 'ok'),
    ('#cors-preflight-fetch P6: in any case', 'Authorization', ['authorization'], 'ok', 'ok'),
    (
        '#cors-preflight-fetch P6: not star',
        'Authorization',
        ['*'],
        AUTHORIZATION_STAR,
        'preflight-header',
    ),
    ('#cors-preflight-fetch P6: star and name', 'Authorization', ['*, Authorization'], 'ok', 'ok'),
    (
        '#cors-preflight-fetch P6: first',
        'A Authorization',
        ['*'],
        AUTHORIZATION_STAR,
        'preflight-header',
    ),
    (
        '#cors-preflight-fetch P6: absent',
        'Authorization',
        [],
        'preflight-header',
        'preflight-header',
    ),
    (
        '#cors-preflight-fetch P7: star for the rest',
        'X-A Authorization',
        ['*, Authorization'],
        'ok',
        'preflight-header',
    ),
    *(
        (
            f'#extract-header-list-values: {value!r}',
            'X-A',
            value,
            'preflight-bad-allow-headers',
            'preflight-bad-allow-headers',
        )
        for value in (
            ['X A'],
            ['X-A X-B'],
            ['"X-A"'],
            ['X-A;X-B'],
            ['X-A:'],
            ['X-A\x0c'],
            ['X-A', 'a b'],
            ['X-Ä'],
            ['X-A, [X-B]'],
            ['*, "'],
        )
    ),
]


@pytest.mark.parametrize(('names', 'lines', 'plain', 'credentialed'), table(HEADER_LISTS))
def test_allow_headers(names: str, lines: list[str], plain: str, credentialed: str) -> None:
    allowed = [*CORS_OK, *(('Access-Control-Allow-Headers', line) for line in lines)]
    headers = dict.fromkeys(names.split(), 'x')
    for credentials, code in (('same-origin', plain), ('omit', plain), ('include', credentialed)):
        browser = Browser(Site(preflight=allowed), PAGE, api=API)
        assert verdict(browser, headers=headers, credentials=credentials) == code


# Columns: options of the fetch; headers of the preflight's answer; the code.
PREFLIGHTS = [
    (
        '#cors-preflight-fetch P3: a bad list kills all',
        {'headers': {'X-A': '1'}},
        [(METHODS_ALLOWED, 'a b'), (HEADERS_ALLOWED, 'X-A')],
        'preflight-bad-allow-methods',
    ),
    (
        '#cors-preflight-fetch P3: a bad list kills all',
        {'method': 'PUT'},
        [(METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, 'a b')],
        'preflight-bad-allow-headers',
    ),
    ('#cors-preflight-fetch P4: flag', {'method': 'POST', 'upload_listener': True}, [], 'ok'),
    ('#cors-preflight-fetch P4: flag', {'method': 'PUT', 'upload_listener': True}, [], 'ok'),
    ('#cors-preflight-fetch P4: flag', {'method': 'PUT', 'body': [b'a']}, [], 'ok'),
    (
        '#cors-preflight-fetch P4: only where absent',
        {'method': 'PUT', 'upload_listener': True},
        [(METHODS_ALLOWED, '')],
        'preflight-method',
    ),
    (
        '#cors-preflight-fetch P5: safelisted methods pass',
        {'method': 'POST', 'json': 1},
        [(METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, 'Content-Type')],
        'ok',
    ),
    (
        '#cors-preflight-fetch P5: safelisted methods pass',
        {'method': 'POST', 'upload_listener': True},
        [(METHODS_ALLOWED, 'post')],
        'ok',
    ),
    (
        '#cors-preflight-fetch P5 before P7',
        {'method': 'PUT', 'headers': {'X-A': '1'}},
        [],
        'preflight-method',
    ),
    (
        '#cors-preflight-fetch P7: made unsafe by size',
        {'headers': [('Accept', CHUNK)] * 9},
        [(HEADERS_ALLOWED, 'x')],
        'preflight-header',
    ),
    (
        '#cors-preflight-fetch P7: made unsafe by size',
        {'headers': [('Accept', CHUNK)] * 9},
        [(HEADERS_ALLOWED, 'Accept')],
        'ok',
    ),
]


@pytest.mark.parametrize(('options', 'headers', 'code'), table(PREFLIGHTS))
def test_preflights(options: dict[str, Any], headers: Pairs, code: str) -> None:
    assert verdict(Browser(Site(preflight=CORS_OK + headers), PAGE, api=API), **options) == code


# Columns: the status; what becomes of a preflight with it; of an answer with it.
STATUSES = [
    *(('#ok-status', status, 'ok', 'ok') for status in (200, 201, 202, 204, 206, 226, 299)),
    *(
        ('redirect status', status, 'preflight-redirect', 'ok')
        for status in (301, 302, 303, 307, 308)
    ),
    *(
        ('#cors-preflight-fetch 7: ok status', status, 'preflight-status', 'ok')
        for status in (300, 304, 400, 401, 403, 404, 405, 418, 422, 429, 500, 502, 503, 504)
    ),
]


@pytest.mark.parametrize(('status', 'of_preflight', 'of_answer'), table(STATUSES))
def test_statuses(status: int, of_preflight: str, of_answer: str) -> None:
    allowed = [*CORS_OK, (METHODS_ALLOWED, 'PUT')]
    site = Site(preflight=allowed, preflight_status=status)
    assert verdict(Browser(site, PAGE, api=API), method='PUT') == of_preflight
    site = Site(status=status)
    reply = Browser(site, PAGE, api=API).fetch('/')
    assert (reply.status, reply.ok) == (status, 200 <= status <= 299)
    assert reply.body == (b'' if status in {204, 304} else b'body')
    assert verdict(Browser(Site([], status=status), PAGE, api=API)) == 'acao-missing'


# Columns: profile; the code for status 404 without CORS headers, and for status 301.
@pytest.mark.parametrize(
    ('profile', 'code', 'redirected'),
    [
        ('standard', 'preflight-acao-missing', 'preflight-acao-missing'),
        ('chromium', 'preflight-acao-missing', 'preflight-redirect'),
        ('firefox', 'preflight-acao-missing', 'preflight-acao-missing'),
        ('webkit', 'preflight-status', 'preflight-redirect'),
    ],
)
def test_which_of_two_faults_of_a_preflight_is_told(
    profile: str, code: str, redirected: str
) -> None:
    for status, expected in ((404, code), (301, redirected)):
        site = Site(preflight=[], preflight_status=status)
        assert verdict(Browser(site, PAGE, api=API, profile=profile), method='PUT') == expected


ALL = 'cache-control content-language content-length content-type expires last-modified pragma'
SENT = [
    *((name, '1') for name in ALL.split()), ('ETag', '1'), ('Date', '1'), ('Location', '/'),
    ('Authorization', '1'), ('X-A', '1'), ('X-B', '2'), ('Set-Cookie', 'a=b'),
    ('Set-Cookie2', 'a=b'), ('*', 'star'),
]  # fmt: skip
EVERYTHING = 'etag date location authorization x-a x-b * {}access-control-expose-headers'
# Columns: lines of Access-Control-Expose-Headers; credentials; what is seen beyond the safelist.
EXPOSED = [
    ('#cors-safelisted-response-header-name', [], 'omit', ''),
    ('#concept-filtered-response-cors', ['X-A'], 'omit', 'x-a'),
    ('#concept-filtered-response-cors: in any case', ['x-A, ETAG'], 'omit', 'etag x-a'),
    ('#concept-filtered-response-cors: two lines', ['X-A', 'X-B'], 'include', 'x-a x-b'),
    ('#concept-filtered-response-cors: absent names', ['X-Z, X-A'], 'omit', 'x-a'),
    ('#concept-filtered-response-cors: star', ['*'], 'omit', EVERYTHING),
    ('#concept-filtered-response-cors: star', ['*'], 'same-origin', EVERYTHING),
    ('#concept-filtered-response-cors: star', ['X-A, *'], 'omit', EVERYTHING),
    ('#concept-filtered-response-cors: star is literal', ['*'], 'include', '*'),
    ('#concept-filtered-response-cors: star is literal', ['X-A, *'], 'include', 'x-a *'),
    ('#concept-filtered-response-cors: no patterns', ['X-*'], 'omit', ''),
    ('#forbidden-response-header-name', ['Set-Cookie, Set-Cookie2'], 'omit', ''),
    ('#forbidden-response-header-name', ['Set-Cookie, X-A'], 'include', 'x-a'),
    ('list: empty members', [', ,x-a,,'], 'omit', 'x-a'),
    ('list: empty members', [',x-b'], 'omit', 'x-b'),
    ('list: empty', [''], 'omit', ''),
    ('list: quotes of a kind are token characters', ["'x-a'"], 'omit', ''),
    *(
        ('#extract-header-list-values: malformed', value, 'omit', '')
        for value in (['"x-a"'], ['x a'], ['x-a x-b'], ['x-a;'], ['x-a', 'a b'], ['x-a\x0b'],
                      ['*, "'], ['x-a:'], ['x-ä'], ['x-a, @'], ['(x-a)'], ['x-a\x0c'])
    ),
]  # fmt: skip


@pytest.mark.parametrize(('lines', 'credentials', 'seen'), table(EXPOSED))
def test_exposed_headers(lines: list[str], credentials: str, seen: str) -> None:
    exposing = [('Access-Control-Expose-Headers', line) for line in lines]
    reply = Browser(Site([*CORS_OK, *SENT, *exposing]), PAGE, api=API).fetch(
        '/', credentials=credentials
    )
    cors = 'access-control-allow-origin access-control-allow-credentials '
    assert set(reply.headers) == set(ALL.split()) | set(seen.format(cors).split())
    assert reply.exchange.visible_headers == tuple(reply.headers)


def test_a_preflight_exposes_nothing_and_same_origin_pages_see_all_but_cookies() -> None:
    exposing = ('Access-Control-Expose-Headers', 'X-A')
    preflight = [*CORS_OK, (METHODS_ALLOWED, 'PUT'), exposing]
    reply = Browser(Site([*CORS_OK, ('X-A', '1')], preflight), PAGE, api=API).fetch('/', 'PUT')
    assert 'x-a' not in reply.headers
    same = Browser(Site(SENT), API, api=API).fetch('/')
    assert (same.type, set(same.headers)) == (
        'basic',
        set(ALL.split()) | {'etag', 'date', 'location', 'authorization', 'x-a', 'x-b', '*'},
    )


# Columns: lines of Access-Control-Max-Age; for how many seconds each profile remembers, in the
# order standard, chromium, firefox, webkit.
MAX_AGES = [
    ('#cors-preflight-fetch 8: default', [], 5, 5, 5, 5),
    ('an empty one says nothing', [''], 5, 5, 5, 5),
    ('an empty one says nothing', ['', ''], 5, 5, 5, 5),
    ('delta-seconds', ['0'], 0, 0, 0, 0),
    ('delta-seconds', ['1'], 1, 1, 1, 1),
    ('delta-seconds', ['600'], 600, 600, 600, 600),
    ('delta-seconds: leading zeros', ['0060'], 60, 60, 60, 60),
    ('delta-seconds: trimmed', [' 60\t'], 60, 60, 60, 60),
    ('limit of webkit', ['601'], 601, 601, 601, 600),
    ('limit of chromium', ['7200'], 7200, 7200, 7200, 600),
    ('limit of chromium', ['7201'], 7201, 7200, 7201, 600),
    ('limit of firefox', ['86400'], 86400, 7200, 86400, 600),
    ('limit of firefox', ['86401'], 86401, 7200, 86400, 600),
    ('no limit in the standard', ['9999999'], 9999999, 7200, 86400, 600),
    ('delta-seconds: negative', ['-1'], 5, 0, 0, 0),
    ('delta-seconds: negative', ['-600'], 5, 0, 0, 0),
    *(
        (f'#extract-header-list-values: {value!r}', value, 5, 5, 0, 5)
        for value in (['abc'], ['10abc'], ['1.5'], ['1e3'], ['+100'], ['100', '100'], ['100, 100'],
                      ['"60"'], ['60;'], ['0x10'], ['-'], ['--1'], ['\xb2'], ['60 s'])
    ),
]  # fmt: skip


@pytest.mark.parametrize(('lines', 'standard', 'chromium', 'firefox', 'webkit'), table(MAX_AGES))
def test_max_age(lines: list[str], standard: int, chromium: int, firefox: int, webkit: int) -> None:
    ages = {'standard': standard, 'chromium': chromium, 'firefox': firefox, 'webkit': webkit}
    allowed = [*CORS_OK, (METHODS_ALLOWED, 'PUT')]
    allowed += [('Access-Control-Max-Age', line) for line in lines]
    for profile, age in ages.items():
        clock = Clock(1000)
        site = Site(preflight=allowed)
        browser = Browser(site, PAGE, api=API, profile=profile, clock=clock)
        browser.fetch('/', 'PUT')
        clock.now += max(age - 0.5, 0)
        browser.fetch('/', 'PUT')
        assert site.methods.count('OPTIONS') == (1 if age else 2), profile
        clock.now += 0.5 if age else 0
        browser.fetch('/', 'PUT')
        assert site.methods.count('OPTIONS') == (2 if age else 3), profile


# Columns: two fetches, each as options; headers that every preflight answers; for how many of the
# profiles standard, chromium, firefox and webkit the second needs a preflight of its own.
LISTED = [(METHODS_ALLOWED, 'PUT, DELETE'), (HEADERS_ALLOWED, 'X-A, X-B, Authorization')]
STARS = [(METHODS_ALLOWED, '*'), (HEADERS_ALLOWED, '*, Authorization')]
AUTHORIZED = [(METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, '*')]
PUT = {'method': 'PUT'}
SECOND = [
    ('#concept-cache-match-method', PUT, PUT, LISTED, ''),
    ('#concept-cache-match-method: another', PUT, {'method': 'DELETE'}, LISTED, ''),
    ('#concept-cache-match-method: star', PUT, {'method': 'PATCH'}, STARS, 'firefox'),
    ('#concept-cache-match-method: star', PUT, PUT, STARS, 'firefox'),
    (
        '#concept-cache-match-header',
        {'headers': {'X-A': '1'}},
        {'headers': {'X-B': '1'}},
        LISTED,
        '',
    ),
    (
        '#concept-cache-match-header: star',
        {'headers': {'X-A': '1'}},
        {'headers': {'X-C': '1'}},
        STARS,
        'firefox',
    ),
    (
        '#concept-cache-match-header: value',
        {'headers': {'X-A': '1'}},
        {'headers': {'X-A': '2'}},
        LISTED,
        '',
    ),
    (
        'method alone',
        PUT,
        PUT | {'headers': {'X-A': '1'}},
        [(METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, 'X-B, X-A')],
        '',
    ),
    ('header not covered', PUT, PUT | {'headers': {'X-A': '1'}}, [(METHODS_ALLOWED, 'PUT')], 'all'),
    ('method not covered', {'headers': {'X-A': '1'}}, PUT, [(HEADERS_ALLOWED, 'X-A')], 'all'),
    (
        'safelisted method needs no entry',
        {'headers': {'X-A': '1'}},
        {'method': 'POST', 'headers': {'X-A': '1'}},
        LISTED,
        '',
    ),
    ('flag needs an entry', PUT, {'method': 'POST', 'upload_listener': True}, LISTED, 'all'),
    (
        'flag: absent list',
        {'method': 'POST', 'upload_listener': True},
        {'method': 'POST', 'upload_listener': True},
        [],
        '',
    ),
    ('another query', PUT | {'url': '/?a'}, PUT | {'url': '/?b'}, LISTED, 'all'),
    ('same query', PUT | {'url': '/?a'}, PUT | {'url': '/?a#x'}, LISTED, ''),
    ('another path', PUT, PUT | {'url': '/a'}, LISTED, 'all'),
    ('credentialed first', PUT | {'credentials': 'include'}, PUT, LISTED, 'firefox'),
    (
        'credentialed first',
        PUT | {'credentials': 'include'},
        PUT | {'credentials': 'omit'},
        LISTED,
        'firefox',
    ),
    ('credentialed second', PUT, PUT | {'credentials': 'include'}, LISTED, 'all'),
    (
        'credentialed both',
        PUT | {'credentials': 'include'},
        PUT | {'credentials': 'include'},
        LISTED,
        '',
    ),
    ('omit and same-origin are one', PUT, PUT | {'credentials': 'omit'}, LISTED, ''),
    (
        'Authorization by name',
        {'headers': {'Authorization': 'a'}},
        {'headers': {'Authorization': 'b'}},
        LISTED,
        '',
    ),
    (
        'Authorization by star',
        PUT | {'headers': {'X-A': '1'}},
        PUT | {'headers': {'Authorization': 'b'}},
        AUTHORIZED,
        'standard firefox',
    ),
]


@pytest.mark.parametrize(('first', 'second', 'headers', 'again'), table(SECOND))
def test_preflight_cache(
    first: dict[str, Any], second: dict[str, Any], headers: Pairs, again: str
) -> None:
    for profile in ('standard', 'chromium', 'firefox', 'webkit'):
        site = Site(preflight=CORS_OK + headers)
        browser = Browser(site, PAGE, api=API, profile=profile, clock=lambda: 0)
        assert verdict(browser, **first) == 'ok'
        verdict(browser, **second)
        expected = 2 if again == 'all' or profile in again.split() else 1
        assert site.methods.count('OPTIONS') == expected, profile


def test_absurd_ages_are_survived() -> None:
    allowed = [*CORS_OK, (METHODS_ALLOWED, 'PUT'), ('Access-Control-Max-Age', '9' * 5000)]
    for profile, cap in (('standard', 1e12), ('chromium', 7199), ('firefox', 86399)):
        clock, site = Clock(), Site(preflight=allowed)
        browser = Browser(site, PAGE, api=API, profile=profile, clock=clock)
        browser.fetch('/', 'PUT')
        clock.now = cap
        browser.fetch('/', 'PUT')
        assert site.methods.count('OPTIONS') == 1
    clock = Clock()
    browser = Browser(Site(), PAGE, api=API, clock=clock)
    browser.cookies.set(API, 'a=1; Max-Age=' + '9' * 1000)
    for now, sent in ((34559999, ('a',)), (34560000, ())):
        clock.now = now
        assert browser.fetch('/', credentials='include').exchange.cookies_sent == sent, '400 days'
    browser.cookies.set(API, 'b=1; Max-Age=-' + '9' * 1000)
    assert cookies_of(browser) == {'a': '1'}


def test_a_newer_preflight_renews_older_entries() -> None:
    clock = Clock()
    allowed = [*CORS_OK, (METHODS_ALLOWED, 'PUT'), (HEADERS_ALLOWED, 'X-A')]
    site = Site(preflight=allowed)
    browser = Browser(site, PAGE, api=API, clock=clock)
    browser.fetch('/', 'PUT')
    clock.now = 4
    browser.fetch('/', 'PUT', headers={'X-A': '1'})
    assert site.methods.count('OPTIONS') == 1
    site.preflight = (204, [*CORS_OK, (METHODS_ALLOWED, 'PUT, DELETE')])
    browser.fetch('/', 'DELETE')
    assert site.methods.count('OPTIONS') == 2
    clock.now = 8
    browser.fetch('/', 'PUT')
    assert site.methods.count('OPTIONS') == 2


def test_a_network_error_forgets_what_preflights_allowed() -> None:
    site = Site(preflight=[*CORS_OK, (METHODS_ALLOWED, 'PUT')])
    browser = Browser(site, PAGE, api=API)
    browser.fetch('/', 'PUT')
    site.actual = (200, [])
    assert verdict(browser, method='PUT') == 'acao-missing'
    assert site.methods == ['OPTIONS', 'PUT', 'PUT']
    site.actual = (200, CORS_OK)
    browser.fetch('/', 'PUT')
    assert site.methods == ['OPTIONS', 'PUT', 'PUT', 'OPTIONS', 'PUT']
    site.actual = (200, [])
    assert verdict(browser) == 'acao-missing'
    site.actual = (200, CORS_OK)
    browser.fetch('/', 'PUT')
    assert site.methods[-2:] == ['GET', 'PUT'], 'a fetch without preflight clears nothing'


# Columns: how each path of each server answers; options; the code or the final URL; the Origin
# that the last request carries.
REDIRECTS = [
    ('#http-redirect-fetch: same origin', [(API, '/', to('/a'))], {}, f'{API}/a', PAGE),
    ('#http-redirect-fetch: relative', [(API, '/v/', to('a'))], {'url': '/v/'}, f'{API}/v/a', PAGE),
    (
        '#concept-request-tainted-origin: to a stranger',
        [(API, '/', to(f'{OTHER}/a'))],
        {},
        f'{OTHER}/a',
        'null',
    ),
    (
        "#concept-request-tainted-origin: the page's name does not do",
        [(API, '/', to(f'{OTHER}/a')), (OTHER, '/a', shared(PAGE))],
        {},
        'acao-mismatch',
        'null',
    ),
    (
        '#concept-request-tainted-origin: first within a server',
        [(API, '/', to('/a')), (API, '/a', to(f'{OTHER}/b'))],
        {},
        f'{OTHER}/b',
        'null',
    ),
    (
        '#concept-request-tainted-origin: coming home does not heal',
        [(API, '/', to(f'{PAGE}/a'))],
        {},
        'acao-mismatch',
        'null',
    ),
    (
        '#concept-request-tainted-origin: coming home does not heal',
        [(API, '/', to(f'{PAGE}/a')), (PAGE, '/a', shared('null'))],
        {},
        f'{PAGE}/a',
        'null',
    ),
    (
        '#concept-request-tainted-origin: it sticks',
        [
            (API, '/', to(f'{OTHER}/')),
            (OTHER, '/', to(f'{API}/a', origin='null')),
            (API, '/a', shared('*')),
        ],
        {},
        f'{API}/a',
        'null',
    ),
    (
        '#concept-request-tainted-origin: from home it is untainted',
        [(PAGE, '/', to(f'{API}/a'))],
        {'url': f'{PAGE}/'},
        f'{API}/a',
        PAGE,
    ),
    (
        '#concept-request-tainted-origin: from home, then on',
        [(PAGE, '/', to(f'{API}/a')), (API, '/a', to(f'{OTHER}/'))],
        {'url': f'{PAGE}/'},
        f'{OTHER}/',
        'null',
    ),
    (
        '#concept-request-tainted-origin: star shares with null',
        [(API, '/', to(f'{OTHER}/')), (OTHER, '/', shared('*'))],
        {},
        f'{OTHER}/',
        'null',
    ),
    (
        '#concept-request-tainted-origin: star does not share with credentials',
        [(API, '/', to(f'{OTHER}/')), (OTHER, '/', shared('*'))],
        {'credentials': 'include'},
        'acao-wildcard-with-credentials',
        'null',
    ),
    (
        '#main-fetch: tainting is sticky',
        [(API, '/', to(f'{PAGE}/a')), (PAGE, '/a', (200, []))],
        {},
        'acao-missing',
        'null',
    ),
    (
        '#http-fetch: the CORS check comes before the redirect',
        [(API, '/', (302, [('Location', f'{OTHER}/')]))],
        {},
        'acao-missing',
        PAGE,
    ),
    (
        '#http-fetch: on each hop',
        [(API, '/', to('/a')), (API, '/a', (302, [('Location', '/b')]))],
        {},
        'acao-missing',
        PAGE,
    ),
    (
        '#http-fetch: the CORS check comes before the mode',
        [(API, '/', (302, [('Location', '/a')]))],
        {'redirect': 'manual'},
        'acao-missing',
        PAGE,
    ),
    (
        '#http-fetch: redirect error',
        [(API, '/', to('/a'))],
        {'redirect': 'error'},
        'redirect-mode',
        PAGE,
    ),
    (
        '#http-fetch: redirect error',
        [(API, '/', (302, CORS_OK))],
        {'redirect': 'error'},
        'redirect-mode',
        PAGE,
    ),
    (
        '#http-fetch: redirect manual',
        [(API, '/', to('/a'))],
        {'redirect': 'manual'},
        f'{API}/',
        PAGE,
    ),
    ('#http-redirect-fetch: no Location', [(API, '/', (302, CORS_OK))], {}, f'{API}/', PAGE),
    (
        '#http-redirect-fetch: two Locations',
        [(API, '/', to('/a', ('Location', '/b')))],
        {},
        'redirect-location',
        PAGE,
    ),
    (
        '#http-redirect-fetch: two equal Locations',
        [(API, '/', to('/a', ('Location', '/a')))],
        {},
        'redirect-location',
        PAGE,
    ),
    (
        '#http-redirect-fetch: unparsable',
        [(API, '/', to('https://'))],
        {},
        'redirect-location',
        PAGE,
    ),
    (
        '#http-redirect-fetch: unparsable',
        [(API, '/', to('https://a b/'))],
        {},
        'redirect-location',
        PAGE,
    ),
    ('#http-redirect-fetch: UTF-8', [(API, '/', to('/\xc3\xa9'))], {}, f'{API}/%C3%A9', PAGE),
    (
        '#http-redirect-fetch: backslashes',
        [(API, '/', to('/\\other.example'))],
        {},
        f'{OTHER}/',
        'null',
    ),
    (
        '#http-redirect-fetch: scheme-relative',
        [(API, '/', to('//other.example'))],
        {},
        f'{OTHER}/',
        'null',
    ),
    (
        '#http-redirect-fetch: scheme',
        [(API, '/', to('ftp://other.example/'))],
        {},
        'redirect-scheme',
        PAGE,
    ),
    (
        '#http-redirect-fetch: scheme',
        [(API, '/', to('data:text/plain,a'))],
        {},
        'redirect-scheme',
        PAGE,
    ),
    (
        '#http-redirect-fetch: scheme',
        [(API, '/', to('javascript:alert(1)'))],
        {},
        'redirect-scheme',
        PAGE,
    ),
    ('#http-redirect-fetch: 20 redirects', [(API, '/', to('/'))], {}, 'redirect-limit', PAGE),
    (
        '#http-redirect-fetch: user name',
        [(API, '/', to('https://me@api.example.com/a'))],
        {},
        'redirect-credentials',
        PAGE,
    ),
    (
        '#http-redirect-fetch: user name',
        [(API, '/', to('https://:pw@other.example/'))],
        {},
        'redirect-credentials',
        PAGE,
    ),
    (
        '#http-redirect-fetch: user name home',
        [(API, '/', to('https://me@app.example.com/'))],
        {},
        'redirect-credentials',
        PAGE,
    ),
    (
        '#http-redirect-fetch: user name at home',
        [(PAGE, '/', to('https://me@app.example.com/a'))],
        {'url': f'{PAGE}/'},
        'https://me@app.example.com/a',
        None,
    ),
    (
        '#http-redirect-fetch: user name abroad',
        [(PAGE, '/', to('https://me@api.example.com/a'))],
        {'url': f'{PAGE}/'},
        'redirect-credentials',
        None,
    ),
    (
        '#http-redirect-fetch: user name in no-cors',
        [(API, '/', to('https://me@api.example.com/a'))],
        {'mode': 'no-cors'},
        '',
        None,
    ),
    (
        '#main-fetch: mode same-origin',
        [(PAGE, '/', to(f'{API}/'))],
        {'url': f'{PAGE}/', 'mode': 'same-origin'},
        'cross-origin-in-same-origin-mode',
        None,
    ),
    (
        '#main-fetch: mixed content',
        [(API, '/', to('http://api.example.com/'))],
        {},
        'mixed-content',
        PAGE,
    ),
    ('#block-bad-port', [(API, '/', to('https://api.example.com:25/'))], {}, 'bad-port', PAGE),
    (
        '#http-redirect-fetch: a stream is sent once',
        [(API, '/', to('/a', status=307))],
        {'method': 'POST', 'body': [b'a']},
        'redirect-stream-body',
        PAGE,
    ),
    (
        '#http-redirect-fetch: a stream is sent once',
        [(API, '/', to('/a', status=302))],
        {'method': 'POST', 'body': [b'a']},
        'redirect-stream-body',
        PAGE,
    ),
    (
        '#http-redirect-fetch: 303 drops the stream',
        [(API, '/', to('/a', status=303))],
        {'method': 'POST', 'body': [b'a']},
        f'{API}/a',
        PAGE,
    ),
]


@pytest.mark.parametrize(('paths', 'options', 'end', 'origin'), table(REDIRECTS))
def test_redirects(
    paths: list[tuple[str, str, tuple[int, Pairs]]],
    options: dict[str, Any],
    end: str,
    origin: str | None,
) -> None:
    browser = world(*paths)
    options = {'url': '/'} | options
    if end in RULES:
        with pytest.raises(Blocked) as blocked:
            browser.fetch(**options)
        assert blocked.value.code == end
        last = blocked.value.exchange.steps[-1]
    else:
        reply = browser.fetch(**options)
        assert reply.url == end
        last = reply.exchange.steps[-1]
    assert dict(last.request_headers).get('origin') == origin


# Columns: method and status; the method and body of the next hop.
REWRITES = [
    ('301 and POST', 'POST', 301, 'GET'),
    ('302 and POST', 'POST', 302, 'GET'),
    ('303 and POST', 'POST', 303, 'GET'),
    ('307 keeps', 'POST', 307, 'POST'),
    ('308 keeps', 'POST', 308, 'POST'),
    ('301 and PUT', 'PUT', 301, 'PUT'),
    ('302 and PUT', 'PUT', 302, 'PUT'),
    ('303 and PUT', 'PUT', 303, 'GET'),
    ('307 keeps', 'PUT', 307, 'PUT'),
    ('308 keeps', 'PUT', 308, 'PUT'),
    ('301 and GET', 'GET', 301, 'GET'),
    ('303 and GET', 'GET', 303, 'GET'),
    ('303 and HEAD', 'HEAD', 303, 'HEAD'),
    ('302 and HEAD', 'HEAD', 302, 'HEAD'),
]


@pytest.mark.parametrize(('method', 'status', 'then'), table(REWRITES))
def test_methods_across_redirects(method: str, status: int, then: str) -> None:
    browser = world((API, '/', to(f'{OTHER}/a', status=status)))
    body = 1 if method in {'POST', 'PUT'} else None
    headers = {'X-A': '1', 'Authorization': 'b'}
    reply = browser.fetch('/', method, json=body, headers=headers)
    sent = [(step.method, step.url) for step in reply.exchange.steps]
    assert sent == [
        ('OPTIONS', f'{API}/'),
        (method, f'{API}/'),
        ('OPTIONS', f'{OTHER}/a'),
        (then, f'{OTHER}/a'),
    ]
    last = reply.exchange.steps[-1]
    names = {name for name, _ in last.request_headers}
    assert last.request_body == (b'1' if body and then == method else b'')
    assert ('content-type' in names) is bool(body and then == method)
    assert 'x-a' in names
    assert 'authorization' not in names, 'it does not go to another origin'
    assert reply.redirected


def test_authorization_stays_within_an_origin() -> None:
    browser = world((API, '/', to('/a')))
    reply = browser.fetch('/', headers={'Authorization': 'b'})
    assert dict(reply.exchange.steps[-1].request_headers)['authorization'] == 'b'


def test_a_redirect_can_make_the_preflight_unnecessary() -> None:
    browser = world((API, '/', to(f'{OTHER}/a', status=303)))
    reply = browser.fetch('/', 'POST', json=1)
    assert [step.method for step in reply.exchange.steps] == ['OPTIONS', 'POST', 'GET']


def test_a_redirect_home_still_needs_a_preflight() -> None:
    browser = world((API, '/', to(f'{PAGE}/a')))
    with pytest.raises(Blocked) as blocked:
        browser.fetch('/', headers={'X-A': '1'})
    assert blocked.value.code == 'preflight-acao-mismatch'
    sent = [(step.method, step.url) for step in blocked.value.exchange.steps]
    assert sent == [('OPTIONS', f'{API}/'), ('GET', f'{API}/'), ('OPTIONS', f'{PAGE}/a')]


def test_twenty_redirects_are_followed() -> None:
    browser = world(*((API, f'/{n}', to(f'/{n + 1}')) for n in range(20)))
    assert browser.fetch('/0').url == f'{API}/20'
    assert len(browser.fetch('/0').exchange.steps) == 21


def test_a_server_that_was_not_named_is_not_a_verdict() -> None:
    browser = world((API, '/', to('https://unknown.example/')))
    with pytest.raises(
        Unreachable, match=r'no server is registered for https://unknown\.example'
    ) as error:
        browser.fetch('/')
    assert (error.value.code, error.value.kind) == ('network', 'no-server')
    with pytest.raises(Unreachable) as error:
        browser.fetch('https://unknown.example/', 'PUT')
    assert (error.value.code, error.value.kind) == ('preflight-network', 'no-server')
    assert not error.value.exchange.steps[-1].reached


# Columns: options; the code, or the headers the page set that arrive.
NO_CORS = [
    ('#concept-filtered-response-opaque', {}, ''),
    ('#dom-request: safelisted methods', {'method': 'POST'}, ''),
    ('#dom-request: safelisted methods', {'method': 'HEAD'}, ''),
    ('#dom-request: safelisted methods', {'method': 'PUT'}, 'no-cors-method'),
    ('#dom-request: safelisted methods', {'method': 'patch'}, 'no-cors-method'),
    ('#dom-request: stream', {'method': 'POST', 'body': [b'a']}, 'bad-request'),
    ('#main-fetch: redirect mode', {'redirect': 'error'}, 'no-cors-redirect-mode'),
    ('#main-fetch: redirect mode', {'redirect': 'manual'}, 'no-cors-redirect-mode'),
    ('#no-cors-safelisted-request-header', {'headers': {'Accept': 'a'}}, 'accept=a'),
    (
        '#no-cors-safelisted-request-header',
        {'headers': {'Content-Language': 'de'}},
        'content-language=de',
    ),
    (
        '#no-cors-safelisted-request-header',
        {'headers': {'Accept-Language': 'de'}},
        'accept-language=de',
    ),
    ('#no-cors-safelisted-request-header', {'headers': {'Accept': '('}}, ''),
    ('#no-cors-safelisted-request-header', {'headers': {'X-A': '1'}}, ''),
    ('#no-cors-safelisted-request-header', {'headers': {'Authorization': 'b'}}, ''),
    ('#privileged-no-cors-request-header-name', {'headers': {'Range': 'bytes=0-1'}}, ''),
    (
        '#no-cors-safelisted-request-header: combined',
        {'headers': [('Accept', 'a' * 64), ('Accept', 'b' * 64)]},
        f'accept={"a" * 64}',
    ),
    (
        '#no-cors-safelisted-request-header: combined',
        {'headers': [('Accept', 'a'), ('Accept', 'b')]},
        'accept=a accept=b',
    ),
    ('Content-Type', {'method': 'POST', 'json': 1}, ''),
    (
        'Content-Type: the one that is dropped leaves room for that of the body',
        {'method': 'POST', 'body': 'a', 'headers': {'Content-Type': 'application/json'}},
        'content-type=text/plain;charset=UTF-8',
    ),
    (
        'Content-Type',
        {'method': 'POST', 'body': {'a': 'b'}},
        'content-type=application/x-www-form-urlencoded;charset=UTF-8',
    ),
    ('no preflight for uploads', {'method': 'POST', 'upload_listener': True}, ''),
]


@pytest.mark.parametrize(('options', 'end'), table(NO_CORS))
def test_no_cors(options: dict[str, Any], end: str) -> None:
    site = Site([])
    browser = Browser(site, PAGE, api=API)
    if end in RULES:
        assert (verdict(browser, mode='no-cors', **options), site.seen) == (end, [])
        return
    reply = browser.fetch('/', mode='no-cors', **options)
    assert (reply.type, reply.status, reply.url, reply.body) == ('opaque', 0, '', b'')
    assert not reply.headers
    assert not reply.exchange.readable
    (step,) = reply.exchange.steps
    ours = ('origin', PAGE), ('accept', '*/*'), ('content-length', '0')
    set_by_page = {name.lower() for name in dict(options.get('headers', {}))}
    added = {'content-length', *dict(OWN_HEADERS)} - set_by_page
    found = [f'{k}={v}' for k, v in step.request_headers if (k, v) not in ours and k not in added]
    assert ' '.join(found) == end


# Columns: options; page and API; the Origin sent; the Origin that Chromium sends, if another.
ORIGINS_SENT = [
    ('#append-a-request-origin-header: cors', {}, PAGE, API, PAGE),
    ('#append-a-request-origin-header: cors', {'method': 'POST'}, PAGE, API, PAGE),
    ('opaque page', {}, 'null', API, 'null'),
    ('opaque page', {'method': 'POST'}, 'null', API, 'null'),
    ('same-origin GET', {}, API, API, None),
    ('same-origin HEAD', {'method': 'HEAD'}, API, API, None),
    ('same-origin POST', {'method': 'POST'}, API, API, API),
    ('same-origin PUT', {'method': 'PUT'}, API, API, API),
    ('same-origin OPTIONS', {'method': 'OPTIONS'}, API, API, API),
    ('no-cors GET', {'mode': 'no-cors'}, PAGE, API, None),
    ('no-cors HEAD', {'mode': 'no-cors', 'method': 'HEAD'}, PAGE, API, None),
    ('no-cors POST', {'mode': 'no-cors', 'method': 'POST'}, PAGE, API, PAGE),
    ('no-referrer, cors', {'method': 'POST', 'referrer_policy': 'no-referrer'}, PAGE, API, PAGE),
    (
        'no-referrer, cors mode, same origin',
        {'method': 'POST', 'referrer_policy': 'no-referrer'},
        API,
        API,
        API,
    ),
    (
        'no-referrer, same-origin mode',
        {'mode': 'same-origin', 'method': 'POST', 'referrer_policy': 'no-referrer'},
        API,
        API,
        'null',
    ),
    (
        'no-referrer, no-cors',
        {'mode': 'no-cors', 'method': 'POST', 'referrer_policy': 'no-referrer'},
        PAGE,
        API,
        'null',
    ),
    ('no-referrer, GET', {'mode': 'no-cors', 'referrer_policy': 'no-referrer'}, PAGE, API, None),
    (
        'same-origin policy',
        {'mode': 'no-cors', 'method': 'POST', 'referrer_policy': 'same-origin'},
        PAGE,
        API,
        'null',
    ),
    (
        'same-origin policy',
        {'mode': 'same-origin', 'method': 'POST', 'referrer_policy': 'same-origin'},
        API,
        API,
        API,
    ),
    (
        'origin policy',
        {'mode': 'no-cors', 'method': 'POST', 'referrer_policy': 'origin'},
        PAGE,
        API,
        PAGE,
    ),
    (
        'unsafe-url policy',
        {'mode': 'no-cors', 'method': 'POST', 'referrer_policy': 'unsafe-url'},
        PAGE,
        'http://localhost',
        PAGE,
    ),
    (
        'downgrade, default policy',
        {'mode': 'no-cors', 'method': 'POST'},
        PAGE,
        'http://localhost',
        'null',
    ),
    (
        'downgrade, strict-origin',
        {'mode': 'no-cors', 'method': 'POST', 'referrer_policy': 'strict-origin'},
        PAGE,
        'http://localhost',
        'null',
    ),
    (
        'downgrade',
        {'mode': 'no-cors', 'method': 'POST', 'referrer_policy': 'no-referrer-when-downgrade'},
        PAGE,
        'http://localhost',
        'null',
    ),
    ('downgrade, cors', {'method': 'POST'}, PAGE, 'http://localhost', PAGE),
    (
        'no downgrade',
        {'mode': 'no-cors', 'method': 'POST'},
        'http://localhost:3000',
        'http://localhost',
        'http://localhost:3000',
    ),
]


@pytest.mark.parametrize(('options', 'page', 'api', 'origin'), table(ORIGINS_SENT))
def test_origin_header(options: dict[str, Any], page: str, api: str, origin: str | None) -> None:
    for profile in ('standard', 'chromium', 'firefox'):
        site = Site([('Access-Control-Allow-Origin', '*')])
        browser = Browser(site, page, api=api, profile=profile)
        browser.fetch('/', **options)
        sent = site.seen[0].get('HTTP_ORIGIN')
        assert sent == (page if profile == 'chromium' and origin == 'null' else origin)


# Columns: page; URL; mode; the code.
GATES = [
    ('#main-fetch: https page', PAGE, 'http://api.example.com', 'cors', 'mixed-content'),
    ('#main-fetch: https page', PAGE, 'http://api.example.com', 'no-cors', 'mixed-content'),
    ('mixed content: own host', PAGE, 'http://app.example.com', 'cors', 'mixed-content'),
    ('mixed content: this machine', PAGE, 'http://localhost:8000', 'cors', 'ok'),
    ('mixed content: this machine', PAGE, 'http://127.0.0.1:8000', 'cors', 'ok'),
    ('mixed content: this machine', PAGE, 'http://127.8.9.1', 'cors', 'ok'),
    ('mixed content: this machine', PAGE, 'http://[::1]:8000', 'cors', 'ok'),
    ('mixed content: this machine', PAGE, 'http://api.localhost', 'cors', 'ok'),
    ('mixed content: not this machine', PAGE, 'http://localhost.example', 'cors', 'mixed-content'),
    ('mixed content: not this machine', PAGE, 'http://mylocalhost', 'cors', 'mixed-content'),
    ('mixed content: not this machine', PAGE, 'http://10.0.0.1', 'cors', 'mixed-content'),
    ('mixed content: http page', 'http://app.example.com', 'http://api.example.com', 'cors', 'ok'),
    ('mixed content: opaque page', 'null', 'http://api.example.com', 'cors', 'ok'),
    *(
        ('#block-bad-port', 'http://a.example', f'http://api.example.com:{port}', 'cors', code)
        for port, code in (
            (0, 'bad-port'),
            (1, 'bad-port'),
            (22, 'bad-port'),
            (25, 'bad-port'),
            (139, 'bad-port'),
            (587, 'bad-port'),
            (6000, 'bad-port'),
            (6667, 'bad-port'),
            (10080, 'bad-port'),
            (80, 'ok'),
            (443, 'ok'),
            (81, 'ok'),
            (3000, 'ok'),
            (5000, 'ok'),
            (6001, 'ok'),
            (8000, 'ok'),
            (8080, 'ok'),
            (9000, 'ok'),
            (65535, 'ok'),
        )
    ),
    ('#main-fetch: mode same-origin', PAGE, API, 'same-origin', 'cross-origin-in-same-origin-mode'),
    ('#main-fetch: mode same-origin', API, API, 'same-origin', 'ok'),
    (
        '#main-fetch: port counts',
        API,
        'https://api.example.com:8443',
        'same-origin',
        'cross-origin-in-same-origin-mode',
    ),
    (
        '#main-fetch: opaque is never the same',
        'null',
        API,
        'same-origin',
        'cross-origin-in-same-origin-mode',
    ),
    ('#main-fetch: scheme', PAGE, 'ftp://api.example.com/', 'cors', 'cors-scheme'),
    ('#main-fetch: scheme, both opaque', 'null', 'ftp://api.example.com/', 'cors', 'cors-scheme'),
    ('#main-fetch: scheme', PAGE, 'file:///etc/hosts', 'cors', 'cors-scheme'),
    ('#main-fetch: scheme', PAGE, 'ws://api.example.com/', 'cors', 'cors-scheme'),
    ('#main-fetch: scheme', PAGE, 'chrome-extension://abc/', 'no-cors', 'cors-scheme'),
    ('#main-fetch: scheme', PAGE, 'localhost:8000/a', 'cors', 'cors-scheme'),
]


@pytest.mark.parametrize(('page', 'url', 'mode', 'code'), table(GATES))
def test_what_is_decided_before_anything_is_sent(page: str, url: str, mode: str, code: str) -> None:
    site = Site([('Access-Control-Allow-Origin', '*')])
    browser = Browser(site, page, api=url if code in {'ok', 'bad-port'} else API)
    assert verdict(browser, url, mode=mode) == code
    assert bool(site.seen) is (code == 'ok')


def test_a_framed_page_is_bound_by_the_page_around_it() -> None:
    browser = Browser(Site(), 'null', api='http://api.example.com', top_level=PAGE)
    assert verdict(browser) == 'mixed-content'


# Columns: page; API; lines of Cross-Origin-Resource-Policy; the code.
SAME_SITE_POLICY = 'Cross-Origin-Resource-Policy'
POLICIES = [
    ('#cross-origin-resource-policy-check: absent', PAGE, API, [], 'ok'),
    ('#cross-origin-resource-policy-check', PAGE, API, ['cross-origin'], 'ok'),
    ('#cross-origin-resource-policy-check', PAGE, API, ['same-origin'], 'corp'),
    ('#cross-origin-resource-policy-check', API, API, ['same-origin'], 'ok'),
    ('#cross-origin-resource-policy-check', PAGE, API, ['same-site'], 'ok'),
    ('#cross-origin-resource-policy-check', 'https://a.example', API, ['same-site'], 'corp'),
    ('public suffixes', 'https://a.github.io', 'https://b.github.io', ['same-site'], 'corp'),
    ('public suffixes', 'https://a.b.github.io', 'https://c.b.github.io', ['same-site'], 'ok'),
    ('schemelessly', 'http://app.example.com', 'http://api.example.com', ['same-site'], 'ok'),
    ('not down to http pages', 'http://app.example.com', API, ['same-site'], 'corp'),
    ('schemelessly', 'https://localhost:1', 'http://localhost:2', ['same-site'], 'ok'),
    ('opaque', 'null', API, ['same-site'], 'corp'),
    ('opaque', 'null', API, ['same-origin'], 'corp'),
    ('addresses', 'http://127.0.0.1:3000', 'http://127.0.0.1:8000', ['same-site'], 'ok'),
    ('addresses', 'http://127.0.0.1:3000', 'http://127.0.0.2:8000', ['same-site'], 'corp'),
    ('addresses', 'http://10.0.0.1', 'http://20.0.0.1', ['same-site'], 'corp'),
    ('addresses', 'http://[::1]:3000', 'http://[::1]:8000', ['same-site'], 'ok'),
    ('single labels', 'http://one', 'http://two', ['same-site'], 'corp'),
    ('exact values', PAGE, API, ['Same-Origin'], 'ok'),
    ('exact values', PAGE, API, ['unknown'], 'ok'),
    ('exact values', PAGE, API, ['same-origin, same-origin'], 'ok'),
    ('exact values', PAGE, API, ['same-origin', 'same-origin'], 'ok'),
]


@pytest.mark.parametrize(('page', 'api', 'lines', 'code'), table(POLICIES))
def test_corp(page: str, api: str, lines: list[str], code: str) -> None:
    headers = [(SAME_SITE_POLICY, line) for line in lines]
    assert verdict(Browser(Site(headers), page, api=api), mode='no-cors') == code
    site = Site([*headers, ('Access-Control-Allow-Origin', '*')])
    assert verdict(Browser(site, page, api=api)) == 'ok', 'it does not concern CORS'


# Columns: page; lines of Timing-Allow-Origin; whether timing is visible.
TIMINGS = [
    ('#tao-check: absent', PAGE, [], False),
    ('#tao-check: star', PAGE, ['*'], True),
    ('#tao-check: equal', PAGE, [PAGE], True),
    ('#tao-check: lists', PAGE, [f'{API}, {PAGE}'], True),
    ('#tao-check: lines', PAGE, [API, PAGE], True),
    ('#tao-check: another', PAGE, [API], False),
    ('#tao-check: null', 'null', ['null'], True),
    ('#tao-check: same origin', API, [], True),
]


@pytest.mark.parametrize(('page', 'lines', 'visible'), table(TIMINGS))
def test_timing(page: str, lines: list[str], visible: bool) -> None:
    headers = [('Access-Control-Allow-Origin', '*')]
    headers += [('Timing-Allow-Origin', line) for line in lines]
    assert Browser(Site(headers), page, api=API).fetch('/').timing_visible is visible


def test_timing_stays_hidden_once_a_hop_hides_it() -> None:
    browser = world(
        (API, '/', to('/a')), (API, '/a', (200, [*CORS_OK, ('Timing-Allow-Origin', '*')]))
    )
    assert not browser.fetch('/').timing_visible
    browser = world(
        (API, '/', to('/a', ('Timing-Allow-Origin', '*'))),
        (API, '/a', (200, [*CORS_OK, ('Timing-Allow-Origin', '*')])),
    )
    assert browser.fetch('/').timing_visible


# Columns: header lines; the profiles that need a preflight where the standard needs none, or the
# other way round.
PROFILE_HEADERS = [
    ('chromium and webkit combine', [('Accept', 'a' * 100)] * 2, ['chromium', 'webkit']),
    ('they combine', [('Content-Type', 'text/plain')] * 2, ['chromium', 'webkit']),
    ('firefox: bytes above 0x7f', [('Accept', '\xe9')], ['firefox']),
    ('client hints', [('Save-Data', 'on')], ['standard', 'firefox', 'webkit']),
    ('client hints', [('DPR', '2')], ['standard', 'firefox', 'webkit']),
    ('client hints', [('Viewport-Width', '2')], ['standard', 'firefox', 'webkit']),
    ('chromium: User-Agent', [('User-Agent', 'a')], ['standard', 'firefox', 'webkit']),
    ('webkit: any case', [('Range', 'Bytes=0-')], ['standard', 'chromium', 'firefox']),
    ('client hints: whole names', [('X-DPR', '2')], ['standard', 'chromium', 'firefox', 'webkit']),
]


@pytest.mark.parametrize(('headers', 'preflighted'), table(PROFILE_HEADERS))
def test_profiles_and_the_safelist(headers: Pairs, preflighted: list[str]) -> None:
    allowed = [*CORS_OK, (HEADERS_ALLOWED, '*')]
    for profile in ('standard', 'chromium', 'firefox', 'webkit'):
        browser = Browser(Site(preflight=allowed), PAGE, api=API, profile=profile)
        reply = browser.fetch('/', headers=headers)
        assert bool(reply.exchange.preflights) is (profile in preflighted), profile


@pytest.mark.parametrize(
    ('profile', 'code'),
    [('standard', AUTHORIZATION_STAR), ('chromium', 'ok'), ('firefox', 'ok'), ('webkit', 'ok')],
)
def test_profiles_and_authorization_by_wildcard(profile: str, code: str) -> None:
    site = Site(preflight=[*CORS_OK, (HEADERS_ALLOWED, '*')])
    browser = Browser(site, PAGE, api=API, profile=profile)
    assert verdict(browser, headers={'Authorization': 'b'}) == code


def cookies_of(browser: Browser) -> dict[str, str]:
    return {cookie.name: cookie.value for cookie in browser.cookies}


STRANGER = 'https://stranger.example'
# Columns: page; Set-Cookie; the profiles in which a credentialed fetch of the API stores it.
EVERY = ['standard', 'chromium', 'firefox', 'webkit']
SET_COOKIES = [
    ('same site: Lax by default', PAGE, 'a=1', EVERY),
    ('same site: Strict', PAGE, 'a=1; SameSite=Strict', EVERY),
    ('same site: Lax', PAGE, 'a=1; samesite=lax', EVERY),
    ('same site: None', PAGE, 'a=1; SameSite=None; Secure', EVERY),
    ('cross-site: unset', STRANGER, 'a=1', ['firefox']),
    ('cross-site: unknown is unset', STRANGER, 'a=1; SameSite=x', ['firefox']),
    ('cross-site: Strict', STRANGER, 'a=1; SameSite=Strict; Secure', []),
    ('cross-site: Lax', STRANGER, 'a=1; SameSite=Lax; Secure', []),
    (
        'cross-site: None',
        STRANGER,
        'a=1; SameSite=None; Secure',
        ['standard', 'chromium', 'firefox'],
    ),
    ('None needs Secure', PAGE, 'a=1; SameSite=None', ['webkit']),
    ('opaque pages are cross-site', 'null', 'a=1; SameSite=Lax', []),
    (
        'other scheme is cross-site',
        'http://app.example.com',
        'a=1; SameSite=Lax',
        ['firefox', 'webkit'],
    ),
    ('public suffixes', 'https://me.github.io', 'a=1; SameSite=Lax', []),
    ('prefix', PAGE, '__Secure-a=1', []),
    ('prefix', PAGE, '__Secure-a=1; Secure', EVERY),
    ('prefix', PAGE, '__Host-a=1; Secure', []),
    ('prefix', PAGE, '__Host-a=1; Secure; Path=/', EVERY),
    ('prefix', PAGE, '__Host-a=1; Secure; Path=/x', []),
    ('prefix', PAGE, '__Host-a=1; Secure; Path=/; Domain=api.example.com', []),
    ('prefix', PAGE, '__host-a=1; Path=/', []),
    ('domain', PAGE, 'a=1; Domain=example.com', EVERY),
    ('domain', PAGE, 'a=1; Domain=.Example.com', EVERY),
    ('domain', PAGE, 'a=1; Domain=api.example.com', EVERY),
    ('domain of another', PAGE, 'a=1; Domain=app.example.com', []),
    ('domain of another', PAGE, 'a=1; Domain=ample.com', []),
    ('domain of all', PAGE, 'a=1; Domain=com', []),
    ('empty', PAGE, '', []),
    ('empty', PAGE, '=', []),
    ('empty', PAGE, '; Secure', []),
    ('no name', PAGE, 'a', EVERY),
    ('expired', PAGE, 'a=1; Max-Age=0', None),
    ('expired', PAGE, 'a=1; Max-Age=-5', None),
    ('expired', PAGE, 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', None),
    ('malformed date is none', PAGE, 'a=1; Expires=soon', EVERY),
    ('malformed age is none', PAGE, 'a=1; Max-Age=x', EVERY),
    (
        'Max-Age before Expires',
        PAGE,
        'a=1; Max-Age=9; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
        EVERY,
    ),
]


@pytest.mark.parametrize(('page', 'line', 'stored_in'), table(SET_COOKIES))
def test_cookies_stored(page: str, line: str, stored_in: list[str] | None) -> None:
    for profile in EVERY:
        site = Site([('Set-Cookie', line)])
        browser = Browser(site, page, api=API, profile=profile, clock=lambda: 1e9)
        with pytest.raises(Blocked) as blocked:
            browser.fetch('/', credentials='include')
        step = blocked.value.exchange.steps[0]
        stored = stored_in is None or profile in stored_in
        assert bool(step.cookies_stored) is stored, (profile, step.cookies_refused)
        assert bool(step.cookies_refused) is not stored
        assert len(cookies_of(browser)) == (profile in (stored_in or []))


# Columns: Set-Cookie (visited at https://api.example.com/v1/login); page; URL; profiles in which
# the cookie goes along with a credentialed fetch.
SENT_COOKIES = [
    ('same site', 'a=1', PAGE, '/v1/', EVERY),
    ('same site: Strict', 'a=1; SameSite=Strict', PAGE, '/v1/', EVERY),
    ('cross-site: unset', 'a=1', STRANGER, '/v1/', []),
    ('cross-site: Lax', 'a=1; SameSite=Lax', STRANGER, '/v1/', []),
    ('cross-site: Strict', 'a=1; SameSite=Strict', STRANGER, '/v1/', []),
    (
        'cross-site: None',
        'a=1; SameSite=None; Secure',
        STRANGER,
        '/v1/',
        ['standard', 'chromium'],
    ),
    ('path', 'a=1', PAGE, '/v1', EVERY),
    ('path', 'a=1', PAGE, '/v1/a/b', EVERY),
    ('path', 'a=1', PAGE, '/v2', []),
    ('path', 'a=1', PAGE, '/v11', []),
    ('path', 'a=1; Path=/', PAGE, '/v2', EVERY),
    ('path', 'a=1; Path=v2', PAGE, '/v1/', EVERY),
    ('path', 'a=1; Path=/v2/', PAGE, '/v2/a', EVERY),
    ('path', 'a=1; Path=/v2/', PAGE, '/v2', []),
    ('host', 'a=1; Path=/', PAGE, 'https://www.example.com/', []),
    ('domain', 'a=1; Path=/; Domain=example.com', PAGE, 'https://www.example.com/', EVERY),
    ('domain', 'a=1; Path=/; Domain=example.com', PAGE, 'https://other.example/', []),
    ('ports share a jar', 'a=1; Path=/', PAGE, 'https://api.example.com:8443/', EVERY),
    ('alive', 'a=1; Path=/; Max-Age=61', PAGE, '/', EVERY),
    ('expired', 'a=1; Path=/; Max-Age=60', PAGE, '/', []),
]


@pytest.mark.parametrize(('line', 'page', 'url', 'sent_in'), table(SENT_COOKIES))
def test_cookies_sent(line: str, page: str, url: str, sent_in: list[str]) -> None:
    for profile in EVERY:
        clock, site = Clock(), Site([('Access-Control-Allow-Origin', page), CORS_OK[1]])
        hosts: dict[str, Any] = dict.fromkeys(
            ('https://www.example.com', 'https://other.example', 'https://api.example.com:8443'),
            site,
        )
        browser = Browser(site, page, api=API, hosts=hosts, profile=profile, clock=clock)
        browser.cookies.set(f'{API}/v1/login', line)
        clock.now = 60
        reply = browser.fetch(url, credentials='include')
        assert reply.exchange.cookies_sent == (('a',) if profile in sent_in else ())
        assert site.seen[-1].get('HTTP_COOKIE') == ('a=1' if profile in sent_in else None)
        for credentials in ('same-origin', 'omit'):
            assert not browser.fetch(url, credentials=credentials).exchange.cookies_sent


def test_cookies_of_same_origin_fetches() -> None:
    site = Site([('Set-Cookie', 'a=1')])
    browser = Browser(site, API, api=API)
    assert browser.fetch('/', credentials='omit').exchange.cookies_stored == ()
    assert browser.fetch('/').exchange.cookies_stored == ('a',)
    assert browser.fetch('/').exchange.cookies_sent == ('a',)
    assert browser.fetch('/', credentials='omit').exchange.cookies_sent == ()


def test_cookies_without_domain_stay_with_their_host() -> None:
    for line, sent in (('a=1', ()), ('a=1; Domain=api.example.com', ('a',))):
        below = 'https://v1.api.example.com'
        browser = Browser(Site(), PAGE, api=API, hosts={below: Site()})
        browser.cookies.set(API, line)
        reply = browser.fetch(f'{below}/', credentials='include')
        assert reply.exchange.cookies_sent == sent


def test_longer_paths_come_first_and_nameless_cookies_are_bare() -> None:
    site = Site()
    browser = Browser(site, PAGE, api=API)
    for line in ('a=1; Path=/', 'b=2; Path=/v1', 'bare; Path=/'):
        browser.cookies.set(API, line)
    browser.fetch('/v1/x', credentials='include')
    assert site.seen[0]['HTTP_COOKIE'] == 'b=2; a=1; bare'
    browser.cookies.set(API, 'a=3; Path=/')
    assert cookies_of(browser) == {'a': '3', 'b': '2', '': 'bare'}


# Columns: API; whether Secure cookies work there in the standard, and in WebKit.
@pytest.mark.parametrize(
    ('api', 'standard', 'webkit'),
    [
        ('https://127.0.0.1:8000', True, True),
        ('http://127.0.0.1:8000', True, False),
        ('http://localhost:8000', True, False),
        ('http://api.example.com', False, False),
    ],
)
def test_secure_cookies(api: str, standard: bool, webkit: bool) -> None:
    for profile, works in (('standard', standard), ('webkit', webkit)):
        site = Site([('Set-Cookie', 'a=1; Secure')])
        browser = Browser(site, api, api=api, profile=profile)
        browser.fetch('/')
        assert browser.fetch('/').exchange.cookies_sent == (('a',) if works else ())
        if not works:
            with pytest.raises(ValueError, match=r"^header: .*'a' is refused: Secure needs https"):
                browser.cookies.set(api, 'a=1; Secure')


def test_why_cookies_stay_behind() -> None:
    site = Site([*CORS_OK, ('Set-Cookie', 'b=1')])
    browser = Browser(site, PAGE, api=API, top_level=STRANGER)
    browser.cookies.set(API, 'a=1')
    step = browser.fetch('/', credentials='include').exchange.steps[0]
    assert step.cookies_withheld == {'a': 'SameSite=Lax, and the request is cross-site'}
    assert step.cookies_refused == {'b': 'SameSite=Lax, and the request is cross-site'}
    browser = Browser(site, STRANGER, api=API, profile='webkit')
    browser.cookies.set(API, 'a=1; SameSite=None; Secure')
    with pytest.raises(Blocked) as blocked:
        browser.fetch('/', credentials='include')
    withheld = blocked.value.exchange.steps[0].cookies_withheld
    assert withheld == {'a': 'third-party cookies are blocked'}


def test_a_stranger_framed_at_home_gets_no_cookies_of_its_host() -> None:
    site = Site([('Access-Control-Allow-Origin', STRANGER), CORS_OK[1]])
    browser = Browser(site, STRANGER, api=API, top_level=PAGE)
    browser.cookies.set(API, 'a=1')
    assert browser.fetch('/', credentials='include').exchange.cookies_sent == ()


def test_a_detour_over_another_site_makes_a_request_cross_site() -> None:
    browser = world(
        (API, '/', to(f'{OTHER}/')),
        (OTHER, '/', to(f'{API}/a', origin='null')),
        (API, '/a', shared('null')),
    )
    browser.cookies.set(API, 'a=1; SameSite=Strict')
    steps = browser.fetch('/', credentials='include').exchange.steps
    assert [step.cookies_sent for step in steps] == [('a',), (), ()]
    browser = world(
        (API, '/', to(f'{SUB}/')),
        (SUB, '/', to(f'{API}/a', origin='null')),
        (API, '/a', shared('null')),
    )
    browser.cookies.set(API, 'a=1; SameSite=Strict')
    steps = browser.fetch('/', credentials='include').exchange.steps
    assert [step.cookies_sent for step in steps] == [('a',), (), ('a',)]


def test_headers_are_read_as_browsers_do() -> None:
    headers = Headers([('X-A', ' 1\t'), ('x-a', '2'), ('ETag', '3')])
    assert headers['X-a'] == '1, 2'
    assert headers.lines('x-A') == ['1', '2']
    assert (len(headers), list(headers), 'x-b' in headers) == (2, ['x-a', 'etag'], False)
    assert repr(headers) == "Headers([('x-a', '1'), ('x-a', '2'), ('etag', '3')])"


def test_reply_type() -> None:
    replies: dict[str, Reply] = {
        'cors': Browser(Site(), PAGE, api=API).fetch('/'),
        'basic': Browser(Site(), API, api=API).fetch('/'),
        'opaque': Browser(Site(), PAGE, api=API).fetch('/', mode='no-cors'),
        'opaqueredirect': world((API, '/', to('/a'))).fetch('/', redirect='manual'),
    }
    assert {name: reply.type for name, reply in replies.items()} == {n: n for n in replies}
    assert [reply.exchange.readable for reply in replies.values()] == [True, True, False, False]
