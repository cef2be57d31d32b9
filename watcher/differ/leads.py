"""Lead-ins that deny what the items below them say ("We do not:" above "sell your data").

An item below such words is half a sentence: what it promises is only read together with its lead-in. Knows blocks and
words; says nothing about what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from storage.model import Block, BlockKind
from watcher.differ.lexicon import load_lexicon, plain_words
from watcher.differ.sentences import sentences
from watcher.differ.words import fold
from watcher.differ.zones import page_hits

# Longer texts introduce nothing, and longer items are sentences of their own.
_LONGEST = 300
_ITEM = 400
_FRAGMENT = 8  # words
_SHORT = 6  # words
# A subject stands among so many words at the beginning.
_OPENING = 2
# "Ne" stands in "ne ... que" too, "noch" means "still" in German.
_NO_DENIAL = frozenset({"ne", "n", "non", "noch"})
_LATE = frozenset({"later", "only", "longer", "nur", "langer", "spater", "alleen", "seulement", "more", "plus", "meer"})
# Words that make a denial hold in some cases only, ask for its reason, or leave something out of it.
_LIMITS = frozenset(
    "if when where whether until once why because reason reasons only than limited else "  # noqa: SIM905  # words
    "wanneer indien als zodra waarom omdat reden redenen alleen uitsluitend dan beperkt "
    "wenn falls sofern soweit sobald warum weil grund grunde nur lediglich ausschliesslich beschrankt "
    "si lorsque quand pourquoi parce raison raisons seulement uniquement autre autres limite limitent".split()
)
_READER = frozenset("you u je jij jullie gij sie ihr du vous tu".split())  # noqa: SIM905  # words
_OTHERS = frozenset(
    "user users customer customers client clients member members visitor visitors child children "  # noqa: SIM905
    "gebruiker gebruikers klant klanten lid leden bezoeker bezoekers kinderen nutzer nutzerinnen kunde kunden "
    "mitglieder besucher kinder utilisateur utilisateurs membre membres visiteur visiteurs enfants".split()
)
# Words for data of any kind.
DATA_WORDS = frozenset("data information gegevens informatie daten informationen donnees informations".split())  # noqa: SIM905
_DATA = DATA_WORDS | {"persoonsgegevens"}
_MARKS = " :…"


@dataclass(frozen=True, slots=True)
class Lead:
    """The words that an item stands below, and the place of their block; of no block for a heading."""

    text: str
    place: int | None


def denying_leads(blocks: Sequence[Block], language: str | None) -> dict[int, Lead]:
    """The places of the items whose lead-in denies what they say, each with that lead-in.

    An item is one of a list, or a line in small letters below words with a colon. The lead-in is the item it hangs
    under, else the paragraph above its list, else the heading. Items that deny something themselves, or say who does
    it, are sentences of their own and have none.
    """
    found: dict[int, Lead] = {}
    if not any(block.kind is BlockKind.LIST_ITEM or block.text.endswith(":") for block in blocks):
        return found
    lead: Lead | None = None
    above: dict[int, Lead] = {}
    for place, block in enumerate(blocks):
        listed = block.kind is BlockKind.LIST_ITEM
        if listed or (lead and block.kind is BlockKind.PARAGRAPH and block.text[:1].islower()):
            own = next((above[level] for level in range(block.level - 1, -1, -1) if level in above), lead)
            heading = Lead(block.path[-1], None) if block.path else None
            head = own or (heading if listed else None)
            if head and denies(head.text, language) and _hangs(block.text, language):
                found[place] = Lead(_last(head.text, language), head.place)
        elif block.kind in {BlockKind.PARAGRAPH, BlockKind.HEADING}:
            lead = Lead(block.text, place) if _introduces(block) else None
        above = {level: one for level, one in above.items() if level < block.level} if above else above
        if listed and block.text.endswith(":"):
            above[block.level] = Lead(block.text, place)
    return found


def introduced(blocks: Sequence[Block], language: str | None) -> frozenset[int]:
    """The places of items and short lines below words with a colon that say what the vendor or the reader does.

    "We may:" above "rent lists": half a sentence each, so that a line of few words there is no label of the page.
    """
    found: set[int] = set()
    below = False
    for place, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            below = _opens(block.text, language)
        elif block.kind is BlockKind.TABLE_ROW:
            below = False
        elif block.kind is not BlockKind.LIST_ITEM and _opens(block.text, language):
            below = True
        elif below and (block.kind is BlockKind.LIST_ITEM or _is_fragment(block.text)):
            found.add(place)
        else:
            below = False
    return frozenset(found)


def joined(lead: Lead | None, text: str | None) -> str | None:
    """An item, or a lead-in with its item, as one sentence without the marks between; as it stands without one."""
    if not lead or not text:
        return text
    return f"{lead.text.rstrip(_MARKS)} {text.removeprefix(lead.text).lstrip(_MARKS)}"


def _opens(text: str, language: str | None) -> bool:
    """True for words with a colon of which the vendor or the reader is the subject, and that lead to no other page."""
    if not text.endswith(":") or len(text) > _LONGEST:
        return False
    said = set(plain_words(fold(_last(text, language))))
    subjects = load_lexicon(language or "en").lists["vendor"] | _READER
    return bool(said & subjects) and not any(page_hits(text, name) for name in ("aside", "control", "message"))


def _is_fragment(text: str) -> bool:
    """True for a line of few words that is no sentence."""
    return len(plain_words(text)) <= _FRAGMENT and not text.endswith((".", "!", "?"))


def _introduces(block: Block) -> bool:
    return block.kind is BlockKind.PARAGRAPH and not block.text.endswith((".", "!", "?"))


@lru_cache(maxsize=2048)
def denies(text: str, language: str | None) -> bool:
    """True for words that say what the vendor does not do, or what is not done with data, without "if" or "except"."""
    if not text or len(text) > 10 * _LONGEST:
        return False
    said = _last(text, language)
    if len(said) > _LONGEST:
        return False
    lists = load_lexicon(language or "en").lists
    words = plain_words(fold(said.replace("’", "'")).replace("n't", "not "))
    nays = _denials(words, lists["negation"] - lists["exception"] - _NO_DENIAL)
    known = set(words)
    if not nays or known & (_LIMITS | _OTHERS | lists["exception"]) or _READER & set(words[: nays[0]]):
        return False
    named = text.endswith(":") and len(words) <= _SHORT and words[0] not in lists["grammar"]  # "Example does not use:"
    return bool(known & (lists["vendor"] | _DATA)) or nays[0] < _OPENING or named


def _denials(words: Sequence[str], negation: frozenset[str]) -> list[int]:
    places = (place for place, word in enumerate(words) if word in negation)
    return [place for place in places if not _LATE & set(words[place + 1 : place + 2])]


def _hangs(text: str, language: str | None) -> bool:
    """True for an item that is part of a sentence: no denial and no subject of its own."""
    if len(text) > _ITEM:
        return False
    lists = load_lexicon(language or "en").lists
    words = plain_words(fold(text.replace("’", "'")).replace("n't", "not "))
    own = set(words[:1]) & (lists["vendor"] | _READER)
    return bool(words) and not own and not set(words) & (lists["negation"] - lists["exception"] - _NO_DENIAL)


def _last(text: str, language: str | None) -> str:
    """The last sentence of a lead-in: that is the one an item goes on."""
    parts = sentences(text, language)
    return parts[-1] if parts else text
