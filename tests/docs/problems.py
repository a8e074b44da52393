"""The problems that readers have brought, and the section that solves each."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """A problem in readers' ``words``, and the title of the ``section`` that answers it."""

    words: str
    page: str
    section: str


PROBLEMS = [
    Problem(
        'A CORS error, but only when my code crashes',
        'howto/is_it_cors',
        'I get a CORS error only when my code crashes',
    ),
    Problem(
        'Preflight 401 or 403 as soon as I add authentication',
        'howto/preflight_fails',
        'Preflight fails with 401, 403 or 404',
    ),
    Problem(
        'I allowed my origin and still get no header',
        'howto/no_header',
        'I allowed my origin and still get no header',
    ),
    Problem(
        "Wildcard '*' cannot be used when credentials mode is include",
        'howto/wildcard_credentials',
        'The wildcard cannot be used with credentials',
    ),
    Problem(
        'My on_options, sink or on_request resource fails the preflight',
        'howto/sinks',
        'My sink or on_options fails the preflight',
    ),
    Problem(
        'CORS error on time-outs, 502 and 413 only',
        'howto/behind_nginx',
        'The error comes only with 502 or 413',
    ),
    Problem(
        'Header contains multiple values, but only one is allowed',
        'howto/two_headers',
        'The header contains multiple values',
    ),
    Problem(
        'Works, then randomly fails behind the CDN',
        'howto/caching',
        'It works, then it fails behind the CDN',
    ),
    Problem(
        'Login works, but the cookie is not stored or sent',
        'howto/cookie_not_sent',
        'Login works, but the cookie is not sent',
    ),
    Problem(
        'How do I allow every preview or subdomain?',
        'howto/subdomains',
        'Allow every subdomain or preview',
    ),
    Problem(
        'Works in curl and Postman, not in the browser',
        'howto/works_in_curl',
        'It works in curl, not in the browser',
    ),
    Problem(
        'CORS does not block anything: the POST still ran',
        'howto/csrf',
        'CORS does not block anything: the POST still ran',
    ),
    Problem('My WebSocket accepts any site', 'howto/websockets', 'My WebSocket lets every site in'),
    Problem(
        'content-type is not allowed by Access-Control-Allow-Headers',
        'howto/preflight_fails',
        'content-type is not allowed by Access-Control-Allow-Headers',
    ),
    Problem(
        'CORS dead after adding a middleware',
        'howto/per_route',
        'CORS stopped working after I added a second middleware',
    ),
    Problem(
        'Redirect is not allowed for a preflight request',
        'howto/redirects',
        'Redirect is not allowed for a preflight request',
    ),
    Problem('Preflight 404', 'howto/preflight_fails', 'The preflight gets a 404'),
    Problem(
        'I see X-Total-Count in DevTools, my script cannot',
        'tutorial/expose_headers',
        'DevTools shows the header, but my script gets null',
    ),
    Problem(
        'CORS request did not succeed, Failed to fetch', 'howto/is_it_cors', 'Is it CORS at all?'
    ),
    Problem(
        'Frontend on another localhost port is blocked',
        'howto/local_development',
        'My frontend on another localhost port is blocked',
    ),
    Problem(
        'Origin null, file://, capacitor://localhost',
        'howto/local_development',
        'The origin of my page is null',
    ),
    Problem(
        'A public site cannot reach my LAN or localhost API',
        'howto/local_network',
        'My public page cannot reach my local API',
    ),
    Problem(
        'Authorization blocked although Allow-Headers is *',
        'howto/bearer_tokens',
        'Authorization is blocked, though I allow every header',
    ),
    Problem(
        'TypeError or ValueError from my configuration',
        'howto/move',
        'TypeError: my arguments come from FastAPI',
    ),
    Problem(
        'Rejected, but nothing says why',
        'howto/no_header',
        'The request is refused, and nothing says why',
    ),
    Problem(
        "mode: 'no-cors' silenced it, but the body is empty",
        'howto/embedding',
        'The response is empty in no-cors mode',
    ),
    Problem('Static files, fonts, canvas tainted', 'howto/static_files', 'My canvas is tainted'),
    Problem(
        'PATCH is not allowed though listed',
        'howto/patch',
        'PATCH is not allowed though I listed it',
    ),
    Problem(
        'Every call is doubled; my fix is not picked up', 'howto/patch', 'Every call is made twice'
    ),
    Problem(
        'Public /swagger.json, private everything else',
        'howto/per_route',
        'One route is public, the rest is private',
    ),
    Problem(
        'falcon-cors broke on ASGI, and sets nothing on 404',
        'howto/move',
        'falcon-cors fails on ASGI and on errors',
    ),
    Problem('Swagger UI: Failed to fetch', 'howto/swagger', 'Swagger UI says: Failed to fetch'),
    Problem(
        'NotSameOriginAfterDefaultedToSameOriginByCoep',
        'howto/embedding',
        'NotSameOriginAfterDefaultedToSameOriginByCoep',
    ),
    Problem('My test sees no CORS headers', 'howto/test_policy', 'My test sees no CORS headers'),
    Problem(
        'My preflight gets 405',
        'errors/preflight_405',
        'CORS preflight response did not succeed, status code 405',
    ),
    Problem(
        'The gateway answers 401, 403 or 429, and the console says CORS',
        'errors/gateway',
        'CORS header missing, status code 401, 403, 429, 400 or 431',
    ),
    Problem(
        '431 or 400 from the server itself',
        'errors/gateway',
        'CORS header missing, status code 401, 403, 429, 400 or 431',
    ),
    Problem(
        'axios, jQuery, XMLHttpRequest: withCredentials',
        'howto/axios',
        'axios, jQuery and XMLHttpRequest',
    ),
    Problem(
        'Allow the origin depending on tenant, host or header',
        'howto/tenants_by_host',
        'Allow each tenant’s page at its own host',
    ),
    Problem(
        'My preview deployments change their host names every build',
        'howto/preview_deployments',
        'My preview deployments have a new host name for every build',
    ),
    Problem(
        "My browser extension's origin differs for each installation",
        'howto/apps',
        'My browser extension is blocked',
    ),
    Problem('Electron, Cordova, file://', 'howto/apps', 'Electron, Cordova and the origin null'),
    Problem('Capacitor and Ionic', 'howto/apps', 'Capacitor and Ionic'),
    Problem(
        'WebSocket is refused with 403 behind the proxy',
        'howto/websockets',
        'The WebSocket is refused with 403 behind a proxy',
    ),
    Problem(
        'Only supported for protocol schemes',
        'errors/no_scheme',
        'Cross origin requests are only supported for protocol schemes',
    ),
    Problem('net::ERR_BLOCKED_BY_ORB', 'errors/orb', 'net::ERR_BLOCKED_BY_ORB'),
    Problem(
        'Connection reset, incomplete or undecodable body',
        'errors/broken_body',
        'net::ERR_CONNECTION_RESET, net::ERR_INCOMPLETE_CHUNKED_ENCODING',
    ),
    Problem(
        'Kubernetes ingress and my app both send headers',
        'howto/containers',
        'The ingress and my program both send headers',
    ),
    Problem(
        'Docker Compose: it works inside, not from the browser',
        'howto/containers',
        'It works inside Docker, not from the browser',
    ),
    Problem(
        'API Gateway, CloudFront, Cloudflare strip or cache the header',
        'howto/vendors',
        'API Gateway, CloudFront and Cloudflare',
    ),
    Problem(
        'OAuth: the login page is fetched instead of opened',
        'howto/login',
        'The login page is fetched instead of opened',
    ),
    Problem('Uploading a big file fails with CORS', 'howto/axios', 'Uploading a file fails'),
    Problem(
        'sentry-trace, baggage, traceparent are not allowed',
        'howto/tracing',
        'sentry-trace, baggage or traceparent is not allowed',
    ),
    Problem(
        'Client certificates and preflights',
        'howto/client_certificates',
        'Client certificates and preflights',
    ),
    Problem(
        'Storage access and third-party cookies',
        'explanation/third_party_cookies',
        'The browser blocks third-party cookies',
    ),
    Problem(
        'Does * with a bearer token leak?',
        'explanation/wildcard_and_tokens',
        'Is * safe with a bearer token?',
    ),
]
