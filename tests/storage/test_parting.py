"""Texts that are split one after the other are split as each would be alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.sqlite.parting import Parted

# Few signs, so that marks overlap, stand at the ends, and move.
TEXTS = st.lists(st.text(alphabet="ab\n", max_size=12), max_size=6)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_follows_is_split_as_alone(texts: list[str]) -> None:
    """The parts are those of `split`, and what is said to be the same is the same."""
    parted, before = Parted(b"\n\n"), [b""]
    for text in texts:
        parts, head, tail = parted.follow(text.encode())
        assert parts == text.encode().split(b"\n\n")
        assert head + tail <= min(len(before), len(parts))
        assert parts[:head] == before[:head]
        assert parts[len(parts) - tail :] == before[len(before) - tail :]
        before = parts


def test_what_stands_around_a_change_is_known() -> None:
    """Only the part that was written anew is another one, also where one was put in or taken out."""
    parted = Parted(b"\n\n")
    parted.follow(b"one\n\ntwo\n\nthree\n\nfour")
    assert parted.follow(b"one\n\n2\n\nthree\n\nfour")[1:] == (1, 2)
    assert parted.follow(b"one\n\n2\n\n2.5\n\nthree\n\nfour")[1:] == (2, 2)
    assert parted.follow(b"one\n\nthree\n\nfour")[1:] == (1, 2)
