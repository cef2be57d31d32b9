"""Mass rewrites: the first clauses are judged in full, the rest in runs, coarsely but without losing a word.

Full judgement costs milliseconds a clause, and nobody reads thousands of them one by one. Of the rest only what is
surely of form is called so: text that moved, that stands elsewhere word for word, that differs in blanks and capitals
alone or in a number set before it. Whatever else changed is material, told as one change for each run of clauses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from storage.model import Change, ChangeKind, Direction, Document, RecipientDelta, Severity, Span, Topic, Verdict
from watcher.differ.judge import judge
from watcher.differ.pieces import Piece
from watcher.differ.roster import Roster
from watcher.differ.rules import Finding
from watcher.differ.summary import headline, quiet_headline
from watcher.differ.topics import Reading, heading_topics, name_topics
from watcher.differ.words import fold

# A comparison of more clauses or characters than this is judged in bulk but for the first so many; a very long clause
# always is. What went is no more than a third of those: what stands now tells more.
CLAUSES = 300
_CLOSE = 150
_GONE = 3
_CHARACTERS = 120_000
_LONGEST = 20_000
# In a vast one, of so many clauses or characters, fewer are judged in full.
_VAST = 2_000
_MUCH = 1_000_000
_LESS = 60
_FEWER = 60_000
# At most so many runs are told of the rest, and as many of what is of form.
_RUNS = 60
# What a run is about shows in its beginning.
_BEGINNING = 600
# Text that stands elsewhere is no coincidence from so many words.
_TELLING = 6
_NUMBERING = re.compile(
    r"^\s*[(\[]?(?:[^\W\d_]{1,2}[.)])?(?:(?:\d+[.)])*\d*|[ivxlc]+|[^\W\d_])[.)\]:]\s+", re.IGNORECASE
)
_CUT = "page.truncated"
# Rules that take single lines for a matter of form. Where such lines are most of a document, before and after, of at
# least so many words, they are the document.
_PAGE = "page."
_LINES = frozenset({"heading", "grammar"})
_MOST = 0.6
_FEW = 20
_RULES = {ChangeKind.ADDED: "bulk.added", ChangeKind.REMOVED: "bulk.removed"}


def judge_all(
    pieces: Sequence[Piece], recipients: RecipientDelta, old: Document, new: Document, *, whole: bool = False
) -> tuple[Verdict, tuple[Change, ...]]:
    """The verdict on any number of pieces, and their changes, gravest first. `whole`: the new text was not cut short.

    A change of a run of clauses holds all of their text, one after the other, on the side where it stands.
    """
    close, rest = _apart(pieces)
    roster = Roster(recipients)
    verdict, judged = judge(close, roster, old, new, whole=whole)
    if not rest:
        if verdict is Verdict.MATERIAL or not _is_replaced(judged, old, new):
            return verdict, judged
        runs = [part for run in _runs(pieces) for part in _unbroken(run, old, new)]
        told = [_told(run, roster, new.language or old.language) for run in runs]
        return Verdict.MATERIAL, tuple(sorted(told, key=lambda change: -change.severity.rank))
    coarse = _bulk_changes(rest, roster, old, new)
    changes = [*judged, *coarse]
    if _CUT in {rule for change in judged for rule in change.rules}:
        if all(_is_quiet(change) or change.kind is ChangeKind.REMOVED for change in coarse):
            return Verdict.NOISE, (*judged, *_of_form(rest, _CUT))
        # Only the clauses looked at first are gone without a trace: the page was not cut short.
        changes = _bulk_changes(pieces, roster, old, new)
    changes.sort(key=lambda change: -change.severity.rank)
    if verdict is not Verdict.MATERIAL or _is_quiet(changes[0]):
        verdict = Verdict.EDITORIAL if _is_quiet(changes[0]) else Verdict.MATERIAL
    return verdict, tuple(changes)


def _is_replaced(changes: Sequence[Change], old: Document, new: Document) -> bool:
    """True when the lines that came and went, each taken for a part of the page around, were most of the document."""
    lines = [change for change in changes if change.rules[0] in _LINES or change.rules[0].startswith(_PAGE)]
    gone = sum(len(change.before.split()) for change in lines if change.before and change.after is None)
    came = sum(len(change.after.split()) for change in lines if change.after and change.before is None)
    return gone > _MOST * old.words and came > _MOST * new.words and old.words >= _FEW


def _apart(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """The clauses that are judged one by one, and the rest, both in order."""
    size = sum(map(_size, pieces))
    if len(pieces) <= CLAUSES and size <= _CHARACTERS:
        return list(pieces), []
    close: list[Piece] = []
    rest: list[Piece] = []
    vast = len(pieces) > _VAST or size > _MUCH
    most, characters = (_LESS, _FEWER) if vast else (_CLOSE, _CHARACTERS)
    read = gone = 0
    for at, piece in enumerate(pieces):
        if len(close) >= most:
            rest += pieces[at:]
            break
        size = _size(piece)
        removed = piece.kind is ChangeKind.REMOVED
        full = read + size > characters or (removed and gone >= most // _GONE)
        if full or size > _LONGEST or piece.kind is ChangeKind.MOVED:
            rest.append(piece)
        else:
            close.append(piece)
            read += size
            gone += removed
    return close, rest


def _bulk_changes(rest: Sequence[Piece], roster: Roster, old: Document, new: Document) -> list[Change]:
    """One change for each run of clauses, told or of form."""
    around = _Standing(old, new)
    ruled = [(piece, _form(piece, around)) for piece in rest]
    changes = [
        _told(run, roster, new.language or old.language) for run in _runs([piece for piece, rule in ruled if not rule])
    ]
    for rule in sorted({rule for _, rule in ruled if rule}):
        changes += _of_form([piece for piece, own in ruled if own == rule], rule)
    return changes


def _of_form(pieces: Sequence[Piece], rule: str) -> Iterator[Change]:
    """Clauses that one rule calls a matter of form, as few changes."""
    for run in _runs(pieces):
        piece = _union(run)
        finding = Finding(rule, Severity.INFO, Direction.NEUTRAL)
        yield _change(piece, (_of_headings(piece),), finding, quiet_headline(piece, rule), (rule,))


def _is_quiet(change: Change) -> bool:
    return change.severity is Severity.INFO


@dataclass(frozen=True)
class _Standing:
    """The texts of the blocks of both documents."""

    old: Document
    new: Document

    @cached_property
    def was(self) -> frozenset[str]:
        """Those of the old one."""
        return frozenset(block.text for block in self.old.blocks)

    @cached_property
    def now(self) -> frozenset[str]:
        """Those of the new one."""
        return frozenset(block.text for block in self.new.blocks)


def _form(piece: Piece, around: _Standing) -> str | None:
    """The rule by which a clause surely changed in form alone; None when it may be more."""
    if piece.kind is ChangeKind.MOVED:
        return "moved"
    if piece.before is None or piece.after is None:
        elsewhere = around.was if piece.before is None else around.now
        return "repeated" if piece.text in elsewhere and piece.text.count(" ") + 1 >= _TELLING else None
    before, after = fold(piece.before).split(), fold(piece.after).split()
    if "".join(before) == "".join(after):
        return "typography"
    bare = [_NUMBERING.sub("", text) for text in (piece.before, piece.after)]
    return "renumbered" if bare[0] == bare[1] else None


def _told(run: Sequence[Piece], roster: Roster, language: str | None) -> Change:
    """The change of a run of clauses: high where they name a recipient that came, else medium."""
    piece = _union(run)
    came = roster.came(piece.before, piece.after)
    rule = _RULES.get(piece.kind, "bulk.changed")
    verb = {"bulk.added": "added", "bulk.removed": "removed"}.get(rule, "changed")
    count = f"{piece.blocks} clauses {verb}" if piece.blocks > 1 else ""
    if came:
        names = f"New recipients: {', '.join(came[:3])}" + (f" and {len(came) - 3} more" if len(came) > 3 else "")
        finding = Finding("recipient.added", Severity.HIGH, Direction.WORSE, Topic.SUBPROCESSORS, names)
        topics: tuple[Topic, ...] = (Topic.SUBPROCESSORS,)
    else:
        finding = Finding(rule, Severity.MEDIUM, Direction.NEUTRAL, None, count)
        text = piece.text[:_BEGINNING]
        topics = name_topics(Reading(text, text, piece.section, language))
    rules = tuple(dict.fromkeys((finding.rule, rule)))
    text = headline(piece._replace(block=run[0].block), topics[0], [finding])
    return _change(piece, topics, finding, text, rules)


def _change(piece: Piece, topics: tuple[Topic, ...], finding: Finding, summary: str, rules: tuple[str, ...]) -> Change:
    """A change whose spans are whole texts."""
    pairs: tuple[tuple[str, str], ...] = (("equal", piece.text),)
    if piece.before != piece.after:
        pairs = (("delete", piece.before or ""), ("insert", piece.after or ""))
    return Change(
        topic=topics[0],
        topics=topics,
        kind=piece.kind,
        severity=finding.severity,
        direction=finding.direction,
        section=piece.section,
        before=piece.before,
        after=piece.after,
        spans=tuple(Span(op, text) for op, text in pairs if text),
        facts=(),
        summary=summary,
        rules=rules,
    )


def _of_headings(piece: Piece) -> Topic:
    """The topic that the nearest heading names first."""
    for heading in reversed(piece.section):
        named = heading_topics(heading, None)
        if named:
            return max(named, key=lambda topic: named[topic])
    return Topic.OTHER


def _runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Neighbours of one kind and section together; several sections where there would be too many runs."""
    most = -(-len(pieces) // _RUNS)
    run: list[Piece] = []
    for piece in pieces:
        if run and len(run) >= most and (piece.section, piece.kind) != (run[0].section, run[0].kind):
            yield run
            run = []
        run.append(piece)
        if len(run) >= 2 * most and len(run) >= _RUNS:
            yield run
            run = []
    if run:
        yield run


def _unbroken(run: Sequence[Piece], old: Document, new: Document) -> Iterator[list[Piece]]:
    """A run cut where other text stands between two clauses, so that each part is text of one of the documents."""
    places = {id(block): at for document in (old, new) for at, block in enumerate(document.blocks)}
    part: list[Piece] = []
    for piece in run:
        apart = part and (
            piece.kind is ChangeKind.MODIFIED
            or piece.kind is not part[-1].kind
            or places.get(id(piece.block), -2) - places.get(id(part[-1].block), -2) not in {0, 1}
        )
        if apart:
            yield part
            part = []
        part.append(piece)
    if part:
        yield part


def _union(run: Sequence[Piece]) -> Piece:
    """Several clauses as one, parted by blanks; modified when they are of several kinds."""
    if len(run) == 1:
        return run[0]
    before = [piece.before for piece in run if piece.before is not None]
    after = [piece.after for piece in run if piece.after is not None]
    kinds = {piece.kind for piece in run}
    section = run[0].section
    for piece in run:
        if piece.section == section:
            continue
        shared = next((at for at, (a, b) in enumerate(zip(section, piece.section, strict=False)) if a != b), None)
        section = section[: min(len(section), len(piece.section)) if shared is None else shared]
    return run[0]._replace(
        kind=kinds.pop() if len(kinds) == 1 else ChangeKind.MODIFIED,
        before=" ".join(before) if before else None,
        after=" ".join(after) if after else None,
        section=section,
        blocks=sum(piece.blocks for piece in run),
    )


def _size(piece: Piece) -> int:
    return len(piece.before or "") + len(piece.after or "")
