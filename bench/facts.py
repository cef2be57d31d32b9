"""How well typed facts and stated dates are read: `python -m bench.facts [--misses]`.

Own passages (tests/differ/fact_samples/*.toml) are measured exactly, by language and type: recall over what is
labelled, precision over what is told. A third of them is `held`: labelled with the rest, never looked at while writing
rules. Longer passages (tests/differ/fact_fresh/*.toml) came later; half of them is never looked at, nor most of
the whole short pages (tests/differ/fact_pages/*.toml). `items` and `stated_day` serve what a labelled corpus asks for;
`bench.quality` prints those figures too.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from storage.model import Capture, Document, Fact, FactType
from watcher.differ.facts import find_facts
from watcher.differ.recipients.names import entity_key
from watcher.extractor import extract, read_file

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "differ" / "fact_samples"
FRESH = SAMPLES.with_name("fact_fresh")
PAGES = SAMPLES.with_name("fact_pages")
_THEN = datetime(2026, 1, 1, tzinfo=UTC)
# The labels of the corpus name the legal bases in Dutch.
_BASES = {
    "toestemming": "consent",
    "overeenkomst": "contract",
    "wettelijke verplichting": "legal-obligation",
    "gerechtvaardigd belang": "legitimate-interests",
    "vitale belangen": "vital-interests",
    "algemeen belang": "public-task",
}
_QUOTED = {"ai": FactType.AI, "transfers": FactType.TRANSFER, "security_measures": FactType.SECURITY}
_NAMED = ("subprocessors", "recipients_named")

Label = tuple[str, ...]


@dataclass(slots=True)
class Score:
    """Counts over passages: labelled facts, those found, facts told, those that are right; and what went wrong."""

    labelled: int = 0
    found: int = 0
    told: int = 0
    right: int = 0
    misses: list[str] = field(default_factory=list)
    fields: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        """Count another score in."""
        self.labelled, self.found = self.labelled + other.labelled, self.found + other.found
        self.told, self.right = self.told + other.told, self.right + other.right
        self.misses += other.misses
        self.fields += other.fields

    @property
    def recall(self) -> float:
        """The share of the labelled facts that are found."""
        return self.found / self.labelled if self.labelled else 1.0

    @property
    def precision(self) -> float:
        """The share of the told facts that are right."""
        return self.right / self.told if self.told else 1.0


def samples(folder: Path = SAMPLES, *, held: bool) -> dict[tuple[str, FactType], Score]:
    """The scores of the own passages by language and type; of those held out, or of the others."""
    scores: dict[tuple[str, FactType], Score] = {}
    for path in sorted(folder.glob("*.toml")):
        language = path.stem.partition("_")[0]
        for passage in tomllib.loads(path.read_text(encoding="utf-8"))["passage"]:
            if bool(passage.get("held")) == held:
                facts = find_facts(document_of(passage, language))
                for kind in FactType:
                    scores.setdefault((language, kind), Score()).add(_score(passage, kind, facts))
    return scores


def document_of(passage: Mapping[str, Any], language: str) -> Document:
    """A passage as a document of its own, Markdown (`text`) or a page's main part (`html`)."""
    page = "html" in passage
    body = (f"<html><body><main>{passage['html']}</main></body></html>" if page else passage["text"]).encode()
    media = "text/html" if page else "text/markdown"
    address = f"https://vendor.example/{passage['id']}"
    capture = Capture(address, address, _THEN, 200, (), media, "utf-8", sha256(body).hexdigest(), body)
    return replace(extract(capture).document, language=language)


def _score(passage: Mapping[str, Any], kind: FactType, facts: Sequence[Fact]) -> Score:
    """Match the told facts of one type with the labels, each label once; `maybe` facts count neither way."""
    labels = [_label(one) for one in passage.get(str(kind), ())]
    neutral = [_label(one) for one in passage.get("maybe", {}).get(str(kind), ())]
    score = Score(labelled=len(labels))
    open_labels = list(labels)
    for fact in (one for one in facts if one.type is kind):
        matching = [label for label in open_labels if _MATCH[kind](label, fact)]
        if not matching and any(_MATCH[kind](label, fact) for label in neutral):
            continue
        score.told += 1
        if not matching:
            score.misses.append(f"{passage['id']} false {kind} {dict(fact.fields)} in {fact.quote[:90]!r}")
            continue
        score.right += 1
        if kind is FactType.RECIPIENT:
            score.fields += _fields(matching[0], fact)
        for label in matching if kind is FactType.CONTACT else matching[:1]:
            open_labels.remove(label)
    score.found = len(labels) - len(open_labels)
    score.misses += [f"{passage['id']} missed {kind} {label}" for label in open_labels]
    return score


def _label(entry: str | Sequence[str]) -> Label:
    return (entry,) if isinstance(entry, str) else tuple(entry)


def _fields(label: Label, fact: Fact) -> Counter[str]:
    """How many of the labelled fields of a recipient are told as labelled."""
    counts: Counter[str] = Counter()
    for name, value in zip(("purpose", "location", "role"), label[1:], strict=True):
        counts["asked"] += bool(value)
        counts["right"] += bool(value) and _contains(value, fact.get(name))
        counts["invented"] += not value and bool(fact.get(name))
    return counts


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _contains(one: str, other: str | None) -> bool:
    """One of the texts stands in the other, by its words; both empty is as good."""
    first, second = " ".join(_words(one)), " ".join(_words(other or ""))
    if not first or not second:
        return first == second
    return f" {first} " in f" {second} " or f" {second} " in f" {first} "


def _digits(text: str | None) -> str:
    return re.sub(r"\D", "", text or "")


def _same_recipient(label: Label, fact: Fact) -> bool:
    told = fact.get("name") or ""
    return entity_key(label[0]).strict == entity_key(told).strict or (
        told.startswith(label[0]) and told[len(label[0]) :].lstrip().startswith("(")
    )


def _same_contact(label: Label, fact: Fact) -> bool:
    role, name, email, phone = label
    return (
        fact.get("role") == role
        and (not name or _contains(name, fact.get("name")))
        and (not email or fact.get("email") == email)
        and (not phone or _digits(fact.get("phone")) == _digits(phone))
    )


def _stated(name: str) -> Callable[[Label, Fact], bool]:
    return lambda label, fact: _contains(label[0], fact.get(name))


_MATCH: dict[FactType, Callable[[Label, Fact], bool]] = {
    FactType.RETENTION: lambda label, fact: (
        (fact.get("period") or "") == label[1] and (not label[0] or _contains(label[0], fact.get("subject")))
    ),
    FactType.RECIPIENT: _same_recipient,
    FactType.TRANSFER: lambda label, fact: (
        (fact.get("mechanism") or "") == label[0] and (not label[1] or _contains(label[1], fact.get("destination")))
    ),
    FactType.AI: lambda label, fact: fact.get("statement") == label[0],
    FactType.CONTACT: _same_contact,
    FactType.RIGHT: lambda label, fact: fact.get("id") == label[0],
    FactType.LEGAL_BASIS: lambda label, fact: (fact.get("basis"), fact.get("article") or "") == label,
    FactType.SECURITY: lambda label, fact: _contains(label[0], fact.quote) or _contains(label[0], fact.get("measure")),
    FactType.NOTICE_PERIOD: lambda label, fact: (fact.get("of"), fact.get("period"), fact.get("days")) == label,
    FactType.AUTHORITY: _stated("name"),
    FactType.GOVERNING_LAW: _stated("name"),
    FactType.DATA_CATEGORY: _stated("name"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One item that the corpus labels on a page, and whether a fact matches it."""

    place: str
    found: bool


def items(labels: Mapping[str, Any], facts: Sequence[Fact]) -> Iterator[Item]:
    """Every labelled item of one page of the corpus."""
    of = {kind: [fact for fact in facts if fact.type is kind] for kind in FactType}
    for one in labels["retention"]:
        hits = (fact for fact in of[FactType.RETENTION] if fact.get("period") == one["iso8601_duration"])
        yield Item(f"retention: {one['quote']}", any(_overlap(one["quote"], fact.quote) for fact in hits))
    for one in labels["legal_bases"]:
        hits = (
            fact
            for fact in of[FactType.LEGAL_BASIS]
            if fact.get("basis") == _BASES[one["basis"]] and one["gdpr_article"] in {None, fact.get("article")}
        )
        yield Item(f"legal basis: {one['quote']}", any(_overlap(one["quote"], fact.quote) for fact in hits))
    for right in labels["rights"]:
        yield Item(f"right: {right}", any(fact.get("id") == right for fact in of[FactType.RIGHT]))
    for name in labels["data_collected"]:
        yield Item(f"data: {name}", any(_within(name, fact.get("name")) for fact in of[FactType.DATA_CATEGORY]))
    for key in _NAMED:
        for one in labels[key]:
            yield Item(
                f"{key}: {one['name']}", any(_within(one["name"], f.get("name")) for f in of[FactType.RECIPIENT])
            )
    for key, kind in _QUOTED.items():
        for quote in labels[key]:
            yield Item(f"{key}: {quote}", any(_overlap(quote, fact.quote) for fact in of[kind]))
    if labels["authority"]:
        found = any(_within(labels["authority"], fact.get("name")) for fact in of[FactType.AUTHORITY])
        yield Item(f"authority: {labels['authority']}", found)
    yield from _contacts(labels, of[FactType.CONTACT])


def _contacts(labels: Mapping[str, Any], contacts: Sequence[Fact]) -> Iterator[Item]:
    for email in labels["contact_emails"]:
        yield Item(f"e-mail: {email}", any(fact.get("email") == email for fact in contacts))
    for phone in labels["phones"]:
        yield Item(f"phone: {phone}", any(_digits(fact.get("phone")) == _digits(phone) for fact in contacts))
    if labels["dpo"]:
        name = labels["dpo"]["name"]
        yield Item(f"officer: {name}", any((f.get("role"), f.get("name")) == ("dpo", name) for f in contacts))
    controllers = (fact for fact in contacts if fact.get("role") == "controller")
    found = any(_within(labels["controller"], fact.get("name")) for fact in controllers)
    yield Item(f"controller: {labels['controller']}", found)


def _overlap(label: str, quote: str) -> bool:
    """One text contains the other, or the quote holds three fifths of the label's words."""
    if _within(label, quote):
        return True
    wanted = set(_words(label))
    return len(wanted & set(_words(quote))) >= 0.6 * len(wanted)


def _within(one: str, other: str | None) -> bool:
    first, second = " ".join(_words(one)), " ".join(_words(other or ""))
    return bool(second) and (first in second or second in first)


def corpus_items(corpus: Path) -> dict[str, list[Item]]:
    """The labelled items of all vendor pages of a corpus, by vendor."""
    found: dict[str, list[Item]] = {}
    for place in sorted(corpus.glob("vendors/*/facts.json")):
        labels = json.loads(place.read_text(encoding="utf-8"))
        facts = find_facts(extract(read_file(place.with_name("page-v1.html"))).document)
        found[labels["vendor"]] = list(items(labels, facts))
    return found


def stated_day(document: Document) -> str | None:
    """The day a document states for itself: from when it applies, else when it was last changed."""
    found = document.effective or document.updated
    return found.day.isoformat() if found else None


def main(arguments: list[str] | None = None) -> int:
    """Print recall and precision by language and type, for passages that are tuned on and for those held out."""
    parser = argparse.ArgumentParser(prog="bench.facts", description="Quality of the typed facts on own passages.")
    parser.add_argument("--misses", action="store_true", help="also print every miss of the passages not held out")
    options = parser.parse_args(arguments)
    for held in (False, True):
        scores = samples(held=held)
        languages = sorted({language for language, _ in scores})
        print(f"\n{'held out' if held else 'tuned on':15}" + "".join(f"{language:^24}" for language in languages))
        for kind in (*FactType, None):
            cells = ""
            for language in languages:
                score = Score()
                for (code, one), part in scores.items():
                    if code == language and kind in {one, None}:
                        score.add(part)
                cells += f"{score.found:>5}/{score.labelled:<3}{score.right:>4}/{score.told:<3}"
                cells += f"{score.recall:>5.2f}{score.precision:>5.2f}"[1:]
            print(f"{kind or 'all':15}{cells}")
        if options.misses and not held:
            print("\n".join(miss for score in scores.values() for miss in score.misses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
