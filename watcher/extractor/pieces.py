"""Raw pieces of text in reading order, and the blocks that are made of them."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from storage.model import Block, BlockKind, Cell, Link
from watcher.extractor.text import block_key, normalise

_BULLET = re.compile(r"^(?:[•·●○◦▪▫■□‣►▸➤➢✓✔]|[-*](?=\s))\s*(?=\S)")
_NOT_A_HEADING = re.compile(r"\b(?:19|20)\d\d\b|@|https?://|[;,]$")
_HEADING_CHARS = 120
_HEADING_WORDS = 16
# What is drawn holds no word and no number, and so many signs, which are most of it.
_WORD = re.compile(r"[^\W\d_]{4}|\d{2}")
_DRAWN_CHARS = 2000
_SIGNS = 6
_SIGN_SHARE = 0.65


class Piece(NamedTuple):
    """One run of text as it stands on the page, not yet normalised but where it is `clean`.

    `bold` means that the whole run is bold and stands alone; `size` is its font size where the page gives one (0 else).
    `under` are labels that stand above the piece without being headings (row and column of a table cell). `jump` means
    that all of it is a link into the same page, `ordered` that it belongs behind the item before (`Block`).

    A tuple: a page has thousands, and a frozen dataclass takes four times as long to make.
    """

    kind: BlockKind
    text: str
    level: int = 0
    cells: tuple[Cell, ...] = ()
    links: tuple[Link, ...] = ()
    bold: bool = False
    size: int = 0
    under: tuple[str, ...] = ()
    jump: bool = False
    ordered: bool = False
    clean: bool = False


def build_blocks(pieces: Iterable[Piece]) -> tuple[Block, ...]:
    """Normalise the pieces, find pseudo-headings, give each block the headings above it, tell a repeated run once."""
    clean = told_once(pieces)
    usual = _usual_size(clean)
    stack: list[tuple[int, str]] = []
    above: tuple[str, ...] = ()
    styles: list[tuple[int, bool]] = []
    blocks: list[Block] = []
    real = 0
    for index, piece in enumerate(clean):
        following = clean[index + 1] if index + 1 < len(clean) else None
        level = piece.level
        kind = piece.kind
        if kind is BlockKind.HEADING:
            real = level
            styles.clear()
        elif (piece.bold or piece.size) and _is_pseudo_heading(piece, following, usual):
            kind = BlockKind.HEADING
            level = _pseudo_level(piece, styles, real)
        if kind is BlockKind.HEADING:
            while stack and stack[-1][0] >= level:
                stack.pop()
            above = tuple([text for _, text in stack])
        path = above + piece.under if piece.under else above
        key = block_key(piece.text)
        blocks.append(Block(kind, piece.text, path, key, level, piece.cells, piece.links, piece.ordered))
        if kind is BlockKind.HEADING:
            stack.append((level, piece.text))
            above = (*above, piece.text)
    return tuple(blocks)


def told_once(pieces: Iterable[Piece]) -> list[Piece]:
    """Normalise the pieces and leave out copies of a run that directly follow it."""
    clean = [piece for raw in pieces if (piece := _clean(raw))]
    for _ in range(_PASSES):
        before = len(clean)
        clean = _without_repeats(clean)
        if len(clean) == before:
            break
    return clean


def without_bullet(text: str) -> str:
    """Return the text without the bullet sign that it starts with."""
    match = _BULLET.match(text)
    return text[match.end() :] if match else text


def fingerprint(blocks: Iterable[Block]) -> str:
    """Return the SHA-256 over kind and text of the blocks; links, levels and paths do not count."""
    told = "".join([f"{block.kind}\x1f{block.text}\x1e" for block in blocks])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()


def _clean(piece: Piece) -> Piece | None:
    """Normalise one piece; None when nothing readable is left."""
    if piece.clean:
        return piece
    text = normalise(piece.text)
    kind, level = piece.kind, piece.level
    if kind is BlockKind.PARAGRAPH or kind is BlockKind.LIST_ITEM:
        bare = without_bullet(without_bullet(text))
        if bare != text and kind is BlockKind.PARAGRAPH:
            kind, level = BlockKind.LIST_ITEM, 1
        text = bare
    if not (text[:1].isalnum() or any(map(str.isalnum, text))) or (kind is not BlockKind.TABLE_ROW and _is_drawn(text)):
        return None
    links = tuple(Link(normalise(link.text), link.href) for link in piece.links) if piece.links else ()
    _, _, _, cells, _, bold, size, under, jump, ordered, _ = piece
    return Piece(kind, text, level, cells, links, bold, size, under, jump, ordered, True)


def _is_drawn(text: str) -> bool:
    """Tell whether a text is drawn with signs: a face, a box, a rule with a letter in it."""
    if len(text) > _DRAWN_CHARS or _WORD.search(text):
        return False
    solid = [char for char in text if not char.isspace()]
    signs = sum(not char.isalnum() for char in solid)
    return signs >= _SIGNS and signs >= _SIGN_SHARE * len(solid)


def _usual_size(pieces: Sequence[Piece]) -> int:
    """Return the font size in which most of the text is set."""
    sizes: Counter[int] = Counter()
    if any(piece.size for piece in pieces):
        for piece in pieces:
            sizes[piece.size] += len(piece.text)
    return sizes.most_common(1)[0][0] if sizes else 0


def _is_pseudo_heading(piece: Piece, following: Piece | None, usual: int) -> bool:
    """Tell whether a paragraph is a heading to the eye: alone, short, bold or big, with text after it."""
    if following is None or not (piece.bold or (piece.size > usual > 0)):
        return False
    # Numbered headings are often items of lists that hold nothing else; what follows then is no item.
    numbered = piece.kind is BlockKind.LIST_ITEM and following.kind is BlockKind.PARAGRAPH and not following.bold
    if not (piece.kind is BlockKind.PARAGRAPH or numbered):
        return False
    text = piece.text
    if len(text) > _HEADING_CHARS or len(text.split()) > _HEADING_WORDS or not any(map(str.isalpha, text)):
        return False
    return not (_NOT_A_HEADING.search(text) or (text.endswith(".") and len(text) > 60))


def _pseudo_level(piece: Piece, styles: list[tuple[int, bool]], real: int) -> int:
    """Return a level below the real heading above; a smaller or mixed-case style stands below a bigger one."""
    style = (piece.size, piece.text.isupper())
    while styles and styles[-1] <= style:
        styles.pop()
    styles.append(style)
    return min(6, max(real, 1) + len(styles))


# A run of blocks is told once when it follows itself: copies for small and wide screens. Shorter runs may be meant.
_REPEAT_BLOCKS = 3
# What repeats itself within a copy is told once first: only then is the copy like what it copies.
_PASSES = 3
_REPEAT_CHARS = 200


def _without_repeats(pieces: list[Piece]) -> list[Piece]:
    """Leave out a run of pieces that directly repeats the run before it."""
    texts = [piece.text for piece in pieces]
    if len(set(texts)) == len(texts):
        return pieces
    places: dict[str, list[int]] = {}
    result: list[Piece] = []
    index = 0
    while index < len(pieces):
        starts = places.get(texts[index])
        length = _repeat_length(result, pieces, texts, index, starts) if starts else 0
        if length:
            index += length
            continue
        places.setdefault(texts[index], []).append(len(result))
        result.append(pieces[index])
        index += 1
    return result


def _repeat_length(done: list[Piece], pieces: list[Piece], texts: list[str], index: int, starts: Sequence[int]) -> int:
    """Return how many pieces from `index` on repeat the tail of `done`, 0 when it is no copy of the whole tail.

    `texts` are those of the pieces; `starts` are the places in `done`, at least one, where the piece stands by now.
    """
    end, last = len(done), done[-1].text
    for start in (0, *starts[-8:]) if starts[0] == 0 else starts[-8:]:
        length = end - start
        after = index + length
        # All there is stands there twice, title and all.
        whole = start == 0 and after == len(pieces) and done[0].kind is BlockKind.HEADING
        if (length < _REPEAT_BLOCKS and not whole) or after > len(pieces) or texts[after - 1] != last:
            continue
        # Most that begin and end alike differ in their second piece.
        if length > 1 and done[start + 1].text != texts[index + 1]:
            continue
        tail, copy = done[start:], pieces[index:after]
        enough = whole or sum([len(piece.text) for piece in tail]) >= _REPEAT_CHARS
        if enough and all(map(_is_copy, tail, copy)):
            return length
    return 0


def _is_copy(one: Piece, other: Piece) -> bool:
    """True for the same text in the same place: the same list in two columns of a table is told in both."""
    return one.text == other.text and one.under == other.under
