"""Every problem that readers have brought is answered: on which page, under which title."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup, Tag


class Problem(NamedTuple):
    """A problem in readers' ``words``, and the title of the ``section`` that answers it."""

    number: int
    words: str
    page: str
    section: str


PROBLEMS = [
    Problem(
        1,
        'A CORS error, but only when my code crashes',
        'howto/is_it_cors',
        'It is a CORS error only when my code crashes',
    ),
    Problem(
        2,
        'Preflight 401 or 403 as soon as I add authentication',
        'howto/preflight_fails',
        'My preflight is answered 401',
    ),
    Problem(
        3,
        'I allowed my origin and still get no header',
        'howto/no_header',
        'I allowed my origin and still get no header',
    ),
    Problem(
        4,
        "Wildcard '*' cannot be used when credentials mode is include",
        'howto/wildcard_credentials',
        'The wildcard cannot be used with credentials',
    ),
    Problem(
        5,
        'My on_options, sink or on_request resource fails the preflight',
        'howto/sinks',
        'My sink or on_options fails the preflight',
    ),
    Problem(
        6,
        'CORS error on time-outs, 502 and 413 only',
        'howto/behind_nginx',
        'The error comes only with 502 or 413',
    ),
    Problem(
        7,
        'Header contains multiple values, but only one is allowed',
        'howto/two_headers',
        'The header contains multiple values',
    ),
    Problem(
        8,
        'Works, then randomly fails behind the CDN',
        'howto/caching',
        'It works, then it fails behind the CDN',
    ),
    Problem(
        9,
        'Login works, but the cookie is not stored or sent',
        'howto/cookie_not_sent',
        'Login works, but the cookie is not sent',
    ),
    Problem(
        10,
        'How do I allow every preview or subdomain?',
        'howto/subdomains',
        'Allow every subdomain or preview',
    ),
    Problem(
        11,
        'Works in curl and Postman, not in the browser',
        'howto/works_in_curl',
        'It works in curl, not in the browser',
    ),
    Problem(
        12,
        'CORS does not block anything: the POST still ran',
        'howto/csrf',
        'CORS does not block anything: the POST still ran',
    ),
    Problem(
        13, 'My WebSocket accepts any site', 'howto/websockets', 'My WebSocket lets every site in'
    ),
    Problem(
        14,
        'content-type is not allowed by Access-Control-Allow-Headers',
        'howto/preflight_fails',
        'content-type is not allowed by Access-Control-Allow-Headers',
    ),
    Problem(
        15,
        'CORS dead after adding a middleware',
        'howto/per_route',
        'CORS is dead since I added a second middleware',
    ),
    Problem(
        16,
        'Redirect is not allowed for a preflight request',
        'howto/redirects',
        'Redirect is not allowed for a preflight request',
    ),
    Problem(17, 'Preflight 404', 'howto/preflight_fails', 'My preflight is answered 404'),
    Problem(
        18,
        'I see X-Total-Count in DevTools, my script cannot',
        'tutorial/expose_headers',
        'The developer tools show the header, my script does not',
    ),
    Problem(
        19,
        'CORS request did not succeed, Failed to fetch',
        'howto/is_it_cors',
        'Is it CORS at all?',
    ),
    Problem(
        20,
        'Frontend on another localhost port is blocked',
        'howto/local_development',
        'My frontend on another localhost port is blocked',
    ),
    Problem(
        21,
        'Origin null, file://, capacitor://localhost',
        'howto/local_development',
        'The origin of my page is null',
    ),
    Problem(
        22,
        'A public site cannot reach my LAN or localhost API',
        'howto/local_network',
        'My public page cannot reach my local API',
    ),
    Problem(
        23,
        'Authorization blocked although Allow-Headers is *',
        'howto/bearer_tokens',
        'Authorization is blocked, though I allow every header',
    ),
    Problem(
        24,
        'TypeError or ValueError from my configuration',
        'howto/move',
        'TypeError: my arguments come from FastAPI',
    ),
    Problem(
        25,
        'Rejected, but nothing says why',
        'howto/no_header',
        'The request is refused, and nothing says why',
    ),
    Problem(
        26,
        "mode: 'no-cors' silenced it, but the body is empty",
        'howto/embedding',
        'My answer is empty in the mode no-cors',
    ),
    Problem(
        27, 'Static files, fonts, canvas tainted', 'howto/static_files', 'My canvas is tainted'
    ),
    Problem(
        28,
        'PATCH is not allowed though listed',
        'howto/patch',
        'PATCH is not allowed though I listed it',
    ),
    Problem(
        29,
        'Every call is doubled; my fix is not picked up',
        'howto/patch',
        'Every call is made twice',
    ),
    Problem(
        30,
        'Public /swagger.json, private everything else',
        'howto/per_route',
        'One route is public, the rest is private',
    ),
    Problem(
        31,
        'falcon-cors broke on ASGI, and sets nothing on 404',
        'howto/move',
        'falcon-cors fails on ASGI and on errors',
    ),
    Problem(32, 'Swagger UI: Failed to fetch', 'howto/swagger', 'Swagger UI says: Failed to fetch'),
    Problem(
        33,
        'NotSameOriginAfterDefaultedToSameOriginByCoep',
        'howto/embedding',
        'NotSameOriginAfterDefaultedToSameOriginByCoep',
    ),
    Problem(
        34, 'My test sees no CORS headers', 'howto/test_policy', 'My test sees no CORS headers'
    ),
]


def test_no_problem_is_lost() -> None:
    assert [problem.number for problem in PROBLEMS] == list(range(1, 35))


@pytest.mark.parametrize('problem', PROBLEMS, ids=lambda problem: problem.words)
def test_the_page_answers_under_its_title(site: Path, problem: Problem) -> None:
    """The title exists; the box under the page's title answers it, or links to its section."""
    page = BeautifulSoup((site / f'{problem.page}.html').read_text(), 'html.parser')
    titles = {str(heading.find(string=True)): heading for heading in page.select('h1, h2, h3')}
    heading = titles[problem.section]
    (box,) = page.select('h1 ~ .answer')
    assert box.find_previous(['h1', 'h2']) is page.h1
    if heading is not page.h1:
        assert isinstance(heading.parent, Tag)
        assert box.select_one(f'a[href="#{heading.parent["id"]}"]')
        assert len(heading.parent.get_text().split()) > 20
    assert len(box.get_text().split()) > 10
