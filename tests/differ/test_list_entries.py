"""Lists of sub-processors in many layouts: each entry is read whole, and one entry that changes is told as one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage.model import Change, Comparison, Severity
from watcher.differ import compare
from watcher.extractor import extract, read_file

Row = tuple[str, str, str, str]

ENTRIES: tuple[Row, ...] = (
    ("Wolkenrek B.V.", "Hosting", "Ireland", "None required"),
    ("Pebble Ireland Limited", "Sending text messages", "United States", "SCCs"),
    ("Quarry, Inc.", "Customer support", "United States", "Data Privacy Framework"),
    ("Muntkraai B.V.", "Payments", "Netherlands", "None required"),
)
NEW: Row = ("Fernview Inc.", "Data warehouse", "United States", "SCCs")
LABELS = {
    "en": ("Entity", "Purpose", "Location", "Transfer mechanism"),
    "de": ("Unternehmen", "Zweck der Verarbeitung", "Sitz", "Transfermechanismus"),
}
LEADS = {
    "en": ("Sub-processors", "We use the following sub-processors:"),
    "de": ("Unterauftragsverarbeiter", "Wir setzen folgende Unterauftragsverarbeiter ein:"),
}


def _labelled(row: Row, language: str) -> list[str]:
    return [f"{label}: {value}" for label, value in zip(LABELS[language][1:], row[1:], strict=True)]


def cards(row: Row, language: str) -> str:
    """A heading with the name, a paragraph for each field."""
    return f"## {row[0]}\n\n" + "\n\n".join(_labelled(row, language)) + "\n\n"


def runs(row: Row, language: str) -> str:
    """The same with all fields in one paragraph."""
    return f"## {row[0]}\n\n" + "  \n".join(_labelled(row, language)) + "\n\n"


def nested(row: Row, language: str) -> str:
    """An item with the name, items below it for the fields."""
    return f"- {row[0]}\n" + "".join(f"    - {line}\n" for line in _labelled(row, language))


def dashed(row: Row, _language: str) -> str:
    """An item of one line."""
    return f"- **{row[0]}** – {row[1]} ({row[2]})\n"


def defined(row: Row, _language: str) -> str:
    """An item of one line that tells the mechanism in parentheses."""
    return f"- **{row[0]}**: {row[1]}, {row[2]} ({row[3]})\n"


LAYOUTS = [cards, runs, nested, dashed, defined]
CASES = [(layout, language) for layout in LAYOUTS for language in LABELS]
Layout = Callable[[Row, str], str]


def _compared(tmp_path: Path, old: str, new: str, kind: str = "md") -> Comparison:
    """What is told of two pages."""
    documents = []
    for name, text in ((f"old.{kind}", old), (f"new.{kind}", new)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        documents.append(extract(read_file(tmp_path / name)).document)
    return compare(documents[0], documents[1])


def _page(layout: Layout, language: str, rows: tuple[Row, ...]) -> str:
    title, lead = LEADS[language]
    return f"# {title}\n\n{lead}\n\n" + "".join(layout(row, language) for row in rows)


def _told(comparison: Comparison) -> list[Change]:
    return [change for change in comparison.changes if change.severity is not Severity.INFO]


@pytest.mark.parametrize(("layout", "language"), [case for case in CASES if case[0] is not defined])
def test_one_for_another_is_told_as_two_entries(tmp_path: Path, layout: Layout, language: str) -> None:
    """The lines of who left are not held against those of who came."""
    rows = (*ENTRIES[:2], NEW, ENTRIES[3])
    told = _compared(tmp_path, _page(layout, language, ENTRIES), _page(layout, language, rows))
    assert [one.name for one in told.recipients.added] == ["Fernview Inc."]
    assert [one.name for one in told.recipients.removed] == ["Quarry, Inc."]
    assert told.recipients.changed == ()
    assert sorted(change.summary.partition(" (")[0] for change in _told(told)) == [
        "New recipient: Fernview Inc.",
        "Recipient gone: Quarry, Inc.",
    ]


@pytest.mark.parametrize(("layout", "language"), CASES)
def test_an_entry_elsewhere_is_told_with_its_name(tmp_path: Path, layout: Layout, language: str) -> None:
    """Its place changed, and nothing else, wherever the place stands."""
    moved = (*ENTRIES[1][:2], "India", ENTRIES[1][3])
    rows = (ENTRIES[0], moved, *ENTRIES[2:])
    told = _compared(tmp_path, _page(layout, language, ENTRIES), _page(layout, language, rows))
    changed = [(one.name, one.field, one.before, one.after) for one in told.recipients.changed]
    assert changed == [("Pebble Ireland Limited", "location", "United States", "India")]
    assert len(_told(told)) == 1


@pytest.mark.parametrize(("layout", "language"), CASES)
def test_another_purpose_is_told_with_the_name(tmp_path: Path, layout: Layout, language: str) -> None:
    """So is another purpose."""
    other = (ENTRIES[2][0], "Phone support", *ENTRIES[2][2:])
    rows = (*ENTRIES[:2], other, ENTRIES[3])
    told = _compared(tmp_path, _page(layout, language, ENTRIES), _page(layout, language, rows))
    changed = [(one.name, one.field, one.before, one.after) for one in told.recipients.changed]
    assert changed == [("Quarry, Inc.", "purpose", "Customer support", "Phone support")]


@pytest.mark.parametrize(("layout", "language"), CASES)
def test_another_order_tells_nothing(tmp_path: Path, layout: Layout, language: str) -> None:
    """The same entries the other way round."""
    told = _compared(tmp_path, _page(layout, language, ENTRIES), _page(layout, language, ENTRIES[::-1]))
    assert (told.recipients.added, told.recipients.removed, told.recipients.changed) == ((), (), ())


@pytest.mark.parametrize("language", LABELS)
def test_a_row_under_another_name_is_one_change(tmp_path: Path, language: str) -> None:
    """With both names, as a lawyer would say it; on a card too."""
    named = ("Pebble Germany GmbH", *ENTRIES[1][1:])
    rows = (ENTRIES[0], named, *ENTRIES[2:])
    pages = []
    for side in (ENTRIES, rows):
        head = " | ".join(LABELS[language])
        table = "".join(f"| {' | '.join(row)} |\n" for row in side)
        pages.append(f"# {LEADS[language][0]}\n\n{LEADS[language][1]}\n\n| {head} |\n|---|---|---|---|\n{table}")
    for old, new in (pages, [_page(cards, language, side) for side in (ENTRIES, rows)]):
        told = _told(_compared(tmp_path, old, new))
        assert [change.summary for change in told] == [
            "Recipient now called: Pebble Ireland Limited -> Pebble Germany GmbH"
        ]


def test_the_address_below_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    """A cell may hold both."""
    row = "<tr><td><b>{}</b><br>12 Main Street<br>1012 AB Anytown</td><td>Mail</td><td>Canada</td></tr>"
    head = "<h1>Sub-processors</h1><table><tr><th>Entity</th><th>Purpose</th><th>Location</th></tr>"
    old = head + row.format("Quarry, Inc.") + row.format("Wolkenrek B.V.")
    told = _compared(tmp_path, f"{old}</table>", f"{old}{row.format('Fernview Inc.')}</table>", "html")
    assert [one.name for one in told.recipients.added] == ["Fernview Inc."]


def test_the_aside_of_the_party_before_is_no_part_of_a_name(tmp_path: Path) -> None:
    """A sentence may list parties, each with an aside."""
    page = "# Privacy\n\nWe use the following sub-processors: {}.\n"
    names = [f"{row[0]} ({row[1].lower()}, {row[2]})" for row in ENTRIES]
    old = page.format(f"{', '.join(names[:-1])} and {names[-1]}")
    new = page.format(f"{names[0]}, Fernview Inc. (mail, Canada), {names[1]}, {names[2]} and {names[3]}")
    told = _compared(tmp_path, old, new)
    assert [one.name for one in told.recipients.added] == ["Fernview Inc."]
    assert told.recipients.removed == ()


def test_german_sub_processors_in_a_sentence(tmp_path: Path) -> None:
    """The long word for a sub-processor announces parties as the short one does."""
    page = "# Datenschutz\n\nWir setzen folgende Unterauftragsverarbeiter ein: {}.\n"
    old = page.format("Wolkenregal GmbH (Speicher) und Zahlamsel AG (Zahlungen)")
    new = page.format("Wolkenregal GmbH (Speicher), Zahlamsel AG (Zahlungen) und Lerchwerk GmbH (Briefe)")
    told = _compared(tmp_path, old, new)
    assert [one.name for one in told.recipients.added] == ["Lerchwerk GmbH"]
