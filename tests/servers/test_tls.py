"""The doctor against a real TLS server: a bad certificate is told apart from CORS."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme

from cors_browser import Browser, Unreachable, main

PAGE = 'https://shop.example.com'
NOT_CORS = 'no secure connection comes about; look at the certificate and the port'
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


class Menu(BaseHTTPRequestHandler):
    """Every page may read the answer, if it gets that far."""

    requests: list[str]

    def do_GET(self) -> None:
        self.requests.append(self.path)
        self.send_response(200)
        self.send_header('Access-Control-Allow-Origin', '*')
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@contextmanager
def running_tls(pem: Path) -> Iterator[tuple[str, list[str]]]:
    """Serve with the key and certificate in a file; yield the URL and the paths asked for."""
    asked: list[str] = []

    class Handler(Menu):
        requests = asked

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = HTTPServer(('127.0.0.1', 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.05})
    thread.start()
    try:
        yield f'https://127.0.0.1:{server.server_port}/menu', asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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


def check_that_it_is_not_cors(pem: Path, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    with running_tls(pem) as (url, requests):
        assert main([url, '--page', PAGE]) == 2
        text = capsys.readouterr().out
        assert 'COULD NOT ASK: ' in text
        assert f'this is not CORS: {NOT_CORS}\n' in text
        assert main([url, '--page', PAGE, '--json']) == 2
        found = json.loads(capsys.readouterr().out)
        assert (found['verdict'], found['not_cors']) == ('unreachable', NOT_CORS)
        assert not found['exchange']['reached_server']
        with pytest.raises(Unreachable, match='CERTIFICATE_VERIFY_FAILED') as caught:
            Browser(url, PAGE).fetch(url)
        assert caught.value.kind == 'tls'
        assert reason in caught.value.reason
        assert requests == []


@pytest.mark.parametrize(
    ('make', 'reason'),
    [
        (self_signed, 'self-signed certificate'),
        (signed('127.0.0.1'), 'unable to get local issuer certificate'),
    ],
    ids=['self-signed', 'signed by nobody known'],
)
def test_a_certificate_that_nobody_vouches_for_is_not_cors(
    make: Callable[[trustme.CA], bytes],
    reason: str,
    authority: trustme.CA,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pem = tmp_path / 'server.pem'
    pem.write_bytes(make(authority))
    check_that_it_is_not_cors(pem, reason, capsys)


@pytest.mark.usefixtures('trusted')
@pytest.mark.parametrize(
    ('make', 'reason'),
    [
        (signed('api.example.com'), "certificate is not valid for '127.0.0.1'"),
        (signed('127.0.0.1', YESTERDAY), 'certificate has expired'),
    ],
    ids=['of another host', 'expired'],
)
def test_a_certificate_that_does_not_fit_is_not_cors(
    make: Callable[[trustme.CA], bytes],
    reason: str,
    authority: trustme.CA,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pem = tmp_path / 'server.pem'
    pem.write_bytes(make(authority))
    check_that_it_is_not_cors(pem, reason, capsys)


@pytest.mark.usefixtures('trusted')
def test_behind_a_good_certificate_the_answer_is_judged(
    authority: trustme.CA, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = tmp_path / 'server.pem'
    pem.write_bytes(signed('127.0.0.1')(authority))
    with running_tls(pem) as (url, requests):
        assert main([url, '--page', PAGE]) == 0
        assert 'READABLE' in capsys.readouterr().out
        assert requests == ['/menu']
