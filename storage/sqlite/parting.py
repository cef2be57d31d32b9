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
        starts, shift = self._starts, len(text) - len(self._text)
        head = self._front(text)
        begin = starts[head]
        tail = starts[self._behind(text, head) :]
        middle = text[begin : tail[0] + shift].split(self._mark) if tail else [b"no mark at the end"]
        if middle.pop():  # nor where one should be: marks that overlap lie elsewhere now, as if no part were the same
            middle, tail = text[begin:].split(self._mark), []
        self._text = text
        self._parts = [*self._parts[:head], *middle, *self._parts[len(starts) - len(tail) :]]
        steps = [len(one) + len(self._mark) for one in middle]
        self._starts = [*starts[:head], *list(accumulate(steps, initial=begin))[:-1], *[one + shift for one in tail]]
        return self._parts, head, len(tail)

    def _front(self, text: bytes) -> int:
        """How many parts, each with the mark behind it, are the same from the front."""
        old, starts = self._text, self._starts
        low, high = 0, len(starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if text.startswith(old[starts[low] : starts[middle]], starts[low]):
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
