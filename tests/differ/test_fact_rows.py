"""Sentences by construction, in four languages: each states exactly the facts of its row."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.facts import document_of
from storage.model import FactType
from watcher.differ.facts import find_facts

LANGUAGES = ("de", "en", "fr", "nl")
FILES = sorted(Path(__file__).with_name("fact_rows").glob("*.txt"))
FIELDS: dict[FactType, tuple[str, ...]] = {
    FactType.RETENTION: ("subject", "period"),
    FactType.RECIPIENT: ("name",),
    FactType.TRANSFER: ("mechanism", "destination"),
    FactType.AI: ("statement",),
    FactType.CONTACT: ("role", "name", "email", "phone"),
    FactType.RIGHT: ("id",),
    FactType.LEGAL_BASIS: ("basis", "article"),
    FactType.SECURITY: (),
    FactType.NOTICE_PERIOD: ("of", "period", "days"),
    FactType.AUTHORITY: ("name",),
    FactType.GOVERNING_LAW: ("name",),
    FactType.DATA_CATEGORY: ("name",),
}


def _rows(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _misses(row: str) -> list[str]:
    """What is told besides the row's values, or missing; a line break is written as a backslash and an n."""
    language, kind, wanted, text = row.split(" ; ", 3)
    names = FIELDS[FactType(kind)]
    facts = find_facts(document_of({"id": "row", "text": text.replace("\\n", "\n")}, language))
    told = sorted("/".join(fact.get(name) or "" for name in names) for fact in facts if fact.type == kind)
    want = sorted(wanted.split("|")) if wanted != "-" else []
    if not names:  # a measure is told by its sentence: counted only
        want = [""] * len(want)
    return [] if told == want else [f"{text!r}: told {told}, not {want}"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_row_states_exactly_its_facts(path: Path, language: str) -> None:
    """The facts of one type in a sentence are those of its row, no more and no fewer."""
    rows = [row for row in _rows(path) if row.startswith(f"{language} ;")]
    assert len(rows) >= 10
    assert [miss for row in rows for miss in _misses(row)] == []
