"""The wording of a change, shortened around the words that changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.sinks import plain
from storage.model import Change, Span

WHOLE = 420  # characters of one side that are shown as they are
CONTEXT = 110  # characters of unchanged text kept on each side of a changed run
LONGEST_RUN = 600  # characters of one changed run
LONGEST_SIDE = 1600  # characters of one side in all
_SLACK = 24  # how far a cut may move to fall between two words


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a wording: `op` is "equal", "mark" (these words were added or removed) or "gap" (left out)."""

    op: str
    text: str


GAP = Piece("gap", "…")


def excerpt(change: Change) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """The wording before and after with the changed words marked, each () where there is none.

    Unchanged stretches far from a changed word become a gap, very long changed runs are cut in the middle; what is
    shown is otherwise verbatim with white space folded and made harmless.
    """
    return _side(change.before, change.spans, "delete"), _side(change.after, change.spans, "insert")


def _side(text: str | None, spans: Sequence[Span], own: str) -> tuple[Piece, ...]:
    if not text:
        return ()
    runs = _runs(text, spans, own)
    if sum(len(run.text) for run in runs) > WHOLE:
        runs = [
            piece for i, run in enumerate(runs) for piece in _shortened(run, follows=i > 0, precedes=i < len(runs) - 1)
        ]
    return tuple(_bounded([run for run in runs if run.text]))


def _runs(text: str, spans: Sequence[Span], own: str) -> list[Piece]:
    """The spans of one side; those of the other side stay as empty marks, for they too need their surroundings."""
    if not any(span.op == own for span in spans) and not any(span.op == "equal" for span in spans):
        return [Piece("mark", plain(text))]
    runs: list[Piece] = []
    for span in spans:
        op = "equal" if span.op == "equal" else "mark"
        words = "" if span.op not in {own, "equal"} else _spaced(span.text)
        if runs and runs[-1].op == op:
            runs[-1] = Piece(op, runs[-1].text + words)
        else:
            runs.append(Piece(op, words))
    return runs


def _spaced(text: str) -> str:
    """Harmless text that keeps one space at either end where there was one: spans join to a sentence."""
    words = plain(text)
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def _shortened(run: Piece, *, follows: bool, precedes: bool) -> list[Piece]:
    """An unchanged run keeps what stands next to a change; a changed run keeps its ends."""
    if run.op == "mark":
        if len(run.text) <= LONGEST_RUN:
            return [run]
        head, tail = _head(run.text, LONGEST_RUN * 3 // 4), _tail(run.text, LONGEST_RUN // 4)
        return [Piece("mark", head), GAP, Piece("mark", tail)]
    if not follows and not precedes:  # nothing is marked: a clause that moved
        return [Piece("equal", _head(run.text, WHOLE)), GAP]
    if len(run.text) <= (CONTEXT + _SLACK) * (follows + precedes):
        return [run]
    head = _head(run.text, CONTEXT) if follows else ""
    tail = _tail(run.text, CONTEXT) if precedes else ""
    return [Piece("equal", head), GAP, Piece("equal", tail)]


def _bounded(runs: list[Piece]) -> list[Piece]:
    """The runs up to the longest side, with a gap where the rest is left out."""
    kept: list[Piece] = []
    room = LONGEST_SIDE
    for run in runs:
        if len(run.text) > room:
            return [*kept, Piece(run.op, _head(run.text, room)), GAP] if room > CONTEXT else [*kept, GAP]
        kept.append(run)
        room -= len(run.text)
    return kept


def _head(text: str, limit: int) -> str:
    """The first `limit` characters or a few less, ending between two words where there is a space."""
    if len(text) <= limit:
        return text
    space = text.rfind(" ", limit - _SLACK, limit + 1)
    return text[: space if space > 0 else limit] + " "


def _tail(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    start = len(text) - limit
    space = text.find(" ", start, start + _SLACK)
    return " " + text[space + 1 if space >= 0 else start :]
