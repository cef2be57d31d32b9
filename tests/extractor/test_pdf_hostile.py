"""A PDF that cannot be read is an error that says why and what to do; none takes the program with it."""

from __future__ import annotations

import functools
import hashlib
import re
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fpdf.enums import EncryptionMethod
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_samples import Paper, assembled, by_hand, line_of_text

from storage.errors import ExtractError
from storage.model import Capture, Extraction, Reason
from watcher.extractor import extract, pdf

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
FORM = b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources "
LINE = "We keep the records of your orders for seven years and erase them after that."


def take(body: bytes) -> Extraction:
    """Extract a PDF."""
    url = "https://vendor.example/dpa.pdf"
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    return extract(Capture(url, url, moment, 200, (), "application/pdf", None, hashlib.sha256(body).hexdigest(), body))


def trouble(body: bytes) -> str:
    """What the error says, without the address that it starts with."""
    with pytest.raises(ExtractError) as caught:
        take(body)
    assert caught.value.reason is Reason.EXTRACT_FAILED
    address, _, message = str(caught.value).partition(": ")
    assert address == "https://vendor.example/dpa.pdf"
    return message


@functools.cache
def plain() -> bytes:
    """A whole file of two pages."""
    paper = Paper()
    for _ in range(40):
        paper.text_block(f"{LINE} {LINE}")
    return paper.data()


def picture() -> bytes:
    """A page that is one picture."""
    image = zlib.compress(b"\x80" * 100)
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            PAGE + b"/Resources << /XObject << /I 4 0 R >> >> /Contents 5 0 R >>",
            b"<< /Type /XObject /Subtype /Image /Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 "
            b"/Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(image), image),
            b"<< /Length 30 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q  \nendstream",
        ]
    )


def locked() -> bytes:
    """A file that opens with a password alone."""
    paper = Paper()
    paper.text_block(LINE)
    paper.set_encryption("owner", "reader", encryption_method=EncryptionMethod.RC4)
    return paper.data()


def many_pages(count: int) -> bytes:
    """A file of many pages that share one content."""
    content = zlib.compress(line_of_text(LINE.encode()))
    kids = " ".join(f"{5 + index} 0 R" for index in range(count))
    page = PAGE + b"/Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>"
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
            *[page] * count,
        ]
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (locked(), "password"),
        (picture(), r"is a scan \(1 of 1 pages"),
        (by_hand(b""), "has no text"),
        (by_hand([]), "has no pages"),
        (plain()[:-2000], "cut off"),
        (plain()[: len(plain()) // 2], "cut off"),
        (b"%PDF-1.7\n", "cut off"),
        (b"%PDF-1.7\n%%EOF\n", "broken"),
        (b"%PDF-1.7\n" + b"\xff\x00" * 5000 + b"\n%%EOF\n", "broken"),
        (many_pages(1001), "has 1001 pages, more than the 1000"),
        (many_pages(5000), "has 5000 pages, more than the 1000"),
        (b"", "called a PDF but is none"),
        (b"GIF89a\x00\x01", "called a PDF but is none"),
    ],
)
def test_what_cannot_be_read_is_told_with_a_remedy(body: bytes, said: str) -> None:
    """Locked, scanned, empty, cut, broken, too long, no PDF at all."""
    assert re.search(said, trouble(body))


def test_fonts_that_do_not_say_their_letters() -> None:
    """A text of signs that mean nothing is no text."""
    font = "/Encoding << /Type /Encoding /Differences [32 " + "".join(f"/uniE0{n:02X} " for n in range(95)) + "] >>"
    body = by_hand(b"".join(line_of_text(LINE.encode(), y=700 - 14 * n) for n in range(5)), font=font)
    with pytest.raises(ExtractError, match="which letters its fonts show"):
        take(body)


def test_pages_at_the_bound_are_read() -> None:
    """Hundreds of pages are read in seconds."""
    blocks = take(many_pages(300)).document.blocks
    assert blocks


def test_a_lock_without_password_is_none() -> None:
    """Files that only forbid printing open as they are."""
    paper = Paper()
    paper.text_block(LINE)
    paper.set_encryption("owner", "", encryption_method=EncryptionMethod.RC4)
    assert [block.text for block in take(paper.data()).document.blocks] == [LINE]


def nested(depth: int, wide: int) -> bytes:
    """Forms in forms, each shown several times by the one above: `wide` to the power of `depth` texts."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE + b"/Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length 4 >>\nstream\n/X Do\nendstream",
    ]
    for level in range(depth):
        show = b"/X Do " * wide
        objects.append(
            FORM + b"<< /XObject << /X %d 0 R >> >> /Length %d >>\nstream\n%s\nendstream" % (6 + level, len(show), show)
        )
    last = line_of_text(LINE.encode())
    objects += [
        FORM + b"<< /Font << /F1 %d 0 R >> >> /Length %d >>\nstream\n%s\nendstream" % (6 + depth, len(last), last),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return assembled(objects)


@pytest.mark.parametrize(
    "body",
    [
        nested(2000, 1),
        nested(12, 6),
        by_hand(b"q " * 300_000 + line_of_text(LINE.encode())),
        by_hand(line_of_text(LINE.encode()) * 20_000),
        by_hand(b"BT /F1 11 Tf 72 700 Td " + b"[" * 100_000 + b" TJ ET " + line_of_text(LINE.encode())),
        by_hand(b"0 0 m " + b"1 1 l " * 300_000 + b"S " + line_of_text(LINE.encode())),
        by_hand(b"".join(b"%d %d 9 9 re S " % (n % 590, n // 590) for n in range(60_000)) + line_of_text(b"x" * 90)),
        by_hand(line_of_text(b"a" * 400_000)),
        by_hand(line_of_text(LINE.encode(), size=1_000_000)),
        by_hand(line_of_text(LINE.encode())).replace(b"[0 0 595 842]", b"[0 0 1e9 1e-9]"),
        by_hand(line_of_text(LINE.encode())).replace(b"[0 0 595 842]", b"[9 9 9 9]    "),
    ],
    ids=["deep", "wide", "graphics", "same-place", "arrays", "path", "boxes", "word", "huge", "flat", "nothing"],
)
def test_bombs_are_read_or_refused(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recursion, floods of objects, mad sizes: a text or an error, in bounded time and memory."""
    monkeypatch.setattr(pdf, "_CPU_SECONDS", 3)
    monkeypatch.setattr(pdf, "_MEMORY", 300 * 2**20)
    try:
        assert take(body).document.blocks is not None
    except ExtractError as error:
        assert error.reason is Reason.EXTRACT_FAILED


def test_a_reader_that_dies_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the child process, the page is failed and the program lives."""
    body = plain()
    for script, deadline in (("import os; os.abort()", 60.0), ("while True: pass", 0.3), ("print('[')", 60.0)):
        child = tmp_path / "child.py"
        child.write_text(script)
        monkeypatch.setattr(pdf, "_CHILD", child)
        monkeypatch.setattr(pdf, "_DEADLINE", deadline)
        assert "takes too much time or memory" in trouble(body)


BODY = plain()


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.integers(0, len(BODY) - 40), st.binary(min_size=1, max_size=20)), max_size=8))
def test_any_damage_gives_a_text_or_an_error(damage: list[tuple[int, bytes]]) -> None:
    """Bytes overwritten anywhere never raise anything else, and the same damage gives the same outcome."""
    body = bytearray(BODY)
    for place, value in damage:
        body[place : place + len(value)] = value
    outcomes = []
    for _ in range(2):
        try:
            outcomes.append(take(bytes(body)).document.fingerprint)
        except ExtractError as error:
            outcomes.append(str(error))
    assert outcomes[0] == outcomes[1]
