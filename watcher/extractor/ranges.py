"""Parts of a page from one element to another, which no single selector can name: from heading to heading."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from storage.errors import ExtractError
from storage.model import Range, Reason

Select = Callable[[BeautifulSoup, str], list[Tag]]


def find_range(soup: BeautifulSoup, wanted: Range, select: Select) -> list[PageElement]:
    """Return the outermost nodes of a range in reading order: from its first match of `start` to its `end`.

    The end is the first match of `end` behind the start element; where the end is part of the range, the first that
    ends behind it, which may lie around it. Empty when nothing matches `start`.

    Raises: ExtractError, `selector-missing`, when nothing behind the start matches `end`: a range never runs on.
    """
    starts = select(soup, wanted.start)
    if not starts:
        return []
    start, stop = starts[0], None
    first: PageElement | None = _following(start) if wanted.after else start
    if wanted.end is not None:
        end = _first_behind(soup, start, select(soup, wanted.end), around=wanted.through)
        stop = _following(end) if wanted.through and end is not None else end
        if end is None:
            message = f"nothing behind {wanted.start!r} matches {wanted.end!r}, where the range ends; {REMEDY}"
            raise ExtractError(Reason.SELECTOR_MISSING, message)
    return _between(first, stop)


REMEDY = "the page was rebuilt or the selector is wrong"


def outside(root: Tag, kept: Iterable[PageElement]) -> set[int]:
    """Return the `id()`s of what is to be left out below `root` so that only the nodes `kept` are left."""
    keep, above = set(), set()
    for node in kept:
        keep.add(id(node))
        for parent in node.parents:
            if id(parent) in above:
                break
            above.add(id(parent))
    dropped: set[int] = set()
    stack = [root]
    while stack:
        for child in stack.pop().contents:
            if id(child) in keep:
                continue
            if isinstance(child, Tag) and id(child) in above:
                stack.append(child)
            else:
                dropped.add(id(child))
    return dropped


def _first_behind(soup: BeautifulSoup, start: Tag, found: list[Tag], *, around: bool) -> Tag | None:
    """Return the first of the elements that begins behind the end of `start`, or that lies `around` it."""
    wanted = {id(tag) for tag in found}
    if around:
        outer = {id(parent) for parent in start.parents} & wanted
        if outer:
            return next(tag for tag in found if id(tag) in outer)
    passed = False
    for node in soup.descendants:
        passed = passed or node is start
        behind = passed and id(node) in wanted and node is not start
        if behind and isinstance(node, Tag) and not any(parent is start for parent in node.parents):
            return node
    return None


def _between(first: PageElement | None, stop: PageElement | None) -> list[PageElement]:
    """Return `first` and the outermost nodes behind it, up to `stop`."""
    around = {id(parent) for parent in stop.parents} if stop is not None else set()
    found: list[PageElement] = []
    node = first
    while node is not None and node is not stop:
        if id(node) in around and isinstance(node, Tag):
            node = node.contents[0]
        else:
            found.append(node)
            node = _following(node)
    return found


def _following(node: PageElement) -> PageElement | None:
    """Return the next node in reading order that is not inside this one."""
    at: PageElement | None = node
    while at is not None:
        if at.next_sibling is not None:
            return at.next_sibling
        at = at.parent
    return None
