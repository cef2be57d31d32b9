"""What the changed words of one clause are: net words, numbers, names, periods and the words that carry meaning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from storage.model import Span
from watcher.differ.lexicon import Lexicon, plain_words
from watcher.differ.periods import Period, find_periods
from watcher.differ.pieces import Piece
from watcher.differ.sentences import sentences
from watcher.differ.words import fold, fold_word, token_kind, tokens, word_spans

_NUMBERLIKE = frozenset({"number", "date", "phone"})
_ADDRESSES = frozenset({"mail", "url", "phone"})


@dataclass(frozen=True)
class Evidence:
    """A piece with all that rules ask about it; everything is worked out once, at its first use.

    `gone` and `came` are the folded words that the clause lost and gained on balance: a word that only changed its
    place inside the clause is in neither.
    """

    piece: Piece
    lexicon: Lexicon
    language: str | None
    spans: tuple[Span, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spans", word_spans(self.piece.before, self.piece.after))

    @cached_property
    def before(self) -> list[str]:
        """The tokens of the old wording, without blanks and marks."""
        return _solid(self.piece.before)

    @cached_property
    def after(self) -> list[str]:
        """The tokens of the new wording, without blanks and marks."""
        return _solid(self.piece.after)

    @cached_property
    def gone(self) -> Counter[str]:
        """The folded words that the clause lost."""
        return Counter(map(fold_word, self.before)) - Counter(map(fold_word, self.after))

    @cached_property
    def came(self) -> Counter[str]:
        """The folded words that the clause gained."""
        return Counter(map(fold_word, self.after)) - Counter(map(fold_word, self.before))

    @cached_property
    def deleted(self) -> str:
        """The deleted words, as they stand."""
        return " ".join(span.text for span in self.spans if span.op == "delete").strip()

    @cached_property
    def inserted(self) -> str:
        """The inserted words, as they stand."""
        return " ".join(span.text for span in self.spans if span.op == "insert").strip()

    @cached_property
    def changed(self) -> str:
        """All words that differ, as they stand: what the topic is read from first."""
        return f"{self.deleted} {self.inserted}".strip()

    @cached_property
    def clause(self) -> str:
        """The sentences that differ, of both wordings: what the changed words are read in."""
        return f"{self.fresh} {self.stale}".strip() or self.piece.text

    @cached_property
    def fresh(self) -> str:
        """The sentences that only the new wording has."""
        was = set(sentences(self.piece.before or "", self.language))
        return " ".join(text for text in sentences(self.piece.after or "", self.language) if text not in was)

    @cached_property
    def stale(self) -> str:
        """The sentences that only the old wording has."""
        now = set(sentences(self.piece.after or "", self.language))
        return " ".join(text for text in sentences(self.piece.before or "", self.language) if text not in now)

    @cached_property
    def periods(self) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
        """The periods that only the old wording states, and those that only the new one states."""
        was = find_periods(self.piece.before or "", self.language)
        now = find_periods(self.piece.after or "", self.language)
        return _net(was, now), _net(now, was)

    @cached_property
    def numbers(self) -> tuple[Counter[str], Counter[str]]:
        """The numbers, dates and phone numbers that went and came."""
        return _of_kind(self.gone, _NUMBERLIKE), _of_kind(self.came, _NUMBERLIKE)

    @cached_property
    def addresses(self) -> tuple[Counter[str], Counter[str]]:
        """The mail addresses, links and phone numbers that went and came."""
        return _of_kind(self.gone, _ADDRESSES), _of_kind(self.came, _ADDRESSES)

    def lost(self, name: str) -> set[str]:
        """Words of a word list that the clause lost."""
        return _listed(self.gone, self.lexicon.lists[name])

    def gained(self, name: str) -> set[str]:
        """Words of a word list that the clause gained."""
        return _listed(self.came, self.lexicon.lists[name])

    def speaks(self, name: str, side: str) -> bool:
        """True when the deleted or inserted words hold a term of a list, taken as the start of a word."""
        return starts_in(side, self.lexicon.lists[name])


def starts_in(text: str, terms: Iterable[str]) -> bool:
    """True when a term (one word or several) stands in a text at the start of a word."""
    padded = _padded(text)
    return any(term in padded for term in _starts(tuple(terms)))


def holds(text: str, terms: Iterable[str]) -> bool:
    """True when a term (one word or several) stands in a text as whole words."""
    padded = _padded(text)
    return any(f"{term} " in padded for term in _starts(tuple(terms)))


@lru_cache(maxsize=1024)
def _starts(terms: tuple[str, ...]) -> tuple[str, ...]:
    """Terms as they are looked for: a blank before each, one between words."""
    return tuple(" " + " ".join(plain_words(fold(term))) for term in terms)


@lru_cache(maxsize=256)
def _padded(text: str) -> str:
    """The folded words of a text, framed and parted by one blank."""
    return f" {' '.join(plain_words(fold(text)))} "


def _solid(text: str | None) -> list[str]:
    """The tokens of a text that are neither blanks nor marks."""
    return [token for token in tokens(text or "") if token_kind(token) not in {"space", "other"}]


def _net(these: tuple[Period, ...], those: tuple[Period, ...]) -> tuple[Period, ...]:
    """The periods of one side that the other does not state, by length."""
    rest = Counter(round(period.days, 2) for period in those)
    found = []
    for period in these:
        length = round(period.days, 2)
        if rest[length]:
            rest[length] -= 1
        else:
            found.append(period)
    return tuple(found)


def _of_kind(words: Counter[str], kinds: frozenset[str]) -> Counter[str]:
    """The words whose token is of one of the kinds."""
    return Counter({word: count for word, count in words.items() if not word.isalpha() and token_kind(word) in kinds})


def _listed(words: Counter[str], listed: frozenset[str]) -> set[str]:
    """The words that a list holds whole."""
    return {word for word in words if word in listed}
