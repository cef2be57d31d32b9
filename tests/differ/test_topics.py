"""What a clause is about, in four languages, and the lexicon behind it."""

from __future__ import annotations

import time

import pytest

from storage.model import Topic
from watcher.differ.lexicon import LANGUAGES, load_lexicon, read_lexicon
from watcher.differ.topics import Reading, heading_topics, name_topics, shape_topics, term_scores, topic_likelihoods

_CASES = [
    ("nl", "De gegevens worden uiterlijk zes maanden na afloop gewist.", "retention"),
    ("nl", "Wij schakelen een subverwerker in voor de hosting.", "subprocessors"),
    ("nl", "U kunt bezwaar maken of een klacht indienen.", "rights"),
    ("nl", "Voor doorgifte buiten de EER gebruiken wij modelcontracten.", "transfers"),
    ("nl", "Wij plaatsen cookies van derden voor advertenties.", "tracking"),
    ("nl", "Berichten worden samengevat door een taalmodel.", "ai"),
    ("nl", "Het burgerservicenummer en medische gegevens.", "sensitive-data"),
    ("en", "We never sell your personal information to third parties.", "sharing"),
    ("en", "Records are deleted no later than thirty days after termination of the account.", "retention"),
    ("en", "Our legal basis is the legitimate interest in a safe service.", "legal-basis"),
    ("en", "All traffic is encrypted and access is audited.", "security"),
    ("en", "The service is not meant for children under the age of 13.", "children"),
    ("en", "You can reach our data protection officer by mail.", "contact"),
    ("en", "We will notify you of material changes thirty days in advance.", "policy-updates"),
    ("en", "We use your content to train machine learning models.", "ai"),
    ("de", "Die Speicherdauer beträgt zwölf Monate.", "retention"),
    ("de", "Rechtsgrundlage ist Ihre Einwilligung.", "legal-basis"),
    ("de", "Die Übermittlung in Drittländer stützt sich auf Standardvertragsklauseln.", "transfers"),
    ("de", "Sie haben das Recht auf Auskunft und Löschung.", "rights"),
    ("fr", "Les données sont conservées pendant trois ans.", "retention"),
    ("fr", "Nous faisons appel à des sous-traitants.", "subprocessors"),
    ("fr", "Vous disposez d'un droit d'opposition et de rectification.", "rights"),
    ("fr", "Des traceurs mesurent l'audience du site.", "tracking"),
]


def _named(clause: str, language: str, *headings: str) -> tuple[Topic, ...]:
    """The topics of a clause that came or went as a whole."""
    return name_topics(Reading(clause, clause, headings, language))


@pytest.mark.parametrize(("language", "clause", "topic"), _CASES)
def test_a_plain_clause_leads_with_its_topic(language: str, clause: str, topic: str) -> None:
    """A clause that says one thing is named for it."""
    assert _named(clause, language)[0] == topic


def test_headings_name_what_words_do_not() -> None:
    """A bare name under a telling heading has the heading's topic, the nearest first."""
    assert _named("Alfa", "nl", "Cookies", "Onze subverwerkers")[0] is Topic.SUBPROCESSORS


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Privacy Notice"),
        ("en", "Our privacy statement"),
        ("nl", "Privacyverklaring"),
        ("de", "Datenschutzerklärung"),
        ("de", "Datenschutz"),
        ("fr", "Politique de confidentialité"),
        ("fr", "Protection des données personnelles"),
        ("fr", "Respect de la vie privée"),
    ],
)
def test_the_name_of_the_document_is_no_topic(language: str, title: str) -> None:
    """The title that stands over every clause says nothing about any of them."""
    assert not heading_topics(title, language)


def test_a_title_that_names_a_topic_still_does() -> None:
    """Only the name of the document is left out of a heading, not what stands beside it."""
    assert Topic.TRACKING in heading_topics("Privacy and cookie policy", "en")
    assert Topic.CONTACT in heading_topics("Délégué à la protection des données", "fr")
    assert Topic.CONTACT in heading_topics("Datenschutzbeauftragter", "de")


def test_a_short_line_under_recipients_is_one_of_them() -> None:
    """In a list of sub-processors each line speaks for them, until a heading in between names something else."""
    line = "Zweck: Auswertung geöffneter Nachrichten"
    assert Topic.SUBPROCESSORS in dict(shape_topics(line, ["Unterauftragsverarbeiter", "Beispiel 1"], "de"))
    assert Topic.SUBPROCESSORS not in dict(shape_topics(line, ["Unterauftragsverarbeiter", "Cookies"], "de"))
    assert Topic.SUBPROCESSORS not in dict(
        shape_topics(f"{line} {line} {line} {line}", ["Unterauftragsverarbeiter"], "de")
    )


@pytest.mark.parametrize(
    ("language", "clause"),
    [("en", "To keep the lights on"), ("nl", "Om de lamp te laten branden"), ("fr", "Pour garder la lampe allumée")],
)
def test_a_clause_that_begins_with_an_aim_is_a_purpose(language: str, clause: str) -> None:
    """Items such as "to ..." and "om ... te" tell what something is for."""
    assert Topic.PURPOSES in dict(shape_topics(clause, [], language))


def test_at_most_three_topics_are_named() -> None:
    """However much a clause touches, a reader gets the lead and two more."""
    text = "Children, cookies, encryption, sub-processors, retention, transfers to third countries and our liability. "
    assert len(_named(text * 4, "en", "Your rights")) <= 3


def test_likelihoods_add_up_and_the_lead_is_likeliest() -> None:
    """Each topic has a likelihood, all together 1, and the first topic told has the greatest."""
    reading = Reading("Records are kept for two years.", "Records are kept for two years.", ("Retention",), "en")
    likely = topic_likelihoods(reading)
    assert sum(likely.values()) == pytest.approx(1)
    assert set(likely) == set(Topic)
    assert max(likely, key=lambda topic: likely[topic]) is name_topics(reading)[0] is Topic.RETENTION
    assert likely[Topic.RETENTION] > 0.8


def test_marks_of_the_document_lean_its_clauses() -> None:
    """The same short clause is more likely of the contract in a document of terms than in one about privacy."""
    text = "You may cancel at any time."
    shares = [
        topic_likelihoods(Reading(text, text, (), "en", marks=(kind,)))[Topic.LEGAL_TERMS]
        for kind in ("terms", "privacy")
    ]
    assert shares[0] > shares[1]


def test_nothing_known_is_other() -> None:
    """Words without any term under no heading are `other`."""
    assert _named("Lorem ipsum", "en")[0] is Topic.OTHER


def test_long_text_carries_the_topics_of_its_sentences() -> None:
    """A paragraph of several sentences names what each is surely about."""
    text = (
        "Calls are answered by an artificial intelligence assistant with a language model behind it. "
        "The legal basis is our legitimate interest. Call recordings and contact details that we collect are used."
    )
    assert {Topic.AI, Topic.LEGAL_BASIS, Topic.DATA_COLLECTED} <= set(_named(text, "en"))


def test_terms_match_at_the_start_of_a_word_without_accents() -> None:
    """Thus "bewaar" finds "bewaartermijnen" and capitals and accents play no part."""
    assert Topic.RETENTION in term_scores("BEWAARTERMIJNEN", "nl")
    assert Topic.AI in heading_topics("Künstliche Intelligenz", "de")
    assert Topic.RETENTION not in term_scores("onbewaard gebleven", "nl")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_terms_in_every_language(language: str) -> None:
    """No language leaves a topic without words."""
    lexicon = load_lexicon(language)
    assert lexicon.language == language
    terms = [*lexicon.starts.values(), *lexicon.exact.values()]
    assert {term.topic for group in terms for term in group} == set(Topic)


def test_a_faulty_lexicon_tells_every_fault() -> None:
    """Each fault is named with the file, the place and what to write."""
    text = """
colour = "red"
[topic.nonsense]
plain = ["x"]
[topic.ai]
loud = ["y"]
plain = ["...", "mo$del", " blank", "open*", "model"]
strong = ["Modèl", "model$", "model"]
headings = ["model"]
hint = "alone"
[words]
negation = ["not", "Not", ""]
same = [["one"]]
moods = ["happy"]
"""
    with pytest.raises(ValueError, match="no topic") as caught:
        read_lexicon(text, "own.toml")
    told = str(caught.value).splitlines()
    assert all(line.startswith("own.toml: ") for line in told)
    for fault in (
        'language is missing: write language = "xx"',
        "[colour] is no table of a lexicon: remove it",
        "[topic.ai] loud is no weight: use one of certain, strong, plain, hint, headings",
        "[topic.ai] plain: '...' holds no word: write text in quotes",
        "[topic.ai] plain: 'mo$del' has a \"$\" that is not its end",
        "[topic.ai] plain: ' blank' begins or ends with a blank: remove it",
        "[topic.ai] plain: 'open*' has a \"*\" in the wrong place",
        "[topic.ai] strong: 'model' stands in plain too: keep one of them",
        "[topic.ai] hint is no list",
        "[words] weak is missing",
        "[words] negation: '' holds no word",
        "[words] negation: 'not' stands twice: keep one of them",
        "[words] same: ['one'] is no group of two wordings or more",
        "[words] moods is read by nothing",
    ):
        assert any(line.startswith(f"own.toml: {fault}") for line in told), fault
    assert not any("headings: 'model'" in line or "'model$'" in line for line in told)


def test_an_unknown_language_uses_the_english_lexicon() -> None:
    """A document in another language is still looked at."""
    assert load_lexicon("xx").language == "en"


def test_a_paragraph_is_tagged_in_well_under_a_millisecond() -> None:
    """The lexicon costs little: 100 kB in at most a tenth of a second."""
    sentence = "Wij bewaren uw gegevens zolang als nodig en delen ze met subverwerkers buiten de EU nummer {}. "
    texts = [sentence.format(number) * 5 for number in range(200)]
    load_lexicon("nl")
    begun = time.process_time()
    for text in texts:
        term_scores(text, "nl")
    assert time.process_time() - begun < 0.5
