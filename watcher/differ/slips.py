"""Runs of words that come or go without saying anything: words written twice, the document's own name before a term."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.differ.lexicon import plain_words
from watcher.differ.surroundings import Surroundings
from watcher.differ.words import fold, words_of

# A name that stands so often in a document before and after is its own.
_OWN = 10


def repeats(run: Sequence[str], left: str, right: str) -> bool:
    """True when the folded words of a run stand right before it or behind it too ("contact us contact us")."""
    return bool(run) and list(run) in (words_of(left)[-len(run) :], words_of(right)[: len(run)])


def is_own_name(name: str, right: str, around: Surroundings) -> bool:
    """True for a name that both documents use throughout, where it stands before a term with a capital."""
    bare = " ".join(plain_words(fold(name)))
    if not bare or not all(word[:1].isupper() for word in name.split()) or not right.lstrip()[:1].isupper():
        return False
    return all(text.count(f" {bare} ") >= _OWN for text in (around.old_text, around.new_text))
