"""How constructions of language are judged: `python -m bench.constructions [--misses] [--only NAME]`.

Each edit changes one sentence of an otherwise equal policy (tests/differ/constructions/*.toml): parties that change
places, a negation that moves, a window to fetch data that shrinks, a sentence turned round. A lawyer's word stands
beside it: `worse` or `better` (the first change told has that direction), `any` (told, whichever way) or `quiet`
(nothing told). The part `seen` may be looked at while writing rules; of `unread` only the counts are printed.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

from storage.model import Capture, Change, Comparison, ExtractRules, Severity
from watcher.pair import compare_captures

PLACE = Path(__file__).resolve().parents[1] / "tests" / "differ" / "constructions"
PARTS = ("seen", "unread")
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OneEdit:
    """One sentence before and after, below its heading, and what a lawyer says of the change."""

    construction: str
    language: str
    heading: str
    expected: str
    before: str
    after: str

    def compared(self) -> Comparison:
        """The comparison of the two pages that differ in this sentence."""
        return compare_captures(self._page(self.before), self._page(self.after), ExtractRules()).comparison

    def _page(self, sentence: str) -> Capture:
        around = _around()[self.language]
        body = f"{around['first']}\n\n## {self.heading}\n\n{sentence}\n\n{around['last']}\n".encode()
        address = "https://vendor.example/policy"
        return Capture(address, address, _THEN, 200, (), "text/markdown", "utf-8", sha256(body).hexdigest(), body)


@dataclass(slots=True)
class Judged:
    """How many edits of each construction are judged as by the lawyer, and the others in one line each."""

    good: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)


def judge(part: str, only: str = "") -> Judged:
    """Judge all edits of a part whose construction's name holds a text."""
    judged = Judged()
    for edit in load(part):
        if only in edit.construction:
            told = [change for change in edit.compared().changes if change.severity is not Severity.INFO]
            right = _is_right(edit.expected, told)
            judged.asked[edit.construction] += 1
            judged.good[edit.construction] += right
            if not right:
                judged.misses.append(f"{edit.construction} {edit.language} {edit.expected}: {_says(edit, told)}")
    return judged


@cache
def _around() -> dict[str, dict[str, str]]:
    """The rest of the page in each language: what stands before and behind the sentence."""
    return tomllib.loads((PLACE / "around.toml").read_text("utf-8"))


def load(part: str) -> list[OneEdit]:
    """The edits of a part."""
    return [OneEdit(**one) for one in tomllib.loads((PLACE / f"{part}.toml").read_text("utf-8"))["edit"]]


def _is_right(expected: str, told: list[Change]) -> bool:
    if expected == "quiet":
        return not told
    return bool(told) and expected in {"any", told[0].direction.value}


def _says(edit: OneEdit, told: list[Change]) -> str:
    said = "; ".join(f"{one.severity} {one.direction} {one.topic} {one.summary!r} {one.rules}" for one in told)
    return f"{said or 'nothing'} of {edit.before!r} -> {edit.after!r}"


def main(arguments: list[str] | None = None) -> int:
    """Print the counts of both parts by construction, and on request the misses of the part that may be seen."""
    parser = argparse.ArgumentParser(prog="bench.constructions", description="How constructions are judged.")
    parser.add_argument("--misses", action="store_true", help="also print every miss of the seen part")
    parser.add_argument("--only", default="", help="only constructions whose name holds this text")
    options = parser.parse_args(arguments)
    for part in PARTS:
        judged = judge(part, options.only)
        print(f"\n{part}: {judged.good.total()} of {judged.asked.total()}")
        for name, asked in judged.asked.items():
            print(f"  {name:14}{judged.good[name]:>3} of {asked}")
        if options.misses and part == "seen":
            print("\n".join(judged.misses))
    return 0


if __name__ == "__main__":
    sys.exit(main())
