"""Read plain text into pieces: paragraphs, list items by their signs, lines that look like headings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.model import BlockKind
from watcher.extractor.pieces import Piece

_SIGN = re.compile(r"^\s*(?:[•·●○◦▪■‣]|[-*+](?=\s)|\(?[a-z0-9]{1,3}[.)](?=\s))\s*\S")
_MARK = re.compile(r"^\s*(?:[•·●○◦▪■‣]|[-*+](?=\s))\s*")
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|[A-Z]\.)\s+\S")
# Lines were wrapped at a margin when the longest is of such a width; a line far shorter than it ends its paragraph.
_NARROW = 40
_WIDE = 110
_FULL = 0.6
_END = re.compile(r"[.,;:!?]$")


def read_plain(text: str) -> list[Piece]:
    """Return the pieces of a plain text.

    Lines of a paragraph are joined when they were wrapped at a margin; short lines on their own stay apart. A short
    line between blank lines without a full stop, or a line in capitals, is marked bold: it may be a heading.
    """
    pieces: list[Piece] = []
    for paragraph in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")):
        lines = [line for line in paragraph.split("\n") if line.strip()]
        if lines:
            pieces.extend(_paragraph(lines))
    return pieces


def _paragraph(lines: list[str]) -> Iterator[Piece]:
    """Yield the pieces of the lines between two blank lines."""
    group: list[str] = []
    longest = max(map(len, lines))
    wrapped = _NARROW <= longest <= _WIDE
    for line in lines:
        if group and (_SIGN.match(line) or not wrapped or len(group[-1]) < _FULL * longest):
            yield _piece(group, alone=False)
            group = []
        group.append(line)
    yield _piece(group, alone=len(lines) == 1)


def _piece(lines: list[str], *, alone: bool) -> Piece:
    """Make one piece of lines that belong together."""
    text = " ".join(line.strip() for line in lines)
    match = _MARK.match(text)
    if match:
        return Piece(BlockKind.LIST_ITEM, text[match.end() :], 1)
    heading = len(lines) == 1 and len(text) <= 90 and not _END.search(text)
    return Piece(BlockKind.PARAGRAPH, text, bold=heading and (alone or text.isupper() or bool(_NUMBERED.match(text))))
