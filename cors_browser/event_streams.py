# SPDX-License-Identifier: MIT-0
"""Event streams: how an EventSource reads a response (HTML, server-sent events)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .exchange import Exchange, Reply
from .headers import MIME_TYPE
from .rules import Blocked

EVENT_STREAM = 'text/event-stream'


@dataclass
class ServerSentEvent:
    """One event that a page received."""

    type: str  #: ``message``, or the value of the stream's ``event`` field.
    data: str  #: The lines of its ``data`` fields.
    last_event_id: str  #: The last ``id`` so far, or empty.


@dataclass
class EventStream:
    """What an EventSource received until its connection ended."""

    reply: Reply  #: The response.
    events: list[ServerSentEvent]  #: In order.
    last_event_id: str  #: What the browser sends as ``Last-Event-ID`` when it reconnects.
    retry: int | None  #: The milliseconds until then, if the stream sets them.

    @property
    def exchange(self) -> Exchange:
        """What went over the wire."""
        return self.reply.exchange


def parse_events(
    content: bytes, last_event_id: str = ''
) -> tuple[list[ServerSentEvent], str, int | None]:
    """Read a stream: its events, the last event ID and the time until the next connection.

    Drops an event that isn't followed by an empty line.
    """
    events, retry, identifier = list[ServerSentEvent](), None, last_event_id
    kind, data = '', list[str]()
    for line in re.split('\r\n|\r|\n', content.decode('utf-8-sig', 'replace'))[:-1]:
        name, _, value = line.partition(':')
        value = value.removeprefix(' ')
        if not line:
            last_event_id = identifier
            if data:
                events.append(ServerSentEvent(kind or 'message', '\n'.join(data), identifier))
            kind, data = '', []
        elif name == 'data':
            data.append(value)
        elif name == 'event':
            kind = value
        elif name == 'id' and '\0' not in value:
            identifier = value
        elif name == 'retry' and re.fullmatch('[0-9]+', value):
            retry = int(value)
    return events, last_event_id, retry


def check_event_stream(reply: Reply) -> None:
    """Raise unless a response is an event stream; an EventSource then never reconnects."""
    kind = MIME_TYPE.fullmatch(reply.headers.get('Content-Type', ''))
    if reply.status != 200:
        raise Blocked('event-source-status', f'the status is {reply.status}, not 200')
    if not kind or kind[1].lower() != EVENT_STREAM:
        found = reply.headers.get('Content-Type', 'missing')
        reason = f'Content-Type is {found}, not {EVENT_STREAM}'
        raise Blocked('event-source-type', reason, 'Content-Type')
