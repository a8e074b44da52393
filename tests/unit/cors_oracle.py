# SPDX-License-Identifier: MIT-0
"""The browser's side of the CORS protocol, as short as the Fetch Standard allows.

Reads headers only, and knows nothing of ``cors.py``.
"""

from collections.abc import Iterable

SAFELISTED_METHODS = {'GET', 'HEAD', 'POST'}
TOKEN = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~")

Headers = Iterable[tuple[str, str]]


def get(headers: Headers, name: str) -> str | None:
    """The standard's "get": the values of a header, joined."""
    values = [value.strip('\t ') for key, value in headers if key.lower() == name.lower()]
    return ', '.join(values) if values else None


def extract(headers: Headers, name: str) -> list[str] | None:
    """The standard's "extract header list values": tokens; a failure raises ``ValueError``."""
    lines = [value for key, value in headers if key.lower() == name.lower()]
    if not lines:
        return None
    items = [item.strip('\t ') for line in lines for item in line.split(',')]
    for item in items:
        if not set(item) <= TOKEN:
            raise ValueError(item)
    return [item for item in items if item]


def cors_check(origin: str, credentials: bool, headers: Headers) -> bool:
    """The standard's "CORS check"."""
    allowed = get(headers, 'Access-Control-Allow-Origin')
    if allowed is None:
        return False
    if not credentials and allowed == '*':
        return True
    if allowed != origin:
        return False
    return not credentials or get(headers, 'Access-Control-Allow-Credentials') == 'true'


def preflight_passes(
    origin: str, method: str, names: Iterable[str], credentials: bool, status: int, headers: Headers
) -> bool:
    """The standard's "CORS-preflight fetch"."""
    if not cors_check(origin, credentials, headers) or not 200 <= status <= 299:
        return False
    try:
        methods = extract(headers, 'Access-Control-Allow-Methods') or []
        allowed = extract(headers, 'Access-Control-Allow-Headers') or []
    except ValueError:
        return False
    any_method = '*' in methods and not credentials
    if method not in methods and method not in SAFELISTED_METHODS and not any_method:
        return False
    lowered = {name.lower() for name in allowed}
    for name in names:
        any_header = '*' in allowed and not credentials and name.lower() != 'authorization'
        if name.lower() not in lowered and not any_header:
            return False
    return True


def requested_headers(names: Iterable[str]) -> str | None:
    """The standard's "CORS-preflight fetch": the value of ``Access-Control-Request-Headers``."""
    return ','.join(sorted({name.lower() for name in names})) or None
