"""In which role sentences name parties: as processors and controllers, one or several at a time, in four languages."""

from __future__ import annotations

import pytest
from differ_samples import block, document

from watcher.differ.recipients import find_recipients, recipient_delta

BOTH = [
    ("de", "Für den Versand setzen wir Alpha Post GmbH und Beta Mail GmbH als Auftragsverarbeiter ein.", "GmbH"),
    ("de", "Als Auftragsverarbeiter setzen wir Alpha Post GmbH und Beta Mail GmbH ein.", "GmbH"),
    ("de", "Unsere Auftragsverarbeiter sind Alpha Post GmbH und Beta Mail GmbH.", "GmbH"),
    ("de", "Alpha Post GmbH und Beta Mail GmbH treten für uns als Auftragsverarbeiter auf.", "GmbH"),
    ("en", "We engage Alpha Post Ltd and Beta Mail Ltd as processors.", "Ltd"),
    ("en", "Alpha Post Ltd and Beta Mail Ltd act as processors for us.", "Ltd"),
    ("en", "As processors we engage Alpha Post Ltd and Beta Mail Ltd for our letters.", "Ltd"),
    ("en", "We use Alpha Post Ltd and Beta Mail Ltd for letters as processors.", "Ltd"),
    ("nl", "Wij schakelen Alpha Post B.V. en Beta Mail B.V. in als verwerkers.", "B.V."),
    ("nl", "Alpha Post B.V. en Beta Mail B.V. treden op als verwerkers.", "B.V."),
    ("fr", "Nous faisons appel à Alpha Post SAS et Beta Mail SAS en tant que sous-traitants.", "SAS"),
    ("fr", "Alpha Post SAS et Beta Mail SAS agissent en qualité de sous-traitants.", "SAS"),
]
ROLES = {"de": "Auftragsverarbeiter", "en": "processor", "nl": "verwerker", "fr": "sous-traitant"}


def roles(text: str, language: str) -> dict[str, str | None]:
    """The parties of a text with their roles."""
    return {one.name: one.role for one in find_recipients(document([block(text)], language))}


@pytest.mark.parametrize(("language", "text", "form"), BOTH)
def test_parties_joined_by_and_share_their_role(language: str, text: str, form: str) -> None:
    """Two parties of one sentence are both named, each with the role in the singular."""
    role = ROLES[language]
    assert roles(text, language) == {f"Alpha Post {form}": role, f"Beta Mail {form}": role}


def test_names_without_a_legal_form_count_too() -> None:
    """The words for the role are enough to know a party by."""
    assert roles("We use Alphapost and Betamail as sub-processors.", "en") == {
        "Alphapost": "sub-processor",
        "Betamail": "sub-processor",
    }


def test_each_party_has_its_own_role() -> None:
    """A role reaches the names beside it and no others."""
    text = "Alpha Post Ltd is our processor and Beta Mail Ltd is an independent controller."
    assert roles(text, "en") == {"Alpha Post Ltd": "processor", "Beta Mail Ltd": "independent controller"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "As a processor we use Alpha Post Ltd for our letters."),
        ("en", "We share letters with Alpha Post Ltd, and we act as a processor ourselves."),
        ("nl", "Als verwerker schakelen wij Alpha Post B.V. in."),
    ],
)
def test_the_vendors_own_role_is_nobody_elses(language: str, text: str) -> None:
    """What the vendor itself is says nothing about those it engages."""
    assert list(roles(text, language).values()) == [None]


def test_one_party_more_changes_no_role() -> None:
    """A second processor beside the first is one that came, and the first keeps its role."""
    old = document([block("We engage Alpha Post Ltd as processor.")], "en")
    new = document([block("We engage Alpha Post Ltd and Beta Mail Ltd as processors.")], "en")
    delta = recipient_delta(old, new)
    assert [one.name for one in delta.added] == ["Beta Mail Ltd"]
    assert (delta.removed, delta.changed) == ((), ())
