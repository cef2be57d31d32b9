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
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import floors
from bench.edits import PLACE as EDITS
from bench.edits import Edit, load_edits
from bench.facts import FRESH, SAMPLES, corpus_items, samples, stated_day
from storage.model import Change, Comparison, Severity, Verdict
from watcher.differ import compare
from watcher.extractor import extract, read_file
from watcher.extractor.text import normalise

# Where the labelled corpus is looked for.
CORPUS = Path(os.environ.get("CLAUSEWATCH_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus")
_MARKDOWN = re.compile(r"<br\s*/?>|\]\([^)]*\)|[*_#|`\\\[\]>]|^\s*[-+]\s|&nbsp;", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    """One labelled pair of documents."""

    name: str
    corpus: str
    half: str
    old: Path
    new: Path
    label: dict[str, Any]


@dataclass(slots=True)
class Tally:
    """Counts over a set of steps; `misses` say in one line each what went wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    millis: list[float] = field(default_factory=list)

    def add(self, name: str, *, good: bool, miss: str = "") -> None:
        """Count one question and whether it was answered well."""
        self.counts[name + "/all"] += 1
        self.counts[name] += good
        if not good and miss:
            self.misses.append(f"{name}: {miss}")

    def rate(self, name: str) -> float:
        """The share of good answers; 1 where nothing was asked."""
        asked = self.counts[name + "/all"]
        return self.counts[name] / asked if asked else 1.0

    def f1(self, key: str = "topic") -> float:
        """Micro F1 of the topics told for a pair against those labelled: of the leads, or of all that are "named"."""
        hit, told, labelled = (self.counts[f"{key}-{what}"] for what in ("hit", "told", "labelled"))
        return 2 * hit / (told + labelled) if told + labelled else 1.0


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
            _score(tally, step, comparison)
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

    What is missed in the part "fresh unread" is not even kept: nobody who writes rules shall read it.
    """
    tallies: dict[str, Tally] = {}
    for part, (folder, held) in _PASSAGES.items():
        for (language, kind), score in samples(folder, held=held).items():
            tally = tallies.setdefault(f"{part} {language}", Tally(millis=[0]))
            tally.counts.update({"facts": score.found, "facts/all": score.labelled})
            tally.counts.update({"true facts": score.right, "true facts/all": score.told})
            tally.misses += [f"{kind}: {miss}" for miss in score.misses if "unread" not in part]
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
        if counts["high-told"]:
            here["true_high"] = 1 - counts["high-wrong"] / counts["high-told"]
        found[row] = here
    return found


def digests(corpus: Path) -> dict[str, str]:
    """What the figures were measured on."""
    found = {name: floors.digest(_files(corpus / name), corpus) for name in _CORPORA}
    own = {"edits": EDITS, "facts": SAMPLES, "facts_fresh": FRESH}
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
            _score_edit(tally, edit, comparison)
    return tallies


def _score_edit(tally: Tally, edit: Edit, comparison: Comparison) -> None:
    """Count what the comparison of one edit got right: lead topic, severity and direction are those told first."""
    told = [change for change in comparison.changes if change.severity is not Severity.INFO]
    rules = [change.rules for change in told or comparison.changes]
    quote = f"{edit.id} {edit.verdict} {edit.before!r:.300} -> {edit.after!r:.300} is {comparison.verdict} {rules}"
    tally.add("verdict", good=_same_verdict(edit.verdict, comparison.verdict))
    if edit.verdict != "material":
        tally.add("quiet", good=not told, miss=quote)
        tally.counts["high-wrong"] += any(change.severity is Severity.HIGH for change in told)
    else:
        tally.add("material", good=bool(told), miss=quote)
    tally.counts["high-told"] += any(change.severity is Severity.HIGH for change in told)
    if edit.verdict != "material" or not told:
        return
    first = told[0]
    label = f"{quote} told {[str(t) for t in first.topics]} {first.severity} {first.direction}"
    right = f"label {edit.topics} {edit.severity} {edit.direction}"
    tally.add("topic", good=edit.topics[0] in {str(t) for c in told for t in c.topics}, miss=f"{label} {right}")
    tally.add("lead", good=str(first.topic) in edit.topics, miss=f"{label} {right}")
    tally.add("severity", good=first.severity == edit.severity, miss=f"{label} {right}")
    tally.add("direction", good=first.direction == edit.direction, miss=f"{label} {right}")
    if edit.severity == "high":
        tally.add("high", good=first.severity is Severity.HIGH)
    else:
        tally.counts["high-wrong"] += first.severity is Severity.HIGH and edit.severity == "low"


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


def _score(tally: Tally, step: Step, comparison: Comparison) -> None:
    """Count what one comparison got right."""
    label, changes = step.label, comparison.changes
    told = [change for change in changes if change.severity is not Severity.INFO]
    kind = label["kind"]
    if kind == "material":
        tally.add("material", good=comparison.verdict is Verdict.MATERIAL, miss=f"{step.name} is {comparison.verdict}")
    else:
        why = "; ".join(f"{c.rules} {c.before!r} -> {c.after!r}"[:260] for c in told[:3])
        note = label.get("why") or label.get("note") or ""
        tally.add("quiet", good=comparison.verdict is not Verdict.MATERIAL, miss=f"{step.name} [{note[:90]}] {why}")
    if not label.get("partial"):
        tally.add("verdict", good=_same_verdict(kind, comparison.verdict))
    for change in label["changes"]:
        _score_change(tally, step, change, changes)
    _score_topics(tally, label, told)
    _score_recipients(tally, step, comparison)
    _score_high(tally, label, told)


def _same_verdict(kind: str, verdict: Verdict) -> bool:
    """True for the labelled verdict; equal documents count as noise."""
    return verdict.value == kind or (kind == "noise" and verdict is Verdict.SAME)


def _score_change(tally: Tally, step: Step, label: dict[str, Any], changes: Iterable[Change]) -> None:
    """Evidence, topics and severity of one labelled change."""
    quote = f"{step.name} {label['topic']}/{label['severity']} {label['before']!r:.150} -> {label['after']!r:.150}"
    found = [change for change in changes if holds(change, label)]
    tally.add("evidence", good=bool(found), miss=quote)
    if not found:
        return
    speaking = [change for change in found if change.severity is not Severity.INFO]
    tally.add("told", good=bool(speaking), miss=f"{quote} {[c.rules for c in found]}")
    named = [str(t) for c in found for t in c.topics]
    tally.add("topic", good=label["topic"] in named, miss=f"{quote} told {named}")
    tally.add(
        "lead", good=label["topic"] in {c.topic for c in found}, miss=f"{quote} lead {[str(c.topic) for c in found]}"
    )
    severities = [str(c.severity) for c in found]
    tally.add(
        "severity", good=label["severity"] in severities, miss=f"{quote} is {severities} {[c.rules for c in found]}"
    )
    if label["severity"] == "high":
        tally.add("high", good="high" in severities, miss=f"{quote} is {severities} {[c.rules for c in found]}")


def holds(change: Change, label: dict[str, Any]) -> bool:
    """True when both quotes of a label stand in a change."""
    return all(
        quote is None or folded(quote) in folded(text or "")
        for quote, text in ((label["before"], change.before), (label["after"], change.after))
    )


def folded(text: str) -> str:
    """A text without Markdown, marks at the ends and differences of white space."""
    return re.sub(r"\W+", " ", normalise(_MARKDOWN.sub(" ", text))).strip()


def _score_topics(tally: Tally, label: dict[str, Any], told: list[Change]) -> None:
    """The topics told for a pair, leads alone and all that are named, against those labelled.

    Large rewrites are left out: their labels list only the main ones.
    """
    if label.get("partial"):
        return
    wanted = {change["topic"] for change in label["changes"]}
    leads = {str(change.topic) for change in told}
    for key, names in (("topic", leads), ("named", {str(topic) for change in told for topic in change.topics})):
        tally.counts[f"{key}-hit"] += len(names & wanted)
        tally.counts[f"{key}-told"] += len(names)
        tally.counts[f"{key}-labelled"] += len(wanted)


def _score_recipients(tally: Tally, step: Step, comparison: Comparison) -> None:
    """Named recipients that came and went, name by name as a set."""
    wanted = step.label.get("subprocessors")
    if not wanted:
        return
    for side, told in (("added", comparison.recipients.added), ("removed", comparison.recipients.removed)):
        names, right = {one.name for one in told}, {_name(one) for one in wanted[side]}
        tally.add("recipients", good=names == right, miss=f"{step.name} {side} {sorted(names)} not {sorted(right)}")


def _name(entry: str | dict[str, str]) -> str:
    """The name of a labelled recipient."""
    return entry if isinstance(entry, str) else entry["name"]


def _score_high(tally: Tally, label: dict[str, Any], told: list[Change]) -> None:
    """Reports called high that the labels call low or do not know.

    A label quotes one row of a table of new recipients and lists all of them by name, so a report on a listed one is
    known to the label.
    """
    if label.get("partial"):
        return
    listed = [_name(one) for one in (label.get("subprocessors") or {}).get("added", ())]
    for change in told:
        if change.severity is Severity.HIGH:
            known = any(holds(change, one) and one["severity"] != "low" for one in label["changes"])
            known = known or any(name in (change.after or "") for name in listed)
            tally.counts["high-told"] += 1
            tally.counts["high-wrong"] += not known


_CORPORA = ("pairs", "quiet", "vendors")
# Our own passages of facts: where they lie, and whether they are the held ones there.
_PASSAGES = {
    "facts": (SAMPLES, False),
    "facts held": (SAMPLES, True),
    "facts fresh seen": (FRESH, False),
    "facts fresh unread": (FRESH, True),
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
        + f"{'topics F1':>11}{'named F1':>10}{'false high':>12}{'ms':>6}{'p95':>6}"
    )
    for key, tally in sorted(tallies.items()):
        cells = "".join(f"{tally.counts[name]:>6}/{tally.counts[name + '/all']:<5}" for name in _COLUMNS)
        millis = sorted(tally.millis)
        high = f"{tally.counts['high-wrong']}/{tally.counts['high-told']}"
        middle, late = millis[len(millis) // 2], millis[len(millis) * 95 // 100]
        topics = [f"{tally.f1(name):.3f}" if tally.counts["topic-labelled"] else "" for name in ("topic", "named")]
        print(f"{key:21}{cells}{topics[0]:>11}{topics[1]:>10}{high:>12}{middle:>6.0f}{late:>6.0f}")
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
