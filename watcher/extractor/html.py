"""Read an HTML page: the careful walk with Beautiful Soup over lxml."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement

from storage.errors import ExtractError
from storage.model import ExtractRules, Reason
from watcher.extractor.chrome import find_chrome
from watcher.extractor.embedded import embedded_text
from watcher.extractor.embedded_trees import tree_text
from watcher.extractor.flight import flight_page
from watcher.extractor.frames import with_frames
from watcher.extractor.page import PageText, declared_language, metadata, own_addresses, page_signals, page_title
from watcher.extractor.pieces import Piece, told_once
from watcher.extractor.ranges import REMEDY, find_range, outside
from watcher.extractor.selection import matches, present
from watcher.extractor.sift import sift
from watcher.extractor.survey import Survey, survey
from watcher.extractor.tree import make_tree
from watcher.extractor.unseen import Unseen
from watcher.extractor.walk import walk

# A page with fewer visible words than this may keep its text in a script.
_FEW_WORDS = 60
_HEAD = frozenset(
    [
        "base",
        "basefont",
        "bgsound",
        "link",
        "meta",
        "noframes",
        "noscript",
        "object",
        "script",
        "style",
        "template",
        "title",
    ]
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_XML_DECLARATION = re.compile(r"<\?xml[^>]*>", re.IGNORECASE)


def read_html(text: str, rules: ExtractRules, address: str = "") -> PageText:
    """Return the document in an HTML page, by the rules' selectors or, without these, by finding the main content.

    Raises: ExtractError, `selector-missing` when nothing matches a selection, `extract-failed` when a selector cannot
    be used or the page cannot be parsed.
    """
    soup = parse(text)
    if "srcdoc" in text:
        soup = with_frames(soup, parse)
    seen = survey(soup)
    signals = page_signals(text, seen)
    meta = metadata(seen)
    if rules.select_ranges:
        pieces = _in_ranges(soup, seen, rules)
    elif rules.select:
        pieces = _selected(soup, seen, rules)
    else:
        pieces = _main(soup, seen, rules, own_addresses(address, seen))
        if signals.visible_words < _FEW_WORDS:
            pieces = _embedded(seen) or pieces
    return PageText(pieces, signals, meta, page_title(meta, signals.title), declared_language(soup, meta))


def parse(text: str) -> BeautifulSoup:
    """Parse a page; NUL and lone surrogates become U+FFFD. Raises: ExtractError, `extract-failed`."""
    clean = _XML_DECLARATION.sub("", text.replace("\0", "\ufffd"))
    try:
        return _closed_head(make_tree(_encoded(clean)))
    except Exception as error:  # whatever a parser raises on hostile input, it is one thing to us
        message = f"the page cannot be parsed as HTML ({type(error).__name__}: {str(error)[:200]})"
        raise ExtractError(Reason.EXTRACT_FAILED, message) from error


def _encoded(text: str) -> bytes:
    """Return the text as UTF-8; halves of surrogates, which JSON may hold, become U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text).encode()


def _closed_head(soup: BeautifulSoup) -> BeautifulSoup:
    """End the head where HTML does: at the first element that may not stand in it (WHATWG HTML 13.2.6.4.4).

    libxml2 does not know HTML 5's elements and leaves a `<main>` in the head when `<body>` is not written out, which it
    need not be.
    """
    head = soup.head
    if head is None:
        return soup
    children = list(head.children)
    first = next((n for n, child in enumerate(children) if isinstance(child, Tag) and child.name not in _HEAD), None)
    if first is None:
        return soup
    body = soup.body
    if body is None:
        body = soup.new_tag("body")
        head.insert_after(body)
    for place, child in enumerate(children[first:]):
        body.insert(place, child.extract())
    return soup


def _main(soup: BeautifulSoup, seen: Survey, rules: ExtractRules, own: frozenset[str]) -> list[Piece]:
    """Walk the main content."""
    removed = _removed(soup, rules)
    root, dropped = find_chrome(soup, seen)
    # Copies go first: in one, the headings of the other stand below every list of contents and every label.
    return sift(told_once(walk(root, dropped | removed, own)))


def _selected(soup: BeautifulSoup, seen: Survey, rules: ExtractRules) -> list[Piece]:
    """Walk what the selectors match, in document order; an element inside another match is not told twice."""
    matched: dict[int, Tag] = {}
    for selector in rules.select:
        matched.update((id(tag), tag) for tag in present(soup, selector))
    dropped = _removed(soup, rules)
    unseen = Unseen(seen)
    pieces: list[Piece] = []
    for tag in soup.descendants if len(matched) > 1 else matched.values():
        if isinstance(tag, Tag) and id(tag) in matched and not any(id(above) in matched for above in tag.parents):
            unseen.drop(tag, dropped)
            pieces.extend(walk(tag, dropped))
    return pieces


def _in_ranges(soup: BeautifulSoup, seen: Survey, rules: ExtractRules) -> list[Piece]:
    """Walk what the ranges and the selectors hold, in document order, nothing twice.

    A range without an end leaves out what would be left out without selectors: menus, banners, footers.
    """
    root = soup.body or soup
    kept: list[PageElement] = [tag for selector in rules.select for tag in present(soup, selector)]
    chosen = {id(tag) for tag in kept}
    surroundings: set[int] = set()
    for wanted in rules.select_ranges:
        found = find_range(soup, wanted, matches)
        if not found:
            raise ExtractError(
                Reason.SELECTOR_MISSING,
                f"select: nothing on the page {'follows' if wanted.after else 'matches'} {wanted.start!r}; {REMEDY}",
            )
        if wanted.end is None:
            surroundings |= _surroundings(soup, seen, found)
        if not wanted.after:
            chosen.add(id(found[0]))
        kept += found
    dropped = _removed(soup, rules) | surroundings | outside(root, kept)
    unseen = Unseen(seen)
    for tag in kept:
        if not isinstance(tag, Tag) or id(tag) in dropped:
            continue
        if id(tag) not in chosen and unseen.is_unseen(tag):
            dropped.add(id(tag))
        else:
            unseen.drop(tag, dropped)
    pieces = walk(root, dropped)
    if not pieces:
        raise ExtractError(Reason.SELECTOR_MISSING, f"select: there is no text in the range; {REMEDY}")
    return pieces


def _surroundings(soup: BeautifulSoup, seen: Survey, found: list[PageElement]) -> set[int]:
    """Return the `id()`s of what is not the document, unless the range itself begins in it."""
    _, dropped = find_chrome(soup, seen)
    start = found[0]
    return set() if id(start) in dropped or any(id(above) in dropped for above in start.parents) else dropped


def _removed(soup: BeautifulSoup, rules: ExtractRules) -> set[int]:
    """Return the `id()`s of what the rules leave out."""
    removed = {id(tag) for selector in rules.remove for tag in matches(soup, selector)}
    return removed | {id(node) for wanted in rules.remove_ranges for node in find_range(soup, wanted, matches)}


def _embedded(seen: Survey) -> list[Piece]:
    """Walk the text that stands only in the page's scripts."""
    scripts = [script.string or "" for script in seen.noted["script"]]
    texts = [walk(parse(found)) for found in (tree_text(scripts), embedded_text(scripts)) if found]
    if streamed := flight_page(scripts):
        page = parse(streamed)
        root, dropped = find_chrome(page, survey(page))
        texts.append(sift(told_once(walk(root, dropped))))
    return max(texts, key=lambda pieces: sum(len(piece.text) for piece in pieces), default=[])
