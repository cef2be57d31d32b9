"""Typed facts of one clause: what stood before and stands now, in rows of tables and with titles and towns."""

from __future__ import annotations

import pytest

from bench.facts import document_of
from storage.model import Comparison, FactType, RecipientDelta
from watcher.differ import compare
from watcher.differ.facts import find_facts
from watcher.differ.recipients import recipient_delta

_MORE = (
    "\n\nWe are a small company in Ghent and this text tells how we handle data.\n\nAsk us at our desk in the hall.\n"
)


def _compared(old: str, new: str, language: str = "en") -> Comparison:
    left, right = (document_of({"id": "x", "text": text + _MORE}, language) for text in (old, new))
    return compare(left, right)


@pytest.mark.parametrize(
    ("language", "column", "subject", "old", "new", "periods"),
    [
        ("en", "Retention", "Chat logs", "30 days", "90 days", ("P30D", "P90D")),
        ("nl", "Bewaartermijn", "Chatberichten", "twee weken", "zes weken", ("P2W", "P6W")),
        ("de", "Speicherdauer", "Protokolle", "7 Tage", "72 Stunden", ("P7D", "PT72H")),
        ("fr", "Conservation", "Journaux", "un an", "six mois", ("P1Y", "P6M")),
    ],
)
def test_a_row_states_its_period_on_both_sides(
    language: str, column: str, subject: str, old: str, new: str, periods: tuple[str, str]
) -> None:
    """The cells of the old wording are read under their columns too: nothing is "not stated" before."""
    table = f"| Data | {column} |\n| --- | --- |\n| {subject} | {{}} |\n"
    (change,) = _compared(table.format(old), table.format(new), language).changes
    told = [fact for fact in change.facts if fact.type is FactType.RETENTION]
    assert [(fact.subject, fact.before, fact.after) for fact in told] == [(subject, *periods)]
    assert subject[1:] in change.summary


def test_the_entry_of_a_recipient_changes_as_one() -> None:
    """A row with another purpose is one typed change of that party, not one that went and one that came."""
    table = "Our sub-processors:\n\n| Name | Purpose | Location |\n| --- | --- | --- |\n| Alder Ltd | {} | Ireland |\n"
    (change,) = _compared(table.format("Hosting"), table.format("Analytics")).changes
    told = [fact for fact in change.facts if fact.type is FactType.RECIPIENT]
    assert [(fact.subject, fact.before, fact.after) for fact in told] == [
        ("Alder Ltd", "Alder Ltd, Hosting, Ireland", "Alder Ltd, Analytics, Ireland")
    ]


@pytest.mark.parametrize("form", ["", " B.V."])
def test_a_town_behind_a_name_is_its_place(form: str) -> None:
    """A list "Name, Town: purpose" that becomes a table with the same columns changes no recipient."""
    items = f"- Alder Clouds{form}, Cork: hosting of the app\n- Birch Mail{form}, Bremen: newsletters\n"
    old = f"Our sub-processors:\n\n{items}"
    new = (
        "Our sub-processors:\n\n| Name | Location | Purpose |\n| --- | --- | --- |\n"
        f"| Alder Clouds{form} | Cork | Hosting of the app |\n| Birch Mail{form} | Bremen | Newsletters |\n"
    )
    left, right = (document_of({"id": "x", "text": text + _MORE}, "en") for text in (old, new))
    delta = recipient_delta(left, right)
    assert delta == RecipientDelta((), (), ())


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("de", "Unsere Datenschutzbeauftragte ist Frau Dr. Pia Lindqvist, dsb@sample.example.", "Pia Lindqvist"),
        ("de", "Datenschutzbeauftragter: Herr Prof. Dr. Jan Ostermann, dsb@sample.example", "Jan Ostermann"),
        (
            "nl",
            "Onze functionaris gegevensbescherming is mevrouw mr. drs. Els van Damme (fg@sample.example).",
            "Els van Damme",
        ),
        ("en", "Our data protection officer is Prof. Dr. Ann Hill, dpo@sample.example.", "Ann Hill"),
    ],
)
def test_titles_are_no_part_of_a_name(language: str, text: str, name: str) -> None:
    """Several titles before a name neither cut it nor belong to it."""
    facts = find_facts(document_of({"id": "x", "text": text}, language))
    assert [fact.get("name") for fact in facts if fact.get("role") == "dpo"] == [name]
