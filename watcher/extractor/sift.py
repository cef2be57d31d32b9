"""Leave out pieces that only lead around the page: jumps to its own sections, "back to top", "was this helpful?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from storage.model import BlockKind
from watcher.extractor.pieces import Piece
from watcher.extractor.text import normalise
from watcher.pagers import find_shown, is_pager, without_number

_MOST_CHARS = 70
_HEADING_CHARS = 160
_CONTENTS_LINES = 3
_CONTENTS_SHARE = 0.6  # of the items of a list; their order says nothing
_NEAR = 4  # lines between a table and what is said of its rows
_LINES = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})
# Whole pieces that say this are interface in the four languages that are watched most; matched against folded text.
_INTERFACE = re.compile(
    r"""(?:
    (?:back|return|jump|scroll)\ to\ (?:the\ )?top(?:\ of\ (?:the\ )?page)? | skip\ to\ (?:the\ )?(?:main\ )?content
    | (?:was|is|did\ you\ find)\ this\ (?:page|article|information|answer|content|section)?\ ?(?:helpful|useful)
    | print | (?:print|share|e?-?mail|download|copy)\ (?:this\ )?(?:page|article|link|pdf) | share\ (?:this|on\ \w+)
    | (?:view|show|read|see|learn)\ (?:more|less|summary|all)
    | (?:(?:expand|collapse|open|close)\ (?:all|section|menu)\W*)+
    | loading(?:\.\.\.)? | please\ wait(?:\.\.\.)? | powered\ by\ [\w .]{2,30}
    | (?:terug\ )?naar\ boven | (?:ga\ )?(?:direct\ )?naar\ (?:de\ )?(?:hoofd)?inhoud
    | deze\ pagina\ (?:delen|afdrukken)
    | (?:was|is|vond\ (?:je|u))\ (?:deze\ (?:pagina|informatie)|dit\ artikel|dit)\ (?:nuttig|handig|duidelijk)
    | (?:lees|toon|bekijk|meer)\ (?:meer|minder|alles|lezen|weergeven) | delen\ (?:op|via)\ \w+ | pagina\ afdrukken
    | (?:zurück\ )?nach\ oben | (?:direkt\ )?zum\ (?:haupt)?inhalt(?:\ springen)?
    | (?:seite|artikel)\ (?:drucken|teilen)
    | war\ (?:diese\ seite|dieser\ artikel|dies|diese\ information(?:en)?)\ hilfreich
    | mehr\ (?:erfahren|anzeigen|lesen)
    | (?:retour\ )?(?:en\ )?haut\ de\ (?:la\ )?page | aller\ au\ contenu(?:\ principal)?
    | (?:en\ savoir|lire|voir)\ plus
    | cet(?:te)?\ (?:page|article|information)\ vous\ a-t-(?:elle|il)\ été\ utile
    | (?:imprimer|partager)(?:\ cette\ page)?
    )\W*""",
    re.VERBOSE | re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table of contents|contents|(?:on|in) this (?:page|article|document|policy|section)|quick links|jump to|"
    r"inhoud(?:sopgave)?|(?:op|in) (?:deze|dit) (?:pagina|artikel|document)|inhalt(?:sverzeichnis)?|übersicht|"
    r"auf dieser seite|sommaire|table des matières|(?:sur|dans) cette page)\W*",
    re.IGNORECASE,
)
# The line at the foot of a site: its year changes without a word of the document.
_COPYRIGHT = re.compile(r"(?:copyright|©|\(c\))\W*(?:copyright|©|\(c\))?\W*(?:19|20)\d\d\b.*", re.IGNORECASE)


def sift(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces without the interface: judged by where their links lead, or by the whole of a short text."""
    listed = _listed_headings(pieces)
    kept: list[Piece] = []
    for index, piece in enumerate(pieces):
        if index in listed or _is_jump(piece):
            continue
        if len(piece.text) <= _MOST_CHARS:
            text = normalise(piece.text)
            following = index + 1
            leads = following == len(pieces) or following in listed or _is_jump(pieces[following])
            said = _INTERFACE.fullmatch(text) or _COPYRIGHT.fullmatch(text) or _only_pages(pieces, index, text)
            if said or (leads and _CONTENTS.fullmatch(text)):
                continue
        kept.append(piece)
    return kept


def without_contents(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces of a Markdown text without a list of contents: links to the headings that stand below."""
    if not any(piece.jump for piece in pieces):
        return list(pieces)
    listed = _listed_headings(pieces)
    return [piece for index, piece in enumerate(pieces) if not (index in listed and piece.jump)]


def _only_pages(pieces: Sequence[Piece], index: int, text: str) -> bool:
    """Tell whether a line only leads through a list, or tells of one whose rows all stand on the page."""
    if is_pager(text):
        return True
    shown = find_shown(text)
    return shown is not None and not 0 < _rows_near(pieces, index) < shown.total


def _rows_near(pieces: Sequence[Piece], index: int) -> int:
    """Return how many rows the table beside a line has, the one above it first; 0 where there is none."""
    for step in (-1, 1):
        place, rows = index + step, 0
        while 0 <= place < len(pieces):
            if pieces[place].kind is BlockKind.TABLE_ROW:
                rows += 1
            elif rows or abs(place - index) > _NEAR:
                break
            place += step
        if rows:
            return rows
    return 0


def _is_jump(piece: Piece) -> bool:
    """Tell whether a piece is nothing but a link into the page itself."""
    return piece.jump and piece.kind in _LINES


def _listed_headings(pieces: Sequence[Piece]) -> set[int]:
    """Return the places of a list of contents without links: three and more lines in a row that are headings below."""
    headings: dict[str, int] = {}  # text of a heading: its last place
    for index, piece in enumerate(pieces):
        if piece.kind is BlockKind.HEADING or piece.bold:
            headings[_folded(piece)] = index
    listed = [
        piece.kind in _LINES and len(piece.text) <= _HEADING_CHARS and headings.get(_folded(piece), -1) > index
        for index, piece in enumerate(pieces)
    ]
    found: set[int] = set()
    for items, run in groupby(range(len(pieces)), key=lambda index: _run(pieces[index], listed=listed[index])):
        places = list(run)
        told = [index for index in places if listed[index]]
        most = items is not BlockKind.LIST_ITEM or len(told) >= _CONTENTS_SHARE * len(places)
        if len(told) >= _CONTENTS_LINES and most:
            found.update(told)
    return found


def _run(piece: Piece, *, listed: bool) -> BlockKind | None:
    """Return in which run a piece stands: items of a list go together, other lines with what is listed beside them."""
    if piece.kind is BlockKind.LIST_ITEM:
        return BlockKind.LIST_ITEM
    return BlockKind.PARAGRAPH if listed else None


def _folded(piece: Piece) -> str:
    """Return the text of a piece as it is compared: a list of contents may leave out the numbers of its headings."""
    return without_number(normalise(piece.text).casefold())
