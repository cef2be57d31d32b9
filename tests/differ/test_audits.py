"""Looking for oneself how data are handled is more than being sent a report; data from elsewhere are not data given."""

from __future__ import annotations

import pytest
from differ_samples import block, document, gravest

from storage.model import BlockKind, Change, ChangeKind, Direction, Severity, Topic
from watcher.differ import compare

ALLOWED = {
    "nl": "De boekhouder laat de vereniging toe om een audit uit te voeren, ook door een inspectie ter plaatse.",
    "en": "The bookkeeper allows the club to carry out audits, including an inspection of the office.",
    "de": "Der Auftragsverarbeiter lässt Kontrollen des Vereins zu, auch eine Inspektion seines Büros.",
    "fr": "Le comptable permet à l'association de mener des audits, y compris une inspection de son bureau.",
}
REPORTED = {
    "nl": "De boekhouder stuurt de vereniging op verzoek elk jaar zijn meest recente rapport van de accountant.",
    "en": "The bookkeeper sends the club its most recent report by an accountant on request each year.",
    "de": "Der Auftragsverarbeiter sendet dem Verein auf Wunsch jedes Jahr ein Testat seines Wirtschaftsprüfers.",
    "fr": "Le comptable envoie à l'association, à sa demande, une attestation annuelle de son commissaire.",
}
CLOSED = {
    "nl": "Een inspectie ter plaatse is niet toegestaan.",
    "en": "An inspection of the office is not permitted.",
    "de": "Eine Inspektion vor Ort ist nicht gestattet.",
    "fr": "Une inspection sur place n'est pas autorisée.",
}


def _told(was: str, now: str, language: str) -> list[Change]:
    """What is told where a clause is all there is below its heading."""
    heads = [block(name, ("Privacy",), BlockKind.HEADING) for name in ("Audits", "Contact")]
    old, new = (document([heads[0], block(text, ("Privacy", "Audits")), heads[1]], language) for text in (was, now))
    return [one for one in compare(old, new).changes if one.severity is not Severity.INFO]


@pytest.mark.parametrize("language", ALLOWED)
@pytest.mark.parametrize("closed", [True, False])
def test_a_report_is_less_than_an_inspection(language: str, closed: bool) -> None:
    """Grave, for the worse and about security, be they ruled out or just no longer named: one change."""
    now = f"{REPORTED[language]} {CLOSED[language]}" if closed else REPORTED[language]
    (told,) = _told(ALLOWED[language], now, language)
    assert told.kind is ChangeKind.MODIFIED
    assert (told.severity, told.direction, told.topic) == (Severity.HIGH, Direction.WORSE, Topic.SECURITY)
    assert told.rules[0] == "audit.lost"


@pytest.mark.parametrize("language", ALLOWED)
def test_an_inspection_beside_the_report_is_more(language: str) -> None:
    """The other way: for the better."""
    both = f"{REPORTED[language]} {ALLOWED[language]}"
    (told,) = _told(REPORTED[language], both, language)
    assert (told.direction, told.topic) == (Direction.BETTER, Topic.SECURITY)


HEADING = {"nl": "Welke gegevens", "en": "Data we collect", "de": "Welche Daten", "fr": "Données collectées"}
ASKED = {
    "nl": "Wij verzamelen de naam van de leerling.",
    "en": "We collect the name of the pupil.",
    "de": "Wir erheben den Namen der Schülerin.",
    "fr": "Nous collectons le nom de l'élève.",
}
ELSEWHERE = {
    "nl": "Wij ontvangen ook een verslag van uw vorige werkgever.",
    "en": "We also receive a report from your previous employer.",
    "de": "Außerdem erhalten wir einen Bericht von Ihrem früheren Arbeitgeber.",
    "fr": "Nous recueillons aussi un rapport auprès de votre ancien employeur.",
}


@pytest.mark.parametrize("language", ASKED)
def test_a_party_that_data_come_from_gets_none(language: str) -> None:
    """For the worse, as data from other sources."""
    told = gravest(ASKED[language], f"{ASKED[language]} {ELSEWHERE[language]}", HEADING[language], language)
    assert told.direction is Direction.WORSE
    assert "other sources" in told.summary


def test_sensitive_data_are_named_without_the_word_behind() -> None:
    """A title quotes the data, no "and"."""
    was, now = "Wij verwerken uw naam.", "Wij verwerken uw naam, burgerservicenummer en adres."
    assert gravest(was, now, HEADING["nl"], "nl").summary.endswith('"burgerservicenummer" (worse)')
