"""Items below words that deny what they say: whom the denial reaches, and what is told when an item comes or goes."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Change, ChangeKind, Direction, FactType, Severity, Topic
from watcher.differ import compare
from watcher.differ.facts import find_facts
from watcher.differ.leads import denies, denying_leads, introduced

LISTS = {
    "en": ("We do not:", ("sell your data", "share your letters with advertisers", "train models on your letters")),
    "nl": (
        "Wij doen het volgende niet:",
        ("uw gegevens verkopen", "uw brieven delen met adverteerders", "modellen trainen op uw brieven"),
    ),
    "de": (
        "Folgendes tun wir nicht:",
        ("Ihre Daten verkaufen", "Ihre Briefe an Werbetreibende weitergeben", "Modelle mit Ihren Briefen trainieren"),
    ),
    "fr": (
        "Nous ne faisons pas ce qui suit :",
        ("vendre vos données", "partager vos lettres avec des annonceurs", "entraîner des modèles avec vos lettres"),
    ),
}
CASES = [(language, place) for language in LISTS for place in range(3)]


def item(text: str, *path: str) -> Block:
    """An item of a list."""
    return Block(BlockKind.LIST_ITEM, text, path, text, 1)


def changes(old: list[Block], new: list[Block], language: str = "en") -> list[Change]:
    """What is told of two documents with the same beginning and end."""
    first, last = block(FILLER[0]), block(FILLER[1])
    told = compare(document([first, *old, last], language), document([first, *new, last], language))
    return [change for change in told.changes if change.severity is not Severity.INFO]


@pytest.mark.parametrize(("language", "place"), CASES)
def test_an_item_of_what_is_never_done_is_missed(language: str, place: int) -> None:
    """An item dropped below "We do not:" is a protection lost, in four languages."""
    lead, items = LISTS[language]
    full = [block(lead), *(item(text) for text in items)]
    (change,) = changes(full, [one for one in full if one.text != items[place]], language)
    assert (change.severity, change.direction, change.kind) == (Severity.HIGH, Direction.WORSE, ChangeKind.REMOVED)
    assert change.before == items[place]
    assert "promise" in change.summary


@pytest.mark.parametrize(("language", "place"), CASES)
def test_a_new_item_of_what_is_never_done_is_a_promise(language: str, place: int) -> None:
    """An item that came below "We do not:" is better for the reader and no new sale, sharing or training."""
    lead, items = LISTS[language]
    full = [block(lead), *(item(text) for text in items)]
    (change,) = changes([one for one in full if one.text != items[place]], full, language)
    assert (change.severity, change.direction) == (Severity.MEDIUM, Direction.BETTER)
    assert change.after == items[place]


def test_an_item_without_a_topic_is_missed_too() -> None:
    """What the vendor never does is a promise whatever it is about, and the summary says it as a sentence."""
    kept = [block("We never:"), item("paint the door"), item("wake the neighbours")]
    (change,) = changes([*kept, item("call you at home")], kept)
    assert (change.severity, change.direction) == (Severity.MEDIUM, Direction.WORSE)
    assert change.summary == 'Policy text: no longer says "We never call you at home" (worse)'


def test_a_heading_may_deny() -> None:
    """Items below the heading of what is never done are read with it."""
    heading = Block(BlockKind.HEADING, "What we never do", (), "h", 2)
    kept = [heading, item("Read your letters", "What we never do")]
    (change,) = changes([*kept, item("Sell your data", "What we never do")], kept)
    assert (change.severity, change.direction, change.topic) == (Severity.HIGH, Direction.WORSE, Topic.SHARING)


def test_an_item_that_moves_below_what_is_done_is_a_promise_given_up() -> None:
    """The same words below "We do not:" and later below "We may:" are no text that only moved."""
    lists = [block("We do not:"), item("read your mail"), block("We may:"), item("send you a letter")]
    sold = item("sell your data")
    told = changes([*lists[:2], sold, *lists[2:]], [*lists, sold])
    assert [(one.severity, one.direction) for one in told] == [(Severity.HIGH, Direction.WORSE)]
    assert told[0].before == "We do not: sell your data"


def test_a_denial_that_itself_is_reworded_is_told_once() -> None:
    """A lead-in turned from "We do not:" into "We may:" is one change, and not one for each item."""
    items = [item("sell your data"), item("read your mail")]
    told = changes([block("We do not:"), *items], [block("We may:"), *items])
    assert [(one.severity, one.direction, one.after) for one in told] == [(Severity.HIGH, Direction.WORSE, "We may:")]


def test_training_below_a_denial_is_no_training() -> None:
    """The typed fact of an item carries the denial of its lead-in."""
    lead, items = LISTS["en"]
    facts = find_facts(document([block(lead), *(item(text) for text in items)], "en"))
    assert [fact.get("statement") for fact in facts if fact.type is FactType.AI] == ["no-training"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We do not share your data, except with:", "en"),
        ("If we do not hear from you:", "en"),
        ("You may not:", "en"),
        ("Users must not:", "en"),
        ("We keep your data no longer than:", "en"),
        ("We collect:", "en"),
        ("Waarom wij geen cookies plaatsen:", "nl"),
        ("Wij delen uw gegevens niet, tenzij:", "nl"),
        ("Wenn wir Ihre Anfrage nicht beantworten:", "de"),
        ("Nous n'utilisons que :", "fr"),
    ],
)
def test_what_is_no_denial_of_what_follows(text: str, language: str) -> None:
    """Exceptions, conditions, duties of the reader and limits of time deny nothing of what stands below them."""
    assert not denies(text, language)


def test_an_item_with_its_own_denial_stands_alone() -> None:
    """Items that are whole sentences, with a subject or a denial of their own, do not hang on the lead-in."""
    blocks = [block("We do not:"), item("We never sell data"), item("no selling"), item("sell data")]
    assert list(denying_leads(blocks, "en")) == [3]


OPENINGS = {
    "en": ("You may not:", "We do:", "What we never do:"),
    "nl": ("U mag niet:", "Wij doen wel:", "Dit doen wij nooit:"),
    "de": ("Wir werden nicht:", "Sie dürfen:", "Was wir tun:"),
    "fr": ("Vous pouvez :", "Nous ne faisons pas :", "Ce que nous faisons :"),
}
FRAGMENTS = {
    "en": ("read letters", "rent lists out"),
    "nl": ("brieven lezen", "lijsten verhuren"),
    "de": ("Briefe lesen", "Listen vermieten"),
    "fr": ("lire les lettres", "louer des listes"),
}


@pytest.mark.parametrize("kind", [BlockKind.LIST_ITEM, BlockKind.PARAGRAPH, BlockKind.DEFINITION])
@pytest.mark.parametrize(("language", "opening"), [(one, text) for one in OPENINGS for text in OPENINGS[one]])
def test_a_short_line_below_words_with_a_colon_is_no_label(language: str, opening: str, kind: BlockKind) -> None:
    """What the vendor or the reader does is told line by line, whatever the markup, also where nobody denies it."""
    lines = [block(text, kind=kind) for text in FRAGMENTS[language]]
    for lead in (block(opening), block(opening, kind=BlockKind.HEADING)):
        (gone,) = changes([lead, *lines], [lead, lines[0]], language)
        (come,) = changes([lead, lines[1]], [lead, *lines], language)
        assert "margin" not in (*gone.rules, *come.rules)


def test_below_words_that_lead_elsewhere_a_short_line_is_one_of_the_page() -> None:
    """Below "You may also like:" stand labels, and behind the next sentence no line hangs below the colon."""
    blocks = [block("You may also like:"), block("Spring release"), block("We do:"), block("rent lists out")]
    blocks += [block("We tell you before we change any of this."), block("Spring release")]
    assert introduced(blocks, "en") == {3}
