"""Leave out pieces that only lead around the page: jumps to its own sections, "back to top", "was this helpful?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storage.model import BlockKind
from watcher.extractor.pieces import Piece
from watcher.extractor.text import normalise

_MOST_CHARS = 70
# Whole pieces that say this are interface in the four languages that are watched most; matched against folded text.
_INTERFACE = re.compile(
    r"""(?:
    (?:back|return|jump|scroll)\ to\ (?:the\ )?top(?:\ of\ (?:the\ )?page)? | skip\ to\ (?:the\ )?(?:main\ )?content
    | (?:was|is|did\ you\ find)\ this\ (?:page|article|information|answer|content|section)?\ ?(?:helpful|useful)
    | (?:print|share|e?-?mail|download|copy)\ (?:this\ )?(?:page|article|link|pdf) | share\ (?:this|on\ \w+)
    | (?:view|show|read|see|learn)\ (?:more|less|summary|all) | (?:expand|collapse|open|close)\ (?:all|section|menu)
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


def sift(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces without the interface: judged by where their links lead, or by the whole of a short text."""
    kept: list[Piece] = []
    for index, piece in enumerate(pieces):
        if _is_jump(piece):
            continue
        if len(piece.text) <= _MOST_CHARS:
            text = normalise(piece.text)
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            leads = following is None or _is_jump(following)
            if _INTERFACE.fullmatch(text) or (leads and _CONTENTS.fullmatch(text)):
                continue
        kept.append(piece)
    return kept


def _is_jump(piece: Piece) -> bool:
    """Tell whether a piece is nothing but a link into the page itself."""
    return piece.jump and piece.kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}
