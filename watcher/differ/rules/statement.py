"""What one sentence amounts to for the reader: its signs, and whether the sentence as a whole protects or costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from storage.model import Topic
from watcher.differ.evidence import holds, starts_in
from watcher.differ.lexicon import Lexicon
from watcher.differ.rules.signs import Hit, Sign, find_signs, words_and_marks
from watcher.differ.rules.wordlists import says

# Words before and behind a sign in which a denial reaches it. Dutch, German and French put it behind the verb.
_REACH = 12
_BEHIND = {"nl": 7, "de": 7, "fr": 3}
# A denial reaches a protection only from so near: "without notice", "not encrypted".
_NEAR = 3
_STOPS = frozenset(";:().")
_TURNS = frozenset({"but", "however", "maar", "echter", "aber", "jedoch", "sondern", "mais", "cependant", "toutefois"})
WITHOUT = frozenset({"without", "zonder", "ohne", "sans"})
# French "ne" stands in "ne ... que" too, which limits and does not deny.
_NO_DENIAL = frozenset({"ne", "n"})
# "no later than", "not only": a negation that denies nothing.
_IDLE = frozenset({"later", "only", "longer", "nur", "langer", "spater", "alleen", "seulement", "more", "plus", "meer"})
# Protections of which one is as good as two.
_ONCE = frozenset({"safeguard", "consent", "region", "notify", "before", "delete"})
# Places count where data are there, and not people or taxes, which stand so near before them.
_PLACES = frozenset({"region", "abroad"})
_BESIDE = 2
# Where data come from: so near before a party, in a clause on what is collected, it gives and gets none.
_FROM = frozenset({"from", "van", "bij", "von", "vom", "bei", "beim", "aupres"})
_FROM_NEAR = 4
# What more of means more for the reader to bear, and what more of means more protection.
BURDENS = frozenset(
    {
        Topic.DATA_COLLECTED,
        Topic.PURPOSES,
        Topic.SHARING,
        Topic.TRACKING,
        Topic.SENSITIVE_DATA,
        Topic.AI,
        Topic.TRANSFERS,
        Topic.SUBPROCESSORS,
    }
)
BENEFITS = frozenset({Topic.RIGHTS, Topic.SECURITY})


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence read: what its signs of protection and of risk come to, and the signs that widen or narrow it.

    `values` maps a sign to what it counts for the reader: above zero it protects, a denied risk included.
    `loosening` counts the signs that make the sentence hold in fewer cases, `firming` in more; `denied` tells that a
    risk is denied or that the sentence says what is not done; `reader` that it says what the reader may do.
    """

    values: Counter[str]
    loosening: Counter[str]
    firming: Counter[str]
    denied: bool
    reader: bool

    @property
    def sum(self) -> int:
        """What the sentence comes to for the reader."""
        return sum(self.values.values())


@lru_cache(maxsize=256)
def _shown(sentence: str, language: str) -> tuple[Sequence[str], Sequence[Hit]]:
    """The words and marks of a sentence and its signs; remembered, for several rules read the same sentences."""
    words = words_and_marks(sentence)
    return words, tuple(find_signs(words, language))


def read(sentence: str, lexicon: Lexicon, language: str | None, topics: Sequence[Topic]) -> Statement:
    """Read one sentence among the topics of its clause."""
    tongue = language or lexicon.language
    words, hits = _shown(sentence, tongue)
    nays = _denials(words, lexicon)
    values: Counter[str] = Counter()
    loosening: Counter[str] = Counter()
    firming: Counter[str] = Counter()
    turned = reader = False
    for hit in hits:
        sign = hit.sign
        if sign.within and not sign.within & set(topics):
            continue
        if _means_otherwise(sign.name, sentence, lexicon, tongue):
            continue
        if sign.name in _PLACES and says(" ".join(words[max(0, hit.start - _BESIDE) : hit.start]), "not-data", tongue):
            continue
        if sign.name == "parties" and _is_source(words, hit, topics):
            values["source"] = -sign.weight
            continue
        if sign.kind == "reader":
            reader = True
            continue
        if sign.kind in {"narrow", "wide"}:
            (loosening if sign.kind == "narrow" else firming)[sign.name] += sign.weight
            continue
        denied = not sign.stands and _denied(hit, words, nays, _BEHIND.get(tongue, 0))
        turned |= denied and sign.kind == "risk"
        value = _value(sign, denied=denied)
        values[sign.name] = value if sign.kind == "risk" or sign.name in _ONCE else values[sign.name] + value
    if values["deemed"] < 0 < values["consent"]:  # "your continued use means that you consent"
        values["consent"] = 0
    if reader and values["discretion"] < 0:  # "you may object without giving reasons"
        values["discretion"] = -values["discretion"]
    opening = nays and nays[0] < _REACH and not values
    return Statement(values, loosening, firming, turned or bool(opening), reader)


def _means_otherwise(name: str, sentence: str, lexicon: Lexicon, tongue: str) -> bool:
    """True for the training of people where no model is spoken of, and for the sale of a business."""
    if name == "sale":
        return says(sentence, "takeover", tongue)
    models = lexicon.lists["system"] | lexicon.lists["model"]
    return name == "training" and says(sentence, "staff-training", tongue) and not starts_in(sentence, models)


def _is_source(words: Sequence[str], hit: Hit, topics: Sequence[Topic]) -> bool:
    """True for a party that data are collected from."""
    return topics[:1] == (Topic.DATA_COLLECTED,) and bool(
        _FROM & set(words[max(0, hit.start - _FROM_NEAR) : hit.start])
    )


def _value(sign: Sign, *, denied: bool) -> int:
    """What a sign counts for the reader."""
    good = (sign.kind == "guard") != denied
    return sign.weight if good else -sign.weight


def _denials(words: Sequence[str], lexicon: Lexicon) -> list[int]:
    """Where the words stand that deny."""
    listed = lexicon.lists["negation"] - lexicon.lists["exception"] - _NO_DENIAL
    return [
        place
        for place, word in enumerate(words)
        if word in listed | WITHOUT and not _IDLE & set(words[place + 1 : place + 2])
    ]


def _denied(hit: Hit, words: Sequence[str], nays: Sequence[int], behind: int) -> bool:
    """True when a denial reaches a sign: before it with no turn between, or closely behind."""
    reach = _REACH if hit.sign.kind == "risk" else _NEAR
    if hit.sign.kind == "guard" and len(nays) > 1 and WITHOUT & {words[nay] for nay in nays[1:]}:
        return False  # "never without your consent" asks for it
    for nay in nays:
        if hit.start - reach <= nay < hit.start and not _turned(words[nay : hit.start]):
            return True
        if hit.sign.kind == "risk" and hit.end <= nay < hit.end + behind and not _parted(words[hit.end : nay]):
            return True
    return False


def _turned(between: Sequence[str]) -> bool:
    """True when a sentence turns to something else between two words."""
    return bool((_STOPS | _TURNS) & set(between))


def _parted(between: Sequence[str]) -> bool:
    """True when a mark or a turn stands between two words."""
    return "," in between or _turned(between)


def denies(text: str, lexicon: Lexicon) -> bool:
    """True when a heading or a lead-in says what is not done ("What we never collect:")."""
    return holds(text, lexicon.lists["negation"] - lexicon.lists["exception"] - _NO_DENIAL)
