"""The policies that the pages of this folder carry: four languages, 1,500 words each, tables and lists among them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

from bench.policy_text import Line, read_lines

_TEXTS = Path(__file__).parent / "texts"
_POLICIES = Path(__file__).resolve().parents[2] / "differ" / "policies"
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level (`None` before the first) and what stands below it."""

    heading: Line | None
    lines: tuple[Line, ...]


@cache
def policy(language: str) -> tuple[Line, ...]:
    """The lines of the policy in one language; the first is its title."""
    parts = (_POLICIES / f"{language}.md", _TEXTS / f"annex_{language}.md")
    return tuple(read_lines("\n".join(part.read_text(encoding="utf-8") for part in parts)))


def sections(lines: Sequence[Line]) -> Iterator[Section]:
    """The lines by their headings of the second level."""
    groups: list[tuple[Line | None, list[Line]]] = [(None, [])]
    for line in lines:
        if line.kind == "heading" and line.level == 2:
            groups.append((line, []))
        else:
            groups[-1][1].append(line)
    return (Section(heading, tuple(found)) for heading, found in groups if heading or found)


def plain(text: str) -> str:
    """A line without the marks of links and of bold."""
    return _LINK.sub(r"\1", text).replace("**", "")


def words(texts: Sequence[str]) -> list[str]:
    """All words and numbers in order."""
    return [word for text in texts for word in _WORD.findall(text.lower())]


def expected(lines: Sequence[Line]) -> list[str]:
    """What a reader of the lines reads."""
    return words([plain(line.text) for line in lines])


def all_edits(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with one word altered in a sentence, an item, a cell, a heading, the last row and the last line.

    Another number, too: thirty days become ninety.
    """
    places = {len(lines) - 1, max(place for place, line in enumerate(lines) if line.kind == "row")}
    for kind in ("para", "item", "row", "heading"):
        found = [place for place, line in enumerate(lines) if line.kind == kind and place]
        places.add(found[len(found) // 2])
    altered = [_altered(line) if place in places else line for place, line in enumerate(lines)]
    days = next(place for place, line in enumerate(altered) if re.search(r"\b30\b", line.text))
    altered[days] = replace(altered[days], text=re.sub(r"\b30\b", "90", altered[days].text, count=1))
    return tuple(altered)


def _altered(line: Line) -> Line:
    return replace(line, text=re.sub(r"([^\W\d_]{3,})", r"\1x", line.text, count=1))


def runs(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Neighbouring lines that share a list, a table or a list of definitions; others one by one, with the kind ""."""
    shared = {"row": "table", "head": "table", "term": "dl", "definition": "dl", "item": "ul", "number": "ol"}
    for name, group in groupby(lines, key=lambda line: shared.get(line.kind, "")):
        if name:
            yield name, list(group)
        else:
            yield from (("", [line]) for line in group)
