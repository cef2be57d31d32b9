"""Parties in lists, headings and sentences that say in any words what they do; companies named for another reason."""

from __future__ import annotations

import pytest

from bench.facts import document_of
from storage.model import FactType
from watcher.differ.facts import find_facts

LISTS = [
    ("nl", "## Wie krijgt uw gegevens?\n\n- {} B.V. voor de loonadministratie\n- {} N.V. voor de verzekering\n"),
    ("nl", "Wij werken samen met:\n\n1. {} B.V.;\n2. {} N.V.\n"),
    ("nl", "Uw gegevens gaan naar:\n\n- de drukker, {} B.V.\n- het postbedrijf ({} N.V.)\n"),
    ("nl", "## Derden\n\n- {} (hosting)\n- {} (nieuwsbrief)\n"),
    ("nl", "- Boekhouding – {} B.V., Zwolle\n- Verzending – {} N.V., Assen\n"),
    ("en", "## Who gets your data?\n\n- {} Ltd for payroll\n- {} plc for insurance\n"),
    ("en", "We work with:\n\n1. {} Ltd;\n2. {} plc.\n"),
    ("en", "## Third parties\n\n- {} (hosting)\n- {} (newsletter)\n"),
    ("en", "### Hosting ({} Ltd)\n\nOur servers are there.\n\n### Newsletter ({} plc)\n\nSends our mail.\n"),
    ("en", "## Our partners in delivery\n\n{} Ltd brings parcels; {} plc brings letters.\n"),
    ("de", "## Wer bekommt Ihre Daten?\n\n- {} GmbH für die Lohnabrechnung\n- {} AG für die Versicherung\n"),
    ("de", "Wir arbeiten zusammen mit:\n\n1. {} GmbH;\n2. {} AG.\n"),
    ("de", "Ihre Daten gehen an:\n\n- unsere Druckerei ({} GmbH)\n- das Postunternehmen ({} AG)\n"),
    ("fr", "## Qui reçoit vos données ?\n\n- {} SAS pour la paie\n- {} SA pour l'assurance\n"),
    ("fr", "Nous travaillons avec :\n\n1. {} SAS ;\n2. {} SA.\n"),
    ("fr", "Aide extérieure :\n\n- Hébergement : {} SAS\n- Courriel : {} SA\n"),
]
NOBODY = [
    ("en", "Our office is next to Marsh Bakery Ltd, where your parcels wait."),
    ("en", "All marks on our site belong to their owners; Marsh is a trademark of Marsh Bakery Ltd."),
    ("en", "We never give your name to Marsh Bakery Ltd."),
    ("nl", "Ons kantoor zit naast Moeras Bakkerij B.V., waar u uw pakket kunt halen."),
    ("de", "Wir sind eine Tochter der Moor Bäckerei GmbH und verschicken Briefe an Sie."),
    ("fr", "Nous sommes une filiale de Marais Boulangerie SAS et vous envoyons des lettres."),
]


def names(language: str, text: str) -> list[str | None]:
    """The recipients of a text."""
    facts = find_facts(document_of({"id": "x", "text": f"# Privacy\n\n{text}"}, language))
    return [fact.get("name") for fact in facts if fact.type is FactType.RECIPIENT]


@pytest.mark.parametrize(("language", "text"), LISTS)
def test_a_list_of_parties_names_each(language: str, text: str) -> None:
    """Both parties of a list, of headings or of a sentence below a telling heading are named, wherever they stand."""
    told = names(language, text.format("Stonechat", "Redwing"))
    assert [(name or "").split()[0] for name in told] == ["Stonechat", "Redwing"]


@pytest.mark.parametrize(("language", "text"), NOBODY)
def test_a_company_named_for_another_reason_is_no_recipient(language: str, text: str) -> None:
    """Neighbours, owners of marks, parents, and those who explicitly get nothing are no recipients."""
    assert names(language, text) == []
