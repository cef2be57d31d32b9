"""Texts that follow each other, in parts: of the next no more is split than does not stand in the one before."""

from __future__ import annotations

from itertools import accumulate


class Parted:
    """Splits texts at a mark, one after the other, and remembers the last."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        self._text = b""
        self._parts: list[bytes] = [b""]
        self._starts: list[int] = [0]  # where each part begins

    def follow(self, text: bytes) -> tuple[list[bytes], int, int]:
        """The parts of the next, as `bytes.split` gives them, and how many are known to be those of the last.

        So many from the front, and so many from the back.
        """
        starts, shift, step = self._starts, len(text) - len(self._text), len(self._mark)
        head = self._front(text, 0, len(starts) - 1, 0, len(text))
        behind = self._behind(text, head)
        begin, tail = starts[head], starts[behind:]
        end = tail[0] + shift if tail else len(text)
        parts, begins = self._parts[:head], starts[:head]
        # As is the way of a date at the top, one may be written anew, and those behind it may be the same again.
        next_one = text.find(self._mark, begin, end) + step
        if head + 1 < min(behind, len(starts) - 1) and next_one >= step:
            again = self._front(text, head + 1, min(behind, len(starts) - 1), next_one, end)
            moved = next_one - starts[head + 1]
            parts += [text[begin : next_one - step], *self._parts[head + 1 : again]]
            begins += [begin, *_moved(starts[head + 1 : again], moved)]
            begin = starts[again] + moved
        middle = text[begin:end].split(self._mark) if tail else [b"no mark at the end"]
        if middle.pop():  # nor where one should be: marks that overlap lie elsewhere now, as if no part were the same
            middle, tail = text[begin:].split(self._mark), []
        parts += [*middle, *self._parts[len(starts) - len(tail) :]]
        begins += list(accumulate([len(one) + step for one in middle], initial=begin))[:-1]
        self._text, self._parts, self._starts = text, parts, begins + _moved(tail, shift)
        return parts, head, len(tail)

    def _front(self, text: bytes, low: int, high: int, begin: int, end: int) -> int:
        """Up to which part of so many those from `low` on stand in a range of the text, each with the mark behind."""
        old, starts, moved = self._text, self._starts, begin - self._starts[low]
        while low < high:
            middle = (low + high + 1) // 2
            if text.startswith(old[starts[low] : starts[middle]], starts[low] + moved, end):
                low = middle
            else:
                high = middle - 1
        return low

    def _behind(self, text: bytes, head: int) -> int:
        """From which part on, behind `head`, all are the same to the end."""
        old, starts, shift = self._text, self._starts, len(text) - len(self._text)
        low, high, end = head, len(starts), len(old)
        while low < high:
            middle = (low + high) // 2
            begin = starts[middle]
            if begin + shift >= starts[head] and text.startswith(old[begin:end], begin + shift):
                high, end = middle, begin
            else:
                low = middle + 1
        return high


def _moved(places: list[int], by: int) -> list[int]:
    """Places further on, or back; the quickest way to it."""
    return list(map(by.__add__, places)) if by else places
