"""Walk a tree of elements into pieces of text: headings, paragraphs, list items, table rows, definitions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import islice

from bs4 import Tag
from bs4.element import PageElement

from storage.model import BlockKind, Link
from watcher.extractor import tables
from watcher.extractor.grids import grid_rows
from watcher.extractor.pieces import Piece
from watcher.extractor.tags import (
    attribute,
    heading_level,
    hidden_address,
    is_bold,
    is_control,
    is_edit_link,
    is_inline,
    is_list_mark,
    is_silent,
    is_text,
    is_toggle,
    within,
)

_BULLETS = "•·●○◦▪▫■□‣►▸➤➢"
_HYPHENS = "-–*"
# In lists of definitions that stand in one another so deep a term is told where it stands.
_MOST_LISTS = 60
_FEW = 60  # nodes below the mark of a heading


def walk(root: Tag, dropped: Collection[int] = frozenset(), own: Collection[str] = ()) -> list[Piece]:
    """Return the pieces of text below `root` in reading order, without the elements whose `id()` is in `dropped`.

    `own` are the addresses of the page itself, to know links into it. Iterative: a page with 100,000 nested elements is
    walked like any other. Inline elements never split a sentence, a single line break is a blank, two make a new
    paragraph.
    """
    walker = _Walker(dropped, own)
    walker.run(root)
    return walker.pieces


@dataclass(slots=True)
class _Line:
    """Text up to a line break, with what is known about its looks."""

    parts: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    chars: int = 0
    bold: int = 0
    jump: int = 0  # characters in links into the page itself
    size: int = 0

    @property
    def all_bold(self) -> bool:
        """Tell whether the line has text and all of it is bold."""
        return self.chars > 0 and self.bold == self.chars


@dataclass(slots=True)
class _Frame:
    """An element that was entered, with what leaving it must undo."""

    tag: Tag
    children: Iterator[PageElement]
    bold: bool = False
    size: int | None = None
    mark: int = -1  # pieces before a block; -1 for what opens no block


class _Walker:
    """The state of one walk."""

    def __init__(self, dropped: Collection[int], own: Collection[str]) -> None:
        self.pieces: list[Piece] = []
        self.dropped = dropped
        self.own = own
        self.lines: list[_Line] = [_Line()]
        self.bold = 0
        self.sizes: list[int] = [0]
        self.depth = 0  # of lists
        self.items: list[int] = []  # depths of the open list items
        self.parts: list[int] = []  # pieces that stand in each of them and in none within
        self.counted: list[bool] = []  # of each open list, whether its items are numbered
        self.heading = 0  # level of the open heading
        self.pre = 0
        self.link: tuple[str, list[str]] | None = None
        self.jump = False
        self.term: list[str] = []
        self.lists: list[_Frame] = []  # open dl, dt and dd elements

    def run(self, root: Tag) -> None:
        """Walk everything below `root`, and `root` itself."""
        frames = [self.enter(root)]
        while frames:
            for node in frames[-1].children:
                if isinstance(node, Tag):
                    if not self.is_left_out(node):
                        frames.append(self.enter(node))
                        break
                elif is_text(node) and id(node) not in self.dropped:
                    self.text(node)
            else:
                self.leave(frames.pop())
        self.flush()
        self.give_term()

    def is_left_out(self, tag: Tag) -> bool:
        """Tell whether an element holds no text of the document."""
        if is_silent(tag) or id(tag) in self.dropped:
            return True
        if self.heading:
            return self.is_mark(tag) if tag.name == "a" else is_edit_link(tag)
        return is_control(tag)

    def is_mark(self, tag: Tag) -> bool:
        """Tell whether a link in a heading is the sign by which readers copy its address: "#", "\u00b6", a chain."""
        href = attribute(tag, "href")
        address, mark, _ = href.partition("#")
        if not mark or (address and address not in self.own):
            return False
        inside = within(tag, _FEW)
        return inside is not None and not any(map(str.isalnum, "".join(node for node in inside if is_text(node))))

    def enter(self, tag: Tag) -> _Frame:
        """Open an element."""
        frame = _Frame(tag, iter(tag.contents))
        name = tag.name
        if is_bold(tag):
            frame.bold = True
            self.bold += 1
        if is_inline(name) and attribute(tag, "role") != "heading":
            self.enter_inline(tag, frame)
            stated = hidden_address(tag) or self.list_mark(tag)
            if stated:
                self.text(stated)
                frame.children = iter(())
        elif name == "br":
            self.line_break()
        elif not self.heading:
            self.flush()
            self.enter_block(tag, frame)
        else:
            self.text(" ")
        return frame

    def enter_inline(self, tag: Tag, frame: _Frame) -> None:
        """Open an element inside the line."""
        if tag.name == "a" and self.link is None:
            href = attribute(tag, "href")
            self.jump = self.is_jump(tag, href)
            if href and not href.startswith("#"):
                self.link = (href, [])
        elif tag.name == "font":
            size = attribute(tag, "size")
            frame.size = self.sizes[-1]
            self.sizes.append(int(size) if size.isascii() and size.isdigit() and len(size) < 3 else self.sizes[-1])

    def list_mark(self, tag: Tag) -> str:
        """Return a bullet for the sign or number that a word processor writes before an item, "" for other elements."""
        return _BULLETS[0] if "style" in tag.attrs and not self.heading and is_list_mark(tag) else ""

    def is_jump(self, tag: Tag, href: str) -> bool:
        """Tell whether a link leads to another place of this page (a heading's link to itself does not)."""
        address, mark, fragment = href.partition("#")
        if not mark or not fragment or (address and address not in self.own) or is_toggle(tag):
            return False
        near = [tag, *islice(tag.parents, 4)]
        return all(fragment not in {attribute(place, "id"), attribute(place, "name")} for place in near)

    def enter_block(self, tag: Tag, frame: _Frame) -> None:
        """Open an element that stands on lines of its own."""
        name = tag.name
        frame.mark = len(self.pieces)
        if level := heading_level(tag):
            self.heading = level
        elif name in {"ul", "ol", "menu", "dir"}:
            self.depth += 1
            self.counted.append(name == "ol")
        elif name == "li":
            self.items.append(max(1, self.depth))
            self.parts.append(0)
        elif name == "pre":
            self.pre += 1
        elif name in {"dl", "dt", "dd"}:
            self.open_definition(frame)
        elif tables.is_table(tag):
            rows = tables.data_rows(tag, self.dropped, walk)
            if rows is not None:
                self.pieces.extend(rows)
                frame.children = iter(())
        elif (cells := grid_rows(tag, self.dropped)) is not None:
            self.pieces.extend(tables.grid_pieces(cells, self.dropped, walk))
            frame.children = iter(())

    def leave(self, frame: _Frame) -> None:
        """Close an element and undo what opening it did."""
        tag = frame.tag
        name = tag.name
        if is_inline(name) and attribute(tag, "role") != "heading":
            if name == "a":
                self.jump = False
                self.end_link()
            elif frame.size is not None:
                self.sizes.pop()
        elif frame.mark >= 0:
            self.leave_block(frame)
        elif name != "br":
            self.text(" ")
        if frame.bold:
            self.bold -= 1

    def leave_block(self, frame: _Frame) -> None:
        """Close a block."""
        tag = frame.tag
        name = tag.name
        self.flush()
        if heading_level(tag):
            self.heading = 0
        elif name in {"ul", "ol", "menu", "dir"}:
            self.depth -= 1
            self.counted.pop()
        elif name == "li":
            self.items.pop()
            self.parts.pop()
        elif name == "pre":
            self.pre -= 1
        elif name in {"dl", "dt", "dd"}:
            self.lists.pop()
            self.close_definition(frame)
        elif name == "summary":
            self.pieces[frame.mark :] = [piece._replace(bold=True) for piece in self.pieces[frame.mark :]]

    def text(self, text: str) -> None:
        """Add text to the current line."""
        if self.pre and "\n" in text:
            for index, part in enumerate(text.split("\n")):
                if index:
                    self.line_break()
                self.add(part)
        else:
            self.add(text)

    def add(self, text: str) -> None:
        """Add text that holds no line break of its own."""
        line = self.lines[-1]
        line.parts.append(text)
        if self.link is not None:
            self.link[1].append(text)
        chars = 0 if text.isspace() else len(text.strip())
        if chars:
            line.chars += chars
            line.bold += chars if self.bold else 0
            line.jump += chars if self.jump else 0
            line.size = max(line.size, self.sizes[-1])

    def end_link(self) -> None:
        """Note a link beside the text."""
        if self.link is not None:
            href, parts = self.link
            self.link = None
            text = "".join(parts)
            if text.strip():
                self.lines[-1].links.append(Link(text, href))

    def line_break(self) -> None:
        """End the line; a second break in a row ends the paragraph."""
        if self.heading:
            self.add(" ")
        elif self.lines[-1].chars:
            self.lines.append(_Line())
        else:
            self.flush()

    def flush(self) -> None:
        """End the paragraph: make pieces of the lines that stand in it."""
        if self.link is None and not any(line.chars for line in self.lines):
            if len(self.lines) > 1 or self.lines[0].parts:
                self.lines = [_Line()]
            return
        open_link = self.link
        self.end_link()
        if open_link is not None:
            self.link = (open_link[0], [])
        lines = [line for line in self.lines if line.chars]
        self.lines = [_Line()]
        if lines and self.term and not (self.lists and self.lists[-1].tag.name != "dl"):
            self.give_term()
        for group in _groups(lines, plain=bool(self.heading or self.items)):
            self.pieces.append(self.piece(group))

    def piece(self, lines: list[_Line]) -> Piece:
        """Make one piece of the lines of a paragraph, of the kind that the open elements say."""
        kind, level = BlockKind.PARAGRAPH, 0
        if self.heading:
            kind, level = BlockKind.HEADING, self.heading
        elif self.items:
            kind, level = BlockKind.LIST_ITEM, self.items[-1]
            self.parts[-1] += 1
        ordered = kind is BlockKind.LIST_ITEM and (self.parts[-1] > 1 or self.counted[-1:] == [True])
        if len(lines) == 1:
            (one,) = lines
            looks = one.all_bold, one.size, (), one.jump == one.chars, ordered
            return Piece(kind, "".join(one.parts), level, (), tuple(one.links), *looks)
        return Piece(
            kind,
            "\n".join("".join(line.parts) for line in lines),
            level,
            links=tuple(link for line in lines for link in line.links),
            bold=all(line.all_bold for line in lines),
            size=max(line.size for line in lines),
            jump=all(line.jump == line.chars for line in lines),
            ordered=ordered,
        )

    def open_definition(self, frame: _Frame) -> None:
        """Open a part of a definition list; a part whose end tag was left out ends where the next begins."""
        if frame.tag.name != "dl" and self.lists and self.lists[-1].tag.name != "dl":
            self.close_definition(self.lists[-1])
            self.lists[-1].mark = frame.mark = len(self.pieces)
        if len(self.lists) > _MOST_LISTS:
            self.give_term()
        self.lists.append(frame)

    def close_definition(self, frame: _Frame) -> None:
        """Close a part of a definition list."""
        if frame.tag.name == "dt":
            self.end_term(frame.mark)
        elif frame.tag.name == "dd":
            self.end_definition(frame.mark)
        else:
            self.give_term()

    def end_term(self, mark: int) -> None:
        """Keep the term of a definition until its text is known."""
        self.term.extend(piece.text.strip() for piece in self.pieces[mark:])
        del self.pieces[mark:]

    def end_definition(self, mark: int) -> None:
        """Join term and text when the text is one piece, else let the term stand over it like a heading."""
        if len(self.pieces) - mark > 1 and not self.term:
            return
        found = self.pieces[mark:]
        if len(found) == 1 and found[0].kind in {BlockKind.PARAGRAPH, BlockKind.LIST_ITEM}:
            term = ", ".join(self.term)
            text = f"{term.rstrip(': ')}: {found[0].text.strip()}" if term else found[0].text
            self.pieces[mark:] = [found[0]._replace(kind=BlockKind.DEFINITION, level=0, text=text, bold=False)]
            self.term = []
        elif found:
            del self.pieces[mark:]
            self.give_term()
            self.pieces.extend(found)

    def give_term(self) -> None:
        """Let a term without a short definition stand by itself."""
        self.pieces.extend(Piece(BlockKind.PARAGRAPH, term, bold=True) for term in self.term)
        self.term = []


def _groups(lines: list[_Line], *, plain: bool) -> Iterator[list[_Line]]:
    """Split the lines of a paragraph where one is a bullet or where a wholly bold line stands over plain ones."""
    if plain or len(lines) < 2:
        if lines:
            yield lines
        return
    bulleted = _bulleted(lines)
    group: list[_Line] = []
    for index, line in enumerate(lines):
        if group and (index in bulleted or _is_bold_edge(group, line)):
            yield group
            group = []
        group.append(line)
    yield group


def _bulleted(lines: list[_Line]) -> set[int]:
    """Return the lines that start with a bullet sign; hyphens count when there are two of them and more."""
    starts = ["".join(line.parts).lstrip()[:2] for line in lines]
    hyphens = {index for index, start in enumerate(starts) if start[:1] in _HYPHENS and start[1:].isspace()}
    signs = {index for index, start in enumerate(starts) if start[:1] in _BULLETS}
    return signs | (hyphens if len(hyphens) > 1 else set())


def _is_bold_edge(group: list[_Line], line: _Line) -> bool:
    """Tell whether a bold line follows plain ones or a plain line follows only bold ones."""
    if group[-1].all_bold == line.all_bold:
        return False
    return line.all_bold or all(before.all_bold for before in group)
