"""The policies on paper: two columns of text a page, tables over the whole width, a running head and page numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from fpdf import FPDF
from structure_text import plain, runs

from bench.policy_text import Line

_LETTERS = {"„": '"', "“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "...", "œ": "oe", "\u202f": " "}


class _Paper(FPDF):
    def __init__(self, head: str) -> None:
        super().__init__()
        self.head = head
        self.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
        self.set_auto_page_break(auto=True, margin=22)
        self.add_page()

    def header(self) -> None:
        self.set_font("helvetica", size=8)
        self.cell(0, 6, self.head, new_x="LMARGIN", new_y="NEXT", align="R")
        self.ln(6)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("helvetica", size=8)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="C")


def two_columns(lines: Sequence[Line], head: str) -> bytes:
    """The lines as a PDF; `head` stands above every page."""
    paper = _Paper(head)
    waiting: list[tuple[str, Sequence[Line]]] = []
    for name, group in runs(lines):
        if name == "table":
            _columns(paper, waiting)
            waiting = []
            _table(paper, group)
        elif group[0].kind == "heading" and group[0].level == 1:
            paper.set_font("helvetica", "B", 18)
            paper.multi_cell(0, 9, _letters(group[0]), new_x="LMARGIN", new_y="NEXT", align="L")
            paper.ln(4)
        else:
            waiting.append((name, group))
    _columns(paper, waiting)
    return bytes(paper.output())


def _columns(paper: _Paper, waiting: Sequence[tuple[str, Sequence[Line]]]) -> None:
    """What stands between two tables, in two columns of even length."""
    if not waiting:
        return
    with paper.text_columns(ncols=2, gutter=10, text_align="L", line_height=1.2, balance=True) as columns:
        for name, group in waiting:
            for place, line in enumerate(group, 1):
                sign = {"ul": "\x95 ", "ol": f"{place}. "}.get(name, "")
                paper.set_font("helvetica", "B" if line.kind == "heading" else "", 10)
                with columns.paragraph(
                    top_margin=3 if line.kind == "heading" else 0, bottom_margin=1.5, indent=4 if sign else 0
                ) as paragraph:
                    paragraph.write(sign + _letters(line))
    paper.ln(4)


def _table(paper: _Paper, rows: Sequence[Line]) -> None:
    """A ruled table over the whole width."""
    paper.set_font("helvetica", size=8)
    widths = {3: (60, 70, 60), 5: (42, 42, 42, 26, 38)}[len(rows[0].cells)]
    with paper.table(line_height=5.5, text_align="LEFT", col_widths=widths) as table:
        for line in rows:
            row = table.row()
            for cell in line.cells:
                row.cell(_letters(Line("para", cell)))
    paper.ln(4)


def _letters(line: Line) -> str:
    """The text in the letters of the font."""
    text = plain(line.text)
    for letter, other in _LETTERS.items():
        text = text.replace(letter, other)
    return text
