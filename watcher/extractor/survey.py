"""One pass over a page that counts, for every element, what the search for the main content needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from bs4 import Tag

from watcher.extractor.tags import attribute, is_silent, is_text

# A text node of this length outside links is prose; menu entries, buttons and labels are shorter.
_PROSE_CHARS = 25
# Elements that other parts ask for; noted here so that the tree is searched once.
_NOTED = ("meta", "title", "script", "input", "time", "main", "article", "link", "table", "h1", "h2")
# Elements of one length whose texts are compared: of tables in tables each text is read as often as it is deep.
_ALIKE = 50
_COUNTED = frozenset({"a", "button", "h1", "h2", "h3", "h4", "h5", "h6"})


@dataclass(slots=True)
class Tally:
    """Counts of one element and all below it: characters (all, in links, in prose), runs of prose, links and so on."""

    chars: int = 0
    linked: int = 0
    prose: int = 0
    runs: int = 0
    links: int = 0
    headings: int = 0
    titles: int = 0
    buttons: int = 0

    def add(self, other: Tally) -> None:
        """Take over the counts of a child."""
        self.chars += other.chars
        self.linked += other.linked
        self.prose += other.prose
        self.runs += other.runs
        self.links += other.links
        self.headings += other.headings
        self.titles += other.titles
        self.buttons += other.buttons

    @property
    def plain(self) -> int:
        """The characters outside links."""
        return self.chars - self.linked

    @property
    def link_density(self) -> float:
        """The share of the text that stands in links; 0 for no text."""
        return self.linked / self.chars if self.chars else 0.0


@dataclass(slots=True)
class Survey:
    """The tallies by `id(tag)`; elements, visible text (runs of spaces folded) and link targets in reading order."""

    tallies: dict[int, Tally] = field(default_factory=dict)
    visible: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    elements: list[Tag] = field(default_factory=list)
    noted: dict[str, list[Tag]] = field(default_factory=lambda: {name: [] for name in _NOTED})

    def of(self, tag: Tag) -> Tally:
        """Return the tally of an element; an empty one for elements that are never text."""
        return self.tallies.get(id(tag), _NOTHING)

    def alike(self, tag: Tag, root: Tag) -> Iterator[Tag]:
        """Yield the elements below `root` of the same noted name and with the same text, in reading order."""
        said, chars = tag.get_text(), self.of(tag).chars
        like = (other for other in self.noted[tag.name] if self.of(other).chars == chars)
        for other in islice(like, _ALIKE):
            if other.get_text() == said and any(above is root for above in other.parents):
                yield other


_NOTHING = Tally()


def survey(root: Tag) -> Survey:
    """Count every element below `root` in one pass without recursion."""
    result = Survey()
    noted, tallies, elements, visible = result.noted, result.tallies, result.elements, result.visible
    tally = tallies[id(root)] = Tally()
    frames = [(root, iter(root.contents), tally)]
    in_link = 0
    while frames:
        tag, children, tally = frames[-1]
        for node in children:
            if isinstance(node, Tag):
                name = node.name
                if name in noted or (node.attrs and node.attrs.get("role") == "main"):
                    noted[name if name in noted else "main"].append(node)
                if is_silent(node) and name != "head":
                    continue
                elements.append(node)
                fresh = tallies[id(node)] = Tally()
                if name in _COUNTED or node.attrs:
                    _note_element(node, fresh, result)
                in_link += name == "a"
                frames.append((node, iter(node.contents), fresh))
                break
            if is_text(node) and tag.name != "head":
                text = " ".join(node.split())
                if text:
                    visible.append(text)
                    _note_text(len(text), tally, linked=in_link > 0)
        else:
            frames.pop()
            in_link -= tag.name == "a"
            if frames:
                frames[-1][2].add(tally)
    return result


def _note_element(tag: Tag, tally: Tally, result: Survey) -> None:
    """Count what an element is by itself."""
    name = tag.name
    if name == "a":
        href = attribute(tag, "href")
        tally.links = 1
        if href:
            result.targets.append(href)
        if "btn" in attribute(tag, "class") or attribute(tag, "role") == "button":
            tally.buttons = 1
    elif name == "button" or attribute(tag, "role") == "button":
        tally.buttons = 1
    elif len(name) == 2 and name[0] == "h" and name[1] in "123456":
        tally.headings = 1
        tally.titles = int(name == "h1")


def _note_text(length: int, tally: Tally, *, linked: bool) -> None:
    """Count one text node."""
    tally.chars += length
    if linked:
        tally.linked += length
    elif length >= _PROSE_CHARS:
        tally.prose += length
        tally.runs += 1
