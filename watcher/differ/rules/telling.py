"""The words of a change that a summary shows: what stands instead, what is new, what is no longer said."""

from __future__ import annotations

from storage.model import ChangeKind
from watcher.differ.evidence import Evidence
from watcher.differ.words import fold_word, token_kind, tokens, words_of

# An exchange of words longer than this is told by its longer half.
_EXCHANGE = 62
# Words of context before and behind a small word.
_BEFORE, _BEHIND = 2, 5


def told_words(evidence: Evidence) -> str:
    """What a reworded clause now says, in its own words; empty for one that came or went whole."""
    if evidence.piece.kind is not ChangeKind.MODIFIED:
        return ""
    gone, came = _runs(evidence, "delete"), _runs(evidence, "insert")
    if len(gone) == len(came) == 1 and len(gone[0]) + len(came[0]) <= _EXCHANGE:
        return f'"{gone[0]}" -> "{came[0]}"'
    if came and (not gone or len(max(came, key=len)) >= len(max(gone, key=len))):
        return f'now {"says" if gone else "also says"} "{max(came, key=len)}"'
    return f'no longer says "{max(gone, key=len)}"' if gone else ""


def _runs(evidence: Evidence, op: str) -> list[str]:
    """The changed runs of one side that hold more than words of grammar, without marks around them."""
    grammar = evidence.lexicon.lists["grammar"]
    runs = (span.text.strip(" ,;:.()-\"'") for span in evidence.spans if span.op == op)
    return [run for run in runs if any(word not in grammar for word in words_of(run))]


def in_context(text: str, word: str) -> str:
    """A small word with its neighbours in a text; the word alone where the text does not hold it."""
    parts = [token for token in tokens(text) if token_kind(token) not in {"space", "other"}]
    place = next((at for at, token in enumerate(parts) if fold_word(token) == word), None)
    return word if place is None else " ".join(parts[max(0, place - _BEFORE) : place + _BEHIND])
