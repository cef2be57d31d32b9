"""The words of facts and changes as they were written; in the tables they are packed (`storage.folded`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any

from storage.folded import Folds
from storage.records import Raw
from storage.sqlite.statements import ONE, ROWS_OF_VERSION, Said, stated

_CHANGES = """
SELECT position, seen_before, seen_after, rank, topic, topics, kind, severity, direction, summary, upon, told
FROM changes WHERE source_id = ? AND version = ? ORDER BY position
"""
# So many facts are remembered as they stand in records, for those of the next version are nearly the same.
_KNOWN = 50_000


class Words:
    """Reads facts and changes by version, and remembers what the next version will state again."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._folds = Folds(connection)
        self._known: dict[int, str] = {}

    def facts(self, source_id: str, number: int) -> list[Said]:
        """Type, fields, quote and section of the facts of a version, in the order of its text. Raises StoreError."""
        return list(stated(self._connection, source_id, number, self._folds))

    def facts_in_record(self, source_id: str, number: int) -> Raw:
        """The same as they stand in the record of the version. Raises StoreError."""
        known = self._known
        if len(known) > _KNOWN:
            known.clear()
        rows = [row for (row,) in self._connection.execute(ROWS_OF_VERSION, (source_id, number))]
        for row in rows:
            if row not in known:
                known[row] = self._fact_in_record(row)
        told = [f'{{"position":{position},{known[row]}' for position, row in enumerate(rows)]
        return Raw(f"[{','.join(told)}]")

    def _fact_in_record(self, row: int) -> str:
        """A fact behind its position, as it stands in records."""
        kind, fields, upon, said = self._connection.execute(ONE, (row,)).fetchone()
        quote, section = self._folds.unfold(upon, said, 2)
        said_as = encode_basestring(quote)
        return f'"type":{encode_basestring(kind)},"fields":{fields},"quote":{said_as},"section":{section}}}'

    def changes(self, source_id: str, number: int) -> list[tuple[Any, ...]]:
        """Position, interval, rank and all of the change itself, of the changes of a version. Raises StoreError."""
        return [self.in_words(row) for row in self._connection.execute(_CHANGES, (source_id, number))]

    def in_words(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """A row that ends with summary, upon and told, with all words of the change in their order."""
        *head, summary, upon, told = row
        *words, rules = self._folds.unfold(upon, told, 6)
        return (*head, *words, summary, rules)


def pack_change(words: Sequence[Any], upon: int | None, folds: Folds) -> tuple[Any, ...]:
    """The columns of a change from its topic on (`storage.codec.row`), its words packed behind its summary."""
    *head, section, before, after, spans, facts, summary, rules = words
    return (*head, summary, upon, folds.fold(upon, (section, before, after, spans, facts, rules)))
