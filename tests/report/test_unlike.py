"""What a person reads of two pages that could not be compared."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from notifier.remedies import meaning
from storage.model import Comparison, Reason, Verdict
from watcher.report.terminal import comparison_view
from watcher.report.unlike import why_blocked


def blocked(side: str | None, reason: Reason = Reason.BOT_WALL) -> Comparison:
    """A comparison of which this side is a wall."""
    return Comparison(Verdict.BLOCKED, "en", reason=reason, side=side)


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("old", "not compared: the old page is not the document but "),
        ("new", "not compared: the new page is not the document but "),
        (None, "not compared: the new page is not the document but "),
        ("both", "not compared: neither page is the document; the new one is "),
    ],
)
def test_the_sentence_names_the_page_and_what_was_there(side: str | None, said: str) -> None:
    """Whichever side it is, the sentence can be read aloud, and keeps the word to look up."""
    assert why_blocked(blocked(side)) == f"{said}a page that asks whether you are a robot (bot-wall)"


@pytest.mark.parametrize("reason", list(Reason)[:9], ids=str)
def test_every_reason_of_the_gate_has_words(reason: Reason) -> None:
    """No reason is printed as a bare word of the code."""
    assert meaning(reason) in why_blocked(blocked("both", reason))


def test_the_terminal_prints_the_sentence() -> None:
    """`compare` and `diff` say it below the verdict."""
    out = io.StringIO()
    Console(file=out, width=200, color_system=None).print(comparison_view(blocked("both"), "old.html > new.html"))
    assert "neither page is the document; the new one is a page that asks whether you are a robot" in out.getvalue()
