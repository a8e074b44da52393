"""What the finder knows: the recorded lines, and of each page its meaning, its fix and its code.

``_static/finder.js`` loads it as a script, so that it works from ``file:`` URLs, too.
"""

from __future__ import annotations

import csv
import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from docs._ext.contents import MEANING
from docs._ext.markdown import first_paragraph
from docs._ext.wordings import FILE, NOTHING

MANY = '(many)'  # stands for the page of a line that comes with most failed calls
FIX = 'How to fix it. '
ALLOW = "CORSMiddleware(\n    allow_origins=['{origin}'],\n)"
ALLOW_CREDENTIALS = (
    "CORSMiddleware(\n    allow_origins=['{origin}'],\n    allow_credentials=True,\n)"
)
ALLOW_HEADER = (
    "CORSMiddleware(\n    allow_origins=['{origin}'],\n"
    "    allow_headers=['{header}'],  # and your other ones\n)"
)
EXPOSE_HEADER = (
    "CORSMiddleware(\n    allow_origins=['{origin}'],\n    expose_headers=['{header}'],\n)"
)
#: The code to change, for cors.py; in braces stands what the finder takes from the reader's text.
CODE = {
    'no_acao': ALLOW,
    'other_origin': ALLOW,
    'invalid_origin': ALLOW,
    'multiple_values': ALLOW,
    'preflight_no_acao': ALLOW,
    'wildcard_credentials': ALLOW_CREDENTIALS,
    'no_acac': ALLOW_CREDENTIALS,
    'not_true': ALLOW_CREDENTIALS,
    'no_cookie': ALLOW_CREDENTIALS,
    'header': ALLOW_HEADER,
    'header_wildcard': ALLOW_HEADER.replace('{header}', 'Authorization'),
    'header_null': EXPOSE_HEADER,
    'unsafe_header': EXPOSE_HEADER,
    'method': (
        "CORSMiddleware(\n    allow_origins=['{origin}'],\n"
        "    allow_methods=['{method}'],  # and your other ones\n)"
    ),
    'preflight_status': (
        'falcon.App(\n    middleware=[\n'
        "        CORSMiddleware(allow_origins=['{origin}']),  # first\n"
        '        Authentication(),\n    ]\n)'
    ),
}
#: What tells apart the causes of one line, as the reader can see it.
HINTS = {
    'no_acao': 'The header is missing, and the status is 200 or one that my program sets',
    'other_origin': "An origin other than my page's",
    'invalid_origin': "It isn't an origin: a path, a slash at the end, no scheme, or null",
    'multiple_values': 'Two values, or the header appears twice',
    'crash': 'The status is 500',
    'bad_gateway': 'The status is 502, 503, 504 or 413',
    'gateway': "The status is 400, 401, 403, 429 or 431, and isn't from my program",
    'no_acac': "My page's origin, but Access-Control-Allow-Credentials is missing",
    'not_true': "My page's origin, but Access-Control-Allow-Credentials isn't true",
    'closed_port': "Nothing responds: the address doesn't open, or the status is (failed)",
    'broken_body': 'The connection or the response breaks off',
    'certificate': 'The browser warns about the certificate',
    'mixed_content': 'It opens, but my page uses https and the address http',
    'local_network': 'It opens, but my page is public and the address is on my machine or network',
    'redirect': 'It leads to another address',
    'preflight_no_acao': 'The response is to OPTIONS, and the header is missing',
    'preflight_redirect': 'The status is 301, 302, 307 or 308',
    'preflight_status': 'The status is anything else outside 200 to 299',
    'preflight_405': 'The status is 405',
    'header': "Access-Control-Allow-Headers doesn't list the header",
    'header_wildcard': 'Access-Control-Allow-Headers is *, with credentials or for Authorization',
    'method': "Access-Control-Allow-Methods doesn't list the method",
    'method_case': 'Access-Control-Allow-Methods lists it in upper case',
    'bad_list': 'A list contains something other than names separated by commas',
}
OTHERS = {'howto/is_it_cors': 'The status comes from my API, and none of these fits'}
#: Where to look for what tells the causes of a line apart; otherwise it is the API's address.
ASKS = {
    'header': {'no_acao', 'other_origin', 'invalid_origin', 'multiple_values', 'no_acac'},
    'preflight': {'preflight_status', 'preflight_redirect', 'header', 'method', 'bad_list'},
}


def read_lines() -> list[tuple[str, str]]:
    """Read each recorded line with its page, '' if it comes with most failed calls."""
    with FILE.open(newline='') as rows:
        _, *recorded = csv.reader(rows)
    return [
        ('' if page == MANY else f'errors/{page}', line)
        for page, _, line in recorded
        if line != NOTHING
    ]


def knowledge_of(app: Sphinx, page: str) -> dict[str, str]:
    """Say what the finder shows of a page."""
    doctree = app.env.get_doctree(page)
    name = page.removeprefix('errors/')
    fixes = [part for part in doctree.findall(nodes.container) if 'fix' in part['classes']]
    found = {
        'title': app.env.titles[page].astext(),
        'meaning': first_paragraph(doctree).removeprefix(MEANING),
        'fix': ' '.join(fixes[0].astext().split()).removeprefix(FIX) if fixes else '',
        'code': CODE.get(name, ''),
        'hint': HINTS.get(name) or OTHERS.get(page, ''),
        'asks': next((where for where, names in ASKS.items() if name in names), ''),
    }
    return {key: text for key, text in found.items() if text}


def write_finder_data(app: Sphinx, error: Exception | None) -> None:
    """Write ``finder_data.js`` next to the pages of the html guide."""
    if error is not None or app.builder.name != 'html':
        return
    pages = [page for page in sorted(app.env.all_docs) if page.startswith(('errors/', 'howto/'))]
    known: dict[str, Any] = {
        'lines': read_lines() if pages else [],
        'pages': {page: knowledge_of(app, page) for page in pages},
    }
    text = f'Finder.show({json.dumps(known, separators=(",", ":"))});\n'
    (app.outdir / 'finder_data.js').write_text(text, encoding='utf-8')


def add_finder(app: Sphinx, page: str, *_: object) -> None:
    """Add the finder's script to the pages that have a place for it."""
    if page in (app.config.root_doc, 'errors/index'):
        app.add_js_file('finder.js', loading_method='defer')


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the finder to the build."""
    app.connect('html-page-context', add_finder)
    app.connect('build-finished', write_finder_data)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
