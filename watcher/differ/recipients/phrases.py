"""The words by which recipients are found, read once from `lexicon/recipients.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from watcher.differ.cues import Cues
from watcher.differ.recipients.forms import COMMON, COMPANY, FORM, NAME, read_words

FORMED = re.compile(FORM)


HANDLES = "handles"  # the family of cues for sentences in which every company counts


@dataclass(frozen=True, slots=True)
class ProseRule:
    """How a sentence names a party; `explicit` when the words say that it gets or handles the data.

    `needs` is what the sentence must hold in lower case, looked for first where the pattern itself begins with a name;
    `formed` when only names with a legal form count; `proper` when a single German noun is a name too, for want of an
    article. Patterns are compiled when first asked for: all of them take longer than reading a page.
    """

    says: str
    written: str
    explicit: bool
    needed: str | None = None
    formed: bool = False
    proper: bool = False

    @property
    def pattern(self) -> re.Pattern[str]:
        """What such a sentence looks like."""
        return _verbose(self.written)

    @property
    def needs(self) -> re.Pattern[str] | None:
        """What it must hold."""
        return None if self.needed is None else _verbose(self.needed)


@cache
def _verbose(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Patterns on lower-case text (but for prose), and sets of plain words. `columns`: what a table's column holds."""

    columns: dict[str, re.Pattern[str]]
    strong: re.Pattern[str]
    sharing: re.Pattern[str]
    cookies: re.Pattern[str]
    generic: frozenset[str]
    openers: frozenset[str]
    tails: frozenset[str]
    rules: tuple[ProseRule, ...]
    cues: Cues
    handles: re.Pattern[str]
    negation: re.Pattern[str]
    joined: re.Pattern[str]
    joins: re.Pattern[str]


def _any_of(entries: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(entries)})")


def _prose(raw: dict[str, Any]) -> tuple[ProseRule, ...]:
    name = rf"(?P<name>{NAME})(?:[\s-]*(?:\((?P<role>[^()]{{2,60}})\)))?"
    company = rf"(?P<name>{COMPANY})(?:[\s-]*(?:\((?P<role>[^()]{{2,60}})\)))?"
    parts = {"{article}": raw["article"], "{processor}": raw["processor"], "{name}": name, "{company}": company}
    rules = []
    for rule in raw["rule"]:
        pattern = rule["pattern"]
        for mark, part in parts.items():
            pattern = pattern.replace(mark, part)
        formed = "{company}" in rule["pattern"]
        proper = bool(rule.get("proper"))
        rules.append(ProseRule(rule["says"], pattern, bool(rule["explicit"]), rule.get("needs"), formed, proper))
    return tuple(rules)


def _load() -> Phrases:
    """Read the words. Raises KeyError, TypeError or re.error when the file is damaged: at import, not in a run.

    The patterns for sentences are compiled later; the tests compile each.
    """
    raw = read_words()
    context, prose = raw["context"], raw["prose"]
    flags = re.VERBOSE | re.IGNORECASE
    return Phrases(
        columns={name: _any_of(entries) for name, entries in raw["columns"].items()},
        strong=_any_of(context["strong"]),
        sharing=_any_of(context["sharing"]),
        cookies=_any_of(context["cookies"]),
        generic=COMMON.generic,
        openers=COMMON.openers,
        tails=COMMON.tails,
        rules=_prose(prose),
        cues=Cues({rule["says"]: rule["cues"] for rule in prose["rule"]} | {HANDLES: prose["handles_cues"]}),
        handles=re.compile(prose["handles"].replace("{processor}", prose["processor"]), flags),
        negation=re.compile(prose["negation"], flags),
        joined=re.compile(
            rf"(?:\s?\([^()]{{2,60}}\))?\s?(?:,|,?-?\s(?:and|or|en|of|und|oder|et|ou))\s"
            rf"(?:(?:the|de|het|die|der|das|la|le)\s|l['’])?(?P<name>{NAME})(?:\s\((?P<role>[^()]{{2,60}})\))?(?!\s?\d)"
        ),
        joins=re.compile(
            rf"(?<![\w.])(?P<name>{NAME})(?:\s\((?P<role>[^()]{{2,60}})\))?\s?(?:,|,?\s(?:and|en|und|sowie|et))\s"
            rf"(?:(?:the|de|het|die|der|das|la|le)\s|l['’])?\Z"
        ),
    )


PHRASES = _load()
