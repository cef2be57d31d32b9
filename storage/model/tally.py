"""How many changes there are, counted by day or by source: what an overview shows without reading the changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.model.ids import Severity


class TallyBy(StrEnum):
    """What changes are counted by: the UTC day on which they were first seen, or their source."""

    DAY = "day"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Tally:
    """So many changes of one severity. `key` is the day ("2026-05-01") or the id of the source, `last` the newest."""

    key: str
    severity: Severity
    count: int
    last: datetime
