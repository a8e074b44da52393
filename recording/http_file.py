"""Send the requests of recorded exchanges, and write the responses as their files show them.

What the server adds of its own is left out, and so is what changes with every checkout, and line
ends after the body.
"""

from __future__ import annotations

from dataclasses import replace
from operator import itemgetter

import httpx

from demo.wire import header_name
from docs._ext.exchanges import Exchange
from recording.lessons import ROOT

EXCHANGES_FOLDER = ROOT / 'docs/recorded/exchanges'
OF_THE_SERVER = {
    *('Age', 'Alt-Svc', 'Connection', 'Date', 'Keep-Alive', 'Server', 'Transfer-Encoding'),
    *('Via', 'X-Varnish'),
}
OF_THE_CHECKOUT = {'Etag', 'Last-Modified'}  # of a static file: they say when it was written


def request_to(base_url: str, exchange: Exchange) -> httpx.Request:
    """Build the request of an exchange, aimed at a server."""
    url = base_url + exchange.path
    return httpx.Request(exchange.method, url, headers=exchange.headers, content=exchange.body)


def with_response(exchange: Exchange, response: httpx.Response) -> Exchange:
    """Return the exchange with a new response.

    The lesson may be mounted under its name, which the file leaves out.
    """
    text = response_text(response).replace(f'/{exchange.lesson}/', '/')
    return replace(exchange, response=text)


def response_text(response: httpx.Response) -> str:
    """Write a response as the files show it."""
    named = [(header_name(name), value) for name, value in response.headers.multi_items()]
    headers = sorted(
        (pair for pair in named if pair[0] not in OF_THE_SERVER | OF_THE_CHECKOUT),
        key=itemgetter(0),
    )
    lines = [f'HTTP/1.1 {response.status_code} {response.reason_phrase}']
    lines += [f'{name}: {value}' for name, value in headers]
    body = response.text.replace('\r\n', '\n').rstrip('\n')
    return '\n'.join(lines) + (f'\n\n{body}' if body else '')
