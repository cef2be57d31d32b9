"""Ids and vendors for sources that have none of their own, and texts made fit for a name of ours."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_LONGEST_PART = 48
# Suffixes under which names are registered at the third level: their last label but one is no name of anybody.
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gov", "govt", "net", "ne", "or", "org"})
# Names of machines, not of the people who run them.
_MACHINES = frozenset({"www", "legal", "help", "support", "trust", "privacy", "docs", "policies", "about"})
# Written without its mark by NFKD alone.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def slug(text: str) -> str:
    """A text as one half of a source id: lower-case letters and digits with single hyphens; "" if none is left."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_PART].strip("-")


def label(text: object) -> str | None:
    """A text as a name that people read: one line of at most 100 characters; None if nothing of it can be shown."""
    if not isinstance(text, str):
        return None
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:100].strip() or None


def owner(url: str) -> str:
    """The word that most likely names whose page an address is: `acme` of `https://www.acme.co.uk/x`."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if re.fullmatch(r"[0-9.]+|.*:.*", host):
        return slug(host) or "vendor"
    labels = [part for part in host.split(".") if part]
    while len(labels) > 2 and labels[0] in _MACHINES:
        labels.pop(0)
    suffix = 2 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else 1
    return slug(labels[-suffix - 1] if len(labels) > suffix else host) or "vendor"
