"""The mutation law of the differ: `python -m bench.mutations [--count N] [--seed S] [--own] [--corpus DIR]`.

One meaningful word, number, name, row or sentence changed, dropped or added anywhere in a policy is always reported:
the verdict is never `same` or `noise`, a change holds the words, and what weighs is `material`. Another layout, order
or typography of the same text never is. Prints a table of language, mutation and outcome, and each violation.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from bench.mutants import Edit, is_menu, meanings
from bench.policy_text import STYLES, Line, lines_of, markdown, page, read_lines
from bench.quality import CORPUS, steps
from bench.relayouts import layouts
from storage.model import Capture, Document, Verdict
from watcher.differ import compare
from watcher.extractor import extract, read_file
from watcher.extractor.text import normalise

_OWN = Path(__file__).resolve().parents[1] / "tests" / "differ" / "policies"
LANGUAGES = ("en", "nl", "de", "fr")
_MARKS = re.compile(r"\]\([^)]*\)|[\[*\]]")
_STOPS = re.compile(r"(?<=[.!?]) ")
_SENTENCE = 12
_BADGE = 4
_NUMBERED = re.compile(r"^\d+[.)] ")


@dataclass(frozen=True, slots=True)
class Policy:
    """A text to mutate."""

    name: str
    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the differ said of one mutation; `fault` is empty when the law holds."""

    policy: Policy
    edit: Edit
    form: str
    verdict: str
    fault: str

    def __str__(self) -> str:
        was, now = self.edit.gone or "-", self.edit.came or "-"
        where = f"{self.policy.language} {self.policy.name} as {self.form}"
        return f"{self.fault}: {self.edit.kind} [{was} > {now}] {where}: {self.edit.where[:150]!r}"


def own_policies(folder: Path = _OWN) -> list[Policy]:
    """The written samples, one a language."""
    return [
        Policy(path.stem, path.stem[:2], tuple(read_lines(path.read_text("utf-8"))))
        for path in sorted(folder.glob("*.md"))
    ]


def corpus_policies(corpus: Path) -> list[Policy]:
    """The real texts of the even half."""
    found: dict[str, Policy] = {}
    for step in steps(corpus):
        if step.half == "even" and step.old.parent.name not in found:
            document = extract(read_file(step.old)).document
            language = document.language or "en"
            if language in LANGUAGES and document.words > 300:
                found[step.old.parent.name] = Policy(step.old.parent.name, language, _text(lines_of(document)))
    return list(found.values())


def _text(lines: list[Line]) -> tuple[Line, ...]:
    """The lines without a foot of headings, links and badges behind the last sentence: those are of the page."""
    last = max((place for place, line in enumerate(lines) if len(line.text.split()) > _SENTENCE), default=0)
    foot = lines[last + 1 :]
    linked = any(is_menu(line) for line in foot)
    kept = [
        line
        for line in foot
        if not linked or not (line.kind == "heading" or is_menu(line) or len(line.text.split()) < _BADGE)
    ]
    return (*lines[: last + 1], *kept)


def campaign(policies: Sequence[Policy], count: int, seed: int) -> Iterator[Outcome]:
    """Mutate each policy `count` times for each kind of mutation and compare; the same seed gives the same campaign."""
    for policy in policies:
        chance = random.Random(f"{seed} {policy.name}")
        for make in (*meanings(policy.language), *layouts()):
            for _ in range(count):
                edit = make(policy.lines, chance)
                if edit is not None:
                    yield judged(policy, edit, chance.choice(("markdown", *STYLES)))


def judged(policy: Policy, edit: Edit, form: str) -> Outcome:
    """Compare a policy with its mutation, both written out in one form, and hold the answer against the law."""
    old = _document(policy.lines, policy.language, form)
    new = _read(edit.finish(_written(edit.lines, policy.language, form), form), form)
    comparison = compare(old, new)
    verdict = comparison.verdict
    if edit.quiet:
        return Outcome(policy, edit, form, verdict, "told as material" if verdict is Verdict.MATERIAL else "")
    befores = " \n ".join(normalise(change.before or "") for change in comparison.changes)
    afters = " \n ".join(normalise(change.after or "") for change in comparison.changes)
    fault = ""
    if verdict in {Verdict.SAME, Verdict.NOISE}:
        fault = f"lost as {verdict} {[rule for change in comparison.changes for rule in change.rules][:2]}"
    elif not (_holds(befores, edit.gone) and _holds(afters, edit.came)):
        fault = "not in the changes"
    elif edit.strict and verdict is not Verdict.MATERIAL:
        fault = f"called {verdict} {[rule for change in comparison.changes for rule in change.rules][:2]}"
    return Outcome(policy, edit, form, verdict, fault)


def _holds(told: str, text: str) -> bool:
    """True when what was told holds each sentence of a text; a paragraph of several topics is told in parts."""
    return all(part in told for part in _STOPS.split(_NUMBERED.sub("", normalise(_MARKS.sub("", text)))))


@lru_cache(maxsize=64)
def _document(lines: tuple[Line, ...], language: str, form: str) -> Document:
    return _read(_written(lines, language, form), form)


def _written(lines: Sequence[Line], language: str, form: str) -> str:
    """The lines in one form."""
    return markdown(lines) if form == "markdown" else page(lines, language, form)


def _read(text: str, form: str) -> Document:
    """The document of a text."""
    body = text.encode()
    kind = "text/markdown" if form == "markdown" else "text/html"
    address = "https://example.org/privacy"
    capture = Capture(address, address, datetime(2026, 1, 1, tzinfo=UTC), 200, (), kind, "utf-8", "0" * 64, body)
    return extract(capture).document


def table(outcomes: Sequence[Outcome]) -> str:
    """Outcomes by language and mutation."""
    columns = ("material", "editorial", "noise", "same")
    counts: dict[tuple[str, str], Counter[str]] = {}
    for outcome in outcomes:
        row = counts.setdefault((outcome.policy.language, outcome.edit.kind), Counter())
        row[outcome.verdict] += 1
        row["fault"] += bool(outcome.fault)
    head = f"{'':4}{'mutation':22}" + "".join(f"{name:>10}" for name in (*columns, "all", "faults"))
    rows = [
        f"{language:4}{kind:22}"
        + "".join(f"{row[name]:>10}" for name in columns)
        + f"{sum(row[name] for name in columns):>10}{row['fault']:>10}"
        for (language, kind), row in sorted(counts.items())
    ]
    faults = sum(bool(outcome.fault) for outcome in outcomes)
    return "\n".join([head, *rows, f"{len(outcomes)} mutations, {faults} violations"])


def main(arguments: list[str] | None = None) -> int:
    """Run a campaign and print what it found; 1 when the law was broken."""
    parser = argparse.ArgumentParser(prog="bench.mutations", description="One changed word is always reported.")
    parser.add_argument("--count", type=int, default=1, help="mutations of each kind for each text")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own", action="store_true", help="only the written samples")
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    options = parser.parse_args(arguments)
    policies = own_policies()
    if not options.own and options.corpus.is_dir():
        policies += corpus_policies(options.corpus)
    outcomes = list(campaign(policies, options.count, options.seed))
    print("\n".join(str(outcome) for outcome in outcomes if outcome.fault))
    print(table(outcomes))
    return int(any(outcome.fault for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
