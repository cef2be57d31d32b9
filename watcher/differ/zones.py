"""Where on a page a block stands: in the document, above its title, behind its end, or in a menu.

A page around a policy greets, sells and leads elsewhere. Position says most of it; what the words of such a block say
is asked in machinery.py. No meaning is read here but that a sentence surely speaks of a policy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from storage.model import Block, BlockKind
from watcher.differ.lexicon import plain_words
from watcher.differ.topics import sure_topic
from watcher.differ.words import fold

# A block with so many blanks is a sentence and no label.
_FULL = 12
# A title has at most so many words, and stands among the first blocks or in the first part of the page.
_TITLE = 10
_FIRST = 12
_PART = 0.25
# Above a title at most so many sentences may speak of a policy.
_SPOKEN = 1
# Nor may many sentences of any kind stand there: words that no list knows may be policy too.
_SAID = 2
# So many bare links in a row are a menu.
_MENU = 4
_LINKED = 0.8


class Zone(StrEnum):
    """Where a block stands.

    `PREFACE` is above the title, `HEAD` before the first sentence, `TAIL` behind the last one that surely speaks of a
    policy, `EDGE` behind the last sentence of any kind, `MENU` a row of links.
    """

    BODY = "body"
    HEAD = "head"
    EDGE = "edge"
    PREFACE = "preface"
    TAIL = "tail"
    MENU = "menu"


def zones(blocks: Sequence[Block], language: str | None) -> list[Zone]:
    """The zone of each block."""
    full = [place for place, block in enumerate(blocks) if block.text.count(" ") >= _FULL]
    found = [Zone.BODY] * len(blocks)
    if not full:
        # What stands behind the last row of a page of tables is no part of them.
        last = next((place for place in reversed(range(len(blocks))) if blocks[place].cells), len(blocks))
        return found[: last + 1] + [Zone.EDGE] * (len(blocks) - last - 1)
    title = _title(blocks, language)
    end = next((place for place in reversed(full) if sure_topic(blocks[place].text, language)), full[-1])
    for place in range(len(blocks)):
        if place < title:
            found[place] = Zone.PREFACE
        elif place < full[0]:
            found[place] = Zone.HEAD
        elif place > full[-1]:
            found[place] = Zone.EDGE
        elif place > end:
            found[place] = Zone.TAIL
    for place in _menus(blocks):
        if found[place] is Zone.BODY:
            found[place] = Zone.MENU
    for place in _menu_headings(blocks, full[-1]):
        found[place] = Zone.MENU
    return found


def page_hits(text: str, name: str) -> int:
    """How many terms of a list of `lexicon/page.toml` stand in a text, each at the start of a word."""
    padded = f" {' '.join(plain_words(fold(text)))} "
    return sum(term in padded for term in _terms()[name])


@cache
def page_terms(name: str) -> frozenset[str]:
    """The folded terms of a list of `lexicon/page.toml`, as they stand there."""
    return frozenset(fold(term) for term in _lists()[name])


@cache
def opening_notes() -> frozenset[str]:
    """The notes of links on how they open, as plain folded words."""
    return frozenset(" ".join(plain_words(term)) for term in page_terms("opens"))


@cache
def _lists() -> Mapping[str, tuple[str, ...]]:
    """The lists of the page's own words."""
    path = Path(__file__).parent / "lexicon" / "page.toml"
    return {name: tuple(terms) for name, terms in tomllib.loads(path.read_text("utf-8")).items()}


@cache
def _terms() -> Mapping[str, tuple[str, ...]]:
    """The lists of the page's own words, as they are looked for."""
    return {
        name: tuple(f" {' '.join(plain_words(fold(term)))}{' ' if term.endswith('$') else ''}" for term in terms)
        for name, terms in _lists().items()
    }


def _title(blocks: Sequence[Block], language: str | None) -> int:
    """The place of the document's title; 0 when there is none or when policy text stands above it."""
    early = range(min(len(blocks), max(_FIRST, int(len(blocks) * _PART))))
    top = [place for place in early if blocks[place].kind is BlockKind.HEADING and blocks[place].level == 1]
    named = [place for place in early if is_title(blocks[place])]
    title = next(iter([*(place for place in top if place in named), *top, *named]), 0)
    above = [block for block in blocks[:title] if not is_link(block)]
    spoken = sum(sure_topic(block.text, language) is not None for block in above)
    said = sum(block.text.count(" ") >= _FULL for block in above)
    return title if spoken <= _SPOKEN and said <= _SAID else 0


def is_title(block: Block) -> bool:
    """True for a short line that is no link and is called like a document of this kind."""
    text = block.text
    if block.kind not in {BlockKind.HEADING, BlockKind.PARAGRAPH} or text.endswith((".", ":", "?")) or is_link(block):
        return False
    return len(plain_words(text)) <= _TITLE and page_hits(text, "title") > 0


def is_link(block: Block) -> bool:
    """True for a block that is hardly anything but links."""
    linked = sum(len(link.text) for link in block.links)
    return bool(block.links) and not block.cells and linked >= _LINKED * len(block.text)


def _menu_headings(blocks: Sequence[Block], last: int) -> list[int]:
    """The places of headings behind the last sentence under which links stand and nothing else."""
    found = []
    linked: bool | None = None
    for place in range(len(blocks) - 1, last, -1):
        if blocks[place].kind is BlockKind.HEADING:
            found += [place] if linked else []
            linked = None
        else:
            linked = is_link(blocks[place]) and linked is not False
    return found


def _menus(blocks: Sequence[Block]) -> list[int]:
    """The places of bare links that stand in a row; labels may stand between them."""
    found: list[int] = []
    run: list[int] = []
    for place, block in enumerate([*blocks, None]):
        label = block is not None and block.text.count(" ") < _TITLE and block.text[-1:].isalnum()
        if block is not None and label and (is_link(block) or (run and block.kind is BlockKind.HEADING)):
            run.append(place)
            continue
        if sum(is_link(blocks[at]) for at in run) >= _MENU:
            found += [at for at in run if is_link(blocks[at])]
        run = []
    return found
