"""The words of a change that a summary shows: what stands instead, what is new, what is no longer said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from storage.model import ChangeKind
from watcher.differ.evidence import Evidence
from watcher.differ.plainly import JOINING
from watcher.differ.words import fold_word, token_kind, tokens, words_of

# An exchange of words longer than this is told by its longer half.
_EXCHANGE = 62
# Changed runs with so few words between them are one.
_BRIDGE = 2
_MARKS = " ,;:.()-\"'"
_SENTENCE = re.compile(r"(?<=[.!?])\s")
# Words of context before and behind a small word.
_BEFORE, _BEHIND = 2, 5


def told_words(evidence: Evidence) -> str:
    """What a reworded clause now says, in its own words; empty for one that came or went whole."""
    if evidence.piece.kind is not ChangeKind.MODIFIED:
        return ""
    exchanges = list(dict.fromkeys(_exchanges(evidence)))
    if len(exchanges) == 1 and all(exchanges[0]) and sum(map(len, exchanges[0])) <= _EXCHANGE:
        return '"{}" -> "{}"'.format(*exchanges[0])
    gone = max((was for was, _ in exchanges), key=len, default="")
    came = max((now for _, now in exchanges), key=len, default="")
    if came and len(came) >= len(gone):
        return f'now {"says" if gone else "also says"} "{came}"'
    return f'no longer says "{gone}"' if gone else ""


def exchanged_names(evidence: Evidence) -> bool:
    """True where names in capitals took the place of names; German, which writes every noun so, shows none."""
    if evidence.lexicon.language == "de" or evidence.piece.kind is not ChangeKind.MODIFIED:
        return False
    pairs = [(was, now) for was, now in _exchanges(evidence) if was and now]
    return any(
        was[:1].isupper() and now[:1].isupper() and not evidence.piece.text.startswith(now) for was, now in pairs
    )


def _exchanges(evidence: Evidence) -> Iterator[tuple[str, str]]:
    """The words that went with those that came in their place; runs with a word or two between them are one."""
    was, now, changed = "", "", False
    for span in evidence.spans:
        if span.op == "equal" and len(span.text.split()) > _BRIDGE:
            yield from _exchange(evidence, was, now, changed=changed)
            was, now, changed = "", "", False
        elif span.op == "equal":
            was, now = (was + span.text, now + span.text) if changed else ("", "")
        else:
            changed = True
            was, now = (was + span.text, now) if span.op == "delete" else (was, now + span.text)
    yield from _exchange(evidence, was, now, changed=changed)


def _exchange(evidence: Evidence, was: str, now: str, *, changed: bool) -> Iterator[tuple[str, str]]:
    """One exchange without what both sides end with; nothing where only words of grammar or marks differ."""
    grammar = evidence.lexicon.lists["grammar"]
    left, right = was.split(), now.split()
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    if not (any(word.strip(_MARKS) for word in left) and any(word.strip(_MARKS) for word in right)):
        left, right = _unjoined(left), _unjoined(right)
    sides = [_closed(" ".join(side).strip(_MARKS)) for side in (left, right)]
    sides = [side if any(word not in grammar for word in words_of(side)) else "" for side in sides]
    if changed and any(sides) and not _only_moved(evidence, *sides):
        yield sides[0], sides[1]


def _unjoined(words: list[str]) -> list[str]:
    """Words that came or went, without what joins them to the rest: "and", "or"."""
    start, end = 0, len(words)
    while start < end and fold_word(words[start]) in JOINING:
        start += 1
    while start < end and fold_word(words[end - 1]) in JOINING:
        end -= 1
    return words[start:end]


def _only_moved(evidence: Evidence, was: str, now: str) -> bool:
    """True when the words that went stand elsewhere in the clause now, and those that came stood elsewhere in it."""
    return not any(word in evidence.gone for word in words_of(was)) and not any(
        word in evidence.came for word in words_of(now)
    )


def _closed(text: str) -> str:
    """A text with the bracket that was stripped from its end."""
    return f"{text})" if text.count("(") > text.count(")") else text


def in_context(text: str, word: str) -> str:
    """A small word with its neighbours in the sentence that holds it; the word alone where none does."""
    for sentence in _SENTENCE.split(text):
        parts = [token for token in tokens(sentence) if token_kind(token) not in {"space", "other"}]
        place = next((at for at, token in enumerate(parts) if fold_word(token) == word), None)
        if place is not None:
            return " ".join(parts[max(0, place - _BEFORE) : place + _BEHIND])
    return word
