"""A WARC (ISO 28500): the answers of a server as a crawler kept them, plain or one gzip member per record."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import zstandard

from storage.errors import UsageError
from watcher.history import did_you_mean
from watcher.recording import tape
from watcher.recording.tape import Recording, Taken, in_order, moment

_GZIP = b"\x1f\x8b"
_MARK = b"WARC/"
_CHUNK = 65536
_MOST_HEAD = 65536
_MOST_RECORDS = 1_000_000
_SHOWN = 10
# What a policy may come as; pictures, styles and scripts of the page are in the WARC too.
_KINDS = ("text/html", "application/xhtml+xml", "application/pdf", "text/plain", "text/markdown")


@dataclass(frozen=True, slots=True)
class _Record:
    """An answer in the file: where the record with its bytes starts, and what stands in the heads.

    Of a revisit these bytes are in another record, that of the visit before; `revisit` is its own id.
    """

    offset: int
    name: str
    url: str
    when: datetime
    revisit: str = ""


@dataclass(slots=True)
class _Known:
    """The answers met so far, by what a revisit may call them."""

    by_id: dict[str, _Record]
    by_visit: dict[tuple[str, str], _Record]
    by_digest: dict[tuple[str, str], _Record]

    def add(self, head: dict[str, str], record: _Record) -> None:
        """Note an answer whose bytes are here."""
        self.by_id[_id(head)] = record
        self.by_visit[record.url, head.get("warc-date", "")] = record
        if digest := head.get("warc-payload-digest"):
            self.by_digest[record.url, digest] = record

    def of(self, head: dict[str, str], url: str) -> _Record | None:
        """The answer that a revisit of an address repeats (ISO 28500, 6.7); None when it is not in this file."""
        named = self.by_id.get(head.get("warc-refers-to", "").strip("<>"))
        before = head.get("warc-refers-to-target-uri", url).strip("<>")
        visit = self.by_visit.get((before, head.get("warc-refers-to-date", "")))
        return named or visit or self.by_digest.get((url, head.get("warc-payload-digest", "")))


def is_warc(path: Path) -> bool:
    """Whether a file is a WARC, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, 16)
        except zlib.error:
            return False
    return head.startswith(_MARK)


def open_warc(path: Path, page: str | None, url: str | None) -> Recording:
    """The answers with status 200 of one address; `page` or `url` names it where the file holds several.

    Raises UsageError when the file cannot be read, holds no such answer, or holds several addresses.
    """
    found = list(_answers(path))
    known = list(dict.fromkeys(record.url for record in found))
    if not known:
        raise UsageError(f"{path}: holds no page that a server answered with status 200")
    wanted = page or (url if url in known else None) or (known[0] if len(known) == 1 else None)
    if wanted is None:
        some = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        raise UsageError(f"{path}: holds {len(known)} addresses; name one with --page: {some}")
    if wanted not in known:
        raise UsageError(f"{path}: there is no address {wanted!r} in it{did_you_mean(wanted, known)}")
    captures = [record for record in found if record.url == wanted]
    places = {record.name: record for record in captures}
    vendor = urlsplit(wanted).hostname or path.stem
    order = in_order((record.name, record.when) for record in captures)
    return Recording(wanted, vendor, url or wanted, order, partial(_bodies, path, places))


def _answers(path: Path) -> Iterator[_Record]:
    """Every page in the file, in its order; only heads are kept.

    What the crawler cut off by itself (WARC-Truncated) is no whole page. A revisit counts as the page that it repeats,
    seen once more.
    """
    known = _Known({}, {}, {})
    for offset, head, start in _records(path):
        url = head.get("warc-target-uri", "").strip("<>")
        if not url.startswith(("http://", "https://")) or "warc-truncated" in head:
            continue
        if head.get("warc-type") == "revisit":
            before = known.of(head, url)
            if before is not None:
                when = _when(head, path, offset)
                yield _Record(before.offset, f"record at byte {offset}", url, when, _id(head) or "revisit")
        elif _is_page(head, start):
            record = _Record(offset, f"record at byte {offset}", url, _when(head, path, offset))
            known.add(head, record)
            yield record


def _is_page(head: dict[str, str], start: bytes) -> bool:
    """Whether a record is an answer with status 200 of a kind that a policy comes as, or a file of such a kind."""
    kind = head.get("content-type", "")
    if head.get("warc-type") == "response" and kind.startswith("application/http"):
        status, fields, _ = _http(start)
        kind = fields.get("content-type", "") if status == 200 else ""
    elif head.get("warc-type") != "resource":
        return False
    return kind.partition(";")[0].strip().lower() in _KINDS


def _when(head: dict[str, str], path: Path, offset: int) -> datetime:
    try:
        return moment(head.get("warc-date", ""))
    except ValueError as error:
        raise UsageError(f"{path}: record at byte {offset}: {error}") from error


def _id(head: dict[str, str]) -> str:
    return head.get("warc-record-id", "").strip("<>")


def _records(path: Path) -> Iterator[tuple[int, dict[str, str], bytes]]:
    """Every record: where it starts, the fields of its head, and the first bytes of what it holds."""
    offset = 0
    with path.open("rb") as file:
        for _ in range(_MOST_RECORDS):
            file.seek(offset)
            source = _Source(file, path, offset)
            head = source.head()
            if head is None:
                return
            length = _length(head, path, offset)
            start = source.read(min(length, _MOST_HEAD))
            yield offset, head, start
            source.skip(length - len(start))
            offset = source.end()
    raise UsageError(f"{path}: holds more than {_MOST_RECORDS} records")


def _length(head: dict[str, str], path: Path, offset: int) -> int:
    stated = head.get("content-length", "")
    if not (stated.isascii() and stated.isdigit() and len(stated) < 16):
        raise UsageError(f"{path}: record at byte {offset}: its length {stated[:30]!r} is no number")
    return int(stated)


def _bodies(path: Path, places: dict[str, _Record], names: Sequence[str]) -> Iterator[Taken]:
    """The answers by name, each read at its own place."""
    with path.open("rb") as file:
        for name in names:
            place = places[name]
            file.seek(place.offset)
            source = _Source(file, path, place.offset)
            head = source.head() or {}
            length = _length(head, path, place.offset)
            block = tape.bounded(source.read(min(length, tape.MAX_BYTES + 1)), path, name)
            if head.get("warc-type") == "resource":
                fields, body = {"content-type": head.get("content-type", "")}, block
            else:
                _, fields, body = _http(block)
                body = tape.bounded(_plain(body, fields, path, name), path, name)
            kind, _, rest = fields.get("content-type", "").partition(";")
            charset = rest.partition("charset=")[2].split(";")[0].strip(" \"'") or None
            origin = f"WARC {path.name} {f'{place.revisit} revisit of ' if place.revisit else ''}{_id(head)}"
            kept = tuple((key, value) for key, value in fields.items() if key in {"etag", "last-modified", "date"})
            yield Taken(body, origin, kind.strip().lower(), kept, charset)


def _http(start: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, fields and body of an answer."""
    head, gap, body = start.partition(b"\r\n\r\n")
    if not gap:
        head, gap, body = start.partition(b"\n\n")
    lines = head.decode("latin-1").splitlines()
    words = (lines[0] if lines else "").split(" ")
    status = int(words[1]) if len(words) > 1 and len(words[1]) == 3 and words[1].isascii() and words[1].isdigit() else 0
    return status, _fields(lines[1:]), body


def _fields(lines: Sequence[str]) -> dict[str, str]:
    """Names in lower case with their values; the first of each."""
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip())
    return found


def _plain(body: bytes, fields: dict[str, str], path: Path, name: str) -> bytes:
    """The body without the codings of its transport. Crawlers that took them off leave the fields that named them."""
    if fields.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    for coding in reversed([part.strip().lower() for part in fields.get("content-encoding", "").split(",")]):
        body = _decoded(body, coding, path, name)
    return body


def _unchunked(body: bytes) -> bytes:
    """Join the chunks of a body; the body itself when it has none."""
    parts: list[bytes] = []
    place = 0
    while True:
        line = body.find(b"\r\n", place, place + 100)
        size = body[place:line].partition(b";")[0].strip() if line >= 0 else b""
        if not size or any(sign not in b"0123456789abcdefABCDEF" for sign in size):
            return body if not parts else b"".join(parts)
        count = int(size, 16)
        if count == 0:
            return b"".join(parts)
        parts.append(body[line + 2 : line + 2 + count])
        place = line + 2 + count + 2


def _decoded(body: bytes, coding: str, path: Path, name: str) -> bytes:
    """Take one coding off, up to the bound."""
    most = tape.MAX_BYTES + 1
    try:
        if coding in {"gzip", "x-gzip"}:
            return _inflated(body, 31, most) if body.startswith(_GZIP) else body
        if coding == "deflate":
            return _inflated(body, 15 if body[:1] == b"\x78" else -15, most)
        if coding == "zstd":
            with zstandard.ZstdDecompressor().stream_reader(body) as reader:
                return reader.read(most)
        if coding == "br" and body.lstrip()[:1] != b"<":
            return _without_brotli(body, most)
    except ImportError as error:
        raise UsageError(
            f"{path}: {name}: is packed with br, which cannot be unpacked here; pip install 'clausewatch[archives]'"
        ) from error
    except (zlib.error, zstandard.ZstdError, ValueError) as error:
        raise UsageError(f"{path}: {name}: its {coding} cannot be unpacked ({error})") from error
    return body


def _without_brotli(body: bytes, most: int) -> bytes:
    """Unpack up to a bound. Raises ImportError where there is nothing to do it with, ValueError for what is damaged."""
    brotli = importlib.import_module("brotli")  # of the extra `archives`
    unpacker, parts, size = brotli.Decompressor(), list[bytes](), 0
    try:
        given = body
        while size < most and not unpacker.is_finished():
            part = unpacker.process(given, output_buffer_limit=most - size)
            if not part and not given:
                raise ValueError("it is cut")
            parts.append(part)
            size += len(part)
            given = b""
    except brotli.error as error:
        raise ValueError(str(error)) from error
    return b"".join(parts)[:most]


def _inflated(body: bytes, kind: int, most: int) -> bytes:
    """Unpack up to a bound. Raises zlib.error also for a body that was cut."""
    packed = zlib.decompressobj(kind)
    plain = packed.decompress(body, most)
    if not packed.eof and len(plain) < most:
        raise zlib.error("it is cut")
    return plain


class _Source:
    """The bytes of one record, unpacked as they are asked for."""

    def __init__(self, file: IO[bytes], path: Path, offset: int) -> None:
        self.file, self.path, self.offset = file, path, offset
        self.ready = file.read(_CHUNK)
        self.packed = zlib.decompressobj(31) if self.ready.startswith(_GZIP) else None
        self.taken = len(self.ready)  # bytes of the file that were read
        self.waiting = b""  # packed bytes that were read and not yet unpacked
        if self.packed:
            self.waiting, self.ready = self.ready, b""

    def head(self) -> dict[str, str] | None:
        """The fields of the record's head; None at the end of the file. Raises UsageError for anything else."""
        while b"\r\n\r\n" not in self.ready.lstrip(b"\r\n") and len(self.ready) < _MOST_HEAD and self.more():
            pass
        start = len(self.ready) - len(self.ready.lstrip(b"\r\n"))
        end = self.ready.find(b"\r\n\r\n", start)
        if not self.ready[start:] and not self.waiting:
            return None
        if end < 0 or not self.ready.startswith(_MARK, start):
            raise UsageError(f"{self.path}: at byte {self.offset} there is no record of a WARC; it is damaged or cut")
        lines = self.ready[start:end].decode("utf-8", "replace").splitlines()
        self.ready = self.ready[end + 4 :]
        return _fields(lines[1:])

    def more(self) -> bool:
        """Unpack some more; False at the end of the record or of the file."""
        if self.packed is None:
            chunk = self.file.read(_CHUNK)
            self.taken += len(chunk)
            self.ready += chunk
            return bool(chunk)
        if self.packed.eof:
            return False
        if not self.waiting:
            self.waiting = self.file.read(_CHUNK)
            self.taken += len(self.waiting)
            if not self.waiting:
                raise UsageError(f"{self.path}: the record at byte {self.offset} is cut")
        try:
            self.ready += self.packed.decompress(self.waiting, _CHUNK)
        except zlib.error as error:
            raise UsageError(f"{self.path}: the record at byte {self.offset} is damaged ({error})") from error
        self.waiting = self.packed.unconsumed_tail
        return True

    def read(self, count: int) -> bytes:
        """So many bytes. Raises UsageError when the record ends before."""
        parts: list[bytes] = []
        missing = count
        while missing:
            if not self.ready and not self.more() and not self.ready:
                raise UsageError(f"{self.path}: the record at byte {self.offset} is cut")
            parts.append(self.ready[:missing])
            missing -= len(parts[-1])
            self.ready = self.ready[len(parts[-1]) :]
        return b"".join(parts)

    def skip(self, count: int) -> None:
        """Pass over so many bytes."""
        while count:
            count -= len(self.read(min(count, _CHUNK)))

    def end(self) -> int:
        """Where the next record starts. Raises UsageError when a packed record does not end with its member."""
        if self.packed is None:
            return self.offset + self.taken - len(self.ready)
        while not self.packed.eof:
            self.more()
        if self.ready.strip(b"\r\n"):
            raise UsageError(f"{self.path}: packed as a whole; pack it record by record (warcio recompress)")
        return self.offset + self.taken - len(self.packed.unused_data)
