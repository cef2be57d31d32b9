"""A clause in a form that no longer shows how it is worded: equal forms, equal meaning.

Wordings of one meaning become one mark, inflected words their stem; function words fall away. Negations, words of
duty, of limits and of consent stay, and so do numbers and the order of all that is left.
"""

from __future__ import annotations

import re
from functools import lru_cache

from watcher.differ.lexicon import Lexicon
from watcher.differ.plainly import plainly
from watcher.differ.unrest import same_days
from watcher.differ.wordings import load_wordings
from watcher.differ.words import words_of

# A clause number with the title of the clause behind it; what a link says of the file behind it.
_REFERENCE = re.compile(r"\b\d+(?:\.\d+)+ \([A-Z][^()]{3,80}\)")
# An address is the same with the scheme of its link before it: "mailto:" in a text is a slip of the markup.
_SCHEME = re.compile(r"\b(?:mailto|tel):", re.IGNORECASE)
_FILE = re.compile(r"\((?:pdf|docx?|xlsx?|odt)\b[^()]{0,30}\)", re.IGNORECASE)
_MOST = 20_000


def same_form(before: str, after: str, lexicon: Lexicon) -> bool:
    """True when two wordings have one canonical form, or name the same days in other forms."""
    if max(len(before), len(after)) > _MOST or not (before and after):
        return False
    if canonical(before, lexicon.language) == canonical(after, lexicon.language):
        return True
    return same_days(before, after, lexicon.language)


def is_light(text: str, lexicon: Lexicon) -> bool:
    """True when a text holds words that may come and go, and no others."""
    return not canonical(text, lexicon.language)


@lru_cache(maxsize=512)
def canonical(text: str, language: str) -> tuple[str, ...]:
    """The marks and stems of a text in order; `language` is one of the lexicon's."""
    words = words_of(_FILE.sub(" ", _REFERENCE.sub(" 0.0 ", _SCHEME.sub("", plainly(text, language)))))
    return load_wordings(language).form(words)
