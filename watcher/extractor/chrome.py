"""Decide what of a page is the document and what is the site around it, by structure first, by names second."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from watcher.extractor.survey import Survey, Tally
from watcher.extractor.tags import SILENT, attribute, heading_level, is_hidden, is_reader_only, names

# Words in class, id or label that name machinery wherever they stand; they never outweigh prose.
_MACHINERY = names(
    "nav navbar navigation navmenu menu submenu megamenu breadcrumb breadcrumbs crumb crumbs kruimelpad brotkrumen "
    "skip skiplink skiplinks share sharing sharebar social socials addtoany addthis related recommended recirculation "
    "newsletter subscribe subscription signup chat chatbot livechat intercom helpwidget feedback rating survey "
    "helpful toc tableofcontents cookie cookies cookiebar cookiebanner cookiebot onetrust consent cmp gdpr cc banner "
    "modal popup overlay toast toolbar pagination pager search searchbox login footer sidebar promo advert ads "
    "sponsor language languages lang locale langswitch langpicker backtotop totop cta comments disqus print "
    "noprint tooltip notification announcement topbar masthead header hdr ftr"
)
_ROLES = names(
    "navigation banner contentinfo search dialog alertdialog complementary menu menubar toolbar status alert tablist "
    "tooltip"
)
_DIALOGS = frozenset({"dialog", "alertdialog"})
_TAGS = frozenset({"nav", "header", "footer", "aside", "dialog", "form"})
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DATE_CHARS = 120
_SPLIT = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# Figures found on pages of five styles: machinery holds less prose than this, or mostly links.
_LITTLE_PROSE = 200
_SOME_PROSE = 600
_SHARE_OF_PAGE = 0.3
_SHARE_OF_DIALOG = 0.6
_DENSE_LINKS = 0.5
_DESCEND = 0.75
_DESCEND_RUNS = 0.6
_RUNS = 5  # below this many runs of prose an element is a paragraph or two, not the content of a page
_MAIN_SHARE = 0.5


def find_chrome(soup: BeautifulSoup, survey: Survey) -> tuple[Tag, set[int]]:
    """Return the element to walk and the `id()`s of the elements below it that are not the document.

    The main content is what `main`, `role=main` or `article` hold when that is most of the prose, else what is left
    when one descends from the body to the densest text and judges the neighbours passed on the way.
    """
    body = soup.body or soup
    finder = _Finder(survey, body)
    main = finder.semantic_main()
    if main is not None:
        finder.drop_around(body, main, strict=True)
    else:
        main = finder.densest(body)
    if main is not body:
        finder.drop_inside(main, inside=True)
        finder.dropped.add(id(main))
    finder.drop_inside(body, inside=False)
    finder.dropped.discard(id(main))
    return body, finder.dropped


def drop_unseen(root: Tag, survey: Survey, dropped: set[int]) -> None:
    """Add what a reader cannot see: hidden elements without prose, text for screen readers alone."""
    for tag in _below(root, dropped):
        if _is_unseen(tag, survey.of(tag)):
            dropped.add(id(tag))


def _below(root: Tag, dropped: set[int]) -> Iterator[Tag]:
    """Yield the elements below `root` in reading order, not entering those that are dropped by then."""
    stack = [iter(root.contents)]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
        elif isinstance(node, Tag) and node.name not in SILENT and id(node) not in dropped:
            yield node
            if id(node) not in dropped:
                stack.append(iter(node.contents))


def _is_unseen(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element is not for the eye; hidden prose (a closed accordion, a tab) is for the eye."""
    if is_reader_only(tag):
        return tally.prose < _LITTLE_PROSE
    return is_hidden(tag) and tally.prose < _LITTLE_PROSE


def _names(tag: Tag) -> set[str]:
    """Return the words in class, id and label of an element, lower case."""
    attrs = tag.attrs
    if not ("class" in attrs or "id" in attrs):
        return set()
    joined = f"{attribute(tag, 'class')} {attribute(tag, 'id')}"
    return set(_SPLIT.split(_CAMEL.sub(" ", joined).lower()))


class _Finder:
    """Collects what to leave out of one page."""

    def __init__(self, survey: Survey, body: Tag) -> None:
        self.survey = survey
        self.dropped: set[int] = set()
        self.page = survey.of(body).prose

    def semantic_main(self) -> Tag | None:
        """Return the element that the page itself calls its content, when it holds most of the prose."""
        for selector in ("main", "article"):
            best = max(self.survey.noted[selector], key=lambda tag: self.survey.of(tag).prose, default=None)
            if best is not None and self.survey.of(best).prose >= max(_LITTLE_PROSE, _MAIN_SHARE * self.page):
                return best
        return None

    def densest(self, body: Tag) -> Tag:
        """Descend to the element that holds most of the prose; judge the neighbours passed on the way."""
        node = body
        while True:
            here = self.survey.of(node)
            best = max(_children(node), key=lambda child: self.survey.of(child).prose, default=None)
            if best is None or not self.is_denser(self.survey.of(best), here):
                return node
            self.drop_neighbours(node, best, strict=False)
            node = best

    def is_denser(self, inner: Tally, outer: Tally) -> bool:
        """Tell whether a child holds so much of the prose, in enough runs, that the rest may be the site."""
        return (
            inner.runs >= _RUNS and inner.prose >= _DESCEND * outer.prose and inner.runs >= _DESCEND_RUNS * outer.runs
        )

    def drop_around(self, body: Tag, main: Tag, *, strict: bool) -> None:
        """Leave out everything outside `main` but a title that stands before it."""
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
                self.judge_neighbour(child, before=before and not titled, strict=strict)
            elif strict and type(child) is NavigableString:
                self.drop_text(child)

    def judge_neighbour(self, tag: Tag, *, before: bool, strict: bool) -> None:
        """Keep a neighbour of the main content only when it reads like a part of the document."""
        tally = self.survey.of(tag)
        if before and tally.titles:
            self.keep_title(tag)
        elif before and self.is_date_line(tag, tally):
            return
        elif strict or not self.is_content(tag, tally):
            self.dropped.add(id(tag))

    def is_content(self, tag: Tag, tally: Tally) -> bool:
        """Tell whether an element outside the densest text still is text of the document."""
        if self.is_machinery(tag, tally, inside=False) or is_hidden(tag):
            return False
        return tally.prose >= 100 and tally.link_density < _DENSE_LINKS

    def is_date_line(self, tag: Tag, tally: Tally) -> bool:
        """Tell whether a short text before the content states a year: its date often stands there."""
        if not 0 < tally.chars <= _DATE_CHARS or tally.links or is_hidden(tag) or _names(tag) & _MACHINERY:
            return False
        text = tag.get_text(" ")
        return bool(_YEAR.search(text)) and "©" not in text

    def keep_title(self, tag: Tag) -> None:
        """Leave out all of an element before the main content but its title."""
        if heading_level(tag):
            return
        for child in list(tag.contents):
            if not isinstance(child, Tag):
                self.drop_text(child)
            elif self.survey.of(child).titles:
                self.keep_title(child)
            elif child.name not in SILENT:
                tally = self.survey.of(child)
                if not (tally.prose and not tally.links and not self.is_machinery(child, tally, inside=True)):
                    self.dropped.add(id(child))

    def drop_text(self, node: PageElement) -> None:
        """Leave out a bare text node."""
        self.dropped.add(id(node))

    def drop_inside(self, root: Tag, *, inside: bool) -> None:
        """Leave out machinery and unseen text below `root`; `inside` says that it is the main content."""
        for tag in _below(root, self.dropped):
            tally = self.survey.of(tag)
            if _is_unseen(tag, tally) or self.is_machinery(tag, tally, inside=inside):
                self.dropped.add(id(tag))

    def is_machinery(self, tag: Tag, tally: Tally, *, inside: bool) -> bool:
        """Tell whether an element is machinery of the site. Real prose outweighs any name."""
        if tag.name in {"html", "body", "main", "a", "p", "li", "td", "th", "tr"} or heading_level(tag):
            return False
        role = attribute(tag, "role")
        marked = tag.name in _TAGS or role in _ROLES
        if tag.name == "header" and inside:
            marked = tally.links > 2 and not tally.titles
        if not (marked or _names(tag) & _MACHINERY) or (inside and tally.titles and tally.headings == 1):
            return False
        dialog = role in _DIALOGS or tag.name == "dialog"
        if tally.prose > max((_SHARE_OF_DIALOG if dialog else _SHARE_OF_PAGE) * self.page, _LITTLE_PROSE):
            return False
        if marked and (dialog or not inside):
            return tag.name != "form" or tally.prose < _SOME_PROSE
        if tally.link_density > _DENSE_LINKS or tally.buttons:
            return tally.prose < _SOME_PROSE
        return tally.prose < (_SOME_PROSE if marked else 25 if inside else _LITTLE_PROSE)


def _children(tag: Tag) -> Iterator[Tag]:
    """Yield the child elements that can hold text."""
    return (child for child in tag.contents if isinstance(child, Tag) and child.name not in SILENT)
