"""Make a bundle: pages, texts, differences and records of a stretch of versions, with their place in the chain."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as program_version
from importlib.resources import files
from pathlib import Path
from typing import Any

from storage.codec import instant
from storage.errors import UsageError
from storage.model import Document, Source, Stamp, Version
from storage.protocol import Store
from storage.records import Record
from watcher.bundle.warc import write_warc
from watcher.published import unwritten
from watcher.report.page import as_html

# A fixed day in the archive's index, so that the same evidence is the same file (zip knows no time zone).
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_ENDINGS = {"application/pdf": "pdf", "text/plain": "txt", "text/markdown": "md"}

_NO_STAMPS = """
   There is no time stamp (RFC 3161) in this file.
"""
_GONE = """PAGES THAT ARE NOT HERE

The bytes of these pages were let go of before this file was made, to save room; records/*-dropped.json says when and
why. What the records say of them, and the texts that were read from them, are here:

"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The versions of one source, oldest first, that a bundle is about."""

    source: Source
    versions: tuple[Version, ...]


def make_bundle(store: Store, stretch: Stretch, target: Path, now: datetime, *, trusted: bytes | None = None) -> int:
    """Write the bundle into the new file `target`; the number of files in it.

    `trusted` are the certificates (PEM) that time stamps lead to, where they are known; they go into the bundle.

    Raises ClausewatchError when the file is there already or cannot be written, or when stored bytes are damaged.
    """
    content = _content(store, stretch, now, trusted)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise unwritten(target, error, "give another name") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            count = _write(stream, content)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritten(target, error, "give another name") from error
        raise
    return count


def _write(stream: Any, content: Iterator[tuple[str, bytes]]) -> int:
    sums: list[str] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content:
            archive.writestr(_entry(name), data)
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
        archive.writestr(_entry("SHA256SUMS"), "".join(sorted(sums, key=lambda line: line[66:])))
    return len(sums) + 1


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _ZIP_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _content(store: Store, stretch: Stretch, now: datetime, trusted: bytes | None) -> Iterator[tuple[str, bytes]]:
    """Every file of the bundle but the sums."""
    wanted = {version.number: version for version in stretch.versions}
    pages = {sha256 for version in stretch.versions for sha256 in version.captures}
    proof = store.proof(stretch.source.id)
    told = {record.seq: json.loads(record.text) for record in proof if record.text is not None}
    ours = {seq: one for seq, one in told.items() if _belongs(one, wanted, pages)}
    if not ours:
        raise UsageError(f"{stretch.source.id}: the chain holds no record of these versions (clausewatch verify)")
    stamps = [one for one in store.stamps() if one.token is not None and one.seq >= min(ours)]
    gone = {one.sha256 for one in store.dropped() if one.sha256 in pages}
    yield (
        "README.txt",
        _readme(stretch, now, proof[-1].link, (_about_stamps(stamps, trusted), _about_gone(gone))).encode(),
    )
    yield "chain.txt", _chain(proof, min(ours)).encode()
    for record in proof:
        if record.seq in ours and record.text is not None:
            yield f"records/{record.seq:06d}-{record.kind}.json", record.text.encode()
    yield from _pages([one for one in ours.values() if one["kind"] == "capture"], store, gone, now)
    yield from _versions(store, stretch, ours)
    yield from _stamps(stamps)
    if stamps and trusted is not None:
        yield "stamps/ca.pem", trusted


def _pages(
    captures: Sequence[dict[str, Any]], store: Store, gone: set[str], now: datetime
) -> Iterator[tuple[str, bytes]]:
    """The raw pages that are still kept, by themselves and as WARC."""
    kept = [one for one in captures if one["sha256"] not in gone]
    bodies = {sha256: store.body(sha256) for sha256 in sorted({one["sha256"] for one in kept})}
    for one in {one["sha256"]: one for one in kept}.values():
        yield f"pages/{one['sha256']}.{_ENDINGS.get(one['media_type'], 'html')}", bodies[one["sha256"]]
    yield "captures.warc.gz", write_warc(kept, bodies, now)


def _stamps(stamps: Sequence[Stamp]) -> Iterator[tuple[str, bytes]]:
    """Each time stamp under the number of its record; a further one of the same record has a number of its own."""
    count: Counter[int] = Counter()
    for stamp in stamps:
        count[stamp.seq] += 1
        again = f"-{count[stamp.seq]}" if count[stamp.seq] > 1 else ""
        yield f"stamps/{stamp.seq:06d}{again}.tsr", stamp.token or b""


def _belongs(one: dict[str, Any], wanted: dict[int, Version], pages: set[str]) -> bool:
    """Whether a record is of one of the versions, of a page that one was read from, or of letting go of such a page."""
    if one["kind"] == "version":
        return one["number"] in wanted
    if one["kind"] == "dropped":
        return not pages.isdisjoint(one["pages"])
    return one["kind"] == "capture" and one["sha256"] in pages


def _versions(store: Store, stretch: Stretch, ours: dict[int, dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    stored = {one["number"]: one["document"] for one in ours.values() if one["kind"] == "version"}
    before: Version | None = None
    for version in stretch.versions:
        name = f"{version.number:04d}"
        yield f"versions/{name}.json", store.body(stored[version.number])
        yield f"versions/{name}.txt", _text(version, store.document(version.source_id, version.number)).encode()
        comparison = store.comparison(version.source_id, version.number)
        if before is not None and comparison is not None:
            heading = f"{version.source_id}: version {before.number} -> {version.number}"
            yield f"diffs/{before.number:04d}-{name}.html", as_html(comparison, heading).encode()
        before = version


def _chain(proof: Sequence[Record], first: int) -> str:
    """The link before the first record, then a line a record up to the head."""
    before = next((record.link for record in proof if record.seq == first - 1), "")
    lines = [f"{record.seq} {record.digest} {record.link}\n" for record in proof if record.seq >= first]
    return "".join([f"before {before}\n", *lines])


def _text(version: Version, document: Document) -> str:
    """A version to read: what it is, then its text, headings underlined."""
    head = [
        f"{version.source_id}, version {version.number} ({version.cause.value})",
        f"first seen {instant(version.first_seen)}, last seen {instant(version.last_seen)}",
        f"title: {version.title or 'none'}; language: {version.language or 'unknown'}",
        f"stated: effective {version.effective_date or '?'}, last updated {version.last_updated or '?'}",
        "",
    ]
    lines = [
        f"\n{block.text}\n{'=' * min(len(block.text), 100)}" if block.level and block.kind == "heading" else block.text
        for block in document.blocks
    ]
    return "\n".join([*head, *lines]) + "\n"


def _readme(stretch: Stretch, now: datetime, head: str, more: tuple[str, str]) -> str:
    first, last = stretch.versions[0], stretch.versions[-1]
    return (
        files("watcher.bundle")
        .joinpath("readme.txt")
        .read_text(encoding="utf-8")
        .format(
            source=stretch.source.id,
            rule="=" * (len(stretch.source.id) + 15),
            vendor=_line(stretch.source.vendor),
            url=_line(" ".join(stretch.source.urls)),
            first=first.number,
            last=last.number,
            since=_moment(first.first_seen),
            until=_moment(last.last_seen),
            made=_moment(now),
            program=program_version("clausewatch"),
            head=head,
            stamps=more[0],
            gone=more[1],
        )
    )


def _about_stamps(stamps: Sequence[Stamp], trusted: bytes | None) -> str:
    """What the reader is told of the time stamps."""
    if not stamps:
        return _NO_STAMPS
    listed = "\n".join(
        f"   - record {one.seq}: {_moment(one.at)} UTC, {_line(one.authority)}" for one in stamps if one.at
    )
    template = files("watcher.bundle").joinpath("stamps.txt").read_text(encoding="utf-8")
    return template.format(listed=listed, ca="stamps/ca.pem" if trusted is not None else "ca.pem")


def _about_gone(gone: set[str]) -> str:
    if not gone:
        return ""
    listed = "".join(f"  {sha256}\n" for sha256 in sorted(gone))
    return f"{_GONE}{listed}\n"


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
