"""Columns that a table won or lost, each told once and not row by row.

A list of parties that now says where each of them is has one news, however many rows it has; one that no longer says
so has lost something, although each row by itself only seems to name fewer places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from storage.model import Block, BlockKind, Change, ChangeKind, Direction, Document, Severity, Topic
from watcher.differ.pieces import Piece
from watcher.differ.rules import Finding
from watcher.differ.summary import headline
from watcher.differ.topics import Reading, heading_topics, name_topics
from watcher.differ.words import word_spans

# Fewer rows that differ in the same column are told one by one.
_ROWS = 2
# Of so many values a reader sees what a column says.
_VALUES = 3
# What a table is about shows in its beginning.
_BEGINNING = 600
# Topics told at most.
_TOPICS = 3

_Columns = tuple[tuple[str, ...], tuple[str, ...]]


def by_column(pieces: Sequence[Piece], old: Document, new: Document) -> tuple[list[Piece], list[Change]]:
    """The pieces without the rows that only won or lost columns, and one change for each run of such rows."""
    rows = {block.text: block for block in old.blocks if block.kind is BlockKind.TABLE_ROW}
    found = [_moved(piece, rows) if rows else None for piece in pieces]
    rows_of = Counter((columns, piece.section) for columns, piece in zip(found, pieces, strict=True) if columns)
    left: list[Piece] = []
    changes: list[Change] = []
    for columns, run in _runs(pieces, found):
        if columns is None or rows_of[columns, run[0].section] < _ROWS:
            left += run
        else:
            changes.append(_told(run, columns, new.language or old.language))
    return left, _once(changes)


def _moved(piece: Piece, rows: dict[str, Block]) -> _Columns | None:
    """The columns that a row lost and won, where all that it says in the others is as it was."""
    was, now = rows.get(piece.before or ""), piece.block
    if piece.kind is not ChangeKind.MODIFIED or was is None or now.kind is not BlockKind.TABLE_ROW:
        return None
    sides = [{cell.column: cell.text for cell in block.cells} for block in (was, now)]
    if any(len(side) != len(block.cells) or "" in side for side, block in zip(sides, (was, now), strict=True)):
        return None
    gone, came = (tuple(name for name in one if name not in other) for one, other in (sides, sides[::-1]))
    kept = [name for name in sides[0] if name in sides[1]]
    same = bool(kept) and all(sides[0][name] == sides[1][name] for name in kept)
    return (gone, came) if same and (gone or came) else None


def _runs(pieces: Sequence[Piece], found: Sequence[_Columns | None]) -> Iterator[tuple[_Columns | None, list[Piece]]]:
    """Neighbouring rows of one section that lost and won the same columns."""
    run: list[Piece] = []
    columns: _Columns | None = None
    for piece, here in zip(pieces, found, strict=True):
        if run and (here != columns or piece.section != run[-1].section):
            yield columns, run
            run = []
        columns = here
        run.append(piece)
    if run:
        yield columns, run


def _told(run: Sequence[Piece], columns: _Columns, language: str | None) -> Change:
    """The change of a run of rows: what is no longer said is worse, what is said now is for the reader to weigh."""
    gone, came = columns
    sides = zip(*((one.before, one.after) for one in run), strict=True)
    before, after = (" ".join(filter(None, texts)) for texts in sides)
    said = f"{_quoted(came)} of each: {', '.join(_values(run, came))}"
    if gone and came:
        told = f"says {said} (was {_quoted(gone)})"
        finding = Finding("column.replaced", Severity.MEDIUM, Direction.NEUTRAL, None, told)
    elif gone:
        told = f"no longer says {_quoted(gone)} of each"
        finding = Finding("column.dropped", Severity.MEDIUM, Direction.WORSE, None, told)
    else:
        finding = Finding("column.added", Severity.MEDIUM, Direction.NEUTRAL, None, f"now says {said}")
    topics = _topics(run[0], before, (*gone, *came), language)
    piece = run[0]._replace(before=before, after=after, blocks=len(run))
    return Change(
        topic=topics[0],
        topics=topics,
        kind=ChangeKind.MODIFIED,
        severity=finding.severity,
        direction=finding.direction,
        section=piece.section,
        before=before,
        after=after,
        spans=word_spans(before, after),
        facts=(),
        summary=headline(piece, topics[0], [finding]),
        rules=(finding.rule,),
    )


def _quoted(names: Sequence[str]) -> str:
    """The names of columns as a title holds them."""
    return ", ".join(f'"{name}"' for name in names)


def _once(changes: list[Change]) -> list[Change]:
    """The changes, of which only the first of one table and column counts; the others are further rows of it."""
    told: set[tuple[tuple[str, ...], tuple[str, ...], str]] = set()
    result = []
    for one in changes:
        change, key = one, (one.section, one.rules, one.summary.partition(" of each")[0])
        if key in told:
            change = replace(
                one,
                severity=Severity.INFO,
                direction=Direction.NEUTRAL,
                summary=one.summary.removesuffix(" (worse)"),
                rules=("told.elsewhere",),
            )
        result.append(change)
        told.add(key)
    return result


def _values(run: Sequence[Piece], columns: Sequence[str]) -> list[str]:
    """The first values of the columns, each once; what stands in the row of names is none."""
    cells = (cell for piece in run for cell in piece.block.cells if cell.column in columns and cell.text != cell.column)
    return list(dict.fromkeys(cell.text for cell in cells if cell.text))[:_VALUES]


def _topics(piece: Piece, text: str, columns: Sequence[str], language: str | None) -> tuple[Topic, ...]:
    """What the table is about, then what its columns are called."""
    lead = name_topics(Reading(text[:_BEGINNING], text[:_BEGINNING], piece.section, language))[:1]
    others = [topic for name in columns for topic in heading_topics(name, language)]
    return tuple(dict.fromkeys([*lead, *others]))[:_TOPICS]
