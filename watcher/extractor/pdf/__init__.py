"""Read a PDF: words from a child process, tables, running lines and columns taken apart, lines made paragraphs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from storage.errors import ExtractError
from storage.model import Reason
from watcher.extractor.page import PageText, text_signals
from watcher.extractor.pdf.flow import read_cell, read_flow
from watcher.extractor.pdf.furniture import without_furniture
from watcher.extractor.pdf.hyphens import Joiner
from watcher.extractor.pdf.order import regions
from watcher.extractor.pdf.sheet import Sheet, Word, read_sheet
from watcher.extractor.pdf.tables import joined_tables, table_runs
from watcher.extractor.pieces import Piece

_CHILD = Path(__file__).with_name("child.py")
# Processor seconds, not seconds of the clock: a busy machine must not decide what can be read. The deadline is for a
# machine that gives the child none.
_CPU_SECONDS = 40
_MEMORY = 2**30
_DEADLINE = 300.0
_END = b"%%EOF"
# Servers append a line or two to what they send.
_TAIL = 2048
_HEAD = 1024
_LINEARIZED = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})", re.DOTALL)
# A scanned page has a picture and next to no text; more such pages than others make the document a scan.
_FEW_CHARS = 30
_ILLEGIBLE = 0.2
_FILE_NAME = re.compile(
    r"^(?:microsoft word|powerpoint presentation)\s*-\s*|\.(?:docx?|pdf|odt|indd|pages|rtf)$", re.IGNORECASE
)
_UNTITLED = re.compile(
    r"(?:untitled|unbenannt|naamloos|sans titre|document|title)\s*\d*|[^\s]*[\d_][^\s]*", re.IGNORECASE
)

_TROUBLE = {
    "password": "is locked with a password; ask the vendor for a copy that opens without one",
    "broken": "is broken and cannot be opened; open it in a browser, and watch the HTML page if that fails too",
    "empty": "has no pages; watch the page that links to it",
    "page": "is broken at page {count}; watch the HTML page, or ask the vendor for a whole copy",
    "pages": "has {count} pages, more than the {most} that are read; watch the part that matters",
    "work": "takes too much time or memory to read, or stops its reader; watch the HTML page instead",
    "chars": "has more than {most} characters, more than are read; watch the part that matters",
}


def read_pdf(body: bytes, address: str) -> PageText:
    """Return the text of a PDF. The same bytes give the same text.

    Raises: ExtractError, `extract-failed`, that says what is wrong and what to do: locked, broken, cut off, scanned,
    without pages or with too many, illegible fonts, too much work.
    """
    if _is_cut(body):
        raise _failed(address, "ends before its end mark (%%EOF): it was cut off on its way; try again later")
    answer = _asked(body, address)
    sheets = [read_sheet(sheet) for sheet in answer["sheets"]]
    _refuse_unreadable(answer, sheets, address)
    words = [word for sheet in sheets for word in sheet.words]
    joiner = Joiner(word.text for word in words)

    def cell(inside: Sequence[Word]) -> list[Piece]:
        return read_cell(inside, joiner) if inside else []

    pages, kept = without_furniture([table_runs(sheet, cell) for sheet in sheets], [sheet.height for sheet in sheets])
    columns = [region for page in joined_tables(pages) for region in regions(page)]
    pieces = read_flow([*columns, *([run] for run in kept)], joiner)
    signals = text_signals(" ".join(word.text for word in words))
    links = sum(1 for piece in pieces for _ in piece.links)
    plain = not any(piece.bold or piece.level for piece in pieces)
    return PageText(pieces, replace(signals, links=links), title=_title(answer["title"]) if plain else None)


def is_pdf(head: bytes) -> bool:
    """Tell a PDF by its first bytes; a few may stand before the mark."""
    return head.lstrip(b"\xef\xbb\xbf\0\t\n\f\r ").startswith(b"%PDF-")


def _is_cut(body: bytes) -> bool:
    """Tell a file that lost its end: no end mark there, or shorter than it says itself."""
    stated = _LINEARIZED.search(body[:_HEAD])
    return body.rfind(_END, max(0, len(body) - _TAIL)) < 0 or (stated is not None and int(stated.group(1)) > len(body))


def _asked(body: bytes, address: str) -> Mapping[str, Any]:
    """Return what the child process found."""
    try:
        # Our own file under our own interpreter; the bytes go through a pipe, nothing of them is a command.
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_CHILD), str(_CPU_SECONDS), str(_MEMORY)],
            input=body,
            capture_output=True,
            timeout=_DEADLINE,
            check=False,
        )
        answer = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise _failed(address, _TROUBLE["work"]) from error
    if trouble := answer.get("error"):
        raise _failed(address, _TROUBLE[trouble].format_map(answer))
    found: Mapping[str, Any] = answer
    return found


def _refuse_unreadable(answer: Mapping[str, Any], sheets: list[Sheet], address: str) -> None:
    """Raise ExtractError where a text cannot be had although the file is whole."""
    scanned = sum(sheet.picture and sum(len(word.text) for word in sheet.words) < _FEW_CHARS for sheet in sheets)
    if not answer["chars"] or 2 * scanned > len(sheets):
        what = f"is a scan ({scanned} of {len(sheets)} pages are pictures)" if scanned else "has no text"
        raise _failed(address, f"{what}; ask the vendor for one with text, or watch the HTML page")
    if answer["lost"] > _ILLEGIBLE * answer["chars"]:
        raise _failed(address, "does not say which letters its fonts show; ask the vendor for another copy")


def _failed(address: str, trouble: str) -> ExtractError:
    return ExtractError(Reason.EXTRACT_FAILED, f"{address}: the PDF {trouble}")


def _title(stated: str) -> str | None:
    """Return the title in the file's properties, unless it is the name of a file."""
    title = _FILE_NAME.sub("", stated.strip())
    return None if not title or _UNTITLED.fullmatch(title) else title
