"""The evidence about one source in one file: whole, checked by its own instructions, sound only when untouched."""

from __future__ import annotations

import hashlib
import io
import json
import re
import resource
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from storage.connect import open_store
from storage.errors import ClausewatchError, UsageError
from storage.model import Capture, CheckResult, DocumentType, Hop, Outcome, Source
from storage.protocol import Store
from watcher import pipeline
from watcher.bundle import Stretch, check_bundle, make_bundle
from watcher.job import Candidate, Job

NOW = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SOURCE = Source("acme/privacy", "Acme {0} <b>", DocumentType.PRIVACY_POLICY, ("https://acme.example/privacy",))
OTHER = Source("bolt/privacy", "Bolt", DocumentType.PRIVACY_POLICY, ("https://bolt.example/privacy",))
MORE = "We process personal data only on the instructions of our customers and as the law demands. " * 8


def capture(source: Source, months: int, when: datetime) -> Capture:
    """A policy of our own, behind a redirect and a content encoding."""
    url = source.urls[0]
    body = (
        f"<html lang=en><title>Privacy</title><main><h1>Privacy policy</h1><h2>Retention</h2><p>We keep account data "
        f"for {months} months.</p><h2>Processing</h2><p>{MORE}</p></main></html>"
    ).encode()
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("X-Odd", "a\r\nb\u202e"))
    digest = hashlib.sha256(body).hexdigest()
    hops = (Hop(url, 301, f"{url}-2"),)
    return Capture(url, f"{url}-2", when, 200, headers, "text/html", "utf-8", digest, body, hops)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Two sources with four versions each, made by the real pipeline."""
    with closing(open_store(tmp_path_factory.mktemp("bundle") / "h.db", write=True)) as opened:
        opened.sync_sources([SOURCE, OTHER], NOW)
        for number, months in enumerate((12, 24, 36, 48)):
            for source in (SOURCE, OTHER):
                when = NOW + number * DAY
                (claim,) = opened.claim("t", when, DAY, limit=1, only=[source.id])
                made = pipeline.examine(Job(source, claim, (), when), [capture(source, months, when)], opened, when)
                result = pipeline.settle(made, None, when) if isinstance(made, Candidate) else made
                assert isinstance(result, CheckResult)
                assert result.outcome in {Outcome.FIRST, Outcome.CHANGED}
                opened.commit([result])
        yield opened


Maker = Callable[[int, int], Path]


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Maker:
    """Makes the bundle of a stretch of versions."""

    def make(first: int, last: int) -> Path:
        versions = tuple(one for one in store.versions(SOURCE.id) if first <= one.number <= last)
        path = tmp_path / f"{first}-{last}.zip"
        make_bundle(store, Stretch(SOURCE, versions), path, NOW + 9 * DAY)
        return path

    return make


def unpacked(bundle: Path) -> dict[str, bytes]:
    """The files of a bundle."""
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members: dict[str, bytes], path: Path) -> Path:
    """A bundle of these files, its sums made anew where they are asked to be."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def with_sums(members: dict[str, bytes]) -> dict[str, bytes]:
    """The files with sums that fit, as a careful forger would leave them."""
    sums = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in members.items() if name != "SHA256SUMS"]
    return members | {"SHA256SUMS": "".join(sums).encode()}


def test_a_bundle_holds_what_it_says(made: Maker, store: Store) -> None:
    """The pages, texts, differences and records of these versions, and nobody else's."""
    bundle = made(2, 3)
    files = unpacked(bundle)
    assert check_bundle(bundle).problems == ()
    assert (check_bundle(bundle).versions, check_bundle(bundle).source) == ((2, 3), SOURCE.id)
    assert check_bundle(bundle).head == store.head()
    assert sorted(name.partition("/")[0] for name in files).count("pages") == 2
    assert [name for name in files if name.startswith("diffs/")] == ["diffs/0002-0003.html"]
    assert b"36 months" in files["versions/0003.txt"]
    assert not any(b"bolt" in data.lower() for name, data in files.items() if name != "captures.warc.gz")
    assert files["README.txt"].count(b"Acme {0} <b>") == 1
    assert len(files["chain.txt"].splitlines()) == 1 + len(store.proof(SOURCE.id)) - 4


def test_the_same_evidence_is_the_same_file(made: Maker, store: Store, tmp_path: Path) -> None:
    """Made twice at the same moment; and nothing is overwritten."""
    bundle = made(1, 4)
    again = tmp_path / "again.zip"
    make_bundle(store, Stretch(SOURCE, tuple(store.versions(SOURCE.id))), again, NOW + 9 * DAY)
    first, second = unpacked(bundle), unpacked(again)
    for name in set(first) - {"captures.warc.gz", "SHA256SUMS"}:  # WARC gives every record a number of its own
        assert first[name] == second[name], name
    with pytest.raises(UsageError, match="cannot be written"):
        make_bundle(store, Stretch(SOURCE, tuple(store.versions(SOURCE.id))), again, NOW)


def test_the_instructions_are_enough(made: Maker, tmp_path: Path) -> None:
    """The commands of its own README, run by a shell, find nothing in it, and find what was changed."""
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(made(2, 3)) as archive:
        archive.extractall(folder)
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^     .*\n)+", readme, re.MULTILINE)
    assert [block.split()[0] for block in blocks] == ["sha256sum", "for", "read"]

    def said(block: str) -> str:
        done = subprocess.run(["bash", "-c", block], cwd=folder, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr

    assert [said(block) for block in blocks] == ["", "", ""]
    record = next((folder / "records").glob("*-version.json"))
    record.write_text(record.read_text(encoding="utf-8").replace("Privacy", "Piracy", 1), encoding="utf-8")
    assert "FAILED" in said(blocks[0])
    assert f"not the record of the chain: records/{record.name}" in said(blocks[1])
    chain = folder / "chain.txt"
    lines = chain.read_text(encoding="utf-8").splitlines()
    chain.write_text("\n".join([*lines[:3], *lines[4:]]) + "\n", encoding="utf-8")
    assert "broken at" in said(blocks[2])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files | {"README.txt": b"All is well."}, "README.txt: is not what SHA256SUMS says"),
        (lambda files: {name: data for name, data in files.items() if "pages" not in name}, "is gone"),
        (lambda files: files | {"versions/0009.txt": b"more"}, "versions/0009.txt: is not in SHA256SUMS"),
        (
            lambda files: with_sums({n: d.replace(b"36 months", b"12 months") for n, d in files.items()}),
            "is not the record of the chain",
        ),
        (
            lambda files: with_sums({n: d for n, d in files.items() if "records" not in n}),
            "records: there is none that belongs to the chain",
        ),
        (
            lambda files: with_sums(files | {"versions/0003.json": files["versions/0002.json"]}),
            "version 3: its text is not the one of its record",
        ),
        (
            lambda files: with_sums({n: d for n, d in files.items() if not n.startswith("pages/")}),
            "is not here with its record",
        ),
        (
            lambda files: with_sums(files | {"chain.txt": b"".join(files["chain.txt"].splitlines(keepends=True)[:-1])}),
            None,
        ),
        (lambda files: with_sums(files | {"chain.txt": b"before \n"}), "is not the record of the chain"),
        (lambda files: with_sums(files | {"chain.txt": b"nonsense\nmore"}), "chain.txt: has no first line"),
    ],
)
def test_whatever_is_changed_is_found(
    made: Maker, store: Store, tmp_path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]], said: str | None
) -> None:
    """Also with sums that fit; a chain that was cut off shows by the head that was noted."""
    forged = packed(change(unpacked(made(2, 3))), tmp_path / "forged.zip")
    problems = "\n".join(check_bundle(forged).problems)
    if said is None:
        assert problems == ""
        assert check_bundle(forged, store.head()).problems == (f"chain.txt: does not hold the head {store.head()}",)
    else:
        assert said in problems


def test_a_head_that_was_noted_is_in_the_chain(made: Maker, store: Store) -> None:
    """The newest, any since the first record of the bundle, and the one before it; not another."""
    bundle = made(2, 3)
    links = [record.link for record in store.proof(SOURCE.id)]
    for known in (links[-1], links[4], links[3]):
        assert check_bundle(bundle, known).problems == ()
    assert check_bundle(bundle, links[0]).problems != ()
    assert check_bundle(bundle, "0" * 64).problems != ()


def test_the_captures_are_a_web_archive(made: Maker) -> None:
    """Redirects and pages with their moments; no header breaks out of its line; what the wire was like is named so."""
    records = list(_warc(unpacked(made(2, 3))["captures.warc.gz"]))
    assert [kind for kind, *_ in records] == ["warcinfo", *["response"] * 4]
    _, url, day, headers, body = records[2]
    assert (url, day) == ("https://acme.example/privacy-2", "2026-05-02T09:00:00Z")
    assert (headers["X-Archive-Orig-Content-Encoding"], headers["Content-Length"]) == ("gzip", str(len(body)))
    assert headers["X-Odd"] == "a??b?"
    assert b"24 months" in body
    assert records[1][3]["Location"] == "https://acme.example/privacy-2"


def _warc(data: bytes) -> Iterator[tuple[str, str | None, str, dict[str, str], bytes]]:
    for record in ArchiveIterator(io.BytesIO(data)):
        headers = dict(record.http_headers.headers) if record.http_headers else {}
        head = record.rec_headers
        url, day = head.get_header("WARC-Target-URI"), head.get_header("WARC-Date")
        yield record.rec_type, url, day, headers, record.content_stream().read()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"readme.txt": b"x"}, "holds 'readme.txt', which is no part of a bundle"),
        ({"../../etc/passwd": b"x"}, "which is no part of a bundle"),
        ({"pages/../x.html": b"x"}, "which is no part of a bundle"),
        ({"README.txt": b"x"}, "is no bundle of clausewatch"),
        ({}, "is no bundle of clausewatch"),
    ],
)
def test_what_is_no_bundle_is_told(tmp_path: Path, members: dict[str, bytes], message: str) -> None:
    """Before anything of it is believed."""
    with pytest.raises(UsageError, match=re.escape(message)):
        check_bundle(packed(members, tmp_path / "x.zip"))
    (tmp_path / "y.zip").write_bytes(b"PK no")
    with pytest.raises(UsageError, match="cannot be read as a bundle"):
        check_bundle(tmp_path / "y.zip")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), data=st.data())
def test_no_flipped_bit_is_missed(made: Maker, tmp_path: Path, place: float, bit: int, data: st.DataObject) -> None:
    """In any file of a bundle."""
    bundle = tmp_path / "2-3.zip"
    files = unpacked(bundle if bundle.exists() else made(2, 3))
    name = data.draw(st.sampled_from(sorted(files)))
    body = bytearray(files[name])
    body[int(place * len(body))] ^= 1 << bit
    flipped = packed(files | {name: bytes(body)}, tmp_path / "flipped.zip")
    assert check_bundle(flipped).problems, name


def test_a_letter_in_a_hash_is_told(made: Maker, tmp_path: Path) -> None:
    """A hash that is no hash any more is a problem that is named, no crash."""
    files = unpacked(made(2, 3))
    body = bytearray(files["chain.txt"])
    body[body.index(b" ") + 9] |= 0x80
    assert check_bundle(packed(files | {"chain.txt": bytes(body)}, tmp_path / "letter.zip")).problems


def test_records_are_as_the_reference_says(made: Maker) -> None:
    """One line of JSON that begins with its format, number and kind, and has no white space between its parts."""
    for name, data in unpacked(made(1, 4)).items():
        if name.startswith("records/"):
            told = json.loads(data)
            assert list(told)[:3] == ["record", "seq", "kind"]
            assert told["record"] == "clausewatch/record/1"
            assert b"\n" not in data
            assert replace(SOURCE).id == told["source"]


def test_a_bundle_that_does_not_fit_is_named_and_gone(store: Store, tmp_path: Path) -> None:
    """Half a bundle would be no evidence; the line names the file, not some output."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        with pytest.raises(ClausewatchError, match=r"small\.zip: cannot be written"):
            make_bundle(store, Stretch(SOURCE, tuple(store.versions(SOURCE.id))), tmp_path / "small.zip", NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not (tmp_path / "small.zip").exists()
