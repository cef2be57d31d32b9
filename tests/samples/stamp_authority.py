"""A time-stamping authority for tests: certificates made by openssl, and `openssl ts -reply` behind HTTP."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

POLICY, OTHER_POLICY = "1.2.3.4.1", "1.2.3.4.5"
_CONFIG = f"""
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[signer]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
[tsa]
serial = serial
signer_cert = signer.pem
certs = ca.pem
signer_key = signer.key
signer_digest = sha256
default_policy = {POLICY}
other_policies = {OTHER_POLICY}
digests = sha256
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
"""


@dataclass
class StampAuthority:
    """Where it answers, its folder with `ca.pem`, what it was asked, and how it is to misbehave.

    `status` and `answer` are what it answers instead of a token, `login` what it wants to see as `Authorization`.
    """

    folder: Path
    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    answer: bytes | None = None
    login: str | None = None

    @property
    def ca(self) -> Path:
        """The certificate that its signatures lead to."""
        return self.folder / "ca.pem"

    def reply(self, request: bytes) -> bytes:
        """What openssl answers to a request."""
        (self.folder / "request.tsq").write_bytes(request)
        _openssl(self.folder, "ts -reply -config tsa.cnf -section tsa -queryfile request.tsq -out reply.tsr")
        return (self.folder / "reply.tsr").read_bytes()


def make_authority(folder: Path) -> StampAuthority:
    """A root and a signer of their own; the tokens hold both certificates, not in the order of DER."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(_CONFIG)
    (folder / "serial").write_text("01")
    new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -config tsa.cnf"
    _openssl(folder, f"req -x509 {new} -keyout ca.key -out ca.pem -days 3650 -subj /CN=Root -extensions ca")
    _openssl(folder, f"req {new} -keyout signer.key -out signer.csr -subj /CN=Stamps")
    _openssl(
        folder,
        "x509 -req -in signer.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out signer.pem -days 3650 "
        "-extfile tsa.cnf -extensions signer",
    )
    return StampAuthority(folder)


@contextmanager
def serving_authority(folder: Path) -> Iterator[StampAuthority]:
    """The authority behind a real HTTP server on loopback."""
    authority = make_authority(folder)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            authority.requests.append(body)
            authority.headers.append(dict(self.headers))
            status = authority.status
            if authority.login is not None and self.headers.get("Authorization") != authority.login:
                status = 401
            answer = authority.answer if authority.answer is not None else authority.reply(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_address[1]}/tsr"
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _openssl(folder: Path, words: str) -> None:
    subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True)
