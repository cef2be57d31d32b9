"""What a number or a period of a sentence is of, and whether more of it is better or worse for the reader.

The kinds stand in lexicon/signs.toml: a longer time to answer a request is worse, a longer notice is better.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from storage.model import Topic
from watcher.differ.evidence import starts_in
from watcher.differ.lexicon import LANGUAGES
from watcher.differ.rules.signs import FILE


@dataclass(frozen=True, slots=True)
class Quantity:
    """A kind of quantity; `sign` is 1 when more is better for the reader, -1 when more is worse."""

    name: str
    sign: int
    grave: bool
    of: str
    within: frozenset[Topic]
    words: Mapping[str, frozenset[str]]


def quantity(sentence: str, of: str, language: str, topics: Collection[Topic]) -> Quantity | None:
    """The kind of the quantities of a sentence; `of` is "period" or "number". None when nothing tells."""
    tongue = language if language in LANGUAGES else "en"
    for kind in load_quantities():
        fits = kind.of in {of, "both"} and kind.within & set(topics)
        if fits and starts_in(sentence, kind.words[tongue]):
            return kind
    return None


@cache
def load_quantities() -> tuple[Quantity, ...]:
    """All kinds of quantity in the order in which they are asked."""
    tables = tomllib.loads(FILE.read_text("utf-8"))["quantity"]
    return tuple(
        Quantity(
            name,
            1 if table["bigger"] == "better" else -1,
            table["grave"],
            table["of"],
            frozenset(map(Topic, table["within"])),
            {language: frozenset(table["one"][language]) for language in LANGUAGES},
        )
        for name, table in tables.items()
    )
