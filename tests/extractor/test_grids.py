"""Tables that are made of `div`s."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from storage.model import Block, BlockKind, Capture
from watcher.extractor import extract

PROSE = (
    "<p>These companies process personal data on our instructions, and only for the purposes that are named.</p>" * 2
)
HEAD = "<div class=r><div><b>Company</b></div><div><strong>Purpose</strong></div><div><b>Country</b></div></div>"
ROWS = (
    "<div class=r><div>Lindholt Hosting ApS</div><div>Servers</div><div>Denmark</div></div>"
    "<div class=r><div>Marlowe Mail Ltd.</div><div>Sending of <i>system</i> mails</div><div>Ireland</div></div>"
)


def blocks(inside: str) -> tuple[Block, ...]:
    """The blocks of a page with this in its main part."""
    body = f"<html lang=en><body><main><h1>Sub-processors</h1>{PROSE}{inside}{PROSE}</main></body></html>".encode()
    digest = hashlib.sha256(body).hexdigest()
    capture = Capture("u", "u", datetime(2026, 3, 1, tzinfo=UTC), 200, (), "text/html", "utf-8", digest, body)
    return extract(capture).document.blocks


def test_rows_under_names_in_bold_are_a_table() -> None:
    """Each row is one block whose cells know their columns; inline markup does not split a cell."""
    rows = [block for block in blocks(f"<div class=grid>{HEAD}{ROWS}</div>") if block.kind is BlockKind.TABLE_ROW]
    assert [row.text for row in rows][1:] == [
        "Lindholt Hosting ApS | Servers | Denmark",
        "Marlowe Mail Ltd. | Sending of system mails | Ireland",
    ]
    assert (rows[2].cells[0].column, rows[2].cells[0].text) == ("Company", "Marlowe Mail Ltd.")


@pytest.mark.parametrize(
    "inside",
    [
        f"<div>{ROWS}{ROWS}</div>",
        f"<div>{HEAD}{ROWS.replace('<div>Denmark</div>', '')}</div>",
        f"<div>{HEAD}{ROWS.replace('Servers', '<p>Servers</p><p>Backups</p>')}</div>",
        f"<div>{HEAD}{HEAD.replace('Company', 'Firm')}{ROWS}</div>",
        f"<div>{HEAD}and more{ROWS}</div>",
        f"<div>{HEAD}{ROWS.replace('Servers', 'A long story about servers. ' * 12)}</div>",
    ],
    ids=["no names", "uneven rows", "parts in a cell", "two bold rows", "text between", "long cells"],
)
def test_what_only_looks_like_rows_is_walked_as_before(inside: str) -> None:
    """Cards, columns and menus are no tables; nothing of their text is lost."""
    found = blocks(inside)
    assert not [block for block in found if block.kind is BlockKind.TABLE_ROW]
    text = " ".join(block.text for block in found)
    assert "Marlowe Mail Ltd." in text
    assert "Ireland" in text
