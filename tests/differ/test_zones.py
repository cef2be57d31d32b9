"""What stands around a document on its page: above the title, behind the end, in menus, and what it says there."""

from __future__ import annotations

import hashlib

import pytest

from storage.model import Block, BlockKind, Change, Document, Link
from watcher.differ import compare
from watcher.differ.zones import Zone, page_hits, zones

_BODY = (
    "This privacy policy explains how we handle the personal data of the people who use our platform at work.",
    "We process your personal data on the basis of our contract with you and of our legitimate interests.",
    "You have the right to access your personal data and to lodge a complaint with a supervisory authority.",
)


def _block(text: str, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0, *, linked: bool = False) -> Block:
    key = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    links = (Link(text, "https://example.org/"),) if linked else ()
    path = () if kind is BlockKind.HEADING else ("Privacy policy",)
    return Block(kind, text, path, key, level=level, links=links)


def _page(above: list[Block], below: list[Block]) -> Document:
    title = _block("Privacy policy", BlockKind.HEADING, 1)
    blocks = [*above, title, *map(_block, _BODY), *below]
    digest = hashlib.sha256("\n".join(f"{block.kind} {block.text}" for block in blocks).encode()).hexdigest()
    return Document("Privacy policy", "en", None, None, tuple(blocks), digest, "test")


def _only(old: Document, new: Document) -> Change:
    changes = compare(old, new).changes
    assert len(changes) == 1
    return changes[0]


def test_zones_of_a_page() -> None:
    """Blocks above the title are the preface, links in a row a menu, what follows the last sure sentence the tail."""
    menu = [_block(name, BlockKind.LIST_ITEM, 1, linked=True) for name in ("Servers", "Desks", "Chairs", "Lamps")]
    goodbye = _block("It was a pleasure to have you here and we hope that you enjoy the rest of the day.")
    page = _page([_block("Winter is coming")], [*menu, goodbye])
    found = zones(page.blocks, "en")
    assert found == [Zone.PREFACE, Zone.HEAD, *[Zone.BODY] * 3, *[Zone.TAIL] * 5]


def test_policy_text_above_a_late_title_is_no_preface() -> None:
    """A page whose sentences on rights and bases stand above its first heading has no preface."""
    title = _block("More on privacy", BlockKind.HEADING, 1)
    blocks = [*map(_block, _BODY), title, _block(_BODY[0])]
    assert Zone.PREFACE not in zones(blocks, "en")


@pytest.mark.parametrize(
    ("above", "rule"),
    [
        ("Order by Friday and save up to 20% on all lamps", "page.banner"),
        (
            "You are viewing a snapshot of this page that was taken while the site itself was out of reach.",
            "page.banner",
        ),
    ],
)
def test_a_banner_above_the_title_is_noise(above: str, rule: str) -> None:
    """What a shop or an archive puts above the title is no part of the document."""
    assert _only(_page([], []), _page([_block(above)], [])).rules == (rule,)
    assert compare(_page([_block(above)], []), _page([], [])).verdict == "noise"


def test_a_statement_of_policy_above_the_title_is_told() -> None:
    """A sentence that surely speaks of a topic is told wherever it stands."""
    said = _block("We now sell your personal data to third parties and use it to train artificial intelligence.")
    assert compare(_page([], []), _page([said], [])).verdict == "material"


def test_an_offer_behind_the_end_is_noise() -> None:
    """Footnotes of a sale behind the document are no clause of it."""
    offer = _block(
        "* Discount on selected items only, of up to 30% of the price, valid while stocks last in all our shops."
    )
    assert _only(_page([], []), _page([], [offer])).rules == ("page.promotion",)


def test_a_label_that_comes_again_and_again_is_noise() -> None:
    """The same short text put into the page three times is the label of a control."""
    labels = [_block("Copy this address", BlockKind.LIST_ITEM, 1) for _ in range(3)]
    mixed = [*map(_block, _BODY[:1]), labels[0], _block(_BODY[1]), labels[1], _block(_BODY[2]), labels[2]]
    old, new = _page([], [_block(text) for text in _BODY]), _page([], mixed)
    assert compare(old, new).verdict == "noise"


def test_a_clause_in_the_body_is_told_though_it_names_an_offer() -> None:
    """One word of selling does not make an offer of a clause on data."""
    clause = _block("With your consent we send the newsletter to your e-mail address.")
    new = _page([], [clause, _block(_BODY[1] + " That is all there is to say of it.")])
    assert compare(_page([], [_block(_BODY[1] + " That is all there is to say of it.")]), new).verdict == "material"


def test_terms_of_the_page_count_whole_beginnings() -> None:
    """A term is found at the start of a word, and as a whole where it is marked so."""
    assert page_hits("Related articles", "aside") == 1
    assert page_hits("Correlated data", "aside") == 0
    assert page_hits("The newsletters", "promotion") == 1
    assert page_hits("Companywide", "aside") == 0


def test_a_document_cut_short_without_another_trace_is_noise() -> None:
    """Half of a document gone, nothing new and the date unmoved, is a broken capture; with something new it is not."""
    rest = [
        _block(f"Paragraph {number} tells at length what we do with another kind of records.") for number in range(6)
    ]
    old = _page([], rest)
    assert compare(old, _page([], [])).verdict == "noise"
    assert compare(old, _page([], [_block("We now sell your personal data to third parties.")])).verdict == "material"
    assert compare(old, _page([], rest[:5])).verdict == "material"


def test_short_lines_before_the_first_sentence_are_beside_the_text_unless_they_speak() -> None:
    """A greeting or a price above the text is told as a matter of form; a line on a topic for sure is told in full."""

    def headed(line: str) -> Document:
        return _page([], [_block(_BODY[0])]) if not line else _under_title(line)

    assert _only(headed(""), headed("Up 4.2% since Monday")).rules == ("margin",)
    assert compare(headed(""), headed("Up 4.2% since Monday")).verdict == "editorial"
    assert compare(headed(""), headed("Special categories of data: biometric data, health data")).verdict == "material"


def _under_title(line: str) -> Document:
    page = _page([], [_block(_BODY[0])])
    blocks = (page.blocks[0], _block(line), *page.blocks[1:])
    return Document("Privacy policy", "en", None, None, blocks, "with " + line, "test")
