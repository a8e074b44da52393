# SPDX-License-Identifier: MIT-0
"""The purpose of a redirect: a login, https, another spelling of the URL, or an endless loop."""

from __future__ import annotations

import re
from typing import NamedTuple

from .exchange import Step, quoted
from .urls import DEFAULT_PORTS, Url, parse_url

USE_HTTPS = 'Write https:// in the URL.'
END_THE_LOOP = 'End the loop in the server.'
TO_LOGIN = (
    'Let the API respond with 401 and CORS headers, and open the login as a page: '
    "fetch can't show it."
)
LOGIN = re.compile(
    r'(?i)(log|sign)[-_]?(in|on)\b|/sso\b|saml|oauth|openid|/authori[sz]e\b|/auth/|'
    r'//(accounts|login|auth|idp|sso)\.|cloudflareaccess'
)


class Purpose(NamedTuple):
    """Why a server redirects."""

    is_plain: bool  #: Whether it is an ordinary redirect.
    cause: str  #: What is wrong.
    fix: str  #: How to fix it.


def purpose(step: Step) -> Purpose:
    """Why the server redirects.

    Raises:
        ValueError: The Location isn't a URL.
    """
    here, location = parse_url(step.url), step.response_headers.get('Location', '')
    target, words = parse_url(location, here), quoted(location)
    if target == here:
        return Purpose(False, 'the server redirects to the same URL again', END_THE_LOOP)
    if LOGIN.search(str(target)) and not LOGIN.search(step.url):
        return Purpose(False, f'the server redirects to a login at {words}', TO_LOGIN)
    if (here.scheme, target.scheme, here.host) == ('http', 'https', target.host):
        cause = f'the server redirects to https: {words}'
        return Purpose(False, cause, USE_HTTPS)
    is_plain = is_other_resource(here, target) and step.status not in {301, 308}
    return Purpose(is_plain, f'the server redirects to {words}', f'Fetch {words}: the final URL.')


def is_other_resource(here: Url, target: Url) -> bool:
    """Whether a redirect is more than another spelling of the same URL."""
    one = (here.path.rstrip('/'), here.query)
    return target.scheme not in DEFAULT_PORTS or one != (target.path.rstrip('/'), target.query)
