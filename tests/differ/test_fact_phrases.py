"""How lists of phrases become one pattern: the short way round must find what the plain alternation finds."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from watcher.differ.facts.phrases import _words

_ENTRIES = st.sampled_from(
    ["ab", "abc", "a?b", "b", "(?:a|b)c", "(?:ab )?c", "\\bca", "a\\w*", "c(?: a|b)", "(?:a|(?:b|c))a", "ba|cc", "^c"]
)


@given(st.lists(_ENTRIES, min_size=1, max_size=8), st.text("abc ", max_size=12))
def test_grouped_phrases_match_where_the_plain_list_does(entries: list[str], text: str) -> None:
    """Grouping by first letters finds a phrase in exactly the texts in which the plain alternation finds one."""
    plain = re.compile(rf"(?<!\w)(?:{'|'.join(entries)})")
    found = {match.start() for match in re.finditer(rf"(?=({_words(entries)}))", text)}
    assert found == {match.start() for match in re.finditer(rf"(?=({plain.pattern}))", text)}
