"""The supervisory authorities that a document names; "a supervisory authority" is the name of none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from storage.model import FactType
from watcher.differ.facts.passages import Found, Passage, Reading, lowered
from watcher.differ.places import find_places

# What any authority is called: a name only with a place or a nation, or with the capitals of a title.
_KIND = re.compile(
    r"(?:\w+ ){0,3}?(?:data protection|supervisory|privacy) (?:supervisory )?(?:authorit(?:y|ies)|regulators?)\b|"
    r"toezichthoudende (?:autoriteit|instantie)|toezichthouder\b|"
    r"(?:[\w-]+ )?(?:[\w-]*aufsichtsbehörden?|datenschutzbehörden?)\b|"
    r"autorités? (?:\w+ )?de (?:contrôle|protection des données)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"Data Protection Authority|Autorité de protection des données|Datenschutzbehörde")
_DEFINITE = re.compile(r"(?:\b(?:the|der|die|de|la)\s|l['’]|^)$", re.IGNORECASE)
_NATION = re.compile(
    r"\b(?:[A-Z]\w*(?:ish|ian|ean|ese|utch|ench|elsh|reek|wiss|zech|se)|[a-zäöü]+(?:ische|sche)[nrs]?)\s*$"
)
_NATION_BEHIND = re.compile(
    r"\s(?:belge|française|luxembourgeoise|suisse|italienne|espagnole|allemande|néerlandaise|irlandaise|autrichienne|"
    r"portugaise|polonaise|suédoise|danoise|grecque)\b"
)
_LAENDER = re.compile(
    r"Baden-Württemberg|Bayern|Berlin|Brandenburg|Bremen|Hamburg|Hessen|Mecklenburg|Niedersachsen|Nordrhein|Rheinland|Saarland|"
    r"Sachsen|Schleswig|Thüringen"
)
_OF = re.compile(r"\s(?:in|of|for|van|voor|für|aus|des?|der|du|d['’])\s.{2,60}", re.IGNORECASE)
_HOST = re.compile(r"\.[a-z]{2,}\b")
_BEFORE = 30  # characters before a name that say whose it is


def authority_facts(reading: Reading) -> Found:
    """The supervisory authority by its name, or by the place that it stands for."""
    about = [passage for passage in reading.passages if "authority" in passage.families]
    for group in ("named", "generic"):
        seen: set[str] = set()
        if group == "named":
            for passage, name in _below(reading):
                seen.add(name.lower())
                yield passage.fact(FactType.AUTHORITY, quote=name, name=name)
        for passage in about:
            for match in reading.phrases[f"authority.{group}"].finditer(passage.lower):
                name = passage.text[match.start() : match.end()].strip()
                short = passage.text[max(0, match.start() - 2) : match.start()].endswith("(") and bool(seen)
                if name.lower() not in seen and not short and _is_name(passage, match):
                    seen.add(name.lower())
                    yield passage.fact(FactType.AUTHORITY, name=name)
        if seen:
            return


def _below(reading: Reading) -> Iterator[tuple[Passage, str]]:
    """The names that stand as a line over an address, below words that announce one ("The authority is:")."""
    for before, passage in pairwise(reading.passages):
        announced = "authority" in before.families and before.text.endswith(":")
        if announced and before.block.path != passage.block.path and passage.block.path:
            heading = passage.block.path[-1]
            if reading.phrases["authority.named"].search(lowered(heading)):
                yield passage, heading


def _is_name(passage: Passage, match: re.Match[str]) -> bool:
    """False for what any authority is called ("your local data protection authority")."""
    name, before = passage.text[match.start() : match.end()], passage.text[: match.start()][-_BEFORE:]
    if _HOST.match(passage.text, match.end()) or passage.text[: match.start()].endswith(("@", "www.", "//")):
        return False  # a part of an address
    kind = _KIND.match(name)
    if kind is None:
        return True
    behind = passage.text[match.start() + kind.end() :]
    if _NATION.search(f"{before}{name[: _noun(name)]}") or _NATION_BEHIND.match(behind):
        return True
    place = _OF.match(behind)
    if place and (find_places(place[0]) or _LAENDER.search(place[0])):
        return True
    return bool(_TITLE.fullmatch(kind[0]) and _DEFINITE.search(before))


def _noun(name: str) -> int:
    """Where the words for the kind begin: those before say whose authority it is ("Dutch data protection ...")."""
    found = re.search(r"(?i)data protection|supervisory|privacy|aufsichts|datenschutzb|toezicht|autorité", name)
    return found.start() if found else 0
