# SPDX-License-Identifier: MIT-0
"""The options of the calls that a page can make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from .bodies import Body, Fields, Files


class FetchOptions(TypedDict, total=False):
    """The options of a fetch, named as in JavaScript where that has them."""

    #: Names and values; what pages may not set is dropped silently, as there.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    #: Text; bytes, as a ``bytearray`` or ``memoryview``, too; a mapping or a list of pairs (a
    #: ``URLSearchParams``, in which a list of values repeats the field); or an iterable or
    #: asynchronous iterable of bytes (a stream).
    body: Body
    #: Files by field, for a ``FormData``; `body` has its other fields. A file is its content, or
    #: a tuple of its name, its content and perhaps its Content-Type.
    files: Files | None
    json: object  #: Sent as JSON with its Content-Type, for ``JSON.stringify``; not None.
    mode: str  #: ``cors`` (the default), ``no-cors`` or ``same-origin``.
    credentials: str  #: ``omit``, ``same-origin`` (the default) or ``include``.
    redirect: str  #: ``follow`` (the default), ``error`` or ``manual``.
    #: The page's referrer policy, which may turn the Origin into ``null``;
    #: ``strict-origin-when-cross-origin`` by default.
    referrer_policy: str
    upload_listener: bool  #: Whether the page watches the upload, as XMLHttpRequest can.


class XhrOptions(TypedDict, total=False):
    """The options of an XMLHttpRequest."""

    #: Names and values, as ``setRequestHeader`` takes them.
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None
    body: Body  #: As for :class:`FetchOptions`.
    json: object  #: As for :class:`FetchOptions`.
    files: Files | None  #: As for :class:`FetchOptions`.
    with_credentials: bool  #: ``withCredentials``.
    upload_listener: bool  #: Whether ``xhr.upload`` has a listener, which causes a preflight.
    referrer_policy: str  #: As for :class:`FetchOptions`.


class EventSourceOptions(TypedDict, total=False):
    """The options of an EventSource."""

    with_credentials: bool  #: ``withCredentials``.
    last_event_id: str  #: The ID of the last event, when the browser connects again.
    events: int | None  #: The number of events after which the page closes the connection.


class FormOptions(TypedDict, total=False):
    """The options of a form."""

    fields: Fields | None  #: A mapping or a list of pairs; a list of values repeats the field.
    files: Files | None  #: As for :class:`FetchOptions`; they need the `enctype` of ``multipart``.
    #: ``application/x-www-form-urlencoded`` (the default), ``multipart/form-data`` or
    #: ``text/plain``.
    enctype: str
    referrer_policy: str  #: As for :class:`FetchOptions`.


class BeaconOptions(TypedDict, total=False):
    """The options of a beacon."""

    #: The type of a Blob that has the data; anything but a form's types causes a preflight.
    content_type: str
    files: Files | None  #: As for :class:`FetchOptions`.
    referrer_policy: str  #: As for :class:`FetchOptions`.
