# SPDX-License-Identifier: MIT-0
"""Argument checks whose errors name the argument, its value and what to write instead."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable, Mapping
from typing import cast

REFERRER_POLICIES = (
    '', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
    'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url',
)  # fmt: skip
#: The valid values of the options of a fetch.
CHOICES = {
    'mode': ('cors', 'no-cors', 'same-origin'),
    'credentials': ('omit', 'same-origin', 'include'),
    'redirect': ('follow', 'error', 'manual'),
    'referrer_policy': REFERRER_POLICIES,
}
#: The names of options in other libraries, and what to write here.
ELSEWHERE = {
    'allow_redirects': "redirect='manual'",
    'content': 'body=...',
    'cookies': 'browser.cookies.set(url, header)',
    'data': 'body=...',
    'follow_redirects': "redirect='manual'",
    'params': 'the query in `url`',
    'timeout': 'Browser(..., timeout=...)',
}


def wrong_type(argument: str, value: object, fix: str) -> TypeError:
    """The error for a value of the wrong type."""
    return TypeError(f'{argument}: {value!r} is of type {type(value).__name__}; {fix}')


def check_text(argument: str, value: object) -> None:
    """Raise TypeError unless a value is a str."""
    if not isinstance(value, str):
        raise wrong_type(argument, value, 'pass a str')


def check_bool(argument: str, value: object) -> None:
    """Raise TypeError unless a value is True or False."""
    if not isinstance(value, bool):
        raise wrong_type(argument, value, 'pass True or False')


def check_callable(argument: str, value: object) -> None:
    """Raise TypeError unless a value is None or callable."""
    if value is not None and not callable(value):
        raise wrong_type(argument, value, 'pass a function')


def check_choice(argument: str, value: object, choices: Iterable[str]) -> None:
    """Raise unless a value is one of the known strings."""
    check_text(argument, value)
    if value not in (known := tuple(choices)):
        raise ValueError(f'{argument}: {value!r} is unknown; choose one of {known}')


def check_timeout(value: object) -> None:
    """Raise unless a value is None or a number of seconds."""
    fix = 'pass seconds, such as 0.5, or None for no limit'
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type('timeout', value, fix)
    if not 0 < value < math.inf:
        raise ValueError(f'timeout: {value!r} is not a positive number; {fix}')


def check_count(argument: str, value: object) -> None:
    """Raise unless a value is None or an integer of at least 1."""
    fix = 'pass an int of at least 1, or None'
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong_type(argument, value, fix)
    if value < 1:
        raise ValueError(f'{argument}: {value!r} is too small; {fix}')


def check_tls(value: object) -> None:
    """Raise TypeError unless a value is None or a TLS context."""
    if value is not None and not hasattr(value, 'wrap_socket'):
        raise wrong_type('tls', value, 'pass an ssl.SSLContext')


def check_mapping(argument: str, value: object, fix: str) -> None:
    """Raise TypeError unless a value is None or a mapping with str keys."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise wrong_type(argument, value, fix)
    for key in cast('Mapping[object, object]', value):
        check_text(argument, key)


def check_options(call: str, options: Mapping[str, object], known: Collection[str]) -> None:
    """Raise unless the options of a call are known and have valid values."""
    for name, value in options.items():
        if name not in known:
            raise TypeError(f'{call}: {name!r} is not an option; {advice(name, known)}')
        if name in CHOICES:
            check_choice(name, value, CHOICES[name])
        elif name in {'upload_listener', 'with_credentials'}:
            check_bool(name, value)
        elif name in {'content_type', 'last_event_id'}:
            check_text(name, value)


def advice(name: str, known: Collection[str]) -> str:
    """What to write instead of an unknown option."""
    if name in ELSEWHERE:
        return f'write {ELSEWHERE[name]}'
    snake = re.sub('[A-Z]', lambda capital: '_' + capital[0].lower(), name)
    near = difflib.get_close_matches(snake, known, 1)
    return f'did you mean {near[0]!r}?' if near else f'the options are {", ".join(sorted(known))}'


def header_pairs(headers: object) -> list[tuple[str, str]]:
    """The names and values of headers."""
    fix = "pass a mapping such as {'X-Token': '1'}, or a list of pairs"
    if headers is None:
        return []
    if isinstance(headers, str | bytes) or not isinstance(headers, Iterable):
        raise wrong_type('headers', headers, fix)
    items: Iterable[object] = headers.items() if isinstance(headers, Mapping) else headers
    return [header_pair(item) for item in items]


def header_pair(item: object) -> tuple[str, str]:
    """A name and a value, both as str."""
    if not isinstance(item, tuple | list) or len(item) != 2:
        raise TypeError(f"headers: {item!r} is not a pair; write ('X-Token', '1')")
    name, value = item
    if not isinstance(name, str):
        raise wrong_type('headers', name, 'write the name as a str')
    if not isinstance(value, str):
        what = f'headers: the value of {name!r} is {value!r} of type {type(value).__name__}'
        text = value.decode('latin-1') if isinstance(value, bytes) else str(value)
        raise TypeError(f'{what}; write it as a str: {text!r}')
    return name, value
