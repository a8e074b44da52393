# SPDX-License-Identifier: MIT-0
"""Methods and headers: which ones pages can send, and how to parse lists."""

from __future__ import annotations

import re

from .exchange import Headers, Pairs, quoted
from .rules import Blocked

SAFELISTED_METHODS = {'GET', 'HEAD', 'POST'}
FORBIDDEN_METHODS = {'CONNECT', 'TRACE', 'TRACK'}
NORMALIZED_METHODS = {'DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'}
FORBIDDEN_HEADERS = re.compile(
    'accept-(charset|encoding)|access-control-request-(headers|method)|connection|content-length'
    '|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer'
    '|transfer-encoding|upgrade|via|(proxy|sec)-.*'
)
METHOD_OVERRIDES = {'x-http-method', 'x-http-method-override', 'x-method-override'}
NO_CORS_HEADERS = {'accept', 'accept-language', 'content-language', 'content-type'}
BODY_HEADERS = {'content-encoding', 'content-language', 'content-location', 'content-type'}
FORM_TYPES = {'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'}
TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+")
UNSAFE_BYTE = re.compile(r'[\x00-\x08\x0a-\x1f"():<>?@\[\\\]{}\x7f]')
LANGUAGE = re.compile(r'[0-9A-Za-z *,\-.;=]*')
MIME_TYPE = re.compile(rf'[\t\n\r ]*({TOKEN.pattern}/{TOKEN.pattern})[\t\n\r ]*(;.*)?', re.DOTALL)
RANGE = re.compile(r'bytes=([0-9]+)-([0-9]*)')
LIST_MEMBER = re.compile(r'(?:[^",]|"(?:\\.|[^"\\])*"?)+', re.DOTALL)


def normalize_method(method: str) -> str:
    """Normalize a method (#concept-method-normalize): ``put`` is ``PUT``, ``patch`` stays."""
    if not TOKEN.fullmatch(method) or method.upper() in FORBIDDEN_METHODS:
        raise Blocked('bad-method', f"pages can't send the method {quoted(method)}")
    return method.upper() if method.upper() in NORMALIZED_METHODS else method


def get_decode_split(value: str) -> list[str]:
    """Split a header value at its commas, except inside quotes."""
    return [member.strip(' \t') for member in LIST_MEMBER.findall(value)]


def is_forbidden_request_header(name: str, value: str) -> bool:
    """Return whether pages can't set a header (#forbidden-request-header)."""
    if name in METHOD_OVERRIDES:
        return any(method.upper() in FORBIDDEN_METHODS for method in get_decode_split(value))
    return FORBIDDEN_HEADERS.fullmatch(name) is not None


def is_safelisted_content_type(value: str) -> bool:
    """Return whether a form could send this Content-Type, parameters included."""
    mime_type = MIME_TYPE.fullmatch(value)
    return bool(mime_type and mime_type[1].lower() in FORM_TYPES)


def is_safelisted_range(value: str) -> bool:
    """Return whether a Range is one span of bytes with a start (#simple-range-header-value)."""
    span = RANGE.fullmatch(value)
    return bool(span and (not span[2] or int(span[1]) <= int(span[2])))


def is_safelisted_request_header(name: str, value: str) -> bool:
    """Return whether a header needs no preflight (#cors-safelisted-request-header)."""
    if len(value) > 128:
        return False
    match name:
        case 'accept':
            return not UNSAFE_BYTE.search(value)
        case 'content-type':
            return not UNSAFE_BYTE.search(value) and is_safelisted_content_type(value)
        case 'accept-language' | 'content-language':
            return LANGUAGE.fullmatch(value) is not None
        case 'range':
            return is_safelisted_range(value)
        case _:
            return False


def combine(headers: Pairs) -> Pairs:
    """Join the values of equal names with commas."""
    return [*Headers(headers).items()]


def extract_header_list_values(headers: Headers, name: str) -> list[str] | None:
    """Return the members of a list header, or None if it is absent (#extract-header-list-values).

    Raises:
        ValueError: A member isn't a token; the second argument is that member.
    """
    if name not in headers:
        return None
    members = [part.strip(' \t') for line in headers.lines(name) for part in line.split(',')]
    for member in filter(None, members):
        if not TOKEN.fullmatch(member):
            raise ValueError(f"{name} is malformed: {quoted(member)} isn't a name", member)
    return [*filter(None, members)]
