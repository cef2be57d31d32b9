"""What is done in a quicker way gives what the plain way gives."""

from __future__ import annotations

import gc
import re

import pytest
from differ_samples import block
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from storage.model import ChangeKind
from watcher.collector import collector_paused
from watcher.differ.align import _OPEN, align
from watcher.differ.recipients.names import alike_names
from watcher.differ.words import word_finder

_NAMES = st.lists(
    st.sampled_from(["", "alder", "alders", "alder post", "birchmail", "birchmails", "birch mail", "cedar", "birch"]),
    max_size=7,
)


@given(st.text(st.characters(codec="utf-8")) | st.text(st.characters(codec="ascii")))
def test_words_are_those_of_the_pattern(text: str) -> None:
    """A text of ASCII is cut by a table as its pattern would cut it."""
    for pattern, signs in ((r"[^\W_]+", ""), (r"\w+", "_"), (r"[\w+&]+", "_+&")):
        assert word_finder(pattern, signs)(text) == re.findall(pattern, text)


@given(_NAMES, _NAMES)
def test_similar_names_are_paired_as_one_by_one(gone: list[str], came: list[str]) -> None:
    """Names that begin or resemble each other are paired as if each were held against each, the first one first."""
    left = dict(enumerate(came))
    found = {}
    for at, name in enumerate(gone):
        for other, now in left.items():
            short, long = sorted((name, now), key=len)
            begins = f"{long} ".startswith(f"{short} ")
            if short and (begins or (len(short) > 5 and fuzz.ratio(short, long) >= 88)):
                found[at] = other
                del left[other]
                break
    assert alike_names(gone, came) == found


def test_very_many_open_blocks_are_paired_by_what_tells_them() -> None:
    """Behind the first few thousand, blocks that differ in capitals alone still belong together."""
    count = _OPEN + 200
    old = [block(f"We keep item {at:06d} of your data.") for at in range(count)]
    new = [block(f"We Keep Item {at:06d} of your DATA.") for at in range(count)]
    matches = align(old, new)
    assert [match.kind for match in matches] == [ChangeKind.MODIFIED] * count
    assert all(match.old == match.new for match in matches)


@pytest.mark.parametrize("cycles", [True, False])
def test_the_collector_works_again(cycles: bool) -> None:
    """Whoever pauses the collector leaves it at work, with nothing kept from it for good."""
    frozen = gc.get_freeze_count()
    made: list[object] = []
    with collector_paused(cycles=cycles):
        assert not gc.isenabled()
        made += [[number] for number in range(2_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() <= frozen
    made.append(made)
    del made
    assert gc.collect() >= 1
