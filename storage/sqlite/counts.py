"""How many changes a version has, by severity, in one number; and the topics of them in rows of their own."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

from storage.model import Severity

SEVERITIES = {severity.rank: severity for severity in Severity}
# So many bits for each severity. More changes than this count as so many; they are all there all the same.
_BITS = 15
MOST = 2**_BITS - 1
# In the words of a record nothing but a change has these members: in a text the quotes would be escaped.
_SEVERITY = re.compile(r'"severity":"([a-z]+)"')
_TOPICS = re.compile(r'"topic":"([^"\\]*)","topics":\[([^\]]*)\]')
# Both at once, which is quicker; `of` sees that none was passed over.
_CHANGE = re.compile(r'"topic":"([^"\\]*)","topics":\[([^\]]*)\],"kind":"[a-z]*","severity":"([a-z]+)"')
_RANKS = {severity.value: severity.rank for severity in Severity}


def packed(ranks: Iterable[int]) -> int:
    """The number for changes of these ranks."""
    found = list(ranks)
    return sum(min(found.count(rank), MOST) << _BITS * rank for rank in SEVERITIES)


def unpacked(number: int) -> list[int]:
    """How many there are of each rank, from the lowest on."""
    return [number >> _BITS * rank & MOST for rank in sorted(SEVERITIES)]


def least(rank: int) -> int:
    """The least number of a version with a change of this rank or above."""
    return 1 << _BITS * rank


def add(connection: sqlite3.Connection, version: int, seen_after: int, told: str) -> None:
    """Index the changes of a version, from what its record tells."""
    number, topics = of(told)
    if number:
        connection.execute(
            "INSERT INTO changes (seen_after, version, counts) VALUES (?, ?, ?)", (seen_after, version, number)
        )
    for topic in topics:
        connection.execute("INSERT OR IGNORE INTO topics (name) VALUES (?)", (topic,))
        connection.execute(
            "INSERT INTO change_topics (topic, seen_after, version) SELECT id, ?, ? FROM topics WHERE name = ?",
            (seen_after, version, topic),
        )


def indexed(connection: sqlite3.Connection, source_id: str) -> dict[int, set[str]]:
    """The topics that the index has for the versions of a source, by the numbers of their records."""
    found: dict[int, set[str]] = {}
    for version, topic in connection.execute(
        """
        SELECT version, topics.name FROM topics CROSS JOIN versions CROSS JOIN change_topics
        ON change_topics.topic = topics.id AND seen_after = first_seen AND version = record
        WHERE source_id = ?
        """,
        (source_id,),
    ):
        found.setdefault(version, set()).add(topic)
    return found


def of(told: str) -> tuple[int, list[str]]:
    """The number, and the topics in the order in which they come."""
    place = told.find(',"changes":[{')
    told = "" if place < 0 else told[place:]
    changes = _CHANGE.findall(told)
    severities, among = [one[2] for one in changes], [one[:2] for one in changes]
    if not told.count('"topic":"') == told.count('"severity":"') == len(changes):
        severities, among = _SEVERITY.findall(told), _TOPICS.findall(told)
    listed = [[topic, *(other.strip('"') for other in others.split(",") if other)] for topic, others in among]
    ranks = [_RANKS.get(one, 0) for one in severities]
    return packed(ranks), list(dict.fromkeys(topic for topics in listed for topic in topics))


def among(changes: Sequence[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    """Likewise, from the rank and the topics of each."""
    topics = dict.fromkeys([topic for _, listed in changes for topic in listed])
    return packed([rank for rank, _ in changes]), list(topics)
