"""Say which letters of another alphabet a text was changed to: to the eye nothing differs, to a search all does."""

from __future__ import annotations

# Letters of Cyrillic and Greek that are drawn like Latin ones in nearly every font (Unicode TR 39, confusables).
_LATIN = dict(
    zip(
        "аеорсухіјѕһԁԛԝӏАВЕЗКМНОРСТУХІЈЅӀΑΒΕΖΗΙΚΜΝΟΡΤΥΧονɑ",
        "aeopcyxijshdqwlABE3KMHOPCTYXIJSIABEZHIKMNOPTYXova",
        strict=True,
    )
)
_TABLE = str.maketrans(_LATIN)
_MOST = 3


def lookalikes(before: str | None, after: str | None) -> str:
    """Return what letters stand where others stood, "U+0430 for "a"", when that is all that differs; "" otherwise."""
    if not before or not after or before == after or before.translate(_TABLE) != after.translate(_TABLE):
        return ""
    pairs = dict.fromkeys((new, old) for old, new in zip(before, after, strict=True) if old != new)
    told = [f"{_named(new)} for {_named(old)}" for new, old in pairs]
    more = f" and {len(told) - _MOST} more" if len(told) > _MOST else ""
    return ", ".join(told[:_MOST]) + more


def _named(letter: str) -> str:
    """A letter by its code point where it is one of those that look like Latin ones."""
    return f"U+{ord(letter):04X}" if letter in _LATIN else f'"{letter}"'
