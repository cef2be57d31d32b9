"""Rules on what protects the reader: AI, sensitive data, transfers, legal bases, rights, security."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from babel import Locale

from storage.model import BlockKind, ChangeKind, Severity, Topic
from watcher.differ.evidence import Evidence, holds, starts_in
from watcher.differ.facts.bases import cited_bases
from watcher.differ.lexicon import plain_words
from watcher.differ.places import NEAR, UNION, find_places
from watcher.differ.rules.controllers import controllers
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, NEUTRAL, WORSE, Case, Finding
from watcher.differ.rules.stance import Stance, stance
from watcher.differ.rules.statement import WITHOUT
from watcher.differ.rules.telling import told_words
from watcher.differ.rules.wordlists import says, terms
from watcher.differ.topics import term_scores
from watcher.differ.words import fold

_CONSENT, _INTERESTS = "consent", "legitimate-interests"
_WAYS = {Stance.OPT_OUT: ", opt-out offered", Stance.ASKED: " with consent"}
# The names of transfer tools hold the name of a country.
_FRAMEWORK = re.compile(
    r"(?:\b(?:EU|UE|Swiss|UK)\W{1,3}U\.?S\.?\s)?(?:Data\s)?Privacy\s(?:Framework|Shield)", re.IGNORECASE
)
# Ciphers and protocols whose number says how strong they are.
_STRENGTH = re.compile(r"\b(AES|RSA|TLS|SHA|SSL|ECC|Diffie-Hellman)[\s-]{0,2}v?(\d{1,5}(?:\.\d)?)(?![\d.]*\d)")
# What one term counts that is certain to speak of its topic.
_CERTAIN = 6.0
# So many places are named in a title; some of them have an article.
_PLACES = 3
_WITH_ARTICLE = frozenset({"United States", "Philippines", "Netherlands", "United Arab Emirates"})
# Clauses that may say what is taken from readers.
_TAKING = frozenset({Topic.DATA_COLLECTED, Topic.TRACKING, Topic.SENSITIVE_DATA, Topic.OTHER})
# Clauses that may say where data lie beside what they are about.
_HOUSING = frozenset({Topic.SECURITY, Topic.RETENTION, Topic.OTHER, Topic.LEGAL_TERMS})
# A clause that opens with a transfer tool in so many words is about the tool.
_OPENING = 6


def ai(case: Case) -> Iterator[Finding]:
    """Training of models and new uses of AI."""
    evidence = case.evidence
    if case.kind is ChangeKind.REMOVED or not _on_ai(case):
        return
    lists, inserted = evidence.lexicon.lists, evidence.inserted
    if _trains(case):
        said = stance(evidence.fresh, lists["train"], evidence.lexicon, evidence.language)
        if said is Stance.DENIED and not evidence.lost("negation"):
            yield Finding("ai.no-training", MEDIUM, BETTER, Topic.AI, "does not train models on data")
        elif said is Stance.OPT_OUT and case.lead is Topic.RIGHTS:
            yield Finding("ai.opt-out", MEDIUM, BETTER, Topic.AI, "a way to opt out of training is offered")
            return
        elif said not in {Stance.DENIED, Stance.SILENT} and not _trained_more(evidence, said):
            way = _WAYS[said] if said in _WAYS else ", opt-out offered" if _way_out(case) else ""
            yield Finding("ai.training", HIGH, WORSE, Topic.AI, f"data train AI models{way}")
    elif _improves(case):
        yield Finding("ai.training", HIGH, WORSE, Topic.AI, "data are used to improve AI models")
    alone = lists["automated"]
    begun = starts_in(inserted, alone) and not starts_in(evidence.deleted, alone)
    if begun and stance(evidence.fresh, alone, evidence.lexicon, evidence.language) >= Stance.ASKED:
        yield Finding("ai.automated-decision", HIGH, WORSE, Topic.AI, "decisions are taken without a human")
    if _hands_over(case):
        yield Finding("ai.third-party", HIGH, WORSE, Topic.AI, "another company's AI gets data")
    if starts_in(inserted, lists["model"]) and _stand(evidence, evidence.fresh, "model") is not Stance.DENIED:
        yield Finding("ai.model", HIGH, WORSE, Topic.AI, "content goes through an AI model")


def _trains(case: Case) -> bool:
    """True when new words speak of training models, or of AI in a clause that does."""
    evidence = case.evidence
    terms = evidence.lexicon.lists["train"]
    named = case.kind is ChangeKind.MODIFIED and Topic.AI in term_scores(evidence.inserted, evidence.language)
    said = starts_in(evidence.inserted, terms) or (named and starts_in(evidence.clause, terms))
    return said and not _teaches(case)


def _teaches(case: Case) -> bool:
    """True where the training that new sentences speak of is that of people."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    told = [
        text for text in (*evidence.brought, *(now for _, now in evidence.reworded)) if starts_in(text, lists["train"])
    ]
    return bool(told) and all(
        says(text, "staff-training", evidence.language) and not starts_in(text, lists["system"] | lists["model"])
        for text in told
    )


def _on_ai(case: Case) -> bool:
    """True for a clause on AI by its topics, or by what its new words call a model."""
    return Topic.AI in case.topics[:3] or starts_in(case.evidence.inserted, case.evidence.lexicon.lists["system"])


def _trained_more(evidence: Evidence, said: Stance) -> bool:
    """True where the words that went said more of training than those that came: done, and now done after asking."""
    return _stand(evidence, evidence.stale, "train") > said


def _stand(evidence: Evidence, text: str, name: str) -> Stance:
    """The stance of a text on an act."""
    return stance(text, evidence.lexicon.lists[name], evidence.lexicon, evidence.language)


def _improves(case: Case) -> bool:
    """True when a new sentence improves or develops models or systems of AI."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    told = [
        text
        for text in (*evidence.brought, *(now for _, now in evidence.reworded))
        if starts_in(text, lists["improve"]) and starts_in(text, lists["system"])
    ]
    fresh = starts_in(evidence.inserted, lists["improve"] | lists["system"])
    said = stance(" ".join(told), lists["improve"], evidence.lexicon, evidence.language)
    return bool(told) and fresh and said >= Stance.ASKED and not starts_in(evidence.stale, lists["improve"])


def _hands_over(case: Case) -> bool:
    """True when a new sentence on AI says that data are shared with a kind of party."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    told = (*evidence.brought, *(now for _, now in evidence.reworded))
    shared = [text for text in told if starts_in(text, lists["share"]) and starts_in(text, lists["party"])]
    said = stance(" ".join(shared), lists["share"], evidence.lexicon, evidence.language)
    return Topic.AI in case.topics[:2] and said is Stance.DONE and starts_in(evidence.inserted, lists["party"])


def _way_out(case: Case) -> bool:
    """True when the new sentences offer to object."""
    return starts_in(case.evidence.fresh, case.evidence.lexicon.lists["objection"])


def sensitive(case: Case) -> Iterator[Finding]:
    """Special categories of data that were not named before."""
    evidence = case.evidence
    score = term_scores(evidence.inserted, evidence.language).get(Topic.SENSITIVE_DATA, 0.0)
    led = case.lead in {Topic.SENSITIVE_DATA, Topic.DATA_COLLECTED, Topic.PURPOSES}
    related = led and (Topic.SENSITIVE_DATA in case.topics[:2] or score >= _CERTAIN)
    if case.kind is ChangeKind.REMOVED or not related:
        return
    named = score > 0
    known = Topic.SENSITIVE_DATA in term_scores(evidence.piece.before or "", evidence.language)
    whole = case.kind is ChangeKind.ADDED and case.lead is Topic.SENSITIVE_DATA
    if whole or (named and not known and evidence.piece.block.kind is not BlockKind.HEADING):
        yield Finding("sensitive-data.added", HIGH, WORSE, None, f"sensitive data named{_which(case)}")


def _which(case: Case) -> str:
    """The first new word that speaks of sensitive data, with the one behind it where that has content."""
    grammar = case.evidence.lexicon.lists["grammar"]
    words = case.evidence.inserted.split()
    for place, word in enumerate(words):
        if Topic.SENSITIVE_DATA in term_scores(word, case.evidence.language):
            behind = words[place + 1 : place + 2] if word[-1].isalnum() else []
            told = [one.strip(".,;:()") for one in (word, *behind) if fold(one) not in grammar]
            return f': "{" ".join(told)}"'
    return ""


def intrusive(case: Case) -> Iterator[Finding]:
    """Ways of collecting that reach into a reader's private life and were not named before."""
    evidence = case.evidence
    means = evidence.lexicon.lists["intrusive"]
    if case.kind is ChangeKind.REMOVED or case.lead not in _TAKING:
        return
    said = stance(evidence.fresh, means, evidence.lexicon, evidence.language)
    if starts_in(evidence.inserted, means) and said is Stance.DONE:
        topic = Topic.DATA_COLLECTED if case.lead is Topic.OTHER else None
        yield Finding("collection.intrusive", HIGH, WORSE, topic, "an intrusive way of collecting is new")


def transfers(case: Case) -> Iterator[Finding]:
    """Places outside Europe: high when the old document did not speak of that place at all."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    about = Topic.TRANSFERS in case.topics[:2]
    if not about and not _houses(case):
        return
    if case.kind is ChangeKind.REMOVED:
        left = any(one.name in evidence.stale for one in case.recipients.removed)  # gone with its whole entry
        denied = left or holds(evidence.stale, lists["negation"] - lists["exception"])
        if starts_in(evidence.stale, lists["safeguard"]) and not denied:
            grave = MEDIUM if evidence.piece.block.kind is BlockKind.HEADING else HIGH
            yield Finding("transfer.safeguard-dropped", grave, WORSE, Topic.TRANSFERS, "a transfer safeguard is gone")
        return
    before = evidence.piece.before or ""
    inserted = _FRAMEWORK.sub(" ", evidence.inserted)
    terms = [term for term in lists["abroad"] if holds(inserted, (term,))]
    terms += [fold(name) for code, name, _ in find_places(inserted) if code not in NEAR]
    fresh = [term for term in terms if not holds(before, (term,))]
    denied = stance(evidence.fresh, fresh, evidence.lexicon, evidence.language) is Stance.DENIED
    if _is_seat(case):
        return
    if fresh and not denied:
        topic = None if about else Topic.TRANSFERS
        told = f"data go to {_place(case)}"
        yield Finding("transfer.added", _grave_transfer(case, fresh), WORSE, topic, told, leads=not about)
    elif _leaves_region(case):
        yield Finding("transfer.region-dropped", HIGH, WORSE, None, "the promise to stay in the region is gone")


def _houses(case: Case) -> bool:
    """True where a clause on something else says in which places data lie, before and after."""
    evidence = case.evidence
    located = case.kind is ChangeKind.MODIFIED and any(find_places(evidence.stale))
    return located and case.lead in _HOUSING and says(evidence.fresh, "housing", evidence.language)


def _is_seat(case: Case) -> bool:
    """True where all that is new names the controller: the place is where it has its seat."""
    evidence = case.evidence
    told = (*evidence.brought, *(now for _, now in evidence.reworded))
    return bool(told) and all(says(text, "controller", evidence.language) for text in told) and any(controllers(case))


def _place(case: Case) -> str:
    """The first places outside the region that the new words name, in English."""
    codes = dict.fromkeys(code for code, _, _ in find_places(case.evidence.inserted) if code not in NEAR)
    names = [str(Locale("en").territories.get(code, code)) for code in list(codes)[:_PLACES]]
    told = [f"the {name}" if name in _WITH_ARTICLE else name for name in names]
    return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:]))) or "other countries"


def _leaves_region(case: Case) -> bool:
    """True when a reworded clause no longer names the region that it limited data to."""
    evidence = case.evidence
    lost, _ = evidence.exchanged("only")
    was = {code for code, _, _ in find_places(evidence.stale)} & UNION
    now = {code for code, _, _ in find_places(evidence.fresh)} & UNION
    about = case.lead in {Topic.TRANSFERS, Topic.SHARING, Topic.SUBPROCESSORS}
    return about and case.kind is ChangeKind.MODIFIED and bool(lost and was) and not now


def _grave_transfer(case: Case, places: list[str]) -> Severity:
    """High for a place that the old document did not name, or where a sentence says that data go there."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    tool = starts_in(" ".join(evidence.inserted.split()[:_OPENING]), lists["safeguard"])
    if evidence.piece.block.kind is BlockKind.HEADING or tool:
        return MEDIUM
    known = all(f" {' '.join(plain_words(place))} " in case.old_text for place in places)
    stated = case.kind is ChangeKind.ADDED or starts_in(evidence.fresh, lists["share"])
    moves = stated and not evidence.piece.block.cells
    return HIGH if moves or not known else MEDIUM


def basis(case: Case) -> Iterator[Finding]:
    """A legitimate interest that a clause now rests on, and a point of Article 6(1) in the place of another."""
    evidence = case.evidence
    was, now = (cited_bases(text.lower()) for text in (evidence.stale, evidence.fresh))
    gone, came = ([base for base in one if base not in other] for one, other in ((was, now), (now, was)))
    if gone and came and case.kind is ChangeKind.MODIFIED:
        yield _rebased(gone[0], came[0], was | now)
        return
    interest = evidence.lexicon.lists["interest"]
    gained = starts_in(evidence.inserted, interest) and not starts_in(evidence.piece.before or "", interest)
    stated = case.kind is ChangeKind.ADDED and case.lead is Topic.LEGAL_BASIS and not case.evidence.piece.block.cells
    if gained and (case.kind is ChangeKind.MODIFIED or stated):
        yield Finding("legal-basis.interest", HIGH, WORSE, Topic.LEGAL_BASIS, "now rests on legitimate interest")


def _rebased(gone: str, came: str, articles: Mapping[str, str]) -> Finding:
    """One legal basis in the place of another: worse away from consent or to the vendor's own interests."""
    told = " -> ".join(f"{base.replace('-', ' ')} ({articles[base]})" for base in (gone, came))
    if came == _CONSENT:
        return Finding("legal-basis.cited", MEDIUM, BETTER, Topic.LEGAL_BASIS, told)
    worse = gone == _CONSENT or came == _INTERESTS
    severity, direction = (HIGH, WORSE) if worse else (MEDIUM, NEUTRAL)
    return Finding("legal-basis.cited", severity, direction, Topic.LEGAL_BASIS, told)


def deemed(case: Case) -> Iterator[Finding]:
    """Consent that is taken from using the service."""
    evidence = case.evidence
    lists = evidence.lexicon.lists
    told = (*evidence.brought, *(now for _, now in evidence.reworded))
    by_use = [text for text in told if starts_in(text, lists["deemed"]) and starts_in(text, lists["consent"])]
    if by_use and not starts_in(evidence.stale, lists["deemed"]):
        yield Finding("consent.deemed", HIGH, WORSE, Topic.LEGAL_BASIS, "using the service counts as consent")


def rights(case: Case) -> Iterator[Finding]:
    """Rights that came or went."""
    if case.lead is not Topic.RIGHTS:
        return
    evidence = case.evidence
    lists = evidence.lexicon.lists
    was, now = (_rights(text, lists["right"]) for text in (evidence.deleted, evidence.inserted))
    if case.kind is ChangeKind.MODIFIED:
        kept_before, kept_after = evidence.piece.before or "", evidence.piece.after or ""
        lost = {term for term in was if not starts_in(kept_after, (term,))}
        gained = {term for term in now if not starts_in(kept_before, (term,))}
    else:
        lost, gained = was, now
    if starts_in(evidence.inserted, lists["consent"]) and starts_in(evidence.deleted, lists["optout"]):
        return  # asking first in the place of a way out is more, and told by the consent that came
    if starts_in(evidence.inserted, lists["burden"]) and not starts_in(evidence.stale, lists["burden"]):
        yield Finding("right.burdened", HIGH, WORSE, None, "using rights may cost money or be refused")
    elif len(lost) > len(gained):
        yield Finding("right.removed", HIGH, WORSE, None, "a right is gone")
    elif _unexplained(case):
        yield Finding("right.unexplained", HIGH, WORSE, None, "how to use a right is no longer said")
    elif len(gained) > len(lost) or case.kind is ChangeKind.ADDED:
        yield Finding("right.added", MEDIUM, BETTER, None, "a right is named")


def _unexplained(case: Case) -> bool:
    """True when a sentence on rights is gone from a clause and no new one took its place."""
    evidence = case.evidence
    terms = evidence.lexicon.lists["right"]
    gone = [text for text in evidence.dropped if starts_in(text, terms)]
    return (
        case.kind is ChangeKind.MODIFIED and bool(gone) and not any(starts_in(one, terms) for one in evidence.brought)
    )


def _rights(text: str, terms: frozenset[str]) -> set[str]:
    """The terms of rights that a text holds."""
    return {term for term in terms if starts_in(text, (term,))}


def protection(case: Case) -> Iterator[Finding]:
    """Security measures that came or went."""
    if case.lead is not Topic.SECURITY:
        return
    evidence = case.evidence
    if any(audits(case)):
        return
    proven = starts_in(evidence.inserted, evidence.lexicon.lists["certificate"])
    lists = evidence.lexicon.lists
    lost = _rights(evidence.deleted, lists["measure"]) - _rights(evidence.piece.after or "", lists["measure"])
    if case.kind is ChangeKind.MODIFIED and lost and not _rights(evidence.inserted, lists["measure"]):
        yield Finding("security.weakened", HIGH, WORSE, None, "a security measure is no longer promised")
    elif case.kind is ChangeKind.REMOVED:
        yield Finding("security.removed", HIGH, WORSE, None, "a security measure is gone")
    elif proven or case.kind is ChangeKind.ADDED:
        yield Finding("security.added", MEDIUM, BETTER, None, told_words(evidence) or "a security measure is named")


def strengths(case: Case) -> Iterator[Finding]:
    """A protocol or cipher of another strength: "TLS 1.3" and "TLS 1.2", "AES-256" and "AES-128"."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    was, now = (dict(_STRENGTH.findall(text or "")) for text in (evidence.piece.before, evidence.piece.after))
    for name in was:
        if name in now and float(was[name]) != float(now[name]):
            weaker = float(now[name]) < float(was[name])
            told = f"{name} {was[name]} -> {name} {now[name]}"
            rule, severity, way = ("weaker", HIGH, WORSE) if weaker else ("stronger", MEDIUM, BETTER)
            yield Finding(f"security.{rule}", severity, way, Topic.SECURITY, told, leads=True)


def audits(case: Case) -> Iterator[Finding]:
    """Inspections by the customer that a report takes the place of, or the other way (GDPR, Article 28(3)(h))."""
    evidence = case.evidence
    if case.kind is not ChangeKind.MODIFIED:
        return
    wanted, language = terms("inspection", evidence.language), evidence.language
    was, now = (stance(text, wanted, evidence.lexicon, language) for text in (evidence.stale, evidence.fresh))
    report = now is Stance.SILENT and says(evidence.fresh, "audit-report", language)
    nays = evidence.lexicon.lists["negation"] - evidence.lexicon.lists["exception"] - WITHOUT
    excepted = now is Stance.ASKED and not holds(evidence.stale, nays) and holds(evidence.fresh, nays)
    if was > Stance.SILENT and (now is Stance.DENIED or report or excepted):
        told = "a report takes the place of inspections" if report else "inspections are ruled out"
        yield Finding("audit.lost", HIGH, WORSE, Topic.SECURITY, told, leads=True)
    elif was <= Stance.SILENT < now and says(evidence.piece.before or "", "audit-report", language):
        yield Finding("audit.gained", MEDIUM, BETTER, Topic.SECURITY, "inspections are allowed", leads=True)
