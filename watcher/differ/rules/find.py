"""All rules on one clause, and what topic and kind alone say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from storage.model import BlockKind, ChangeKind, Topic
from watcher.differ.evidence import starts_in
from watcher.differ.recipients.names import companies
from watcher.differ.rules.controllers import controllers
from watcher.differ.rules.finding import BETTER, HIGH, INFO, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.handing_over import law
from watcher.differ.rules.parties import authorised, companies_named, contact, recipients, sharing
from watcher.differ.rules.promises import promises, refusals
from watcher.differ.rules.protection import (
    ai,
    audits,
    basis,
    deemed,
    intrusive,
    protection,
    rights,
    sensitive,
    strengths,
    transfers,
)
from watcher.differ.rules.quantity import amounts, foretelling, notice, patience, periods, retention
from watcher.differ.rules.shifts import beside, turned
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.telling import exchanged_names, told_words
from watcher.differ.rules.terms import remedies, terms
from watcher.differ.rules.weigh import finding as weighed
from watcher.differ.rules.weigh import weigh
from watcher.differ.rules.wording import consent, cross, limits, modality, negation
from watcher.differ.topics import term_scores

# Rules that say little beside other changed words.
_SLIGHT = frozenset({"modality.changed", "scope.changed", "contact.mail", "contact.phone", "contact.address"})
# So many words of content beside those that a slight rule explains are a change of their own.
_MORE = 6
# A new clause on these opens data up to others.
_OPENING_UP = frozenset({Topic.SUBPROCESSORS, Topic.TRACKING, Topic.SHARING})
# A new clause on these is a use of data that there was not before, where it is a statement of so many words.
_NEW_USE = frozenset({Topic.DATA_COLLECTED, Topic.PURPOSES})
_STATEMENT = 8
# A line of an entry has at most so many words.
_LINE = 14
# A line of so few words is a title.
_TITLE = 6
# The name of a column has at most so many words.
_LABEL = 5
# A reference says so within its first words.
_OPENING = 5
# Where a name in the place of another is one who gets data; that of a court is a small fact.
_PARTIES = frozenset({Topic.SUBPROCESSORS, Topic.SHARING, Topic.TRANSFERS, Topic.TRACKING})
# Signs that make a new clause a grave one.
_GRAVE_ALONE = frozenset({"sale", "sensitive", "training", "waiver", "abrupt", "deemed"})
# A sentence that only names a recipient whose entry is told elsewhere.
_AGAIN = "recipient.named-again"
# A change of so few words of content that speak of no topic is small.
_FEW = 4


def find_rules(case: Case) -> list[Finding]:
    """Every rule that fires on a clause, gravest first; one that names topic and kind when none does."""
    if _is_header(case):
        return [Finding("table.header", INFO, NEUTRAL)]
    if _is_part(case):
        return [Finding("recipient.part", INFO, NEUTRAL)]
    if _refers(case):
        return [Finding("reference.added", LOW, NEUTRAL)]
    found = [finding for rule in _RULES for finding in rule(case)]
    if case.kind is ChangeKind.MODIFIED:
        found = _with_weight(case, found)
    if told := turned(case):
        found = [*told, *beside(found, told)]
    if not found or (all(finding.rule in _SLIGHT for finding in found) and not _only_slight(case, found)):
        found.append(_default(case) if case.kind is ChangeKind.MODIFIED else _of_whole(case))
    found.sort(key=lambda finding: (-finding.severity.rank, finding.direction is NEUTRAL))
    first = found[0] if found[0].detail else replace(found[0], detail=told_words(case.evidence))
    return [first, *found[1:]]


def _with_weight(case: Case, found: list[Finding]) -> list[Finding]:
    """The findings with what the sentences come to; that stands before what one small word alone says."""
    firm = [finding for finding in found if not _is_soft(finding)]
    if any(finding.severity is HIGH or finding.rule == _AGAIN for finding in firm):
        return found  # what is said of one company in the place of another goes with the company
    weight = weigh(case)
    told = weighed(case, weight)
    if told is None or (0 < weight.score < 3 and any(finding.severity is HIGH for finding in found)):
        return found
    soft = [finding for finding in found if _is_soft(finding) and finding.direction in {told.direction, NEUTRAL}]
    return [*firm, told, *soft]


def _is_soft(finding: Finding) -> bool:
    """True for a rule that looks at one small word and not at what the sentence states."""
    return finding.rule in _SLIGHT or finding.rule.partition(".")[0] in {"negation", "modality", "limit"}


def _is_header(case: Case) -> bool:
    """True for the row that names a table's columns: it states nothing."""
    cells = case.evidence.piece.block.cells
    named = all(cell.text == cell.column and len(cell.text.split()) <= _LABEL for cell in cells)
    text = case.evidence.piece.text
    stated = companies(text) or any(map(str.isdigit, text)) or any(one.name in text for one in case.recipients.added)
    return case.kind is ChangeKind.ADDED and len(cells) > 1 and named and not stated


def _is_part(case: Case) -> bool:
    """True for the line of a recipient's entry that gives its purpose or place: the recipient's own change tells it."""
    section, text = case.evidence.piece.section, case.evidence.piece.text
    if not section or len(text.split()) > _LINE:
        return False
    gone = case.kind is ChangeKind.REMOVED
    entries = case.recipients.removed if gone else case.recipients.added if case.kind is ChangeKind.ADDED else ()
    mine = (one for one in entries if one.name == section[-1])
    return any(value in text for one in mine for value in (one.purpose, one.location) if value)


def _only_slight(case: Case, found: list[Finding]) -> bool:
    """True when what differs is told by the slight rules that fired: small words, or an address."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    words = {*evidence.gone, *evidence.came}
    if any(finding.rule.startswith("contact.") for finding in found):
        return len(_content(case)) < _MORE
    slight = lists["weak"] | lists["strong"] | lists["scope"] | lists["grammar"]
    return bool(words) and words <= slight


def _content(case: Case) -> set[str]:
    """The words that came or went, without those of grammar and without addresses."""
    evidence = case.evidence
    gone, came = evidence.addresses
    return {*evidence.gone, *evidence.came} - evidence.lexicon.lists["grammar"] - {*gone, *came}


def _default(case: Case) -> Finding:
    """What topic and kind alone say."""
    rule = f"{case.lead}.{case.kind}"
    if case.evidence.piece.block.kind is BlockKind.HEADING:
        return Finding(rule, LOW, NEUTRAL)
    if case.kind is ChangeKind.MODIFIED and _is_small(case):
        return Finding(rule, LOW, NEUTRAL)
    return _of_topic(case, rule)


def _of_whole(case: Case) -> Finding:
    """What a clause that came or went amounts to: by its signs where they speak, by its topic else."""
    default = _default(case)
    weight = weigh(case)
    told = weighed(case, weight)
    if told is not None and told.direction is BETTER and case.lead in _NEW_USE:
        return replace(told, severity=MEDIUM)
    if case.kind is ChangeKind.ADDED and case.lead is Topic.AI and weight.strongest() == "human":
        return default  # a new use of AI, whoever looks at what it does
    if told is None or default.severity is HIGH or case.evidence.piece.block.kind is BlockKind.HEADING:
        return default
    if told.direction is WORSE:
        alone = weight.strongest() in _GRAVE_ALONE - ({"deemed"} if case.lead is Topic.POLICY_UPDATES else set())
        grave = told.severity is HIGH and (case.kind is ChangeKind.REMOVED or alone)
        return replace(told, severity=HIGH if grave else MEDIUM)
    return replace(told, severity=default.severity)


def _of_topic(case: Case, rule: str) -> Finding:
    """What the topic makes of a clause that came, went or changed."""
    removed, added = case.kind is ChangeKind.REMOVED, case.kind is ChangeKind.ADDED
    if added and (_opens_up(case) or _is_new_use(case)) and not _soft(case):
        return Finding(rule, HIGH, WORSE)
    if case.lead in {Topic.DATA_COLLECTED, Topic.PURPOSES, Topic.SHARING, Topic.TRACKING, Topic.AI}:
        if removed:
            return Finding(rule, LOW, BETTER)
        return Finding(rule, MEDIUM, WORSE if added or _begins(case) else NEUTRAL)
    if case.lead is Topic.RETENTION and case.kind is ChangeKind.MODIFIED:
        grammar = case.evidence.lexicon.lists["grammar"]
        came, gone = ({*words} - grammar for words in (case.evidence.came, case.evidence.gone))
        wider = len(came) > len(gone) + 1
        return Finding(rule, HIGH if wider else MEDIUM, WORSE if wider else NEUTRAL)
    if case.lead is Topic.OTHER:
        return Finding(rule, LOW, NEUTRAL)
    return Finding(rule, MEDIUM, WORSE if removed else NEUTRAL)


def _begins(case: Case) -> bool:
    """True when a paragraph that did not speak of its lead topic got a sentence that does, and lost none."""
    evidence = case.evidence
    if evidence.dropped or evidence.reworded or not evidence.brought:
        return False
    was, now = (term_scores(text, evidence.language) for text in (evidence.piece.before or "", evidence.fresh))
    return case.lead in now and case.lead not in was


def _opens_up(case: Case) -> bool:
    """True for a new clause by which others get data; a title of sharing is none yet, a kind of party in a list is."""
    evidence = case.evidence
    party = evidence.piece.block.kind is BlockKind.LIST_ITEM and evidence.speaks("party", evidence.fresh)
    return case.lead in _OPENING_UP and (case.lead is not Topic.SHARING or party or len(evidence.after) > _TITLE)


def _is_new_use(case: Case) -> bool:
    """True for a statement of its own on what is collected, or what it is used for."""
    return case.lead in _NEW_USE and len((case.evidence.piece.after or "").split()) >= _STATEMENT


def _soft(case: Case) -> bool:
    """True when a new clause asks first, offers a way out, or promises not to."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    terms = lists["share"] | lists["track"] | lists["abroad"] | lists["sell"] | lists["advertise"]
    denied = stance(evidence.fresh, terms, evidence.lexicon, evidence.language) is Stance.DENIED
    return denied or starts_in(evidence.fresh, lists["ask"] | lists["objection"] | lists["withdraw"])


def _refers(case: Case) -> bool:
    """True when all that came are sentences which point elsewhere."""
    evidence = case.evidence
    told = evidence.brought
    if case.kind is ChangeKind.REMOVED or evidence.reworded or evidence.dropped or not told:
        return False
    if companies(evidence.inserted) or any(one.name in evidence.inserted for one in case.recipients.added):
        return False
    openings = (" ".join(text.split()[:_OPENING]) for text in told)
    return all(starts_in(opening, evidence.lexicon.lists["refer"]) for opening in openings)


def _is_small(case: Case) -> bool:
    """True when few words differ and none of them names data, a party, a number or anything else of a topic."""
    evidence = case.evidence
    content = _content(case)
    told = term_scores(evidence.changed, evidence.language)
    if _PARTIES & set(case.topics[:2]) and exchanged_names(evidence):
        return False
    return len(content) <= _FEW and not told and not any(any(map(str.isdigit, word)) for word in content)


_RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    recipients,
    companies_named,
    authorised,
    foretelling,
    periods,
    amounts,
    promises,
    consent,
    cross,
    deemed,
    sensitive,
    intrusive,
    ai,
    controllers,
    transfers,
    sharing,
    rights,
    retention,
    notice,
    patience,
    terms,
    remedies,
    law,
    basis,
    contact,
    protection,
    strengths,
    audits,
    refusals,
    negation,
    modality,
    limits,
)
