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


REGISTERS = {
    "en": "Controller|Borough of Elm; Categories of data|Name, address, phone number; Recipients|Quillon Maps Ltd;"
    "Retention|10 years; Breach notification|Within 24 hours; Governing law|Irish law; Legal basis|Public task",
    "nl": "Verwerkingsverantwoordelijke|Gemeente Elmsdorp; Categorieën persoonsgegevens|Naam, adres, telefoonnummer;"
    "Ontvangers|Quillon Kaarten B.V. (hosting); Bewaartermijn|10 jaar; Melding van datalekken|Binnen 24 uur;"
    "Toepasselijk recht|Nederlands recht; Grondslag|Publieke taak",
    "de": "Verantwortlicher|Stadt Elmsdorf; Datenkategorien|Name, Anschrift, Telefonnummer;"
    "Empfänger|Quillon Karten GmbH; Speicherdauer|10 Jahre; Meldung von Datenpannen|Innerhalb von 24 Stunden;"
    "Anwendbares Recht|Deutsches Recht;"
    "Rechtsgrundlage|Öffentliche Aufgabe",
    "fr": "Responsable du traitement|Ville d'Elmsbourg; Catégories de données|Nom, adresse, numéro de téléphone;"
    "Destinataires|Quillon Cartes SAS; Durée de conservation|10 ans;"
    "Notification des violations de données|Sous 24 heures; Droit applicable|Droit belge; Base légale|Service public",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_labels_states_what_its_cells_say(language: str) -> None:
    """In a register's table without a row of headings each cell is read by the one beside it."""
    rows = (row.strip().split("|") for row in REGISTERS[language].split(";"))
    html = "".join(f"<tr><th>{label}</th><td>{told}</td></tr>" for label, told in rows)
    facts = find_facts(document_of({"id": "register", "html": f"<table>{html}</table>"}, language))
    assert {fact.type for fact in facts} == {
        FactType.CONTACT, FactType.DATA_CATEGORY, FactType.RECIPIENT, FactType.RETENTION, FactType.NOTICE_PERIOD,
        FactType.GOVERNING_LAW, FactType.LEGAL_BASIS,
    }  # fmt: skip
    told = {fact.type: dict(fact.fields) for fact in facts}
    assert told[FactType.RETENTION]["period"] == "P10Y"
    assert told[FactType.NOTICE_PERIOD] == {"of": "breach", "period": "PT24H", "days": "calendar"}
    assert told[FactType.LEGAL_BASIS]["basis"] == "public-task"
    assert sum(fact.type is FactType.DATA_CATEGORY for fact in facts) == 3
