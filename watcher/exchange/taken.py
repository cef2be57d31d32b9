"""What is taken over from another program: sources as tables of `sources.toml`, and notes on what could not be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not taken over as it was. `lost` means that a whole source is missing for it."""

    place: str
    text: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Sources with the keys of `[[source]]`, each known to load, ids and pages all different; and the notes."""

    entries: tuple[Entry, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """One source as it was read: what is missing of id, vendor and document is made from the address and `title`.

    `place` names it in notes. An empty entry is no source; its notes say why.
    """

    place: str
    entry: Entry
    notes: tuple[Note, ...] = ()
