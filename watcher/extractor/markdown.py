"""Read Markdown as Open Terms Archive writes it (and people do) into pieces of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from storage.model import BlockKind
from watcher.extractor.markdown_parts import parts_of, read_part
from watcher.extractor.marks import is_bold_line, plain_text, with_references
from watcher.extractor.pieces import Piece, without_bullet
from watcher.extractor.rows import TableCell, TableRow, row_pieces
from watcher.extractor.text import normalise

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+|$)(.*)$")
_ATX_END = re.compile(r"[ \t]+#+$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_ITEM = re.compile(r"^([ \t]*)([*+-]|\d{1,9}[.)])([ \t]+|$)(.*)$")
# With what headings, their underlines and rules begin, and list items but for numbered ones.
_OPENING = frozenset("#=-*_")
_BULLETS = frozenset("*+-")
_QUOTE = re.compile(r"^([ \t]*)((?:> ?)+)")
_ALERT = re.compile(r"^\[![A-Za-z]+\][+-]?[ \t]*(.*)$")
# ":::info Title", "::: {.note}", ":::{tip}", "!!! note "Title"", "??? info": boxes of many generators, and their ends.
_BOX = re.compile(
    r":{3,}[ \t]*(?:\{[\w-]+\}|[a-z][\w-]*)?(?=[\s\[{]|$)[ \t]*(.*)$"
    r"|===[!+]?[ \t]+(?=\")(?:\"(.+)\")$"
    r"|(?:!!!|\?\?\?\+?)[ \t]+[a-z-]+(?:[ \t][a-z-]+){0,2}(?:[ \t]+\"(.*)\")?$"
)
_BOXES = frozenset(":!?=")
_FENCES = frozenset("`~")
_BOX_SIGNS = (":::", "!!!", "???", '=== "')
_HTML = re.compile(
    r"</?(?:details|summary|div|section|article|aside|main|header|footer|nav|p|center|figure|figcaption|blockquote"
    r"|h[1-6]|hr|pre|table|thead|tbody|tr|ul|ol|li|dl|dt|dd)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]{0,500}>(.*)</h\1[ \t]*>$", re.IGNORECASE)
# What opens a box that is folded stands above its text as a heading does.
_SUMMARY = re.compile(
    r"(<summary\b[^<>]{0,500}>)(?:<(?:b|strong|h[1-6])>)?([^<>*]+)(?:</(?:b|strong|h[1-6])>)?(</summary>)",
    re.IGNORECASE,
)
_JUMP = re.compile(r"(?:\*\*)?\[[^\[\]]*\]\(#[^()\n]*\)(?:\*\*)?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r"^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")


def read_markdown(text: str) -> list[Piece]:
    """Return the pieces of a Markdown text: headings, paragraphs, list items by depth, table rows.

    Marks of emphasis, links, images and escapes are taken out; link targets stand beside the text. A bold line alone
    may be a heading (`pieces.build_blocks` decides). Tables and lists in HTML are read as on a page. Nothing is left
    out as chrome.
    """
    reader = _Reader()
    for run, is_html in parts_of(with_references(text.expandtabs(4))):
        if is_html:
            reader.flush()
            reader.pieces.extend(read_part(run))
            continue
        for line in run.splitlines():
            reader.line(line)
    reader.flush()
    return reader.pieces


@dataclass(slots=True)
class _Reader:
    """The lines that were read since the last piece."""

    pieces: list[Piece] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)  # content columns of the open list items
    item: bool = False  # the lines belong to a list item
    ordered: bool = False  # that is numbered, or goes on
    fence: str = ""
    quoted: bool = False  # the lines stand in a quotation

    def line(self, line: str) -> None:
        """Take one line."""
        stripped = line.strip()
        first = stripped[:1]
        if first == ">" and (self.quoted or not self.fence):
            line = self.quotation(line)
            stripped = line.strip()
            first = stripped[:1]
        if self.fence or (first in _FENCES and _opens_fence(stripped)):
            self.fenced(stripped)
        elif not first:
            self.flush()
            self.quoted = False
        elif first in _OPENING and self.marked(line, stripped):
            return
        elif first == "|" or ("|" in stripped and (self.rows or self.ruled(stripped))):
            self.row(stripped)
        elif (first == "<" and self.html(line, stripped)) or (
            first in _BOXES and stripped.startswith(_BOX_SIGNS) and self.box(stripped)
        ):
            return
        elif (
            (first in _BULLETS or first.isdigit())
            and (match := _ITEM.match(line))
            and (match.group(4).strip() or not self.lines)
        ):
            self.start_item(match)
        else:
            self.continued(line, stripped)

    def quotation(self, line: str) -> str:
        """Return a line of a quotation without its marks; an alert's mark ("[!NOTE]") is none of its text."""
        if not self.quoted:
            self.flush()
            self.quoted = True
        line = _QUOTE.sub(r"\1", line)
        alert = _ALERT.match(line.strip())
        return alert[1] if alert else line

    def ruled(self, stripped: str) -> bool:
        """Take the line above as the head of a table that has no bars at its sides, if this line rules it."""
        if len(self.lines) != 1 or "|" not in self.lines[0] or not _is_delimiter(stripped):
            return False
        head = self.lines.pop()
        self.row(head.strip())
        return True

    def html(self, line: str, stripped: str) -> bool:
        """Take a line that begins with a block of HTML, if it does: each block in it is a run of its own."""
        if not _HTML.match(stripped):
            return False
        self.flush()
        if heading := _HTML_HEADING.match(stripped):
            self.add_heading(int(heading[1]), heading[2])
            return True
        indent = line[: len(line) - len(line.lstrip())]
        for part in _HTML.split(_SUMMARY.sub(r"\1**\2**\3", stripped)):
            if part.strip():
                self.flush()
                self.continued(indent + part.strip(), part.strip())
        return True

    def box(self, stripped: str) -> bool:
        """Take a line that opens or ends a box, if it is one: only its title is text."""
        match = _BOX.match(stripped)
        if match is None:
            return False
        self.flush()
        title = (match[1] or match[2] or match[3] or "").strip().removeprefix("[").removesuffix("]")
        if title:
            self.continued(f"**{title}**", f"**{title}**")
            self.flush()
        return True

    def marked(self, line: str, stripped: str) -> bool:
        """Take a line if it is a heading, the underline of one, or a rule; tell whether it was."""
        sign = stripped[0]
        if sign in "=-" and self.lines and not self.rows and (match := self.underline(line)):
            self.setext(1 if sign == "=" else 2)
        elif sign != "#" and _RULE.match(line):
            self.flush()
        elif sign == "#" and (match := _ATX.match(stripped if self.indents else line)):
            self.flush()
            if self.indents:
                self.close_items(line)
            self.heading(match)
        else:
            return False
        return True

    def fenced(self, stripped: str) -> None:
        """Take a line inside or at the edge of a code fence: each is a line of its own paragraph."""
        if not self.fence:
            self.flush()
            self.fence = stripped[:3]
        elif stripped.startswith(self.fence):
            self.fence = ""
            self.flush()
        elif stripped:
            self.lines.append(stripped)

    def continued(self, line: str, stripped: str) -> None:
        """Take a line of a paragraph, which may go on in an open list item."""
        if self.rows:
            self.flush()
        if not self.lines:
            self.close_items(line)
            self.item = self.ordered = bool(self.indents)
        if stripped.endswith("\\") and not stripped.endswith("\\\\"):
            stripped = f"{stripped[:-1]}  "
        self.lines.append(stripped + line[len(line.rstrip()) :])

    def close_items(self, line: str) -> None:
        """Close the list items that a line is not indented enough for."""
        indent = len(line) - len(line.lstrip())
        while self.indents and indent < self.indents[-1]:
            self.indents.pop()

    def underline(self, line: str) -> re.Match[str] | None:
        """Tell whether a line underlines the lines above, which in a list item must stand as deep as its text."""
        if self.item and len(line) - len(line.lstrip()) < self.indents[-1]:
            return None
        return _SETEXT.match(line.strip() if self.item else line)

    def start_item(self, match: re.Match[str]) -> None:
        """Open a list item."""
        self.flush()
        indent = len(match.group(1))
        while self.indents and indent < self.indents[-1]:
            self.indents.pop()
        gap = len(match.group(3)) if match.group(4) else 1
        self.indents.append(indent + len(match.group(2)) + min(gap, 4))
        self.item, self.ordered = True, match.group(2)[0].isdigit()
        rest = match.group(4).strip()
        if rest and (inner := _ATX.match(rest)):
            self.heading(inner)
        elif rest:
            self.lines.append(rest)

    def setext(self, level: int) -> None:
        """Make a heading of the lines above an underline."""
        text = " ".join(self.lines)
        self.lines.clear()
        self.add_heading(level, text)

    def heading(self, match: re.Match[str]) -> None:
        """Add a heading that signs before it mark, and perhaps signs behind it."""
        text = match.group(2).rstrip(" \t")
        self.add_heading(len(match.group(1)), _ATX_END.sub("", text) if text.endswith("#") else text)

    def add_heading(self, level: int, text: str) -> None:
        """Add a heading."""
        plain, links = plain_text(text)
        self.pieces.append(Piece(BlockKind.HEADING, plain, level, links=links))

    def row(self, stripped: str) -> None:
        """Take a line of a table."""
        if not self.rows:
            self.flush()
        self.rows.append(stripped)

    def flush(self) -> None:
        """Make pieces of the lines that were kept."""
        if self.rows:
            self.pieces.extend(_table(self.rows))
            self.rows.clear()
        if self.lines:
            kind, level = (BlockKind.LIST_ITEM, max(1, len(self.indents))) if self.item else (BlockKind.PARAGRAPH, 0)
            self.pieces.extend(_paragraphs(self.lines, kind, level, ordered=self.item and self.ordered))
            self.lines.clear()


def _opens_fence(stripped: str) -> bool:
    """Tell whether a line opens a fence; between signs on one line stands a word in code."""
    return stripped.startswith("~~~") or (stripped.startswith("```") and "`" not in stripped.lstrip("`"))


def _paragraphs(lines: list[str], kind: BlockKind, level: int, *, ordered: bool) -> Iterator[Piece]:
    """Split a paragraph at a bold line over plain ones; join the rest."""
    first = lines[0]
    if kind is BlockKind.PARAGRAPH and len(lines) > 1 and first.endswith("  ") and is_bold_line(first):
        yield _paragraph(lines[:1], kind, level, ordered=ordered)
        lines = lines[1:]
    yield _paragraph(lines, kind, level, ordered=ordered)


def _paragraph(lines: list[str], kind: BlockKind, level: int, *, ordered: bool) -> Piece:
    """Join the lines of one paragraph."""
    marked = "\n".join(lines)
    text, links = plain_text(marked)
    jump = "](#" in marked and not links and _JUMP.fullmatch(marked.strip()) is not None
    return Piece(kind, text, level, links=links, bold=is_bold_line(marked), jump=jump, ordered=ordered)


def _split_row(line: str) -> list[str]:
    """Split a table line at its bars (not at escaped ones)."""
    inner = line.strip()
    inner = inner.removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    cells = _BAR.split(inner) if "\\" in inner else inner.split("|")
    return [cell.strip() for cell in cells]


def _table(lines: list[str]) -> list[Piece]:
    """Make rows of the lines of a pipe table; the row over the delimiter names the columns."""
    named = len(lines) > 1 and _is_delimiter(lines[1])
    cells = _Cells()
    rows = [
        TableRow([*enumerate([cells[text] for text in _split_row(line)])], header=named and index == 0)
        for index, line in enumerate(lines)
        if not _is_delimiter(line)
    ]
    return row_pieces(rows, int(named))


class _Cells(dict[str, TableCell]):
    """The cells of one table by what stands in them: places and purposes are read once, in however many rows."""

    def __missing__(self, marked: str) -> TableCell:
        cell = self[marked] = _cell(marked)
        return cell


def _is_delimiter(line: str) -> bool:
    """Tell whether a line of a table only rules it."""
    return "-" in line and _DELIMITER.match(line) is not None


def _cell(marked: str) -> TableCell:
    """Read a cell; lines in it that start with a bullet are items of a list."""
    if "<" not in marked:
        text, links = plain_text(marked)
        told = normalise(text)
        whole = [Piece(BlockKind.PARAGRAPH, told, links=links)] if told else []
        return TableCell(whole, header=False, columns=1, rows=1, told=without_bullet(told))
    parts = [part for part in _BREAK.split(marked) if part.strip()]
    if not any(map(_ITEM.match, parts)):
        parts = [marked]
    pieces = []
    for part in parts:
        item = _ITEM.match(part) if len(parts) > 1 else None
        text, links = plain_text(item.group(4) if item else part)
        if told := normalise(text):
            kind, level = (BlockKind.LIST_ITEM, 1) if item else (BlockKind.PARAGRAPH, 0)
            pieces.append(Piece(kind, told, level, links=links))
    return TableCell(pieces, header=False, columns=1, rows=1)
