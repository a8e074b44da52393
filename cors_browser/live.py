# SPDX-License-Identifier: MIT-0
"""The client for running servers, and why they give no HTTP response."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

from .exchange import Pairs, Step, __version__
from .rules import Unreachable
from .urls import Url, need

Answer = tuple[int, Pairs, bytes]


def unreachable(step: Step, kind: str, reason: str) -> Unreachable:
    """The failure of a request that gets no HTTP answer."""
    return Unreachable('preflight-network' if step.preflight else 'network', reason, kind=kind)


def call_live(timeout: float, step: Step, url: Url) -> Answer:
    """Ask a running server, through httpx: no proxies, no redirects, no cookies of its own.

    A body that does not end, such as an event stream, is cut after the time for an answer.
    """
    httpx = need('httpx', 'ask a live URL')
    agent = ('user-agent', f'cors_browser/{__version__}')
    request = httpx.Request(
        step.method,
        str(url),
        headers=[agent, ('host', url.netloc), *step.request_headers],
        content=step.request_body or None,
        extensions={'timeout': httpx.Timeout(timeout).as_dict()},
    )
    request.method = step.method  # in the page's case
    end, content = time.monotonic() + timeout, b''
    try:
        with httpx.HTTPTransport(verify=ssl.create_default_context()) as transport:
            response = transport.handle_request(request)
            with contextlib.suppress(httpx.ReadTimeout):
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > end:
                        break
    except httpx.HTTPError as error:
        step.reached = not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
        kind, reason = failure_kind(error, step.reached), str(error)
        if isinstance(error, httpx.TimeoutException):
            kind, reason = 'timeout', f'no answer within {timeout:g} seconds'
        raise unreachable(step, kind, f'{url}: {reason}') from None
    pairs = [(name.decode(), value.decode('latin-1')) for name, value in response.headers.raw]
    return response.status_code, pairs, content


def failure_kind(error: BaseException, reached: bool) -> str:
    """Why a server gave no HTTP answer, from what httpx raised and what caused that."""
    cause: BaseException | None = error
    while cause:
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            return 'tls' if isinstance(cause, ssl.SSLError) else 'dns'
        cause = cause.__cause__ or cause.__context__
    if not reached:
        return 'refused'
    return 'closed' if 'disconnected' in str(error) or not str(error) else 'not-http'
