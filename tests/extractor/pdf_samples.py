"""Real PDFs for tests: made by a library as vendors' word processors make them, and by hand where none would."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from fpdf import FPDF

WIDTH = 190  # millimetres between the margins


class Paper(FPDF):
    """A4 with Helvetica; `head` and `foot` stand on every page, {page} and {pages} in them."""

    def __init__(self, head: str = "", foot: str = "") -> None:
        """Start the first page. The time of making is fixed, so that equal calls give equal bytes."""
        super().__init__()
        self.head, self.foot = head, foot
        self.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
        self.add_page()

    def header(self) -> None:
        """Print the running head."""
        self.set_font("helvetica", size=8)
        if self.head:
            self.cell(0, 6, self.head.format(page=self.page_no(), pages="{nb}"), new_x="LMARGIN", new_y="NEXT")
            self.ln(6)

    def footer(self) -> None:
        """Print the running foot."""
        self.set_y(-14)
        self.set_font("helvetica", size=8)
        if self.foot:
            self.cell(0, 6, self.foot.format(page=self.page_no(), pages="{nb}"), align="C")

    def title_line(self, text: str) -> None:
        """A title in large letters."""
        self._lines(text, 20, 9, bold=True)
        self.ln(4)

    def heading(self, text: str, *, bold: bool = True) -> None:
        """A heading in bold letters of the size of the text."""
        self.ln(3)
        self._lines(text, 11, 5.5, bold=bold)
        self.ln(1)

    def text_block(self, text: str, align: str = "L", width: float = 0) -> None:
        """A paragraph."""
        self._lines(text, 11, 5.5, bold=False, align=align, width=width)
        self.ln(2.5)

    def item(self, text: str, depth: int = 1, sign: str = "\x95") -> None:
        """An item of a list with a hanging indent."""
        self.set_font("helvetica", size=11)
        self.set_x(self.l_margin + 6 * depth)
        self.cell(7, 5.5, sign)
        self.multi_cell(WIDTH - 6 * depth - 7, 5.5, text, align="L", new_x="LMARGIN", new_y="NEXT")

    def ruled(self, rows: Sequence[Sequence[str]], widths: Sequence[int] = (30, 60, 30)) -> None:
        """A table with all its rules."""
        self.set_font("helvetica", size=10)
        with self.table(col_widths=tuple(widths), line_height=6, text_align="LEFT") as table:
            for cells in rows:
                row = table.row()
                for cell in cells:
                    row.cell(cell)
        self.ln(4)

    def data(self) -> bytes:
        """The file."""
        return bytes(self.output())

    def _lines(self, text: str, size: float, height: float, *, bold: bool, align: str = "L", width: float = 0) -> None:
        self.set_font("helvetica", "B" if bold else "", size)
        self.multi_cell(width, height, text, align=align, new_x="LMARGIN", new_y="NEXT")


def by_hand(content: bytes | Iterable[bytes], *, font: str = "", trailer: str = "", extra: Iterable[str] = ()) -> bytes:
    """A PDF of one page per content stream, object by object; `font` adds to the only font, /F1."""
    streams = [content] if isinstance(content, bytes) else list(content)
    more = list(extra)
    first = 4 + len(more)
    kids = " ".join(f"{first + 2 * index} 0 R" for index in range(len(streams)))
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica {font} >>".encode(),
        *(text.encode("latin-1") for text in more),
    ]
    for index, stream in enumerate(streams):
        packed = zlib.compress(stream)
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            + f"/Contents {first + 2 * index + 1} 0 R >>".encode(),
            f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream",
        ]
    return assembled(objects, trailer)


def assembled(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """Number the objects and add the table of their places."""
    body = b"%PDF-1.7\n"
    places = []
    for number, value in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + value + b"\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + head.encode() + end.encode()


def line_of_text(text: bytes, *, x: int = 72, y: int = 700, size: int = 11) -> bytes:
    """The operators that show one line."""
    return b"BT /F1 %d Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n" % (size, x, y, text)
