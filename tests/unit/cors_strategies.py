# SPDX-License-Identifier: MIT-0
"""Origins, policies and header names for the properties, drawn by Hypothesis."""

import string
from typing import Any

from hypothesis import strategies as st

from cors import Policy

LABELS = st.sampled_from(['a', 'b', 'app', 'www', 'example', 'evil', 'x-1', 'a_b'])
HOSTS = st.lists(LABELS, min_size=1, max_size=3).map(lambda labels: '.'.join([*labels, 'test']))
SCHEMES = st.sampled_from(['http', 'https'])
PORTS = st.sampled_from(['', ':1', ':8080', ':8443', ':65535'])
ORIGINS = st.builds('{}://{}{}'.format, SCHEMES, HOSTS, PORTS)
PATTERNS = st.builds('{}://*.{}{}'.format, SCHEMES, HOSTS, PORTS | st.just(':*')) | st.builds(
    '{}://{}:*'.format, SCHEMES, HOSTS
)
ENTRIES = ORIGINS | PATTERNS
TOKENS = st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1, max_size=8)
METHODS = st.sampled_from(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'QUERY', 'patch'])
HEADER_NAMES = st.sampled_from(
    ['authorization', 'content-type', 'x-a', 'x-b', 'X-A', 'x-request-id', '*', 'x.y']
)
# What a server may hand on of any bytes: latin-1, and a bit beyond.
BYTES = st.text(st.characters(max_codepoint=0x2FF), max_size=40)
NOISE = st.sampled_from(['', '.', '/', '@', ':', '*', ' ', '\t', ',', '%', '\\', '`', '\x00', 'é'])
MANGLED = st.builds(
    lambda origin, noise, cut, other: origin[:cut] + noise + other + origin[cut:],
    ORIGINS,
    NOISE,
    st.integers(0, 30),
    st.sampled_from(['', 'evil.test', 'https://evil.test', 'x']),
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    origins = draw(st.lists(ENTRIES, min_size=1, max_size=4) | st.just('*'))
    credentials: Any
    if origins == '*':
        credentials = draw(st.lists(ENTRIES, max_size=2))
    else:
        credentials = draw(st.booleans() | st.lists(st.sampled_from(origins), max_size=2))
    return Policy(
        allow_origins=origins,
        allow_credentials=credentials,
        allow_methods=draw(st.just('*') | st.lists(METHODS.filter(str.isupper), max_size=3)),
        allow_headers=draw(st.just('*') | st.lists(HEADER_NAMES.filter(lambda n: n != '*'))),
        expose_headers=draw(st.none() | st.just(['X-A', 'X-B'])),
        dangerously_allow_insecure_origins=True,
        dangerously_allow_public_suffixes=True,
    )


@st.composite
def policies_and_origins(draw: st.DrawFn) -> tuple[Policy, str]:
    """Return a policy and an origin, which is often one that the policy has or nearly has."""
    policy = draw(policies())
    entries = policy.allow_origins if isinstance(policy.allow_origins, tuple) else ()
    near = [
        entry.replace('*.', subdomain).replace(':*', port)
        for entry in entries
        for subdomain in ('app.', 'a.b.', '', '.', 'evil')
        for port in ('', ':3000', ':0')
    ]
    return policy, draw(st.sampled_from(near) | ORIGINS | MANGLED if near else ORIGINS | MANGLED)
