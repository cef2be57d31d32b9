"""More systems that build sites, and what each makes of a heading, a run of text, a list and a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.fonts import FontFace
from structure_styles import Style
from structure_text import plain, runs

from bench.policy_text import Line

_LETTERS = {"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "œ": "oe", "\u202f": " "}


class Wix(Style):
    """Every run in a paragraph with a class and a span; empty paragraphs with a guard between them."""

    def text(self, line: Line) -> str:
        return f'<span style="font-size:16px;" class="wixui-rich-text__text">{self.inline(line.text)}</span>'

    def heading(self, line: Line) -> str:
        kind = f'class="font_{line.level} wixui-rich-text__text"'
        return f"<h{line.level} {kind}>{self.text(line)}</h{line.level}>{self.gap()}"

    def para(self, line: Line) -> str:
        return f'<p class="font_8 wixui-rich-text__text">{self.text(line)}</p>{self.gap()}'

    def gap(self) -> str:
        return '<p class="font_8 wixui-rich-text__text"><span class="wixGuard wixui-rich-text__text">\u200b</span></p>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        item = '<li class="wixui-rich-text__text"><p class="font_8 wixui-rich-text__text">{}</p></li>'
        return f'<{name} class="font_8">' + "".join(item.format(self.text(line)) for line in group) + f"</{name}>"


class Framer(Style):
    """Class names on every element; lists with a paragraph in each item, tables in a figure."""

    def heading(self, line: Line) -> str:
        return f'<h{line.level} class="framer-text framer-styles-preset-9z">{self.text(line)}</h{line.level}>'

    def para(self, line: Line) -> str:
        return f'<p class="framer-text framer-styles-preset-1q">{self.text(line)}</p>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        item = '<li data-preset-tag="p" class="framer-text"><p class="framer-text">{}</p></li>'
        return f'<{name} class="framer-text">' + "".join(item.format(self.text(x)) for x in group) + f"</{name}>"

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        return f'<figure class="framer-table-wrapper">{super().table(head, rows)}</figure>'


class SharePoint(Style):
    """Lists of an editor, tables without a head whose first row is bold."""

    def para(self, line: Line) -> str:
        return f'<p class="noSpacingAbove spacingBelow" data-text-type="withSpacing">{self.text(line)}</p>'

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        top = "".join(self.row(line, "td") for line in head)
        top = re.sub(r"<p>(.*?)</p>", r"<p><strong>\1</strong></p>", top)
        inner = top + "".join(self.row(line, "td") for line in rows)
        return (
            '<div class="canvasRteResponsiveTable"><div class="tableWrapper"><table class="bandedRowTableStyleNeutral">'
            f"<tbody>{inner}</tbody></table></div></div>"
        )

    def row(self, line: Line, cell: str) -> str:
        cells = (f'<{cell} role="cell"><p>{self.inline(text)}</p></{cell}>' for text in line.cells)
        return f'<tr role="row">{"".join(cells)}</tr>'


class GoogleSites(Style):
    """A heading with a hidden button that copies its address, spans around all text, paragraphs in the items."""

    def text(self, line: Line) -> str:
        return f'<span class="C9DxTc" style="font-family: Lato;">{self.inline(line.text)}</span>'

    def heading(self, line: Line) -> str:
        button = (
            '<div jscontroller="Ae65rd" class="CjVfdc"><div class="PPhIP rviiZ"><div role="presentation" '
            'class="U26fgb mUbCce" aria-label="Copy heading link" data-tooltip="Copy heading link"></div></div></div>'
        )
        tag = f"h{line.level}"
        return (
            f'<{tag} id="h.x{len(line.text)}" dir="ltr" class="zfr3Q JYVBee CDt4Ke">{button}{self.text(line)}</{tag}>'
        )

    def para(self, line: Line) -> str:
        return f'<p class="zfr3Q CDt4Ke" dir="ltr">{self.text(line)}</p><p class="zfr3Q CDt4Ke" dir="ltr"><br></p>'

    def items(self, name: str, group: Sequence[Line]) -> str:
        item = (
            '<li dir="ltr" class="zfr3Q TYR86d eD0Rn"><p class="zfr3Q CDt4Ke" dir="ltr" role="presentation">{}</p></li>'
        )
        return f'<{name} class="n8H08c UVNKR">' + "".join(item.format(self.text(x)) for x in group) + f"</{name}>"


class Mintlify(Style):
    """Headings with a link before their text, paragraphs that are spans, tables in a box that scrolls."""

    def heading(self, line: Line) -> str:
        anchor = re.sub(r"\W+", "-", line.text.lower()).strip("-")
        mark = (
            f'<div class="absolute" tabindex="-1"><a href="#{anchor}" class="-ml-10 flex items-center opacity-0" '
            'aria-label="Navigate to header">\u200b<div class="w-6 h-6"></div></a></div>'
        )
        tag = f"h{line.level}"
        return (
            f'<{tag} class="flex whitespace-pre-wrap group" id="{anchor}">{mark}'
            f'<span class="cursor-pointer">{self.text(line)}</span></{tag}>'
        )

    def para(self, line: Line) -> str:
        return f'<span data-as="p">{self.text(line)}</span>\n'

    def table(self, head: Sequence[Line], rows: Sequence[Line]) -> str:
        return f'<div class="table-wrapper overflow-x-auto"><div>{super().table(head, rows)}</div></div>'


class _Page(FPDF):
    """A page as an office program prints it: the name of the file above, the company and the page below."""

    def __init__(self, head: str) -> None:
        super().__init__()
        self.head = head
        self.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
        self.set_margin(25)
        self.set_auto_page_break(auto=True, margin=25)
        self.add_page()

    def header(self) -> None:
        self.set_font("times", size=9)
        self.cell(60, 6, "Rietoever Software", align="L")
        self.cell(0, 6, self.head, new_x="LMARGIN", new_y="NEXT", align="R")
        self.line(25, self.get_y(), 185, self.get_y())
        self.ln(6)

    def footer(self) -> None:
        self.set_y(-18)
        self.set_font("times", size=9)
        self.cell(60, 6, self.head.lower(), align="L")
        self.cell(0, 6, f"{self.page_no()}/{{nb}}", align="R")


def office_paper(lines: Sequence[Line], head: str) -> bytes:
    """The lines as a PDF of one column with a running head and foot; tables repeat their head on the next page."""
    paper = _Page(head)
    for name, group in runs(lines):
        if name == "table":
            _ruled(paper, group)
            continue
        for place, line in enumerate(group, 1):
            level = line.level if line.kind == "heading" else 0
            paper.set_font("times", "B" if level else "", {1: 20, 2: 14, 3: 12}.get(level, 11))
            sign = {"ul": "\x95 ", "ol": f"{place}. "}.get(name, "")
            if level:
                paper.ln(2)
            paper.multi_cell(
                0, 9 if level == 1 else 5.5, sign + _letters(line.text), new_x="LMARGIN", new_y="NEXT", align="J"
            )
            paper.ln(1.5)
    return bytes(paper.output())


def _ruled(paper: FPDF, rows: Sequence[Line]) -> None:
    """A ruled table with a bold head."""
    paper.set_font("times", size=9)
    widths = {3: (50, 60, 50), 5: (32, 32, 30, 24, 42)}[len(rows[0].cells)]
    with paper.table(
        line_height=5, text_align="LEFT", col_widths=widths, headings_style=FontFace(emphasis="BOLD")
    ) as table:
        for line in rows:
            row = table.row()
            for cell in line.cells:
                row.cell(_letters(cell))
    paper.ln(4)


def _letters(text: str) -> str:
    """The text in the letters of the font."""
    text = plain(text)
    for letter, other in _LETTERS.items():
        text = text.replace(letter, other)
    return text
