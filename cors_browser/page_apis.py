# SPDX-License-Identifier: MIT-0
"""Other ways to send requests, each with its own rules: forms, WebSockets and others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Unpack

from .arguments import check_choice, check_count, check_options, check_text
from .bodies import URLENCODED, Body, Content
from .call_options import BeaconOptions, EventSourceOptions, FormOptions, XhrOptions
from .event_streams import EventStream, check_event_stream, parse_events
from .exchange import Exchange
from .forms import ENCTYPES, form_content, form_query
from .page_requests import Opening, beacon_request, event_source_headers, navigation
from .request import Request
from .rules import Blocked
from .session import Session
from .sockets import WebSocket, protocol_headers
from .xhr import XhrReply, xhr_headers, xhr_reply


class PageApis(Session):
    """The methods of a browser other than ``fetch``."""

    def xhr(self, url: str, method: str = 'GET', **options: Unpack[XhrOptions]) -> XhrReply:
        """Send an XMLHttpRequest.

        Unlike ``fetch``, it ignores the body of a GET, joins headers with the same name, and always
        follows redirects.

        Args:
            url: The URL. A relative one resolves against `api`.
            method: The method.
            options: See :class:`XhrOptions`.

        Returns:
            What the page can read, with ``getResponseHeader`` and similar methods.

        Raises:
            Blocked: The page gets an ``error`` event and the status 0.
            Unreachable: The server didn't respond.
        """
        return self._run(
            'xhr', 'axhr', lambda: self.axhr(url, method, **options), options.get('body')
        )

    async def axhr(self, url: str, method: str = 'GET', **options: Unpack[XhrOptions]) -> XhrReply:
        """Do the same as :meth:`xhr` in a running event loop."""
        check_options('xhr', options, XhrOptions.__annotations__)
        check_text('method', method)
        credentials = 'include' if options.pop('with_credentials', False) else 'same-origin'
        if method.upper() in {'GET', 'HEAD'}:
            options |= {'body': None, 'json': None, 'files': None}
        options['headers'] = xhr_headers(options.get('headers'), options.get('body'))
        return xhr_reply(await self._fetch(url, method, credentials, options))

    def event_source(self, url: str, **options: Unpack[EventSourceOptions]) -> EventStream:
        """Open an EventSource, and read events until the connection ends or `timeout` has passed.

        A browser would then reconnect. To do the same, call this again with the stream's
        ``last_event_id``.

        Args:
            url: The URL. A relative one resolves against `api`.
            options: See :class:`EventSourceOptions`.

        Raises:
            Blocked: The page gets an ``error`` event, and the browser doesn't reconnect.
            Unreachable: The server didn't respond.
        """
        return self._run(
            'event_source', 'aevent_source', lambda: self.aevent_source(url, **options)
        )

    async def aevent_source(self, url: str, **options: Unpack[EventSourceOptions]) -> EventStream:
        """Do the same as :meth:`event_source` in a running event loop."""
        check_options('event_source', options, EventSourceOptions.__annotations__)
        last, most = options.get('last_event_id', ''), options.get('events')
        check_count('events', most)
        credentials = 'include' if options.get('with_credentials') else 'same-origin'
        with self._exchange(credentials) as exchange:
            request = Request(exchange, self._url(url), 'GET', credentials=credentials)
            request.agent_headers = event_source_headers(last)
            if most is not None:
                request.enough = lambda body: len(parse_events(body)[0]) >= most
            reply = await self._fetcher.fetch(request)
            check_event_stream(reply)
        events, last, retry = parse_events(reply.body, last)
        return EventStream(reply, events[:most], last, retry)

    def submit(self, url: str, method: str = 'POST', **options: Unpack[FormOptions]) -> Exchange:
        """Submit a form of the page, which navigates to the response.

        No CORS check applies, and scripts on the page can't read the response. Cookies follow
        the rules for navigations, so ``SameSite=Lax`` ones are sent if the method is GET.

        Args:
            url: The ``action``. A relative one resolves against `api`.
            method: ``GET`` or ``POST``.
            options: See :class:`FormOptions`.

        Returns:
            What went over the wire.

        Raises:
            Blocked: The browser doesn't send the form.
            Unreachable: The server didn't respond.
        """
        return self._run('submit', 'asubmit', lambda: self.asubmit(url, method, **options))

    async def asubmit(
        self, url: str, method: str = 'POST', **options: Unpack[FormOptions]
    ) -> Exchange:
        """Do the same as :meth:`submit` in a running event loop."""
        check_options('submit', options, FormOptions.__annotations__)
        check_choice('method', method, ('GET', 'POST'))
        enctype = options.get('enctype', URLENCODED)
        check_choice('enctype', enctype, ENCTYPES)
        target = self._url(url)
        fields, files = options.get('fields'), options.get('files')
        content = form_content(fields, files, enctype)
        if method == 'GET':
            target, content = target._replace(query=form_query(fields, files)), Content()
        with self._exchange('include') as exchange:
            request = navigation(exchange, target, method, content)
            request.referrer_policy = options.get('referrer_policy', request.referrer_policy)
            is_framed = self.page != self.top_level
            request.destination = 'iframe' if is_framed else 'document'
            await self._fetcher.fetch(request)
        exchange.readable, exchange.visible_headers = False, ()
        return exchange

    def beacon(self, url: str, data: Body = None, **options: Unpack[BeaconOptions]) -> Exchange:
        """Send data with ``navigator.sendBeacon``.

        Args:
            url: The URL. A relative one resolves against `api`.
            data: A str, bytes, or fields (a ``URLSearchParams``), at most 64 KiB.
            options: See :class:`BeaconOptions`.

        Returns:
            What went over the wire. The page can never read the response.

        Raises:
            Blocked: The request isn't sent. Either ``sendBeacon`` returns ``false``, or the
                preflight fails without the page noticing.
            Unreachable: The server didn't respond.
        """
        return self._run('beacon', 'abeacon', lambda: self.abeacon(url, data, **options))

    async def abeacon(
        self, url: str, data: Body = None, **options: Unpack[BeaconOptions]
    ) -> Exchange:
        """Do the same as :meth:`beacon` in a running event loop."""
        check_options('beacon', options, BeaconOptions.__annotations__)
        with self._exchange('include') as exchange:
            request = beacon_request(exchange, self._url(url), data, options)
            try:
                await self._fetcher.fetch(request)
            except Blocked:
                if not exchange.reached_server:
                    raise
        exchange.readable, exchange.visible_headers = False, ()
        return exchange

    def websocket(self, url: str, protocols: str | Sequence[str] = ()) -> WebSocket:
        """Open a WebSocket: with an Origin and cookies, but without any CORS check.

        Args:
            url: A ``ws:``, ``wss:``, ``http:`` or ``https:`` URL. A relative one resolves
                against `api`.
            protocols: The subprotocols that the page offers.

        Raises:
            Blocked: The server refused. The page gets an ``error`` event and the code 1006.
            Unreachable: The server didn't respond.
        """
        return self._run('websocket', 'awebsocket', lambda: self.awebsocket(url, protocols))

    async def awebsocket(self, url: str, protocols: str | Sequence[str] = ()) -> WebSocket:
        """Do the same as :meth:`websocket` in a running event loop."""
        offered = protocol_headers(protocols)
        check_text('url', url)
        target = self._url(re.sub('^ws', 'http', url.strip(), flags=re.IGNORECASE))
        with self._exchange('include') as exchange:
            request = Request(exchange, target, 'GET', mode='websocket', credentials='include')
            opening = Opening(self._servers)
            step = await self._fetcher.websocket_handshake(request, offered, opening.send)
            if opening.transport is None:
                raise Blocked('websocket-refused', 'WSGI applications have no WebSockets')
        exchange.readable = True
        chosen = step.response_headers.get('sec-websocket-protocol', '')
        return WebSocket(opening.transport, chosen, exchange, self._run)
