"""Check a bundle with nothing but the bundle: its sums, its records, its stretch of the chain, what they name."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from storage.model import Stamp
from storage.records import digest_of, link_of
from watcher.timestamps.judging import Judged, judge
from watcher.timestamps.token import installed

_MOST_BYTES = 2_000_000_000
_MOST_FILES = 200_000
_MOST_CERTIFICATES = 1_000_000  # bytes
_MOST_STAMPS = 20_000
_NAME = re.compile(
    r"README\.txt|SHA256SUMS|chain\.txt|captures\.warc\.gz|pages/[0-9a-f]{64}\.(?:html|pdf|txt|md)"
    r"|stamps/\d{6,}(?:-\d{1,3})?\.tsr|stamps/ca\.pem"
    r"|records/\d{6,}-[a-z]+\.json|versions/\d{4,}\.(?:txt|json)|diffs/\d{4,}-\d{4,}\.html"
)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)  # when a stamp was asked for is no part of a bundle
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a bundle holds, and what is wrong with it in words: nothing when all is well.

    `stamps` are its time stamps, judged; None where that cannot be done here. `trust` says what certificates they were
    held against: those that were "given", those of the "bundle" itself, or "none". `dropped` are the pages that were
    let go of before.
    """

    source: str
    versions: tuple[int, ...]
    records: int
    head: str
    problems: tuple[str, ...]
    stamps: tuple[Judged, ...] | None = ()
    trust: str = "none"
    dropped: tuple[str, ...] = ()


def check_bundle(path: Path, known_head: str | None = None, trusted: bytes | None = None) -> Checked:
    """Check everything in a bundle; with a head that was noted earlier also that the chain holds it.

    Time stamps are held against the `trusted` certificates (PEM), else against those of the bundle.

    A stranger's archive: members by name alone, capped in number and size, nothing is unpacked to disk. Raises
    UsageError for what is no bundle at all.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise UsageError(f"{path}: cannot be read as a bundle ({_said(error)})") from error
    missing = {"SHA256SUMS", "chain.txt", "README.txt"} - set(members)
    if missing:
        raise UsageError(f"{path}: is no bundle of clausewatch (it has no {', '.join(sorted(missing))})")
    chain, before, problems = _chain(members["chain.txt"])
    records, more = _records(members, {seq: digest for seq, digest, _ in chain})
    problems += [*_sums(members), *_links(chain, before), *more, *_named(members, records)]
    links = {link for _, _, link in chain} | {before}
    if known_head and known_head not in links:
        problems.append(f"chain.txt: does not hold the head {known_head}")
    sources = sorted({str(one.get("source")) for one in records.values()})
    if len(sources) != 1:
        problems.append(f"records: are about {len(sources)} sources, not one")
    numbers = sorted(one["number"] for one in records.values() if isinstance(one.get("number"), int))
    head = chain[-1][2] if chain else ""
    own = members.get("stamps/ca.pem", b"")[:_MOST_CERTIFICATES] or None
    judged = _stamps(members, {seq: link for seq, _, link in chain}, trusted or own)
    problems += [f"time stamp of record {one.seq}: {one.problem}" for one in judged or () if one.problem is not None]
    return Checked(
        ", ".join(sources),
        tuple(numbers),
        len(records),
        head,
        tuple(problems),
        judged,
        "given" if trusted else "bundle" if own else "none",
        tuple(sorted(_dropped(records) - {name[6:70] for name in members if name.startswith("pages/")})),
    )


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, bytes]:
    """The files of a bundle by name. Raises UsageError for one that is made to grow, or holds what does not belong."""
    found: dict[str, bytes] = {}
    left = _MOST_BYTES
    for number, entry in enumerate(archive.infolist()):
        if number >= _MOST_FILES:
            raise UsageError(f"{path}: holds more than {_MOST_FILES} files (is it a bundle?)")
        if entry.is_dir():
            continue
        if not _NAME.fullmatch(entry.filename) or entry.filename in found:
            raise UsageError(f"{path}: holds {entry.filename[:100]!a}, which is no part of a bundle, or is there twice")
        with archive.open(entry) as stream:
            data = stream.read(left + 1)
        left -= len(data)
        if left < 0:
            raise UsageError(f"{path}: unpacks to more than {_MOST_BYTES // 1_000_000} MB (is it a bundle?)")
        found[entry.filename] = data
    return found


def _sums(members: Mapping[str, bytes]) -> Iterator[str]:
    """Every file has its sum, and every sum its file."""
    lines = members["SHA256SUMS"].decode("utf-8", "replace").splitlines()
    stated = {line[66:]: line[:64] for line in lines}
    for name, data in members.items():
        if name == "SHA256SUMS":
            continue
        if name not in stated:
            yield f"{name}: is not in SHA256SUMS"
        elif hashlib.sha256(data).hexdigest() != stated[name]:
            yield f"{name}: is not what SHA256SUMS says"
    yield from (f"{name}: is gone" for name in stated if name not in members)


def _chain(data: bytes) -> tuple[list[tuple[int, str, str]], str, list[str]]:
    """The lines of the chain, the link before them, and what is wrong with their form."""
    first, *rest = data.decode("utf-8", "replace").splitlines() or [""]
    word, _, before = first.partition(" ")
    problems = [] if word == "before" and (not before or _HASH.fullmatch(before)) else ["chain.txt: has no first line"]
    lines: list[tuple[int, str, str]] = []
    for number, line in enumerate(rest, start=2):
        parts = line.split(" ")
        if len(parts) != 3 or not parts[0].isdecimal() or not all(map(_HASH.fullmatch, parts[1:])):
            problems.append(f"chain.txt:{number}: is no line of a chain")
        else:
            lines.append((int(parts[0]), parts[1], parts[2]))
    return lines, before, problems


def _links(chain: list[tuple[int, str, str]], before: str) -> Iterator[str]:
    expected = chain[0][0] if chain else 0
    if expected > 1 and not before:
        yield "chain.txt: does not say what stands before it"
    for seq, digest, link in chain:
        if seq != expected:
            yield f"chain.txt: record {seq} stands where {expected} should"
        if link_of(before, digest) != link:
            yield f"chain.txt: is broken at record {seq}"
        before, expected = link, seq + 1


def _records(members: Mapping[str, bytes], digests: Mapping[int, str]) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """The records by number, and those that are not the ones of the chain."""
    found: dict[int, dict[str, Any]] = {}
    problems: list[str] = []
    for name, data in members.items():
        if not name.startswith("records/"):
            continue
        seq = int(name.removeprefix("records/").partition("-")[0])
        try:
            text = data.decode()
            told = json.loads(text)
        except (ValueError, RecursionError):
            problems.append(f"{name}: is no record")
            continue
        if digests.get(seq) != digest_of(text) or not isinstance(told, dict) or told.get("seq") != seq:
            problems.append(f"{name}: is not the record of the chain")
        else:
            found[seq] = told
    if not found:
        problems.append("records: there is none that belongs to the chain")
    return found, problems


def _stamps(members: Mapping[str, bytes], links: Mapping[int, str], trusted: bytes | None) -> tuple[Judged, ...] | None:
    """The time stamps, judged; None where the package for it is missing."""
    stamps = [
        Stamp(seq, links.get(seq, ""), "", _LONG_AGO, token=data)
        for name, data in sorted(members.items())
        if name.endswith(".tsr")
        for seq in [int(name[7:-4].partition("-")[0])]
    ]
    if stamps and not installed():
        return None
    if len(stamps) > _MOST_STAMPS:
        raise UsageError(f"the bundle holds more than {_MOST_STAMPS} time stamps (is it one?)")
    return tuple(judge(stamps, trusted))


def _dropped(records: Mapping[int, Mapping[str, Any]]) -> set[str]:
    """The pages whose bytes were let go of, as records say."""
    told = (one.get("pages") for one in records.values() if one.get("kind") == "dropped")
    return {str(page) for pages in told if isinstance(pages, list) for page in pages}


def _named(members: Mapping[str, bytes], records: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    """What the records name is there: pages by their SHA-256, the stored text of each version."""
    pages = {name[6:70]: data for name, data in members.items() if name.startswith("pages/")}
    for sha256, data in pages.items():
        if hashlib.sha256(data).hexdigest() != sha256:
            yield f"page {sha256}: is not what its name says"
    kept = {one["sha256"] for one in records.values() if one.get("kind") == "capture"}
    gone = _dropped(records)
    for one in records.values():
        if one.get("kind") != "version":
            continue
        place = f"version {one['number']}"
        text = members.get(f"versions/{one['number']:04d}.json", b"")
        if hashlib.sha256(text).hexdigest() != one["document"]:
            yield f"{place}: its text is not the one of its record"
        for sha256 in one["captures"]:
            if (sha256 not in pages and sha256 not in gone) or sha256 not in kept:
                yield f"{place}: its page {sha256} is not here with its record"
    yield from (f"page {sha256}: no record tells of it" for sha256 in pages if sha256 not in kept)


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or str(error) or type(error).__name__)[:200]
