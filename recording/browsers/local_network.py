"""A public page and an API on the reader's machine, in Chromium; kept in docs/recorded/browsers.

The page counts as public because it asks for it (``treat-as-public-address``).
"""

from __future__ import annotations

import csv
import io

from recording.browsers.local_servers import serving
from recording.engines.chromium import Chromium
from recording.lessons import ROOT

FILE = ROOT / 'docs/recorded/browsers/local_network.csv'
PAGE = (
    ('Content-Type', 'text/html'),
    ('Content-Security-Policy', 'treat-as-public-address'),
)
API = (
    ('Access-Control-Allow-Origin', '*'),
    ('Access-Control-Allow-Methods', 'PUT'),
    ('Access-Control-Allow-Private-Network', 'true'),
)
ASK = "(url, method) => fetch(url, { method }).then(() => 'readable', () => 'blocked')"
HEADER = ('Permission', 'Call', 'Outcome', 'What arrived')


def observe(chromium: Chromium) -> list[tuple[str, ...]]:
    """Call the API without and with the user's permission; say what it was asked."""
    rows: list[tuple[str, ...]] = []
    try:
        for permission in ('denied', 'granted'):
            setting = {'permission': {'name': 'loopback-network'}, 'setting': permission}
            chromium.send('Browser.setPermission', **setting)
            for method in ('GET', 'PUT'):
                with serving(*PAGE) as (page, _), serving(*API) as (api, arrived):
                    chromium.open(page)
                    outcome = chromium.run(ASK, api, method)
                    requests = ', '.join(request.replace(' /', '') for request in arrived)
                    rows.append((permission, method, outcome, requests or 'nothing'))
    finally:
        chromium.send('Browser.resetPermissions')
    return rows


def as_csv(rows: list[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator='\n').writerows([HEADER, *rows])
    return text.getvalue()
