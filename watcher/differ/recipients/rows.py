"""Recipients in the rows of tables, by what the columns hold."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from storage.model import Block, Recipient
from watcher.differ.recipients.names import companies, has_form, looks_like_long_name, looks_like_name
from watcher.differ.recipients.phrases import PHRASES

_LONGEST = 1000  # characters of a cell that may still be a name
_DIGIT = re.compile(r"\d")
_HEADER = 200  # characters of a column's name that are read


def recipients_of_row(block: Block, context: str) -> list[Recipient]:
    """The recipient of a table row; a header row, a row of cookies or of kinds of data has none."""
    cells = block.cells
    if cells[0].column == cells[0].text and all(cell.column == cell.text for cell in cells):
        return []
    kinds = _kinds(tuple([cell.column[:_HEADER] for cell in cells]))
    if "cookie" in kinds or (context == "cookies" and "party" not in kinds):
        return []
    place = _name_column(kinds, context)
    if place is None:
        return []
    name = _without_address(cells[place].text.strip()[:_LONGEST])
    named = looks_like_name(name) or (kinds[place] == "party" and looks_like_long_name(name))
    if not named:
        return [Recipient(company) for company, _ in companies(name)]
    if "data" in kinds and place > 0 and not has_form(name):
        return []
    values = {kinds[i]: cells[i].text for i in range(len(kinds) - 1, -1, -1) if i != place and cells[i].text}
    return [Recipient(name, values.get("purpose"), values.get("location"), values.get("role"))]


def _without_address(text: str) -> str:
    """The name in a cell that has the address in the lines below it."""
    name, line, address = text.partition("; ")
    return name if line and _DIGIT.search(address) and looks_like_name(name) and not companies(address) else text


@lru_cache(maxsize=256)
def _kinds(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(column_kind, headers))


def _name_column(kinds: tuple[str, ...], context: str) -> int | None:
    """Which column names the party; a column called only "name" counts beside a location or under a telling lead-in."""
    if "party" in kinds:
        return kinds.index("party")
    if "name" in kinds and ("location" in kinds or (context == "strong" and "data" not in kinds)):
        return kinds.index("name")
    if context == "strong" and not any(kinds):
        return 0
    return None


def column_kind(header: str) -> str:
    """What a column holds by its name: cookie, location, purpose, data, party, role, name or "" for anything else."""
    return _kind(header[:_HEADER].lower().strip(" *:?"))


def names_party(header: str) -> bool:
    """True when a header has a word for a party: what a column of parties needs; quicker than to ask for its kind."""
    return bool(PHRASES.columns["party"].search(header.lower()))


@cache
def _any_column() -> re.Pattern[str]:
    """What every name of a column of some kind has somewhere."""
    return re.compile("|".join(pattern.pattern for pattern in PHRASES.columns.values()))


def tells_columns(line: str) -> bool:
    """True when a word for a purpose or a place stands in a line: what columns of parties are named by besides."""
    lower = line.lower()
    return any(PHRASES.columns[kind].search(lower) for kind in ("purpose", "location"))


@lru_cache(maxsize=2048)
def _kind(text: str) -> str:
    patterns = PHRASES.columns
    if not _any_column().search(text):  # as most names and clauses that are asked about
        return ""
    if patterns["cookie"].search(text):
        return "cookie"
    party = patterns["party"].search(text)
    location = patterns["location"].search(text)
    if location and not (party and re.search(r"\band\b|&|\bund\b|\ben\b|\bet\b|/", text)):
        return "location"
    starts = next((kind for kind in ("purpose", "data", "role") if patterns[kind].match(text)), "")
    if starts and not (party and party.start() == 0):
        return starts
    if party:
        return "party"
    return next((kind for kind in ("role", "purpose", "data", "name") if patterns[kind].search(text)), "")
