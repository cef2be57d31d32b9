"""Decide what of a page is the document and what is the site around it, by structure first, by names second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise, takewhile
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from watcher.extractor import labels
from watcher.extractor.ends import drop_ends, is_below
from watcher.extractor.survey import Survey, Tally
from watcher.extractor.tags import attribute, heading_level, is_hidden, is_inline, is_silent, is_text, shows_address
from watcher.extractor.unseen import Unseen, below

# Characters of prose (text nodes of 25 characters and more outside links). Found on pages of many styles: machinery
# holds less than these, or mostly links, or buttons.
_TINY_PROSE = 25
_BUTTON_PROSE = 150
_LITTLE_PROSE = 200
_SOME_PROSE = 600
_CONTENT_PROSE = 100
_DENSE_LINKS = 0.5
_SHARE_OF_PAGE = 0.3
_SHARE_OF_OVERLAY = 0.6
_SHARE_OF_BANNER = 0.5
_MAIN_SHARE = 0.5
_ARTICLE_SHARE = 0.8
_DESCEND = 0.75
_DESCEND_RUNS = 0.6
_RUNS = 5  # below this many runs of prose an element is a paragraph or two, not the content of a page
_DATE_CHARS = 120
_LABEL_CHARS = 12  # of the button of a menu
_BANNER_CHARS = 900
_BANNER_DEPTH = 3
_COPIES = 4  # of the text, one for each kind of screen
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_COPYRIGHT = re.compile(
    r"©|\(c\)|copyright|rights reserved|rechten voorbehouden|rechte vorbehalten|droits réservés", re.IGNORECASE
)
_PATH = frozenset({"breadcrumb", "breadcrumbs", "crumb", "crumbs", "kruimelpad", "brotkrumen"})
_PARTS = frozenset({"ul", "ol", "dl", "menu", "p", "blockquote", "pre"})
_TEXT_TAGS = frozenset({"p", "ul", "ol", "dl", "table", "blockquote", "pre", "address", "h2", "h3", "h4", "h5", "h6"})


def find_chrome(soup: BeautifulSoup, survey: Survey) -> tuple[Tag, set[int]]:
    """Return the element to walk and the `id()`s of the elements below it that are not the document.

    Overlays go first. The main content is what `main`, `role=main` or `article` hold when that is most of the prose,
    else what is left when one descends from the body to the densest text and judges the neighbours passed on the way.
    """
    body = soup.body or soup
    finder = _Finder(survey, body)
    finder.drop_overlays(body)
    finder.drop_sign_ups()
    main, strict = finder.semantic_main(body)
    if main is None:
        main = finder.densest(body)
    finder.drop_around(body, main, strict=strict)
    finder.drop_before_title(main)
    if main is not body:
        finder.drop_inside(main, inside=True)
        finder.dropped.add(id(main))
    finder.drop_inside(body, inside=False)
    finder.dropped.discard(id(main))
    drop_ends(main, survey, finder.dropped)
    return body, finder.dropped


class _Finder:
    """Collects what to leave out of one page."""

    def __init__(self, survey: Survey, body: Tag) -> None:
        self.survey = survey
        self.unseen = Unseen(survey)
        self.dropped: set[int] = set()
        self.page = survey.of(body).prose
        self.table = next(iter(survey.noted["table"]), None)
        self.head = _folded("".join(title.get_text() for title in survey.noted["title"][:1]))
        self.named: Tag | None = None  # a heading beside the main content that the head of the page begins with

    def drop_overlays(self, body: Tag) -> None:
        """Leave out dialogs and consent boxes, unless one holds most of what the page says."""
        whole = self.survey.of(body)
        for tag in below(body, self.dropped):
            tally = self.survey.of(tag)
            if not (tag.attrs or tally.links or tally.buttons or tag.name == "dialog"):
                continue
            # Of a page of names and places, a table say, the banner may hold the only sentence.
            most = tally.plain > _SHARE_OF_OVERLAY * whole.plain or (
                tally.prose > _SHARE_OF_OVERLAY * whole.prose and tally.plain > _SHARE_OF_BANNER * whole.plain
            )
            if (not most or self.stands_beside_table(tag)) and self.is_overlay(tag, tally, body):
                self.dropped.add(id(tag))
                self.page -= tally.prose

    def drop_sign_ups(self) -> None:
        """Leave out boxes with a field for an address that news is to be sent to, whatever they are called."""
        for field in self.survey.noted["input"]:
            if attribute(field, "type").lower() != "email":
                continue
            box = None
            for above in field.parents:
                tally = self.survey.of(above)
                if tally.prose >= _BUTTON_PROSE or tally.chars >= _LITTLE_PROSE or tally.headings > 1 or tally.titles:
                    break
                if tally.buttons and labels.may_be_machinery(above) and labels.asks_for_address(above):
                    box = above
            if box is not None:
                self.dropped.add(id(box))

    def stands_beside_table(self, tag: Tag) -> bool:
        """Tell whether the page has a table outside an element: a list of names may have fewer words than a banner."""
        return self.table is not None and all(above is not tag for above in self.table.parents)

    def is_overlay(self, tag: Tag, tally: Tally, body: Tag) -> bool:
        """Tell whether an element lies over the page: a dialog, a floating box, a question for consent."""
        if labels.is_dialog(tag):
            return True
        if tag.name in {"html", "body", "main"} or not tally.buttons + tally.links:
            return False
        small = tally.chars <= _BANNER_CHARS and tally.titles == 0 and tag.name not in _PARTS
        if small and _is_near(tag, body) and labels.asks_for_consent(tag):
            return True
        if not tally.buttons:
            return False
        return (labels.is_fixed(tag) and tally.prose < _SOME_PROSE) or (
            labels.name_consent(tag) and tally.titles == 0 and labels.may_be_machinery(tag)
        )

    def semantic_main(self, body: Tag) -> tuple[Tag | None, bool]:
        """Return what the page itself calls its content, if it holds most of the prose, and whether to trust that."""
        for name, share in (("main", _MAIN_SHARE), ("article", _ARTICLE_SHARE)):
            found = [tag for tag in self.survey.noted[name] if id(tag) not in self.dropped and tag is not body]
            best = max(found, key=lambda tag: self.survey.of(tag).prose, default=None)
            if best is not None and self.survey.of(best).prose >= max(_LITTLE_PROSE, share * self.page):
                return best, True
        return self.small_main(body)

    def small_main(self, body: Tag) -> tuple[Tag | None, bool]:
        """Return what a page of little prose, of a table say, calls its content, if it holds most that is no link."""
        found = [tag for tag in self.survey.noted["main"] if id(tag) not in self.dropped and tag is not body]
        best = max(found, key=lambda tag: self.survey.of(tag).plain, default=None)
        if best is None or self.page >= _SOME_PROSE:
            return None, False
        enough = self.survey.of(best).plain >= max(_TINY_PROSE, _ARTICLE_SHARE * self.survey.of(body).plain)
        return (best, True) if enough else (None, False)

    def densest(self, body: Tag) -> Tag:
        """Descend to the element that holds most of the prose."""
        node = body
        while True:
            here = self.survey.of(node)
            best = max(self.children(node), key=lambda child: self.survey.of(child).prose, default=None)
            if best is None or best.name in _PARTS or not self.is_denser(self.survey.of(best), here):
                return node
            if self.is_one_of_many(best, node) or _is_phrase(best):
                return node
            node = best

    def children(self, tag: Tag) -> Iterator[Tag]:
        """Yield the child elements that can hold text."""
        for child in tag.contents:
            if isinstance(child, Tag) and not is_silent(child) and id(child) not in self.dropped:
                yield child

    def is_denser(self, inner: Tally, outer: Tally) -> bool:
        """Tell whether a child holds so much of the prose, in enough runs, that the rest may be the site."""
        return (
            inner.runs >= _RUNS and inner.prose >= _DESCEND * outer.prose and inner.runs >= _DESCEND_RUNS * outer.runs
        )

    def is_one_of_many(self, tag: Tag, parent: Tag) -> bool:
        """Tell whether a child has a like sibling with prose: both are sections of the document."""
        shape = (tag.name, attribute(tag, "class"))
        if not shape[1] and tag.name not in {"section", "article", "details"}:
            return False
        return any(
            child is not tag
            and (child.name, attribute(child, "class")) == shape
            and self.survey.of(child).prose >= _CONTENT_PROSE
            for child in self.children(parent)
        )

    def drop_around(self, body: Tag, main: Tag, *, strict: bool) -> None:
        """Judge everything outside `main`."""
        path = [main]
        while path[-1] is not body and isinstance(path[-1].parent, Tag):
            path.append(path[-1].parent)
        for child, parent in pairwise(path):
            self.drop_neighbours(parent, child, strict=strict)

    def drop_neighbours(self, parent: Tag, kept: Tag, *, strict: bool) -> None:
        """Judge the children of `parent` beside `kept`."""
        before = True
        titled = self.survey.of(kept).titles > 0
        for child in list(parent.contents):
            if child is kept:
                before = False
            elif isinstance(child, Tag):
                self.judge_neighbour(child, titled=titled, before=before, strict=strict)
            elif strict and type(child) is NavigableString:
                self.dropped.add(id(child))

    def drop_before_title(self, main: Tag) -> None:
        """Leave out the menus that stand before the title in the same element, whatever they are called.

        A title that is no `h1` is the first heading or table before which nothing is said. What says the same further
        down heads a copy of the text, and menus stand before it as they do before the first.
        """
        first = main.find("h1")
        most = _SOME_PROSE if first else _TINY_PROSE
        first = first or main.find(["h2", "table"])
        if not isinstance(first, Tag):
            return
        passed = {id(main.parent)}
        for title in islice(self.survey.alike(first, main), _COPIES):
            self.drop_menus_before(title, passed, most)
            passed.update(id(above) for above in title.parents)

    def drop_menus_before(self, title: Tag, ends: set[int], most: int) -> None:
        """Leave out the menus before a title, below an element whose `id()` is in `ends`, if little prose is there."""
        before = [
            child
            for tag in takewhile(lambda above: id(above.parent) not in ends, [title, *title.parents])
            for child in tag.previous_siblings
            if id(child) not in self.dropped
        ]
        if sum(map(self.prose, before)) < most:
            self.dropped.update(
                id(child) for child in before if isinstance(child, Tag) and _is_menu(self.survey.of(child))
            )

    def prose(self, node: PageElement) -> int:
        """Return the characters of prose in an element or a text node."""
        if isinstance(node, Tag):
            return self.survey.of(node).prose
        length = len(str(node).strip()) if is_text(node) else 0
        return length if length >= _TINY_PROSE else 0

    def judge_neighbour(self, tag: Tag, *, titled: bool, before: bool, strict: bool) -> None:
        """Keep a neighbour of the main content only when it reads like a part of the document."""
        tally = self.survey.of(tag)
        if before and strict and not titled and tag.name == "h2" and self.names_page(tag):
            self.named = tag
            self.dropped.update(id(link) for link in tag.find_all("a"))
        elif before and tally.titles and self.named is not None and not self.names_page(tag):
            self.dropped.add(id(tag))  # the name of the site
        elif before and tally.titles and not (titled and tally.links and labels.leads_on(tag)):
            self.keep_title(tag)
        elif not self.is_content(tag, tally, before=before, strict=strict) or (not before and is_below(tag, tally)):
            self.dropped.add(id(tag))

    def names_page(self, tag: Tag) -> bool:
        """Tell whether the title in the head begins with a heading, but for the links in that."""
        text = _folded("".join(node for node in tag.contents if is_text(node)))
        return bool(text) and self.head.startswith(text)

    def is_content(self, tag: Tag, tally: Tally, *, before: bool, strict: bool) -> bool:
        """Tell whether an element outside the densest text still is text of the document."""
        if self.unseen.is_unseen(tag) or self.is_machinery(tag, tally, inside=False):
            return False
        if (before or not strict) and _is_date_line(tag, tally):
            return True
        if strict or tally.link_density > _DENSE_LINKS:
            return False
        if before and (tag.name in _TEXT_TAGS or tally.headings) and (tally.prose or not tally.links):
            return True
        return tally.prose >= _CONTENT_PROSE

    def keep_title(self, tag: Tag) -> None:
        """Leave out all of an element before the main content but its title and lines without links."""
        if heading_level(tag):
            if _is_logo(tag):
                self.dropped.add(id(tag))
            return
        for child in list(tag.contents):
            if not isinstance(child, Tag):
                self.dropped.add(id(child))
            elif self.survey.of(child).titles:
                self.keep_title(child)
            elif not is_silent(child):
                tally = self.survey.of(child)
                foreign = tally.links or not tally.prose or self.is_machinery(child, tally, inside=True)
                if foreign and not _is_date_line(child, tally):
                    self.dropped.add(id(child))

    def drop_inside(self, root: Tag, *, inside: bool) -> None:
        """Leave out machinery and unseen text below `root`; `inside` says that it is the main content."""
        for tag in below(root, self.dropped):
            tally = self.survey.of(tag)
            if (
                self.unseen.is_unseen(tag)
                or _hands_on(tag, tally)
                or self.is_machinery(tag, tally, inside=inside)
                or (tally.buttons and self.asks_to_load(tag, tally))
            ):
                self.dropped.add(id(tag))

    def asks_to_load(self, tag: Tag, tally: Tally) -> bool:
        """Tell whether a box stands in the place of a map or a film, until the reader agrees that it is loaded."""
        small = tally.chars <= _BANNER_CHARS and tally.headings <= 1 and not tally.titles and tag.name not in _PARTS
        return small and tally.prose < _SHARE_OF_PAGE * self.page and labels.asks_to_load(tag)

    def is_machinery(self, tag: Tag, tally: Tally, *, inside: bool) -> bool:
        """Tell whether an element is machinery of the site. Real prose outweighs any name."""
        if not labels.may_be_machinery(tag) or tally.prose > max(_SHARE_OF_PAGE * self.page, _LITTLE_PROSE):
            return False
        marked = labels.is_marked(tag)
        words = labels.machinery_words(tag)
        if not (marked or words or labels.is_aside(tag)) or (tally.titles and (inside or not marked)):
            return False
        if marked and not inside:
            return True
        if tally.link_density > _DENSE_LINKS or (marked and tag.name != "footer"):
            # The address of somebody is told, not built.
            return tally.prose < _SOME_PROSE and not (inside and tag.name == "footer" and shows_address(tag))
        if inside:
            return _is_small_machinery(tally, words) or (
                tag.name == "footer" and bool(_COPYRIGHT.search(tag.get_text()))
            )
        return (tally.prose < _LITTLE_PROSE and tally.chars < 2 * _LITTLE_PROSE) or labels.is_aside(tag)


def _folded(text: str) -> str:
    """Return a text as it is compared: in one case, its spaces folded."""
    return " ".join(text.split()).casefold()


def _is_phrase(tag: Tag) -> bool:
    """Tell whether an element is a part of a line: inline, and nothing in it is a block."""
    return is_inline(tag.name) and all(is_inline(inner.name) or inner.name == "br" for inner in tag.find_all(True))


def _is_small_machinery(tally: Tally, words: frozenset[str]) -> bool:
    """Tell whether a named element inside the text is a box with a button, or a few words of the site."""
    if tally.buttons and words:
        return tally.prose < _BUTTON_PROSE and tally.headings <= 1
    # The last step of a path is the title of the page, which may be as long as a sentence.
    path = tally.runs == 1 and tally.links > 0 and not words.isdisjoint(_PATH)
    small = (tally.prose < _TINY_PROSE or path) and tally.chars < _LITTLE_PROSE
    return small and labels.are_certain(words, clickable=tally.links + tally.buttons > 0)


def _hands_on(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element is a row of links that share the page, or one that leads back to where one came from."""
    if not tally.links or tally.prose or tally.titles or tally.chars >= _LITTLE_PROSE:
        return False
    if tally.links == 1:
        return not tally.plain and not tally.headings and labels.goes_back(tag)
    return (tag.name == "p" or labels.may_be_machinery(tag)) and labels.shares(tag)


def _is_menu(tally: Tally) -> bool:
    """Tell whether an element holds links and nothing to read."""
    return tally.links > 1 and not tally.prose and not tally.headings and tally.plain <= _LABEL_CHARS


def _is_date_line(tag: Tag, tally: Tally) -> bool:
    """Tell whether a short text outside the content states a year: the date of the document often stands there."""
    if not 0 < tally.chars <= _DATE_CHARS or tally.links or tally.buttons or is_hidden(tag):
        return False
    text = tag.get_text(" ")
    return bool(_YEAR.search(text)) and not _COPYRIGHT.search(text)


def _is_near(tag: Tag, body: Tag) -> bool:
    """Tell whether an element stands at most three levels below the body, as boxes over the page do."""
    return any(parent is body for parent in islice(tag.parents, _BANNER_DEPTH))


def _is_logo(heading: Tag) -> bool:
    """Tell whether a heading only leads to the start of the site."""
    links = [link for link in heading.find_all("a") if attribute(link, "href")]
    return any(urlsplit(attribute(link, "href")).path in {"", "/"} for link in links)
