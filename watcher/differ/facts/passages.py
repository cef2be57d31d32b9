"""A document as the families of facts read it: sentences with their place, their label and what they may be about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from storage.model import Block, BlockKind, Document, Fact, FactType
from watcher.differ.facts.phrases import Lexicon, lexicon
from watcher.differ.leads import denying_leads
from watcher.differ.sentences import sentences

LABEL = re.compile(r"(?P<label>[^:.;!?]{2,60}?)(?:\s?:\s+|\s+[–—-]\s+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence; of a table row: a sentence of one cell.

    `label` is what stands before it: "Backups: ...", or a first cell.
    `section` is the innermost heading in lower case, `column` the name of the cell's column in lower case. `denied`
    tells that it is an item below words that deny what it says ("We do not:").
    """

    index: int
    block: Block
    text: str
    lower: str
    families: frozenset[str]
    label: str
    section: str
    column: str = ""
    first: bool = True
    denied: bool = False

    @property
    def paired(self) -> bool:
        """True for a cell beside the cell that names it, in a table without a row of headings ("Purpose | Permits")."""
        return self.block.kind is BlockKind.TABLE_ROW and not self.column and self.text != self.label

    def fact(self, kind: FactType, quote: str | None = None, **values: str | None) -> tuple[int, Fact]:
        """A fact that is read from this passage, with the place of its block for ordering."""
        return self.index, Fact.of(kind, quote=quote or self.text, section=self.block.path, **values)


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with its passages and the phrases of its languages; `places` says which are those of a block."""

    document: Document
    phrases: Lexicon
    passages: tuple[Passage, ...]
    places: Mapping[int, tuple[int, int]]

    def of_block(self, block: Block) -> tuple[Passage, ...]:
        """The passages of one of the document's blocks."""
        start, end = self.places.get(id(block), (0, 0))
        return self.passages[start:end]


Found = Iterator[tuple[int, Fact]]


def read(document: Document) -> Reading:
    """Split a document into passages."""
    phrases = lexicon(document.language)
    passages: list[Passage] = []
    places: dict[int, tuple[int, int]] = {}
    denied = denying_leads(document.blocks, document.language)
    for index, block in enumerate(document.blocks):
        if block.kind is not BlockKind.HEADING:
            start = len(passages)
            passages.extend(_passages(index, block, phrases, document.language, denied=index in denied))
            places[id(block)] = start, len(passages)
    return Reading(document, phrases, tuple(passages), places)


@lru_cache(maxsize=4096)
def speaks(pattern: re.Pattern[str], heading: str) -> bool:
    """True when a heading has one of a pattern's phrases; asked again for each sentence under it."""
    return bool(pattern.search(heading))


def lowered(text: str) -> str:
    """A text in lower case, letter for letter in the same places."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _passages(index: int, block: Block, phrases: Lexicon, language: str | None, *, denied: bool) -> Iterator[Passage]:
    section = block.path[-1].lower() if block.path else ""
    if block.kind is BlockKind.TABLE_ROW and block.cells:
        if all(cell.column == cell.text for cell in block.cells):
            return
        label = block.cells[0].text
        for cell in block.cells:
            for number, sentence in enumerate(sentences(cell.text, language)):
                lower = lowered(sentence)
                families = phrases.cues.families(f"{lower} {cell.column.lower()}")
                yield Passage(index, block, sentence, lower, families, label, section, cell.column.lower(), number == 0)
        return
    match = LABEL.match(block.text)
    label = match["label"].strip() if match else ""
    for number, sentence in enumerate(sentences(block.text, language)):
        lower = lowered(sentence)
        families = phrases.cues.families(lower)
        yield Passage(index, block, sentence, lower, families, label, section, "", number == 0, denied)
