"""Places in an order that others enter later: which items stay where they are, and where new ones find room. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Hashable, Sequence

# Between two items that are written together.
ROOM = 1 << 20


def kept(before: Sequence[Hashable], now: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Which items of `before` stand in `now`, as pairs of indexes that ascend in both; as good as all that can be.

    Takes n log n steps, whatever is repeated.
    """
    free: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for old, one in enumerate(before):
        free[one].append(old)
    met = [(free[one].popleft(), new) for new, one in enumerate(now) if free.get(one)]
    # The longest run that ascends: of each length the pair with the smallest end, and the pair before each.
    ends: list[int] = []
    tops: list[int] = []
    previous: list[int] = []
    for place, (old, _) in enumerate(met):
        length = bisect_left(ends, old)
        previous.append(tops[length - 1] if length else -1)
        ends[length : length + 1] = [old]
        tops[length : length + 1] = [place]
    pairs: list[tuple[int, int]] = []
    place = tops[-1] if tops else -1
    while place >= 0:
        pairs.append(met[place])
        place = previous[place]
    return pairs[::-1]


def placed(old: Sequence[int], pairs: Sequence[tuple[int, int]], count: int) -> list[int] | None:
    """A place for each of `count` items that ascends with them; those of `pairs` keep the one they have in `old`.

    None where there is no room between two.
    """
    places = [0] * count
    begin = 0
    low: int | None = None
    for at, new in [*pairs, (-1, count)]:
        high = old[at] if at >= 0 else None
        gap = new - begin
        step = (high - low) // (gap + 1) if low is not None and high is not None else ROOM
        if gap and step < 1:
            return None
        start = low if low is not None else 0 if high is None else high - (gap + 1) * ROOM
        for number in range(gap):
            places[begin + number] = start + (number + 1) * step
        if high is not None:
            places[new] = high
        low, begin = high, new + 1
    return places
