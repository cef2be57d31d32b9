"""Rules on small words of weight: negation, duty, limits, consent."""

from __future__ import annotations

from collections.abc import Iterator

from storage.model import ChangeKind, Topic
from watcher.differ.evidence import Evidence, holds, starts_in
from watcher.differ.lexicon import plain_words
from watcher.differ.recipients.names import companies
from watcher.differ.rules.finding import BETTER, HIGH, LOW, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.promises import keeps_region
from watcher.differ.rules.signs import load_signs
from watcher.differ.rules.statement import WITHOUT
from watcher.differ.rules.telling import in_context
from watcher.differ.values import crossed, unticked
from watcher.differ.words import fold

# Where "only" is a promise: who gets data, where they go, what a model learns from.
_OTHERS = frozenset({Topic.SHARING, Topic.SUBPROCESSORS, Topic.TRANSFERS, Topic.AI, Topic.TRACKING, Topic.PURPOSES})


def negation(case: Case) -> Iterator[Finding]:
    """A "not" that came or went inside a clause."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED or keeps_region(evidence):
        return
    lost, gained = evidence.exchanged("negation")
    if any(
        evidence.speaks("consent", text) and without_asking(text, evidence) for text in (evidence.stale, evidence.fresh)
    ):
        return  # "without consent" promises nothing
    against = case.lead in {Topic.RIGHTS, Topic.LEGAL_TERMS, Topic.POLICY_UPDATES}
    if lost and not gained:
        yield Finding(
            "negation.dropped",
            MEDIUM if against else HIGH,
            BETTER if against else WORSE,
            None,
            _was_said(evidence, lost),
        )
    elif gained and not lost:
        grave = HIGH if case.lead in {Topic.RIGHTS, Topic.POLICY_UPDATES} else MEDIUM
        yield Finding(
            "negation.added",
            grave,
            WORSE if against else BETTER,
            None,
            f'now says "{in_context(evidence.fresh, min(gained))}"',
        )
    elif lost and gained:
        yield Finding("negation.changed", MEDIUM, NEUTRAL, None, _became(lost, gained))


def _size(word: str) -> tuple[int, str]:
    """The order in which words are told: modal verbs are short."""
    return len(word), word


def _became(was: set[str], now: set[str]) -> str:
    """Name the small words of which one took the place of the other."""
    return f'"{min(was, key=_size)}" became "{min(now, key=_size)}"'


def _now_says(evidence: Evidence, words: set[str]) -> str:
    """Quote a small word that came, with its neighbours."""
    return f'now says "{in_context(evidence.fresh, min(words))}"'


def _was_said(evidence: Evidence, words: set[str]) -> str:
    """Quote a small word that went, with its neighbours."""
    return f'no longer says "{in_context(evidence.stale, min(words))}"'


def modality(case: Case) -> Iterator[Finding]:
    """Duty turned into possibility, or the other way round."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    strong_gone, strong_came = evidence.exchanged("strong")
    weak_gone, weak_came = evidence.exchanged("weak")
    promised = case.lead in {
        Topic.POLICY_UPDATES,
        Topic.RIGHTS,
        Topic.RETENTION,
        Topic.SECURITY,
        Topic.AI,
        Topic.SHARING,
    }
    if strong_gone and weak_came and starts_in(evidence.stale, evidence.lexicon.lists["sanction"]):
        yield Finding(
            "sanction.weakened",
            MEDIUM,
            BETTER,
            None,
            f'"{min(strong_gone, key=_size)}" became "{min(weak_came, key=_size)}"',
        )
    elif strong_gone and weak_came:
        now = in_context(evidence.fresh, min(weak_came, key=_size))
        detail = f'"{min(strong_gone, key=_size)}" became "{min(weak_came, key=_size)}" in "{now}"'
        yield Finding("modality.weakened", HIGH if promised else MEDIUM, WORSE, None, detail)
    elif weak_gone and strong_came:
        yield Finding("modality.strengthened", MEDIUM, NEUTRAL, None, _became(weak_gone, strong_came))
    elif weak_gone or weak_came or strong_gone or strong_came:
        yield Finding("modality.changed", LOW, NEUTRAL)


def limits(case: Case) -> Iterator[Finding]:
    """Words that limit ("only", "at most", "all") that came or went."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    if lost := evidence.lost("only") - evidence.gained("only") - _in_names(evidence.stale):
        promised = case.lead in _OTHERS and lost & evidence.lost("sole")
        yield Finding(
            "limit.dropped",
            HIGH if promised else MEDIUM,
            WORSE,
            None,
            _was_said(evidence, lost),
        )
    elif gained := evidence.gained("only") - evidence.lost("only") - _in_names(evidence.fresh):
        yield Finding("limit.added", MEDIUM, BETTER, None, _now_says(evidence, gained))
    if evidence.lost("scope") or evidence.gained("scope"):
        yield Finding("scope.changed", LOW, NEUTRAL)


def _in_names(text: str) -> set[str]:
    """The words of the companies in a text: "Limited" limits nothing there."""
    return {word for name, _ in companies(text) for word in plain_words(fold(name))}


def cross(case: Case) -> Iterator[Finding]:
    """A cross before a line that became a tick, or the other way: what was not so is so now."""
    piece = case.evidence.piece
    was, now = (crossed(text or "") for text in (piece.before, piece.after))
    if case.kind is not ChangeKind.MODIFIED or (was is None) is (now is None):
        return
    said = (was or unticked(piece.before or ""), now or unticked(piece.after or ""))
    if fold(said[0]) != fold(said[1]):
        return
    promised = case.lead in {Topic.SECURITY, Topic.RIGHTS}
    worse = (was is not None) is not promised
    told = "no longer crossed out" if was is not None else "crossed out now"
    detail = f'"{said[0]}" is {told}'
    yield Finding("cross.turned", HIGH if worse else MEDIUM, WORSE if worse else BETTER, None, detail)


def consent(case: Case) -> Iterator[Finding]:
    """Consent that is no longer asked, or that became a right to object."""
    evidence = case.evidence
    gone = evidence.speaks("consent", evidence.deleted)
    came = evidence.speaks("consent", evidence.inserted)
    spoken = evidence.stale if gone else evidence.fresh
    if gone != came and (_by_use(spoken, evidence) or without_asking(spoken, evidence)):
        return
    training = all(evidence.speaks("train", text) for text in (evidence.stale, evidence.fresh))
    topic = Topic.AI if training else Topic.CHILDREN if case.lead is Topic.CHILDREN else Topic.LEGAL_BASIS
    if gone and not came:
        if evidence.speaks("optout", evidence.inserted):
            yield Finding("consent.opt-out", HIGH, WORSE, topic, "consent became an opt-out", leads=training)
        else:
            severity = HIGH if _asks(evidence.piece.before or "", evidence) else MEDIUM
            yield Finding("consent.dropped", severity, WORSE, topic, "consent is no longer asked", leads=training)
    elif came and not gone and case.kind is ChangeKind.MODIFIED:
        yield Finding("consent.added", MEDIUM, BETTER, topic, "consent is asked", leads=training)


def without_asking(text: str, evidence: Evidence) -> bool:
    """True for a text that says what is done without asking: "without consent", but not "never without consent"."""
    spoken = not WITHOUT.isdisjoint(plain_words(fold(text)))
    return spoken and not holds(text, evidence.lexicon.lists["negation"] - WITHOUT)


def _by_use(text: str, evidence: Evidence) -> bool:
    """True where a consent is not asked but read from using the service, or from silence."""
    return starts_in(text, load_signs()["deemed"][1][evidence.lexicon.language])


def _asks(text: str, evidence: Evidence) -> bool:
    """True when a clause promises to ask; one that only tells how to take consent back does not."""
    return not starts_in(text, evidence.lexicon.lists["withdraw"])
