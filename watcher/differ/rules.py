"""Named rules that weigh a change of meaning: what it is called, how grave it is, and for whom it is good.

high: more risk for the reader or a protection lost; medium: another material change; low: a small fact. Each rule
looks at the words a clause lost and gained; all that fire are told, the gravest decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from storage.model import BlockKind, ChangeKind, Direction, RecipientDelta, Severity, Topic
from watcher.differ.evidence import Evidence, holds, starts_in
from watcher.differ.periods import Period
from watcher.differ.sentences import sentences
from watcher.differ.topics import term_scores
from watcher.differ.words import fold, fold_word, token_kind

HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW
WORSE, BETTER, NEUTRAL = Direction.WORSE, Direction.BETTER, Direction.NEUTRAL
# A retention period from here on (days) that was not stated before is a risk of its own.
_LONG = 3 * 365.0
# Rules that say little beside other changed words.
_SLIGHT = frozenset({"modality.changed", "scope.changed"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired. `topic` is the topic it proves, None when it proves none; `detail` goes into the summary."""

    rule: str
    severity: Severity
    direction: Direction
    topic: Topic | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may ask: the evidence of one clause, its topics, and what changed in the document around it.

    `old_text` are the folded words of the old document, framed and parted by blanks.
    """

    evidence: Evidence
    topics: tuple[Topic, ...]
    recipients: RecipientDelta
    old_text: str = ""

    @property
    def lead(self) -> Topic:
        """The lead topic."""
        return self.topics[0]

    @property
    def kind(self) -> ChangeKind:
        """Added, removed or modified."""
        return self.evidence.piece.kind


def find_rules(case: Case) -> list[Finding]:
    """Every rule that fires on a clause, gravest first; one that names topic and kind when none does."""
    found = [finding for rule in _RULES for finding in rule(case)]
    if all(finding.rule in _SLIGHT for finding in found) and not _only_slight(case):
        found.append(_default(case))
    return sorted(found, key=lambda finding: -finding.severity.rank)


def _only_slight(case: Case) -> bool:
    """True when nothing but words of possibility or of scope differs."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    slight = lists["weak"] | lists["strong"] | lists["scope"] | lists["grammar"]
    words = {*evidence.gone, *evidence.came}
    return bool(words) and words <= slight


def _recipients(case: Case) -> Iterator[Finding]:
    """Named parties that came or went."""
    before, after = (_spaced(text) for text in (case.evidence.piece.before, case.evidence.piece.after))
    for recipient in case.recipients.added:
        name = _spaced(recipient.name)
        if name in after and name not in before:
            yield Finding("recipient.added", HIGH, WORSE, Topic.SUBPROCESSORS, f"New recipient: {recipient.name}")
    listed = case.kind is ChangeKind.ADDED and case.recipients.added and case.lead is Topic.SUBPROCESSORS
    if listed and case.evidence.piece.text.endswith(":"):
        yield Finding("recipient.list", HIGH, WORSE, Topic.SUBPROCESSORS, "a list of recipients was added")
    for recipient in case.recipients.removed:
        name = _spaced(recipient.name)
        if name in before and name not in after:
            yield Finding("recipient.removed", MEDIUM, BETTER, Topic.SUBPROCESSORS, f"Recipient gone: {recipient.name}")
    for change in case.recipients.changed:
        if _spaced(change.name) in before + after:
            abroad = change.field == "location"
            detail = f"{change.name}: {change.field} {change.before or '-'} -> {change.after or '-'}"
            yield Finding("recipient.changed", MEDIUM, WORSE if abroad else NEUTRAL, Topic.SUBPROCESSORS, detail)


def _spaced(text: str | None) -> str:
    """A text folded and framed for a search of whole names."""
    return f" {fold(text or '')} "


def _periods(case: Case) -> Iterator[Finding]:
    """Periods that grew, shrank, came or went."""
    gone, came = case.evidence.periods
    if not gone and not came:
        return
    topic = _period_topic(case)
    if gone and came:
        yield from _replaced(topic, gone, came)
    elif came and case.kind is not ChangeKind.REMOVED:
        longest = max(period.days for period in came)
        severity = HIGH if topic is Topic.RETENTION and longest >= _LONG else MEDIUM
        told = f"now states {came[0].text}"
        yield Finding(f"{topic}.stated", severity, NEUTRAL, topic if topic is Topic.RETENTION else None, told)
    elif gone:
        grave = HIGH if topic is Topic.POLICY_UPDATES else MEDIUM
        yield Finding(f"{topic}.unstated", grave, WORSE, None, f"no longer states {gone[0].text}")


def _period_topic(case: Case) -> Topic:
    """What the periods of a clause are of."""
    timed = (Topic.RETENTION, Topic.POLICY_UPDATES, Topic.RIGHTS, Topic.LEGAL_TERMS, Topic.SECURITY)
    return next((topic for topic in case.topics if topic in timed), case.lead)


def _replaced(topic: Topic, gone: tuple[Period, ...], came: tuple[Period, ...]) -> Iterator[Finding]:
    """Periods that stand in the place of others."""
    for was, now in zip(gone, came, strict=False):
        longer = now.days > was.days
        detail = f"{was.text} -> {now.text}"
        if topic is Topic.POLICY_UPDATES:
            yield Finding(
                f"notice.{'longer' if longer else 'shorter'}",
                MEDIUM if longer else HIGH,
                BETTER if longer else WORSE,
                None,
                detail,
            )
        elif topic in {Topic.RIGHTS, Topic.SECURITY, Topic.LEGAL_TERMS}:
            yield Finding(f"term.{'longer' if longer else 'shorter'}", MEDIUM, NEUTRAL, None, detail)
        else:
            severity, direction = (HIGH, WORSE) if longer else (MEDIUM, BETTER)
            yield Finding(
                f"retention.{'longer' if longer else 'shorter'}", severity, direction, Topic.RETENTION, detail
            )


def _negation(case: Case) -> Iterator[Finding]:
    """A "not" that came or went inside a clause."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    lost, gained = evidence.lost("negation"), evidence.gained("negation")
    against = case.lead in {Topic.RIGHTS, Topic.LEGAL_TERMS, Topic.POLICY_UPDATES}
    if lost and not gained:
        yield Finding(
            "negation.dropped",
            MEDIUM if against else HIGH,
            BETTER if against else WORSE,
            None,
            f'"{min(lost)}" is gone',
        )
    elif gained and not lost:
        grave = HIGH if case.lead in {Topic.RIGHTS, Topic.POLICY_UPDATES} else MEDIUM
        yield Finding("negation.added", grave, WORSE if against else BETTER, None, f'now says "{min(gained)}"')
    elif lost and gained:
        yield Finding("negation.changed", MEDIUM, WORSE, None, f'"{min(lost)}" became "{min(gained)}"')


def _modality(case: Case) -> Iterator[Finding]:
    """Duty turned into possibility, or the other way round."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    strong_gone, weak_came = evidence.lost("strong"), evidence.gained("weak")
    weak_gone, strong_came = evidence.lost("weak"), evidence.gained("strong")
    promised = case.lead in {
        Topic.POLICY_UPDATES,
        Topic.RIGHTS,
        Topic.RETENTION,
        Topic.SECURITY,
        Topic.AI,
        Topic.SHARING,
    }
    if strong_gone and weak_came:
        detail = f'"{min(strong_gone)}" became "{min(weak_came)}"'
        yield Finding("modality.weakened", HIGH if promised else MEDIUM, WORSE, None, detail)
    elif weak_gone and strong_came:
        yield Finding("modality.strengthened", MEDIUM, NEUTRAL, None, f'"{min(weak_gone)}" became "{min(strong_came)}"')
    elif weak_gone or weak_came or strong_gone or strong_came:
        yield Finding("modality.changed", LOW, NEUTRAL)


def _limits(case: Case) -> Iterator[Finding]:
    """Words that limit ("only", "at most", "all") that came or went."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    if lost := evidence.lost("only") - evidence.gained("only"):
        yield Finding("limit.dropped", MEDIUM, WORSE, None, f'"{min(lost)}" is gone')
    elif gained := evidence.gained("only") - evidence.lost("only"):
        yield Finding("limit.added", MEDIUM, BETTER, None, f'now says "{min(gained)}"')
    if evidence.lost("scope") or evidence.gained("scope"):
        yield Finding("scope.changed", LOW, NEUTRAL)


def _consent(case: Case) -> Iterator[Finding]:
    """Consent that is no longer asked, or that became a right to object."""
    evidence = case.evidence
    gone = evidence.speaks("consent", evidence.deleted)
    came = evidence.speaks("consent", evidence.inserted)
    if gone and not came:
        if evidence.speaks("optout", evidence.inserted):
            yield Finding("consent.opt-out", HIGH, WORSE, Topic.LEGAL_BASIS, "consent became an opt-out")
        else:
            severity = HIGH if _asks(evidence.piece.before or "", evidence) else MEDIUM
            yield Finding("consent.dropped", severity, WORSE, Topic.LEGAL_BASIS, "consent is no longer asked")
    elif came and not gone and case.kind is ChangeKind.MODIFIED:
        yield Finding("consent.added", MEDIUM, BETTER, Topic.LEGAL_BASIS, "consent is asked")


def _asks(text: str, evidence: Evidence) -> bool:
    """True when a clause promises to ask; one that only tells how to take consent back does not."""
    return not starts_in(text, evidence.lexicon.lists["withdraw"])


def _ai(case: Case) -> Iterator[Finding]:
    """Training of models and new uses of AI."""
    evidence = case.evidence
    if Topic.AI not in case.topics[:2] or case.kind is ChangeKind.REMOVED:
        return
    lists, inserted = evidence.lexicon.lists, evidence.inserted
    named = Topic.AI in term_scores(inserted, evidence.language) and case.kind is ChangeKind.MODIFIED
    if starts_in(inserted, lists["train"]) or (named and starts_in(evidence.clause, lists["train"])):
        if not evidence.lost("negation") and _denied(
            evidence.fresh, lists["train"], lists["negation"], evidence.language
        ):
            yield Finding("ai.no-training", MEDIUM, BETTER, Topic.AI, "does not train AI on data")
        else:
            yield Finding("ai.training", HIGH, WORSE, Topic.AI, "data train AI models")
    if starts_in(inserted, lists["model"]):
        yield Finding("ai.model", HIGH, WORSE, Topic.AI, "content goes through an AI model")


def _denied(text: str, terms: Iterable[str], negation: Iterable[str], language: str | None) -> bool:
    """True when every sentence that holds a term also holds a negation."""
    told = [sentence for sentence in sentences(text, language) if starts_in(sentence, terms)]
    return bool(told) and all(holds(sentence, negation) for sentence in told)


def _sensitive(case: Case) -> Iterator[Finding]:
    """Special categories of data that were not named before."""
    if case.lead is Topic.SENSITIVE_DATA and case.kind is ChangeKind.ADDED:
        yield Finding("sensitive-data.added", HIGH, WORSE, None, "sensitive data named")


def _transfers(case: Case) -> Iterator[Finding]:
    """Places outside Europe: high when the old document did not speak of that place at all."""
    evidence = case.evidence
    if Topic.TRANSFERS not in case.topics[:2]:
        return
    if case.kind is ChangeKind.REMOVED:
        if starts_in(evidence.deleted, evidence.lexicon.lists["safeguard"]):
            yield Finding("transfer.safeguard-dropped", HIGH, WORSE, Topic.TRANSFERS, "a transfer safeguard is gone")
        return
    before = evidence.piece.before or ""
    terms = [term for term in evidence.lexicon.lists["abroad"] if holds(evidence.inserted, (term,))]
    fresh = [term for term in terms if not holds(before, (term,))]
    if fresh:
        known = all(f" {term} " in case.old_text for term in fresh)
        grave = MEDIUM if known or evidence.piece.block.kind is BlockKind.HEADING else HIGH
        yield Finding("transfer.added", grave, WORSE, None, "data leave for other countries")


def _sharing(case: Case) -> Iterator[Finding]:
    """Selling, and others who may advertise."""
    evidence = case.evidence
    sells = evidence.speaks("sell", evidence.inserted) and not evidence.speaks("sell", evidence.deleted)
    lists = evidence.lexicon.lists
    denied = _denied(
        evidence.piece.after or "", lists["sell"] | lists["advertise"], lists["negation"], evidence.language
    )
    related = {Topic.SHARING, Topic.TRACKING, Topic.SUBPROCESSORS} & set(case.topics)
    if sells and Topic.SHARING in case.topics and not denied:
        yield Finding("sharing.sale", HIGH, WORSE, Topic.SHARING, "data may be sold")
    advertised = evidence.speaks("advertise", evidence.inserted) and not evidence.speaks("advertise", evidence.deleted)
    if advertised and related and not denied:
        asked = evidence.speaks("consent", evidence.inserted)
        yield Finding("advertising.added", MEDIUM if asked else HIGH, WORSE, None, "advertising added")
    promise = evidence.speaks("sell", evidence.deleted) and holds(evidence.deleted, evidence.lexicon.lists["negation"])
    if promise and case.kind is ChangeKind.REMOVED:
        yield Finding("sharing.promise-dropped", HIGH, WORSE, Topic.SHARING, "a promise not to sell is gone")


def _rights(case: Case) -> Iterator[Finding]:
    """Rights that came or went."""
    if case.lead is not Topic.RIGHTS:
        return
    evidence = case.evidence
    lost = starts_in(evidence.deleted, evidence.lexicon.lists["right"])
    gained = starts_in(evidence.inserted, evidence.lexicon.lists["right"])
    if case.kind is ChangeKind.REMOVED or (lost and not gained):
        yield Finding("right.removed", HIGH, WORSE, None, "a right is gone")
    elif case.kind is ChangeKind.ADDED or (gained and not lost):
        yield Finding("right.added", MEDIUM, BETTER, None, "a right is named")


def _retention(case: Case) -> Iterator[Finding]:
    """A deletion that is no longer promised, and acting without notice."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    promised = starts_in(evidence.deleted, lists["delete"]) and not starts_in(evidence.inserted, lists["delete"])
    if promised and case.kind is ChangeKind.MODIFIED and case.lead is not Topic.RIGHTS:
        yield Finding("deletion.dropped", HIGH, WORSE, Topic.RETENTION, "deletion is no longer promised")
    if holds(evidence.fresh, lists["abrupt"]) and not holds(evidence.stale, lists["abrupt"]):
        yield Finding("notice.none", HIGH, WORSE, None, "may now act without notice")


def _basis(case: Case) -> Iterator[Finding]:
    """A legitimate interest that a clause now rests on."""
    evidence = case.evidence
    interest = evidence.lexicon.lists["interest"]
    gained = starts_in(evidence.inserted, interest) and not starts_in(evidence.piece.before or "", interest)
    if gained and case.kind is ChangeKind.MODIFIED:
        yield Finding("legal-basis.interest", HIGH, WORSE, Topic.LEGAL_BASIS, "now rests on legitimate interest")


def _contact(case: Case) -> Iterator[Finding]:
    """Addresses, numbers and persons."""
    evidence = case.evidence
    gone, came = evidence.addresses
    modified = case.kind is ChangeKind.MODIFIED
    if (gone or came) and modified:
        kinds = {token_kind(word) for word in (*gone, *came)}
        what = "phone" if "phone" in kinds else "mail" if "mail" in kinds else "address"
        yield Finding(f"contact.{what}", LOW, NEUTRAL, Topic.CONTACT if what != "address" else None, f"{what} changed")
    if case.lead is Topic.CONTACT:
        named = any(token[:1].isupper() for token in evidence.after if evidence.came[fold_word(token)])
        if modified and named and not any(token_kind(word) == "number" for word in (*evidence.gone, *evidence.came)):
            yield Finding("contact.person", MEDIUM, NEUTRAL, None, "a contact changed")
        else:
            yield Finding(f"contact.{case.kind}", LOW, NEUTRAL)


def _protection(case: Case) -> Iterator[Finding]:
    """Security measures that came or went."""
    if case.lead is not Topic.SECURITY:
        return
    evidence = case.evidence
    proven = starts_in(evidence.inserted, evidence.lexicon.lists["certificate"])
    if case.kind is ChangeKind.REMOVED:
        yield Finding("security.removed", HIGH, WORSE, None, "a security measure is gone")
    elif proven or case.kind is ChangeKind.ADDED:
        yield Finding("security.added", MEDIUM, BETTER, None, "a security measure is named")


def _default(case: Case) -> Finding:
    """What topic and kind alone say."""
    rule = f"{case.lead}.{case.kind}"
    removed, added = case.kind is ChangeKind.REMOVED, case.kind is ChangeKind.ADDED
    evidence = case.evidence
    if case.lead in {Topic.DATA_COLLECTED, Topic.PURPOSES, Topic.SHARING, Topic.TRACKING, Topic.AI}:
        if removed:
            return Finding(rule, LOW, BETTER)
        return Finding(rule, MEDIUM, WORSE if added else NEUTRAL)
    if case.lead is Topic.RETENTION and case.kind is ChangeKind.MODIFIED:
        wider = evidence.came.total() > evidence.gone.total()
        return Finding(rule, HIGH if wider else MEDIUM, WORSE if wider else NEUTRAL)
    if case.lead is Topic.SUBPROCESSORS and added:
        block = evidence.piece.block
        header = bool(block.cells) and all(cell.text == cell.column for cell in block.cells)
        return Finding(rule, LOW, NEUTRAL) if header else Finding(rule, HIGH, WORSE)
    if case.lead is Topic.OTHER:
        return Finding(rule, LOW, NEUTRAL)
    return Finding(rule, MEDIUM, WORSE if removed else NEUTRAL)


_RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _recipients,
    _periods,
    _negation,
    _modality,
    _limits,
    _consent,
    _ai,
    _sensitive,
    _transfers,
    _sharing,
    _rights,
    _retention,
    _basis,
    _contact,
    _protection,
)
