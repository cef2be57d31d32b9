"""Whether two wordings of a clause say the same: nothing is left over, and words of weight hold what they held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from watcher.differ.evidence import Evidence
from watcher.differ.leads import DATA_WORDS
from watcher.differ.leftover import Rest, is_noun, leftover, named, same_act, turns_meaning
from watcher.differ.lexicon import load_lexicon
from watcher.differ.plainly import denial_passes, denies_alike, joins
from watcher.differ.sentences import sentences
from watcher.differ.surroundings import Surroundings
from watcher.differ.turned import is_one_clause
from watcher.differ.wordings import Wordings, load_wordings
from watcher.differ.words import words_of

# Words that are never a matter of wording.
_ALWAYS = ("negation", "only", "consent", "optout", "sell", "exception", "weak", "count")
# Words that govern the one behind them.
_MODAL = ("weak", "strong")
_GOVERNING = (*_MODAL, "only", "scope")
# Words of weight that stand in a group of another sense: "sollte" with "falls", "accord" with "contrat".
_OF_TWO_SENSES = frozenset(("required", "aim", "undertake", "sollte", "sollten", "accord"))
# A part of a sentence that may stand first or last has so many words at least.
_PART = 3
# Words that stand for what was named; of having a right, and of asking for what it gives.
_PRONOUNS = frozenset("it them they ze zij die deze sie es diese dieselben ils elles les ceux celles".split())  # noqa: SIM905
_RIGHTS = frozenset("recht rechten rechte right rights entitled droit droits".split())  # noqa: SIM905
_ASKING = frozenset("vragen opvragen verzoeken verlangen fordern anfordern erhalten request ask demander".split())  # noqa: SIM905


def says_same(evidence: Evidence, around: Surroundings) -> bool:
    """True when nothing is left over between both wordings, and words of weight and numbers stand in one order."""
    rest = leftover(evidence, around)
    if rest is None or not _is_light(rest, evidence) or any(evidence.periods):
        return False
    wordings = load_wordings(evidence.lexicon.language)
    texts = evidence.piece.before or "", evidence.piece.after or ""
    one, other = (wordings.form(named(text, evidence, around)) for text in texts)
    if [mark for mark in one if any(map(str.isdigit, mark))] != [mark for mark in other if any(map(str.isdigit, mark))]:
        return _turned_round(evidence) and not turns_meaning(evidence)
    weighty = _weighty_marks(evidence.lexicon.language)
    governed, governs = _governed(one, weighty), _governed(other, weighty)
    held = governed == governs or _is_lone_modal(governed, governs, evidence)
    return held and not turns_meaning(evidence)


def _is_light(rest: Rest, evidence: Evidence) -> bool:
    """True when nothing is left over, or only a second denial, or the word for data."""
    left = {*rest.gone, *rest.came}
    if not left:
        return not any(denial_passes(*pair, evidence.lexicon.language) for pair in evidence.reworded)
    if joins(left, evidence.lexicon.language):
        return _denies_alike(evidence)
    if any(
        (_repeats(evidence, left), _carries(evidence, left), _asks_for_right(evidence, rest), _is_named(evidence, rest))
    ):
        return True
    return len(left) == 1 and not (rest.gone and rest.came) and left <= DATA_WORDS and _is_elsewhere(evidence)


def _denies_alike(evidence: Evidence) -> bool:
    """True when the sentences deny as much as before, once for several or one by one."""
    if evidence.dropped or evidence.brought or not evidence.reworded:
        return False
    return all(denies_alike(*pair, evidence.lexicon.language) for pair in evidence.reworded)


def _repeats(evidence: Evidence, left: set[str]) -> bool:
    """True when sentences were joined or split, and all that is left over is said on both sides, once more on one."""
    texts = evidence.piece.before or "", evidence.piece.after or ""
    if len({len(sentences(text, evidence.language)) for text in texts}) == 1 or len(left) > 1:
        return False
    (word,) = left
    wordings, lists = load_wordings(evidence.lexicon.language), evidence.lexicon.lists
    if any(word in lists[name] for name in (*_ALWAYS, *_GOVERNING)):
        return False
    return all(wordings.plain(word) in map(wordings.plain, words_of(text)) for text in texts)


def _is_named(evidence: Evidence, rest: Rest) -> bool:
    """True when a pronoun took the place of words that both wordings hold elsewhere, or the other way round."""
    if bool(rest.gone) is bool(rest.came):
        return False
    lists = evidence.lexicon.lists
    left = {part for word in (*rest.gone, *rest.came) for part in word.split(" ")}
    if any(word in lists[name] for word in left for name in (*_ALWAYS, *_GOVERNING)) or any(
        map(str.isdigit, "".join(left))
    ):
        return False
    texts = [words_of(text or "") for text in (evidence.piece.before, evidence.piece.after)]
    pronouns = [sum(word in _PRONOUNS for word in words) for words in texts]
    more = pronouns[1] - pronouns[0] if rest.gone else pronouns[0] - pronouns[1]
    plain = load_wordings(evidence.lexicon.language).plain
    return more > 0 and all({*map(plain, left)} <= {*map(plain, words)} for words in texts)


def _carries(evidence: Evidence, left: set[str]) -> bool:
    """True when what is left over are verbs that carry a noun of doing: "a check takes place" and "we check"."""
    wordings = load_wordings(evidence.lexicon.language)
    if not all(wordings.support.issuperset(map(wordings.plain, word.split(" "))) for word in left):
        return False
    return _turns_verb(evidence, wordings)


def _asks_for_right(evidence: Evidence, rest: Rest) -> bool:
    """True when "you have the right of access" became "you can ask for access", or the other way round."""
    if not {*rest.gone, *rest.came} <= _RIGHTS | _ASKING:
        return False
    texts = [set(words_of(text or "")) for text in (evidence.piece.before, evidence.piece.after)]
    may = evidence.lexicon.lists["weak"]
    entitled, asking = ([not known.isdisjoint(words) for words in texts] for known in (_RIGHTS, _ASKING))
    allowed = [not may.isdisjoint(words) for words in texts]
    return sorted(entitled) == [False, True] and asking == entitled[::-1] == allowed


def _turns_verb(evidence: Evidence, wordings: Wordings) -> bool:
    """True when a noun of doing became a verb or the other way round."""
    was, now = (set(words_of(text or "")) for text in (evidence.piece.before, evidence.piece.after))
    pairs = ((one, other) for one in was - now for other in now - was)
    return any(
        same_act(one, other) or (is_noun(one) is not is_noun(other) and wordings.related(one, other))
        for one, other in pairs
    )


def _is_elsewhere(evidence: Evidence) -> bool:
    """True when what a word stood for is said otherwise: by a pronoun, or by a verb in the place of its noun.

    "The data are erased" and "they are erased", "on erasure" and "to erase data".
    """
    wordings = load_wordings(evidence.lexicon.language)
    texts = words_of(evidence.piece.before or ""), words_of(evidence.piece.after or "")
    data, pronouns = ([sum(word in known for word in words) for words in texts] for known in (DATA_WORDS, _PRONOUNS))
    if (data[0] - data[1]) * (pronouns[1] - pronouns[0]) > 0:
        return True
    was, now = map(set, texts)
    gone, came = ({wordings.plain(word): is_noun(word) for word in words} for words in (was - now, now - was))
    return any(gone[word] is not came[word] for word in gone.keys() & came.keys())


@cache
def _weighty_marks(language: str) -> frozenset[str]:
    """The marks of the words that govern others."""
    lists, marks = load_lexicon(language).lists, load_wordings(language).marks
    listed = {word for name in _GOVERNING for word in lists[name]}
    return frozenset(marks.get(word, word) for word in listed - _OF_TWO_SENSES)


def _governed(form: Sequence[str], weighty: frozenset[str]) -> Counter[tuple[str, str]]:
    """The words of weight of a wording, each with the plain word behind it, or the last one where none follows."""
    plain = [mark for mark in form if mark not in weighty]
    found: Counter[tuple[str, str]] = Counter()
    behind = 0
    for mark in form:
        if mark in weighty:
            found[mark, plain[behind] if behind < len(plain) else (plain or [""])[-1]] += 1
        else:
            behind += 1
    return found


def _is_lone_modal(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]], evidence: Evidence) -> bool:
    """True when all that differs is what stands behind the one word of permission or duty of a lone clause.

    Where there is one verb it can belong to no other: "you can, within a week, object" and "you can object".
    """
    language, lists = evidence.lexicon.language, evidence.lexicon.lists
    marks = load_wordings(language).marks
    modal = {marks.get(word, word) for name in _MODAL for word in lists[name]}
    was, now = ([mark for mark, _ in (side - rest).elements()] for side, rest in ((one, other), (other, one)))
    if len(was) != 1 or was != now or was[0] not in modal:
        return False
    alone = all(sum(count for (mark, _), count in side.items() if mark in modal) == 1 for side in (one, other))
    return alone and all(is_one_clause(text or "", language) for text in (evidence.piece.before, evidence.piece.after))


def _turned_round(evidence: Evidence) -> bool:
    """True when all that was done is to put the last part of sentences first, or the first last."""
    if evidence.dropped or evidence.brought or not evidence.reworded:
        return False
    return all(_is_turned(words_of(was), words_of(now)) for was, now in evidence.reworded)


def _is_turned(was: Sequence[str], now: Sequence[str]) -> bool:
    """True for two parts that changed places, each of some words: "if you agree we call you"."""
    return any([*was[cut:], *was[:cut]] == [*now] for cut in range(_PART, len(was) - _PART + 1))
