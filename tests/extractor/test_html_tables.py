"""Tables: data becomes rows with named cells, layout is walked through."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage.model import Block, BlockKind, Capture
from watcher.extractor import extract

PROSE = (
    "We keep the account details of our customers for as long as the contract runs and erase them within thirty days "
    "after it ends, unless a law obliges us to keep them for a longer time."
)
HEAD = "<tr><th>Name</th><th>Purpose</th><th>Country</th></tr>"

BOLD_HEAD = HEAD.replace("<th>", "<td><b>").replace("</th>", "</b></td>")


def blocks(content: str) -> tuple[Block, ...]:
    """Extract the blocks of a page whose main element holds this."""
    raw = f"<html><body><main><p>{PROSE}</p>{content}</main></body></html>".encode()
    url = "https://example.org/subprocessors"
    capture = Capture(url, url, datetime(2026, 3, 1, tzinfo=UTC), 200, (), "text/html", None, "", raw)
    return extract(capture).document.blocks[1:]


def named(block: Block) -> list[tuple[str, str]]:
    """The cells of a row as pairs."""
    return [(cell.column, cell.text) for cell in block.cells]


@pytest.mark.parametrize(
    "table",
    [
        f"<table>{HEAD}<tr><td>Acme</td><td>Mail</td><td>NL</td></tr></table>",
        f"<table><thead>{HEAD.replace('th>', 'td>')}</thead><tbody><tr><td>Acme<td>Mail<td>NL</tbody></table>",
        f"<table>{BOLD_HEAD}<tr><td>Acme<td>Mail<td>NL</tr><tr><td>Bolt<td>Fax<td>DE</table>",
    ],
)
def test_rows_name_their_columns(table: str) -> None:
    """Header cells, a thead and a bold first row name the columns."""
    header, row = blocks(table)[:2]
    assert (row.kind, row.text) == (BlockKind.TABLE_ROW, "Acme | Mail | NL")
    assert named(row) == [("Name", "Acme"), ("Purpose", "Mail"), ("Country", "NL")]
    assert named(header) == [("Name", "Name"), ("Purpose", "Purpose"), ("Country", "Country")]


def test_a_first_row_of_short_names_over_long_texts_is_a_header() -> None:
    """Without any mark the shape of the table decides."""
    rows = "".join(f"<tr><td>Party {index} of the group</td><td>{PROSE}</td></tr>" for index in range(3))
    assert named(blocks(f"<table><tr><td>Party</td><td>Reason</td></tr>{rows}</table>")[1])[1] == ("Reason", PROSE)


def test_a_table_without_header_has_no_column_names() -> None:
    """Rows of equal looks are all data."""
    found = blocks("<table><tr><td>Acme</td><td>NL</td></tr><tr><td>Bolt</td><td>DE</td></tr></table>")
    assert named(found[0]) == [("", "Acme"), ("", "NL")]


def test_spans_are_spread() -> None:
    """A cell over several rows stands in each; a cell over several columns stands once."""
    found = blocks(
        f'<table>{HEAD}<tr><td rowspan="2">Acme</td><td>Mail</td><td>NL</td></tr><tr><td>Fax</td><td>DE</td></tr>'
        '<tr><td colspan="2">Everyone</td><td>EU</td></tr></table>'
    )
    assert [block.text for block in found[1:]] == ["Acme | Mail | NL", "Acme | Fax | DE", "Everyone | EU"]
    assert named(found[3]) == [("Name", "Everyone"), ("Country", "EU")]


def test_long_lists_in_cells_are_blocks_of_their_own() -> None:
    """The items of a cell follow their row, under its name and column; no text stands twice."""
    items = "".join(f"<li>• purpose number {index} of this party, told at length</li>" for index in range(4))
    found = blocks(f"<table>{HEAD}<tr><td>Acme</td><td><ul>{items}</ul></td><td>NL</td></tr></table>")
    assert [block.kind for block in found[1:]] == [BlockKind.TABLE_ROW] + [BlockKind.LIST_ITEM] * 4
    assert found[1].text == "Acme | NL"
    assert found[2].text == "purpose number 0 of this party, told at length"
    assert found[2].path == ("Acme", "Purpose")
    assert sum(block.text.count("purpose number 2") for block in found) == 1


def test_one_list_in_two_columns_is_told_in_both() -> None:
    """A list that two columns of a row hold is no copy for another screen: each column keeps its items."""
    items = "".join(f"<li>• purpose number {index} of this party, told at such a length</li>" for index in range(5))
    cell = f"<td><ul>{items}</ul></td>"
    found = blocks(
        f"<table><tr><th>Name</th><th>With consent</th><th>Without</th></tr><tr><td>Acme</td>{cell}{cell}</tr></table>"
    )
    told = [block.path for block in found if block.text.startswith("purpose number 2")]
    assert told == [("Acme", "With consent"), ("Acme", "Without")]


def test_a_new_item_in_a_cell_leaves_the_row_alone() -> None:
    """An item more in a long cell is one block more; the others stay equal."""
    items = [f"<li>purpose number {index} of this party, told at length</li>" for index in range(4)]
    old, new = (
        blocks(f"<table>{HEAD}<tr><td>Acme</td><td><ul>{''.join(cell)}</ul></td><td>NL</td></tr></table>")
        for cell in (items[:3], items)
    )
    assert [block.key for block in new[: len(old)]] == [block.key for block in old]
    assert len(new) == len(old) + 1


def test_short_lists_in_cells_stay_in_the_row() -> None:
    """Two countries in a cell are one cell."""
    found = blocks(
        f"<table>{HEAD}<tr><td>Acme</td><td>Mail</td><td><ul><li>• NL</li><li>• US</li></ul></td></tr></table>"
    )
    assert named(found[1])[2] == ("Country", "NL; US")


def test_signs_in_cells_are_kept() -> None:
    """A tick alone says something in a table."""
    found = blocks("<table><tr><th>Data</th><th>Kept</th></tr><tr><td>Name</td><td>✓</td></tr></table>")
    assert found[1].text == "Name | ✓"


def test_tables_made_of_roles() -> None:
    """Rows and cells that are so by role alone are rows and cells."""
    cells = "".join(f'<div role="cell"><span>{text}</span></div>' for text in ("Acme", "Mail", "NL"))
    heads = "".join(f'<div role="columnheader">{text}</div>' for text in ("Name", "Purpose", "Country"))
    found = blocks(
        f'<div role="table"><div role="rowgroup"><div role="row">{heads}</div></div><div role="row">{cells}</div></div>'
    )
    assert named(found[1]) == [("Name", "Acme"), ("Purpose", "Mail"), ("Country", "NL")]


@pytest.mark.parametrize(
    "table",
    [
        f'<table role="presentation"><tr><td>One<td>Two</tr><tr><td>{PROSE} End.</td><td>Three</td></tr></table>',
        f"<table><tr><td>One</td></tr><tr><td>{PROSE} End.</td></tr></table>",
        f"<table><tr><td>One</td><td><h2>Two</h2><p>{PROSE} End.</p></td></tr><tr><td>a</td><td>b</td></tr></table>",
        f"<table><tr><td><table><tr><td>One</td></tr></table></td><td>{PROSE} End.</td></tr><tr><td>a<td>b</table>",
        f"<table><tr><td>One</td><td>{PROSE} End.</td></tr></table>",
    ],
)
def test_layout_is_walked_through(table: str) -> None:
    """Tables of presentation, of one column or row, with headings or tables inside, are containers."""
    found = blocks(table)
    assert f"{PROSE} End." in [block.text for block in found]
    assert BlockKind.TABLE_ROW not in {block.kind for block in found}


def test_links_and_captions_of_tables_are_kept() -> None:
    """A row carries the links of its cells; the caption is a paragraph before the rows."""
    found = blocks(
        f"<table><caption>Our parties</caption>{HEAD}"
        '<tr><td><a href="https://acme.example">Acme</a></td><td>Mail</td><td>NL</td></tr></table>'
    )
    assert found[0].text == "Our parties"
    assert [link.href for link in found[2].links] == ["https://acme.example"]


def test_absurd_spans_are_bounded() -> None:
    """Spans of any claimed size neither take long nor make endless rows."""
    found = blocks("<table>" + '<tr><td colspan="9999" rowspan="99999">a</td><td>b</td></tr>' * 300 + "</table>")
    assert len(found) == 300
    assert max(len(block.cells) for block in found) <= 302
