"""Two captures side by side, without a store: what `clausewatch compare` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from storage.errors import ExtractError
from storage.model import Capture, Comparison, Extraction, ExtractRules, Interest, Verdict
from watcher.differ import compare
from watcher.extractor import extract, gate


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides as they were read, and the verdict."""

    old: Extraction
    new: Extraction
    comparison: Comparison


def compare_captures(old: Capture, new: Capture, rules: ExtractRules, interests: Sequence[Interest] = ()) -> Pair:
    """Read both captures and say what differs. Pure.

    `blocked` when either is not the document: the new one is judged knowing the old one, if that is good. `same` when
    not even the pages' machinery differs, `noise` when only that does. Raises ExtractError when a side cannot be
    read.
    """
    before, after = _read(old, rules), _read(new, rules)
    blocked = _blocked(before, after)
    if blocked is not None:
        return Pair(before, after, blocked)
    if before.document.fingerprint == after.document.fingerprint:
        quiet = Verdict.SAME if before.page.visible == after.page.visible else Verdict.NOISE
        return Pair(before, after, Comparison(quiet, after.document.language))
    return Pair(before, after, compare(before.document, after.document, interests))


def _read(capture: Capture, rules: ExtractRules) -> Extraction:
    try:
        return extract(capture, rules)
    except ExtractError as error:
        place = "" if capture.url in str(error) else f"{capture.url}: "
        raise ExtractError(error.reason, f"{place}{error}") from error


def _blocked(before: Extraction, after: Extraction) -> Comparison | None:
    """Say which side is not the document: each is judged knowing the other, for a wall may look whole on its own."""
    old = gate(before)
    new = gate(after, before.document if old.passed else None)
    if old.passed and new.passed:
        backwards = gate(before, after.document)
        # A text that grew looks cut when read backwards, so only a certain verdict counts that way round.
        old = old if backwards.passed or not backwards.certain else backwards
    if old.passed and new.passed:
        return None
    side = "new" if old.passed else "old" if new.passed else "both"
    reason = old.reason if new.passed else new.reason
    return Comparison(Verdict.BLOCKED, after.document.language, reason=reason, side=side)
