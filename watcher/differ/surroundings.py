"""What a comparison knows beyond one clause: both documents as plain words and as sentences, worked out when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from storage.model import Block, Document
from watcher.differ.acronyms import short_names
from watcher.differ.lexicon import plain_words
from watcher.differ.sentences import sentences
from watcher.differ.weighing import document_kinds
from watcher.differ.words import fold

# To look a run of words up in a longer text than this costs more than to know its words.
_LONG = 200_000


@dataclass(frozen=True)
class Surroundings:
    """What the whole comparison knows and one clause cannot: names replaced throughout, and the texts that stand.

    A text are the folded words of a whole document, framed and parted by one blank. Sentences and blocks of a document
    are folded in the same way. `labels` are short texts that came or went again and
    again, folded. `few` is False when there are very many changes.
    """

    old: Document
    new: Document
    renamed: Mapping[str, str]
    labels: frozenset[str] = frozenset()
    few: bool = True

    @cached_property
    def old_text(self) -> str:
        """The words of the old document."""
        return _plain(self.old)

    @cached_property
    def new_text(self) -> str:
        """The words of the new document."""
        return _plain(self.new)

    @cached_property
    def short_names(self) -> Mapping[str, str]:
        """The names that either document shortens (acronyms.py)."""
        return short_names(block.text for document in (self.old, self.new) for block in document.blocks)

    @cached_property
    def old_sentences(self) -> Sayings:
        """What the old document says, sentence by sentence and block by block."""
        return Sayings(self.old, self.old_text)

    @cached_property
    def new_sentences(self) -> Sayings:
        """What the new document says, sentence by sentence and block by block."""
        return Sayings(self.new, self.new_text)

    @cached_property
    def _rows(self) -> frozenset[tuple[tuple[str, ...], str]]:
        """The table rows that stand in both documents, each with the headings above it."""
        was, now = (
            {(block.path, block.text) for block in document.blocks if block.cells} for document in (self.old, self.new)
        )
        return frozenset(was & now)

    def has_row(self, block: Block) -> bool:
        """True when a table row, the names of the columns included, stands in both documents under its headings."""
        return (block.path, block.text) in self._rows

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What kind of document the new one is, as marks that its topics are weighed by."""
        return document_kinds(self.new)

    def with_renames(self, renamed: Mapping[str, str]) -> Surroundings:
        """The same, knowing the names that were replaced; what was worked out already is kept."""
        other = replace(self, renamed=renamed)
        vars(other).update(vars(self) | {"renamed": renamed})
        return other

    def stays(self, words: Sequence[str]) -> bool:
        """True when a run of folded words that came or went stands in both documents, equally often."""
        if not self.may_stand(words):
            return False
        run = f" {' '.join(words)} "
        count = self.old_text.count(run)
        return count > 0 and count == self.new_text.count(run)

    def may_stand(self, words: Iterable[str]) -> bool:
        """False when the old document has not all of these words; of a short one they are looked for at once."""
        return len(self.old_text) < _LONG or self._old_words.issuperset(words)

    @cached_property
    def _old_words(self) -> frozenset[str]:
        """The different words of the old document."""
        return frozenset(self.old_text.split())


@dataclass(frozen=True)
class Sayings:
    """The folded sentences and blocks of a document; it is cut into them only when one may be found."""

    document: Document
    text: str

    def __contains__(self, words: str) -> bool:
        return f" {words} " in self.text and words in self._all

    @cached_property
    def _all(self) -> frozenset[str]:
        texts = {block.text for block in self.document.blocks}
        parts = {part for text in texts for part in sentences(text, self.document.language)}
        return frozenset(" ".join(plain_words(fold(text))) for text in texts | parts)


def _plain(document: Document) -> str:
    """The folded words of a document."""
    return f" {' '.join(plain_words(fold(' '.join(block.text for block in document.blocks))))} "
