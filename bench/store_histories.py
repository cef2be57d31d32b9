"""Histories for `bench.store`: what was recorded, as a git repository and as a store.

The recorded ones are the labelled corpora (pairs of versions, raw pages in order); a made-up one has documents that are
edited as vendors do it: a clause now and then, a date with it, seldom a new part.
"""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import pages
from storage.connect import open_store
from storage.model import DocumentType, Source
from watcher.backfill import backfill
from watcher.recording.git import open_repository

BEGUN = datetime(2015, 1, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Edition:
    """One capture of a document: `Service/Document.md` or `.html`, when, and its bytes."""

    path: str
    when: datetime
    body: bytes


def pairs(corpus: Path) -> Iterator[Edition]:
    """The texts before and after of every labelled pair, each pair a document of its own."""
    for number, folder in enumerate(sorted((corpus / "pairs").glob("[0-9]*"))):
        when = BEGUN + number * DAY
        for place, name in enumerate(("old.md", "new.md")):
            yield Edition(f"{folder.name}/Policy.md", when + place * 100 * DAY, (folder / name).read_bytes())


def replay(corpus: Path) -> Iterator[Edition]:
    """The raw pages of the replay corpus."""
    index = json.loads((corpus / "replay" / "index.json").read_text("utf-8"))
    for page in index["pages"]:
        with tarfile.open(corpus / "replay" / page["archive"], "r:xz") as archive:
            for capture in page["captures"]:
                member = archive.extractfile(capture["file"])
                assert member is not None
                when = datetime.fromisoformat(capture["date"])
                yield Edition(f"{page['page']}/Policy.html", when, member.read())


def made_up(versions: int, seed: int = 1) -> Iterator[Edition]:
    """So many versions of documents of 10 to 60 kB; a document has 48 on average, as many as in public collections."""
    chance = random.Random(seed)
    number = made = 0
    while made < versions:
        lines = _first(chance, number)
        when = BEGUN + chance.randrange(1000) * DAY
        for _ in range(min(1 + int(chance.expovariate(1 / 47)), versions - made)):
            yield Edition(f"Vendor {number}/Privacy Policy.md", when, "\n\n".join(lines).encode() + b"\n")
            made += 1
            when += timedelta(hours=1 + int(chance.expovariate(1 / 1000)))
            _edit(chance, lines, when)
        number += 1


def _first(chance: random.Random, number: int) -> list[str]:
    lines = [f"# Privacy policy of Vendor {number}", "Last updated: 1 January 2015"]
    size, part = chance.randint(10_000, 60_000), 0
    while sum(map(len, lines)) < size:
        heading, patterns = pages._SECTIONS[part % len(pages._SECTIONS)]  # noqa: SLF001 - the words of the made-up pages
        part += 1
        lines.append(f"## {part}. {heading}")
        lines += [_passage(chance, patterns) for _ in range(chance.randint(3, 9))]
    return lines


def _passage(chance: random.Random, patterns: tuple[str, ...]) -> str:
    return " ".join(pages._sentence(chance, patterns) for _ in range(chance.randint(1, 5)))  # noqa: SLF001 - as above


def _edit(chance: random.Random, lines: list[str], when: datetime) -> None:
    """One edition: a passage or some changed, added, taken out; in one of 40 a whole part is written anew."""
    _, patterns = chance.choice(pages._SECTIONS)  # noqa: SLF001 - as above
    if chance.random() < 0.7:
        lines[1] = f"Last updated: {when.day} {when:%B %Y}"
    for _ in range(1 + int(chance.expovariate(1))):
        place = chance.randrange(3, len(lines))
        kind = chance.random()
        if kind < 0.6:
            sentences = lines[place].split(". ")
            sentences[chance.randrange(len(sentences))] = _passage(chance, patterns).rstrip(".")
            lines[place] = ". ".join(sentences)
        elif kind < 0.85 or len(lines) < 20:
            lines.insert(place, _passage(chance, patterns))
        else:
            del lines[place]
    if chance.random() < 0.025:
        place = chance.randrange(2, len(lines))
        lines[place : place + 10] = [_passage(chance, patterns) for _ in range(10)]


def as_git(folder: Path, editions: Iterable[Edition]) -> int:
    """Make a repository with a commit for each edition, by time, and pack it as tightly as git can; its bytes."""
    folder.mkdir(parents=True)
    _git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "--template=")
    stream = io.BytesIO()
    for edition in sorted(editions, key=lambda one: one.when):
        told = f"Record new version of {edition.path}\n".encode()
        stream.write(b"commit refs/heads/main\n")
        stream.write(b"committer Recorder <bot@recorder.example> %d +0000\n" % edition.when.timestamp())
        stream.write(b"data %d\n%s" % (len(told), told))
        stream.write(f'M 100644 inline "{edition.path}"\n'.encode())
        stream.write(b"data %d\n%s\n" % (len(edition.body), edition.body))
    _git(folder, "fast-import", "--quiet", given=stream.getvalue())
    _git(folder, "gc", "--aggressive", "--prune=now", "--quiet")
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _git(folder: Path, *arguments: str, given: bytes | None = None) -> None:
    scene = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "-C", str(folder), *arguments], input=given, env=scene, check=True)


def as_store(place: Path, repository: Path, paths: Iterable[str]) -> int:
    """Feed every document of a repository to the pipeline; the bytes of the store."""
    known = list(dict.fromkeys(paths))
    watched = [
        Source(
            f"vendor-{number}/policy",
            path.split("/")[0],
            DocumentType.PRIVACY_POLICY,
            (f"https://vendor-{number}.example/privacy",),
        )
        for number, path in enumerate(known)
    ]
    with closing(open_store(place, write=True, repeatable=True)) as store:
        store.sync_sources(watched, BEGUN)
        for source, path in zip(watched, known, strict=True):
            recording = open_repository(repository, path, source.urls[0])
            for _ in backfill(store, source, recording):
                pass
    return place.stat().st_size
