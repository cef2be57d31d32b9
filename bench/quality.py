"""How well the differ does on the labelled corpus: `python -m bench.quality [--misses] [--corpus DIR] [--only NAME]`.

Prints one table over `vendors`, `pairs` and `quiet`, and over our own edits (bench/edits.py). The rows "even" and "odd"
split the vendors by the SHA-256 of their name: rules were written while looking at the even half only; so are the
edits of "held" never looked at. Evidence of a label counts as found when both its quotes stand in one reported change
(marks and white space folded); its topic when that change carries it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench import floors
from bench.edits import PLACE as EDITS
from bench.edits import load_edits
from bench.facts import FRESH, PAGES, SAMPLES, corpus_items, samples, stated_day
from bench.scoring import Step, Tally, score, score_edit
from watcher.differ import compare
from watcher.extractor import extract, read_file

# Where the labelled corpus is looked for.
CORPUS = Path(os.environ.get("CLAUSEWATCH_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")


def measure(corpus: Path, only: str = "") -> dict[str, Tally]:
    """Compare every labelled pair of the corpus; tallies by corpus and by half ("pairs", "pairs even", "pairs odd")."""
    tallies: dict[str, Tally] = {}
    for step in steps(corpus):
        if only and only not in f"{step.corpus} {step.name}":
            continue
        begun = time.perf_counter()
        old, new = extract(read_file(step.old)).document, extract(read_file(step.new)).document
        comparison = compare(old, new)
        spent = (time.perf_counter() - begun) * 1000
        for key in (step.corpus, f"{step.corpus} {step.half}"):
            tally = tallies.setdefault(key, Tally())
            tally.millis.append(spent)
            score(tally, step, comparison)
            for side, document in (("before", old), ("after", new)):
                said, right = stated_day(document), (step.label["effective_date"] or {}).get(side)
                tally.add("dates", good=said == right, miss=f"{step.name} {side} {said} not {right}")
    for vendor, items in corpus_items(corpus).items() if not only else ():
        for key in ("vendors", f"vendors {_half(vendor)}"):
            for item in items:
                tallies[key].add("facts", good=item.found, miss=item.place)
    return tallies


def measure_passages() -> dict[str, Tally]:
    """Read the facts of all our own passages; tallies by part and language ("facts nl", "facts held nl").

    What is missed in the parts called "unread" is not even kept: nobody who writes rules shall read it.
    """
    tallies: dict[str, Tally] = {}
    for part, (folder, held) in _PASSAGES.items():
        for (language, kind), told in samples(folder, held=held).items():
            tally = tallies.setdefault(f"{part} {language}", Tally(millis=[0]))
            tally.counts.update({"facts": told.found, "facts/all": told.labelled})
            tally.counts.update({"true facts": told.right, "true facts/all": told.told})
            tally.misses += [f"{kind}: {miss}" for miss in told.misses if "unread" not in part]
    return tallies


def measure_all(corpus: Path) -> dict[str, Tally]:
    """Everything that is counted: the corpus, our own edits and our own passages of facts."""
    return measure(corpus) | measure_edits() | measure_passages()


def figures(tallies: dict[str, Tally]) -> dict[str, dict[str, float]]:
    """The shares of good answers by row, each where something was asked; "corpus" is the whole of it."""
    whole = Tally(counts=sum((tallies[row].counts for row in _CORPORA if row in tallies), Counter()))
    found: dict[str, dict[str, float]] = {}
    for row, tally in ({"corpus": whole} | tallies).items():
        counts = tally.counts
        here = {name: tally.rate(name) for name in _COLUMNS if counts[f"{name}/all"]}
        if counts["topic-labelled"]:
            here["topics_f1"] = tally.f1()
            here["named_f1"] = tally.f1("named")
            here["each_f1"] = tally.f1("each")
        if counts["high-told"]:
            here["true_high"] = 1 - counts["high-wrong"] / counts["high-told"]
        found[row] = here
    return found


def digests(corpus: Path) -> dict[str, str]:
    """What the figures were measured on."""
    found = {name: floors.digest(_files(corpus / name), corpus) for name in _CORPORA}
    own = {"edits": EDITS, "facts": SAMPLES, "facts_fresh": FRESH, "facts_pages": PAGES}
    return found | {name: floors.digest(place.glob("*.toml"), place) for name, place in own.items()}


def _files(place: Path) -> Iterator[Path]:
    return (path for path in place.rglob("*") if path.is_file())


def measure_edits() -> dict[str, Tally]:
    """Compare the pages of all our own edits; tallies by part and by part and language ("held", "held nl")."""
    tallies: dict[str, Tally] = {}
    for edit in load_edits():
        old, new = edit.captures()
        begun = time.perf_counter()
        comparison = compare(extract(old).document, extract(new).document)
        spent = (time.perf_counter() - begun) * 1000
        for key in (edit.part, f"{edit.part} {edit.language}"):
            tally = tallies.setdefault(key, Tally())
            tally.millis.append(spent)
            score_edit(tally, edit, comparison)
    return tallies


def steps(corpus: Path) -> Iterator[Step]:
    """All labelled pairs; those whose new side is not the document are left out, for the gate stops them before."""
    for path in sorted(corpus.glob("vendors/*/changes-v*.json")):
        label = json.loads(path.read_text("utf-8"))
        name = f"{path.parent.name} {path.stem}"
        yield Step(
            name, "vendors", _half(label["vendor"]), path.parent / label["old"], path.parent / label["new"], label
        )
    for kind in ("pairs", "quiet"):
        for path in sorted(corpus.glob(f"{kind}/*/label.json")):
            label = json.loads(path.read_text("utf-8"))
            if label["kind"] != "blocked" and not label.get("language_after"):
                half = _half(label["vendor"])
                yield Step(label["id"], kind, half, path.parent / "old.md", path.parent / "new.md", label)


def _half(vendor: str) -> str:
    """Which half a vendor belongs to."""
    return "odd" if int(hashlib.sha256(vendor.encode()).hexdigest(), 16) % 2 else "even"


_CORPORA = ("pairs", "quiet", "vendors")
# Our own passages of facts: where they lie, and whether they are the held ones there.
_PASSAGES = {
    "facts": (SAMPLES, False),
    "facts held": (SAMPLES, True),
    "facts fresh seen": (FRESH, False),
    "facts fresh unread": (FRESH, True),
    "facts pages seen": (PAGES, False),
    "facts pages unread": (PAGES, True),
}
# The rows whose misses nobody reads who writes rules.
_UNREAD = (" odd", "held", "unread")
_COLUMNS = (
    "material",
    "quiet",
    "verdict",
    "evidence",
    "told",
    "topic",
    "lead",
    "severity",
    "high",
    "direction",
    "recipients",
    "dates",
    "facts",
    "true facts",
)


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and each miss on request."""
    parser = argparse.ArgumentParser(prog="bench.quality", description="Quality of the differ on the labelled corpus.")
    parser.add_argument(
        "--misses", action="store_true", help="also print every miss of the even half and of the train edits"
    )
    parser.add_argument(
        "--odd", action="store_true", help="with --misses: print those of the unread half and of the held edits too"
    )
    parser.add_argument("--only", default="", help="only steps whose corpus and name hold this text")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--pin", action="store_true", help="raise the floors in the tests to what is measured")
    options = parser.parse_args(arguments)
    if not options.corpus.is_dir():
        sys.exit(f"no labelled corpus at {options.corpus}: give --corpus DIR")
    tallies = measure(options.corpus, options.only) if options.only else measure_all(options.corpus)
    print(
        f"{'':21}"
        + "".join(f"{name:>12}" for name in _COLUMNS)
        + f"{'topics F1':>10}{'named F1':>10}{'each F1':>10}{'false high':>12}{'ms':>6}{'p95':>6}"
    )
    for key, tally in sorted(tallies.items()):
        cells = "".join(f"{tally.counts[name]:>6}/{tally.counts[name + '/all']:<5}" for name in _COLUMNS)
        millis = sorted(tally.millis)
        high = f"{tally.counts['high-wrong']}/{tally.counts['high-told']}"
        middle, late = millis[len(millis) // 2], millis[len(millis) * 95 // 100]
        kinds = ("topic", "named", "each") if tally.counts["topic-labelled"] else ()
        topics = "".join(f"{tally.f1(kind):>10.3f}" for kind in kinds)
        print(f"{key:21}{cells}{topics:>30}{high:>12}{middle:>6.0f}{late:>6.0f}")
    measured = figures(tallies)
    for line in floors.broken(floors.load_floors(), measured) if not options.only else ():
        print(f"below its floor: {line}")
    if options.pin and not options.only:
        floors.pin(floors.load_floors(), measured, digests(options.corpus))
    if options.misses:
        for key, tally in sorted(tallies.items()):
            if " " in key and (options.odd or not any(part in key for part in _UNREAD)):
                print(f"\n== {key}")
                print("\n".join(tally.misses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
