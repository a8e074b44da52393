# SPDX-License-Identifier: MIT-0
"""URLs, origins and sites, parsed and compared the way browsers do it."""

from __future__ import annotations

import functools
import importlib
import ipaddress
import re
import socket
import urllib.parse
from typing import Any, NamedTuple

from .arguments import check_text

OPAQUE = 'null'
DEFAULT_PORTS = {'http': 80, 'https': 443}
OPAQUE_SCHEMES = {'about', 'blob', 'data', 'file', 'filesystem', 'javascript'}
ORIGIN = re.compile(r'([a-z][a-z0-9+.\-]*)://(\[[^\]]*\]|[^:]*)(?::([1-9][0-9]{0,4}))?')
SOCKET_SCHEMES = {'ws', 'wss'}
#: The local network: https://wicg.github.io/local-network-access/#ip-address-space-heading
LOCAL_NETWORKS = [
    ipaddress.ip_network(network)
    for network in (
        '10.0.0.0/8', '100.64.0.0/10', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16',
        'fc00::/7', 'fe80::/10',
    )
]  # fmt: skip


def need(module: str, purpose: str) -> Any:
    """Import a library that only some features need."""
    try:
        return importlib.import_module(module)
    except ImportError:
        fix = f'install it: python -m pip install {module}'
        raise ImportError(f'{module} is needed to {purpose}; {fix}') from None


class Url(NamedTuple):
    """A parsed URL. If the scheme is neither http nor https, `path` is everything after it."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str = ''
    userinfo: str = ''

    @property
    def netloc(self) -> str:
        """The host, with the port unless it's the default."""
        return self.host if self.port is None else f'{self.host}:{self.port}'

    @property
    def origin(self) -> str:
        """The serialized origin."""
        return f'{self.scheme}://{self.netloc}' if self.scheme in DEFAULT_PORTS else OPAQUE

    @property
    def href(self) -> str:
        """The URL with its user name and password, as in ``response.url``."""
        return str(self).replace('://', f'://{self.userinfo}@', 1) if self.userinfo else str(self)

    def __str__(self) -> str:
        start = self.origin if self.scheme in DEFAULT_PORTS else f'{self.scheme}:'
        return start + self.path + self.query


def domain_to_ascii(host: str) -> str:
    """Convert a host to lower case, and non-ASCII parts to punycode (URL Standard).

    Browsers follow UTS 46 and allow what IDNA 2008 forbids, such as emoji.
    """
    if host.isascii():
        return host.lower()
    remap = need('idna', f'read the host {host!r}').uts46_remap
    labels = remap(host, std3_rules=False, transitional=False).split('.')
    return '.'.join(
        label if label.isascii() else f'xn--{label.encode("punycode").decode()}' for label in labels
    )


def parse_host(text: str) -> str:
    """Parse and serialize a host (URL Standard, host parsing)."""
    if text.startswith('[') and '%' not in text:
        groups = ipaddress.IPv6Address(text[1:-1]).packed.hex(':', 2).split(':')
        address = ':'.join(f'{int(group, 16):x}' for group in groups)
        zeros = max(re.findall(r'\b0(?::0\b)+', address), key=len, default='none')
        return '[' + re.sub(f'(^|:){zeros}(:|$)', '::', address, count=1) + ']'
    host = domain_to_ascii(urllib.parse.unquote(text))
    if not host or re.search(r'[\x00-\x20"#%/:<>?@\[\\\]^`{|}\x7f]', host):
        raise ValueError(f'{host!r} is not a valid host name')
    if re.search(r'(^|\.)([0-9]+|0x[0-9a-f]*)\.?$', host):
        try:
            return socket.inet_ntoa(socket.inet_aton(host.removesuffix('.')))
        except OSError:
            raise ValueError(f'{host!r} is not a valid IPv4 address') from None
    return host


def remove_dot_segments(path: str) -> str:
    """Resolve ``.`` and ``..`` in a path. urllib would drop empty segments."""
    output: list[str] = []
    path = re.sub(r'/(\.|%2e){1,2}$', r'\g<0>/', path, flags=re.IGNORECASE)
    for segment in path.split('/')[1:]:
        plain = segment.lower().replace('%2e', '.')
        if plain == '..':
            del output[-1:]
        elif plain != '.':
            output.append(segment)
    return '/' + '/'.join(output)


def resolve(text: str, base: Url) -> str:
    """Complete a relative URL."""
    if text.startswith('//'):
        return f'{base.scheme}:{text}'
    if text.startswith('/'):
        return base.origin + text
    if not text:
        return str(base)
    folder = base.path if text.startswith('?') else base.path.rpartition('/')[0] + '/'
    return base.origin + folder + text


def is_relative(scheme: str, rest: str, base: Url | None) -> bool:
    """Whether ``http:a`` is a path, which it is if the base has the same scheme."""
    return base is not None and scheme == base.scheme and not rest.startswith('//')


@functools.lru_cache(maxsize=512)
def parse_url(text: str, base: Url | None = None) -> Url:
    """Parse a URL like browsers, even with backslashes and tabs. Raises ValueError."""
    text = re.sub('[\t\n\r]', '', text.strip(''.join(map(chr, range(0x21))))).partition('#')[0]
    scheme = re.match(r'([a-z][a-z0-9+.\-]*):', text, re.IGNORECASE)
    if scheme and scheme[1].lower() not in DEFAULT_PORTS:
        return Url(scheme[1].lower(), '', None, text[scheme.end() :])
    front, mark, query = text.partition('?')
    text = front.replace('\\', '/') + mark + query
    if not scheme:
        if not base:
            raise ValueError("it has no scheme; write 'http://' or 'https://' before it")
        text = resolve(text, base)
    elif base and is_relative(scheme[1].lower(), text[scheme.end() :], base):
        text = resolve(text[scheme.end() :], base)
    parts = re.fullmatch(
        r'(?i)(https?):/*+(?:([^/?]*)@)?(\[[^/?\]]*\]|[^/?:@]*)(?::([0-9]*))?(/[^?]*)?(\?.*)?', text
    )
    if not parts or int(parts[4] or 0) > 65535:
        raise ValueError("its host or port is malformed; write 'host' or 'host:port'")
    name, port = parts[1].lower(), int(parts[4]) if parts[4] else None
    path = urllib.parse.quote(parts[5] or '/', "!$%&'()*+,/:;=@[\\]|", errors='replace')
    query = urllib.parse.quote(parts[6] or '', '!$%&()*+,/:;=?@[\\]^`{|}', errors='replace')
    port = None if port == DEFAULT_PORTS[name] else port
    userinfo = '' if parts[2] == ':' else parts[2] or ''
    return Url(name, parse_host(parts[3]), port, remove_dot_segments(path), query, userinfo)


def named_url(argument: str, value: str, base: Url | None = None) -> Url:
    """Parse a URL from an argument. Without a base, it must be http or https."""
    check_text(argument, value)
    try:
        url = parse_url(value, base)
    except ValueError as error:
        raise ValueError(f'{argument}: {value!r} is not a URL: {error}') from None
    if base is None and url.origin == OPAQUE:
        raise ValueError(f"{argument}: {value!r} isn't an http URL; write 'http://' or 'https://'")
    return url


def is_host(host: str, *, web: bool) -> bool:
    """Whether an origin can have a host. cors.py accepts the same ones."""
    if host.startswith('['):
        return is_canonical(host)
    name = host.removesuffix('.')
    labels = name.split('.')
    if labels[-1].isdecimal() or labels[-1].startswith('0x'):
        return is_canonical(host)
    if web and not all(re.fullmatch('[a-z0-9_-]{1,63}', label) for label in labels):
        return False
    return re.fullmatch('[A-Za-z0-9._~-]{1,253}', host) is not None


def is_canonical(address: str) -> bool:
    """Whether an IP address is in the form that browsers use."""
    try:
        return parse_host(address) == address and is_address(address)
    except ValueError:
        return False


def is_origin(scheme: str, host: str, port: int) -> bool:
    """Whether a browser sends an origin with these parts. A port of 0 means that it has none."""
    if scheme in SOCKET_SCHEMES or port > 65535 or port == DEFAULT_PORTS.get(scheme):
        return False
    return is_host(host, web=scheme in DEFAULT_PORTS)


def check_origin(argument: str, value: str) -> str:
    """Return the origin of a page, ``null`` for one with an opaque origin.

    Raises:
        ValueError: It isn't in the form that browsers use. The message suggests it.
    """
    check_text(argument, value)
    if value == OPAQUE or value.partition(':')[0].lower() in OPAQUE_SCHEMES:
        return OPAQUE
    parts = ORIGIN.fullmatch(value)
    if parts and is_origin(parts[1], parts[2], int(parts[3] or 0)):
        return value
    better = named_url(argument, value).origin
    fix = f"did you mean {better!r}? (a sandboxed page's is 'null')"
    if better == value:
        fix = "pages can't have such a host"
    raise ValueError(f"{argument}: {value!r} isn't an origin as browsers write it; {fix}")


def same_origin(first: str, second: str) -> bool:
    """Whether two serialized origins are equal. An opaque one never is."""
    return first == second != OPAQUE


def is_trustworthy(url: Url) -> bool:
    """Whether the connection is secure: over https, or to the user's own machine."""
    loopback = r'localhost|.*\.localhost|127(\.[0-9]+){3}|\[::1\]'
    return url.scheme == 'https' or re.fullmatch(loopback, url.host) is not None


@functools.cache
def public_suffixes() -> Any:
    """The Public Suffix List, read once."""
    return need('publicsuffixlist', 'tell whether two hosts are one site').PublicSuffixList()


def is_address(host: str) -> bool:
    """Whether a host is an IP address."""
    return re.fullmatch(r'[0-9.]+|\[.*', host) is not None


def is_local(host: str) -> bool:
    """Whether a host is on the local network, by its address or its name."""
    if not is_address(host):
        return host.endswith('.local')
    address = ipaddress.ip_address(host.strip('[]'))
    return any(address in network for network in LOCAL_NETWORKS)


def registrable_domain(host: str) -> str | None:
    """The part of a host that was registered, or None for addresses and public suffixes."""
    if '.' not in host or is_address(host):
        return None
    domain: str | None = public_suffixes().privatesuffix(host)
    return domain


def same_site(first: str, second: str, *, schemelessly: bool = False) -> bool:
    """Whether two serialized origins are same-site: same scheme, same registrable domain."""
    if OPAQUE in {first, second}:
        return False
    scheme, host = re.sub(r':[0-9]+$', '', first).split('://')
    other_scheme, other_host = re.sub(r':[0-9]+$', '', second).split('://')
    if scheme != other_scheme and not schemelessly:
        return False
    if host == other_host or host.rpartition('.')[2] != other_host.rpartition('.')[2]:
        return host == other_host
    return registrable_domain(host) == registrable_domain(other_host) is not None
