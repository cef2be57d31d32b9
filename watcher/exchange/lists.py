"""Plain lists of addresses, and tables (CSV) with a column for each key."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from storage.errors import UsageError
from watcher.exchange.taken import Draft, Note
from watcher.report.spreadsheet import FORMULA

COLUMNS = ("id", "vendor", "document", "url", "language", "every", "fetcher", "tags", "select", "remove")
# Other programs' words for our columns.
_ALIASES = {"uri": "url", "link": "url", "address": "url", "urls": "url", "type": "document", "name": "title"}
_MOST_CELL = 20_000


def read_addresses(path: Path, text: str) -> Iterator[Draft]:
    """One address a line; what follows a space is its title, `#` begins a comment."""
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.strip()
        if not words or words.startswith("#"):
            continue
        url, _, title = words.partition(" ")
        yield Draft(f"{path.name}:{number}", {"url": url, **({"title": title.strip()} if title.strip() else {})})


def is_table(text: str) -> bool:
    """Whether the first line names a column of addresses among others."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    try:
        names = {_column(cell) for cell in next(csv.reader([first], _dialect(first)), [])}
    except csv.Error:
        return False
    return "url" in names and len(names) > 1


def read_table(path: Path, text: str) -> Iterator[Draft]:
    """One source a row. Raises UsageError for a table that cannot be read or has no column of addresses."""
    text = text.lstrip("\ufeff")
    csv.field_size_limit(_MOST_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), _dialect(text.partition("\n")[0]))
    try:
        names = [_column(cell) for cell in next(rows, [])]
        if "url" not in names:
            raise UsageError(f'{path}: no column is called "url" (the first line names the columns)')
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _draft(f"{path.name}:{rows.line_num}", dict(zip(names, row, strict=False)))
    except csv.Error as error:
        raise UsageError(f"{path}:{rows.line_num}: cannot be read as CSV ({error})") from error


def _draft(place: str, cells: dict[str, str]) -> Draft:
    notes = [
        Note(place, f"column {name!r} is not kept")
        for name, cell in cells.items()
        if name not in {*COLUMNS, "title"} and cell.strip()
    ]
    entry: dict[str, Any] = {}
    for name in (*COLUMNS, "title"):
        cell = _plain(cells.get(name, ""))
        if not cell:
            continue
        if name == "url":
            addresses = cell.split()
            entry |= {"url": cell} if len(addresses) == 1 else {"urls": addresses}
        elif name == "tags":
            entry["tags"] = [tag.strip() for tag in cell.replace(";", ",").split(",") if tag.strip()]
        else:
            entry[name] = _parts(cell) if name in {"select", "remove"} else cell
    return Draft(place, entry, tuple(notes))


def _parts(cell: str) -> list[Any]:
    """A list of selectors as JSON, or one selector as it is."""
    if cell.startswith(('["', "[{")):
        try:
            found = json.loads(cell)
        except ValueError:
            found = None
        if isinstance(found, list):
            return found
    return [cell]


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:2] and cell[1] in FORMULA else cell


def _column(cell: str) -> str:
    name = cell.strip().lower()
    return _ALIASES.get(name, name)


def _dialect(line: str) -> type[csv.Dialect]:
    """Semicolons where a spreadsheet of continental Europe wrote them, tabs where one was pasted."""

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=line.count)

    return Dialect
