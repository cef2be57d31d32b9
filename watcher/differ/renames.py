"""Names and terms that a whole document changed, and runs of words that only put the new one in its place."""

from __future__ import annotations

from collections.abc import Mapping

from watcher.differ.words import words_of

_PLURAL = 3


def bare_name(text: str) -> str:
    """A name or term folded, without a genitive and without the s of a plural."""
    words = [word.removesuffix("'s") for word in words_of(text)]
    return " ".join(word.removesuffix("s") if len(word) > _PLURAL else word for word in words)


def renames(gone: str, came: str, left: str, renamed: Mapping[str, str], old: str = "") -> bool:
    """True when a run only puts new names in the place of old ones that the whole document gave up.

    `left` is the text before the run: the first words of the new name may have stood there already ("copyright
    takedown" -> "copyright removal", where "takedown" is "copyright removal" now). The other way round a short name may
    have become a full one which the `old` text had too, both folded and with one blank between words.
    """
    now = _framed(bare_name(gone))
    for was, name in renamed.items():
        now = now.replace(_framed(was), _framed(name))
    put = _framed(bare_name(came))
    if not put or now == put:
        return now == put
    if put.endswith(now) and renamed:
        full = " ".join(f"{put.removesuffix(now)}{bare_name(gone)}".split())
        return now != _framed(bare_name(gone)) and f" {full} " in old
    return now.endswith(put) and _framed(bare_name(left)).endswith(now.removesuffix(put))


def lengthens(came: str, after: str, renamed: Mapping[str, str]) -> bool:
    """True for words put before a name that the document calls longer now: "Accessibility" -> "Web accessibility"."""
    put, text = _framed(bare_name(came)), _framed(bare_name(after))
    return bool(put) and any(
        _framed(now) == put + _framed(was) and _framed(now) in text for was, now in renamed.items()
    )


def _framed(words: str) -> str:
    """Words with a blank before and behind each, so that each can be found beside the other."""
    return "".join(f" {word} " for word in words.split())
