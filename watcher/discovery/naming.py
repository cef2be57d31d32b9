"""What a name says: a title, a heading, the text of a link, the last part of an address."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from storage.model import DocumentType
from watcher.discovery.lexicon import Lexicon, TypeWords, fold, lexicon

# A name with more words of its own beside it is a sentence about a document ("We have changed our privacy policy …").
MOST_REST = 5
_LONGEST = 200
_ENDING = re.compile(r"\.(?:x?html?|php\d?|aspx?|jsp|pdf|docx?|txt|md)$", re.IGNORECASE)
_PARTS = re.compile(r"\s+[|•·»«:–—-]+\s+|[|•»«]")
_LOCALE = re.compile(r"(?!pp$)[a-z]{2}(?: [a-z]{2})?")
_EMPTY = frozenset({"index", "default", "home", "page", "pages", "node", "content", "v", "id"})


@dataclass(frozen=True, slots=True)
class Name:
    """What one name says.

    `type` is the kind of document that it names, None for none. `strong`: the name is that of a document, not a word
    that may mean it. `rest` counts the words that are neither part of it nor of the vendor's name nor fill words.
    `against`: a word makes it an article, a job, a product. `old`: it says that a newer one has taken its place. `hub`:
    it names a page that leads to documents.
    """

    type: DocumentType | None = None
    strong: bool = False
    rest: int = 0
    against: bool = False
    old: bool = False
    hub: bool = False

    @property
    def good(self) -> bool:
        """True for the name of a document and not much else."""
        return self.type is not None and not self.against and not self.old and self.rest <= MOST_REST * self.strong

    @property
    def weight(self) -> int:
        """How much it speaks for a document: 6 for a name alone, 3 for a mere word, 0 for none."""
        return (6 - self.rest if self.strong else 3) if self.good else 0


NO_NAME = Name()


def read_name(text: str, own: Collection[str] = ()) -> Name:
    """What a title or the text of a link says; `own` are the words of the vendor's name, folded. Pure."""
    folded = fold(text[:_LONGEST])
    words = lexicon()
    aged = words.aged.intersection(folded.split()).difference(own)
    old, against = bool(words.old.search(folded) or aged), bool(words.against.search(folded))
    hub = _bare(folded, own) in words.hubs or folded.strip() in words.hubs
    found = _named(folded, words)
    if found is not None:
        left = _rest(_without_names(folded, words), words, own)
        return Name(found.type, strong=True, rest=left, against=against, old=old, hub=hub)
    for kind in words.types.values():
        if kind.words.search(folded):
            left = _rest(_without_words(folded, words), words, own)
            beside = against or bool(words.beside.search(folded))
            return Name(kind.type, strong=False, rest=left, against=beside, old=old, hub=hub)
    return Name(against=against, old=old, hub=hub)


def read_title(text: str | None, own: Collection[str] = ()) -> Name:
    """The best that a title or one of its parts says ("Privacy policy | Example"); nothing for no title."""
    if not text:
        return Name()
    whole = read_name(text, own)
    if whole.good and whole.strong:
        return whole
    parts = [read_name(part, own) for part in _PARTS.split(text[:_LONGEST])]
    if parts[0].good and parts[0].strong and not parts[0].rest and not whole.old:
        return parts[0]
    best = max(parts, key=lambda name: name.weight)
    return best if best.weight and not whole.against and not whole.old else whole


def read_address(url: str, own: Collection[str] = ()) -> Name:
    """What the end of an address says: its last part, or the last two together (".../privacy/policy")."""
    parts = [part for part in path_words(url) if part.strip() and not _is_empty(part)]
    if not parts:
        return Name()
    last = read_name(parts[-1], own)
    if last.type is None and len(parts) > 1:
        both = read_name(" ".join(parts[-2:]), own)
        if both.strong or (last.hub and both.type):
            return both
    return last


def path_words(url: str) -> list[str]:
    """The parts of the path as words, without the ending of a file and without numbers."""
    path = unquote(urlsplit(url).path)
    return [re.sub(r"\d+", " ", fold(_ENDING.sub("", part))) for part in path.split("/") if part]


def _is_empty(part: str) -> bool:
    word = part.strip()
    return word in _EMPTY or word in lexicon().languages or _LOCALE.fullmatch(word) is not None


def _named(folded: str, words: Lexicon) -> TypeWords | None:
    """The type that a name is of: sub-processors and agreements before all, then the one that is named first."""
    found = [(kind, match.start()) for kind in words.types.values() if (match := kind.names.search(folded))]
    first = next((kind for kind, _ in found if kind.type in {DocumentType.SUBPROCESSORS, DocumentType.DPA}), None)
    return first or (min(found, key=lambda pair: pair[1])[0] if found else None)


def _without_names(folded: str, words: Lexicon) -> str:
    for kind in words.types.values():
        folded = kind.names.sub(" ", folded)
    return folded


def _without_words(folded: str, words: Lexicon) -> str:
    for kind in words.types.values():
        folded = kind.words.sub(" ", folded)
    return folded


def _rest(left: str, words: Lexicon, own: Collection[str]) -> int:
    return sum(
        len(word) > 1 and word not in words.fill and word not in own and not word.isdigit() for word in left.split()
    )


def _bare(folded: str, own: Collection[str]) -> str:
    fill = lexicon().fill - {"legal", "center", "centre", "information", "policy"}
    return " ".join(word for word in folded.split() if word not in own and word not in fill)
