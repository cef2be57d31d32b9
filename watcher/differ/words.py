"""The words that differ between two wordings of a clause.

Knows text and nothing else: no blocks, no topics. Two engines stand behind `word_spans`: diff-match-patch for short
runs (its answer reads best), the bit-parallel edit script of rapidfuzz for long ones, and one coarse replacement when
even that would cost too much.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import groupby
from operator import methodcaller

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from storage.model import Span

# Cells of the edit matrix. Below the first the pure Python engine answers in a few milliseconds; the second keeps the
# matrix of the other one (one bit a cell) under 8 MB.
_SMALL = 40_000
_LARGE = 64_000_000
_CLAUSE = 8_000  # characters; the tokens of longer texts are hardly remembered
_WORD = 64  # characters of a token whose kind is remembered
# The first of the marks that stand on letters, and so many different ones as are taken out one by one.
_FIRST_MARK = "\u0300"
_FEW = 16

_MONTH = (
    r"(?:jan(?:uar[iy]?|vier)?|feb(?:ruar[iy]?)?|févr?(?:ier)?|m(?:aart|ärz|ars|rt)|mar(?:ch)?|apr(?:il)?|avr(?:il)?|mei|mai|may"
    r"|jun[ei]?|juin|jul[iy]?|juil(?:let)?|aug(?:ust(?:us)?)?|août|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?"
    r"|d[eé][cz](?:ember|embre)?)\.?"
)
DATE = (
    r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?{_MONTH},?\s\d{{4}}\b"
    rf"|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}\b|\b{_MONTH}\s\d{{4}}\b"
)
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|[^\W\d_]+(?=[\s,;)](?!\d))"  # a plain word, most of a text: what begins no date and no reference to an article
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>(?:(?:https?://|www\.)[^\s<>\"')\]]|(?:[\w-]+\.)+[a-z]{2,}/)[^\s<>\"')\]]*[^\s<>\"')\].,;:])"
    rf"|(?P<date>{DATE})"
    r"|(?P<phone>\+\d[\d ()/-]{6,18}\d|\b0\d{1,4}[ /-]\d[\d -]{4,12}\d)"
    r"|(?P<article>(?:\bart(?:icle|ikel)?s?\.?|§{1,2})\s?\d+[a-z]?(?:\(\w{1,2}\))*(?:\s(?:lid|abs\.|par\.|al\.|leden)\s\d+)?)"
    r"|(?P<number>[€$£]?\d+(?:[.,:]\d+)*(?:\s?%)?)"
    r"|(?P<word>(?:\b(?:[cdjlmnst]|(?:jus|lors|puis)?qu)['’](?=[^\W\d_]))|(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’.&-][^\W_]+)*)"
    r"|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_SURROGATES = range(0xD800, 0xE000)


def word_spans(before: str | None, after: str | None) -> tuple[Span, ...]:
    """Mark what differs between two wordings, word by word.

    The spans joined without the inserted ones are `before`, without the deleted ones `after`. Equal texts give no
    insertion and no deletion, and the exchanged arguments give the exchanged answer. None counts as no text.
    """
    old, new = before or "", after or ""
    if new < old:  # one direction only is ever computed: so the answer is the same seen from either side
        turned = {"insert": "delete", "delete": "insert", "equal": "equal"}
        swapped = [(turned[op], text) for op, text in _script(new, old)]
        return _ordered(swapped)
    return _ordered(_script(old, new))


def tokens(text: str) -> tuple[str, ...]:
    """Cut a text into words, blanks and marks; joined again they are the text.

    Numbers, dates, addresses, phone numbers, article references and names with dots are one token each.
    """
    return _clause_tokens(text) if len(text) <= _CLAUSE else _long_tokens(text)


_group = methodcaller("group")


def _cut(text: str) -> tuple[str, ...]:
    return tuple(map(_group, _TOKEN.finditer(text)))


# What is remembered is bounded by number and by length, so that a hostile text cannot fill the memory.
_clause_tokens = lru_cache(maxsize=1024)(_cut)
_long_tokens = lru_cache(maxsize=4)(_cut)


def word_finder(pattern: str, signs: str = "") -> Callable[[str], list[str]]:
    """A function that finds all words of a text: what `pattern` matches, which are runs of letters, digits and `signs`.

    A text of ASCII is cut by a table, three to five times as fast as by a pattern.
    """
    find = re.compile(pattern).findall
    table = "".join(char if char.isalnum() or char in signs else " " for char in map(chr, range(128)))

    def words(text: str) -> list[str]:
        return text.translate(table).split() if text.isascii() else find(text)

    return words


def token_kind(token: str) -> str:
    """Name what a token is: space, mail, url, date, phone, article, number, word or other."""
    return _short_kind(token) if len(token) <= _WORD else _kind(token)


def _kind(token: str) -> str:
    match = _TOKEN.fullmatch(token)
    return (match.lastgroup or "other") if match else "other"


_short_kind = lru_cache(maxsize=16_384)(_kind)


def fold(text: str) -> str:
    """Fold case and accents away, for comparing; the length may differ."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    marks = [sign for sign in set(apart) if sign >= _FIRST_MARK and unicodedata.combining(sign)]
    if len(marks) > _FEW:
        return apart.translate(dict.fromkeys(map(ord, marks)))
    for mark in marks:  # many times as fast as a table, which asks about each letter
        apart = apart.replace(mark, "")
    return apart


def words_of(text: str) -> list[str]:
    """The folded words, numbers and names of a text, without blanks and marks."""
    return list(_clause_words(text)) if len(text) <= _CLAUSE else list(_words(text))


def _words(text: str) -> tuple[str, ...]:
    cut = tokens(text)
    said = {token: fold_word(token) for token in set(cut) if token_kind(token) not in _SILENT}
    return tuple([said[token] for token in cut if token in said])


_SILENT = frozenset(("space", "other"))
_clause_words = lru_cache(maxsize=1024)(_words)


def fold_word(token: str) -> str:
    """A folded token without the apostrophe of a shortened article ("l'")."""
    return fold(token).rstrip("'’")


def _script(old: str, new: str) -> list[tuple[str, str]]:
    """The edit script of two texts as (op, text) pairs."""
    left, right = list(tokens(old)), list(tokens(new))
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    middle = _middle(left[head : len(left) - tail], right[head : len(right) - tail])
    pieces = [("equal", left[:head]), *middle, ("equal", left[len(left) - tail :])]
    return [(op, "".join(part)) for op, part in _readable([(op, part) for op, part in pieces if part])]


def _common(left: list[str], right: list[str]) -> int:
    """How many tokens the two lists share at the start."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _middle(left: list[str], right: list[str]) -> list[tuple[str, list[str]]]:
    """The edit script of two token lists that differ at both ends."""
    cost = len(left) * len(right)
    if not cost or cost > _LARGE:
        return [("delete", left), ("insert", right)]
    if cost <= _SMALL:
        return _by_characters(left, right)
    script: list[tuple[str, list[str]]] = []
    for code in Indel.opcodes(left, right):
        if code.tag == "equal":
            script.append(("equal", left[code.src_start : code.src_end]))
        else:
            script.append(("delete", left[code.src_start : code.src_end]))
            script.append(("insert", right[code.dest_start : code.dest_end]))
    return [(op, part) for op, part in script if part]


def _by_characters(left: list[str], right: list[str]) -> list[tuple[str, list[str]]]:
    """The edit script by diff-match-patch, one character standing for each distinct token."""
    numbers: dict[str, str] = {}
    names: dict[str, str] = {}
    for token in (*left, *right):
        if token not in numbers:
            code = len(numbers) + 1
            if code >= _SURROGATES.start:
                code += len(_SURROGATES)
            numbers[token] = chr(code)
            names[chr(code)] = token
    engine = diff_match_patch()
    engine.Diff_Timeout = 0
    diffs = engine.diff_main("".join(numbers[t] for t in left), "".join(numbers[t] for t in right), False)
    ops = {-1: "delete", 0: "equal", 1: "insert"}
    return [(ops[op], [names[char] for char in chars]) for op, chars in diffs]


def _readable(script: list[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Turn lone islands between two changes (a blank, a mark, one short word) into part of the change."""
    result: list[tuple[str, list[str]]] = []
    for place, (op, part) in enumerate(script):
        inside = 0 < place < len(script) - 1
        if op == "equal" and inside and _island(part):
            result += [("delete", part), ("insert", part)]
        else:
            result.append((op, part))
    return result


def _island(part: list[str]) -> bool:
    """True for an equal run too small to be read between two changes."""
    solid = [token for token in part if token_kind(token) not in {"space", "other"}]
    return not solid or (len(solid) == 1 and len(solid[0]) <= 3 and token_kind(solid[0]) == "word")


def _ordered(script: list[tuple[str, str]]) -> tuple[Span, ...]:
    """Join neighbours: each run of changes becomes one deletion followed by one insertion."""
    spans: list[Span] = []
    for equal, group in groupby(script, key=lambda piece: piece[0] == "equal"):
        pieces = list(group)
        for op in ("equal",) if equal else ("delete", "insert"):
            text = "".join(text for kind, text in pieces if kind == op)
            if text:
                spans.append(Span(op, text))
    return tuple(spans)
