"""What a change is about and which way it goes, where the words alone would tell something else."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document, gravest

from storage.model import BlockKind, Direction, Severity, Topic
from watcher.differ import compare

# Language, heading, before, after; then the lead topic, the direction and what the title holds.
CASES: dict[str, tuple[tuple[str, str, str | None], tuple[str, Topic, Direction, str]]] = {
    "the reader can no longer delete": (
        ("de", "Ihre Einstellungen", "Sie können Ihr Lesetagebuch ansehen, drucken und löschen."),
        ("Sie können Ihr Lesetagebuch ansehen.", Topic.RIGHTS, Direction.WORSE, "Right removed"),
    ),
    "training with consent became an opt-out": (
        ("en", "Settings", "We will not use your drawings to train our models unless you opt in."),
        (
            "We may use your drawings to train our models. You can opt out in the settings.",
            Topic.AI,
            Direction.WORSE,
            "consent became an opt-out",
        ),
    ),
    "training that was asked for": (
        ("fr", "Vos choix", "Vos dessins ne servent pas à entraîner nos modèles, sauf si vous y consentez."),
        (
            "Vos dessins servent à entraîner nos modèles, sauf si vous vous y opposez.",
            Topic.AI,
            Direction.WORSE,
            "unless one objects",
        ),
    ),
    "training that now needs consent": (
        ("nl", "Tekeningen", "Wij gebruiken uw tekeningen om onze taalmodellen te trainen."),
        (
            "Met uw toestemming gebruiken wij uw tekeningen om onze taalmodellen te trainen.",
            Topic.AI,
            Direction.BETTER,
            "consent is asked",
        ),
    ),
    "a first sentence on AI": (
        ("nl", "Loket", "Aan het loket beantwoorden wij uw vragen."),
        (
            "Aan het loket beantwoorden wij uw vragen. Een chatbot met kunstmatige intelligentie antwoordt 's avonds.",
            Topic.AI,
            Direction.WORSE,
            "chatbot",
        ),
    ),
    "a second period": (
        ("en", "Retention", "Sound recordings are deleted after 30 days."),
        (
            "Sound recordings are deleted after 30 days, or after 12 months where a teacher asks for it.",
            Topic.RETENTION,
            Direction.WORSE,
            "kept longer, up to 12 months",
        ),
    ),
    "a period after the end": (
        ("en", "Retention", "We keep your timetable until you delete your account."),
        (
            "We keep your timetable until you delete your account and for 90 days after that.",
            Topic.RETENTION,
            Direction.WORSE,
            "kept longer, up to 90 days",
        ),
    ),
    "a cookie that outlasts the session": (
        ("en", "Cookies", "We use session cookies that are deleted when you close your browser."),
        (
            "We use session cookies and cookies that stay on your device for up to two years.",
            Topic.TRACKING,
            Direction.WORSE,
            "kept longer, up to 2 years",
        ),
    ),
    "a breach told in half the time": (
        ("de", "Meldung", "Der Auftragsverarbeiter meldet Verletzungen innerhalb von 48 Stunden."),
        (
            "Der Auftragsverarbeiter meldet Verletzungen innerhalb von 24 Stunden.",
            Topic.SECURITY,
            Direction.BETTER,
            "48 hours -> 24 hours",
        ),
    ),
    "one of two certificates": (
        ("fr", "Sécurité", "Nos serveurs sont certifiés ISO 27001 et HDS."),
        ("Nos serveurs sont certifiés ISO 27001.", Topic.SECURITY, Direction.WORSE, 'no longer says "HDS"'),
    ),
}


CASES |= {
    "a first use of AI that people look at": (
        ("nl", "Huiswerk", None),
        (
            "Wij gebruiken kunstmatige intelligentie om huiswerk na te kijken. Een medewerker controleert de uitkomst.",
            Topic.AI,
            Direction.WORSE,
            "AI added",
        ),
    ),
    "all places that data now go to": (
        ("en", "Transfers", "Your timetable stays within the EEA."),
        (
            "Your timetable may be processed in the United States, India and Brazil.",
            Topic.TRANSFERS,
            Direction.WORSE,
            "data go to the United States, India and Brazil",
        ),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(name: str) -> None:
    """Lead topic, direction and title of one change."""
    (language, heading, before), (after, topic, direction, told) = CASES[name]
    change = gravest(before, after, heading, language)
    assert (change.topic, change.direction) == (topic, direction)
    assert told in change.summary
    assert change.severity in {Severity.MEDIUM, Severity.HIGH}


def test_a_first_period_is_no_longer_one() -> None:
    """Where nothing said how long, a period is no loss."""
    change = gravest("We keep your timetable.", "We keep your timetable for 90 days.", "Retention", "en")
    assert change.direction is not Direction.WORSE


@pytest.mark.parametrize(
    ("language", "after"),
    [
        ("nl", "Wij nemen telefoongesprekken op om onze medewerkers te trainen."),
        ("en", "We record telephone calls for training and quality purposes."),
        ("de", "Wir zeichnen Telefongespräche auf, um unsere Mitarbeitenden zu schulen."),
        ("fr", "Nous enregistrons les appels pour la formation de nos équipes."),
    ],
)
def test_training_of_people_is_no_training_of_models(language: str, after: str) -> None:
    """Calls that are recorded to teach staff."""
    assert "ai.training" not in gravest(None, after, "Telephone", language).rules
    assert "training of AI" not in gravest(None, after, "Telephone", language).summary


def test_a_choice_that_is_taken_away_is_called_one() -> None:
    """The customer chose between return and deletion."""
    was = "Na afloop geeft de drukker alle bestanden terug of wist deze, naar keuze van de school."
    told = gravest(was, "Na afloop wist de drukker alle bestanden.", "Einde", "nl")
    assert told.direction is Direction.WORSE
    assert "the customer's choice" in told.summary


@pytest.mark.parametrize(
    ("language", "heading", "gone", "kept"),
    [
        (
            "en",
            "Sub-processors",
            "Pebble Mail Inc.: newsletters, United States (Standard Contractual Clauses)",
            "hosting",
        ),
        ("de", "Auftragsverarbeiter", "Pebble Mail Inc.: Rundbriefe, USA (Standardvertragsklauseln)", "Hosting"),
    ],
)
def test_the_safeguard_of_a_party_goes_with_it(language: str, heading: str, gone: str, kept: str) -> None:
    """A recipient that is gone takes its transfer along: no safeguard is lost."""
    items = [block(text, (heading,), BlockKind.LIST_ITEM) for text in (gone, f"Quarry Boats GmbH: {kept}")]
    head, last = block(heading, (), BlockKind.HEADING), [block(text) for text in FILLER]
    old, new = (document([head, *listed, *last], language) for listed in (items, items[1:]))
    told = compare(old, new).changes[0]
    assert (told.severity, told.rules[0]) == (Severity.MEDIUM, "recipient.removed")
