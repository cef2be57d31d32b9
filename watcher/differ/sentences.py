"""Split a block's text into sentences; abbreviations that policies are full of do not end one."""

from __future__ import annotations

import re
from functools import lru_cache

import sentencex

_MASK = "\ue000"
# Full stops of these never end a sentence when more text follows on the line. Dutch, English, German, French, company
# forms; those with a look-ahead may end one, so that a small letter must follow.
_SMALL = r"(?=,?\s?(?-i:[a-z,;()]))"
_DUTCH = (
    r"art(?:t|s)?\.|nr\.|no\.|lid\.|par\.|o\.a\.|m\.b\.t\.|d\.m\.v\.|t\.b\.v\.|i\.v\.m\.|m\.u\.v\.|t\.a\.v\.|t\.o\.v\.|"
    r"n\.a\.v\.|bijv\.|bv\.|incl\.|excl\.|evt\.|resp\.|mw\.|dhr\.|jl\.|ca\.|max\.|min\.|vgl\.|zgn\.|p\.a\."
)
_ENGLISH = (
    rf"enz\.{_SMALL}|etc\.{_SMALL}|dr\.|mr\.|mrs\.|ms\.|prof\.|tel\.|e\.g\.|i\.e\.|cf\.|approx\.|sec\.|sect\.|vs\."
)
_GERMAN = (
    r"z\.\s?b\.|u\.\s?a\.|d\.\s?h\.|i\.\s?s\.\s?d\.|i\.\s?v\.\s?m\.|o\.\s?ä\.|u\.\s?ä\.|bzw\.|ggf\.|gem\.|inkl\.|abs\.|"
    r"str\.|ziff\.|lit\.|s\.\s?o\."
)
_FRENCH = r"p\.\s?ex\.|c\.-à-d\.|al\.|réf\.|n°\.|m\.(?=\s(?-i:[A-Z]))|st\.(?=\s(?-i:[A-Z]))"
_FORMS = (
    rf"inc\.{_SMALL}|ltd\.{_SMALL}|corp\.{_SMALL}|co\.|pte\.|pty\.|B\.V\.|N\.V\.|V\.O\.F\.|L\.L\.C\.|S\.A\.S?\.?|"
    r"U\.S\.(?:A\.)?|U\.K\.|E\.U\.|d\.o\.o\."
)
_SHORT = (_DUTCH, _ENGLISH, _GERMAN, _FRENCH, _FORMS)
# Each begins with a few letters and a stop: to look for these first takes a fifth of the time.
_ABBREVIATION = re.compile(rf"(?<![\w.])(?=[\w°]{{1,6}}\.|c\.-)(?:{'|'.join(_SHORT)})(?=\s*\S)", re.IGNORECASE)
# After a legal form a new sentence may well begin: these keep their stop when a capital follows that is no name's part.
_FORM_ENDS = re.compile(
    r"(?<=[A-Z]\.[A-Z]\.) (?=(?:Wij|We|Dit|Deze|De|Het|Als|U|Uw|Voor|Hierbij|Zij|The|This|If|You|Our|Wir|Die|Der|Das|"
    r"Nous|Vous|Le|La|Les)\s)"
)
_LONGEST = 2000
_BLOCK = 8_000  # characters; a longer text is no paragraph, and its sentences are hardly remembered
_CANDIDATE = re.compile(r"[.!?…]\s+\S")


def sentences(text: str, language: str | None = None) -> tuple[str, ...]:
    """The sentences of a block, each exactly as it stands in the text, without the white space around it."""
    return _of_block(text, language) if len(text) <= _BLOCK else _of_long_text(text, language)


def is_one(text: str) -> bool:
    """True for a text that is surely a single sentence; quicker than to cut it."""
    return len(text) <= _LONGEST and not _CANDIDATE.search(text)


def _split(text: str, language: str | None) -> tuple[str, ...]:
    if not _CANDIDATE.search(text):
        return tuple(_pieces(text.strip()))
    masked = _ABBREVIATION.sub(lambda match: match[0].replace(".", _MASK), text)
    for match in _FORM_ENDS.finditer(text):
        stop = match.start() - 1
        masked = f"{masked[:stop]}.{masked[stop + 1 :]}"
    found: list[str] = []
    place = 0
    for part in sentencex.segment(language or "en", masked):
        piece = text[place : place + len(part)].strip()
        place += len(part)
        found.extend(_pieces(piece))
    return tuple(found)


# What is remembered is bounded by number and by length, so that a hostile text cannot fill the memory.
_of_block = lru_cache(maxsize=8192)(_split)
_of_long_text = lru_cache(maxsize=4)(_split)


def _pieces(sentence: str) -> list[str]:
    """A sentence, or its pieces when it is longer than any sentence: a hostile text must stay cheap."""
    pieces: list[str] = []
    while len(sentence) > _LONGEST:
        cut = sentence.rfind(" ", _LONGEST // 2, _LONGEST)
        cut = cut if cut > 0 else _LONGEST
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [piece for piece in (*pieces, sentence) if piece]
