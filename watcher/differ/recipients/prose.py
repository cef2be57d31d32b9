"""Recipients that a sentence names: "we use X for ...", "hosted by X", "X acts as our processor"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from storage.model import Block, BlockKind, Recipient
from watcher.differ.recipients.asides import named_aside
from watcher.differ.recipients.beside import beside_us, in_heading, names_idly
from watcher.differ.recipients.items import details_of
from watcher.differ.recipients.names import companies, has_form, is_generic, trimmed
from watcher.differ.recipients.phrases import FORMED, HANDLES, PHRASES, ProseRule
from watcher.differ.recipients.roles import role_of, speaks_of_roles
from watcher.differ.recipients.structure import Mention
from watcher.differ.sentences import sentences

_SLASH = re.compile(r"(?<=\w\w)/(?=[A-ZÀ-ÖØ-Þ]\w)")  # "One/Two" are two names, "A/S" is a legal form
# Names of the vendor's own people: "... with Anna Example of our support team".
_OUR_PEOPLE = re.compile(
    r"[^.;:()]{0,60}?\s(?:of|from|in|van|bij|uit|aus|von|de)\s(?:our|onze?|unser\w*|notre|nos)\s(?:[\w-]+\s)?"
    r"(?:\w*team|staff|employees?|department|afdeling|medewerkers?|\w*abteilung|mitarbeiter\w*|équipe|personnel|service)\b"
)
_ROLE = re.compile(
    r"(?:sub-?|joint |independent |own )*(?:processor|controller|verwerker|verwerkingsverantwoordelijke|"
    r"auftragsverarbeiter|unterauftragsverarbeiter|verantwortliche|sous-traitant|responsable)",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_MACHINE = re.compile(r"(?:AI|KI|IA)\s")  # what is done with artificial intelligence is no name
_FORMAL = frozenset(rule.says for rule in PHRASES.rules if rule.formed)  # rules for names with a legal form
_CLAUSE = re.compile(r"(?:,|[.!?](?=\s))\s")
_OTHER = 90  # characters before a match in which another name may stand
_OPENS_SENTENCE = 12  # characters before a match in which a negation still belongs to it


def prose_mentions(
    blocks: Sequence[Block], language: str | None, skip: AbstractSet[str] = frozenset(), *, every: bool = True
) -> Iterator[Mention]:
    """Recipients named in sentences, in reading order; blocks whose text is in `skip` are not read.

    With `every` also those of which the words do not say that they handle or get the data: a difference asks for none.
    """
    for block in blocks:
        if block.text in skip:
            continue
        for name in named_aside(block):
            yield Mention(Recipient(name), block, block.text, structural=False, explicit=True)
        if every and block.kind is BlockKind.HEADING and block.path:
            for name in in_heading(block.text):
                yield Mention(Recipient(name), block, block.text, structural=False, explicit=False)
        lower = block.text.lower()
        if not every and lower == block.text:
            continue  # there is no name without a capital
        families = PHRASES.cues.families(lower)
        named = not families <= _FORMAL
        formed = (every or bool(families and not named)) and FORMED.search(block.text) is not None
        if named or formed:
            beside = every and formed and block.kind is not BlockKind.HEADING
            yield from _of_text(block, language, families, beside=beside)


def _of_text(block: Block, language: str | None, families: frozenset[str], *, beside: bool) -> Iterator[Mention]:
    """The recipients in the sentences of a block, which has cues of these families.

    `beside` when companies beside the vendor's own things count.
    """
    for sentence in sentences(block.text, language):
        own = families if sentence == block.text else PHRASES.cues.families(sentence.lower())
        if not (own or beside) or _shouts(sentence):
            continue
        found = list(_of_sentence(sentence, block, language, own)) if own else []
        if found and not names_idly(sentence):
            yield from found
        if beside:
            for name in beside_us(sentence, block.path[-1] if block.path else ""):
                yield Mention(_told(name, None, sentence), block, sentence, structural=False, explicit=False)


def _of_sentence(sentence: str, block: Block, language: str | None, families: frozenset[str]) -> Iterator[Mention]:
    named = _CAPITAL.search(sentence, 1)  # a name that opens the sentence is found by rules that need words behind it
    formed = not families.isdisjoint(_FORMAL) and bool(FORMED.search(sentence))
    lower = sentence.lower()
    for rule, needs in _rules_of(families, formed=formed, named=named is not None):
        if needs is not None and not needs.search(lower):
            continue
        for name, aside in _matches(rule, sentence, language):
            sure = rule.explicit or (has_form(name) and not PHRASES.cookies.search(lower))
            yield Mention(_told(name, aside, sentence), block, sentence, structural=False, explicit=sure)
    if HANDLES in families and companies(sentence) and PHRASES.handles.search(sentence):
        cookies = bool(PHRASES.cookies.search(lower))
        for name, _ in companies(sentence):
            yield Mention(_told(name, None, sentence), block, sentence, structural=False, explicit=not cookies)


@lru_cache(maxsize=1024)
def _rules_of(
    families: frozenset[str], *, formed: bool, named: bool
) -> tuple[tuple[ProseRule, re.Pattern[str] | None], ...]:
    """The rules that a sentence with cues of these families may follow, in order, each with what it must hold."""
    return tuple(
        (rule, rule.needs)
        for rule in PHRASES.rules
        if rule.says in families and (formed or not rule.formed) and (named or rule.needed)
    )


# Asked for each name of a sentence; one without names is never asked about.
_has_roles = lru_cache(maxsize=64)(speaks_of_roles)


def _told(name: str, aside: str | None, sentence: str) -> Recipient:
    """A recipient with what the parentheses after its name say of it, and the role that its sentence gives it."""
    role = role_of(name, sentence) if _has_roles(sentence) else None
    if aside is None or aside[0] in "\"'“‘„«":
        return Recipient(name, role=role)
    if _ROLE.match(aside):
        return Recipient(name, role=aside)
    purpose, location = details_of(aside)
    return Recipient(name, purpose, location, role)


def _shouts(sentence: str) -> bool:
    """True for a sentence in capitals, where a capital says nothing about names."""
    return len(sentence) > 30 and sum(map(str.isupper, sentence)) > 0.5 * sum(map(str.isalpha, sentence))


def _matches(rule: ProseRule, sentence: str, language: str | None) -> Iterator[tuple[str, str | None]]:
    """The acceptable names of one rule in a sentence, each with what stands in parentheses after it."""
    for match in rule.pattern.finditer(sentence):
        before = sentence[max(0, match.start() - _OPENS_SENTENCE) : match.start()]
        before = _CLAUSE.split(before)[-1]
        if PHRASES.negation.search(before + sentence[match.start() : match.start("name")]):
            continue
        if _OUR_PEOPLE.match(sentence, match.end("name")):
            continue
        for name, aside in _joined(sentence, match):
            if _acceptable(name, None if rule.proper else language, explicit=rule.explicit):
                yield name, aside


def _joined(sentence: str, match: re.Match[str]) -> Iterator[tuple[str, str | None]]:
    """The name of a match, and those that are joined to it by "and" or a comma: behind it, or before where it opens."""
    if match.start("name") == match.start():
        start = match.start()
        before: list[tuple[str, str | None]] = []
        while other := PHRASES.joins.search(sentence, max(0, start - _OTHER), start):
            before.append((trimmed(other["name"]), other["role"]))
            start = other.start("name")
        yield from reversed(before)
    for name in _SLASH.split(match["name"]):
        yield trimmed(name), match["role"]
    place = match.end("name")
    while other := PHRASES.joined.match(sentence, place):
        yield trimmed(other["name"]), other["role"]
        place = other.end("name")


def _acceptable(name: str, language: str | None, *, explicit: bool) -> bool:
    """A name in a sentence: no generic word; in German, where every noun has a capital, rather two words or a form."""
    if len(name) < 2 or is_generic(name) or name.lower() in PHRASES.openers:
        return False
    if not has_form(name) and ((name.isupper() and len(name) <= 4) or _MACHINE.match(name)):
        return False
    if language == "de" and not has_form(name):
        words = name.split()
        return not any(word.lower() in PHRASES.openers for word in words) and (
            len(words) > 1 or any(map(str.isupper, name[1:]))
        )
    return explicit or len(name) > 2
