# SPDX-License-Identifier: MIT-0
"""The message that an engine's console prints for a failure, exactly as recorded."""

from __future__ import annotations

from .request import Request
from .rules import ACAO, FetchFailed
from .urls import OPAQUE, parse_url

CHROMIUM_START = (
    "Access to fetch at '{url}'{redirected} from origin '{page}' has been blocked by CORS policy: "
)
CHROMIUM_CORS_CHECK = {
    'acao-missing': "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    'acao-multiple': "The 'Access-Control-Allow-Origin' header contains multiple values '{value}', "
    'but only one is allowed. Have the server send the header with a valid value.',
    'acao-mismatch': "The 'Access-Control-Allow-Origin' header has a value '{value}' that is not "
    'equal to the supplied origin. Have the server send the header with a valid value.',
    'acao-invalid': "The 'Access-Control-Allow-Origin' header contains the invalid value "
    "'{value}'. Have the server send the header with a valid value.",
    'acao-wildcard-with-credentials': "The value of the 'Access-Control-Allow-Origin' header in "
    "the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
    'acac-missing': "The value of the 'Access-Control-Allow-Credentials' header in the response is "
    "'' which must be 'true' when the request's credentials mode is 'include'.",
    'acac-not-true': "The value of the 'Access-Control-Allow-Credentials' header in the response "
    "is '{value}' which must be 'true' when the request's credentials mode is 'include'.",
}
CHROMIUM_PREFLIGHT = {
    **CHROMIUM_CORS_CHECK,
    'redirect': 'Redirect is not allowed for a preflight request.',
    'status': 'It does not have HTTP ok status.',
}
CHROMIUM_REASONS = {
    **CHROMIUM_CORS_CHECK,
    **{
        f'preflight-{code}': "Response to preflight request doesn't pass access control check: "
        + reason
        for code, reason in CHROMIUM_PREFLIGHT.items()
    },
    'preflight-bad-allow-methods': 'Cannot parse Access-Control-Allow-Methods response header '
    'field in preflight response.',
    'preflight-bad-allow-headers': 'Cannot parse Access-Control-Allow-Headers response header '
    'field in preflight response.',
    'preflight-method': 'Method {method} is not allowed by Access-Control-Allow-Methods in '
    'preflight response.',
    'preflight-header': 'Request header field {header} is not allowed by '
    'Access-Control-Allow-Headers in preflight response.',
    'redirect-credentials': "Redirect location '' contains a username and password, which is "
    'disallowed for cross-origin requests.',
}
CHROMIUM = {
    **{code: CHROMIUM_START + reason for code, reason in CHROMIUM_REASONS.items()},
    'mixed-content': "Mixed Content: The page at '{page}/' was loaded over HTTPS, but requested an "
    "insecure resource '{url}'. This request has been blocked; the content must be served over "
    'HTTPS.',
    'cross-origin-in-same-origin-mode': 'Fetch API cannot load {url}. Request mode is '
    '"same-origin" but the URL\'s origin is not same as the request origin {page}.',
    'same-origin-redirect': 'Unsafe attempt to load URL {url} from frame with URL {page}/. '
    'Domains, protocols and ports must match.',
    'no-cors-redirect-mode': 'Fetch API cannot load {url}. Request mode is "no-cors" but the '
    'redirect mode is not "follow".',
}

FIREFOX_START = (
    'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at '
    '{url}. (Reason: '
)
FIREFOX_CORS_CHECK = {
    'acao-missing': 'CORS header ‘Access-Control-Allow-Origin’ missing). Status code: {status}.',
    'acao-multiple': 'CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’).',
    'acao-repeated': 'Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed).',
    'acao-mismatch': 'CORS header ‘Access-Control-Allow-Origin’ does not match ‘{value}’).',
    'acao-wildcard-with-credentials': 'Credential is not supported if the CORS header '
    '‘Access-Control-Allow-Origin’ is ‘*’).',
    'acac-missing': 'expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).',
    'acac-not-true': 'expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’).',
}
FIREFOX_REASONS = {
    **FIREFOX_CORS_CHECK,
    **{f'preflight-{code}': reason for code, reason in FIREFOX_CORS_CHECK.items()},
    'preflight-redirect': 'CORS request external redirect not allowed).',
    'preflight-status': 'CORS preflight response did not succeed). Status code: {status}.',
    'preflight-bad-allow-methods': 'invalid token ‘{value}’ in CORS header '
    '‘Access-Control-Allow-Methods’).',
    'preflight-bad-allow-headers': 'invalid token ‘{value}’ in CORS header '
    '‘Access-Control-Allow-Headers’).',
    'preflight-method': 'Did not find method in CORS header ‘Access-Control-Allow-Methods’).',
    'preflight-header': 'header ‘{header}’ is not allowed according to header '
    '‘Access-Control-Allow-Headers’ from CORS preflight response).',
    'network': 'CORS request did not succeed). Status code: (null).',
    'preflight-network': 'CORS request did not succeed). Status code: (null).',
    'cors-scheme': 'CORS request not http).',
}
FIREFOX = {
    **{code: FIREFOX_START + reason for code, reason in FIREFOX_REASONS.items()},
    **{
        code: FIREFOX_START.replace('{url}', '‘{url}’') + FIREFOX_REASONS[code]
        for code in FIREFOX_REASONS
        if code.endswith('acao-wildcard-with-credentials')
    },
    'mixed-content': 'Blocked loading mixed active content “{url}”',
    'cross-origin-in-same-origin-mode': 'Security Error: Content at {page}/ may not load data from '
    '{url}.',
    'corp': 'The resource at “{url}” was blocked due to its Cross-Origin-Resource-Policy header '
    '(or lack thereof). See '
    'https://developer.mozilla.org/docs/Web/HTTP/Cross-Origin_Resource_Policy_(CORP)#',
}

NOT_ALLOWED = 'Origin {origin} is not allowed by Access-Control-Allow-Origin. Status code: {status}'
NOT_TRUE = 'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".'
WEBKIT_CORS_CHECK = {
    'acao-missing': NOT_ALLOWED,
    'acao-multiple': 'Access-Control-Allow-Origin cannot contain more than one origin.',
    'acao-mismatch': NOT_ALLOWED,
    'acao-wildcard-with-credentials': 'Cannot use wildcard in Access-Control-Allow-Origin when '
    'credentials flag is true.',
    'acac-missing': NOT_TRUE,
    'acac-not-true': NOT_TRUE,
}
WEBKIT = {
    **WEBKIT_CORS_CHECK,
    **{f'preflight-{code}': line for code, line in WEBKIT_CORS_CHECK.items()},
    'preflight-redirect': 'Preflight response is not successful. Status code: {status}',
    'preflight-status': 'Preflight response is not successful. Status code: {status}',
    'preflight-bad-allow-methods': 'Header Access-Control-Allow-Methods has an invalid value: '
    '{all_values}',
    'preflight-bad-allow-headers': 'Header Access-Control-Allow-Headers has an invalid value: '
    '{all_values}',
    'preflight-method': 'Method {method} is not allowed by Access-Control-Allow-Methods.',
    'preflight-header': 'Request header field {name} is not allowed by '
    'Access-Control-Allow-Headers.',
    'mixed-content': '[blocked] The page at {page}/ requested insecure content from {url}. This '
    'content was blocked and must be served over HTTPS.',
    'no-cors-redirect-mode': 'No-Cors mode requires follow redirect mode',
    'cors-scheme': 'Cross origin requests are only supported for HTTP.',
    'corp': "Cancelled load to {url} because it violates the resource's "
    'Cross-Origin-Resource-Policy response header.',
    'redirect-mode': 'Not allowed to follow a redirection while loading {url}',
    'redirect-limit': 'Load cannot follow more than 20 redirections',
}
#: The templates of each engine's messages, by profile and code. A code can have a variant, such as
#: ``acao-repeated``: see :func:`variant`.
CONSOLES: dict[str, dict[str, str]] = {
    'chromium': CHROMIUM,
    'firefox': FIREFOX,
    'webkit': WEBKIT,
}


def variant(failure: FetchFailed, request: Request) -> str:
    """The code of the matching template. Engines have more messages for a wrong origin than codes.

    Chromium also reports several values if the value contains a space, and an invalid value if it
    isn't a URL. Firefox reports several headers only if two lines spell the name the way Firefox
    does.
    """
    if failure.code == 'redirect-credentials' and request.tainting != 'cors':
        return 'redirect-credentials-without-cors'
    if failure.code == 'cross-origin-in-same-origin-mode' and len(request.urls) > 1:
        return 'same-origin-redirect'
    if failure.code == 'preflight-redirect' and request.redirect != 'follow':
        return 'preflight-status' if request.engine.name == 'firefox' else failure.code
    prefix, found, _ = failure.code.partition('acao-')
    if not found or not request.exchange.steps:
        return failure.code
    match request.engine.name:
        case 'chromium' if failure.code.endswith('acao-mismatch'):
            return prefix + chromium_mismatch(failure.value)
        case 'firefox' if failure.code.endswith('acao-multiple'):
            names = request.exchange.steps[-1].response_headers.names(ACAO)
            repeated = len(names) > 1 and {*names} == {ACAO}
            return f'{prefix}acao-repeated' if repeated else failure.code
        case _:
            return failure.code


def chromium_mismatch(value: str) -> str:
    """The code of Chromium's message for a value that isn't the page's origin."""
    if ' ' in value:
        return 'acao-multiple'
    try:
        is_url = value == OPAQUE or bool(parse_url(value))
    except ValueError:
        is_url = False
    return 'acao-mismatch' if is_url else 'acao-invalid'


def console_line(failure: FetchFailed, request: Request) -> str:
    """The first message that the modeled engine prints for a failure, or empty."""
    template = CONSOLES.get(request.engine.name, {}).get(variant(failure, request), '')
    steps = request.exchange.steps
    step = steps[-1] if steps else None
    first = f" (redirected from '{request.urls[0]}')" if len(request.urls) > 1 else ''
    return template.format(
        url=request.url,
        redirected=first,
        page=request.page,
        origin=request.origin,
        method=request.method,
        status=step.status if step else 0,
        value=failure.value,
        all_values=step.response_headers.get(failure.header, '') if step else '',
        header=failure.value,
        name=request.names.get(failure.value, failure.value),
    )
