"""What the two sides of the browser's process both know."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Wish:
    """What the parent asks for: an address, how to ask, and what it may cost. `relay` is the port of the way out.

    `headers`, `login` and `cookies` are for the origin of the address alone.
    """

    url: str
    agent: str
    seconds: float
    most: int
    language: str
    wait_for: str | None
    screenshot: bool
    stable: float
    settle: float
    relay: int
    headers: tuple[tuple[str, str], ...] = ()
    login: tuple[str, str] | None = field(default=None, repr=False)
    cookies: tuple[tuple[str, str], ...] = field(default=(), repr=False)
