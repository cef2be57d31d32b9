"""Make paragraphs, list items, headings and table rows of the lines of a document, as before it was set in pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from storage.model import BlockKind, Link
from watcher.extractor.pdf.hyphens import Joiner
from watcher.extractor.pdf.lines import DASH, LABEL, LEADER, NUMBER, SIGN, Line, column_lines, parts, usual_leading
from watcher.extractor.pdf.sheet import Run, Word, lines_of, usual_size
from watcher.extractor.pieces import Piece
from watcher.extractor.rows import row_pieces
from watcher.extractor.tables import header_rows

_UNFINISHED = re.compile(r"[.,;:!?]$")
_HEADING_CHARS = 90
# The title is set in the largest letters, this much larger than the text.
_TITLE = 1.2
_TITLE_CHARS = 160
# Items whose signs stand this much further right (points) are a level deeper.
_DEEPER = 6.0


def read_flow(regions: Sequence[Sequence[Run]], joiner: Joiner) -> list[Piece]:
    """Return the pieces of a document whose columns are given in reading order.

    Lines become paragraphs again, also across columns and pages; the largest letters are the title, a level-1 heading;
    other headings are left to `build_blocks`, which sees size and weight.
    """
    items = column_lines(regions)
    leading = usual_leading(items)
    pieces: list[Piece] = []
    depths: list[float] = []
    for group in _grouped(items, leading):
        if isinstance(group, Run):
            pieces += row_pieces(group.rows, header_rows(list(group.rows)))
            depths.clear()
        else:
            pieces.append(_piece(group, joiner, depths))
    return _titled(pieces)


def read_cell(words: Sequence[Word], joiner: Joiner) -> list[Piece]:
    """Return the pieces of one cell of a table: its lines joined, parted at signs of lists and at clear ends."""
    lines = lines_of(words)
    left, right = min(word.left for word in words), max(word.right for word in words)
    groups: list[list[Line]] = []
    for found in lines:
        line = Line(tuple(found), left, right, 0, usual_size(found))
        last = groups[-1][-1] if groups else None
        sign = SIGN.fullmatch(found[0].text) and len(found) > 1
        ended = last is not None and last.fits(found[0]) and last.filled < 0.6 and not found[0].text[:1].islower()
        if last is None or sign or ended:
            groups.append([])
        groups[-1].append(line)
    return [_piece(group, joiner, [])._replace(size=0) for group in groups]


def _grouped(items: Sequence[Line | Run], leading: float) -> Iterator[list[Line] | Run]:
    """Yield paragraphs and tables."""
    group: list[Line] = []
    for item in items:
        if isinstance(item, Run) or (group and parts(group, item, leading)):
            if group:
                yield group
            group = []
        if isinstance(item, Run):
            yield item
        else:
            group.append(item)
    if group:
        yield group


def _piece(lines: Sequence[Line], joiner: Joiner, depths: list[float]) -> Piece:
    """Make one piece of the lines of a paragraph; `depths` are where the signs of the open lists stand."""
    words = [word for line in lines for word in line.words]
    first = words[0].text
    bold = all(line.bold for line in lines)
    sizes: Counter[int] = Counter()
    for line in lines:
        sizes[round(line.size)] += len(line.words)
    size = max(sizes, key=lambda one: (sizes[one], one))
    if len(words) > 1 and (SIGN.fullmatch(first) or DASH.fullmatch(first)):
        level = _depth(words[0].left, depths)
        return Piece(BlockKind.LIST_ITEM, _text(words[1:], joiner), level, links=_links(words), size=size)
    if SIGN.match(first) and len(first) > 1:
        level = _depth(words[0].left, depths)
        return Piece(BlockKind.LIST_ITEM, _text(words, joiner)[1:], level, links=_links(words), size=size)
    text = _text(words, joiner)
    if LABEL.fullmatch(first) and len(words) > 1 and not bold:
        level = _depth(words[0].left, depths)
        return Piece(BlockKind.LIST_ITEM, text, level, links=_links(words), size=size)
    depths.clear()
    short = len(lines) == 1 and len(text) <= _HEADING_CHARS and not _UNFINISHED.search(text)
    heading = short and (text.isupper() or (NUMBER.fullmatch(first) is not None and len(words) > 1))
    return Piece(BlockKind.PARAGRAPH, text, links=_links(words), bold=bold or heading, size=size)


def _depth(left: float, depths: list[float]) -> int:
    """Return how deep an item stands whose sign starts at `left`."""
    while depths and depths[-1] > left + _DEEPER:
        depths.pop()
    if not depths or left > depths[-1] + _DEEPER:
        depths.append(left)
    return len(depths)


def _text(words: Sequence[Word], joiner: Joiner) -> str:
    return LEADER.sub("", joiner.join(word.text for word in words))


def _links(words: Sequence[Word]) -> tuple[Link, ...]:
    """Return the links in a paragraph; words next to each other with one target are one link."""
    return tuple(
        Link(" ".join(word.text for word in group), href) for href, group in groupby(words, lambda w: w.href) if href
    )


def _titled(pieces: list[Piece]) -> list[Piece]:
    """Make headings of the first level of the pieces in the largest letters, where these are much larger."""
    sizes: Counter[int] = Counter()
    for piece in pieces:
        sizes[piece.size] += len(piece.text)
    usual = max(sizes, key=lambda one: (sizes[one], one), default=0)
    short = [piece for piece in pieces if piece.kind is BlockKind.PARAGRAPH and len(piece.text) <= _TITLE_CHARS]
    largest = max((piece.size for piece in short if any(map(str.isalpha, piece.text))), default=0)
    if largest < _TITLE * usual:
        return pieces
    return [
        piece._replace(kind=BlockKind.HEADING, level=1) if piece in short and piece.size == largest else piece
        for piece in pieces
    ]
