"""Contracts on processing: the vendor is the processor there, not the controller and not one of its own recipients."""

from __future__ import annotations

import pytest
from differ_samples import block, document

from storage.model import Block, BlockKind, FactType
from watcher.differ.facts import find_facts

CONTRACTS = {
    "en": (
        "Data Processing Agreement",
        'This agreement is made between Fernhill Software Ltd ("Processor") and the customer ("Controller").',
        "Fernhill Software Ltd shall notify the Controller without undue delay of a breach.",
    ),
    "en, we": (
        "Data Processing Addendum",
        'Fernhill Software Ltd ("Fernhill", "we") provides the service. The customer is the controller.',
        "Fernhill Software Ltd is the processor and keeps records of what it does.",
    ),
    "nl": (
        "Verwerkersovereenkomst",
        "Deze overeenkomst geldt tussen de Klant (Verwerkingsverantwoordelijke) en Varenwijk B.V. (Verwerker).",
        "Varenwijk B.V. verwerkt persoonsgegevens in opdracht van de verwerkingsverantwoordelijke.",
    ),
    "de": (
        "Vertrag über die Auftragsverarbeitung",
        'zwischen dem Kunden (nachfolgend "Verantwortlicher") und Farnberg GmbH (nachfolgend "Auftragsverarbeiter")',
        "Die Farnberg GmbH verarbeitet personenbezogene Daten im Auftrag des Verantwortlichen.",
    ),
    "fr": (
        "Contrat de sous-traitance de données",
        "Entre le client (« le responsable du traitement ») et Collinelle SAS (ci-après « le sous-traitant »).",
        "Collinelle SAS traite les données pour le compte du responsable du traitement.",
    ),
}


def told(language: str, title: str, *texts: str) -> list[tuple[FactType, str | None]]:
    """The contacts and recipients of a document of paragraphs under a title."""
    blocks = [Block(BlockKind.HEADING, title, (), title, 1), *(block(text, (title,)) for text in texts)]
    facts = find_facts(document(blocks, language[:2]))
    return [(fact.type, fact.get("name")) for fact in facts if fact.type in {FactType.CONTACT, FactType.RECIPIENT}]


@pytest.mark.parametrize("language", CONTRACTS)
def test_the_vendor_is_no_controller_of_its_contract(language: str) -> None:
    """Neither as controller nor as recipient is the vendor named where it is the processor."""
    assert told(language, *CONTRACTS[language]) == []


def test_a_party_that_is_called_controller_is_one() -> None:
    """A contract that names its controller has it as contact, and a sub-processor stays a recipient."""
    assert told(
        "en",
        "Data Processing Agreement",
        "Controller: Oakmere Schools Ltd, 1 High Street, York",
        "Processor: Fernhill Software Ltd, 2 Low Street, Leeds",
        "Our sub-processor is Brightmail Ltd.",
    ) == [(FactType.CONTACT, "Oakmere Schools Ltd"), (FactType.RECIPIENT, "Brightmail Ltd.")]


def test_a_policy_keeps_its_controller() -> None:
    """In a privacy policy the company that calls itself "we" still is the controller."""
    assert told("en", "Privacy Policy", 'Fernhill Software Ltd ("we") respects your privacy.') == [
        (FactType.CONTACT, "Fernhill Software Ltd")
    ]
