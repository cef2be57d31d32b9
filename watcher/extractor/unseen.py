"""Tell what a page hides for good from what it will show: closed accordions and tabs are part of the document."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import Tag

from watcher.extractor.survey import Survey, Tally
from watcher.extractor.tags import attribute, heading_level, is_hidden, is_reader_only, is_silent, is_toggle

_MUCH_PROSE = 200
_SOME_PROSE = 25
_DENSE_LINKS = 0.5
_CONTROLS = ("aria-controls", "data-target", "data-bs-target", "href")


def below(root: Tag, dropped: set[int]) -> Iterator[Tag]:
    """Yield the elements below `root` in reading order, not entering those that are in `dropped` by then."""
    stack = [iter(root.contents)]
    while stack:
        for node in stack[-1]:
            if isinstance(node, Tag) and not is_silent(node) and id(node) not in dropped:
                yield node
                if node.contents and id(node) not in dropped:
                    stack.append(iter(node.contents))
                    break
        else:
            stack.pop()


class Unseen:
    """Knows which hidden elements of a page are its panels: those that hold much text, and their like."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.shapes: set[tuple[str, str]] = set()
        self.controlled: set[str] = set()
        for tag in survey.elements:
            if not tag.attrs:
                continue
            if is_hidden(tag):
                if survey.of(tag).prose >= _MUCH_PROSE:
                    self.shapes.add((tag.name, attribute(tag, "class")))
            elif is_toggle(tag):
                self.controlled.update(attribute(tag, name).lstrip("#") for name in _CONTROLS)
        self.controlled.discard("")

    def is_unseen(self, tag: Tag) -> bool:
        """Tell whether an element is not for the eye, now or later."""
        tally = self.survey.of(tag)
        if tally.prose >= _MUCH_PROSE:
            return False
        return is_reader_only(tag) or (is_hidden(tag) and not self.is_panel(tag, tally))

    def is_panel(self, tag: Tag, tally: Tally) -> bool:
        """Tell whether a hidden element with little text opens like others with much, or on a click beside it."""
        shape = (tag.name, attribute(tag, "class"))
        if not tally.chars:
            return False
        if shape in self.shapes and (shape[1] or tally.link_density <= _DENSE_LINKS):
            return True  # also where one of them holds nothing but links
        if tally.link_density > _DENSE_LINKS:
            return False
        if tally.prose < _SOME_PROSE:
            return False
        return attribute(tag, "id") in self.controlled or _follows_toggle(tag)

    def drop(self, root: Tag, dropped: set[int]) -> None:
        """Add the unseen elements below `root` to `dropped`."""
        for tag in below(root, dropped):
            if self.is_unseen(tag):
                dropped.add(id(tag))


def _follows_toggle(tag: Tag) -> bool:
    """Tell whether the element before is a heading, or holds what opens and closes."""
    before = tag.find_previous_sibling()
    if before is None:
        return False
    return (
        bool(heading_level(before))
        or is_toggle(before)
        or any(is_toggle(inner) for inner in before.find_all(True, limit=8))
    )
