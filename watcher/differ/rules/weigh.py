"""For whom a reworded clause is good, from what its sentences said and say: signs won and lost, and their width.

A clause that states something good for the reader gets worse when it holds in fewer cases, one that states something
to bear gets worse when it holds in more. So each sentence is read for what it states, and its two wordings are
compared: the exchanged wordings always give the opposite answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from storage.model import Topic
from watcher.differ.evidence import Evidence
from watcher.differ.rules.finding import BETTER, HIGH, MEDIUM, WORSE, Case, Finding
from watcher.differ.rules.signs import load_signs
from watcher.differ.rules.statement import BENEFITS, BURDENS, Statement, read

# A loss of so much is grave.
_GRAVE = 2
# A sign that belongs to a topic counts where that is among so many of the clause's.
_TOPICS = 3
# No single sign counts more than this, however often it stands.
_MOST = 3
# Where a loss is at most a medium matter.
_SMALL = frozenset({Topic.CONTACT, Topic.OTHER})
# What is grave in a row of a table too.
_IN_ROWS = frozenset({"abroad", "region", "sale", "sensitive"})
# What limits the subject of a contract rather than what the reader may hope for.
_LOOSE = frozenset({"only", "mainly", "region", "consent", "parties", "exception"})


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
    if signs["consent"] < 0:  # an opt-out in the place of consent is less, not as much
        signs["objection"] = min(0, signs["objection"])
    elif signs["consent"] > 0:
        signs["objection"] = max(0, signs["objection"])
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
    good = _goodness(case, old, new)
    for name in old.loosening.keys() | new.loosening.keys():
        added[name] -= (new.loosening[name] - old.loosening[name]) * _narrowed(name, good, old, new)
    for name in old.firming.keys() | new.firming.keys():
        added[name] += (new.firming[name] - old.firming[name]) * (good or 1)
    return added


def _goodness(case: Case, old: Statement, new: Statement) -> int:
    """1 for a sentence that protects the reader, -1 for one to bear, 0 where nothing tells."""
    both = old.sum + new.sum
    if both or old.denied or new.denied:
        return 1 if both > 0 or (not both and (old.denied or new.denied)) else -1
    if old.reader or new.reader or case.lead in BENEFITS:
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


def _is_small(case: Case, name: str) -> bool:
    """True where a loss is no grave one: contacts and scope, what a row tells beside its name, limits among terms."""
    if case.lead in _SMALL:
        return True
    if case.evidence.piece.block.cells:
        return name not in _IN_ROWS
    return case.lead is Topic.LEGAL_TERMS and name in _LOOSE


def finding(case: Case, weight: Weight) -> Finding | None:
    """The finding that a weight amounts to; None where it is level."""
    if not weight.score:
        return None
    name = weight.strongest()
    sign = load_signs()[name][0] if name in load_signs() else None
    says = sign.says if sign else ""
    if weight.score > 0:
        rule, detail = (
            ("risk.gone", f"no longer: {says}") if sign and sign.kind == "risk" else ("guard.new", f"now: {says}")
        )
        return Finding(rule, MEDIUM, BETTER, None, detail if says else "")
    mixed = any(value > 0 for value in weight.signs.values())
    grave = weight.score <= -_GRAVE * (2 if mixed else 1) and not _is_small(case, name)
    lost = (sign is not None and sign.kind in {"guard", "wide"}) or name == "only"
    rule, detail = ("guard.lost", f"no longer: {says}") if lost else ("risk.new", f"now: {says}")
    return Finding(rule, HIGH if grave else MEDIUM, WORSE, None, detail if says else "")
