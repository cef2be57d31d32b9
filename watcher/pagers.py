"""What leads a reader round a page: "1-10 of 14", "Previous 1 2 3 Next", the lines of a list of contents."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST = 120
_TO = r"\s?(?:-|–|to|tot|t/m|bis|à)\s?"
_OF = r"\s(?:of|out of|van|von|aus|sur)\s(?:the\s|de\s)?"
_WHAT = (
    r"(?:entries|results|items|rows|records|resultaten|rijen|regels|einträgen?|ergebnissen?|zeilen|éléments|résultats"
    r"|lignes|entrées)"
)
_SHOWN = re.compile(
    rf"(?:(?:showing|displaying|viewing|getoond|zeige|affichage|{_WHAT})\s(?:(?:de|des|{_WHAT})\s)?)?"
    rf"(\d{{1,4}}){_TO}(\d{{1,4}}){_OF}(\d{{1,5}})(?:\s{_WHAT})?\W*",
    re.IGNORECASE,
)
_STEP = r"previous|prev|next|vorige|volgende|zurück|weiter|vorherige|nächste|précédente?|suivante?|[«»‹›←→]"
_NUMBERS = re.compile(
    rf"(?=.*\d)(?=.*(?:{_STEP}))(?>{_STEP}|first|last|eerste|laatste|erste|letzte|premi[èe]re?|derni[èe]re?|page|pagina"
    r"|seite|\d++|[.…|·,/()\s-]++)++",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:(?:article|artikel|section|§)\s)?(?:\d+(?:\.\d+)*[.):]?|[a-z][.)]|[ivx]+[.)])\s+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Shown:
    """Which rows of how many a page shows, counted from 1."""

    first: int
    last: int
    total: int

    @property
    def partial(self) -> bool:
        """True when there are rows that are not shown."""
        return self.last - self.first + 1 < self.total


def find_shown(text: str) -> Shown | None:
    """What a line says of the rows that a page shows, and nothing else; None for any other line."""
    found = _SHOWN.fullmatch(text) if len(text) <= _MOST and any(map(str.isdigit, text)) else None
    if found is None:
        return None
    shown = Shown(*map(int, found.groups()))
    return shown if 0 < shown.first <= shown.last <= shown.total else None


def is_pager(text: str) -> bool:
    """Tell whether a line is a row of page numbers with a word or an arrow for the next one."""
    return len(text) <= _MOST and _NUMBERS.fullmatch(text) is not None


def without_number(text: str) -> str:
    """A heading without the number before it, as a list of contents may name it."""
    found = _NUMBERED.match(text)
    return text[found.end() :] if found else text
