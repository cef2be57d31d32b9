"""What a document says about artificial intelligence: training, features, the way out, automated decisions."""

from __future__ import annotations

import re

from storage.model import FactType
from watcher.differ.facts.passages import Found, Passage, Reading
from watcher.differ.facts.phrases import Lexicon

_RIGHT = re.compile(r"\b(?:rights?|recht(?:en)?|rechte|droits?|object|opposer|bezwaar|widersprechen)\b")
# The reader's choice, and not what the vendor may do: "you may opt out", "administrators can object".
_MAY = re.compile(
    r"(?<!\bwe )(?<!\bwij )(?<!\bwir )(?<!\bnous )\b(?:can|may|kunt?|kunnen|kan|können|kann|pouvez|peuvent|peut)\b"
    r"(?! (?:we|wij|wir|nous)\b)"
)
# A denial behind what it denies: "findet nicht statt".
_NOT_SO = re.compile(
    r".{0,40}?\b(?:findet|finden|erfolgt|erfolgen|vindt|vinden|a|ont)\b.{0,30}\b(?:nicht|niet|pas|keine?|geen)\b"
)
# Words that keep data out of a training without a "not".
_OUT = re.compile(
    r"\b(?:out of|exclud\w+|excepted|refrain\w*|prohibit\w*|forbid\w*|banned|barred|off[- ]limits|away from|"
    r"buiten|uitgesloten|"
    r"sluiten .{0,60}\buit|"
    r"verbied\w*|verboden|af ?te ?zien|afzien|zien .{0,40}\baf\b|"
    r"verzicht\w*|untersag\w*|verboten|verbieten|außen vor|ausgeschlossen|ausgenommen|tabu|fern\b|"
    r"schließen .{0,60}\baus\b|"
    r"exclu\w*|interdi\w+|renon[cç]\w+|à l['’]écart|abst(?:ien|en)\w+|hors d)"
)
# "If you would rather not have it used for training": a choice, and no promise.
_RATHER = re.compile(
    r"\b(?:(?:would )?rather not|prefer not|(?:do not|don['’]t) want|liever niet|wilt? (?:u |je )?niet|lieber nicht|"
    r"nicht möchten|möchten sie nicht|préférez (?:ne pas|que)|ne (?:voulez|souhaitez) pas|"
    r"(?<!unless you )(?:tell|ask) us not)\b"
)
_PERSON = (
    r"(?:humans?|persons?|people|staff|employees?|mensch\w*|mitarbeit\w*|mens(?:en)?|medewerker\w*|humain\w*|personne|"
    r"salarié\w*)"
)
_ALWAYS = r"(?:always|ultimately|in the end|immer|stets|letztlich|altijd|steeds|uiteindelijk|toujours)"
# A person decides all the same: "the final decision is always taken by a member of staff".
_BY_PERSON = re.compile(rf"\b(?:{_ALWAYS}\b.{{0,60}}\b{_PERSON}|{_PERSON}\b.{{0,40}}\b{_ALWAYS})\b")
# The machine does not do it by itself: "an algorithm never decides alone".
_NOT_ALONE = re.compile(
    r"\b(?:never|not|nie|niemals|nicht|nooit|niet|jamais|pas)\b.{0,20}\b(?:alone|allein\w*|alleen|seule?s?|"
    r"(?:on|by) (?:its|their) own|by (?:itself|themselves)|eigenständig|selbstständig|zelfstandig)\b"
)
# What a vendor leaves undone: "we refrain from profiling".
_FORGONE = re.compile(
    r"\b(?:refrain\w*|verzicht\w*|(?:af ?te ?zien|afzien) van|zien .{0,20}\baf van|renon[cç]\w+|abst(?:ien|en)\w+)\b"
)
_TRAINING = frozenset({"trains", "no-training"})
# How an answer begins.
_NO = re.compile(
    r"(?:(?:the (?:short )?answer is )?(?:no|nope)|nein|nee|non|never|niemals|nie|nooit|jamais|"
    r"we (?:do not|don['’]t|never)|(?:certainly|absolutely|definitely) not|auf keinen fall|das tun wir nicht|"
    r"wir (?:tun|machen) das nicht|zeker niet|"
    r"dat doen (?:wij|we) niet|(?:wij|we) doen dat niet|certainement pas|en aucun cas|nous ne le faisons pas)\b"
)
_YES = re.compile(
    r"(?:yes|ja|oui|we do\b(?! not)|das tun wir\b(?! nicht)|dat doen (?:wij|we)\b(?! niet)|nous le faisons)\b"
    r"(?!.{0,20}\b(?:but not|aber nicht|maar niet|mais pas)\b)"
)
# A machine that is said not to be there: "no algorithm ranks", "we use AI nowhere".
_NO_MACHINE = re.compile(
    r"\b(?:(?:no|not|never|without|kein\w*|nicht|ohne|geen|zonder|aucune?|sans|ni|pas d['’]une?|pas de)\s"
    r"(?:\w+\s){0,2}|pas d['’])$"
)
_NOT_USED = re.compile(r".{0,20}\b(?:nicht|niet|nergens|nirgends|nowhere|nulle part)\b")
_NEAR = 160  # characters between a negation and the training that it denies


def ai_facts(reading: Reading) -> Found:
    """One fact for each thing that a sentence states; whether training is denied is read from its own clause."""
    phrases = reading.phrases
    before: Passage | None = None
    asked: Passage | None = None
    for passage in reading.passages:
        if answer := _answer(passage, asked, phrases):
            yield passage.fact(FactType.AI, statement=answer)
        asked = None
        same_block = before is not None and before.block is passage.block
        if "ai" in passage.families or (same_block and phrases["ai.optout"].search(passage.lower)):
            found = _statements(passage, phrases, follows=same_block)
            if passage.text.endswith("?"):
                asked = passage if _TRAINING & set(found) else None
                found = [statement for statement in found if statement not in _TRAINING]
            for statement in found:
                if statement != answer:
                    yield passage.fact(FactType.AI, statement=statement)
        if _speaks_of_ai(passage, phrases):
            before = passage


def _answer(passage: Passage, asked: Passage | None, phrases: Lexicon) -> str | None:
    """What an answer says to a question on training, asked in the sentence before or in the heading."""
    heading = passage.section if passage.first and passage.section.endswith("?") else ""
    question = asked.lower if asked else heading
    if not question or not phrases["ai.ai"].search(question) or not phrases["ai.train"].search(question):
        return None
    if _NO.match(passage.lower):
        return "no-training"
    return "trains" if _YES.match(passage.lower) else None


def _speaks_of_ai(passage: Passage, phrases: Lexicon) -> bool:
    return "ai" in passage.families and bool(phrases["ai.ai"].search(passage.lower))


def _statements(passage: Passage, phrases: Lexicon, *, follows: bool) -> list[str]:
    lower = passage.lower
    found = []
    about = bool(phrases["ai.ai"].search(lower))
    optout = phrases["ai.optout"].search(lower) if about or follows else None
    training = _training(lower, phrases, optout) if about or follows else []
    if training:
        out = passage.denied or (optout is None and bool(_OUT.search(lower)))
        denied = out or any(is_denied(lower, end, phrases) for _, end in training)  # "lernt nie aus" denies itself
        found.append("no-training" if denied else "trains")
    if optout:
        found.append("opt-out")
    if _is_automated(passage, phrases):
        found.append("automated-decision")
    return found or (["feature"] if about and not passage.denied and _is_feature(lower, phrases) else [])


def _is_feature(lower: str, phrases: Lexicon) -> bool:
    """False where the machine is denied, or what it would decide: that is no feature."""
    machine = phrases["ai.ai"].search(lower)
    if machine is None or phrases["ai.automated"].search(lower):
        return False
    return not _NO_MACHINE.search(lower[: machine.start()]) and not _NOT_USED.match(lower, machine.end())


def _training(lower: str, phrases: Lexicon, optout: re.Match[str] | None) -> list[tuple[int, int]]:
    """Where a sentence speaks of training; what a reader may choose states none ("may opt out of training")."""
    if optout and _RATHER.search(lower):
        return []
    spans = [match.span() for match in phrases["ai.train"].finditer(lower)]
    choice = _MAY.search(lower) if optout else None
    if choice and optout and choice.start() < optout.start():
        return [span for span in spans if span[0] < choice.start()]
    return spans


def _is_automated(passage: Passage, phrases: Lexicon) -> bool:
    """True when a sentence says that machines decide, and not that they do not, or that a reader has a right there."""
    lower = passage.lower
    found = phrases["ai.automated"].search(lower)
    if found is None or passage.denied or _NOT_SO.match(lower, found.end()) or _BY_PERSON.search(lower):
        return False
    if _NOT_ALONE.search(lower) or _FORGONE.search(lower):
        return False
    return not is_denied(lower, found.start(), phrases) and not _RIGHT.search(lower)


def is_denied(lower: str, place: int, phrases: Lexicon) -> bool:
    """True when a negation before a place reaches it: no "but", "unless" or "and we" stands between."""
    start = max(0, place - _NEAR)
    window = lower[start:place]
    for match in phrases["negation.contrast"].finditer(window):
        window = " " * match.end() + window[match.end() :]
    for stop in (";", ". ", ": "):
        cut = window.rfind(stop)
        if cut >= 0:
            window = " " * (cut + 1) + window[cut + 1 :]
    window = phrases["negation.not_negation"].sub("", window)
    return bool(phrases["negation.words"].search(window))
