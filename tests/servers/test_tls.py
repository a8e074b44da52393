"""The doctor against a real TLS server: a bad certificate is told apart from CORS."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from cors_browser import Browser, Unreachable
from cors_browser.__main__ import main
from recording.browsers.local_servers import serving

PAGE = 'https://shop.example.com'
NOT_CORS = "the server's certificate isn't trusted"
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@contextmanager
def running_tls(pem: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve with the key and certificate in a file; yield the URL and the requests.

    Every page may read the answer, if it gets that far.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with serving(('Access-Control-Allow-Origin', '*'), certificate=context) as (origin, requests):
        yield f'{origin}/menu', requests


def self_signed(authority: trustme.CA) -> bytes:
    return authority.private_key_pem.bytes() + authority.cert_pem.bytes()


def signed(host: str, expires: datetime | None = None) -> Callable[[trustme.CA], bytes]:
    return lambda authority: authority.issue_cert(
        host, not_after=expires
    ).private_key_and_cert_chain_pem.bytes()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process trusts the authority, by the variable that OpenSSL reads."""
    authority.cert_pem.write_to_path(tmp_path / 'authority.pem')
    monkeypatch.setenv('SSL_CERT_FILE', str(tmp_path / 'authority.pem'))


@pytest.mark.parametrize(
    ('make', 'is_trusted', 'reason'),
    [
        (self_signed, False, 'self-signed certificate'),
        (signed('127.0.0.1'), False, 'unable to get local issuer certificate'),
        (signed('api.example.com'), True, "certificate is not valid for '127.0.0.1'"),
        (signed('127.0.0.1', YESTERDAY), True, 'certificate has expired'),
    ],
    ids=['self-signed', 'signed by nobody known', 'of another host', 'expired'],
)
def test_a_certificate_that_is_no_good_is_not_cors(
    make: Callable[[trustme.CA], bytes],
    is_trusted: bool,
    reason: str,
    authority: trustme.CA,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    if is_trusted:
        request.getfixturevalue('trusted')
    pem = tmp_path / 'server.pem'
    pem.write_bytes(make(authority))
    with running_tls(pem) as (url, requests):
        assert main([url, '--page', PAGE]) == 2
        text = capsys.readouterr().out
        assert 'NO RESPONSE: ' in text
        assert f'this is not CORS: {NOT_CORS}\n' in text
        assert main([url, '--page', PAGE, '--json']) == 2
        found = json.loads(capsys.readouterr().out)
        assert (found['verdict'], found['not_cors']) == ('unreachable', NOT_CORS)
        assert not found['exchange']['reached_server']
        with pytest.raises(Unreachable, match='certificate verify failed') as caught:
            Browser(url, PAGE).fetch(url)
        assert caught.value.kind == 'certificate'
        assert reason in caught.value.reason
        assert requests == []


@pytest.mark.usefixtures('trusted')
def test_behind_a_good_certificate_the_answer_is_judged(
    authority: trustme.CA, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = tmp_path / 'server.pem'
    pem.write_bytes(signed('127.0.0.1')(authority))
    with running_tls(pem) as (url, requests):
        assert main([url, '--page', PAGE]) == 0
        assert 'READABLE' in capsys.readouterr().out
        assert requests == ['GET /menu']
