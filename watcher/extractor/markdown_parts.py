"""Find the tables and lists that stand as HTML in a Markdown text, and read them as on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.errors import ExtractError
from storage.model import BlockKind
from watcher.extractor.html import parse
from watcher.extractor.marks import plain_text
from watcher.extractor.pieces import Piece
from watcher.extractor.walk import walk

_START = re.compile(r"^ {0,3}<(table|ul|ol|dl)\b", re.IGNORECASE | re.MULTILINE)
_STRONG = re.compile(r"\*\*([^*<>\n]+)\*\*")
_LINK = re.compile(r"(?<!!)\[([^\[\]<>\n]{1,500})\]\(([^()\s<>\"]+)\)")
# Each costs a tree of its own; what is not closed is sought to the end of the text.
_MOST = 200
_MOST_OPEN = 5


def parts_of(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text in runs, each with whether it is HTML: tables and lists from the first sign to the last."""
    place, found, unclosed = 0, 0, 0
    if "<" in text:
        for start in _START.finditer(text):
            if start.start() < place:
                continue
            end = _end(text, start)
            if end is None:
                unclosed += 1
            else:
                yield text[place : start.start()], False
                yield text[start.start() : end], True
                place, found = end, found + 1
            if found == _MOST or unclosed == _MOST_OPEN:
                break
    yield text[place:], False


def read_part(part: str) -> list[Piece]:
    """Return the pieces of a table or a list in HTML; marks of Markdown in them are taken out."""
    try:
        return walk(parse(_STRONG.sub(r"<b>\1</b>", _LINK.sub(r'<a href="\2">\1</a>', part))))
    except ExtractError:
        return [Piece(BlockKind.PARAGRAPH, plain_text(part)[0])]


def _end(text: str, start: re.Match[str]) -> int | None:
    """Return where the element ends that begins with a match; None when it never does."""
    depth = 0
    for tag in re.compile(rf"<(/?){start[1]}\b[^<>]{{0,500}}>", re.IGNORECASE).finditer(text, start.start()):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.end()
    return None
