"""The fault catalogue row by row, each by its exact input, in a process whose memory is watched.

The rows on what becomes of an outcome (H24-H26 beyond the fetch, H27-H30, H32-H40) are tested where that is decided.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import socket
import ssl
import subprocess
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
import zstandard

from .conftest import Peer, Script, Wire
from .test_fetch_faults import GZIP_BOMB, after_request, bomb, encoded

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.2"  # where the servers are; 127.0.0.1 is forbidden, and a victim listens there
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PAGE = b"<p>Wij bewaren uw gegevens twee jaar.</p>" * 50
MiB = 1 << 20


def answer(status: str, *headers: str, body: bytes = PAGE) -> bytes:
    """An exact answer with its length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def to(location: str) -> bytes:
    """A redirect."""
    return answer("302 Found", f"Location: {location}", body=b"")


@dataclass(frozen=True)
class Row:
    """What is served, what it must come to, and within how many seconds. `url` goes somewhere else than to a server."""

    script: Script | tuple[Script, ...] = b""
    reasons: frozenset[str] = frozenset()
    seconds: float = 2.0
    url: str = ""
    tls: str = ""
    tail: tuple[Any, ...] = field(default=())


def row(script: Script | tuple[Script, ...], *reasons: str, **more: Any) -> Row:
    """A row."""
    return Row(script, frozenset(reasons), **more)


def zstd_bomb() -> bytes:
    """1 GiB of nothing, in frames of 1 MiB."""
    return zstandard.compress(bytes(MiB), 1) * 1024


def endless_line(peer: Peer) -> None:
    """A chunk size of 100 MB."""
    peer.read()
    peer.send(CHUNKED)
    for _ in range(100):
        peer.send(b"1" * MiB)
    peer.send(b"\r\n")


SLOW = {
    "H01 body 1 byte/0.5 s": row(
        after_request(OK + b"Content-Length: 100000\r\n\r\n", then=lambda peer: peer.drip(b"x", 0.5)), "timeout"
    ),
    "H02 header 1 byte/0.3 s": row(after_request(OK + b"X: ", then=lambda peer: peer.drip(b"x", 0.3)), "timeout"),
    "H03 accept, then silence": row(lambda peer: peer.pause(), "timeout"),
    "H03 full backlog": row(b"", "timeout", url="full"),
    "H23 handshake silence": row(lambda peer: peer.pause(), "tls", tls="none"),
    "H26 the resolver is silent": row(b"", "dns", url="http://slow.example/"),
}
BOMBS = {
    "H04 endless without length": row(
        after_request(OK + b"\r\n", then=lambda peer: peer.drip(b"x" * 65536, 0)), "too-large"
    ),
    "H04 endless chunks": row(
        after_request(CHUNKED, then=lambda peer: peer.drip(b"10000\r\n" + b"x" * 65536 + b"\r\n", 0)), "too-large"
    ),
    "H05 gzip 1 GiB": row(encoded("gzip", GZIP_BOMB), "too-large", seconds=1.0),
    "H05 deflate 1 GiB": row(encoded("deflate", bomb(1024, zlib.MAX_WBITS)), "too-large", seconds=1.0),
    "H05 gzip in gzip": row(encoded("gzip, gzip", gzip.compress(GZIP_BOMB)), "bad-encoding", seconds=1.0),
    "H05 br": row(encoded("br", b"\xcb\xff\xff\x0f\x00" * 320), "bad-encoding", seconds=1.0),
    "H05 zstd 1 GiB": row(encoded("zstd", zstd_bomb()), "bad-encoding", seconds=1.0),
    "H09 chunk size of 100 MB": row(endless_line, "protocol"),
}
BROKEN = {
    "H06 gzip x6": row(encoded(",".join(["gzip"] * 6), PAGE), "bad-encoding"),
    "H06 gzip x500": row(encoded(",".join(["gzip"] * 500), PAGE), "bad-encoding"),
    "H07 zstd not asked for": row(encoded("zstd", zstandard.compress(PAGE)), "bad-encoding"),
    "H07 xpress": row(encoded("xpress", PAGE), "bad-encoding"),
    "H08 gzip cut at half": row(encoded("gzip", gzip.compress(PAGE)[: len(gzip.compress(PAGE)) // 2]), "truncated"),
    "H08 last 4 bytes missing": row(encoded("gzip", gzip.compress(PAGE)[:-4]), "truncated"),
    "H09 length 100, 5 bytes": row(OK + b"Content-Length: 100\r\n\r\nhello", "truncated"),
    "H09 chunk cut": row(CHUNKED + b"ff\r\nhello", "truncated"),
    "H09 no last chunk": row(CHUNKED + b"5\r\nhello\r\n", "truncated"),
    "H09 chunk size ZZ": row(CHUNKED + b"ZZ\r\nhello\r\n0\r\n\r\n", "truncated", "protocol"),
    "H12 gzip claimed, plain sent": row(encoded("gzip", PAGE), "bad-encoding"),
    "H12 gzip and junk": row(encoded("gzip", gzip.compress(PAGE) + b"JUNK"), "page"),
    "H13 50 000 headers": row(OK + b"X: y\r\n" * 50_000 + b"\r\n", "protocol"),
    "H13 header of 1 MB": row(OK + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n", "protocol"),
    "H13 HTTP/1.1 abc": row(b"HTTP/1.1 abc\r\n\r\n", "protocol"),
    "H13 HTTP/0.9": row(b"<p>Hello</p>", "protocol"),
    "H13 status 999": row(answer("999 No"), "protocol"),
    "H13 20 000 x 100 Continue": row(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000 + answer("200 OK"), "protocol"),
    "H14 RST before": row(after_request(then=Peer.reset), "reset"),
    "H14 RST in mid body": row(after_request(OK + b"Content-Length: 99999\r\n\r\nx", then=Peer.reset), "reset"),
    "H15 A to B to A": row((to("/b"), to("/")), "redirect"),
    "H15 30 hops": row(tuple(to(f"/{number}") for number in range(30)), "redirect"),
    "H15 no Location": row(answer("302 Found"), "redirect"),
    "H15 empty Location": row(answer("302 Found", "Location: "), "redirect"),
    **{
        f"H16 {target.partition(':')[0]}": row(to(target), "blocked-scheme")
        for target in ("file:///etc/passwd", "ftp://h/", "gopher://h/", "data:text/html,x", "javascript:alert(1)")
    },
    "H17 http://[::1": row(to("http://[::1"), "redirect"),
    "H17 bytes": row(to("http://\xff\xfe/"), "redirect"),
    **{
        f"H18 {host}": row(to(f"http://{host}:{{victim}}/"), "blocked-address")
        for host in (
            "127.0.0.1",
            "169.254.169.254",
            "10.1.2.3",
            "100.64.0.1",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "0.0.0.0",
        )
    },
    **{
        f"H19 {host}": row(b"", "blocked-address", url=f"http://{host}:{{victim}}/")
        for host in ("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①")
    },
    "H20 public first, private second": row(b"", "blocked-address", url="http://flips.example:{victim}/"),
    "H20 a public and a private address": row(b"", "blocked-address", url="http://both.example:{victim}/"),
    "H21 backslash": row(b"", "blocked-address", url="http://127.0.0.1:{victim}\\@example.com/"),
    "H21 userinfo": row(b"", "blocked-address", url="http://me@127.0.0.1:{victim}/"),
    "H21 tab": row(b"", "blocked-address", url="http://127.0.0.1\t:{victim}/"),
    "H21 newline": row(b"", "blocked-address", url="http://127.0.0.1\n:{victim}/"),
    "H21 http:///x": row(b"", "blocked-address", url="http:///x"),
    "H23 expired": row(answer("200 OK"), "tls", tls="expired", tail=(False,)),
    "H23 self-signed": row(answer("200 OK"), "tls", tls="stranger", tail=(False,)),
    "H23 wrong host": row(answer("200 OK"), "tls", tls="wrong", tail=(False,)),
    "H23 TLS 1.0": row(answer("200 OK"), "tls", tls="old"),
    **{f"H24 {code}": row(answer(f"{code} No"), "http-status", tail=(code,)) for code in (403, 401, 451)},
    **{f"H24 {code}": row(answer(f"{code} No"), "gone", tail=(code,)) for code in (404, 410)},
    **{
        f"H25 {code} {value}": row(
            answer(f"{code} No", f"Retry-After: {value}"),
            "rate-limited" if seconds or code == 429 else "http-status",
            tail=(code, seconds),
        )
        for code in (429, 503)
        for value, seconds in (
            ("120", 120.0),
            ("Sun, 01 Mar 2026 09:05:00 GMT", 300.0),
            ("99999999", 86_400.0),
            ("-5", None),
            ("abc", None),
            ("Sun, 01 Mar 2020 09:05:00 GMT", None),
        )
    },
    **{f"H26 {code}": row(answer(f"{code} No"), "http-status", tail=(code, None, True)) for code in (500, 502, 504)},
    "H26 NXDOMAIN": row(b"", "dns", url="http://none.example/"),
    "H26 SERVFAIL": row(b"", "dns", url="http://fails.example/"),
    "H31 206": row(answer("206 Partial", "Content-Range: bytes 0-9/99"), "protocol"),
    "H31 204": row(b"HTTP/1.1 204 No Content\r\n\r\n", "protocol"),
    "H31 203": row(answer("203 Non-Authoritative"), "page"),
    "H31 202": row(answer("202 Accepted"), "protocol"),
}
ROWS = {**SLOW, **BOMBS, **BROKEN}


def wraps(authority: trustme.CA) -> dict[str, Callable[[socket.socket], socket.socket] | None]:
    """How the servers of the rows on TLS begin a connection."""

    def wrapping(context: ssl.SSLContext) -> Callable[[socket.socket], socket.socket]:
        return lambda sock: context.wrap_socket(sock, server_side=True)

    def context(signer: trustme.CA, name: str, days: int = 1) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
        signer.issue_cert(name, not_after=until).configure_cert(made)
        return made

    old = context(authority, HOST)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # what is tested is that nobody else uses it
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    return {
        "expired": wrapping(context(authority, HOST, days=-1)),
        "stranger": wrapping(context(trustme.CA(), HOST)),
        "wrong": wrapping(context(authority, "127.0.0.3")),
        "old": wrapping(old),
        "none": None,
    }


@dataclass(frozen=True)
class Campaign:
    """What became of every row, how much memory the process took for all of them, and who visited the victim."""

    found: dict[str, dict[str, Any]]
    grown: int
    visitors: int


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """All rows, fetched once."""
    authority = trustme.CA()
    trust = tmp_path_factory.mktemp("rows") / "authority.pem"
    authority.cert_pem.write_to_path(str(trust))
    wrapping = wraps(authority)
    victim, wires = Wire(), []
    victim_port = victim.serve(answer("200 OK")).rstrip("/").rpartition(":")[2]

    def url_of(one: Row, host: str = HOST) -> str:
        if one.url and one.url != "full":
            return one.url.format(victim=victim_port)
        wires.append(Wire())
        scripts = one.script if isinstance(one.script, tuple) else (one.script,)
        filled = [s.replace(b"{victim}", victim_port.encode()) if isinstance(s, bytes) else s for s in scripts]
        url = wires[-1].serve_at(host, *filled, wrap=wrapping[one.tls] if one.tls else None)
        return url.replace("http:", "https:") if one.tls else url

    with socket.socket() as listener, closing(_Backlog(listener)) as backlog:
        order = {
            "networks": [f"{HOST}/32", "127.0.2.0/24"],
            "names": {
                "flips.example": [["127.0.0.1"], [HOST]],
                "both.example": [["93.184.215.14", "127.0.0.1"]],
                "fails.example": "SERVFAIL",
                "slow.example": "SLOW",
            },
            "warm": url_of(row(answer("200 OK"))),
            "slow": {  # each on a host of its own: one host is asked one thing at a time
                name: backlog.url if one.url == "full" else url_of(one, f"127.0.2.{number}")
                for number, (name, one) in enumerate(SLOW.items(), start=1)
            },
            "rows": {name: url_of(one) for name, one in {**BOMBS, **BROKEN}.items()},
        }
        child = [sys.executable, str(Path(__file__).with_name("rows_child.py"))]
        environment = {**os.environ, "SSL_CERT_FILE": str(trust), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            child, input=json.dumps(order), capture_output=True, text=True, timeout=120, env=environment, cwd=ROOT
        )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    yield Campaign(told["found"], told["grown"], victim.connections)
    for wire in (victim, *wires):
        wire.close()


class _Backlog:
    """A port that takes up no more connections."""

    def __init__(self, listener: socket.socket) -> None:
        listener.bind((HOST, 0))
        listener.listen(0)
        self._waiting = [socket.socket() for _ in range(4)]
        for one in self._waiting:
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        self.url = f"http://{HOST}:{listener.getsockname()[1]}/"

    def close(self) -> None:
        for one in self._waiting:
            one.close()


@pytest.mark.parametrize("name", ROWS)
def test_the_row_comes_to_what_it_must(campaign: Campaign, name: str) -> None:
    """Its reason, its status, what it says of the next try, within its time; and words that can be printed."""
    one, found = ROWS[name], campaign.found[name]
    reason, status, retry, transient, detail = found["told"]
    assert reason in one.reasons, found
    assert detail.isprintable()
    if one.tail == (False,):
        assert transient is False
    else:
        assert (status, retry, transient)[: len(one.tail)] == one.tail
    least, most = (2.9, 3.5) if name in SLOW else (0.0, one.seconds)
    assert least <= found["seconds"] <= most


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_memory_stays_flat(campaign: Campaign) -> None:
    """All rows together, bombs and floods among them, raise the most that the process has had by 40 MiB at most."""
    assert campaign.grown <= 40 * MiB, f"{campaign.grown / MiB:.1f} MiB"


def test_nobody_visits_the_victim(campaign: Campaign) -> None:
    """H16-H21: over all rows not one connection to the forbidden address."""
    assert campaign.found
    assert campaign.visitors == 0


def test_every_row_of_the_fetch_is_there() -> None:
    """H01-H09, H12-H26 and H31 by their numbers; H22 needs secrets and is in test_fetch_access."""
    wanted = {f"H{number:02}" for number in (*range(1, 10), *range(12, 27), 31)} - {"H22"}
    assert {name.split()[0] for name in ROWS} == wanted
