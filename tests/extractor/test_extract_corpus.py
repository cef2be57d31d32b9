"""What the extractor reaches on the labelled corpus: nothing of a document lost, nothing of the site kept."""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from collections import Counter
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import pytest

from storage.model import Capture, Document
from watcher.extractor import extract, read_file
from watcher.extractor.marks import plain_text
from watcher.extractor.text import normalise

VENDORS = ("alterdesk", "computron", "deskhero", "omnidesk", "topdesk")
PAGES = ("llama-data-commitments", "microsoft-privacy", "grok-privacy", "qwen-cookies")
# source.txt of one vendor holds the markup of a table as text, that of another the menu of its site.
RECALL = {"computron": 0.93, "deskhero": 0.995}
_MARKS = re.compile(r"(?:^|\s)(?:[*+-]|#{1,6})\s+(?=\S)|-{3,}|={3,}")
_SIGNS = re.compile(r"[\s|•·*_;]+")


@lru_cache(maxsize=64)
def document(path: Path) -> Document:
    """Extract a file of the corpus."""
    return extract(read_file(path)).document


def folded(found: Document) -> str:
    """All blocks as one text, cells joined by blanks."""
    return " ".join(block.text.replace(" | ", " ") for block in found.blocks)


def words(text: str) -> Counter[str]:
    """The words of a text with their counts."""
    return Counter(re.findall(r"\w+", normalise(text).lower()))


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_words_of_the_source_and_no_others(corpus: Path, vendor: str) -> None:
    """Every word of the policy is in the blocks; no word of menu, banner, footer or chat is (precision 1)."""
    wanted = words((corpus / "vendors" / vendor / "source.txt").read_text())
    found = words(folded(document(corpus / "vendors" / vendor / "page-v1.html")))
    assert (wanted & found).total() / wanted.total() >= RECALL.get(vendor, 1.0)
    assert found - wanted == Counter()


@pytest.mark.parametrize("vendor", VENDORS)
def test_quotes_of_the_labels_are_found(corpus: Path, vendor: str) -> None:
    """Each quoted passage stands in the blocks of its version, and in none of the other."""
    quotes = 0
    for version in (2, 3, 4):
        label = json.loads((corpus / "vendors" / vendor / f"changes-v{version}.json").read_text())
        old, new = (folded(document(corpus / "vendors" / vendor / f"page-v{n}.html")) for n in (version - 1, version))
        for change in label["changes"]:
            for quote, text in ((change["before"], old), (change["after"], new)):
                if quote:
                    quotes += 1
                    assert normalise(re.sub("[•·]", " ", quote)) in text
    assert quotes


def test_machinery_alone_leaves_the_fingerprint(corpus: Path) -> None:
    """A version whose label says that only page machinery differs has the fingerprint of the one before."""
    seen = 0
    for place in sorted((corpus / "vendors").glob("*/changes-v*.json")):
        label = json.loads(place.read_text())
        old, new = (document(place.parent / label[side]) for side in ("old", "new"))
        assert (old.fingerprint == new.fingerprint) == (label["kind"] == "noise")
        seen += label["kind"] == "noise"
    assert seen


@pytest.mark.parametrize("vendor", VENDORS)
def test_titles(corpus: Path, vendor: str) -> None:
    """The title is the one a careful reader would give."""
    facts = json.loads((corpus / "vendors" / vendor / "facts.json").read_text())
    found = document(corpus / "vendors" / vendor / "page-v1.html")
    assert (found.title, found.language) == (facts["title"], "nl")


@pytest.mark.parametrize("page", PAGES)
def test_captures_without_a_change_have_the_same_fingerprint(corpus: Path, page: str) -> None:
    """Raw captures of one page, in order: `same` is the same, `material` is not."""
    index = json.loads((corpus / "replay" / "index.json").read_text())
    entry = next(entry for entry in index["pages"] if entry["page"] == page)
    before = ""
    with tarfile.open(corpus / "replay" / entry["archive"], "r:xz") as archive:
        for item in entry["captures"]:
            if item["expected"] == "blocked":
                continue
            member = archive.extractfile(item["file"])
            assert member is not None
            body = member.read()
            moment = datetime.fromisoformat(item["date"])
            digest = hashlib.sha256(body).hexdigest()
            capture = Capture(entry["url"], entry["url"], moment, 200, (), "text/html", None, digest, body)
            fingerprint = extract(capture).document.fingerprint
            if before and item["expected"] in {"same", "material"}:
                assert (fingerprint == before) == (item["expected"] == "same"), item["file"]
            before = fingerprint


def test_quotes_from_archived_markdown_are_found(corpus: Path) -> None:
    """Every quote of the 108 pairs stands in the blocks, marks and column bars aside (229 of 229)."""
    missing: list[str] = []
    total = 0
    for place in sorted((corpus / "pairs").glob("*/label.json")):
        label = json.loads(place.read_text())
        for side, name in (("before", "old.md"), ("after", "new.md")):
            quotes = [change[side] for change in label["changes"] if change[side]]
            if not quotes:
                continue
            text = _SIGNS.sub("", folded(extract(read_file(place.parent / name)).document))
            for quote in quotes:
                total += 1
                plain = normalise(plain_text(_MARKS.sub(" ", quote))[0])
                if _SIGNS.sub("", plain) not in text:
                    missing.append(f"{place.parent.name}: {quote[:80]}")
    assert missing == []
    assert total > 200
