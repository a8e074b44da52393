# SPDX-License-Identifier: MIT-0
"""The options for each way a page can send a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from .bodies import Body, Fields, Files


class FetchOptions(TypedDict, total=False):
    """The options of a fetch. They have the same names as in JavaScript, if it has them."""

    #: Names and values. Headers that pages can't set are dropped silently, as in JavaScript.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    #: A ``str``; ``bytes``, ``bytearray`` or ``memoryview``; a mapping or a list of pairs (a
    #: ``URLSearchParams``, in which a list of values repeats the field); or an iterable or
    #: asynchronous iterable of bytes (a stream).
    body: Body
    #: Files by field, for a ``FormData``. Pass its other fields in `body`. A file is its content,
    #: or a tuple of its name, its content and optionally its Content-Type.
    files: Files | None
    json: object  #: A value to send as JSON, with its Content-Type. Not None.
    mode: str  #: ``cors`` (the default), ``no-cors`` or ``same-origin``.
    credentials: str  #: ``omit``, ``same-origin`` (the default) or ``include``.
    redirect: str  #: ``follow`` (the default), ``error`` or ``manual``.
    #: The page's referrer policy, which can change the Origin to ``null``.
    #: The default is ``strict-origin-when-cross-origin``.
    referrer_policy: str
    upload_listener: bool  #: Whether the page observes the upload, as XMLHttpRequest can.


class XhrOptions(TypedDict, total=False):
    """The options of an XMLHttpRequest."""

    #: Names and values, as ``setRequestHeader`` takes them.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    body: Body  #: See :class:`FetchOptions`.
    json: object  #: See :class:`FetchOptions`.
    files: Files | None  #: See :class:`FetchOptions`.
    with_credentials: bool  #: ``withCredentials``.
    upload_listener: bool  #: Whether ``xhr.upload`` has a listener, which causes a preflight.
    referrer_policy: str  #: See :class:`FetchOptions`.


class EventSourceOptions(TypedDict, total=False):
    """The options of an EventSource."""

    with_credentials: bool  #: ``withCredentials``.
    last_event_id: str  #: The ID of the last event, for a reconnecting browser.
    events: int | None  #: How many events the page reads before it closes the connection.


class FormOptions(TypedDict, total=False):
    """The options of a form."""

    fields: Fields | None  #: A mapping or a list of pairs. A list of values repeats the field.
    files: (
        Files | None
    )  #: See :class:`FetchOptions`. Files need the `enctype` ``multipart/form-data``.
    #: ``application/x-www-form-urlencoded`` (the default), ``multipart/form-data`` or
    #: ``text/plain``.
    enctype: str
    referrer_policy: str  #: See :class:`FetchOptions`.


class BeaconOptions(TypedDict, total=False):
    """The options of a beacon."""

    #: The type of the Blob with the data. A type that forms can't send causes a preflight.
    content_type: str
    files: Files | None  #: See :class:`FetchOptions`.
    referrer_policy: str  #: See :class:`FetchOptions`.
