"""Where data go: transfers to other countries with their mechanism, places of storage; and the law that governs."""

from __future__ import annotations

import re
from functools import cache

from storage.model import FactType
from watcher.differ.facts.ai import is_denied
from watcher.differ.facts.passages import Found, Passage, Reading
from watcher.differ.facts.phrases import Lexicon
from watcher.differ.places import find_places

_NONE = re.compile(
    r":\s*(?:none|no|nee|nein|non)\b|"
    r"\b(?:never|nie|niemals|nooit|nimmer|jamais|niet|nicht|geen|keine?[nrms]?|aucune?|ne sont pas)\b"
)
_WITHOUT = re.compile(r"\b(?:without|no|not|zonder|geen|ohne|keine?n?|sans|absence d|aucune?)\b\W{1,2}(?:\w+\s){0,2}$")
_LAW_ROW = re.compile(
    r"(?:governing|applicable) law|choice of law|toepasselijk recht|rechtskeuze|anwendbares recht|rechtswahl|"
    r"(?:droit|loi) applicable"
)
_MECHANISMS = {"scc": "SCC", "adequacy": "adequacy", "dpf": "DPF", "bcr": "BCR"}


def transfer_facts(reading: Reading) -> Found:
    """One fact for each mechanism of a sentence; one without for a sentence that names where data go or lie."""
    phrases = reading.phrases
    seen: set[tuple[str | None, str | None, tuple[str, ...]]] = set()
    for passage in reading.passages:
        if "transfer" not in passage.families:
            continue
        lower = passage.lower
        found: list[str | None] = [
            name
            for group, name in _MECHANISMS.items()
            if (match := phrases[f"transfer.{group}"].search(lower)) and not _WITHOUT.search(lower[: match.start()])
        ]
        moves = phrases["transfer.move"].search(lower)
        act = moves or phrases["transfer.store"].search(lower)
        destination = _destination(passage, reading)
        if not found and (act is None or destination is None or passage.denied or _denied(lower, act, phrases)):
            continue
        if moves and destination and phrases["transfer.consent"].search(lower):
            found.append("consent")
        for mechanism in found or [None]:
            key = (mechanism, destination, passage.block.path)
            if key not in seen:
                seen.add(key)
                yield passage.fact(FactType.TRANSFER, mechanism=mechanism, destination=destination)


def _denied(lower: str, act: re.Match[str], phrases: Lexicon) -> bool:
    """True for "we do not transfer data outside the EU" and "Transfers: none"."""
    return is_denied(lower, act.start(), phrases) or bool(_NONE.search(lower[act.end() :]))


def _destination(passage: Passage, reading: Reading) -> str | None:
    """The places of a passage in its own words, or its "outside the EU"."""
    if outside := reading.phrases["transfer.outside"].search(passage.lower):
        return passage.text[outside.start() : outside.end()]
    names: dict[str, str] = {}
    for code, name, _ in find_places(passage.text):
        names.setdefault(code, name)
    return ", ".join(names.values()) or None


def law_facts(reading: Reading) -> Found:
    """The law that governs, in the document's words."""
    patterns = _law(reading.phrases.words["law.patterns"])
    for passage in reading.passages:
        if passage.paired and _LAW_ROW.match(passage.label.lower()):
            yield passage.fact(FactType.GOVERNING_LAW, name=passage.text.rstrip("."))
            continue
        if "law" not in passage.families:
            continue
        for pattern in patterns:
            if match := pattern.search(passage.lower):
                name = passage.text[match.start("name") : match.end("name")].strip()
                yield passage.fact(FactType.GOVERNING_LAW, name=name)
                break


@cache
def _law(entries: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(entry) for entry in entries)
