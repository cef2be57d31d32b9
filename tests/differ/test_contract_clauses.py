"""Clauses of processing contracts: notice, audits, deletion, liability, and which way they went."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Direction, Severity, Topic
from watcher.differ.lexicon import load_lexicon
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.topics import term_scores

_WORSE, _BETTER = Direction.WORSE, Direction.BETTER

# Language, heading, before, after, the rule that is told first, its direction.
_TURNED = [
    (
        "nl",
        "Subverwerkers",
        "De bakkerij informeert de klant veertig dagen voor het inzetten van een nieuwe subverwerker.",
        "De bakkerij informeert de klant acht dagen voor het inzetten van een nieuwe subverwerker.",
        "notice.shorter",
    ),
    (
        "de",
        "Unterauftragnehmer",
        "Die Bäckerei informiert den Kunden vierzig Tage vor dem Einsatz eines neuen Unterauftragnehmers.",
        "Die Bäckerei informiert den Kunden acht Tage vor dem Einsatz eines neuen Unterauftragnehmers.",
        "notice.shorter",
    ),
    (
        "en",
        "Deletion",
        "After the end of the contract all recipes are deleted within 40 days.",
        "After the end of the contract all recipes are deleted as soon as technically possible.",
        "retention.unstated",
    ),
    (
        "nl",
        "Verwijdering",
        "Na het einde van het contract worden alle recepten binnen 40 dagen verwijderd.",
        "Na het einde van het contract worden alle recepten verwijderd zodra dat technisch mogelijk is.",
        "retention.unstated",
    ),
    (
        "de",
        "Löschung",
        "Nach Vertragsende werden alle Rezepte innerhalb von 40 Tagen gelöscht.",
        "Nach Vertragsende werden alle Rezepte gelöscht, sobald es technisch machbar ist.",
        "retention.unstated",
    ),
    (
        "fr",
        "Suppression",
        "À la fin du contrat, toutes les recettes sont supprimées dans un délai de 40 jours.",
        "À la fin du contrat, toutes les recettes sont supprimées dès que possible.",
        "retention.unstated",
    ),
    (
        "en",
        "AI",
        "Training AI models on recipes is strictly prohibited.",
        "Training AI models on recipes is permitted.",
        "train.denial.lost",
    ),
    (
        "nl",
        "AI",
        "Het trainen van AI-modellen met recepten is uitgesloten.",
        "Het trainen van AI-modellen met recepten is toegestaan.",
        "train.denial.lost",
    ),
    (
        "de",
        "KI",
        "Das Training von KI-Modellen mit Rezepten ist ausgeschlossen.",
        "Das Training von KI-Modellen mit Rezepten ist zulässig.",
        "train.denial.lost",
    ),
    (
        "fr",
        "IA",
        "L'entraînement de modèles d'IA sur les recettes est interdit.",
        "L'entraînement de modèles d'IA sur les recettes est permis.",
        "train.denial.lost",
    ),
    (
        "en",
        "Liability",
        "The bakery's liability for breaches of data protection law is unlimited.",
        "The bakery's liability for breaches of data protection law is subject to the limitations of the contract.",
        "risk.new",
    ),
]


@pytest.mark.parametrize(("language", "heading", "before", "after", "rule"), _TURNED)
def test_a_clause_for_the_worse_is_told_by_its_rule(
    language: str, heading: str, before: str, after: str, rule: str
) -> None:
    """And it is grave."""
    told = gravest(before, after, heading, language)
    assert (told.rules[0], told.severity, told.direction) == (rule, Severity.HIGH, _WORSE)


def test_what_the_law_prohibits_is_no_denial() -> None:
    """An exception to sharing leaves the sharing; a prohibition of it does not."""
    lexicon = load_lexicon("en")
    wanted = lexicon.lists["share"]
    for text, said in (
        ("We share recipes with millers unless this is prohibited by law.", False),
        ("Sharing recipes with millers is prohibited.", True),
    ):
        assert (stance(text, wanted, lexicon, "en") is Stance.DENIED) is said


def test_the_notice_of_an_audit_is_no_retention() -> None:
    """How long a customer waits before looking in is told under rights."""
    before = "Der Kunde kann die Backstube jederzeit vor Ort prüfen."
    after = "Der Kunde kann die Backstube mit einer Frist von vier Wochen vor Ort prüfen."
    told = gravest(before, after, "Kontrolle", "de")
    assert (told.direction, any(rule.startswith("retention") for rule in told.rules)) == (_WORSE, False)


def test_messages_in_a_row_are_no_word_to_the_reader() -> None:
    """More data for a company is no protection, because they are called messages."""
    row = "| Naam | Dienst | Gegevens |\n|---|---|---|\n| Deegpost B.V. | E-mail | {} |"
    told = gravest(row.format("Adres"), row.format("Adres, inhoud van berichten"), "Subverwerkers", "nl")
    assert told.direction is not _BETTER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Wij melden een lek in de voorraadlijst aan de klant.",
            "Een lek in de voorraadlijst wordt aan de klant gemeld.",
        ),
        ("De bakkerij meldt een lek binnen 30 uur.", "Een lek wordt binnen 30 uur door de bakkerij gemeld."),
    ],
)
def test_a_passive_report_is_still_a_report(before: str, after: str) -> None:
    """Nothing is lost by "is reported" in the place of "we report"."""
    assert gravest(before, after, "Datalekken", "nl").severity is not Severity.HIGH


def test_the_new_period_is_in_the_title() -> None:
    """Of two periods the one that stood before is no news."""
    before = "The bakery deletes all recipes, including backups, within 30 days of the end."
    after = "The bakery deletes all recipes within 30 days of the end. Backups are overwritten within 12 months."
    told = gravest(before, after, "Deletion", "en")
    assert "12 months" in told.summary


@pytest.mark.parametrize(
    ("language", "party", "another"),
    [
        ("nl", "Verwerker betaalt de controle.", "Een verwerker betaalt de controle."),
        ("en", "Processor pays for the check.", "Another processor pays for the check."),
        ("de", "Der Auftragnehmer bezahlt die Kontrolle.", "Ein weiterer Auftragnehmer bezahlt die Kontrolle."),
        ("fr", "Le sous-traitant paie le contrôle.", "Un autre sous-traitant paie le contrôle."),
    ],
)
def test_the_vendor_itself_is_no_sub_processor(language: str, party: str, another: str) -> None:
    """A contract calls the vendor the processor all over."""
    assert Topic.SUBPROCESSORS not in term_scores(party, language)
    assert Topic.SUBPROCESSORS in term_scores(another, language)
