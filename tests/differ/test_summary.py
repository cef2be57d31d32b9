"""The sentence that tells a change: plain English, short, and what a lawyer would write."""

from __future__ import annotations

import hashlib

import pytest
from differ_samples import FILLER, block, document, gravest

from storage.model import Block, BlockKind, Cell, Document
from watcher.differ import compare

_SENTENCES = [
    (
        "nl",
        "Bewaartermijnen",
        "Contacten, notities en documenten worden bewaard voor 12 maanden.",
        "Contacten, notities en documenten worden bewaard voor 24 maanden.",
        "12 months -> 24 months (worse)",
    ),
    (
        "en",
        "Retention",
        "We keep it for twelve months.",
        "We keep it for 24 months.",
        "Retention: 12 months -> 24 months (worse)",
    ),
    (
        "en",
        "Sharing",
        "We never share your files with third parties for marketing.",
        "We may share your files with third parties for marketing unless you object.",
        "Sharing: promise not to share data given up, opt-out instead (worse)",
    ),
    (
        "nl",
        "4.2 Kunstmatige intelligentie",
        "Wij gebruiken geen berichten om AI-modellen te trainen.",
        "Wij gebruiken berichten om AI-modellen te trainen, tenzij u bezwaar maakt.",
        "AI: promise not to train on data given up, opt-out instead (worse)",
    ),
    (
        "nl",
        "Wijzigingen",
        "Wij wijzigen dit privacybeleid zonder voorafgaande kennisgeving.",
        "Wij wijzigen dit privacybeleid na een voorafgaande kennisgeving van 30 dagen.",
        "Notice of policy changes: none -> 30 days (better)",
    ),
    (
        "en",
        "Your rights",
        "You have the right of access and the right to data portability.",
        "You have the right of access.",
        "Right removed: portability (worse)",
    ),
    (
        "en",
        "Children",
        "The workshop is not open to persons under 16 years of age.",
        "The workshop is not open to minors.",
        'Children: "persons under 16 years of age" -> "minors"',
    ),
    (
        "en",
        "Data we collect",
        "We collect your name, your address, your photo.",
        "We collect your name, your address, your photo and your job title.",
        'Data collected: now also says "your job title" (worse)',
    ),
    (
        "en",
        "Contact",
        "Phone: +31 50 555 01 01",
        "Phone: +31 50 555 01 99",
        "Phone: +31 50 555 01 01 -> +31 50 555 01 99",
    ),
    ("en", "Transfers", None, "Your files are stored in India.", "Transfers: data go to India (worse)"),
]


@pytest.mark.parametrize(("language", "heading", "before", "after", "told"), _SENTENCES)
def test_the_sentence_says_what_changed(
    language: str, heading: str, before: str | None, after: str | None, told: str
) -> None:
    """Periods in English words, promises by what became of them, rights by name, exchanges of words as such."""
    assert gravest(before, after, heading, language).summary.endswith(told)


def row(*cells: str) -> Block:
    """A row of a table of suppliers."""
    text = " | ".join(cells)
    named = tuple(Cell(column, cell) for column, cell in zip(("Supplier", "Purpose", "Country"), cells, strict=True))
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return Block(BlockKind.TABLE_ROW, text, ("Suppliers",), key, cells=named)


def test_a_new_recipient_is_told_with_purpose_and_place() -> None:
    """Who the recipient is, what for and where stand in the sentence itself."""
    old = [*(block(text) for text in FILLER), row("Kestrel Hosting B.V.", "Hosting", "Netherlands")]
    new = [*old, row("Wren Mail Ltd.", "Newsletters", "Ireland")]
    (change,) = compare(document(old, "en"), document(new, "en")).changes
    assert change.summary == "New recipient: Wren Mail Ltd. (Newsletters, Ireland) (worse)"


def test_another_officer_is_told_by_role() -> None:
    """A name under a lead-in takes the role that the lead-in gives it."""

    def around(name: str) -> Document:
        lead = block("Our data protection officer:", ("Privacy", "Contact"))
        person = block(f"Name: {name}", ("Privacy", "Contact"), BlockKind.LIST_ITEM)
        mail = block("E-mail: officer@workshop.example", ("Privacy", "Contact"), BlockKind.LIST_ITEM)
        return document([block(FILLER[0]), lead, person, mail, block(FILLER[1])], "en")

    (change,) = compare(around("Ann Kestrel"), around("Bo Wren")).changes
    assert change.summary == "Data protection officer: Ann Kestrel -> Bo Wren"


def test_a_sentence_that_is_full_leaves_the_direction_out() -> None:
    """The direction stands apart in every alert, so that it never costs words of the sentence."""
    text = "Our partners place pixels on every page to follow what each visitor of the workshop reads and for how long."
    change = gravest(None, text, "Cookies", "en")
    assert change.direction == "worse"
    assert len(change.summary) < 90
    assert change.summary.endswith('…"')


def test_a_bracket_that_is_cut_is_closed() -> None:
    """A long purpose in brackets is cut at a word, closed, and stays within the length."""
    old = [*(block(text) for text in FILLER), row("Kestrel Hosting B.V.", "Hosting", "Netherlands")]
    new = [*old, row("Wren Analytics Ltd.", "Looking at every payroll run for deviations from earlier ones", "Ireland")]
    (change,) = compare(document(old, "en"), document(new, "en")).changes
    assert change.summary.endswith("…)")
    assert len(change.summary) < 90
