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
from watcher.differ.words import fold, fold_word, token_kind, tokens, word_spans, words_of

_NUMBERLIKE = frozenset({"number", "date", "phone"})
# A sentence that keeps this share of the words of the shorter wording was put in other words, not replaced.
_REWORDED = 0.4
# More pairs of sentences than this are not weighed against each other.
_PAIRS = 900
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
        return " ".join(self._fresh_sentences)

    @cached_property
    def stale(self) -> str:
        """The sentences that only the old wording has."""
        return " ".join(self._stale_sentences)

    @cached_property
    def reworded(self) -> tuple[tuple[str, str], ...]:
        """The sentences that were put in other words, old with new; a lone sentence on each side is always a pair."""
        was = list(self._stale_sentences)
        now = list(self._fresh_sentences)
        if len(was) == len(now) == 1:
            return ((was[0], now[0]),)
        if len(was) * len(now) > _PAIRS:
            return ()
        bags = {text: Counter(words_of(text)) for text in (*was, *now)}
        ranked = sorted(
            ((_shared(bags[one], bags[other]), one, other) for one in was for other in now), key=lambda pair: -pair[0]
        )
        pairs: list[tuple[str, str]] = []
        for share, one, other in ranked:
            if share >= _REWORDED and one in was and other in now:
                was.remove(one)
                now.remove(other)
                pairs.append((one, other))
        return tuple(pairs)

    @cached_property
    def dropped(self) -> tuple[str, ...]:
        """The sentences that are gone, without those that were put in other words."""
        kept = {one for one, _ in self.reworded}
        return tuple(text for text in self._stale_sentences if text not in kept)

    @cached_property
    def brought(self) -> tuple[str, ...]:
        """The sentences that are new, without those that were put in other words."""
        kept = {other for _, other in self.reworded}
        return tuple(text for text in self._fresh_sentences if text not in kept)

    def exchanged(self, name: str) -> tuple[set[str], set[str]]:
        """Words of a list that sentences lost and gained in being reworded; of the whole clause when none pair up.

        None where sentences only went or only came: what those said is no word taken out of another sentence.
        """
        if not self._fresh_sentences or not self._stale_sentences:
            return set(), set()
        if not self.reworded:
            return self.lost(name), self.gained(name)
        was = Counter(word for one, _ in self.reworded for word in words_of(one))
        now = Counter(word for _, other in self.reworded for word in words_of(other))
        listed = self.lexicon.lists[name]
        return _listed(was - now, listed), _listed(now - was, listed)

    @cached_property
    def _fresh_sentences(self) -> tuple[str, ...]:
        was = set(sentences(self.piece.before or "", self.language))
        return tuple(text for text in sentences(self.piece.after or "", self.language) if text not in was)

    @cached_property
    def _stale_sentences(self) -> tuple[str, ...]:
        now = set(sentences(self.piece.after or "", self.language))
        return tuple(text for text in sentences(self.piece.before or "", self.language) if text not in now)

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
    padded = framed_words(text)
    return any(term in padded for term in _starts(tuple(terms)))


def holds(text: str, terms: Iterable[str]) -> bool:
    """True when a term (one word or several) stands in a text as whole words."""
    padded = framed_words(text)
    return any(f"{term.rstrip()} " in padded for term in _starts(tuple(terms)))


@lru_cache(maxsize=1024)
def _starts(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(framed_term, terms))


def framed_term(term: str) -> str:
    """A term as it is looked for in framed words: a blank before it and between its words, one behind a final "$"."""
    return f" {' '.join(plain_words(fold(term)))}{' ' if term.endswith('$') else ''}"


@lru_cache(maxsize=512)
def framed_words(text: str) -> str:
    """The folded words of a text, framed and parted by one blank."""
    return f" {' '.join(plain_words(fold(text)))} "


def _solid(text: str | None) -> list[str]:
    """The tokens of a text that are neither blanks nor marks."""
    return [token for token in tokens(text or "") if token_kind(token) not in {"space", "other"}]


def _shared(one: Counter[str], other: Counter[str]) -> float:
    """The share of the shorter bag of words that the other holds too."""
    return (one & other).total() / max(1, min(one.total(), other.total()))


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
