"""The code that the finder shows, filled in and run: the page then reads what it could not."""

from __future__ import annotations

from typing import Any

import falcon
import pytest

from cors import CORSMiddleware
from cors_browser import Browser
from docs._ext.finder import CODE, HINTS
from recording.lessons import ROOT

PAGE = 'https://acme.dev'
SENT = {
    'header': {'X-Request-ID': '17'},
    'header_wildcard': {'Authorization': 'Bearer x'},
    'preflight_status': {'Authorization': 'Bearer x'},
}
VALUES = {'{origin}': PAGE, '{header}': 'X-Request-ID', '{method}': 'DELETE'}


class Authentication:
    """Refuses every request without a token, preflights included."""

    def process_request(self, req: falcon.Request, resp: falcon.Response) -> None:
        if req.get_header('Authorization') is None:
            raise falcon.HTTPUnauthorized


class Users:
    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = []
        resp.set_header('X-Request-ID', '17')

    def on_delete(self, req: falcon.Request, resp: falcon.Response) -> None:
        resp.media = []


@pytest.mark.parametrize('name', CODE)
def test_the_code_fixes_what_its_page_explains(name: str) -> None:
    code = CODE[name]
    for mark, value in VALUES.items():
        code = code.replace(mark, value)
    assert '{' not in code
    names = {'falcon': falcon, 'CORSMiddleware': CORSMiddleware, 'Authentication': Authentication}
    made: Any = eval(code, names)
    app = made if isinstance(made, falcon.App) else falcon.App(middleware=made)
    app.add_route('/users', Users())
    method = 'DELETE' if '{method}' in CODE[name] else 'GET'
    headers = (
        {'Authorization': 'Bearer x'} if name in ('header_wildcard', 'preflight_status') else {}
    )
    if name == 'header':
        headers = {'X-Request-ID': '17'}
    credentials = 'include' if 'allow_credentials' in code else 'same-origin'
    reply = Browser(app, PAGE).fetch('/users', method, headers=headers, credentials=credentials)
    assert reply.json() == []
    if 'expose_headers' in code:
        assert reply.headers['X-Request-ID'] == '17'


@pytest.mark.parametrize('name', sorted({*CODE, *HINTS}))
def test_every_page_that_the_finder_names_is_there(name: str) -> None:
    assert (ROOT / f'docs/errors/{name}.rst').is_file()
