# SPDX-License-Identifier: MIT-0
"""Why there is no response: each kind, what it means, how to fix it, and the guide's page."""

from __future__ import annotations

import re

#: Why there is no response, by :attr:`FetchFailed.kind`: the cause, the fix, the guide's page.
UNREACHABLE = {
    'no-server': ('the server redirects to an origin that may not be contacted',
                  'Allow it, or fetch the final URL.', 'errors/redirect'),
    'dns': ('the host name is unknown', 'Correct the host name, or add it to the DNS.',
            'errors/closed_port'),
    'refused': ('nothing listens there, or a firewall refuses',
                'Start the server, and check the host and the port.', 'errors/closed_port'),
    'certificate': ("the server's certificate isn't trusted",
                    'Give the server a certificate for this host name, by an authority that '
                    'browsers trust; --cafile names one of your own.', 'errors/certificate'),
    'tls': ('no secure connection comes about',
            "Check the server's TLS settings: versions, certificate files, client certificates.",
            'errors/certificate'),
    'no-tls': ("the port doesn't speak TLS", 'Write http:// in the URL, or enable TLS there.',
               'errors/certificate'),
    'https': ('the port speaks TLS', 'Write https:// in the URL.', 'errors/gateway'),
    'timeout': ('the server takes too long',
                'Find out what the server waits for; --timeout allows more time.',
                'errors/closed_port'),
    'closed': ('the server closes the connection without a response',
               "Look into the server's log: it, or a proxy in front of it, gave up.",
               'errors/broken_body'),
    'http2': ('what listens there speaks nothing but HTTP/2, and this doctor lacks h2',
              "Install it: python -m pip install h2. Browsers speak HTTP/2 over https.",
              'howto/doctor'),
    'h2c': ('what listens there speaks HTTP/2 without TLS, which browsers do not',
            'Serve HTTP/2 over https, or HTTP/1.1.', 'errors/closed_port'),
    'malformed': ('the head of the response is malformed',
                  'Make the server send well-formed headers.', 'errors/closed_port'),
    'large': ('the headers are more than Chromium accepts', 'Send less than 256 KB of headers.',
              'errors/closed_port'),
    'not-http': ('what listens there does not speak HTTP', 'Check the host and the port.',
                 'errors/closed_port'),
    'unrecorded': ('the recording lacks this response', 'Record it, too, or give the URL alone.',
                   'howto/doctor'),
    'browser': ('the browser failed for a reason that headers do not show',
                "Look for another line in the browser's console.", 'howto/is_it_cors'),
    'extension': ('an extension of the browser, such as an ad blocker, stops the request',
                  'Turn the extension off for this site, or rename the path it matches.',
                  'howto/is_it_cors'),
    'orb': ('Opaque Response Blocking withholds a response that is no image, script or the like',
            "Fetch it with mode 'cors', or send the right Content-Type.", 'errors/orb'),
    'corp': ('Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy withholds the response',
             'Send Cross-Origin-Resource-Policy: cross-origin.', 'howto/embedding'),
    'csp': ("the page's own Content-Security-Policy forbids the request",
            "Add the API's origin to connect-src in the page's policy.", 'howto/is_it_cors'),
    'aborted': ('the page, or the user, stopped the request',
                'Look for a navigation, a reload or an AbortController.', 'howto/is_it_cors'),
    'offline': ('the network of the computer failed', 'Connect, and try again.',
                'errors/closed_port'),
    'local-network': ('the browser did not permit access to the local network',
                      'Allow it in the browser, or serve the API publicly.',
                      'errors/local_network'),
    'body': ('the body did not arrive as its headers say',
             'Make the server, or the proxy, send the whole body as announced.',
             'errors/closed_port'),
    'redirects': ('the redirects never end', 'End the loop in the server.', 'errors/redirect'),
    'mixed': ('a page on https may not fetch http', 'Serve the API over https.',
              'errors/mixed_content'),
}  # fmt: skip
#: The kinds by what Chromium calls them, as its HAR files do (net/base/net_error_list.h).
NET_ERRORS = (
    (r'NAME_NOT_RESOLVED|NAME_RESOLUTION_FAILED|ICANN_NAME_COLLISION', 'dns'),
    (r'CONNECTION_REFUSED|ADDRESS_UNREACHABLE|ADDRESS_INVALID|CONNECTION_FAILED', 'refused'),
    (r'CERT_\w+|SSL_KEY_USAGE_INCOMPATIBLE', 'certificate'),
    (r'SSL_\w+|BAD_SSL_\w+', 'tls'),
    (r'(CONNECTION_)?TIMED_OUT', 'timeout'),
    (r'CONNECTION_RESET|CONNECTION_CLOSED|CONNECTION_ABORTED|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED'
     r'|HTTP2_\w+|QUIC_\w+', 'closed'),
    (r'INVALID_HTTP_RESPONSE', 'not-http'),
    (r'RESPONSE_HEADERS_\w+', 'malformed'),
    (r'CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING|INVALID_CHUNKED_ENCODING'
     r'|CONTENT_DECODING_\w+', 'body'),
    (r'TOO_MANY_REDIRECTS', 'redirects'),
    (r'BLOCKED_BY_CLIENT|BLOCKED_BY_ADMINISTRATOR', 'extension'),
    (r'BLOCKED_BY_ORB', 'orb'),
    (r'BLOCKED_BY_CSP', 'csp'),
    (r'BLOCKED_BY_(PRIVATE|LOCAL)_NETWORK\w*', 'local-network'),
    (r'BLOCKED_BY_RESPONSE\S*', 'corp'),
    (r'ABORTED', 'aborted'),
    (r'INTERNET_DISCONNECTED|NETWORK_CHANGED|NETWORK_\w+', 'offline'),
)  # fmt: skip


def kind_of_error(error: str) -> str:
    """The kind of a browser's error, such as ``net::ERR_TIMED_OUT``; empty if it says no more."""
    for pattern, kind in NET_ERRORS:
        if re.fullmatch(rf'(net::)?ERR_({pattern})', error):
            return kind
    return ''
