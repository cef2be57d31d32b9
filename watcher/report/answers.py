"""Answers to questions over all vendors: for the terminal, as JSON, CSV and one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from notifier.phrases import DOCUMENTS, deadline_words
from notifier.sinks import plain
from storage.model import DueDeadline, FactType, StatedFact
from watcher.questions import Cell, Matrix, Use, in_words
from watcher.report.contract import Json, fact_json, moment
from watcher.report.listing import Listing, Sheet
from watcher.report.spreadsheet import as_csv
from watcher.report.terminal import shown

# More values than this in a cell of a matrix are counted on a terminal and a page; CSV and JSON have them all.
_VALUES = 4
_USE = (
    "source",
    "vendor",
    "document",
    "name",
    "role",
    "location",
    "purpose",
    "quote",
    "first_version",
    "last_version",
    "not_before",
    "since",
    "until",
    "gone",
)
_TITLES = {
    FactType.RECIPIENT: "recipients",
    FactType.TRANSFER: "transfers",
    FactType.AI: "AI",
    FactType.RETENTION: "retention",
    FactType.NOTICE_PERIOD: "notice",
    FactType.SECURITY: "security",
    FactType.CONTACT: "contact",
    FactType.AUTHORITY: "authority",
    FactType.RIGHT: "rights",
    FactType.LEGAL_BASIS: "legal bases",
    FactType.GOVERNING_LAW: "governing law",
    FactType.DATA_CATEGORY: "data",
}


def use_json(use: Use) -> Json:
    """One party in one document, with the interval in which it came and went."""
    return {
        "source": use.source_id,
        "vendor": use.vendor,
        "document": use.document.value,
        "name": use.name,
        "role": use.role,
        "location": use.location,
        "purpose": use.purpose,
        "quote": use.quote,
        "first_version": use.first_version,
        "last_version": use.last_version,
        "not_before": moment(use.not_before),
        "since": moment(use.since),
        "until": moment(use.until),
        "gone": moment(use.gone),
    }


def uses_view(uses: Sequence[Use], today: date) -> RenderableType:
    """Who names the party, in which role and place, since when."""
    table = Listing("vendor", "document", "since", "until", "named as", "role, place, purpose")
    for use in uses:
        about = ", ".join(part for part in (use.role, use.location, use.purpose) if part)
        table.add_row(
            shown(use.vendor),
            DOCUMENTS[use.document],
            _since(use),
            _until(use, today),
            shown(use.name),
            shown(about or "not stated"),
        )
    return table


def uses_csv(uses: Sequence[Use]) -> str:
    """One row a use; the columns are the keys of `use_json`."""
    rows = [use_json(use) for use in uses]
    return as_csv(_USE, ([row[column] for column in _USE] for row in rows))


def stated_json(stated: StatedFact) -> Json:
    """One fact with the version that states it."""
    return {
        "source": stated.source_id,
        "vendor": stated.vendor,
        "document": stated.document.value,
        "version": stated.version,
        "first_seen": moment(stated.first_seen),
        "last_seen": moment(stated.last_seen),
        **fact_json(stated.fact),
    }


def stated_view(stated: Sequence[StatedFact]) -> RenderableType:
    """What the vendors state, one line a fact."""
    table = Listing("vendor", "document", "type", "what", "words it was read from")
    for one in stated:
        table.add_row(
            shown(one.vendor),
            DOCUMENTS[one.document],
            one.fact.type.value,
            shown(in_words(one.fact)),
            shown(one.fact.quote),
        )
    return table


def stated_csv(stated: Sequence[StatedFact]) -> str:
    """One row a fact: its type, what it says in words, its typed fields and its quote."""
    columns = ("source", "vendor", "document", "version", "first_seen", "type", "says", "fields", "quote", "section")
    return as_csv(
        columns,
        (
            (
                one.source_id,
                one.vendor,
                one.document.value,
                one.version,
                moment(one.first_seen),
                one.fact.type.value,
                in_words(one.fact),
                "; ".join(f"{name}: {value}" for name, value in one.fact.fields if value),
                one.fact.quote,
                " > ".join(one.fact.section),
            )
            for one in stated
        ),
    )


def deadlines_view(due: Sequence[DueDeadline], today: date) -> RenderableType:
    """Until when one may object, how long that is from today, and how it was counted."""
    table = Listing("object by", "left", "vendor", "document", "about", "counted")
    for one in due:
        left = (one.deadline.on - today).days
        style = "bold red" if left <= 7 else ""
        table.add_row(
            one.deadline.on.isoformat(),
            Text("today" if left == 0 else f"{left} day{'s' * (left != 1)}", style),
            shown(one.vendor),
            DOCUMENTS[one.document],
            shown(one.summary),
            shown(deadline_words(one.deadline)),
        )
    return table


def matrix_json(matrix: Matrix) -> Json:
    """Vendors with what they state, by type; every fact with its quote."""
    return {
        "schema": "clausewatch/matrix/1",
        "columns": [column.value for column in matrix.columns],
        "vendors": [
            {
                "vendor": row.vendor,
                "read": row.read,
                "states": {
                    column.value: [stated_json(one) for one in cell.facts]
                    for column, cell in zip(matrix.columns, row.cells, strict=True)
                },
            }
            for row in matrix.rows
        ],
    }


def matrix_view(matrix: Matrix) -> RenderableType:
    """A card for each vendor: a table of vendors by kinds would be cut on any terminal."""
    parts: list[RenderableType] = []
    for number, row in enumerate(matrix.rows):
        unread = () if row.read else (("  no version yet", "dim"),)
        parts += [*([Text()] if number else []), Text.assemble((shown(row.vendor).plain, "bold"), *unread)]
        table = Table.grid(padding=(0, 2, 0, 0))
        # As wide as the longest word of all vendors; a long name of a vendor takes nothing from the values.
        table.add_column(no_wrap=True, min_width=2 + max(len(_TITLES[column]) for column in matrix.columns))
        table.add_column(overflow="fold")
        for column, cell in zip(matrix.columns, row.cells if row.read else (), strict=row.read):
            table.add_row(Text(f"  {_TITLES[column]}"), shown(_summed(cell)) if cell.values else Text("–", "dim"))
        parts += [table] if row.read else []
    return Sheet(Group(*parts))


def matrix_csv(matrix: Matrix) -> str:
    """One row a vendor, one column a kind, the values of a cell with semicolons between them."""
    return as_csv(
        ("vendor", *(_TITLES[column] for column in matrix.columns)),
        ((row.vendor, *("; ".join(cell.values) for cell in row.cells)) for row in matrix.rows),
    )


def matrix_html(matrix: Matrix, heading: str) -> str:
    """One page for a browser or a printer; a cell unfolds to the sentences that it was read from. No script."""
    environment = Environment(
        loader=PackageLoader("watcher.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("matrix.html.jinja").render(
        heading=plain(heading),
        columns=[_TITLES[column] for column in matrix.columns],
        rows=[(plain(row.vendor), row.read, [_shown_cell(cell) for cell in row.cells]) for row in matrix.rows],
    )


def _shown_cell(cell: Cell) -> Json:
    return {
        "values": [plain(value) for value in cell.values[:_VALUES]],
        "more": max(len(cell.values) - _VALUES, 0),
        "quotes": [
            (f"{plain(one.source_id)}, version {one.version}", plain(in_words(one.fact)), plain(one.fact.quote))
            for one in cell.facts
        ],
    }


def _summed(cell: Cell) -> str:
    kept = "; ".join(cell.values[:_VALUES])
    more = len(cell.values) - _VALUES
    return f"{kept}; and {more} more" if more > 0 else kept


def _since(use: Use) -> str:
    """The day on which it was first seen; "before" it where the history begins with it."""
    day = use.since.date().isoformat()
    return day if use.not_before else f"before {day}"


def _until(use: Use, today: date) -> str:
    """Where nobody could look today, the day on which it was last seen: it may have gone since."""
    if use.gone is not None:
        return _day(use.gone)
    return "today" if use.until.date() >= today else f"last seen {_day(use.until)}"


def _day(when: datetime) -> str:
    return when.date().isoformat()
