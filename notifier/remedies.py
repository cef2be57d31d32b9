"""What each reason means and what a person can do about it: the sentences stand with the words of each language."""

from __future__ import annotations

from notifier.language import Words
from notifier.phrases import ENGLISH
from storage.model import Reason

# Where the fault may well lie with this machine, when it strikes several hosts at once.
NETWORK = frozenset({Reason.DNS, Reason.CONNECT, Reason.TIMEOUT, Reason.RESET, Reason.TLS})


def meaning(reason: Reason | None, words: Words = ENGLISH) -> str:
    """What a reason means."""
    return words.say(f"reason.{reason or 'unknown'}.means")


def remedy(reason: Reason | None, words: Words = ENGLISH) -> str:
    """What to do about it."""
    return words.say(f"reason.{reason or 'unknown'}.remedy")
