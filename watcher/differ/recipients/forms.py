"""How names of companies are written, and words that make none. Light: questions about stored names need no more."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

# Legal forms of European and American companies, as they are written; case counts, since "AS", "SE" are also words.
SUFFIX = (
    r"(?:B\.?\s?V\.?B?\.?A?|N\.?V\.?|V\.?O\.?F\.?|C\.V\.|GmbH(?:\s?&\s?Co\.?\s?KG(?:aA)?)?|mbH|AG(?:\s?&\s?Co\.?\s?KG)?|"
    r"KGaA|KG|OHG|UG|SE|eG|e\.V\.|S\.?A\.?S\.?U?\.?|S\.?A\.?R\.?L\.?|S\.?\s?à\s?r\.?\s?l\.?|SCA|SRL|S\.?r\.?l\.?|"
    r"S\.?p\.?A\.?|S\.?A\.?|S\.?L\.?U?\.?|[Ii]nc\.?|INC\.?|Incorporated|[Ll]td\.?|LTD\.?|Limited|LLC|L\.L\.C\.?|LLP|"
    r"L\.?P\.|PLC|[Pp]lc|Corp\.?|Corporation|Co\.|PBC|Pty\.?|P[Tt][Ee]\.?|AB|A/S|A[Pp][Ss]|ASA?|Oyj?|OÜ|UAB|SIA|"
    r"d\.\s?o\.\s?o\.?|s\.\s?r\.\s?o\.?|a\.\s?s\.|Kft\.?|Sp\.\s?z\s?o\.\s?o\.?|CVBA|SPRL|K\.K\.|GK|DAC|d\.a\.c\.)"
)
WORD = (
    r"(?:[A-ZÀ-ÖØ-Þ][\w&'’.+/-]*[\w+)]|[A-ZÀ-ÖØ-Þ]|[a-z]{1,3}[A-Z]\w+|\d+[A-Z]\w*)(?:\.(?:com|io|ai|nl|de|fr|net|org))?"
)
JOINT = r"(?:&|\+|of\sthe|de\sla|de|der|van|für|von|des|du)"
FORM = rf"(?:,?\s(?:{SUFFIX})){{1,2}}(?!\w)"
# A run of words in capitals, with or without a legal form at its end.
NAME = rf"{WORD}(?:\s(?:(?:{JOINT})\s)?(?!{SUFFIX}(?!\w)){WORD}){{0,6}}(?:{FORM})?"

COMPANY = rf"{WORD}(?:\s(?:(?:{JOINT})\s)?(?!{SUFFIX}(?!\w)){WORD}){{0,6}}{FORM}"  # one with a legal form


@dataclass(frozen=True, slots=True)
class Common:
    """Words in lower case that name nobody: alone, at the start of a name, as its end, or behind it."""

    generic: frozenset[str]
    openers: frozenset[str]
    endings: tuple[str, ...]
    tails: frozenset[str]


def read_words() -> dict[str, Any]:
    """The file of words by which recipients are found. Raises tomllib.TOMLDecodeError when it is damaged."""
    return tomllib.loads(files("watcher.differ").joinpath("lexicon/recipients.toml").read_text(encoding="utf-8"))


def _common(generic: dict[str, list[str]]) -> Common:
    return Common(
        frozenset(generic["words"]),
        frozenset(generic["openers"]),
        tuple(generic["endings"]),
        frozenset(generic["tails"]),
    )


COMMON = _common(read_words()["generic"])
