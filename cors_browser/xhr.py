# SPDX-License-Identifier: MIT-0
"""XMLHttpRequest: how it differs from fetch."""

from __future__ import annotations

import re
from dataclasses import fields

from .arguments import header_pairs
from .exchange import Headers, Pairs, Reply


class XhrReply(Reply):
    """What an XMLHttpRequest can read of a response."""

    @property
    def response_text(self) -> str:
        """The body as text."""
        return self.text()

    def get_response_header(self, name: str) -> str | None:
        """A header, or None (``null``) if it's missing or not exposed to the page."""
        return self.headers.get(name)

    def get_all_response_headers(self) -> str:
        """The headers that the page can read, sorted, one per line."""
        return ''.join(f'{name}: {value}\r\n' for name, value in sorted(self.headers.items()))


def xhr_reply(reply: Reply) -> XhrReply:
    """The same response for an XMLHttpRequest."""
    return XhrReply(**{field.name: getattr(reply, field.name) for field in fields(reply)})


def xhr_headers(headers: object, body: object) -> Pairs:
    """The headers of ``setRequestHeader``, which joins equal names and corrects the charset."""
    pairs = header_pairs(headers)
    names = {name.lower(): name for name, _ in reversed(pairs)}
    joined = dict(Headers(pairs))
    if isinstance(body, str) and 'content-type' in joined:
        joined['content-type'] = utf8_charset(joined['content-type'])
    return [(names[name], value) for name, value in joined.items()]


def utf8_charset(value: str) -> str:
    """Set the charset to that of the text, even if the page sets another one."""
    return re.sub('(?i)(;[ \t]*charset=)(?!utf-8)[^;]*', r'\1UTF-8', value)
