"""The entry of a recipient over several lines: told as one change, with all of its words."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Change, ChangeKind, Severity
from watcher.differ import compare

LIST = ("Privacy", "Our sub-processors")
NAME = "Larkspur Mailings Ltd"
LINES = ("Purpose: delivery of letters", "Data: names and addresses of members", "Location: Portugal")


def entry(name: str, *lines: str) -> list[Block]:
    """A heading with a name, and lines below it."""
    return [block(name, LIST, BlockKind.HEADING), *(block(line, (*LIST, name)) for line in lines)]


def told(before: list[Block], after: list[Block]) -> list[Change]:
    """The changes worth telling between two lists of recipients."""
    start = [block(FILLER[0]), block(LIST[1], LIST[:1], BlockKind.HEADING)]
    start += entry("Oakfield Hosting B.V.", "Purpose: hosting", "Data: all files of members", "Location: Norway")
    sides = [document([*start, *blocks, block(FILLER[1], ("Privacy", "More"))], "en") for blocks in (before, after)]
    return [one for one in compare(sides[0], sides[1]).changes if one.severity is not Severity.INFO]


@pytest.mark.parametrize("kind", [ChangeKind.ADDED, ChangeKind.REMOVED])
def test_the_lines_of_an_entry_are_told_with_its_name(kind: ChangeKind) -> None:
    """One change for a company that came or went, and every line of its entry is in it."""
    there = entry(NAME, *LINES)
    added = kind is ChangeKind.ADDED
    (change,) = told([], there) if added else told(there, [])
    assert change.kind is kind
    assert (change.after if added else change.before) == " ".join((NAME, *LINES))
    assert "".join(span.text for span in change.spans) == " ".join((NAME, *LINES))
    assert NAME in change.summary


def test_each_of_several_entries_is_a_change() -> None:
    """Two new companies are two changes, each with its own lines."""
    changes = told([], [*entry(NAME, *LINES), *entry("Brackenhill GmbH", "Purpose: bills", "Location: Austria")])
    assert [one.after for one in changes] == [
        " ".join((NAME, *LINES)),
        "Brackenhill GmbH Purpose: bills Location: Austria",
    ]


def test_a_text_about_a_recipient_stays_a_change_of_its_own() -> None:
    """What is said of a new company in sentences, or of one that was there, is told by itself."""
    more = (
        "Larkspur may also read the letters themselves for as long as it likes, keeps a copy of each of them in an "
        "archive of its own and sells what it learns from them to publishers of magazines."
    )
    assert len(told([], entry(NAME, *LINES, more))) > 1
    changes = told(entry(NAME, LINES[0], LINES[2]), entry(NAME, *LINES))
    assert [one.after for one in changes] == [LINES[1]]
