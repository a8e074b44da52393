"""Facts that pages once had wrong: each page says what was measured, and not what it said before.

The measurements themselves are tests of the tiers that have what they need: the engines, nginx.
"""

from __future__ import annotations

import pytest

from cors_browser.engines import PROFILES
from recording.lessons import ROOT

FACTS = {
    'a failed request makes only Firefox forget a preflight': (
        'reference/headers_answer',
        'In Firefox, a request that fails clears the entry. Chromium and WebKit keep it',
        '. A request that fails clears',
    ),
    'a request with a preflight was never sent': (
        'errors/no_acac',
        'A request with a preflight, such as a ``PUT``, was never sent.',
        'The cookie was sent and the request ran.',
    ),
    'one line of Chromium is CORS without saying so': (
        'howto/is_it_cors',
        'Refused to get unsafe header',
        None,
    ),
    'an XMLHttpRequest in Chromium prints a line': (
        'errors/header_null',
        'Chromium prints ``Refused to get unsafe header "X-Oven"``',
        'Nothing. All three',
    ),
    'Firefox prints a line about SameSite': (
        'errors/no_cookie',
        'Firefox prints ``Cookie “basket” has been rejected because it is in a cross-site context',
        'Nothing. All three',
    ),
    'forms send GET and POST, pictures send GET': (
        'tutorial/preflight',
        'forms send ``GET`` and ``POST``, and pictures send ``GET``',
        'with a form or a picture: ``GET``, ``HEAD``',
    ),
    'forms do not send HEAD': (
        'explanation/why_preflights',
        'expect those: ``GET`` and ``POST``',
        '``GET``, ``HEAD`` and ``POST``',
    ),
    'pictures do not send HEAD': (
        'reference/glossary',
        '``GET`` and ``POST``, which forms could always send',
        'forms and pictures could always do it',
    ),
    'some shared caches store OPTIONS': (
        'howto/caching',
        'CloudFront does if ``OPTIONS`` is among its ``CachedMethods``',
        'Preflights are not stored',
    ),
    'nginx adds headers to redirects as well': (
        'howto/behind_nginx',
        '200, 201, 204, 206, 301, 302, 303, 304, 307 and 308',
        'to successes only',
    ),
    'Capacitor has another origin on each system': (
        'howto/local_development',
        '``capacitor://localhost`` on iOS, and ``https://localhost`` on Android',
        None,
    ),
    'the lookalike is another site': (
        'howto/attack_pattern',
        "It's another site, so the ``SameSite=Lax`` cookie wasn't sent",
        '127.0.0.1:9003`` read the basket',
    ),
}


@pytest.mark.parametrize('fact', FACTS)
def test_a_page_says_what_was_measured(fact: str) -> None:
    page, right, wrong = FACTS[fact]
    text = ' '.join((ROOT / f'docs/{page}.rst').read_text().split())
    assert right in text
    assert wrong is None or wrong not in text


def test_only_firefox_forgets_a_preflight_when_a_request_fails() -> None:
    forgets = {name for name in ('chromium', 'firefox', 'webkit') if _forgets(name)}
    assert forgets == {'firefox'}


def _forgets(name: str) -> bool:
    return PROFILES[name].forgets('acao-missing')
