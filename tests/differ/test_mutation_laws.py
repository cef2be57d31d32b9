"""The mutation law: one meaningful word, number, name, row or sentence is always reported, another layout never is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.mutants import Edit, is_menu, meanings
from bench.mutations import LANGUAGES, Outcome, Policy, campaign, corpus_policies, judged, own_policies
from bench.policy_text import STYLES, Line, markdown, page, read_lines
from bench.relayouts import layouts
from storage.model import Verdict


@pytest.fixture(scope="module")
def policies() -> list[Policy]:
    """Our own policies, one a language."""
    return own_policies()


def _faults(outcomes: Sequence[Outcome]) -> list[str]:
    return [str(outcome) for outcome in outcomes if outcome.fault]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mutation_of_our_policies_is_told_and_no_layout(policies: list[Policy], language: str) -> None:
    """Every kind of mutation, twice each, in one of four forms of the page, keeps the law in every language."""
    outcomes = list(campaign([policy for policy in policies if policy.language == language], 2, seed=11))
    assert len({outcome.edit.kind for outcome in outcomes}) >= len(meanings(language)) + len(layouts()) - 1
    assert _faults(outcomes) == []


def test_the_same_seed_gives_the_same_campaign(policies: list[Policy]) -> None:
    """A campaign can be run again from its seed."""
    first, second = (
        [(outcome.edit.kind, outcome.edit.where, outcome.form) for outcome in campaign(policies[:1], 1, seed=4)]
        for _ in range(2)
    )
    assert first == second


def _without(lines: Sequence[Line], place: int) -> tuple[Line, ...]:
    return (*lines[:place], *lines[place + 1 :])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_row_item_or_paragraph_can_be_dropped_unseen(policies: list[Policy], language: str) -> None:
    """Every line of a policy, taken out of it as Markdown, is reported; rows, items and sentences as material."""
    policy = next(policy for policy in policies if policy.language == language)
    faults = []
    for place, line in enumerate(policy.lines):
        if line.kind in {"head", "term"} or is_menu(line):
            continue
        strict = line.kind in {"row", "item", "number", "definition"} or line.text.endswith(".")
        edit = Edit("dropped", _without(policy.lines, place), where=line.text, strict=strict)
        faults += _faults([judged(policy, edit, "markdown")])
    assert faults == []


@pytest.mark.parametrize("form", ["markdown", *STYLES])
def test_a_linked_partner_taken_out_is_told(policies: list[Policy], form: str) -> None:
    """A list item that is nothing but a link is a name of the document under such a heading, and no menu's entry."""
    for policy in policies:
        place = next(place for place, line in enumerate(policy.lines) if "/" in line.text and is_menu(line))
        outcome = judged(policy, Edit("linked", _without(policy.lines, place)), form)
        assert outcome.verdict in {Verdict.MATERIAL, Verdict.EDITORIAL}, str(outcome)


def test_the_number_of_a_clause_is_no_amount() -> None:
    """A clause number of several parts in the place of another breaks nothing and is told."""
    texts = [f"{_BEFORE} The fee of clause 3.3.{part} is due from every guest." for part in (3, 4)]
    lines = tuple(Line("para", text) for text in texts)
    outcome = judged(Policy("pair", "en", lines[:1]), Edit("clause", lines[1:]), "markdown")
    assert outcome.fault == ""


_BEFORE = "The board keeps the minutes of every meeting in a locked room beside the harbour office of the town."


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("en", "You may now refuse the survey.", "You may not refuse the survey."),
        ("en", "Members sign a contact form for each site.", "Members sign a contract form for each site."),
        ("en", "The personal file is kept by the clerk.", "The personnel file is kept by the clerk."),
        ("en", "The desk is open 24 hours a day, 7 days a week.", "The desk is open 24 hours a day, 5 days a week."),
        ("en", "If you applied 30 days ago, you may ask again.", "If you applied 60 days ago, you may ask again."),
        ("nl", "Leden kunnen de gegevens delen met de klant.", "Leden kunnen de gegevens delen met de klacht."),
        ("nl", "Wij bewaren dat de brief echt is.", "Wij beweren dat de brief echt is."),
        ("de", "Wir senden Briefe ohne Namen an das Amt.", "Wir senden Briefe ihre Namen an das Amt."),
        ("de", "Das Amt prüft den Vertrag im Saal.", "Das Amt prüft den Vortrag im Saal."),
        ("fr", "Nous vendons la liste au voisin.", "Nous rendons la liste au voisin."),
    ],
)
def test_a_real_word_is_no_slip_of_another(language: str, before: str, after: str) -> None:
    """Words a letter or two apart, and numbers with a unit, are told as material when one takes the other's place."""
    old = (Line("heading", "Office", 1), Line("para", _BEFORE), Line("para", before), Line("para", _BEFORE[::-1]))
    new = (*old[:2], Line("para", after), old[3])
    assert judged(Policy("pair", language, old), Edit("pair", new, strict=True), "semantic").fault == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("This page was viewed 1,201 times", "This page was viewed 1,377 times"),
        ("Trusted by 12,400 customers", "Trusted by 13,100 customers"),
        ("Deze pagina is 804 keer bekeken", "Deze pagina is 911 keer bekeken"),
        ("Updated 3 days ago", "Updated 5 days ago"),
    ],
)
def test_what_a_page_counts_by_itself_is_noise(before: str, after: str) -> None:
    """Counters of views and customers and relative ages tell nothing of the document."""
    old = (Line("heading", "Office", 1), Line("para", _BEFORE), Line("para", before), Line("para", _BEFORE[::-1]))
    new = (*old[:2], Line("para", after), old[3])
    assert judged(Policy("pair", "en", old), Edit("pair", new, quiet=True), "semantic").verdict == Verdict.NOISE


def test_a_policy_is_written_and_read_alike() -> None:
    """The lines of a policy come back from its Markdown, and each stands in the page of every style."""
    for policy in own_policies():
        lines = [line for line in policy.lines if line.kind not in {"term", "definition"}]
        assert read_lines(markdown(lines)) == lines
        for style in STYLES:
            written = page(policy.lines, policy.language, style)
            assert all(line.text.split(" ")[0].strip("[").split("]")[0] in written for line in policy.lines)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_every_mutation_of_the_corpus_is_told_and_no_layout(corpus: Path, policies: list[Policy], seed: int) -> None:
    """The law holds for the real texts of the even half, once for each kind of mutation, and ten times for our own."""
    outcomes = [*campaign(corpus_policies(corpus), 1, seed), *campaign(policies, 10, seed)]
    assert len(outcomes) > 3000
    assert _faults(outcomes) == []
