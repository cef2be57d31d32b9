"""Which data are collected: items of lists and tables, and what a sentence enumerates."""

from __future__ import annotations

import re

from storage.model import BlockKind, FactType
from watcher.differ.facts.passages import Found, Passage, Reading

_NAME_CHARS = 90
_SPLIT = re.compile(r"\s?[,;]\s+|\s+(?:en|and|und|et|of|or|oder|ou|alsmede|sowie|ainsi que)\s+")
_END = re.compile(
    r"[.;:](?:\s|$)|\)(?=\s|$)|,?\s(?:om|zodat|to|in order|um|afin|waarmee|wanneer|when|die nodig|that you|if you)\s"
)
_LEAD = re.compile(
    r"^(?:(?:uw|je|jouw|een|de|het|your|a|an|the|ihre?n?|vos|votre|les?|la|eventueel|andere|alle)\s)+", re.IGNORECASE
)


def data_facts(reading: Reading) -> Found:
    """One fact for each category and section: list items and cells under words on data, enumerations in sentences."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    lead = ""
    for passage in reading.passages:
        if passage.block.kind is BlockKind.PARAGRAPH:
            lead = passage.lower
        for name in _names(passage, lead, reading):
            key = (name.lower(), passage.block.path)
            if key not in seen:
                seen.add(key)
                yield passage.fact(FactType.DATA_CATEGORY, name=name)


def _names(passage: Passage, lead: str, reading: Reading) -> list[str]:
    phrases = reading.phrases
    if passage.column:
        return _items(passage) if phrases["data.column"].search(passage.column) else []
    if (
        passage.block.kind in {BlockKind.LIST_ITEM, BlockKind.DEFINITION}
        and passage.first
        and _announced(passage, lead, reading)
    ):
        return _items(passage)
    if "data" not in passage.families or phrases["data.excluded"].search(passage.section):
        return []
    found = []
    for match in phrases["data.inline"].finditer(passage.lower):
        found += _enumerated(passage.text[match.end() :])
    if not found and phrases["data.collect"].search(passage.lower):
        found = [
            passage.text[m.start() : m.end()]
            for m in phrases["data.nouns"].finditer(passage.lower)
            if m.end() == len(passage.lower) or not passage.lower[m.end()].isalnum()
        ]
    return found


def _announced(passage: Passage, lead: str, reading: Reading) -> bool:
    """True for an item whose lead-in or headings announce data, not purposes or rights."""
    phrases = reading.phrases
    if lead.endswith(":") and passage.block.path[-1:] and not _under_cell(passage):
        return bool(phrases["data.leadin"].search(lead))
    headings = [heading.lower() for heading in passage.block.path[-2:]]
    if not headings or phrases["data.excluded"].search(headings[-1]):
        return False
    return any(phrases["data.leadin"].search(heading) for heading in headings)


def _under_cell(passage: Passage) -> bool:
    return len(passage.block.path) > 2


def _items(passage: Passage) -> list[str]:
    """The categories of an item: what stands after its label when that is an enumeration, else the item itself."""
    text = passage.text.strip().rstrip(".;")
    if passage.label and passage.first and not passage.column:
        rest = passage.block.text[len(passage.label) :].lstrip(" :–—-")
        names = _enumerated(rest)
        return names if len(names) > 1 else [passage.label]
    return [text] if len(text) <= _NAME_CHARS else _enumerated(text)[:1]


def _enumerated(text: str) -> list[str]:
    """The parts of an enumeration up to the end of its clause."""
    depth_free = re.sub(r"\([^()]*\)", lambda match: match[0].replace(",", "\ue000").replace(" ", "\ue001"), text)
    end = _END.search(depth_free)
    clause = depth_free[: end.start()] if end else depth_free
    names = []
    for part in _SPLIT.split(clause):
        name = _LEAD.sub("", part.replace("\ue000", ",").replace("\ue001", " ").strip(" ,.;:()")).strip()
        if 1 < len(name) <= _NAME_CHARS and len(name.split()) <= 8:
            names.append(name)
    return names
