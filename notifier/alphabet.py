"""Names in the order of a register: accents and case count only between names that are else the same."""

from __future__ import annotations

import unicodedata


def in_register(name: str) -> tuple[str, str]:
    """What to sort names by: "Île" stands beside "Ilex", not behind "Zeta"."""
    whole = name.casefold()
    letters = (char for char in unicodedata.normalize("NFKD", whole) if not unicodedata.combining(char))
    return "".join(letters), whole
