"""Find what stands at the two ends of the main content and is not the document: who wrote it, votes, comments, tags.

Names prove little in the midst of a text. Below its last sentence, or between its title and its first, a short box with
something to click is the site's, when its name says so or when it holds nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from bs4 import Tag

from watcher.extractor import labels
from watcher.extractor.gate_words import is_legal
from watcher.extractor.survey import Survey, Tally
from watcher.extractor.tags import (
    HEADINGS,
    attribute,
    heading_level,
    is_inline,
    is_silent,
    is_text,
    is_toggle,
    names,
    shows_address,
)

_FEW_CHARS = 120
_MORE_CHARS = 600
_SOME_PROSE = 300
_LITTLE_PROSE = 60
_MARK_CHARS = 40
_COPIES = 4  # of the text, one for each kind of screen
# Words in the names of boxes below a text.
_BELOW = names(
    "comments comment disqus respond votes vote voting helpful useful feedback rating ratings like likes reactions "
    "tags labels related recommended recommendations relatives share sharing social pagination pager prevnext nextprev "
    "nav navigation links printfooter catlinks cta newsletter subscribe signup promo author authors byline meta "
    "metadata"
)
_OF_OTHERS = names("comments disqus")  # what readers say of a text is no part of it
# What stands over links to other pages of a site.
_READ_ON = re.compile(
    r"(?:related|similar|recommended|recent|latest|more|other) (?:articles?|posts?|pages?|stories|news|reads?|content)"
    r"|(?:read|up) next|you (?:may|might) (?:also )?(?:like|be interested in)"
    r"|lees (?:ook|verder|meer)|(?:gerelateerde|recente|andere|meer) (?:artikelen|berichten|nieuws)"
    r"|das könnte (?:sie|dich) (?:auch )?interessieren|mehr (?:lesen|artikel)"
    r"|(?:ähnliche|weitere|neueste|verwandte) (?:artikel|beiträge|themen)|(?:à lire|lire) (?:aussi|ensuite|également)"
    r"|(?:derniers |autres )?articles (?:similaires|liés|récents)|cela (?:peut|pourrait) (?:aussi )?vous intéresser",
    re.IGNORECASE,
)
# Words in the names of what stands between title and text, and of the marks above the title.
_BYLINE = names(
    "author authors byline vcard posted contributor contributors share sharing social actions meta metadata"
)
_DATED = names("meta metadata")
_AUTHOR = names("author authors vcard")
_MARKS = names("badge version tag tags eyebrow tagline kicker category label pill chip")
_WRITERS = ["author", "creator"]  # schema.org
_LINKED_SHARE = 0.2  # of a line with a heading, which then is the name of somebody
_OF_TEXT = names("policy declaration statement clause privacy legal terms")
# What a link to pages of the same author or kind is (HTML, microformats).
_KINDS = names("author tag category")
_BOXES = names("footer form nav")
_FIELDS = ["input", "textarea", "select"]
_LINES = names("p ul ol dl table blockquote pre address details figure")
_AWAY = re.compile(r"(?!#|mailto:|tel:|javascript:)\S")
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def drop_ends(main: Tag, survey: Survey, dropped: set[int]) -> None:
    """Add to `dropped` the `id()`s of what stands at the ends of `main` and is not the document.

    A page of a few lines is left whole: what it asks and offers tells what it is, a login or a question for a human.
    """
    if survey.of(main).prose < _SOME_PROSE:
        return
    ends = _Ends(survey, dropped)
    for title, copy in _copies(main, survey):
        ends.drop_below(copy)
        if title is not None and heading_level(title) == 1:
            ends.drop_above(title, copy)
            ends.drop_bylines(title, copy)
    ends.drop_below(main)


def is_below(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element below the text is a box of the site, by its name or by what there is to click in it."""
    if tally.titles or tally.prose >= _SOME_PROSE or tally.chars >= _MORE_CHARS or _is_line(tag):
        return False
    if shows_address(tag):  # the address of somebody is told, not built
        return False
    called = _words(tag)
    if not called.isdisjoint(_OF_OTHERS) and not tally.titles:
        return True
    if tag.name in _BOXES or not called.isdisjoint(_BELOW):
        return _is_clickable(tag) or (tag.name not in _BOXES and _says_little(tag, tally))
    return _is_way_on(tag, tally) or _is_more(tag, tally) or _is_small_talk(tag, tally) or _calls(tag, tally)


class _Ends:
    """The tallies of a page, and what is left out of it."""

    def __init__(self, survey: Survey, dropped: set[int]) -> None:
        self.survey = survey
        self.dropped = dropped

    def drop_below(self, main: Tag) -> None:
        """Leave out boxes of the site from the last element upwards, down to the first thing that is text."""
        node: Tag | None = main
        while node is not None and (node is main or not _is_line(node)):
            below, node = node, None
            for child in reversed(below.contents):
                if not isinstance(child, Tag):
                    if is_text(child) and str(child).strip():
                        return
                elif not self.is_nothing(child):
                    tally = self.survey.of(child)
                    if is_below(child, tally):
                        self.dropped.add(id(child))
                    elif tally.plain or _leads_away(child):  # not a list of contents beside the text
                        node = child
                        break

    def is_nothing(self, tag: Tag) -> bool:
        """Tell whether an element is left out already, or empty."""
        return id(tag) in self.dropped or is_silent(tag) or not self.survey.of(tag).chars

    def drop_above(self, title: Tag, main: Tag) -> None:
        """Leave out what stands above the title: menus with a heading, the version of a handbook, a category."""
        for tag in self.beside(title, main, before=True):
            tally = self.survey.of(tag)
            if tally.prose or heading_level(tag) or tally.plain > _MARK_CHARS:
                continue
            mark = tally.chars <= _MARK_CHARS and not _words(tag).isdisjoint(_MARKS)
            menu = tally.links > 1 and tally.headings == 1  # what is listed stands under a heading of its own
            if (mark or menu) and not _YEAR.search(tag.get_text(" ")):
                self.dropped.add(id(tag))

    def drop_bylines(self, title: Tag, main: Tag) -> None:
        """Leave out who wrote the page, and when, between its title and its first sentence."""
        for sibling in self.beside(title, main, before=False):
            waiting = [sibling]
            while waiting:
                tag = waiting.pop()
                tally = self.survey.of(tag)
                if tally.chars <= _FEW_CHARS and _is_byline(tag, tally):
                    self.dropped.add(id(tag))
                elif _is_line(tag):
                    return
                else:
                    inner = (child for child in reversed(tag.contents) if isinstance(child, Tag))
                    waiting += [child for child in inner if not self.is_nothing(child)]

    def beside(self, title: Tag, main: Tag, *, before: bool) -> Iterator[Tag]:
        """Yield the elements before or after the title, and before or after what it stands in below `main`."""
        tag = title
        while tag is not main and isinstance(tag.parent, Tag):
            for sibling in tag.previous_siblings if before else tag.next_siblings:
                if isinstance(sibling, Tag) and not self.is_nothing(sibling):
                    yield sibling
            tag = tag.parent


def _copies(main: Tag, survey: Survey) -> Iterator[tuple[Tag | None, Tag]]:
    """Yield the title and what holds the text below it, once for each copy of the text: one for each kind of screen."""
    title = main.find("h1") or main.find(True, attrs={"role": "heading", "aria-level": "1"}) or main.find("h2")
    if not isinstance(title, Tag):
        yield None, main
        return
    if title.name not in survey.noted:
        yield title, main
        return
    titles = list(islice(survey.alike(title, main), _COPIES))
    shared = Counter(id(above) for one in titles for above in one.parents)
    for one in titles:
        holder = one
        while holder is not main and isinstance(holder.parent, Tag) and shared[id(holder.parent)] == 1:
            holder = holder.parent
        yield (one, main) if len(titles) == 1 or holder is one else (one, holder)


def _is_line(tag: Tag) -> bool:
    """Tell whether an element is text as such: a paragraph, a list, a heading, a part of a line."""
    return tag.name in _LINES or is_inline(tag.name) or heading_level(tag) > 0


def _is_clickable(tag: Tag) -> bool:
    """Tell whether there is something in an element to press, to fill in, or that leads elsewhere."""
    return _leads_away(tag) or _asks(tag) or tag.find(_FIELDS) is not None


def _leads_away(tag: Tag) -> bool:
    """Tell whether an element has a link to another page."""
    return any(_AWAY.match(attribute(link, "href")) for link in tag.find_all("a", limit=20))


def _asks(tag: Tag) -> bool:
    """Tell whether an element has a button that opens no part of the text."""
    buttons = [inner for inner in tag.find_all(True) if inner.name == "button" or attribute(inner, "role") == "button"]
    return bool(buttons) and not any(map(is_toggle, buttons))


def _is_way_on(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element is several links to other pages and nothing else, in no list and no paragraph."""
    if tally.links < 2 or tally.plain or not _leads_away(tag) or tag.find(["li", "td", "dd"]) is not None:
        return False
    return all(line.find_parent("a") is not None for line in tag.find_all("p"))


def _is_more(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element is links to other pages of the site, under a heading that says so."""
    heading = tag.find(list(HEADINGS)) if tally.links and tally.headings else None
    if not isinstance(heading, Tag) or not _READ_ON.match(" ".join(heading.get_text(" ").split())):
        return False
    return tally.plain <= _FEW_CHARS and tally.linked > tally.plain


def _calls(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element is a call to act, by the name of its button, and says nothing of what documents say."""
    if tally.headings > 1 or any(map(is_legal, _WORD.findall(tag.get_text(" ").lower()))):
        return False
    return any("cta" in _words(inner) and _leads_away(inner) for inner in tag.find_all(True, limit=40))


def _says_little(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element is a few words and no date."""
    return tally.prose < _LITTLE_PROSE and tally.chars <= _FEW_CHARS and not _YEAR.search(tag.get_text(" "))


def _is_small_talk(tag: Tag, tally: Tally) -> bool:
    """Tell whether an element asks a short question with buttons, or says how long ago something was."""
    if tally.prose or tally.headings > 1 or not _says_little(tag, tally):
        return False
    return _asks(tag) or tag.find("time") is not None


def _is_byline(tag: Tag, tally: Tally) -> bool:
    """Tell whether a short line names who wrote the page, or leads to more pages of the kind."""
    if tally.prose or tally.headings > 1:
        return False
    if tag.find(itemprop=_WRITERS) is not None:
        return True
    if tally.headings and (_words(tag).isdisjoint(_BYLINE) or tally.linked < _LINKED_SHARE * tally.chars):
        return False
    relations = [attribute(link, "rel").split() for link in tag.find_all("a", limit=9)]
    if relations and not any(_KINDS.isdisjoint(relation) for relation in relations):
        return True
    named = _words(tag) & _BYLINE
    if not tally.links and named.isdisjoint(_AUTHOR):
        return bool(named - _DATED) and not _YEAR.search(tag.get_text(" "))
    return bool(named)


def _words(tag: Tag) -> frozenset[str]:
    """Return the words in the names of an element, but for names of parts of a text."""
    name = attribute(tag, "id")
    heading = tag.find(list(HEADINGS)) if name else None
    if isinstance(heading, Tag) and _slug(heading.get_text(" ")).startswith(_slug(name)):
        name = ""  # made from the heading, as those of the sections of a text are
    found: set[str] = set()
    for token in f"{attribute(tag, 'class')} {name}".split():
        words = labels.words_of(token)
        if words.isdisjoint(_OF_TEXT):
            found |= words
    return frozenset(found)


def _slug(text: str) -> str:
    """Return the letters and digits of a text, by which it is compared with a name that was made from it."""
    return "".join(filter(str.isalnum, text.casefold()))
