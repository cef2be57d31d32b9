"""Takes the words, rules and links out of a PDF, in a process of its own; run by path, never imported.

PDFium is native code, is not safe in threads, and reads bytes of strangers: what crashes, hangs or eats memory here
ends this process and nothing else. Arguments: the most processor seconds and bytes of memory. Standard input: the file.
Standard output: one JSON object, see `main`. It imports nothing of the project, so that it starts quickly.

Coordinates are points from the top left corner of the page as a reader sees it, rounded to hundredths.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pypdfium2.raw as pdfium

MAX_PAGES = 1000
MAX_CHARS = 3_000_000
# Per page: a drawing has more strokes than any table.
MAX_OBJECTS = 20_000
MAX_RULES = 4_000
MAX_LINKS = 2_000
MAX_FORM_DEPTH = 4
THIN = 2.5
DOT = 7.0
BOLD = ("bold", "black", "heavy", "semibold", "demi")
ERRORS = {pdfium.FPDF_ERR_PASSWORD: "password", pdfium.FPDF_ERR_SECURITY: "password"}

Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def main() -> None:
    """Answer with `{"error": …}`, or with `{"title", "chars", "lost", "sheets"}`.

    A sheet holds its width, height, words, rules, links, dots, and whether a picture covers half of it. A word is
    `[text, left, right, baseline, size, bold]`; a text that ends in U+0002 was hyphenated there. A rule is
    `[x0, y0, x1, y1]`, upright or level. A link is `[x0, y0, x1, y1, target]`. Dots are small drawn shapes, as
    browsers draw the signs of lists.
    """
    _confine(*map(int, sys.argv[1:3]))
    out = os.dup(1)
    os.dup2(2, 1)  # whatever native code prints is no part of the answer
    body = sys.stdin.buffer.read()
    with os.fdopen(out, "w", encoding="utf-8", errors="surrogatepass") as answer:
        json.dump(_document(body), answer)


def _confine(seconds: int, memory: int) -> None:
    """Bound processor time and bytes of memory; where the system cannot, the parent's deadline is left."""
    for kind, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _document(body: bytes) -> dict[str, Any]:
    pdfium.FPDF_InitLibraryWithConfig(pdfium.FPDF_LIBRARY_CONFIG(2, None, None, 0))
    document = pdfium.FPDF_LoadMemDocument64(body, len(body), None)
    if not document:
        return {"error": ERRORS.get(pdfium.FPDF_GetLastError(), "broken")}
    count = pdfium.FPDF_GetPageCount(document)
    if count < 1:
        return {"error": "empty"}
    if count > MAX_PAGES:
        return {"error": "pages", "count": count, "most": MAX_PAGES}
    sheets: list[dict[str, Any]] = []
    chars = lost = 0
    for index in range(count):
        page = pdfium.FPDF_LoadPage(document, index)
        if not page:
            return {"error": "page", "count": index + 1}
        sheet = _Sheet(page)
        sheets.append(sheet.read(document))
        pdfium.FPDF_ClosePage(page)
        chars += sheet.chars
        lost += sheet.lost
        if chars > MAX_CHARS:
            return {"error": "chars", "most": MAX_CHARS}
    return {"title": _meta(document, b"Title"), "chars": chars, "lost": lost, "sheets": sheets}


def _meta(document: Any, name: bytes) -> str:
    size = min(pdfium.FPDF_GetMetaText(document, name, None, 0), 4096)
    buffer = ctypes.create_string_buffer(max(size, 2))
    pdfium.FPDF_GetMetaText(document, name, buffer, size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")


class _Sheet:
    """One page under way."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.chars = 0  # characters with a shape
        self.lost = 0  # characters of which nobody can say what letter they are
        self.fonts: dict[int, bool] = {}
        self.rotation = pdfium.FPDFPage_GetRotation(page)
        box = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, box)
        self.box = (box.left, box.bottom, box.right, box.top)

    def read(self, document: Any) -> dict[str, Any]:
        """Everything on the page."""
        wide, high = pdfium.FPDF_GetPageWidthF(self.page), pdfium.FPDF_GetPageHeightF(self.page)
        rules, dots, picture = self.drawings(wide, high)
        return {
            "width": round(wide, 2),
            "height": round(high, 2),
            "words": self.words(),
            "rules": rules,
            "dots": dots,
            "links": list(self.links(document)),
            "picture": picture,
        }

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point as a reader sees it: page turned upright, y downwards."""
        left, bottom, right, top = self.box
        match self.rotation:
            case 1:
                return y - bottom, x - left
            case 2:
                return right - x, y - bottom
            case 3:
                return top - y, right - x
            case _:
                return x - left, top - y

    def words(self) -> list[list[Any]]:
        """The words of the page in the order in which they were set; text that stands aslant is left out."""
        text = pdfium.FPDFText_LoadPage(self.page)
        if not text:
            return []
        found: list[list[Any]] = []
        letters: list[str] = []
        start = 0
        count = min(pdfium.FPDFText_CountChars(text), MAX_CHARS + 1)
        for index in range(count + 1):
            code = pdfium.FPDFText_GetUnicode(text, index) if index < count else 32
            if code in {9, 10, 13, 32, 0xA0, 0x3000}:
                if letters:
                    found += filter(None, [self.word(text, start, index - 1, "".join(letters))])
                letters.clear()
                continue
            if not letters:
                start = index
            self.chars += 1
            self.lost += code in {0, 0xFFFD, 0xFFFE, 0xFFFF} or (code < 32 and code != 2)
            self.lost += 0xE000 <= code <= 0xF8FF and bool(letters)  # alone it is the sign of a list
            letters.append(chr(code) if 0 < code < 0x110000 else "\ufffd")
            if code == 2:  # no blank follows the hyphen at the end of a line
                found += filter(None, [self.word(text, start, index, "".join(letters))])
                letters.clear()
        pdfium.FPDFText_ClosePage(text)
        return found

    def word(self, text: Any, first: int, last: int, letters: str) -> list[Any] | None:
        """One word with its place; None when it does not stand level."""
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(text, first, matrix)
        angle = math.degrees(math.atan2(matrix.b, matrix.a)) + 90 * (4 - self.rotation)
        if abs((angle + 180) % 360 - 180) > 10:
            return None
        while last > first and pdfium.FPDFText_IsGenerated(text, last) == 1 and letters[-1:] != "\x02":
            last -= 1
        boxes = pdfium.FS_RECTF(), pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(text, first, boxes[0])
        pdfium.FPDFText_GetLooseCharBox(text, last, boxes[1])
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(text, first, x, y)
        corners = [self.place(box.left, box.bottom) for box in boxes] + [
            self.place(box.right, box.top) for box in boxes
        ]
        across = [corner[0] for corner in corners]
        size = pdfium.FPDFText_GetFontSize(text, first) * math.hypot(matrix.c, matrix.d)
        baseline = self.place(x.value, y.value)[1]
        numbers = [round(min(across), 2), round(max(across), 2), round(baseline, 2), round(size, 2)]
        if not all(map(math.isfinite, numbers)):
            return None
        return [letters, *numbers, self.bold(pdfium.FPDFText_GetTextObject(text, first))]

    def bold(self, item: Any) -> bool:
        """Whether the text object is set in a bold font, or drawn with thickened outlines."""
        if not item:
            return False
        if pdfium.FPDFTextObj_GetTextRenderMode(item) == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE:
            return True
        font = pdfium.FPDFTextObj_GetFont(item)
        if not font:
            return False
        key = ctypes.cast(font, ctypes.c_void_p).value or 0
        if key not in self.fonts:
            buffer = ctypes.create_string_buffer(256)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, 256)
            name = buffer.value.decode("utf-8", "replace").lower()
            self.fonts[key] = pdfium.FPDFFont_GetWeight(font) >= 600 or any(sign in name for sign in BOLD)
        return self.fonts[key]

    def drawings(self, wide: float, high: float) -> tuple[list[list[float]], list[list[float]], bool]:
        """The level and upright strokes and edges on the page; its dots; whether a picture covers half of it."""
        rules: dict[tuple[float, ...], None] = {}
        dots: list[list[float]] = []
        picture = False
        for item, kind, matrix in self.objects():
            if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                left, top, right, bottom = self.bounds(item, matrix)
                picture = picture or (right - left) * (bottom - top) > wide * high / 2
            elif kind == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < MAX_RULES and len(dots) < MAX_RULES:
                left, top, right, bottom = self.bounds(item, matrix)
                if 1 <= right - left <= DOT and 1 <= bottom - top <= DOT:
                    dots.append([round(n, 2) for n in (left, top, right, bottom)])
                    continue
                for rule in self.edges(item, matrix):
                    if max(rule[2] - rule[0], rule[3] - rule[1]) > 4 and all(map(math.isfinite, rule)):
                        rules[rule] = None
        return [list(rule) for rule in rules][:MAX_RULES], dots, picture

    def objects(self) -> Iterator[tuple[Any, int, Matrix]]:
        """Every object of the page and of the forms in it, with the matrix of its form."""
        stack: list[tuple[Any, Matrix, int]] = [
            (pdfium.FPDFPage_GetObject(self.page, index), SAME, 0)
            for index in reversed(range(min(pdfium.FPDFPage_CountObjects(self.page), MAX_OBJECTS)))
        ]
        for _ in range(MAX_OBJECTS):
            if not stack:
                return
            item, matrix, depth = stack.pop()
            kind = pdfium.FPDFPageObj_GetType(item)
            if kind != pdfium.FPDF_PAGEOBJ_FORM:
                yield item, kind, matrix
            elif depth < MAX_FORM_DEPTH:
                inner = _times(_matrix(item), matrix)
                count = min(pdfium.FPDFFormObj_CountObjects(item), MAX_OBJECTS)
                stack += [
                    (pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1) for index in reversed(range(count))
                ]

    def bounds(self, item: Any, matrix: Matrix) -> tuple[float, float, float, float]:
        """The box around an object: left, top, right, bottom."""
        edges = [ctypes.c_float() for _ in range(4)]
        pdfium.FPDFPageObj_GetBounds(item, *edges)
        x0, y0 = self.place(*_apply(matrix, edges[0].value, edges[1].value))
        x1, y1 = self.place(*_apply(matrix, edges[2].value, edges[3].value))
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def edges(self, item: Any, outer: Matrix) -> Iterator[tuple[float, float, float, float]]:
        """The level and upright lines of a path; a thin bar is one line, not four."""
        matrix = _times(_matrix(item), outer)
        lines: list[tuple[float, float, float, float]] = []
        start = here = (0.0, 0.0)
        for index in range(min(pdfium.FPDFPath_CountSegments(item), 400)):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            x, y = ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFPathSegment_GetPoint(segment, x, y)
            point = self.place(*_apply(matrix, x.value, y.value))
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = point
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                lines.append((*here, *point))
            here = point
            if pdfium.FPDFPathSegment_GetClose(segment):
                lines.append((*here, *start))
                here = start
        yield from _straight(lines)

    def links(self, document: Any) -> Iterator[list[Any]]:
        """The places on the page that lead to an address."""
        position = ctypes.c_int(0)
        link = pdfium.FPDF_LINK()
        for _ in range(MAX_LINKS):
            if not pdfium.FPDFLink_Enumerate(self.page, position, link):
                return
            action = pdfium.FPDFLink_GetAction(link)
            if not action or pdfium.FPDFAction_GetType(action) != pdfium.PDFACTION_URI:
                continue
            buffer = ctypes.create_string_buffer(2048)
            if not 0 < pdfium.FPDFAction_GetURIPath(document, action, buffer, 2048) <= 2048:
                continue
            box = pdfium.FS_RECTF()
            pdfium.FPDFLink_GetAnnotRect(link, box)
            (x0, y0), (x1, y1) = self.place(box.left, box.bottom), self.place(box.right, box.top)
            target = buffer.value.decode("utf-8", "replace")
            yield [*(round(n, 2) for n in (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))), target]


def _straight(lines: list[tuple[float, float, float, float]]) -> Iterator[tuple[float, float, float, float]]:
    """Level and upright lines alone, ends in order, rounded; a bar that is closed and thin gives its middle."""
    if 3 <= len(lines) <= 5:
        across = [n for line in lines for n in (line[0], line[2])]
        down = [n for line in lines for n in (line[1], line[3])]
        x0, x1, y0, y1 = min(across), max(across), min(down), max(down)
        if y1 - y0 <= THIN < x1 - x0:
            lines = [(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)]
        elif x1 - x0 <= THIN < y1 - y0:
            lines = [((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)]
    for x0, y0, x1, y1 in lines:
        if abs(x1 - x0) < 0.5 or abs(y1 - y0) < 0.5:
            yield (round(min(x0, x1), 2), round(min(y0, y1), 2), round(max(x0, x1), 2), round(max(y0, y1), 2))


def _matrix(item: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(one: Matrix, two: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


if __name__ == "__main__":
    main()
