"""Names that a document changed throughout, headings in other words, and what pages add around their text."""

from __future__ import annotations

import pytest
from differ_samples import FILLER, block, document

from storage.model import Block, BlockKind, Severity, Verdict
from watcher.differ import compare
from watcher.differ.renames import bare_name, lengthens, renames

LONG = "The workshop keeps the forms that people hand in when they come to learn the trade, and nobody else reads them."


def verdict(before: list[Block], after: list[Block], language: str = "en") -> Verdict:
    """What a page of long sentences around the blocks comes to."""
    sides = [document([block(FILLER[0]), *blocks, block(LONG)], language) for blocks in (before, after)]
    return compare(sides[0], sides[1]).verdict


def heading(text: str) -> Block:
    """A heading."""
    return block(text, kind=BlockKind.HEADING)


def test_a_new_name_may_share_words_with_what_stood_before_it() -> None:
    """A term replaced by a longer one is the same rename where its first words were there already."""
    known = {"takedown": "copyright removal"}
    assert renames("takedown", "copyright removal", "a ", known)
    assert renames("takedown", "removal", "a copyright ", known)
    assert not renames("takedown", "removal", "a fast ", known)
    assert not renames("takedown", "payment", "a copyright ", known)
    assert not renames("prevail", "leaflet prevails", "the ", {})
    assert renames("takedown", "copyright removal", "a ", {"takedown": "removal"}, " by a copyright takedown we mean ")
    assert not renames("takedown", "copyright removal", "a ", {"takedown": "removal"}, " by a takedown we mean ")


def test_a_name_may_have_grown() -> None:
    """Words before a name that is longer now are its new beginning, and nothing else is."""
    known = {"archive": "paper archive"}
    assert lengthens("Paper", "see our paper archive page", known)
    assert not lengthens("Public", "see our public archive page", known)
    assert not lengthens("", "see our paper archive page", known)


@pytest.mark.parametrize(("text", "bare"), [("Smith's forms", "smith form"), ("Gas", "gas"), ("the Sites", "the site")])
def test_a_bare_name_has_no_ending(text: str, bare: str) -> None:
    """Genitive and plural make no other name."""
    assert bare_name(text) == bare


def test_a_section_may_be_called_otherwise() -> None:
    """A short heading in other words, and the sentence that points to it, change no meaning."""
    before = [heading("Archive"), block("How we keep papers is told on our Archive page for everybody who comes by.")]
    after = [
        heading("Paper archive"),
        block("How we keep papers is told on our Paper archive page for everybody who comes by."),
    ]
    assert verdict(before, after) is Verdict.EDITORIAL


def test_a_heading_may_become_a_compound() -> None:
    """A German heading that says the same in a longer word, and back."""
    sides = [heading("Sicherheit")], [heading("Datensicherheit")]
    assert verdict(*sides, language="de") is Verdict.EDITORIAL
    assert verdict(*sides[::-1], language="de") is Verdict.EDITORIAL


def test_a_heading_of_weight_is_told() -> None:
    """A heading that takes back a promise is no matter of form."""
    assert verdict([heading("We never sell your data")], [heading("We sell your data")]) is Verdict.MATERIAL


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "(opens in a new tab)"),
        ("nl", "(opent in een nieuw venster)"),
        ("de", "(öffnet in neuem Fenster)"),
        ("fr", "(s'ouvre dans une nouvelle fenêtre)"),
    ],
)
def test_how_a_link_opens_is_no_meaning(language: str, note: str) -> None:
    """What a link says of how it opens may come and go."""
    text = "The forms of the Groningen workshop {}stand on the board beside the door."
    assert verdict([block(text.format(note + " "))], [block(text.format(""))], language) is not Verdict.MATERIAL


def test_a_line_in_another_language_behind_the_text_is_of_the_page() -> None:
    """A message of the page's own software, in English under a Dutch text, is shown and alerts nobody."""
    text = "IMPORTANT! Please make sure that the plugin is enabled in your panel, as it will not work if you have none."
    kept = "Wij bewaren uw persoonsgegevens niet langer dan 30 dagen na het einde van de overeenkomst met u."
    before, after = document([block(kept)], "nl"), document([block(kept), block(text)], "nl")
    comparison = compare(before, after)
    assert comparison.verdict is Verdict.EDITORIAL
    assert [change.severity for change in comparison.changes] == [Severity.INFO]


def test_a_letter_that_got_stuck_is_a_slip() -> None:
    """One letter behind a bracket is no word, not even where it could be half of a negation."""
    before = "Le formulaire du ou des site(s)/ de la boutique est rangé dans une armoire près de la porte."
    assert verdict([block(before)], [block(before.replace("(s)", "(s)n"))], "fr") is Verdict.EDITORIAL
