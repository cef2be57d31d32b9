"""Which of the recipients that came, went or changed a clause may name: found by a word of it, not by trying each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from storage.model import Recipient, RecipientDelta
from watcher.differ.lexicon import plain_words
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
        words = {"", *(word for text in texts if text for word in plain_words(fold(text)))}
        return RecipientDelta(
            _picked(self.delta.added, self.added, words),
            _picked(self.delta.removed, self.removed, words),
            _picked(self.delta.changed, self.changed, words),
        )


def _name(recipient: Recipient) -> str:
    return recipient.name


def _by_word(entries: Sequence[T], name: Callable[[T], str]) -> dict[str, list[int]]:
    """Places of entries by the first folded word of their names."""
    index: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        index[next(iter(plain_words(fold(name(entry)))), "")].append(place)
    return dict(index)


def _picked(entries: tuple[T, ...], index: dict[str, list[int]], words: set[str]) -> tuple[T, ...]:
    """The entries that stand in an index under one of the words, in their order."""
    few, many = (index, words) if len(index) < len(words) else (words, index)
    return tuple(entries[place] for place in sorted(place for word in few if word in many for place in index[word]))
