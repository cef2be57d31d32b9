"""Captures without a store, one or two side by side: what `facts`, `compare` and `sources test` do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from storage.errors import ExtractError
from storage.model import Capture, Comparison, Document, Extraction, ExtractRules, Interest, Verdict
from watcher.extraction import GateVerdict
from watcher.stages import HERE, Stages


@dataclass(frozen=True, slots=True)
class Reading:
    """The pages of one document as they were read, and whether they are the document at all."""

    extraction: Extraction
    gate: GateVerdict

    @property
    def document(self) -> Document:
        """What was read."""
        return self.extraction.document


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides as they were read, and the verdict."""

    old: Extraction
    new: Extraction
    comparison: Comparison


def read_pages(captures: Sequence[Capture], rules: ExtractRules, stages: Stages = HERE) -> Reading:
    """Read the pages of one document and judge whether it is one, by stages that may be a `watcher.sandbox.Sandbox`.

    Raises ExtractError, which names the first page's address, when they cannot be read or cost more than they may.
    """
    with _named(captures):
        extraction = stages.read(captures, rules)
        return Reading(extraction, stages.gate(extraction, None))


def compare_captures(
    old: Capture, new: Capture, rules: ExtractRules, interests: Sequence[Interest] = (), stages: Stages = HERE
) -> Pair:
    """Read both captures and say what differs, by stages that may be a `watcher.sandbox.Sandbox`.

    `blocked` when either is not the document: the new one is judged knowing the old one, if that is good. `same` when
    not even the pages' machinery differs, `noise` when only that does. Raises ExtractError when a side cannot be
    read, or when reading or comparing costs more than it may.
    """
    with _named([old]):
        before = stages.read([old], rules)
    with _named([new]):
        after = stages.read([new], rules)
    with _named([old, new]):
        return _compared(before, after, interests, stages)


def _compared(before: Extraction, after: Extraction, interests: Sequence[Interest], stages: Stages) -> Pair:
    blocked = _blocked(before, after, stages)
    if blocked is not None:
        return Pair(before, after, blocked)
    if before.document.fingerprint == after.document.fingerprint:
        quiet = Verdict.SAME if before.page.visible == after.page.visible else Verdict.NOISE
        return Pair(before, after, Comparison(quiet, after.document.language))
    return Pair(before, after, stages.compare(before.document, after.document, interests))


@contextmanager
def _named(captures: Sequence[Capture]) -> Iterator[None]:
    """Name the pages in an error that does not name them itself."""
    try:
        yield
    except ExtractError as error:
        if any(capture.url in str(error) for capture in captures):
            raise
        places = " and ".join(capture.url for capture in captures)
        raise ExtractError(error.reason, f"{places}: {error}") from error


def _blocked(before: Extraction, after: Extraction, stages: Stages) -> Comparison | None:
    """Say which side is not the document: each is judged knowing the other, for a wall may look whole on its own."""
    old = stages.gate(before, None)
    new = stages.gate(after, before.document if old.passed else None)
    if old.passed and new.passed:
        backwards = stages.gate(before, after.document)
        # A text that grew looks cut when read backwards, so only a certain verdict counts that way round.
        old = old if backwards.passed or not backwards.certain else backwards
    if (old.passed and new.passed) or (_is_unusual(old) and _is_unusual(new) and _are_one(before, after, stages)):
        return None
    side = "new" if old.passed else "old" if new.passed else "both"
    reason = old.reason if new.passed else new.reason
    return Comparison(Verdict.BLOCKED, after.document.language, reason=reason, side=side)


def _is_unusual(gate: GateVerdict) -> bool:
    """True for a page that is only in doubt because it has few of the words that documents use."""
    return not gate.passed and gate.foreign and not gate.certain


def _are_one(before: Extraction, after: Extraction, stages: Stages) -> bool:
    """True when each of two pages passes for who knows the other: two versions of one page, whatever it is called."""
    return stages.gate(after, before.document).passed and stages.gate(before, after.document).passed
