"""Pages and their origins: what ``page=`` takes, which is what the middleware takes, too."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cors import Policy, PolicyError
from cors_browser import Browser
from cors_browser.urls import check_origin
from tests.unit.browser_support import API, Site, table

# Columns: what is given as `page`; the Origin that is sent, or None if it is refused.
PAGES = [
    ('file', 'file:///home/me/index.html', 'null'),
    ('file', 'file://', 'null'),
    ('data', 'data:text/html,x', 'null'),
    ('blob', 'blob:https://a.example/x', 'null'),
    ('about', 'about:srcdoc', 'null'),
    ('opaque', 'null', 'null'),
    ('extension', 'chrome-extension://abcdefghijklmnop', 'chrome-extension://abcdefghijklmnop'),
    (
        'extension with capitals',
        'safari-web-extension://7A1B-C2',
        'safari-web-extension://7A1B-C2',
    ),
    ('port', 'app://localhost:3000', 'app://localhost:3000'),
    ('IPv6', 'app://[::1]:3000', 'app://[::1]:3000'),
    ('tilde', 'app://a~b', 'app://a~b'),
    ('a trailing dot is another host', 'https://app.example.com.', 'https://app.example.com.'),
    ('a port that no scheme has', 'app://a:80', 'app://a:80'),
    ('port too large', 'app://a:65536', None),
    ('leading zero', 'app://a:080', None),
    ('port 0', 'https://a.example:0', None),
    ('no host', 'app://', None),
    ('path', 'app://a/', None),
    ('upper-case scheme', 'APP://a', None),
    ('IPv6 that is not canonical', 'app://[::A]', None),
    ('IPv4 that is not canonical', 'app://127.1', None),
    ('IPv4 out of range', 'app://1.2.3.256', None),
    ('WebSocket', 'wss://app.example.com', None),
    ('empty label', 'https://a..example', None),
    ('long label', f'https://{"a" * 64}.example', None),
    ('long host', 'https://' + 'a.' * 126 + 'aa', None),
    ('characters that URLs have and hosts have not', "https://a!b'c.example", None),
]


@pytest.mark.parametrize(('page', 'origin'), table(PAGES))
def test_pages(page: str, origin: str | None) -> None:
    site = Site([('Access-Control-Allow-Origin', '*')])
    if origin is None:
        with pytest.raises(ValueError, match=r'^page: '):
            Browser(site, page, api=API)
        return
    Browser(site, page, api=API).fetch('/')
    assert site.seen[0]['HTTP_ORIGIN'] == origin


def test_an_origin_that_no_page_has_is_explained() -> None:
    with pytest.raises(ValueError, match=r"isn't an origin as browsers write it; pages "):
        Browser(Site(), 'https://a!b.example')


def policy_takes(origin: str) -> bool:
    try:
        Policy(allow_origins=[origin], dangerously_allow_insecure_origins=True)
    except PolicyError:
        return False
    return True


def browser_takes(origin: str) -> bool:
    try:
        return check_origin('page', origin) == origin != 'null'
    except ValueError:
        return False


SCHEMES = st.sampled_from(
    ['http', 'https', 'app', 'capacitor', 'chrome-extension', 'file', 'data', 'ws', 'wss', 'HTTP',
     'a+b-c.d', '1a', '', 'null']
)  # fmt: skip
LABELS = st.sampled_from(
    ['a', 'A', 'b-c', 'b_c', '~', 'example', 'com', '1', '127', '0', '255', '256', '0x7f', '0X7f',
     '01', '', '-', 'a' * 63, 'a' * 64, 'é', 'xn--mnchen-3ya', '%61', 'a b', '*', '!']
)  # fmt: skip
NAMES = st.lists(LABELS, min_size=1, max_size=5).map('.'.join)
ADDRESSES = st.ip_addresses().map(
    lambda address: f'[{address}]' if address.version == 6 else str(address)
)
HOSTS = NAMES | ADDRESSES | st.sampled_from(
    ['[::1]', '[::A]', '[0::1]', '[::ffff:1.2.3.4]', '[::ffff:102:304]', '[fe80::1%25a]', '[', '[]',
     '127.1', '.', 'a' * 253, 'a' * 254, '.'.join(['a' * 63] * 4)]
)  # fmt: skip
PORTS = st.sampled_from(
    [
        '',
        ':',
        ':1',
        ':80',
        ':443',
        ':8000',
        ':65535',
        ':65536',
        ':0',
        ':01',
        ':x',
        ':-1',
        ':99999999',
    ]
)
ENDS = st.sampled_from(['', '', '', '', '/', '?', '#', '\\', '@a', ',', ' '])
ORIGINS = st.builds('{}://{}{}{}'.format, SCHEMES, HOSTS, PORTS, ENDS)


@given(ORIGINS | st.text(max_size=20) | st.text(max_size=10).map('https://{}'.format))
@example('https://example.com.')
@example('app://127.0.0.1')
def test_both_halves_take_the_same_origins(origin: str) -> None:
    assert policy_takes(origin) == browser_takes(origin)


def test_a_host_that_is_not_ascii_needs_idna(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'idna', None)
    with pytest.raises(ImportError, match=r"idna is needed to read the host 'mün.example'"):
        Browser(Site(), 'https://mün.example')


# Columns: the host of a URL; what browsers make of it by UTS 46, which IDNA 2008 partly forbids.
HOSTS_IN_UNICODE = [
    ('mapped', 'BÜCHER.example', 'xn--bcher-kva.example'),
    ('sharp s stays', 'straße.example', 'xn--strae-oqa.example'),
    ('full width', '\uff41.example', 'a.example'),
    ('ideographic full stop', 'a。example', 'a.example'),
    ('emoji', '☕.example', 'xn--53h.example'),
    ('soft hyphen', 'a\u00adb.example', 'ab.example'),
]


@pytest.mark.parametrize(('host', 'ascii_host'), table(HOSTS_IN_UNICODE))
def test_hosts_that_are_not_ascii(host: str, ascii_host: str) -> None:
    site = Site([('Access-Control-Allow-Origin', '*')])
    Browser(site, 'http://page.example', api=f'http://{host}').fetch('/')
    assert site.seen[0]['HTTP_HOST'] == ascii_host
