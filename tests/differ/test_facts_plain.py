"""Facts that a text states in everyday words: lines of data, rows of periods, questions to the reader."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench.facts import document_of, samples
from storage.model import FactType
from watcher.differ.facts import find_facts

_PLAIN = Path(__file__).with_name("fact_plain")


@pytest.mark.parametrize("kind", sorted(FactType))
def test_plain_passages_are_read_without_a_miss(kind: FactType) -> None:
    """Whatever the passages state of a kind is told, in all four languages, and nothing besides."""
    misses = [miss for (_, own), score in samples(_PLAIN, held=False).items() if own is kind for miss in score.misses]
    assert misses == []


def test_every_plain_passage_is_labelled_once() -> None:
    """The identifiers of the passages differ, so that a miss names its passage."""
    ids = [one["id"] for path in _PLAIN.glob("*.toml") for one in tomllib.loads(path.read_text("utf-8"))["passage"]]
    assert len(ids) == len(set(ids)) > 90


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Delivery: 3 days. Returns: 30 days. Warranty: two years."),
        ("nl", "Levering: 3 dagen. Retour: 30 dagen. Garantie: twee jaar."),
        ("de", "Lieferung: 3 Tage. Rückgabe: 30 Tage. Gewährleistung: zwei Jahre."),
        ("fr", "Livraison : 3 jours. Retour : 30 jours. Garantie : deux ans."),
        ("en", "A quarter of the members pays yearly. The first quarter was good."),
    ],
)
def test_lines_of_a_contract_keep_nothing(language: str, text: str) -> None:
    """A line with a period that speaks of no data states no retention."""
    facts = find_facts(document_of({"id": "x", "text": text}, language))
    assert not [fact for fact in facts if fact.type is FactType.RETENTION]


@pytest.mark.parametrize(
    ("language", "text", "rights"),
    [
        ("en", "You can ask us not to use your data for a while.", {"restriction"}),
        ("nl", "Je mag ons vragen om je gegevens een tijdje niet te gebruiken.", {"restriction"}),
        ("en", "Others are not able to see your details.", set()),
        ("en", "Some data is deleted automatically.", set()),
    ],
)
def test_a_pause_is_no_objection(language: str, text: str, rights: set[str]) -> None:
    """A use that stops for a time is a restriction; what merely happens to data is no right."""
    facts = find_facts(document_of({"id": "x", "text": text}, language))
    assert {fact.get("id") for fact in facts if fact.type is FactType.RIGHT} == rights


@pytest.mark.parametrize(
    ("language", "column", "kept", "period"),
    [
        ("nl", "Hoelang", "7 jaar", "P7Y"),
        ("nl", "Weg na", "12 maanden", "P12M"),
        ("nl", "Tot wanneer", "3 jaar na vertrek", "P3Y"),
        ("de", "Gelöscht nach", "10 Jahren", "P10Y"),
        ("de", "Bis wann", "6 Monate nach Austritt", "P6M"),
        ("en", "How long", "7 years", "P7Y"),
        ("en", "Kept until", "two years after the sale", "P2Y"),
        ("fr", "Combien de temps", "10 ans", "P10Y"),
    ],
)
def test_a_column_that_says_how_long_states_periods(language: str, column: str, kept: str, period: str) -> None:
    """Whatever the column of periods is called, its cells are of what the first cell names."""
    text = f"| Wat | {column} |\n| --- | --- |\n| Badges | {kept} |"
    facts = find_facts(document_of({"id": "x", "text": text}, language))
    told = [(fact.get("subject"), fact.get("period")) for fact in facts if fact.type is FactType.RETENTION]
    assert told == [("Badges", period)]
