"""What a document says about artificial intelligence: training, features, the way out, automated decisions."""

from __future__ import annotations

import re

from storage.model import FactType
from watcher.differ.facts.passages import Found, Passage, Reading
from watcher.differ.facts.phrases import Lexicon

_RIGHT = re.compile(r"\b(?:rights?|recht(?:en)?|rechte|droits?|object|opposer|bezwaar|widersprechen)\b")
# The reader's choice, and not what the vendor may do: "you may opt out", "administrators can object".
_MAY = re.compile(
    r"(?<!\bwe )(?<!\bwij )(?<!\bwir )(?<!\bnous )\b(?:can|may|kunt?|kunnen|kan|können|kann|pouvez|peuvent|peut)\b"
    r"(?! (?:we|wij|wir|nous)\b)"
)
# A denial behind what it denies: "findet nicht statt".
_NOT_SO = re.compile(
    r".{0,20}\b(?:findet|finden|erfolgt|erfolgen|vindt|vinden|a|ont)\b.{0,30}\b(?:nicht|niet|pas|keine?|geen)\b"
)
_NEAR = 160  # characters between a negation and the training that it denies


def ai_facts(reading: Reading) -> Found:
    """One fact for each thing that a sentence states; whether training is denied is read from its own clause."""
    phrases = reading.phrases
    before: Passage | None = None
    for passage in reading.passages:
        same_block = before is not None and before.block is passage.block
        if "ai" in passage.families or (same_block and phrases["ai.optout"].search(passage.lower)):
            for statement in _statements(passage, phrases, follows=same_block):
                yield passage.fact(FactType.AI, statement=statement)
        if _speaks_of_ai(passage, phrases):
            before = passage


def _speaks_of_ai(passage: Passage, phrases: Lexicon) -> bool:
    return "ai" in passage.families and bool(phrases["ai.ai"].search(passage.lower))


def _statements(passage: Passage, phrases: Lexicon, *, follows: bool) -> list[str]:
    lower = passage.lower
    found = []
    about = bool(phrases["ai.ai"].search(lower))
    training = [match.span() for match in phrases["ai.train"].finditer(lower)] if about or follows else []
    optout = phrases["ai.optout"].search(lower) if about or follows else None
    if optout and (choice := _MAY.search(lower)) and choice.start() < optout.start():
        training = [span for span in training if span[0] < choice.start()]  # "may opt out of training" states a choice
    if training:
        denied = [
            passage.denied or is_denied(lower, end, phrases) for _, end in training
        ]  # "lernt nie aus" holds its own denial
        found.append("no-training" if any(denied) else "trains")
    if optout:
        found.append("opt-out")
    automated = phrases["ai.automated"].search(lower)
    denied_later = automated and (passage.denied or _NOT_SO.match(lower, automated.end()))
    if automated and not denied_later and not is_denied(lower, automated.start(), phrases) and not _RIGHT.search(lower):
        found.append("automated-decision")
    return found or (["feature"] if about and not passage.denied else [])


def is_denied(lower: str, place: int, phrases: Lexicon) -> bool:
    """True when a negation before a place reaches it: no "but", "unless" or "and we" stands between."""
    start = max(0, place - _NEAR)
    window = lower[start:place]
    for match in phrases["negation.contrast"].finditer(window):
        window = " " * match.end() + window[match.end() :]
    for stop in (";", ". ", ": "):
        cut = window.rfind(stop)
        if cut >= 0:
            window = " " * (cut + 1) + window[cut + 1 :]
    window = phrases["negation.not_negation"].sub("", window)
    return bool(phrases["negation.words"].search(window))
