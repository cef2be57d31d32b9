"""Fold the typography of a text so that two texts differ only where a reader would say so."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_WHITESPACE_CONTROLS = {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85}
_INVISIBLE = (
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x180B, 0x180F),  # Mongolian selectors and vowel separator
    (0x200B, 0x200F),  # zero-width space, joiners, direction marks
    (0x202A, 0x202E),  # bidi embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, bidi isolates
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # interlinear annotation
    (0xE0000, 0xE007F),  # tags
    (0xE0100, 0xE01EF),  # variation selectors supplement
)
_SINGLE_QUOTES = (0x2018, 0x2019, 0x201A, 0x201B, 0x2032, 0x00B4, 0x02BC)
_DOUBLE_QUOTES = (0x201C, 0x201D, 0x201E, 0x201F, 0x2033)
_DASHES = (*range(0x2010, 0x2016), 0x2212, 0x2043)


def normalise(text: str) -> str:
    """Return the text with its typography folded; equal for a reader gives equal here.

    NFKC; zero-width, soft-hyphen, bidi and control characters out; every space one blank, runs folded, ends cut; curly
    quotes straight; dashes and the minus sign "-"; NUL and lone surrogates U+FFFD. Look-alike letters of other scripts
    stay: a change of them is a change. Idempotent.
    """
    if not text.isascii():
        for sign, plain in _COMMON:
            text = text.replace(sign, plain)
    if not text.isascii():
        text = _folded(text)
    elif not text.isprintable() and _ASCII_CONTROLS.search(text):
        text = text.translate(_FOLD)
    return " ".join(text.split())


def block_key(text: str) -> str:
    """Return a short hash of a block's text: 16 hexadecimal digits of BLAKE2b."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _folded(text: str) -> str:
    """Fold a text with letters beyond ASCII until nothing changes; two rounds settle nearly all texts."""
    for _ in range(4):  # taking characters out can make new compositions
        if not _FOLDED.isdisjoint(text):
            text = text.translate(_FOLD)
        if unicodedata.is_normalized("NFKC", text):
            break
        text = unicodedata.normalize("NFKC", text)
    return text


def _fold_table() -> dict[int, str | None]:
    """Build the table for `str.translate`: None deletes a character."""
    table: dict[int, str | None] = {
        code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in _WHITESPACE_CONTROLS
    }
    for first, last in _INVISIBLE:
        table.update(dict.fromkeys(range(first, last + 1)))
    table.update(dict.fromkeys(range(0xD800, 0xE000), "�"))
    table[0] = "�"
    table.update(dict.fromkeys(_SINGLE_QUOTES, "'"))
    table.update(dict.fromkeys(_DOUBLE_QUOTES, '"'))
    table.update(dict.fromkeys(_DASHES, "-"))
    return table


_FOLD = _fold_table()
_ASCII_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# The signs that most pages hold, taken first: `str.replace` is forty times as fast as `str.translate`.
_COMMON = (
    ("\u2019", "'"),
    ("\u2018", "'"),
    ("\u201c", '"'),
    ("\u201d", '"'),
    ("\u2013", "-"),
    ("\u2014", "-"),
    ("\u00a0", " "),
    ("\u202f", " "),
    ("\u2026", "..."),
    ("\u200b", ""),
    ("\u00ad", ""),
    ("\ufeff", ""),
)
# A set asks each character once; a pattern of 2,200 single characters tries one after the other (70 times as slow).
_FOLDED = frozenset(map(chr, _FOLD))
