"""One pass over a page that counts, for every element, what the search for the main content needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from bs4 import Tag

from watcher.extractor.tags import attribute, is_silent, is_text

# A text node of this length outside links is prose; menu entries, buttons and labels are shorter.
_PROSE_CHARS = 25
# Elements that other parts ask for; noted here so that the tree is searched once.
_NOTED = ("meta", "title", "script", "input", "time", "main", "article", "link")


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
    """The tallies by `id(tag)`, and the visible text (runs of spaces folded) and link targets in reading order."""

    tallies: dict[int, Tally] = field(default_factory=dict)
    visible: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    noted: dict[str, list[Tag]] = field(default_factory=lambda: {name: [] for name in _NOTED})

    def of(self, tag: Tag) -> Tally:
        """Return the tally of an element; an empty one for elements that are never text."""
        return self.tallies.get(id(tag), _NOTHING)


_NOTHING = Tally()


def survey(root: Tag) -> Survey:
    """Count every element below `root` in one pass without recursion."""
    result = Survey()
    tally = result.tallies[id(root)] = Tally()
    frames = [(root, iter(root.contents), tally)]
    in_link = 0
    while frames:
        tag, children, tally = frames[-1]
        node = next(children, None)
        if node is None:
            frames.pop()
            in_link -= tag.name == "a"
            if frames:
                frames[-1][2].add(tally)
        elif isinstance(node, Tag):
            if node.name in result.noted or node.attrs.get("role") == "main":
                result.noted[node.name if node.name in result.noted else "main"].append(node)
            if is_silent(node) and node.name != "head":
                continue
            fresh = result.tallies[id(node)] = Tally()
            _note_element(node, fresh, result)
            in_link += node.name == "a"
            frames.append((node, iter(node.contents), fresh))
        elif is_text(node) and tag.name != "head":
            text = " ".join(str(node).split())
            if text:
                result.visible.append(text)
                _note_text(len(text), tally, linked=in_link > 0)
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
