# SPDX-License-Identifier: MIT-0
"""Recordings from other tools: HAR files of developer tools, and the output of ``curl -i``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from .exchange import Answer, Headers, Pairs
from .headers import SAFELISTED_METHODS
from .replay import Capture
from .urls import OPAQUE, parse_url

STATUS_LINE = re.compile(r'HTTP/[0-9.]+ ([1-5][0-9]{2})(?: (.*))?')
HEADER_LINE = re.compile(r"([A-Za-z0-9!#$%&'*+\-.^_`|~]+):(.*)")
REQUEST_LINE = re.compile(r'> ([A-Za-z]+) \S+ HTTP/[0-9.]+')
FETCHES = {'fetch', 'xhr', 'preflight', 'eventsource', 'font'}
ERRORS_WITHOUT_CAUSE = {'', 'net::ERR_FAILED'}


# ------------------------------------------------------------------------------------ curl -i


def parse_curl(text: str) -> list[tuple[str, Answer]]:
    """Read the output of ``curl -i``, or ``-v``: each response, with its method if it is there.

    Skips responses that only prepare another one (100, 103, a proxy's ``Connection established``).
    Redirects that ``-L`` follows are separate responses.

    Raises:
        ValueError: It doesn't contain a response.
    """
    found: list[tuple[str, Answer]] = []
    method, lines = '', [line.rstrip('\r') for line in text.lstrip('\ufeff').split('\n')]
    verbose = any(line.startswith('< HTTP/') for line in lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        if request := REQUEST_LINE.fullmatch(line):
            method = request[1]
        status = STATUS_LINE.fullmatch(line.removeprefix('< ' if verbose else ''))
        if not status or (verbose and not line.startswith('< ')):
            number += 1
            continue
        headers, number = head(lines, number + 1, '< ' if verbose else '')
        body, number = body_lines(lines, number, verbose)
        code = int(status[1])
        if code >= 200 and status[2] != 'Connection established':
            found.append((method, (code, headers, '\n'.join(body).encode())))
    if not found:
        words = (
            "it doesn't contain a line such as 'HTTP/1.1 200 OK'; print the response with curl -i"
        )
        raise ValueError(f'response: {words}')
    return found


def head(lines: list[str], number: int, mark: str) -> tuple[Pairs, int]:
    """The headers that begin at a line, and the number of the line after them."""
    headers: Pairs = []
    while number < len(lines) and lines[number].startswith(mark.strip()):
        line = lines[number].removeprefix(mark.strip()).removeprefix(' ' if mark else '')
        number += 1
        if not line.strip():
            break
        if line[0] in ' \t' and headers:
            headers[-1] = (headers[-1][0], f'{headers[-1][1]} {line.strip()}')
        elif field := HEADER_LINE.fullmatch(line):
            headers.append((field[1], field[2].strip(' \t')))
    return headers, number


def body_lines(lines: list[str], number: int, verbose: bool) -> tuple[list[str], int]:
    """The lines of a body, up to the next head, and the number of the line after them."""
    body: list[str] = []
    while number < len(lines):
        line = lines[number]
        following = lines[number + 1] if number + 1 < len(lines) else ''
        if STATUS_LINE.fullmatch(line) and (not following or HEADER_LINE.fullmatch(following)):
            break
        if verbose and line.startswith(('< HTTP/', '> ')):
            break
        if not (verbose and line.startswith(('* ', '{ [', '} ['))):
            body.append(line)
        number += 1
    return body, number


# ------------------------------------------------------------------------------------ HAR


def parse_har(text: str, page: str | None = None) -> list[Capture]:
    """Read a HAR file from a browser's developer tools: each fetch that involves CORS.

    Args:
        text: The file.
        page: The page's origin, for requests without an Origin header.

    Raises:
        ValueError: It isn't a HAR file.
    """
    try:
        log = mapping(mapping(json.loads(text.lstrip('\ufeff'))).get('log'))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"har: it isn't JSON ({error}); export it from the Network tab") from None
    if not isinstance(log.get('entries'), list):
        raise ValueError(
            "har: it doesn't contain a list log.entries; export it from the Network tab"
        )
    pages = {
        string(one, 'id'): origin_of(string(one, 'title')) for one in mappings(log.get('pages'))
    }
    entries = [mapping(entry) for entry in mappings(log['entries'])]
    return [*captures(entries, pages, page)]


def captures(
    entries: list[dict[str, Any]], pages: dict[str, str], page: str | None
) -> Iterator[Capture]:
    """The fetches among the entries of a HAR file, each with its preflight."""
    preflights: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for entry in entries:
        if is_preflight(entry):
            sent = request_headers(entry)
            key = (string(entry['request'], 'url'), sent['access-control-request-method'])
            preflights.setdefault(key, []).append(entry)
    for entry in entries:
        request = mapping(entry.get('request'))
        url, method = string(request, 'url'), string(request, 'method') or 'GET'
        if is_preflight(entry) or not is_http(url):
            continue
        origin = page_of(entry, pages) or page
        earlier = preflights.get((url, method), [])
        preflight = earlier.pop(0) if earlier else None
        if origin and concerns_cors(entry, preflight):
            yield capture_of(entry, preflight, origin)
    for (url, method), rest in preflights.items():
        for preflight in rest:  # the actual request isn't in the file, because it was never sent
            origin = page_of(preflight, pages) or page or OPAQUE
            if is_http(url):
                yield capture_of({'request': {'url': url, 'method': method}}, preflight, origin)


def capture_of(entry: dict[str, Any], preflight: dict[str, Any] | None, page: str) -> Capture:
    """The fetch of an entry."""
    request, sent = mapping(entry.get('request')), request_headers(entry)
    asked = request_headers(preflight) if preflight else Headers()
    names = asked.get('access-control-request-headers', '').replace(' ', '').split(',')
    method = string(request, 'method') or 'GET'
    needs_listener = preflight is not None and names == [''] and method in SAFELISTED_METHODS
    capture = Capture(
        string(request, 'url'), page, method,
        headers=[(n, sent.get(n, 'x')) for n in names if HEADER_LINE.fullmatch(n + ':')],
        credentials='include' if 'cookie' in sent or mappings(request.get('cookies'))
        else 'same-origin',
        upload_listener=needs_listener, preflight_passed=preflight is None,
        error=string(mapping(entry.get('response')), '_error') or string(entry, '_error'),
    )  # fmt: skip
    for one in (preflight, entry):
        response = response_of(one) if one else None
        if response:
            capture.responses.append((string(mapping(one).get('request'), 'method'), response))
    if preflight and not capture.error:
        capture.error = string(mapping(preflight.get('response')), '_error')
    return capture


def response_of(entry: dict[str, Any]) -> Answer | None:
    """The response of an entry, or None if the file doesn't have one."""
    response = mapping(entry.get('response'))
    status, content = response.get('status'), mapping(response.get('content'))
    headers = header_pairs(response.get('headers'))
    if not isinstance(status, int) or not 200 <= status <= 599:
        return None
    body = string(content, 'text') if content.get('encoding') != 'base64' else ''
    return status, headers, body.encode('utf-8', 'replace')


def concerns_cors(entry: dict[str, Any], preflight: dict[str, Any] | None) -> bool:
    """Whether an entry is a script's fetch, or a failed one."""
    sent = request_headers(entry)
    mode, kind = sent.get('sec-fetch-mode', ''), string(entry, '_resourceType')
    failed = string(mapping(entry.get('response')), '_error')
    if mode in {'navigate', 'websocket'} or kind in {'document', 'websocket'}:
        return False
    if mode == 'no-cors':
        return failed not in ERRORS_WITHOUT_CAUSE
    return bool(mode == 'cors' or preflight or failed or 'origin' in sent or kind in FETCHES)


def is_preflight(entry: dict[str, Any]) -> bool:
    """Whether an entry is a preflight."""
    method = string(mapping(entry.get('request')), 'method')
    return method == 'OPTIONS' and 'access-control-request-method' in request_headers(entry)


def page_of(entry: dict[str, Any], pages: dict[str, str]) -> str:
    """The origin of the page that sent a request, or empty if the file doesn't contain it."""
    sent = request_headers(entry)
    if sent.get('origin', OPAQUE) != OPAQUE:
        return origin_of(sent['origin'])
    title, referer = pages.get(string(entry, 'pageref'), ''), sent.get('referer', '')
    return title or origin_of(referer) or sent.get('origin', '')


def origin_of(url: str) -> str:
    """The origin of an http URL, or empty for other strings."""
    try:
        origin = parse_url(url).origin
    except ValueError:
        return ''
    return '' if origin == OPAQUE else origin


def is_http(url: str) -> bool:
    """Whether a string is an http URL."""
    return origin_of(url) != ''


def request_headers(entry: dict[str, Any] | None) -> Headers:
    """The headers of an entry's request, without the pseudo headers of HTTP/2."""
    return Headers(header_pairs(mapping(mapping(entry).get('request')).get('headers')))


def header_pairs(value: object) -> Pairs:
    """A list of headers, without malformed ones."""
    pairs = [(string(one, 'name'), string(one, 'value')) for one in mappings(value)]
    lines = [(name, line) for name, text in pairs for line in text.split('\n')]
    return [pair for pair in lines if HEADER_LINE.fullmatch(pair[0] + ':')]


def mapping(value: object) -> dict[str, Any]:
    """A JSON object, or an empty one instead of anything else."""
    return cast('dict[str, Any]', value) if isinstance(value, dict) else {}


def mappings(value: object) -> list[dict[str, Any]]:
    """The objects of a JSON list."""
    members = cast('list[object]', value) if isinstance(value, list) else []
    return [mapping(member) for member in members if isinstance(member, dict)]


def string(value: object, key: str) -> str:
    """A string in a JSON object, or empty if it isn't one."""
    text = mapping(value).get(key)
    return text if isinstance(text, str) else ''
