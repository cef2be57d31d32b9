"""Where a site puts its own things into a page, and how texts and tags of a page are reached."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

Pair = tuple[str, str]
Noise = Callable[[str, str, random.Random], "Pair | None"]

TOKEN = re.compile(
    r"<!--.*?-->|<!doctype[^>]*>|<(script|style|noscript|template|title|textarea|svg|pre|head)\b.*?</\1\s*>|<[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s[^<>]*)?)>")
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_END = re.compile(r"</body\s*>", re.IGNORECASE)
_TEXT_END = re.compile(r"</(?:main|article)\s*>", re.IGNORECASE)
_TITLE = re.compile(r"</h1\s*>", re.IGNORECASE)


def texts(page: str, change: Callable[[str], str]) -> str:
    """The page with every text between its tags changed; scripts, styles and titles are left alone."""
    parts: list[str] = []
    last = 0
    for match in TOKEN.finditer(page):
        parts += [change(page[last : match.start()]), match[0]]
        last = match.end()
    return "".join([*parts, change(page[last:])])


def tags(page: str, change: Callable[[re.Match[str]], str]) -> str:
    """The page with every tag changed; scripts and what stands in them are left alone."""
    return TOKEN.sub(lambda match: match[0] if match[1] or match[0][1] == "!" else _TAG.sub(change, match[0]), page)


def mark(chance: random.Random, size: int = 10) -> str:
    """An id of one answer."""
    return "".join(chance.choices("abcdef0123456789", k=size))


def named(chance: random.Random, *names: str) -> str:
    """A class that tells what a box is, one that a build tool made up, or none."""
    name = chance.choice((*names, f"sc-{mark(chance, 6)}", ""))
    return f' class="{name}"' if name else ""


def under_title(page: str, old: str, new: str) -> Pair | None:
    """Put something under the title of a page, in two forms."""
    match = _TITLE.search(page)
    if match is None:
        return None
    start, rest = page[: match.end()], page[match.end() :]
    return start + old + rest, start + new + rest


def at_end(page: str, old: str, new: str) -> Pair | None:
    """Put something at the end of a page, in two forms."""
    match = _END.search(page)
    if match is None:
        return None
    start, rest = page[: match.start()], page[match.start() :]
    return start + old + rest, start + new + rest


def in_text(page: str, old: str, new: str) -> Pair | None:
    """Put something at the end of what a page calls its content, in two forms."""
    match = _TEXT_END.search(page)
    if match is None:
        return None
    start, rest = page[: match.start()], page[match.start() :]
    return start + old + rest, start + new + rest


def at_start(page: str, old: str, new: str) -> Pair | None:
    """Put something at the start of a page, in two forms."""
    match = _BODY.search(page)
    if match is None:
        return None
    start, rest = page[: match.end()], page[match.end() :]
    return start + old + rest, start + new + rest
