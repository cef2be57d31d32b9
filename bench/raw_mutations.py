"""The law of raw pages: `python -m bench.raw_mutations [--own | --written] [--seed S] [--part K/N] [--only TEXT]`.

What a site does to a page around its document makes no version: no capture of the same text is told or held. One word,
number or name changed in the same page always makes one. Both are tried on whole HTML pages, as they would be fetched.
Prints a table of mutation and outcome, and each violation.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import random
import re
import sys
import tarfile
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from bench.mutants import meanings
from bench.mutations import LANGUAGES, own_policies
from bench.policy_text import STYLES, Line, lines_of, page
from bench.quality import CORPUS
from bench.raw_noise import noises
from bench.raw_places import TOKEN
from storage.model import Capture, Extraction, Verdict
from watcher.differ import compare
from watcher.differ.zones import page_hits
from watcher.extractor import extract
from watcher.extractor.gate import gate
from watcher.extractor.text import normalise

_OWN = Path(__file__).resolve().parents[1] / "tests" / "extractor" / "walls"
_QUIET = frozenset({Verdict.SAME, Verdict.NOISE})
_LEAST = 60  # words; a capture of less is none of a document
_SENTENCE = 8  # words of a text node in which a word is changed
_ENDS = re.compile(r"^\s*|\s*$")


@dataclass(frozen=True, slots=True)
class RawPage:
    """An HTML page of a document, as it was fetched."""

    name: str
    language: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mutation; `fault` is empty when the law holds."""

    page: str
    kind: str
    told: str
    fault: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.fault}: {self.kind} in {self.page}: {self.where[:220]}"


def own_pages() -> list[RawPage]:
    """The written samples in every style, and the short documents that mention walls."""
    address = "https://vendor.example/legal/privacy"
    found = [
        RawPage(f"{policy.name} as {style}", policy.language, address, page(policy.lines, policy.language, style))
        for policy in own_policies()
        for style in STYLES
    ]
    for path in sorted(_OWN.glob("policies_*.toml")):
        entries = tomllib.loads(path.read_text("utf-8"))["page"]
        found += [RawPage(entry["id"], entry["id"][:2], address, entry["html"]) for entry in entries]
    return found


def corpus_pages(corpus: Path) -> list[RawPage]:
    """The versions of the vendors' pages, and the recorded captures that show the document."""
    found = []
    for path in sorted((corpus / "vendors").glob("*/page-v*.html")):
        name = f"{path.parent.name} {path.stem}"
        found.append(RawPage(name, "nl", f"https://{path.parent.name}.example/privacy", path.read_text("utf-8")))
    folder = corpus / "replay"
    for entry in json.loads((folder / "index.json").read_text("utf-8"))["pages"]:
        with tarfile.open(folder / entry["archive"], "r:xz") as archive:
            for item in entry["captures"]:
                member = archive.extractfile(item["file"])
                if item["expected"] not in {"blocked", "same"} and member is not None:
                    text = member.read().decode("utf-8", "replace")
                    found.append(RawPage(f"{entry['page']} {item['file']}", "en", entry["url"], text))
    return found


def written_pages(corpus: Path) -> list[RawPage]:
    """The texts of pairs and quiet pairs, each as an HTML page in one of the styles."""
    found: list[RawPage] = []
    for path in sorted([*(corpus / "pairs").glob("*/*.md"), *(corpus / "quiet").glob("*/*.md")]):
        label = json.loads(path.with_name("label.json").read_text("utf-8"))
        if path.name == "new.md" and label["kind"] == "blocked":
            continue
        language = label.get("language_after", label["language"]) if path.name == "new.md" else label["language"]
        style = STYLES[len(found) % len(STYLES)]
        name = f"{path.parent.parent.name} {path.parent.name} {path.stem} as {style}"
        address = f"https://vendor.example/{path.parent.name}"
        read = _read(address, path.read_text("utf-8"), "text/markdown")
        if read.document.words >= _LEAST:
            found.append(RawPage(name, language, address, page(lines_of(read.document), language, style)))
    return found


def campaign(pages: Iterable[RawPage], count: int, seed: int, only: str = "") -> Iterator[Outcome]:
    """Mutate each page `count` times in every way; the same seed gives the same campaign."""
    for raw in pages:
        chance = random.Random(f"{seed} {raw.name}")
        for _ in range(count):
            for kind, make in noises().items():
                pair = make(raw.text, raw.language, chance) if only in f"~{kind}" else None
                if pair is not None and pair[0] != pair[1]:
                    yield _quiet(raw, f"~{kind}", *pair)
            if only in "edits":
                yield from _edits(raw, chance)


def _quiet(raw: RawPage, kind: str, before: str, after: str) -> Outcome:
    """Hold a pair of pages that say the same against the law."""
    old, new = _read(raw.address, before), _read(raw.address, after)
    comparison = compare(old.document, new.document)
    told = " | ".join(f"[{change.before or ''}] > [{change.after or ''}]" for change in comparison.changes)
    held = gate(new, old.document)
    verdict = Verdict.NOISE if comparison.unrest else comparison.verdict
    fault = "" if verdict in _QUIET else f"told as {verdict}"
    return Outcome(raw.name, kind, verdict, fault or ("" if held.passed else f"held: {held.detail}"), told)


def _edits(raw: RawPage, chance: random.Random) -> Iterator[Outcome]:
    """Change one word of a page in every way that bench/mutants.py knows, and hold the answers against the law."""
    old = _read(raw.address, raw.text)
    nodes = _nodes(raw.text, old)
    lines = tuple(Line("para", text) for text in nodes)
    for make in meanings(raw.language) if lines else ():
        edit = make(lines, chance)
        if edit is None or len(edit.lines) != len(lines):
            continue
        place = next(place for place, line in enumerate(edit.lines) if line is not lines[place])
        source, text = nodes[lines[place].text], edit.lines[place].text
        new = _read(raw.address, raw.text.replace(source, html.escape(text, quote=False)))
        comparison = compare(old.document, new.document)
        held = gate(new, old.document)
        lost = comparison.unrest or comparison.verdict in _QUIET
        fault = f"lost as {comparison.verdict}" if lost else ""
        fault = fault or ("" if held.passed else f"held: {held.detail}")
        where = f"[{edit.gone} > {edit.came}] {lines[place].text}"
        yield Outcome(raw.name, edit.kind, comparison.verdict, fault, where)


def _nodes(text: str, made: Extraction) -> dict[str, str]:
    """The texts between tags that are of the document, folded, with how they stand in the page; no offers of a shop."""
    whole = "\n".join(block.text for block in made.document.blocks)
    found: dict[str, str] = {}
    last = 0
    for match in TOKEN.finditer(text):
        source = _ENDS.sub("", text[last : match.start()])
        last = match.end()
        folded = normalise(html.unescape(source))
        if len(folded.split()) >= _SENTENCE and folded in whole and not page_hits(folded, "promotion"):
            found[folded] = source
    return found


@lru_cache(maxsize=4)
def _read(address: str, text: str, media: str = "text/html") -> Extraction:
    """What the extractor makes of a page."""
    body = text.encode("utf-8", "replace")
    sha256 = hashlib.sha256(body).hexdigest()
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return extract(Capture(address, address, when, 200, (), media, "utf-8", sha256, body))


def table(outcomes: Sequence[Outcome]) -> str:
    """Outcomes by mutation."""
    columns = (Verdict.SAME, Verdict.NOISE, Verdict.EDITORIAL, Verdict.MATERIAL)
    counts: dict[str, Counter[str]] = {}
    for outcome in outcomes:
        row = counts.setdefault(outcome.kind, Counter())
        row[outcome.told] += 1
        row["fault"] += bool(outcome.fault)
    head = f"{'mutation':28}" + "".join(f"{name:>10}" for name in (*columns, "faults"))
    rows = [
        f"{kind:28}" + "".join(f"{row[name]:>10}" for name in (*columns, "fault"))
        for kind, row in sorted(counts.items())
    ]
    faults = sum(bool(outcome.fault) for outcome in outcomes)
    pages = len({outcome.page for outcome in outcomes})
    return "\n".join([head, *rows, f"{len(outcomes)} mutations of {pages} pages, {faults} violations"])


def main(arguments: list[str] | None = None) -> int:
    """Run a campaign and print what it found; 1 when the law was broken."""
    parser = argparse.ArgumentParser(prog="bench.raw_mutations", description="A site's unrest makes no version.")
    parser.add_argument("--count", type=int, default=1, help="rounds of all mutations for each page")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own", action="store_true", help="only pages of our own")
    parser.add_argument("--only", default="", help="mutations whose name has this text")
    parser.add_argument("--pages", default="", help="pages whose name has this text")
    parser.add_argument("--written", action="store_true", help="only the texts of pairs, written as pages")
    parser.add_argument("--part", default="1/1", help="which part of the pages: 2/5 is the second fifth")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args(arguments)
    pages = [] if options.written else own_pages()
    if not options.own and options.corpus.is_dir():
        pages += written_pages(options.corpus) if options.written else corpus_pages(options.corpus)
    part, parts = map(int, options.part.split("/"))
    pages = [raw for raw in pages if raw.language in LANGUAGES and options.pages in raw.name][part - 1 :: parts]
    outcomes = []
    for outcome in campaign(pages, options.count, options.seed, options.only):
        outcomes.append(replace(outcome, where=""))
        if outcome.fault:
            print(outcome, flush=True)
    print(table(outcomes))
    return int(any(outcome.fault for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
