"""How long the parts of a run take, for whoever wants to know; by default nobody does."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

Told = str | int | float | bool


class Spans(Protocol):
    """Opens a span: what is done within it is measured. Called from several threads."""

    def __call__(self, name: str, **about: Told) -> AbstractContextManager[object]:
        """A span of this name; `about` says what it is of."""
        ...


def no_spans(name: str, **about: Told) -> AbstractContextManager[object]:  # noqa: ARG001 - the form of `Spans`
    """Measure nothing."""
    return nullcontext()
