"""Captures as WARC/1.1 (ISO 28500), which web archives and their tools read."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

# What the wire was like and the kept body is not: transport encodings are taken off. Web archives keep such headers
# under this name, so that a replay does not trip over them.
_ORIGINAL = "X-Archive-Orig-"
_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"})


class _Writer(WARCWriter):  # type: ignore[misc] # no types are published for it
    """Works in memory: pages are capped, and temporary files would be left open until they are collected."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


def write_warc(captures: Sequence[Mapping[str, Any]], bodies: Mapping[str, bytes], now: datetime) -> bytes:
    """The captures, as their records tell them, with their bodies by SHA-256; one gzip member for each record."""
    stream = io.BytesIO()
    writer = _Writer(stream, gzip=True, warc_version="1.1")
    about = {"software": f"clausewatch {version('clausewatch')}", "format": "WARC File Format 1.1"}
    info = writer.create_warcinfo_record("captures.warc.gz", about)
    info.rec_headers.replace_header("WARC-Date", _date(now))
    writer.write_record(info)
    for capture in captures:
        for url, status, headers, body in _exchanges(capture, bodies[capture["sha256"]]):
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(body),
                http_headers=StatusAndHeaders(_status(status), headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": _date(datetime.fromisoformat(capture["fetched_at"]))},
            )
            writer.write_record(record)
    return stream.getvalue()


def _exchanges(capture: Mapping[str, Any], body: bytes) -> Iterator[tuple[str, int, list[tuple[str, str]], bytes]]:
    """Each redirect that was followed, then the page."""
    for hop in capture["hops"]:
        yield hop["url"], hop["status"], [("Location", _one_line(hop["location"])), ("Content-Length", "0")], b""
    headers = [
        (f"{_ORIGINAL}{name}" if name.lower() in _OF_THE_WIRE else name, _one_line(value))
        for name, value in capture["headers"]
    ]
    yield capture["final_url"], capture["status"], [*headers, ("Content-Length", str(len(body)))], body


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _date(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
