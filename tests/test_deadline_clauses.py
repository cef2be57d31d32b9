"""From the words of a clause to the day that a lawyer would compute, in four languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from notifier.phrases import deadline_words
from storage.model import (
    Block,
    BlockKind,
    Change,
    ChangeKind,
    Comparison,
    Direction,
    Document,
    DocumentType,
    Fact,
    FactType,
    Recipient,
    RecipientDelta,
    Severity,
    Source,
    StatedFact,
    Topic,
    Verdict,
)
from watcher.deadline import end_of, find_deadline
from watcher.differ.facts import find_facts
from watcher.extractor import extract, read_file

LIST = Source("acme/subprocessors", "Acme", DocumentType.SUBPROCESSORS, ("https://acme.example/s",))
CHANGE = Change(
    topic=Topic.SUBPROCESSORS,
    topics=(Topic.SUBPROCESSORS,),
    kind=ChangeKind.ADDED,
    severity=Severity.MEDIUM,
    direction=Direction.WORSE,
    section=(),
    before=None,
    after="Hooli Inc.",
    spans=(),
    facts=(),
    summary="New sub-processor: Hooli",
    rules=(),
)
NEW = Comparison(Verdict.MATERIAL, "en", (CHANGE,), RecipientDelta(added=(Recipient("Hooli"),)))
HEADING = {
    "en": "Sub-processors",
    "nl": "Subverwerkers",
    "de": "Unterauftragsverarbeiter",
    "fr": "Sous-traitants ultérieurs",
}


class Clause(NamedTuple):
    """A clause, the day of notice, whose holidays count, and the last day; the day of effect where it names one."""

    language: str
    text: str
    since: str
    country: str | None
    last: str
    effective: str | None = None
    moves_on: bool = False


# Each worked out with a calendar. 2026: Good Friday is 3 April, Ascension 14 May, Whit Monday 25 May.
CLAUSES = {
    # 2 March + 30 days; that the vendor gives the notice is the time that there is.
    "en notice": Clause(
        "en",
        "We will inform the Customer of any intended addition or replacement of a sub-processor at least thirty (30) "
        "days before the sub-processor starts work.",
        "2026-03-02",
        None,
        "2026-04-01",
    ),
    # Good Friday, Easter Monday: ten business days from Thursday 26 March.
    "en business days, England": Clause(
        "en",
        "Customer may object in writing to a new Subprocessor within ten (10) business days of receiving our notice.",
        "2026-03-26",
        "GB-ENG",
        "2026-04-13",
    ),
    # The same in the United States, where neither is a federal holiday.
    "en business days, United States": Clause(
        "en",
        "Customer may object in writing to a new Subprocessor within ten (10) business days of receiving our notice.",
        "2026-03-26",
        "US",
        "2026-04-09",
    ),
    "en weeks": Clause(
        "en",
        "The Controller has two weeks after notification to object to the engagement of the new sub-processor.",
        "2026-12-24",
        None,
        "2027-01-07",
    ),
    # From the last day of January: the last day of February.
    "en month's end": Clause(
        "en",
        "If you do not object within one month of the update of this list, you are deemed to have accepted the new "
        "subprocessor.",
        "2026-01-31",
        None,
        "2026-02-28",
    ),
    "en hours": Clause(
        "en",
        "You may object to the appointment of a new sub-processor within 72 hours of our notice.",
        "2026-05-07",
        None,
        "2026-05-10",
    ),
    # Two periods in one place: the time to object is the shorter.
    "en notice and objection": Clause(
        "en",
        "Provider shall provide at least 45 days prior written notice before authorizing any new Sub-processor. "
        "Customer may object within 20 days of such notice.",
        "2026-06-01",
        None,
        "2026-06-21",
    ),
    # Counted back from the day of effect, which the page states.
    "en before effect": Clause(
        "en",
        "Customer may object to a new sub-processor no later than 10 days before the change takes effect.",
        "2026-06-01",
        None,
        "2026-06-20",
        effective="2026-06-30",
    ),
    # The same without a stated day of effect: from the notice.
    "en before an effect that is not stated": Clause(
        "en",
        "Customer may object to a new sub-processor no later than 10 days before the change takes effect.",
        "2026-06-01",
        None,
        "2026-06-11",
    ),
    # Ends on a Saturday; the contract lets it end on the Monday behind it.
    "en moved on": Clause(
        "en",
        "We give 14 calendar days' prior notice of any new subprocessor, by e-mail.",
        "2026-08-15",
        None,
        "2026-08-31",
        moves_on=True,
    ),
    "nl kennisgeving": Clause(
        "nl",
        "Wij stellen de verwerkingsverantwoordelijke ten minste 30 dagen voor de inschakeling van een nieuwe "
        "subverwerker op de hoogte.",
        "2026-01-31",
        "NL",
        "2026-03-02",
    ),
    # King's Day (27 April), Liberation Day (5 May), Ascension (14 May).
    "nl werkdagen": Clause(
        "nl",
        "Klant kan binnen tien (10) werkdagen na de kennisgeving schriftelijk bezwaar maken tegen de nieuwe "
        "subverwerker.",
        "2026-04-24",
        "NL",
        "2026-05-11",
    ),
    "nl maand": Clause(
        "nl",
        "Maakt Opdrachtgever binnen een maand na de melding geen bezwaar tegen de subverwerker, dan wordt toestemming "
        "geacht te zijn verleend.",
        "2028-01-31",
        "NL",
        "2028-02-29",
    ),
    "nl weken": Clause(
        "nl",
        "Bezwaar tegen een nieuwe subverwerker is mogelijk binnen twee weken na dagtekening van de mededeling.",
        "2026-07-10",
        None,
        "2026-07-24",
    ),
    # 14 days from 11 May end on Whit Monday: moved on to the Tuesday.
    "nl eerstvolgende werkdag": Clause(
        "nl",
        "U heeft na de aankondiging van een nieuwe subverwerker veertien dagen de tijd om bezwaar te maken.",
        "2026-05-11",
        "NL",
        "2026-05-26",
        moves_on=True,
    ),
    "de Tage": Clause(
        "de",
        "Der Auftraggeber kann der Beauftragung eines neuen Unterauftragsverarbeiters innerhalb von 14 Tagen nach "
        "Zugang der Mitteilung widersprechen.",
        "2026-12-18",
        "DE",
        "2027-01-01",
    ),
    # Werktage count Saturdays (section 3(2) BUrlG): ten from Wednesday 1 April, without Good Friday and Easter Monday.
    "de Werktage": Clause(
        "de",
        "Der Kunde kann innerhalb von zehn Werktagen nach der Mitteilung Einspruch gegen den neuen Subunternehmer "
        "erheben.",
        "2026-04-01",
        "DE",
        "2026-04-15",
    ),
    # Unless the clause says that they do not.
    "de Werktage Montag bis Freitag": Clause(
        "de",
        "Der Kunde kann innerhalb von zehn Werktagen (Montag bis Freitag) nach der Mitteilung Einspruch gegen den "
        "neuen Subunternehmer erheben.",
        "2026-04-01",
        "DE",
        "2026-04-17",
    ),
    # Arbeitstage do not; Corpus Christi (4 June) is a holiday in Bavaria.
    "de Arbeitstage, Bayern": Clause(
        "de",
        "Der Auftraggeber kann einem neuen Unterauftragsverarbeiter binnen fünf Arbeitstagen nach der Mitteilung "
        "widersprechen.",
        "2026-05-29",
        "DE-BY",
        "2026-06-08",
    ),
    "de Monat": Clause(
        "de",
        "Ein Widerspruch gegen den neuen Unterauftragnehmer ist binnen eines Monats ab Benachrichtigung zu erklären.",
        "2026-08-31",
        None,
        "2026-09-30",
    ),
    "de Wochen vorab": Clause(
        "de",
        "Wir teilen neue Unterauftragsverarbeiter mit einer Frist von vier Wochen vorab mit.",
        "2026-03-09",
        None,
        "2026-04-06",
    ),
    "fr jours": Clause(
        "fr",
        "Le sous-traitant informe le responsable du traitement au moins trente (30) jours avant le recours à un "
        "nouveau sous-traitant ultérieur.",
        "2026-07-14",
        "FR",
        "2026-08-13",
    ),
    # Jours ouvrés: Monday to Friday, without 1 May, 8 May and Ascension.
    "fr jours ouvrés": Clause(
        "fr",
        "Le client dispose d'un délai de quinze (15) jours ouvrés à compter de la notification pour s'opposer au "
        "nouveau sous-traitant ultérieur.",
        "2026-04-27",
        "FR",
        "2026-05-21",
    ),
    # Jours ouvrables count Saturdays: ten from Monday 27 April, without 1 and 8 May.
    "fr jours ouvrables": Clause(
        "fr",
        "Le Client peut s'opposer à l'ajout d'un sous-traitant ultérieur dans un délai de dix jours ouvrables à "
        "compter de la réception de l'information.",
        "2026-04-27",
        "FR",
        "2026-05-11",
    ),
    "fr mois": Clause(
        "fr",
        "Toute objection à un nouveau sous-traitant ultérieur doit être formulée dans un délai d'un mois à compter de "
        "la notification.",
        "2027-01-29",
        None,
        "2027-02-28",
    ),
}


def noticed(facts: Sequence[Fact]) -> list[StatedFact]:
    """What a contract states about notice."""
    then = datetime(2025, 1, 1, tzinfo=UTC)
    return [
        StatedFact("acme/dpa", "Acme", DocumentType.DPA, 1, then, then, fact)
        for fact in facts
        if fact.type is FactType.NOTICE_PERIOD
    ]


@pytest.mark.parametrize("name", CLAUSES)
def test_a_clause_of_our_own(name: str) -> None:
    """The clause is read, its period counted from the day of notice, by the calendar of the country."""
    clause = CLAUSES[name]
    blocks = (
        Block(BlockKind.HEADING, HEADING[clause.language], (), "heading"),
        Block(BlockKind.PARAGRAPH, clause.text, (HEADING[clause.language],), "clause"),
    )
    document = Document("Agreement", clause.language, None, None, blocks, fingerprint="f", extraction="1")
    seen = datetime.combine(date.fromisoformat(clause.since), time(12), UTC)
    found = find_deadline(
        LIST,
        NEW,
        noticed(find_facts(document)),
        stated=None,
        seen_before=seen - timedelta(days=1),
        seen_after=seen,
        effective=date.fromisoformat(clause.effective) if clause.effective else None,
        country=clause.country,
        moves_on=clause.moves_on,
    )
    assert found is not None
    assert found.on == date.fromisoformat(clause.last)
    assert (found.quote or "?") in clause.text
    assert ("before 30 June 2026, on which it says to take effect" in deadline_words(found)) == bool(clause.effective)
    assert ("Saturdays count" in deadline_words(found)) == (name in {"de Werktage", "fr jours ouvrables"})


# Clauses of the labelled corpus: the document, the start of the SHA-256 of the sentence with its white space folded,
# what it grants, and the last day of a notice that is given on 31 January 2026.
CORPUS = [
    ("quiet/082*/new.md", "c06db0302d38", "subprocessor-change", "2026-02-08"),
    ("vendors/topdesk/page-v3.html", "a385bf8abfb6", "policy-change", "2026-03-02"),
    ("quiet/007*/new.md", "dd332f9f681c", "policy-change", "2026-03-02"),
    ("quiet/022*/new.md", "9371425a2533", "policy-change", "2026-02-07"),
    ("pairs/002*/new.md", "180e65dffb19", "policy-change", "2026-02-07"),
    ("pairs/015*/new.md", "bd21273c14a4", "policy-change", "2026-02-14"),
    ("pairs/055*/new.md", "429056773be3", "policy-change", "2026-03-31"),
    ("quiet/027*/new.md", "7a2a0a6cca19", "policy-change", "2026-05-01"),
    ("quiet/069*/new.md", "9e2c71222efe", "policy-change", "2026-03-02"),
    ("quiet/129*/new.md", "a1a5762c6846", "policy-change", "2026-03-31"),
    ("quiet/138*/new.md", "67835ac58191", "policy-change", "2026-02-03"),
    ("quiet/159*/new.md", "443a37aa6d83", "policy-change", "2026-02-07"),
]


@pytest.mark.parametrize(("place", "digest", "of", "last"), CORPUS)
def test_a_clause_of_the_corpus(corpus: Path, place: str, digest: str, of: str, last: str) -> None:
    """Real clauses in three languages: read as what they are, and counted to the right day."""
    (path,) = corpus.glob(place)
    stated = [fact for fact in find_facts(extract(read_file(path)).document) if fact.type is FactType.NOTICE_PERIOD]
    (fact,) = [fact for fact in stated if sha256(" ".join(fact.quote.split()).encode()).hexdigest()[:12] == digest]
    assert (fact.get("of"), fact.get("days")) == (of, "calendar")
    day = date(2026, 1, 31)
    assert end_of(fact.get("period") or "", day) == date.fromisoformat(last)
    if of == "subprocessor-change":
        moment = datetime.combine(day, time(12), UTC)
        found = find_deadline(LIST, NEW, noticed([fact]), stated=day, seen_before=moment, seen_after=moment)
        assert found is not None
        assert (found.on, found.stated) == (date.fromisoformat(last), True)
