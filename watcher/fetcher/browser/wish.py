"""What the two sides of the browser's process both know."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """What the parent asks for: an address, how to ask, and what it may cost."""

    url: str
    agent: str
    seconds: float
    most: int
    language: str
    wait_for: str | None
    screenshot: bool
