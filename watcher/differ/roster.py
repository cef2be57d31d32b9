"""Which of the recipients that came, went or changed a clause may name: found by a word of it, not by trying each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from storage.model import Recipient, RecipientDelta
from watcher.differ.lexicon import first_word, plain_words
from watcher.differ.words import fold

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Roster:
    """The parties of a comparison by the first word of their names. Those without a letter or digit suit every text."""

    delta: RecipientDelta
    added: dict[str, list[int]] = field(init=False)
    removed: dict[str, list[int]] = field(init=False)
    changed: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "added", _by_word(self.delta.added, _name))
        object.__setattr__(self, "removed", _by_word(self.delta.removed, _name))
        object.__setattr__(self, "changed", _by_word(self.delta.changed, lambda change: change.name))

    def near(self, texts: Iterable[str | None]) -> RecipientDelta:
        """The part of the delta whose names begin with a word of one of the texts, in the same order."""
        if not (self.added or self.removed or self.changed):
            return self.delta
        words = _words(texts)
        return RecipientDelta(
            _picked(self.delta.added, self.added, words),
            _picked(self.delta.removed, self.removed, words),
            _picked(self.delta.changed, self.changed, words),
        )

    def came(self, before: str | None, after: str | None) -> list[str]:
        """The names of new parties that begin with a word of the new wording and with none of the old one."""
        if not self.added:
            return []
        known = set(_places(self.added, _words((before,))))
        return [self.delta.added[at].name for at in _places(self.added, _words((after,))) if at not in known]


def _name(recipient: Recipient) -> str:
    return recipient.name


def _by_word(entries: Sequence[T], name: Callable[[T], str]) -> dict[str, list[int]]:
    """Places of entries by the first folded word of their names."""
    index: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        index[first_word(fold(name(entry)))].append(place)
    return dict(index)


def _words(texts: Iterable[str | None]) -> set[str]:
    """The folded words of texts, and the empty one."""
    return {""}.union(*[plain_words(fold(text)) for text in texts if text])


def _picked(entries: tuple[T, ...], index: dict[str, list[int]], words: set[str]) -> tuple[T, ...]:
    """The entries that stand in an index under one of the words, in their order."""
    return tuple([entries[place] for place in _places(index, words)])


def _places(index: dict[str, list[int]], words: set[str]) -> list[int]:
    """The places that stand in an index under one of the words, rising."""
    return sorted(place for word in index.keys() & words for place in index[word])
