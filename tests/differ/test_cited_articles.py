"""The article of a law is no numbering: another point of it is another legal basis."""

from __future__ import annotations

import pytest
from differ_samples import gravest

from storage.model import Direction, Severity, Topic
from watcher.differ.facts.bases import cited_bases

CITED = [
    ("de", "Rechtsgrundlage für das Mitgliederverzeichnis ist Art. 6 Abs. 1 lit. {} DSGVO."),
    ("de", "Das Verzeichnis führen wir nach Art. 6 Abs. 1 S. 1 Buchst. {}) DSGVO."),
    ("nl", "De grondslag voor de ledenlijst is artikel 6 lid 1 onder {} AVG."),
    ("nl", "De ledenlijst berust op artikel 6, eerste lid, onderdeel {}, van de AVG."),
    ("en", "The legal basis of the list of members is Article 6(1)({}) GDPR."),
    ("en", "We keep the list of members under Art. 6(1) lit. {} GDPR."),
    ("fr", "La base légale de la liste des membres est l'article 6, paragraphe 1, point {}) du RGPD."),
    ("fr", "La base légale de la liste des membres est l'article 6.1.{} du RGPD."),
    ("fr", "La base légale de la liste des membres est l'article 6-1-{} du RGPD."),
]


@pytest.mark.parametrize(("language", "said"), CITED)
def test_another_legal_basis_is_told(language: str, said: str) -> None:
    """From consent to the vendor's own interests is grave; the other way is better."""
    worse = gravest(said.format("a"), said.format("f"), "Members", language)
    assert (worse.severity, worse.direction, worse.topic) == (Severity.HIGH, Direction.WORSE, Topic.LEGAL_BASIS)
    assert "consent (6(1)(a)) -> legitimate interests (6(1)(f))" in worse.summary
    assert gravest(said.format("f"), said.format("a"), "Members", language).direction is Direction.BETTER


def test_a_basis_that_is_as_good_is_told_as_neither() -> None:
    """A contract and a legal obligation leave the reader the same."""
    language, said = CITED[4]
    told = gravest(said.format("b"), said.format("c"), "Members", language)
    assert (told.severity, told.direction) == (Severity.MEDIUM, Direction.NEUTRAL)


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("de", "Das folgt aus § 35 Abs. 2 BDSG.", "Das folgt aus § 34 Abs. 2 BDSG."),
        ("nl", "Dit volgt uit artikel 9 lid 2 onder a AVG.", "Dit volgt uit artikel 9 lid 2 onder j AVG."),
        ("fr", "Cela découle de l'article 9, point a) du RGPD.", "Cela découle de l'article 9, point j) du RGPD."),
        ("en", "This follows from Art. 9(2) lit. a GDPR.", "This follows from Art. 9(2) lit. j GDPR."),
        ("en", "This follows from the GDPR, Article 15.", "This follows from the GDPR, Article 17."),
    ],
)
def test_another_article_is_told(language: str, before: str, after: str) -> None:
    """No renumbering."""
    told = gravest(before, after, "Members", language)
    assert told.severity is not Severity.INFO


def test_a_part_of_the_document_is_renumbered() -> None:
    """A point of the text itself says nothing else by another letter."""
    told = gravest(
        "We do so as told in section 4, point a).", "We do so as told in section 4, point b).", "Members", "en"
    )
    assert told.severity is Severity.INFO


def test_a_long_text_is_read_in_time() -> None:
    """Words in a row that could be parts of an article are given up at once."""
    text = "a " * 20_000
    told = gravest(f"See point a {text}", f"See point b {text}", "Members", "en")
    assert told.kind
    assert cited_bases(text) == {}
