"""TLS: what is trusted, and what is not, is typed and has no fallback."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.model import Capture, Reason
from watcher.fetcher import FetchFailure
from watcher.fetcher.http import HttpFetcher

from .conftest import DEADLINE, Peer, Wire

PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"]


class Certificates:
    """A self-signed certificate for localhost, and the same one expired."""

    def __init__(self, folder: Path) -> None:
        """Make both."""
        self.folder = folder
        name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        self._openssl("req", "-x509", *_KEY, "-out", "good.pem", "-days", "2", *name)
        self._openssl("x509", "-in", "good.pem", "-signkey", "key.pem", "-days", "-1", "-out", "expired.pem")

    def wrap(self, name: str = "good.pem") -> Callable[[socket.socket], socket.socket]:
        """How a server of this certificate begins a connection."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / name, self.folder / "key.pem")

        def wrap(sock: socket.socket) -> socket.socket:
            sock.settimeout(5)
            wrapped = context.wrap_socket(sock, server_side=True)
            wrapped.settimeout(None)
            return wrapped

        return wrap

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates; skips visibly where there is no openssl command."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command to make certificates with")
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusted(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The certificates, the good one believed by this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.folder / "good.pem"))
    return certificates


def over_tls(url: str, host: str = "localhost") -> str:
    """The same server's address over TLS."""
    return url.replace("http://127.0.0.1", f"https://{host}")


def tls_failure(outcome: object, *, transient: bool) -> FetchFailure:
    """The outcome, which must be a TLS failure."""
    assert isinstance(outcome, FetchFailure), outcome
    assert (outcome.reason, outcome.transient, outcome.status) == (Reason.TLS, transient, None)
    return outcome


def test_a_certificate_of_the_machine_is_trusted(wire: Wire, fetcher: HttpFetcher, trusted: Certificates) -> None:
    """An intranet's own authority counts; the connection is kept over TLS too."""

    def twice(peer: Peer) -> None:
        while peer.read():
            peer.send(PAGE)

    url = over_tls(wire.serve(twice, wrap=trusted.wrap()))
    assert isinstance(fetcher.fetch(url), Capture)
    assert isinstance(fetcher.fetch(url), Capture)
    assert wire.connections == 1


def test_a_self_signed_certificate_is_refused(wire: Wire, fetcher: HttpFetcher, certificates: Certificates) -> None:
    """H23: no request is sent, and nothing is tried without TLS."""
    outcome = fetcher.fetch(over_tls(wire.serve(PAGE, wrap=certificates.wrap())))
    assert "certificate" in tls_failure(outcome, transient=False).detail
    assert wire.requests == []
    assert wire.connections == 1


def test_an_expired_certificate_is_refused(
    wire: Wire, fetcher: HttpFetcher, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H23: even one that the machine believes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.folder / "expired.pem"))
    outcome = fetcher.fetch(over_tls(wire.serve(PAGE, wrap=certificates.wrap("expired.pem"))))
    assert "expired" in tls_failure(outcome, transient=False).detail
    assert wire.requests == []


def test_a_certificate_of_another_host_is_refused(wire: Wire, fetcher: HttpFetcher, trusted: Certificates) -> None:
    """H23: a certificate for localhost does not speak for 127.0.0.1."""
    tls_failure(fetcher.fetch(over_tls(wire.serve(PAGE, wrap=trusted.wrap()), "127.0.0.1")), transient=False)
    assert wire.requests == []


def test_a_server_without_tls_is_a_tls_failure(wire: Wire, fetcher: HttpFetcher) -> None:
    """H23: an answer in plain HTTP on a TLS port is not read."""
    tls_failure(fetcher.fetch(over_tls(wire.serve(lambda peer: peer.send(PAGE)))), transient=True)


@pytest.mark.parametrize("dripping", [False, True])
def test_a_handshake_that_does_not_end_is_cut(wire: Wire, impatient: HttpFetcher, dripping: bool) -> None:
    """H23: silence and a dripped handshake record end as TLS failures on time."""

    def script(peer: Peer) -> None:
        peer.sock.recv(65536)
        peer.send(b"\x16\x03\x03\x40\x00")
        if dripping:
            peer.drip(b"\x02", 0.1)
        peer.pause()

    url = over_tls(wire.serve(script))
    began = time.monotonic()
    tls_failure(impatient.fetch(url), transient=True)
    assert time.monotonic() - began <= DEADLINE + 0.5


def test_the_deadline_holds_in_a_body_over_tls(wire: Wire, impatient: HttpFetcher, trusted: Certificates) -> None:
    """H01: the watch survives the wrapping in TLS."""

    def script(peer: Peer) -> None:
        peer.read()
        peer.send(PAGE[:-1])
        peer.pause()

    url = over_tls(wire.serve(script, wrap=trusted.wrap()))
    began = time.monotonic()
    outcome = impatient.fetch(url)
    assert time.monotonic() - began <= DEADLINE + 0.5
    assert isinstance(outcome, FetchFailure)
    assert outcome.reason is Reason.TIMEOUT


def test_a_downgrade_is_recorded(wire: Wire, fetcher: HttpFetcher, trusted: Certificates) -> None:
    """H22: https to http is followed and stands in the evidence."""
    plain = wire.serve(PAGE)
    away = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % plain.encode()
    wire.connections = 0
    secure = over_tls(wire.serve(away, wrap=trusted.wrap()))
    outcome = fetcher.fetch(secure)
    assert isinstance(outcome, Capture), outcome
    assert (outcome.final_url, [hop.url for hop in outcome.hops]) == (plain, [secure])
