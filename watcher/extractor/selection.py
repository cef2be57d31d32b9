"""What CSS selectors match: on a page, and in a PDF, Markdown or plain text, whose blocks stand for elements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import soupsieve
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from storage.errors import ExtractError
from storage.model import Block, BlockKind, PageRules, Reason
from watcher.extractor.ranges import REMEDY, find_range

SELECTOR_CHARS = 200
_NAMES = {
    BlockKind.PARAGRAPH: "p",
    BlockKind.LIST_ITEM: "li",
    BlockKind.TABLE_ROW: "tr",
    BlockKind.DEFINITION: "dd",
}
_ELEMENTS = (
    "a text without HTML has the elements h1 to h6, p, li, tr and dd, for example \"h2:-soup-contains('Words')\""
)


def choose_blocks(blocks: Sequence[Block], rules: PageRules) -> tuple[Block, ...]:
    """Return the blocks that the rules keep of a text which has no elements of its own.

    Each block is asked as one element, all of them side by side in a body: headings as `h1` to `h6`, paragraphs as
    `p`, items of lists as `li`, rows of tables as `tr`, definitions as `dd`. Headings keep their place in the paths.

    Raises: ExtractError, `selector-missing` when a selection matches nothing, `extract-failed` when a selector cannot
    be used.
    """
    if not (rules.select or rules.remove or rules.select_ranges or rules.remove_ranges):
        return tuple(blocks)
    soup = BeautifulSoup("<html><body></body></html>", "lxml")
    body = soup.body or soup
    tags = [
        soup.new_tag(_NAMES.get(block.kind, f"h{min(max(block.level, 1), 6)}"), string=block.text) for block in blocks
    ]
    body.extend(tags)
    kept = _ids(_chosen(soup, rules)) if rules.select or rules.select_ranges else _ids([body])
    removed = _ids(tag for selector in rules.remove for tag in matches(soup, selector))
    removed |= _ids(node for wanted in rules.remove_ranges for node in find_range(soup, wanted, matches))
    return tuple(block for block, tag in zip(blocks, tags, strict=True) if id(tag) in kept and id(tag) not in removed)


def present(soup: BeautifulSoup, selector: str, remedy: str = REMEDY) -> list[Tag]:
    """Return what a selection matches. Raises: ExtractError, `selector-missing`, when that is nothing."""
    found = matches(soup, selector)
    if not found:
        raise ExtractError(Reason.SELECTOR_MISSING, f"select: nothing on the page matches {selector!r}; {remedy}")
    return found


def matches(soup: BeautifulSoup, selector: str) -> list[Tag]:
    """Return what one CSS selector matches. Raises: ExtractError for a selector that cannot be used."""
    if len(selector) > SELECTOR_CHARS:
        message = f"a selector has {len(selector)} characters; {SELECTOR_CHARS} are the most: {selector[:40]!r}..."
        raise ExtractError(Reason.EXTRACT_FAILED, message)
    try:
        return list(soupsieve.select(selector, soup))
    except (soupsieve.SelectorSyntaxError, ValueError, NotImplementedError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ExtractError(Reason.EXTRACT_FAILED, f"the selector {selector!r} is not CSS: {first}") from error


def _chosen(soup: BeautifulSoup, rules: PageRules) -> list[PageElement]:
    """Return what the selections match."""
    found: list[PageElement] = [tag for selector in rules.select for tag in present(soup, selector, _ELEMENTS)]
    for wanted in rules.select_ranges:
        between = find_range(soup, wanted, matches) if present(soup, wanted.start, _ELEMENTS) else []
        if not between:
            raise ExtractError(
                Reason.SELECTOR_MISSING, f"select: nothing on the page follows {wanted.start!r}; {_ELEMENTS}"
            )
        found += between
    return found


def _ids(nodes: Iterable[PageElement]) -> set[int]:
    """Return the `id()`s of nodes and of all elements below them."""
    found: set[int] = set()
    for node in nodes:
        found.add(id(node))
        if isinstance(node, Tag):
            found.update(id(inner) for inner in node.find_all(True))
    return found
