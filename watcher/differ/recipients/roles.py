"""The role in which a sentence names parties: "X and Y as processors", "als Auftragsverarbeiter setzen wir X ein"."""

from __future__ import annotations

import re

from watcher.differ.recipients.forms import NAME

_KIND = (
    r"(?:sub-?|joint\s|co-?|data\s)?(?:processors?|controllers?)|(?:sub-?)?(?:ver|be)werkers?|"
    r"(?:mede-?)?verwerkingsverantwoordelijken?|(?:unter-?|sub-?)?auftragsverarbeiter(?:n|in|innen)?|unterauftragnehmer(?:n|in)?|"
    r"(?:mit)?verantwortlichen?|sous-traitants?|responsables?(?:\sconjoints?)?(?:\sd[eu]\straitement)?"
)
_ADJECTIVE = (
    r"(?:independent|separate|joint|external|further|zelfstandige?|gezamenlijke?|externe|verdere|eigenständigen?r?|"
    r"gemeinsamen?|unabhängigen?|selbstständigen?|externen?|weiteren?)"
)
_OUR = r"(?:our|onze?|unsere?n?|nos|notre)"
_ARTICLE = rf"(?:the|an?|de|een|die|der|eine?n?|les?|la|une?|des|{_OUR})"
_ROLE = rf"(?:{_ARTICLE}\s)?(?P<role>(?:{_ADJECTIVE}\s)?(?:{_KIND})(?:\s(?:indépendants?|ultérieurs?))?)(?!\w)"
_AS = r"(?:as|als|en\s(?:tant|qualité)\s(?:que|de)|comme)"
_BE = r"(?:is|are|zijn|ist|sind|est|sont)"
# "X as processor", "X is our processor"; "as processors we engage X", "our processor is X".
_BEHIND = re.compile(rf"(?<!\w)(?:{_AS}|{_BE})\s{_ROLE}", re.IGNORECASE)
_BEFORE = re.compile(
    rf"^\W*(?:(?P<as>{_AS})\s(?P<our>{_OUR}\s)?{_ROLE}(?!,)|{_OUR}\s(?P<is>(?:{_KIND}))\s{_BE}\s)", re.IGNORECASE
)
# What may stand between a name and its role: other names, who they act for, and how "use ... as" is said.
_OTHERS = re.compile(rf"\([^()]*\)|{NAME}")
_NAMED = "\0"
_BETWEEN = re.compile(
    rf"(?:[\s,]*(?:and|or|as\swell\sas|en|of|evenals|und|oder|sowie|et|ou|ainsi\sque|&|/)?\s*(?:{_ARTICLE}\s|l['’])?{_NAMED})*"
    r"(?:\s(?:weiter|ab|ein|door|uit))?[\s,]*(?:(?:who|which|die|der|dat|qui|welche)\s)?(?:both|each|beide|beiden|jeweils|elk|tous\sdeux)?\s*"
    r"(?:acts?|acting|serves?|treed?t|treden|tritt|treten|fungeert|fungeren|handelt|handeln|fungiert|fungieren|dient|dienen|agit|agissent|"
    r"agissant|intervien\w+|optreedt|optreden|in)?\s*"
    r"(?:(?:for|für|voor|pour|zur?m?|bei|bij|on|in)\s(?:\S+\s){1,5}?|op\s|ein\s)?\s*",
    re.IGNORECASE,
)
_GERMAN = re.compile(r"verarbeiter|nehmer|verantwortlich", re.IGNORECASE)
_ANY = re.compile(
    r"processor|controller|werker|verwerkingsv|verarbeiter|auftragnehmer|verantwortlich|traitant|responsable",
    re.IGNORECASE,
)
_FAR = 300  # characters between a name and its role
_PLURAL = re.compile(
    r"(?P<one>processor|controller|werker|traitant|responsable|conjoint|ultérieur|indépendant)s\b|"
    r"(?P<two>verarbeiter|nehmer)n\b",
    re.IGNORECASE,
)


def role_of(name: str, sentence: str) -> str | None:
    """The role that a sentence gives to a party it names, as the words for one party; None where it gives none."""
    place = sentence.find(name)
    if place < 0:
        return None
    end = place + len(name)
    behind = _BEHIND.search(sentence, end, end + _FAR)
    if behind and _BETWEEN.fullmatch(_OTHERS.sub(_NAMED, sentence[end : behind.start()])):
        return _one(behind["role"])
    before = _BEFORE.match(sentence)
    if before is None or before.end() > place:
        return None
    if before["is"]:
        near = _BETWEEN.fullmatch(_OTHERS.sub(_NAMED, sentence[before.end() : place]) + _NAMED)
        return _one(before["is"]) if near else None
    role = before["role"]
    theirs = before["our"] or _one(role) != role or _GERMAN.search(role)
    return _one(role) if theirs else None


def speaks_of_roles(sentence: str) -> bool:
    """False for a sentence that names no role at all."""
    return bool(_ANY.search(sentence))


def _one(role: str) -> str:
    """A role in the singular, so that a party keeps it beside others."""
    return _PLURAL.sub(lambda match: match["one"] or match["two"], role)
