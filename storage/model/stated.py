"""What the versions of all sources state: the question and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from storage.model.ids import DocumentType, FactType
from storage.model.meaning import Fact


@dataclass(frozen=True, slots=True)
class FactQuery:
    """Which stated facts are asked for; empty and None mean "any".

    Without `history` only what each source states now, or stated at the moment `at`. `word` must stand in the typed
    fields, in ASCII and whatever its case.
    """

    types: tuple[FactType, ...] = ()
    source_id: str | None = None
    vendor: str | None = None
    at: datetime | None = None
    history: bool = False
    word: str | None = None


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact with the version that states it; the version stood from `first_seen` to `last_seen` at least."""

    source_id: str
    vendor: str
    document: DocumentType
    version: int
    first_seen: datetime
    last_seen: datetime
    fact: Fact
