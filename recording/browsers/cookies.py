"""Which cookies each engine sends to an API: observed on loopback, kept in docs/recorded/browsers.

Ports of 127.0.0.1 are one site; localhost is another. Every cookie is set by a visit of the API
itself, as a log-in page would, and again by an answer to the page's own fetch.
"""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from recording.engines.base import Engine
from recording.lessons import ROOT

FILE = ROOT / 'docs/recorded/browsers/cookies.csv'
COOKIES = {
    'nothing': '',
    'SameSite=Lax': '; SameSite=Lax',
    'SameSite=Strict': '; SameSite=Strict',
    'SameSite=None': '; SameSite=None',
    'Secure': '; Secure',
    'SameSite=None; Secure': '; SameSite=None; Secure',
    'SameSite=None; Secure; Partitioned': '; SameSite=None; Secure; Partitioned',
}
NAMES = {f'c{number}': attributes for number, attributes in enumerate(COOKIES)}
ASK = """async (url) => {
  const response = await fetch(url, { credentials: 'include' });
  return response.json();
}"""
Sent = dict[tuple[str, str, str], bool]  # by attributes, kind of page, and way of setting


class _API(BaseHTTPRequestHandler):
    """Sets every cookie at ``/set``, tells at other paths which arrived, and allows every page."""

    protocol_version = 'HTTP/1.1'

    def do_GET(self) -> None:
        sent = [pair.partition('=')[0] for pair in (self.headers['Cookie'] or '').split('; ')]
        body = json.dumps(sorted(filter(None, sent))).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'no-store')
        if origin := self.headers['Origin']:
            self.send_header('Access-Control-Allow-Origin', origin)
            self.send_header('Access-Control-Allow-Credentials', 'true')
        if self.path == '/set':
            for name, attributes in NAMES.items():
                self.send_header('Set-Cookie', f'{name}=1; Path=/{COOKIES[attributes]}')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def cookie_servers() -> Iterator[list[int]]:
    """Two servers on 127.0.0.1, of the page and of the API; gives their ports."""
    servers = [ThreadingHTTPServer(('127.0.0.1', 0), _API) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield [server.server_port for server in servers]
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def observe(browser: Engine) -> Sent:
    """Tell of every cookie whether it is sent."""
    sent: Sent = {}
    with cookie_servers() as (page, api):
        for kind, page_host in (('same-site', '127.0.0.1'), ('cross-site', 'localhost')):
            for way in ('visit', 'fetch'):
                browser.forget_cookies()
                address = f'http://127.0.0.1:{api}'
                if way == 'visit':
                    browser.open(f'{address}/set')
                browser.open(f'http://{page_host}:{page}/')
                if way == 'fetch':
                    browser.run(ASK, f'{address}/set')
                arrived = browser.run(ASK, f'{address}/')
                for name, attributes in NAMES.items():
                    sent[attributes, kind, way] = name in arrived
            browser.open(f'http://127.0.0.1:{api}/')  # WebKit forgets only what its page can see
            browser.forget_cookies()
    return sent


def as_csv(seen: dict[str, Sent]) -> str:
    """Write what the browsers, by their names and versions, sent: a row a cookie and page."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator='\n')
    rows.writerow(['Cookie', 'Page', 'Set by', *seen])
    for kind in ('same-site', 'cross-site'):
        for attributes in COOKIES:
            for way in ('visit', 'fetch'):
                words = ['yes' if sent[attributes, kind, way] else 'no' for sent in seen.values()]
                rows.writerow([attributes, kind, way, *words])
    return text.getvalue()


def read(engine: str) -> Sent:
    """Read what is recorded of one engine, whatever its version was."""
    with FILE.open(newline='') as lines:
        header, *rows = csv.reader(lines)
    column = next(n for n, title in enumerate(header) if title.startswith(engine))
    return {(row[0], row[1], row[2]): row[column] == 'yes' for row in rows}
