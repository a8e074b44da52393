# SPDX-License-Identifier: MIT-0
"""The reasons for a missing response: what each one means, its fix, and the guide's page."""

from __future__ import annotations

import re

#: Why there is no response, by :attr:`FetchFailed.kind`: the cause, the fix, the guide's page.
UNREACHABLE = {
    'no-server': ('the server redirects to an origin that may not be contacted',
                  'Allow it, or fetch the final URL.', 'errors/redirect'),
    'dns': ('the host name is unknown', 'Correct the host name, or add it to the DNS.',
            'errors/closed_port'),
    'refused': ('nothing is listening there, or a firewall refuses the connection',
                'Start the server, and check the host and the port.', 'errors/closed_port'),
    'certificate': ("the server's certificate isn't trusted",
                    'Give the server a certificate for this host name from an authority that '
                    'browsers trust. Pass your own authority with --cafile.', 'errors/certificate'),
    'tls': ("a secure connection can't be established",
            "Check the server's TLS settings: versions, certificate files, client certificates.",
            'errors/certificate'),
    'no-tls': ("the port doesn't use TLS", 'Write http:// in the URL, or enable TLS there.',
               'errors/certificate'),
    'https': ('the port uses TLS', 'Write https:// in the URL.', 'errors/gateway'),
    'timeout': ('the server takes too long to respond',
                'Find out what the server is waiting for, or allow more time with --timeout.',
                'errors/closed_port'),
    'closed': ('the server closes the connection without a response',
               "Read the server's log: it, or a proxy in front of it, gave up.",
               'errors/broken_body'),
    'http2': ('the server only supports HTTP/2, but the package h2 is missing',
              'Install it: python -m pip install h2. Browsers support HTTP/2 over https.',
              'howto/doctor'),
    'h2c': ("the server uses HTTP/2 without TLS, which browsers don't support",
            'Serve HTTP/2 over https, or HTTP/1.1.', 'errors/closed_port'),
    'malformed': ('the headers of the response are malformed',
                  'Make the server send valid headers.', 'errors/closed_port'),
    'large': ('the headers are larger than Chromium accepts', 'Send less than 256 KB of headers.',
              'errors/closed_port'),
    'not-http': ("the server doesn't use HTTP", 'Check the host and the port.',
                 'errors/closed_port'),
    'unrecorded': ('the recording lacks this response', 'Record it, too, or pass only the URL.',
                   'howto/doctor'),
    'browser': ("the browser failed for a reason that the headers don't show",
                "Look for another message in the browser's console.", 'howto/is_it_cors'),
    'extension': ('a browser extension, such as an ad blocker, stops the request',
                  'Turn off the extension for this site, or rename the path that it blocks.',
                  'howto/is_it_cors'),
    'orb': ("Opaque Response Blocking blocks a response that isn't an image, script or similar",
            "Fetch it with mode 'cors', or send the right Content-Type.", 'errors/orb'),
    'corp': ('Cross-Origin-Resource-Policy or Cross-Origin-Embedder-Policy blocks the response',
             'Send Cross-Origin-Resource-Policy: cross-origin.', 'howto/embedding'),
    'csp': ("the page's own Content-Security-Policy forbids the request",
            "Add the API's origin to connect-src in the page's policy.", 'howto/is_it_cors'),
    'aborted': ('the page or the user canceled the request',
                'Look for a navigation, a reload or an AbortController.', 'howto/is_it_cors'),
    'offline': ("the computer's network connection failed", 'Reconnect, and try again.',
                'errors/closed_port'),
    'local-network': ("the browser didn't permit access to the local network",
                      'Allow it in the browser, or serve the API publicly.',
                      'errors/local_network'),
    'body': ("the body doesn't match its headers",
             'Make the server or the proxy send the complete body.',
             'errors/closed_port'),
    'redirects': ('the redirects never end', 'End the loop in the server.', 'errors/redirect'),
    'mixed': ("a page on https can't fetch http", 'Serve the API over https.',
              'errors/mixed_content'),
}  # fmt: skip
#: The kinds by Chromium's names for them in HAR files (net/base/net_error_list.h).
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
    """The kind of a browser's error, such as ``net::ERR_TIMED_OUT``. Empty if it's not specific."""
    for pattern, kind in NET_ERRORS:
        if re.fullmatch(rf'(net::)?ERR_({pattern})', error):
            return kind
    return ''
