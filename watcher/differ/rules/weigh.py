"""For whom a reworded clause is good, from what its sentences said and say: signs won and lost, and their width.

A clause that states something good for the reader gets worse when it holds in fewer cases, one that states something
to bear gets worse when it holds in more. So each sentence is read for what it states, and its two wordings are
compared: the exchanged wordings always give the opposite answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.model import ChangeKind, Topic
from watcher.differ.evidence import Evidence, holds, starts_in
from watcher.differ.lexicon import plain_words
from watcher.differ.places import REGION, find_places
from watcher.differ.plainly import JOINING
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, WORSE, Case, Finding
from watcher.differ.rules.signs import load_signs, words_and_marks
from watcher.differ.rules.statement import BENEFITS, BURDENS, Statement, read
from watcher.differ.words import fold, word_spans

# A loss of so much is grave.
_GRAVE = 2
# A sign that belongs to a topic counts where that is among so many of the clause's.
_TOPICS = 3
# No single sign counts more than this, however often it stands.
_MOST = 3
# What a sentence says of reaching the vendor promises nothing else, but where that is what it is about.
_CHANNELS = ("channel", "officer")
_REACHING = frozenset({Topic.CONTACT, Topic.RIGHTS})
# Where a loss is at most a medium matter.
_SMALL = frozenset({Topic.CONTACT, Topic.OTHER})
# Topics whose sentences promise, or say how far the promises of a policy reach.
_COVERING = BENEFITS | {Topic.OTHER}
_WHERE = frozenset({Topic.TRANSFERS, Topic.SUBPROCESSORS})
_JOINS = JOINING | {",", ";", "soit", "either", "hetzij", "entweder", "neither", "nor", "noch", "weder", "ni"}
# Who may stand in a list of those that a promise binds.
_SELVES = frozenset({"us", "ons", "uns", "nous"})
# A statement on all or none; so many words more narrow it.
_ALL = "all every each any no none alle elke iedere geen jede jeder jedes samtliche kein keine tous toutes chaque aucun"
_TOTAL = frozenset(_ALL.split(" "))
_ADJECTIVES = 3
# What decides beside signs, with what it says when it is better and when it is worse.
_SHAPES = {"width": ("", ""), "place": ("fewer places outside Europe", "more places outside Europe")}
# Ways out of what is done.
_WAYS_OUT = ("objection", "withdrawal")
# Signs that prove a topic whatever else the clause is about.
_PROVEN = {"human": Topic.AI, "automated": Topic.AI, "training": Topic.AI, "sensitive": Topic.SENSITIVE_DATA}
# Where a vague word weakens nothing unless the sentence promises something ("we may change this from time to time").
_FORMAL = frozenset({Topic.POLICY_UPDATES, Topic.LEGAL_TERMS, Topic.CONTACT, Topic.OTHER})
# What is grave in a row of a table too.
_IN_ROWS = frozenset({"abroad", "region", "sale", "sensitive"})
# What is grave among the terms of a contract: what a reader gives up, or may no longer count on.
_TERMS = (
    "waiver abrupt deemed liability exclusion discretion home-court complaint price free flow-down human effort may"
    " lock-in"
)
_IN_TERMS = frozenset([*_TERMS.split(" "), "always", "training", "sale", "independent", "proof", "cancel", "automated"])


@dataclass(frozen=True, slots=True)
class Weight:
    """What a clause comes to: above zero better for the reader, below zero worse; `signs` by what each added."""

    score: int
    signs: Counter[str]

    def strongest(self) -> str:
        """The sign that did most for the direction of the whole; empty where none did."""
        aim = 1 if self.score > 0 else -1
        name, value = max(self.signs.items(), key=lambda pair: pair[1] * aim, default=("", 0))
        return name if value * aim > 0 else ""


def weigh(case: Case) -> Weight:
    """Weigh the sentences that were put in other words, that came and that went."""
    total: Counter[str] = Counter()
    for was, now in _pairs(case.evidence):
        total.update(_of_pair(case, was, now))
    signs = Counter({name: max(-_MOST, min(_MOST, value)) for name, value in total.items() if value})
    for lesser in ("objection", "notify"):  # in the place of consent they are less, and not as much
        if signs["consent"] < 0:
            signs[lesser] = min(0, signs[lesser])
        elif signs["consent"] > 0:
            signs[lesser] = max(0, signs[lesser])
    if case.kind is ChangeKind.REMOVED and any(value > 0 for value in signs.values()):
        for way_out in _WAYS_OUT:  # of what is no longer done at all
            signs[way_out] = max(0, signs[way_out])
    return Weight(sum(signs.values()), signs)


def _pairs(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """Old with new sentences; empty text where a sentence came or went."""
    yield from evidence.reworded
    yield from ((text, "") for text in evidence.dropped)
    yield from (("", text) for text in evidence.brought)


def _of_pair(case: Case, was: str, now: str) -> Counter[str]:
    """What each sign adds in one sentence that was put in other words."""
    evidence = case.evidence
    old, new = (read(text, evidence.lexicon, evidence.language, case.topics[:_TOPICS]) for text in (was, now))
    added: Counter[str] = Counter(new.values)
    added.subtract(old.values)
    trained = starts_in(f"{was} {now}", evidence.lexicon.lists["train"])
    if case.lead not in load_signs()["human"][0].within or trained:
        del added["human"]  # staff are named everywhere: a human's review only where that is what a clause is about
    if case.lead is Topic.DATA_COLLECTED:
        for channel in _CHANNELS:  # a phone number that is collected is no way to reach the vendor
            del added[channel]
    if case.kind is ChangeKind.MODIFIED and not (was and now):
        return added
    good = _goodness(case, old, new)
    vague = 0 if not good and case.lead in _FORMAL else 1
    for name in sorted(old.loosening.keys() | new.loosening.keys()):
        added[name] -= (new.loosening[name] - old.loosening[name]) * _narrowed(name, good, old, new) * vague
    for name in sorted(old.firming.keys() | new.firming.keys()):
        added[name] += (new.firming[name] - old.firming[name]) * (good or 1)
    if was and now and not any(added.values()):
        added["width"] += _width(case, was, now, good, denied=old.denied and new.denied)
    added["place"] += _moved(case, was, now)
    return added


def _width(case: Case, was: str, now: str, good: int, *, denied: bool) -> int:
    """What it means that a sentence only gained or only lost words: an item of a list, or one that narrows a promise.

    "All databases" covers more than "all primary databases"; "A and B" covers more than "A".
    """
    evidence = case.evidence
    if evidence.piece.block.cells:
        return 0
    runs = [(span.op, span.text) for span in word_spans(was, now)]
    words = {op: _content(evidence, (text for one, text in runs if one == op)) for op in ("insert", "delete")}
    grown, shrunk = words["insert"] - words["delete"], words["delete"] - words["insert"]
    if bool(grown) == bool(shrunk) or any(word[0].isdigit() for word in (*grown, *shrunk)):
        return 0
    more = 1 if grown else -1
    if _is_item(runs):
        return more * good * (_GRAVE if good > 0 and (denied or case.lead in BENEFITS) else 1)
    total = denied or holds(f"{was} {now}", _TOTAL)
    return -more * _GRAVE if good > 0 and total and len(grown or shrunk) <= _ADJECTIVES else 0


def _content(evidence: Evidence, texts: Iterable[str]) -> Counter[str]:
    """The words of texts that carry content."""
    grammar = evidence.lexicon.lists["grammar"] | evidence.lexicon.lists["negation"] | _JOINS
    grammar -= _SELVES
    words = (word for text in texts for word in words_and_marks(text))
    return Counter(word for word in words if word not in grammar and word[0].isalnum())


def _is_item(runs: Sequence[tuple[str, str]]) -> bool:
    """True when what came or went hangs on the rest by "and", "or" or a comma."""
    for place, (op, text) in enumerate(runs):
        if op != "equal":
            before = runs[place - 1][1] if place else ""
            words = words_and_marks(text) or [""]
            if {words[0], words[-1]} & _JOINS or set(words_and_marks(before)[-1:]) & _JOINS:
                return True
    return False


def _moved(case: Case, was: str, now: str) -> int:
    """What it means that a sentence on where data go names more or fewer places outside the region."""
    if not _WHERE & set(case.topics[:_TOPICS]) or not was or not now:
        return 0
    old, new = ({code for code, _, _ in find_places(text)} - REGION for text in (was, now))
    return bool(old - new) - bool(new - old)


def _goodness(case: Case, old: Statement, new: Statement) -> int:
    """1 for a sentence that protects the reader, -1 for one to bear, 0 where nothing tells."""
    reach = 0 if case.lead in _REACHING else sum(side.values[name] for side in (old, new) for name in _CHANNELS)
    both = old.sum + new.sum - reach
    if both or old.denied or new.denied:
        return 1 if both > 0 or (not both and (old.denied or new.denied)) else -1
    given = case.lead is Topic.DATA_COLLECTED  # what a reader may hand over is collected
    if (not given and (old.reader or new.reader)) or case.lead in _COVERING:
        return 1
    return -1 if case.lead in BURDENS else 0


def _narrowed(name: str, good: int, old: Statement, new: Statement) -> int:
    """How a sign that narrows a sentence counts: 1 as a loss, -1 as a gain, 0 as neither.

    "Only" limits what the vendor does, unless the sentence tells what the reader may do. Vague words loosen a promise
    and say little in a sentence to bear; "may" is a permission where the reader is meant.
    """
    reader = old.reader or new.reader
    if name == "only":
        vague = "endless" in old.values or "endless" in new.values  # "only as long as necessary" limits nothing
        return 0 if vague else 1 if reader else -1
    if name == "may":
        return 1 if good > 0 and not reader else 0
    if name == "exception":
        return good or 1
    return 1 if good >= 0 else 0


def _known(case: Case, name: str) -> bool:
    """True for a risk that is new in this clause only: the old document named it elsewhere, in the same word."""
    sign, terms = load_signs().get(name, (None, {}))
    evidence = case.evidence
    if sign is None or sign.kind != "risk" or sign.stands:
        return False
    words = terms[evidence.lexicon.language]
    if starts_in(evidence.stale, words):
        return False
    fresh = [term for term in words if starts_in(evidence.fresh, (term,))]
    return bool(fresh) and all(f" {' '.join(plain_words(fold(term.rstrip('$'))))}" in case.old_text for term in fresh)


def _of_shape(weight: Weight, name: str) -> Finding:
    """The finding where the reach of a sentence decides, or the places it names."""
    if weight.score > 0:
        return Finding(f"{name}.better", MEDIUM, BETTER, None, _SHAPES[name][0])
    return Finding(f"{name}.worse", HIGH if weight.score <= -_GRAVE else MEDIUM, WORSE, None, _SHAPES[name][1])


def _is_small(case: Case, name: str) -> bool:
    """True where a loss is no grave one: contacts and scope, what a row tells beside its name, limits among terms."""
    if case.lead in _SMALL or _known(case, name):
        return True
    if case.evidence.piece.block.cells:
        return name not in _IN_ROWS
    return case.lead is Topic.LEGAL_TERMS and name not in _IN_TERMS


def finding(case: Case, weight: Weight) -> Finding | None:
    """The finding that a weight amounts to; None where it is level."""
    if not weight.score:
        return None
    name = weight.strongest()
    sign = load_signs()[name][0] if name in load_signs() else None
    if name in _SHAPES:
        return _of_shape(weight, name)
    detail, topic = _told(case, name, better=weight.score > 0), _PROVEN.get(name)
    if weight.score > 0:
        rule = "risk.gone" if sign and sign.kind == "risk" else "guard.new"
        return Finding(rule, MEDIUM, BETTER, topic, detail)
    mixed = any(value > 0 for value in weight.signs.values())
    grave = weight.score <= -_GRAVE * (2 if mixed else 1) and not _is_small(case, name)
    lost = (sign is not None and sign.kind in {"guard", "wide"}) or name == "only"
    return Finding("guard.lost" if lost else "risk.new", HIGH if grave else MEDIUM, WORSE, topic, detail)


def _told(case: Case, name: str, *, better: bool) -> str:
    """What happened to a sign: a protection worth less is dropped; a limit is, where the old words alone hold it."""
    if name not in load_signs():
        return ""
    sign, terms = load_signs()[name]
    words = terms[case.evidence.lexicon.language]
    sides = (case.evidence.stale, case.evidence.fresh)
    gone, came = (sum(starts_in(text, (term,)) for term in words) for text in sides)
    if name == "sensitive" and not better:
        named = (word.strip(".,;:()") for word in case.evidence.inserted.split() if starts_in(word, words))
        word = next(named, "")
        return f'adds {sign.says}: "{word}"' if word else f"adds {sign.says}"
    if sign.kind == "risk" and not better and gone and not came:
        denied = holds(case.evidence.stale, case.evidence.lexicon.lists["negation"])
        return f"no longer rules out {sign.says}" if denied else ""
    dropped = gone > came if sign.kind in {"narrow", "wide"} else (sign.kind == "risk") == better
    return f"{'drops' if dropped else 'adds'} {sign.says}" if sign.says else ""
