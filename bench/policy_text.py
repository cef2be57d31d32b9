"""A policy as lines that can be changed one at a time and written out as Markdown or as a whole HTML page.

Knows nothing of the differ. A page is written with menus, a banner and a footer around the text, in three styles:
semantic elements, nested boxes, or bare text in a body.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from storage.model import Block, BlockKind, Document

STYLES = ("semantic", "boxes", "bare")
_HEADING = re.compile(r"(#{1,6}) (.*)")
_ITEM = re.compile(r"(?:[-*]|(\d+)\.) (.*)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True, slots=True)
class Line:
    """One heading, paragraph, list item, table row, term or definition, with inline Markdown in its text.

    `kind` is heading, para, item, number, head, row, term or definition; the cells of a row are parted by " | ".
    """

    kind: str
    text: str
    level: int = 0

    @property
    def cells(self) -> list[str]:
        """The cells of a row; the text alone for any other line."""
        return self.text.split(" | ") if self.kind in {"row", "head"} else [self.text]


def read_lines(text: str) -> list[Line]:
    """The lines of a simple Markdown text, one block a line."""
    lines: list[Line] = []
    for raw in filter(None, map(str.rstrip, text.splitlines())):
        heading, item = _HEADING.match(raw), _ITEM.match(raw)
        if heading:
            lines.append(Line("heading", heading[2], len(heading[1])))
        elif item:
            lines.append(Line("number" if item[1] else "item", item[2], 1))
        elif raw.startswith("| ---"):
            lines[-1] = Line("head", lines[-1].text)
        elif raw.startswith("| "):
            lines.append(Line("row", raw.strip("| ")))
        elif raw.startswith(": "):
            lines[-1] = Line("term", lines[-1].text)
            lines.append(Line("definition", raw[2:]))
        else:
            lines.append(Line("para", raw))
    return lines


def lines_of(document: Document) -> list[Line]:
    """The lines of a document that was taken out of a capture; links stand in them again."""
    lines: list[Line] = []
    columns: tuple[str, ...] = ()
    for block in document.blocks:
        if block.kind is BlockKind.TABLE_ROW and len(block.cells) > 1:
            names = tuple(cell.column for cell in block.cells)
            if names != columns or not lines or lines[-1].kind not in {"row", "head"}:
                lines.append(Line("head", " | ".join(name or "-" for name in names)))
            columns = names
            lines.append(Line("row", " | ".join(cell.text.replace("|", "/") or "-" for cell in block.cells)))
            continue
        kind = {BlockKind.HEADING: "heading", BlockKind.LIST_ITEM: "item"}.get(block.kind, "para")
        lines.append(Line(kind, _linked(block), max(block.level, 1) if kind != "para" else 0))
    return lines


def _linked(block: Block) -> str:
    """The text of a block with its first link as Markdown; texts that hold signs of Markdown stay plain."""
    text = block.text
    if set("[]()*|") & set(text):
        return re.sub(r"[\[\]*|]", "", text)
    for link in block.links:
        if link.text and not re.search(r"[()\s]", link.href) and text.count(link.text) == 1 and "](" not in text:
            text = text.replace(link.text, f"[{link.text}]({link.href})", 1)
    return text


def markdown(lines: Iterable[Line]) -> str:
    """The lines as Markdown."""
    out: list[str] = []
    number = 0
    for line in lines:
        number = number + 1 if line.kind == "number" else 0
        marks = {"heading": "#" * line.level + " ", "item": "- ", "number": f"{number}. ", "definition": ": "}
        if line.kind in {"row", "head"}:
            out.append(f"| {line.text} |")
            if line.kind == "head":
                out.append("|" + " --- |" * len(line.cells))
            continue
        close = out and line.kind in {"item", "number"} and _ITEM.match(out[-1])
        out += [] if close or line.kind == "definition" else [""]
        out.append(marks.get(line.kind, "") + line.text)
        if line.kind not in {"item", "number", "term"}:
            out.append("")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip() + "\n"


def page(lines: Sequence[Line], language: str, style: str) -> str:
    """The lines as a whole HTML page in one of the styles."""
    body = "\n".join(_elements(lines, style))
    title = html.escape(next((line.text for line in lines if line.kind == "heading"), "Privacy"))
    before, after = _AROUND[style]
    head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
    return f'<!DOCTYPE html>\n<html lang="{language}">{head}<body>\n{before}\n{body}\n{after}\n</body></html>\n'


_MENU = '<li><a href="/product">Product</a></li><li><a href="/prices">Prices</a></li><li><a href="/blog">Blog</a></li>'
_AROUND = {
    "semantic": (
        f"<header><nav><ul>{_MENU}</ul></nav></header><main><article>",
        '</article></main><footer><a href="/imprint">Imprint</a> <span>&copy; 2025</span></footer>',
    ),
    "boxes": (
        f'<div class="top"><div class="nav"><ul>{_MENU}</ul></div></div><div class="wrap"><div class="text">',
        '</div></div><div class="footer"><a href="/imprint">Imprint</a><a href="/jobs">Jobs</a></div>',
    ),
    "bare": ("", ""),
}


def _elements(lines: Sequence[Line], style: str) -> Iterator[str]:
    """Each line as an element; neighbours of a list, table or definition list share theirs."""
    groups = {"row": "table", "head": "table", "term": "dl", "definition": "dl", "item": "ul", "number": "ol"}
    for name, group in groupby(lines, key=lambda line: groups.get(line.kind, "")):
        inner = [_element(line, style) for line in group]
        yield f"<{name}>\n" + "\n".join(inner) + f"\n</{name}>" if name else "\n".join(inner)


def _element(line: Line, style: str) -> str:
    """One line as an element."""
    if line.kind in {"row", "head"}:
        tag = "th" if line.kind == "head" else "td"
        return "<tr>" + "".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in line.cells) + "</tr>"
    para = "div" if style == "boxes" else "p"
    tags = {"heading": f"h{line.level}", "para": para, "term": "dt", "definition": "dd"}
    tag = tags.get(line.kind, "li")
    return f"<{tag}>{_inline(line.text)}</{tag}>"


def _inline(text: str) -> str:
    """Inline Markdown as HTML."""
    text = html.escape(text, quote=False)
    text = _LINK.sub(lambda match: f'<a href="{html.escape(match[2])}">{match[1]}</a>', text)
    return _BOLD.sub(r"<strong>\1</strong>", text)
