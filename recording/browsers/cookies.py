"""Which cookies each engine sends to an API on real names, kept in docs/recorded/browsers.

The shop's page and the API are one site; ``other.example.net`` is another. Every cookie is set by
a visit of the API itself, as a log-in page would, and again by a response to the page's own fetch.
"""

from __future__ import annotations

import csv
import io
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from recording.browsers.local_servers import served
from recording.browsers.real_names import OTHER_SITE, Stage
from recording.engines.base import Engine
from recording.lessons import API, ROOT, SHOP

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


PAGES = {'same-site': SHOP, 'cross-site': OTHER_SITE}


def observe(browser: Engine, stage: Stage) -> Sent:
    """Tell of every cookie whether it is sent."""
    sent: Sent = {}
    stage.show(*PAGES.values())
    with served(ThreadingHTTPServer(('127.0.0.1', 0), _API), stage.tls) as address:
        for kind, page in PAGES.items():
            for way in ('visit', 'fetch'):
                stage.forget(browser)
                stage.names.lead('api.example.com', urlsplit(address).port or 443)
                if way == 'visit':
                    browser.open(f'{API}/set')
                browser.open(f'{page}/')
                if way == 'fetch':
                    browser.run(ASK, f'{API}/set')
                arrived = browser.run(ASK, f'{API}/')
                for name, attributes in NAMES.items():
                    sent[attributes, kind, way] = name in arrived
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
