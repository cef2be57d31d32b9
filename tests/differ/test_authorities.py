"""Which supervisory authority a document names: by its name, by its nation or its place, and never "an authority"."""

from __future__ import annotations

import pytest
from differ_samples import block, document

from storage.model import FactType
from watcher.differ.facts import find_facts

NOBODY = [
    ("en", "You can complain to a supervisory authority."),
    ("en", "You may lodge a complaint with your local data protection authority."),
    ("en", 'The competent Supervisory Authority (the "Authority") may ask for records.'),
    ("nl", "U kunt een klacht indienen bij een toezichthoudende autoriteit."),
    ("nl", "U kunt ook terecht bij de toezichthouder van uw woonplaats."),
    ("de", "Sie haben das Recht, sich bei einer Aufsichtsbehörde zu beschweren."),
    ("de", "Zuständig ist die Aufsichtsbehörde Ihres Wohnorts."),
    ("de", "Sie können sich an die zuständige Datenschutzbehörde wenden."),
    ("fr", "Vous pouvez introduire une réclamation auprès d'une autorité de contrôle."),
    ("fr", "Adressez-vous à votre autorité de protection des données."),
]
NAMED = [
    ("en", "You can complain to the Dutch data protection authority.", "Dutch data protection authority"),
    ("en", "The Data Protection Authority in Brussels handles complaints.", "Data Protection Authority"),
    ("en", "Complain to the supervisory authority of Ireland.", "supervisory authority of Ireland"),
    ("nl", "U kunt een klacht indienen bij de Autoriteit Persoonsgegevens.", "Autoriteit Persoonsgegevens"),
    ("nl", "Klachten gaan naar de toezichthoudende autoriteit in Zweden.", "toezichthoudende autoriteit in Zweden"),
    ("de", "Beschwerden nimmt die österreichische Datenschutzbehörde entgegen.", "österreichische Datenschutzbehörde"),
    ("de", "Zuständig ist die Aufsichtsbehörde des Landes Hessen.", "Aufsichtsbehörde des Landes Hessen"),
    ("fr", "Adressez-vous à l'Autorité de protection des données.", "Autorité de protection des données"),
]


def authorities(text: str, language: str) -> list[str | None]:
    """The names of the authorities that a text names."""
    facts = find_facts(document([block(text)], language))
    return [fact.get("name") for fact in facts if fact.type is FactType.AUTHORITY]


@pytest.mark.parametrize(("language", "text"), NOBODY)
def test_what_any_authority_is_called_is_no_name(language: str, text: str) -> None:
    """Words for whatever authority is competent name none, in four languages."""
    assert authorities(text, language) == []


@pytest.mark.parametrize(("language", "text", "name"), NAMED)
def test_a_nation_a_place_or_a_title_makes_a_name(language: str, text: str, name: str) -> None:
    """An authority is known by its own name, by its country or Land, or by the capitals of its title."""
    (found,) = authorities(text, language)
    assert name in (found or "")
