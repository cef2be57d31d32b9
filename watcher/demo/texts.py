"""The notation of the sample texts: one block a line, marked with the editions it stands in.

    # title          ## heading          - list item          | table | row |          @ name | term: value | …
    {2} in the second edition, {2+} from the second on, {-2} up to the second; without a mark in all of them

Everything else is a paragraph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from watcher.demo.story import PAGES

_MARK = re.compile(r"\{(-?)(\d)(\+?)\}")
_KINDS = {"- ": "list", "| ": "table", "@ ": "grid"}


@dataclass(slots=True)
class Run:
    """Neighbouring blocks of one kind: "prose", "list", "table" or "grid". Each row is a list of cells."""

    kind: str
    rows: list[list[Any]] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """A heading ("" before the first) and what stands under it."""

    heading: str
    runs: list[Run] = field(default_factory=list)


@lru_cache(maxsize=64)
def read_text(vendor: str, edition: int) -> tuple[str, tuple[Part, ...]]:
    """The title and the parts of one edition of a vendor's text."""
    title, parts = "", [Part("")]
    for line in (PAGES / f"{vendor}.txt").read_text(encoding="utf-8").splitlines():
        text = _standing(line, edition)
        if not text:
            continue
        if text.startswith("# "):
            title = text[2:]
        elif text.startswith("## "):
            parts.append(Part(text[3:]))
        else:
            kind = _KINDS.get(text[:2], "prose")
            runs = parts[-1].runs
            if not runs or runs[-1].kind != kind:
                runs.append(Run(kind))
            runs[-1].rows.append(_cells(kind, text))
    return title, tuple(parts)


def _standing(line: str, edition: int) -> str:
    """The line without its mark, "" where it does not stand in this edition."""
    mark = _MARK.match(line)
    if mark is None:
        return line.strip()
    number = int(mark[2])
    stands = edition <= number if mark[1] else edition >= number if mark[3] else edition == number
    return line[mark.end() :].strip() if stands else ""


def _cells(kind: str, text: str) -> list[Any]:
    if kind == "prose":
        return [text]
    cells = [cell.strip() for cell in text[2:].strip(" |").split(" | ")]
    if kind == "grid":
        return [cells[0], *(cell.split(": ", 1) for cell in cells[1:])]
    return cells
