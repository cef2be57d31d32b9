"""What each differing clause means for the reader, and what the whole comparison comes to.

Order of judgement: is it page machinery, is it only of form, else it is material. Nothing is decided by how alike two
documents are as a whole; in doubt a change is material and low.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from storage.model import (
    BlockKind,
    Change,
    ChangeKind,
    Direction,
    Document,
    RecipientDelta,
    Severity,
    Topic,
    Verdict,
)
from watcher.differ.doubt import doubt, load_weights
from watcher.differ.editorial import editorial_rule, speaks_of_policy
from watcher.differ.entries import gather_entries
from watcher.differ.evidence import Evidence
from watcher.differ.lexicon import load_lexicon, plain_words
from watcher.differ.machinery import cut_short, machinery_rule, repeated_labels, truncated
from watcher.differ.parts import parts_of
from watcher.differ.pieces import Piece
from watcher.differ.reading import read_piece
from watcher.differ.renames import bare_name
from watcher.differ.roster import Roster
from watcher.differ.rules import Case, Finding, find_rules
from watcher.differ.same_saying import says_same
from watcher.differ.scraps import quiet_contents, quiet_headings
from watcher.differ.summary import headline, quiet_headline
from watcher.differ.surroundings import Surroundings
from watcher.differ.topics import term_scores, weigh_topics
from watcher.differ.typed import fact_changes
from watcher.differ.words import fold

# A name replaced by another so often, and hardly ever kept, is a renamed brand and no new fact; twice is enough where
# the new word is no name.
_RENAMED = 3
_KEPT = 0.2
_RENAMES = 40
# A name that the old document held so often is the one it uses throughout.
_THROUGHOUT = 20
# Typed facts are told where a reader may still look at each change.
_TYPED = 400
# A term has at most so many words.
_TERM = 4
_NOISE = "page."
# Rules that look at words as they stand: where what is left of them is of no weight, the trained judge may decide.
_BY_WORD = frozenset(
    {
        "modality.changed",
        "modality.weakened",
        "modality.strengthened",
        "sanction.weakened",
        "scope.changed",
        "limit.added",
        "limit.dropped",
        "negation.added",
        "negation.changed",
        "negation.dropped",
        "right.added",
        "right.removed",
    }
)
# A short clause on which nothing but these fire only names recipients.
_NAMING = frozenset({"recipient.added", *(f"{topic.value}.{ChangeKind.ADDED.value}" for topic in Topic)})
_MENTION = 80
_DEFAULT = frozenset(f"{topic.value}.{ChangeKind.MODIFIED.value}" for topic in Topic)
# So many English function words, and twice as many as of the page's own language, make a text English.
_ENGLISH = 6


def judge(
    pieces: Sequence[Piece], roster: Roster, old: Document, new: Document, *, whole: bool = False
) -> tuple[Verdict, tuple[Change, ...]]:
    """The verdict on all pieces, and their changes, gravest first (in reading order within a severity)."""
    evidences, around = _surveyed(pieces, roster.delta, old, new)
    if not whole and truncated(pieces, old, new):
        return Verdict.NOISE, tuple(
            _quiet(evidence, _topics(evidence, around)[0], "page.truncated") for evidence in evidences
        )
    changes = [change for evidence in evidences for change in _each(evidence, around, roster)]
    changes = gather_entries(_told_once(changes, roster), roster.delta)
    changes = quiet_headings(quiet_contents(changes, old, new), old, new)
    if not whole and cut_short(changes, old, new):
        return Verdict.NOISE, tuple(
            _quiet(evidence, _topics(evidence, around)[0], "page.truncated") for evidence in evidences
        )
    changes.sort(key=lambda change: -change.severity.rank)
    return _verdict(changes), tuple(changes)


def _each(evidence: Evidence, around: Surroundings, roster: Roster) -> list[Change]:
    """The change of a clause; of one in which several sentences say something else than before, one for each."""
    change = _judged(evidence, around, _change(evidence, around, roster))
    if change.severity is Severity.INFO or not around.few:
        return [change]
    parts = (
        Evidence(part, evidence.lexicon, evidence.language) for part in parts_of(evidence.piece, evidence.language)
    )
    told = [_judged(part, around, _change(part, around, roster)) for part in parts]
    meant = [one for one in told if one.severity is not Severity.INFO]
    lost = change.severity.rank > max((one.severity.rank for one in meant), default=0)
    return [change] if len(meant) < 2 or lost else told


def open_changes(
    pieces: Sequence[Piece], recipients: RecipientDelta, old: Document, new: Document
) -> Iterator[tuple[Evidence, Surroundings, Change]]:
    """The changes on which no rule is sure, with what is known of them: what the trained judge is asked about."""
    evidences, around = _surveyed(pieces, recipients, old, new)
    roster = Roster(recipients)
    for evidence in evidences:
        change = _change(evidence, around, roster)
        if _is_open(change):
            yield evidence, around, change


def _surveyed(
    pieces: Sequence[Piece], recipients: RecipientDelta, old: Document, new: Document
) -> tuple[list[Evidence], Surroundings]:
    """The evidence of all pieces, and what the comparison as a whole knows."""
    language = new.language or old.language
    evidences = [_evidence(piece, language) for piece in pieces]
    plain = Surroundings(old, new, {}, repeated_labels(pieces), few=len(pieces) <= _TYPED)
    return evidences, plain.with_renames(_renamed(evidences, recipients, plain))


def _judged(evidence: Evidence, around: Surroundings, change: Change) -> Change:
    """The change, turned into one of form where both wordings say the same or the trained judge finds no meaning.

    The judge is asked only where no rule is sure of the change; named recipients and rows of tables are always told.
    """
    if change.severity is Severity.INFO or change.kind is not ChangeKind.MODIFIED:
        return change
    named = evidence.piece.block.kind is BlockKind.TABLE_ROW or any(
        rule.startswith("recipient") for rule in change.rules
    )
    if not named and says_same(evidence, around):
        return _quiet(evidence, _topics(evidence, around)[0], "synonym")
    if _is_open(change) and doubt(evidence, around) < load_weights().threshold:
        return _quiet(evidence, _topics(evidence, around)[0], "wording.judged")
    return change


def _told_once(changes: Sequence[Change], roster: Roster) -> list[Change]:
    """The changes, where new clauses that only name new recipients told by an earlier one are for information."""
    told: dict[str, set[str]] = {}
    result = []
    for change in changes:
        if "recipient.added" not in change.rules:
            result.append(change)
            continue
        names = {one.name for one in roster.near((change.after,)).added if one.name in (change.after or "")}
        naming = set(change.rules) <= _NAMING
        again = all(name in told and told[name] >= set(change.topics) for name in names)
        if naming and names and again and change.kind is ChangeKind.ADDED and len(change.after or "") <= _MENTION:
            quiet = replace(change, severity=Severity.INFO, direction=Direction.NEUTRAL, rules=("told.elsewhere",))
            result.append(quiet)
            continue
        result.append(change)
        for name in names:
            told.setdefault(name, set()).update(change.topics)
    return result


def _is_open(change: Change) -> bool:
    """True for a modified clause that only its topic speaks for, or rules that look at single words."""
    told = change.severity is not Severity.INFO and change.kind is ChangeKind.MODIFIED
    return told and all(rule in _DEFAULT or rule in _BY_WORD for rule in change.rules)


def _evidence(piece: Piece, language: str | None) -> Evidence:
    """The evidence of a piece, read as English where an English text stands in a page of another language."""
    own = load_lexicon(language or "en")
    if own.language == "en":
        return Evidence(piece, own, language)
    english, words = load_lexicon("en"), plain_words(fold(piece.text))
    here, there = (sum(word in one.lists["grammar"] for word in words) for one in (own, english))
    foreign = there >= _ENGLISH and there >= 2 * here
    return Evidence(piece, english, "en") if foreign else Evidence(piece, own, language)


def _verdict(changes: Iterable[Change]) -> Verdict:
    """Material as soon as one change is; noise when all there is stems from the page around the document."""
    verdict = Verdict.NOISE
    for change in changes:
        if change.severity is not Severity.INFO:
            return Verdict.MATERIAL
        if not change.rules[0].startswith(_NOISE):
            verdict = Verdict.EDITORIAL
    return verdict if changes else Verdict.EDITORIAL


def _change(evidence: Evidence, around: Surroundings, roster: Roster) -> Change:
    """The change of one piece."""
    piece = evidence.piece
    recipients = roster.near((piece.before, piece.after, *piece.section[-1:]))
    quiet = machinery_rule(evidence, around) or editorial_rule(evidence, around)
    told = Evidence(piece.in_full(), evidence.lexicon, evidence.language) if any(piece.leads) else evidence
    topics, heard = _topics(evidence, around)
    if topics[0] is Topic.OTHER and told is not evidence:
        topics, heard = _topics(told, around)
    if quiet is not None and not _touches(evidence, recipients, around):
        return _quiet(evidence, topics, quiet)
    findings = find_rules(Case(told, heard, recipients, around.old_text, joined=bool(roster.delta.added)))
    topics = _with_proof(told, topics, findings)
    facts = fact_changes(piece, around.new) if around.few else ()
    return Change(
        topic=topics[0],
        topics=topics,
        kind=piece.kind,
        severity=findings[0].severity,
        direction=findings[0].direction,
        section=piece.section,
        before=piece.before,
        after=piece.after,
        spans=evidence.spans,
        facts=facts,
        summary=headline(told.piece, topics[0], findings, facts),
        rules=tuple(dict.fromkeys(finding.rule for finding in findings)),
    )


def _quiet(evidence: Evidence, topics: tuple[Topic, ...], rule: str) -> Change:
    """A change that a reader need not know of."""
    piece = evidence.piece
    return Change(
        topic=topics[0],
        topics=topics,
        kind=piece.kind,
        severity=Severity.INFO,
        direction=Direction.NEUTRAL,
        section=piece.section,
        before=piece.before,
        after=piece.after,
        spans=evidence.spans,
        facts=(),
        summary=quiet_headline(piece, rule),
        rules=(rule,),
    )


def _touches(evidence: Evidence, recipients: RecipientDelta, around: Surroundings) -> bool:
    """True when a clause of its own names a recipient that came or went: never a matter of form."""
    piece = evidence.piece
    if piece.kind is ChangeKind.MOVED or not (recipients.added or recipients.removed):
        return False
    came = [one.name for one in recipients.added]
    gone = [one.name for one in recipients.removed if bare_name(one.name) not in around.renamed]
    before, after = piece.before or "", piece.after or ""
    return any(name in after and name not in before for name in came) or any(
        name in before and name not in after for name in gone
    )


def _topics(evidence: Evidence, around: Surroundings) -> tuple[tuple[Topic, ...], tuple[Topic, ...]]:
    """What a clause is about by its words, its headings, its shape and its document: as told, and as rules hear it."""
    return weigh_topics(read_piece(evidence, around.kinds))


def _with_proof(evidence: Evidence, topics: tuple[Topic, ...], findings: Sequence[Finding]) -> tuple[Topic, ...]:
    """The topics with those that rules prove.

    A named recipient leads, training of AI whatever else is said, and what a grave rule proves where the words name it.
    """
    proven = [finding.topic for finding in findings if finding.topic is not None]
    if Topic.SUBPROCESSORS in proven and any(finding.rule.startswith("recipient.") for finding in findings):
        moved = [topic for topic in proven if topic is Topic.TRANSFERS]
        return tuple(dict.fromkeys((Topic.SUBPROCESSORS, *topics, *moved)))
    gravest = findings[0]
    proves = gravest.leads or gravest.rule == "ai.training"
    if gravest.topic is not None and (proves or (gravest.severity is Severity.HIGH and gravest.topic in topics)):
        return tuple(dict.fromkeys((gravest.topic, *topics)))
    if proven and topics[0] is Topic.OTHER:
        return tuple(dict.fromkeys((*proven, *topics[1:])))
    if proven and not term_scores(evidence.changed, evidence.language):
        return tuple(dict.fromkeys((*proven, *topics)))
    return tuple(dict.fromkeys((*topics, *proven)))


def _renamed(evidences: Sequence[Evidence], recipients: RecipientDelta, around: Surroundings) -> dict[str, str]:
    """Names and terms that the whole document replaced by others: old to new, folded."""
    votes: Counter[tuple[str, str]] = Counter()
    plain: set[tuple[str, str]] = set()
    named: set[tuple[str, str]] = set()
    came = {fold(one.name) for one in recipients.added}
    for evidence in evidences:
        piece = evidence.piece
        if piece.block.kind is BlockKind.HEADING and piece.before and piece.after:
            # What a section is called now, it is called wherever the document speaks of it.
            votes[bare_name(piece.before), bare_name(piece.after)] += _RENAMED
        for one, other in pairwise(evidence.spans):
            if one.op == "delete" and other.op == "insert" and max(one.text.count(" "), other.text.count(" ")) < _TERM:
                pair = bare_name(one.text), bare_name(other.text)
                votes[pair] += 1
                if one.text.strip()[:1].isupper() and other.text.strip()[:1].isupper():
                    named.add(pair)
                if other.text.strip()[:1].islower() and not one.text.count(" ") + other.text.count(" "):
                    plain.add(pair)
    frequent = [
        pair
        for pair, count in votes.most_common(_RENAMES)
        if all(pair)
        and (count >= _RENAMED or (count > 1 and pair in plain) or (pair in named and _is_straggler(*pair, around)))
    ]
    # Of several new names for one the most frequent holds: it is read last.
    return {
        was: now
        for was, now in reversed(frequent)
        if now not in came
        and _left_over(was, now, around.new_text) <= _KEPT * _occurrences(was, around.old_text)
        and not any(speaks_of_policy(text, evidences[0]) for text in (was, now))
    }


def _left_over(was: str, now: str, text: str) -> int:
    """How often a term stands in a text by itself, and not in the one that took its place."""
    return _occurrences(was, text) - (_occurrences(now, text) if f" {was}" in f" {now}" else 0)


def _is_straggler(was: str, now: str, around: Surroundings) -> bool:
    """True for the last places of a name that the document had already given up for the one it uses throughout."""
    if not around.may_stand(plain_words(now)):
        return False
    known = around.old_text.count(_framed(now)) >= _THROUGHOUT
    return known and around.old_text.count(_framed(was)) < _RENAMED and not around.new_text.count(_framed(was))


def _framed(term: str) -> str:
    """The words of a term, framed and parted by one blank."""
    return f" {' '.join(plain_words(term))} "


def _occurrences(term: str, text: str) -> int:
    """How often a term stands in a folded text, plural and genitive included."""
    return text.count(f" {' '.join(plain_words(term))}")
