"""What changes mean: verdict, severity, direction, rules and summaries, on documents of our own."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.model import Block, BlockKind, Cell, Change, Comparison, DatedPhrase, Document
from watcher.differ import compare

_FILLER = (
    "This statement explains how we handle the records of the people who use our platform for their daily work.",
    "The platform is made in Utrecht by a small team that answers every letter within a few working hours.",
    "Nothing in this text limits what you have agreed with your own employer about the use of the platform.",
)


def _block(text: str, path: tuple[str, ...] = (), kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
    return Block(kind, text, path, hashlib.blake2b(text.encode(), digest_size=8).hexdigest())


def _row(path: tuple[str, ...], *cells: str) -> Block:
    text = " | ".join(cells)
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    named = tuple(
        Cell(column, cell) for column, cell in zip(("Sub-processor", "Purpose", "Location"), cells, strict=True)
    )
    return Block(BlockKind.TABLE_ROW, text, path, key, cells=named)


def _document(blocks: list[Block], language: str = "en") -> Document:
    digest = hashlib.sha256("\n".join(f"{block.kind} {block.text}" for block in blocks).encode()).hexdigest()
    updated = DatedPhrase(date(2024, 1, 1), "January 1, 2024")
    return Document("Privacy", language, None, updated, tuple(blocks), digest, "test")


def _compare(before: str | None, after: str | None, *, heading: str = "", language: str = "en") -> Comparison:
    """Compare two documents that differ in one clause among others."""
    path = ("Privacy", heading) if heading else ("Privacy",)

    def around(text: str | None) -> Document:
        middle = [_block(text, path)] if text else []
        return _document([_block(_FILLER[0]), *middle, _block(_FILLER[1]), _block(_FILLER[2])], language)

    return compare(around(before), around(after))


def _only(comparison: Comparison) -> Change:
    assert len(comparison.changes) == 1
    return comparison.changes[0]


_MATERIAL = [
    ("en", "We keep logs for 30 days.", "We keep logs for 90 days.", "retention.longer", "high", "worse"),
    ("en", "We keep logs for twelve months.", "We keep logs for six months.", "retention.shorter", "medium", "better"),
    (
        "nl",
        "Wij bewaren dit zes maanden.",
        "Wij bewaren dit vierentwintig maanden.",
        "retention.longer",
        "high",
        "worse",
    ),
    (
        "de",
        "Die Speicherdauer beträgt 6 Wochen.",
        "Die Speicherdauer beträgt 6 Monate.",
        "retention.longer",
        "high",
        "worse",
    ),
    (
        "fr",
        "Les données sont conservées deux ans.",
        "Les données sont conservées cinq ans.",
        "retention.longer",
        "high",
        "worse",
    ),
    ("en", "We do not sell your data.", "We sell your data.", "negation.dropped", "high", "worse"),
    (
        "nl",
        "Wij verkopen uw gegevens niet aan derden.",
        "Wij verkopen uw gegevens aan derden.",
        "negation.dropped",
        "high",
        "worse",
    ),
    (
        "de",
        "Wir geben Daten nicht an Dritte weiter.",
        "Wir geben Daten an Dritte weiter.",
        "negation.dropped",
        "high",
        "worse",
    ),
    ("en", "We will delete your backups.", "We may delete your backups.", "modality.weakened", "high", "worse"),
    (
        "en",
        "We share data only with our auditors.",
        "We share data with our auditors.",
        "limit.dropped",
        "high",
        "worse",
    ),
    (
        "nl",
        "Wij delen gegevens alleen met de bank.",
        "Wij delen gegevens met de bank.",
        "limit.dropped",
        "high",
        "worse",
    ),
    (
        "en",
        "With your consent we send offers of partners.",
        "Unless you opt out we send offers of partners.",
        "consent.opt-out",
        "high",
        "worse",
    ),
]


@pytest.mark.parametrize(("language", "before", "after", "rule", "severity", "direction"), _MATERIAL)
def test_one_word_that_matters_is_material(
    language: str, before: str, after: str, rule: str, severity: str, direction: str
) -> None:
    """A number, a negation, a modal verb, a limit or consent changes the meaning, and the rule is named."""
    comparison = _compare(before, after, language=language)
    change = _only(comparison)
    assert comparison.verdict == "material"
    assert rule in change.rules
    assert (change.severity, change.direction) == (severity, direction)
    assert (change.before, change.after) == (before, after)


_ADDED = [
    ("en", "We use your messages to train machine learning models.", "ai.training", "ai", "high"),
    ("en", "You have the right to object to profiling of any kind.", "right.added", "rights", "medium"),
    ("en", "Data are transferred to the United States.", "transfer.added", "transfers", "high"),
    (
        "nl",
        "Wij verwerken ook uw vingerafdruk en andere biometrische gegevens.",
        "sensitive-data.added",
        "sensitive-data",
        "high",
    ),
]


@pytest.mark.parametrize(("language", "clause", "rule", "topic", "severity"), _ADDED)
def test_an_added_clause_is_named_and_weighed(language: str, clause: str, rule: str, topic: str, severity: str) -> None:
    """What a new clause brings is told by rule, topic and severity."""
    change = _only(_compare(None, clause, language=language))
    assert change.kind == "added"
    assert change.before is None
    assert rule in change.rules
    assert (change.topic, change.severity) == (topic, severity)


def test_a_right_that_is_gone_is_high() -> None:
    """A dropped right is a protection lost."""
    change = _only(_compare("You have the right to receive a copy of your records.", None, heading="Your rights"))
    assert (change.kind, change.severity, change.direction, change.topic) == ("removed", "high", "worse", "rights")


def test_a_new_row_of_recipients_is_high() -> None:
    """A row that joins a table of sub-processors is a new recipient with name, purpose and place."""
    path = ("Sub-processors",)
    head = [_block(text) for text in _FILLER]
    rows = [
        _row(path, "Alfa Hosting B.V.", "Hosting", "Netherlands"),
        _row(path, "Beta Mail Ltd.", "E-mail", "Ireland"),
    ]
    new = _row(path, "Gamma Chat, Inc.", "Chat", "United States")
    comparison = compare(_document([*head, *rows]), _document([*head, rows[0], new, rows[1]]))
    change = _only(comparison)
    assert change.topic == "subprocessors"
    assert change.severity == "high"
    assert "recipient.added" in change.rules
    assert [one.name for one in comparison.recipients.added] == ["Gamma Chat, Inc."]


_EDITORIAL = [
    ("en", "We keep all of your data safe.", "We keep all of your Data safe", "typography punctuation"),
    ("en", "The organisation keeps a log book.", "The organization keeps a log book.", "spelling synonym"),
    ("nl", "U kunt uw gegevens altijd inzien.", "Je kunt je gegevens altijd inzien.", "synonym"),
    ("de", "Sie können Ihre Daten einsehen.", "Du kannst deine Daten einsehen.", "synonym"),
    ("en", "Last updated: January 1, 2024", "Last updated: March 5, 2025", "date.only"),
    ("nl", "Laatst bijgewerkt op 1 mei 2023", "Laatst bijgewerkt op 12 juni 2024", "date.only"),
    ("en", "4. See section 4.1 of this page.", "5. See section 5.1 of this page.", "renumbered"),
    ("en", "We don't read the mail of our users.", "We do not read the mail of our users.", "synonym"),
    ("en", "Please recieve our thanks for that.", "Please receive our thanks for that.", "spelling"),
    ("en", "The text is here on the page.", "The text is here in the page.", "grammar"),
]


@pytest.mark.parametrize(("language", "before", "after", "rules"), _EDITORIAL)
def test_form_alone_is_editorial(language: str, before: str, after: str, rules: str) -> None:
    """Marks, spelling, form of address, dates, numbers of sections and function words change no meaning."""
    comparison = _compare(before, after, language=language)
    assert comparison.verdict == "editorial"
    assert _only(comparison).severity == "info"
    assert _only(comparison).rules[0] in rules.split()


_NEVER_EDITORIAL = [
    ("en", "lawful", "unlawful"),
    ("en", "now", "not"),
    ("en", "include", "exclude"),
    ("en", "30", "31"),
    ("en", "one", "two"),
    ("nl", "wel", "niet"),
    ("nl", "alle", "sommige"),
    ("nl", "mogen", "moeten"),
    ("de", "darf", "muss"),
    ("fr", "toujours", "parfois"),
]


@pytest.mark.parametrize(("language", "before", "after"), _NEVER_EDITORIAL)
def test_a_small_word_with_weight_is_never_editorial(language: str, before: str, after: str) -> None:
    """Few letters may change a meaning: such a change is material, if only low."""
    assert (
        _compare(f"Records {before} matter here.", f"Records {after} matter here.", language=language).verdict
        == "material"
    )


def test_relative_age_and_counter_are_noise() -> None:
    """A relative age or a counter of the page is no change of the document."""
    assert _compare("Updated 3 days ago", "Updated 2 weeks ago").verdict == "noise"
    assert _compare("1,204 views", "1,377 views").verdict == "noise"


def test_a_changed_period_is_told_with_its_fact() -> None:
    """A period that grew is a typed fact, and the summary says of what, from what, to what."""
    change = _only(_compare("Old mailboxes are deleted after 24 months.", "Old mailboxes are deleted after 36 months."))
    periods = [(fact.type, fact.before, fact.after) for fact in change.facts]
    assert ("retention", "P24M", "P36M") in periods
    assert change.summary.endswith("24 months -> 36 months (worse)")


def test_languages_and_labels_around_the_text_are_noise() -> None:
    """A menu of languages and a lone control of the page are no part of the document."""
    assert _compare(None, "English Deutsch Français Nederlands Español").verdict == "noise"
    assert _compare(None, "Back to top").verdict == "noise"


def test_a_capture_that_broke_off_is_noise() -> None:
    """When a text ends inside a sentence and only its rest is missing, nothing was changed by the vendor."""
    blocks = [_block(text) for text in (*_FILLER, "The last words of this statement are about the archive room.")]
    broken = _block(_FILLER[2][:40])
    assert compare(_document(blocks), _document([*blocks[:2], broken])).verdict == "noise"


def test_an_address_of_a_page_is_a_matter_of_form() -> None:
    """Another address of the same page and another text of its link change no meaning."""
    before, after = "Read more at https://example.org/privacy/old", "Read more at https://example.org/legal/new"
    assert _compare(before, after).verdict == "editorial"


def test_equal_documents_are_the_same() -> None:
    """Equal fingerprints give no change."""
    comparison = _compare(_FILLER[2], _FILLER[2])
    assert (comparison.verdict, comparison.changes) == ("same", ())


def test_a_moved_section_is_one_quiet_change() -> None:
    """A section that only moved is one change of form."""
    section = [
        _block("Complaints", (), BlockKind.HEADING),
        _block("Write to the authority of your own country.", ("Complaints",)),
    ]
    rest = [_block(text) for text in _FILLER]
    comparison = compare(_document([*section, *rest]), _document([*rest, *section]))
    assert comparison.verdict == "editorial"
    assert _only(comparison).kind == "moved"


def test_renamed_brand_is_quiet_where_it_is_complete() -> None:
    """A name replaced everywhere is a rename; the change of meaning beside it is still told."""
    old = [f"Acme keeps file number {word} in its own archive room." for word in ("alpha", "beta", "gamma", "delta")]
    new = [text.replace("Acme", "Zenith") for text in old]
    quiet = compare(_document([_block(text) for text in old]), _document([_block(text) for text in new]))
    assert quiet.verdict == "editorial"
    told = compare(
        _document([_block(text) for text in old]),
        _document(
            [_block(text) for text in [*new[:3], "Zenith never keeps file number delta in its own archive room."]]
        ),
    )
    assert told.verdict == "material"


def test_sentence_dropped_from_a_long_paragraph_is_visible() -> None:
    """Of a long paragraph the missing sentence is shown, not the whole."""
    sentence = "You may also ask us to hand over your records to another provider."
    body = " ".join(f"{text} Chapter {number} of the handbook says so too." for number, text in enumerate(_FILLER * 3))
    head, tail = body[: body.index("Chapter 4")], body[body.index("Chapter 4") :]
    change = _only(_compare(f"{head}{sentence} {tail}", f"{head}{tail}"))
    assert change.kind == "removed"
    assert change.before == sentence
    assert change.topic == "rights"


_WORDS = st.lists(
    st.sampled_from(
        [
            "we",
            "keep",
            "data",
            "for",
            "30",
            "days",
            "not",
            "only",
            "share",
            "with",
            "Alfa",
            "B.V.",
            "rights",
            "cookies",
            ".",
        ]
    ),
    min_size=1,
    max_size=12,
).map(" ".join)


@given(st.lists(_WORDS, max_size=5), st.lists(_WORDS, max_size=5))
@settings(max_examples=120, deadline=None)
def test_any_two_documents_compare_lawfully(left: list[str], right: list[str]) -> None:
    """Changes come gravest first, quote both documents, join from their spans and have short summaries."""
    old, new = _document([_block(text) for text in left]), _document([_block(text) for text in right])
    comparison = compare(old, new)
    ranks = [change.severity.rank for change in comparison.changes]
    assert ranks == sorted(ranks, reverse=True)
    assert (comparison.verdict == "same") == (old.fingerprint == new.fingerprint)
    old_text, new_text = (" ".join(block.text for block in document.blocks) for document in (old, new))
    for change in comparison.changes:
        assert (change.before or "") in old_text
        assert (change.after or "") in new_text
        assert "".join(span.text for span in change.spans if span.op != "insert") == (change.before or "")
        assert "".join(span.text for span in change.spans if span.op != "delete") == (change.after or "")
        assert change.topics[0] == change.topic
        assert len(change.summary) < 90
        assert change.rules


@given(_WORDS)
@settings(max_examples=60, deadline=None)
def test_a_document_is_the_same_as_itself(text: str) -> None:
    """Comparing a document with itself finds nothing."""
    document = _document([_block(text), _block(_FILLER[0])])
    assert compare(document, document).changes == ()


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (
            "Write to help.example.org about your account.",
            "Write to www.example.org/help about your account.",
            "editorial",
        ),
        ("The data are collected by our staff each day.", "The data are corrected by our staff each day.", "material"),
        ("The records are lawful in every country there.", "The records are in every country there.", "material"),
        ("Staff of the Utrecht office read the letters.", "Staff of the Ghent office read the letters.", "material"),
        ("They read: a letter; a card; and a form.", "They read: a. a letter; b. a card; and c. a form.", "editorial"),
        ("For more information see our cookie policy.", "To learn more, please read our Cookie Policy.", "editorial"),
    ],
)
def test_form_is_told_from_content(before: str, after: str, verdict: str) -> None:
    """Addresses, enumerators and pointers may be reworded; one other word of content may not."""
    assert _compare(before, after).verdict == verdict


def test_a_sentence_under_a_heading_that_a_page_may_have_too_is_told() -> None:
    """A clause in the body is told under "Related services" as well as under "Newsletter"."""
    clause = "We store technical records of delivery there, such as bounces."
    assert _compare(None, clause, heading="Newsletter").verdict == "material"
    assert _compare(clause, None, heading="Related services").verdict == "material"
