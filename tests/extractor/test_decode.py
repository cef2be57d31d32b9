"""From bytes to text in the order of the WHATWG standard, whatever a server claims."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.extractor.decode import decode

TEXT = "Überprüfung für €5 – naïef"


@given(st.binary(max_size=400), st.text(max_size=12))
def test_no_bytes_and_no_label_raise(body: bytes, label: str) -> None:
    """Any bytes with any label give a text."""
    assert isinstance(decode(body, label), str)


@pytest.mark.parametrize("mark", [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")])
def test_byte_order_mark_comes_first(mark: tuple[bytes, str]) -> None:
    """A byte order mark wins over the header and is no part of the text."""
    assert decode(mark[0] + TEXT.encode(mark[1]), "windows-1252") == TEXT


def test_header_comes_before_meta() -> None:
    """A header's label that decodes wins over the page's own."""
    page = f'<meta charset="iso-8859-1">{TEXT}'
    assert TEXT in decode(page.encode(), "utf-8")


def test_header_that_cannot_be_true_is_passed_over() -> None:
    """A header of UTF-8 over windows-1252 bytes gives way to the meta element."""
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=windows-1252">{TEXT}'
    assert TEXT in decode(page.encode("windows-1252"), "utf-8")


@pytest.mark.parametrize("label", ["utf-7", "idna", "undefined", "zlib_codec", "nonsense", "", "x-user-defined"])
def test_labels_outside_the_standard_are_passed_over(label: str) -> None:
    """Labels that are no WHATWG label neither decode nor raise; UTF-8 is tried."""
    assert decode(TEXT.encode(), label) == TEXT
    assert "<script>" not in decode(b"+ADw-script+AD4-", label)


def test_latin_1_label_means_windows_1252() -> None:
    """The label iso-8859-1 is windows-1252, as browsers read it."""
    assert decode(TEXT.encode("windows-1252"), "iso-8859-1") == TEXT


def test_the_same_text_whatever_the_label() -> None:
    """A label that flips between runs does not change the text of a UTF-8 page without other letters."""
    assert decode(b"plain", "utf-8") == decode(b"plain", "windows-1252") == decode(b"plain")


@pytest.mark.parametrize("label", ["utf-8", "windows-1252", "iso-8859-1", "iso-8859-15", "windows-1250", "koi8-r"])
def test_utf8_is_known_under_any_label_of_one_byte_a_letter(label: str) -> None:
    """A text that is UTF-8 is none of these by chance, whatever its header or its meta element says."""
    assert decode(TEXT.encode(), label) == TEXT
    page = f'<meta charset="{label}">{TEXT}'
    assert decode(page.encode()) == page


@pytest.mark.parametrize("label", ["shift_jis", "gbk", "euc-kr", "big5"])
def test_labels_of_more_bytes_a_letter_are_believed(label: str) -> None:
    """Two bytes of one letter may look like one letter of UTF-8: here the label decides."""
    text = "\u4e2d\u6587" * 20
    assert decode(text.encode(label, "ignore"), label) == text.encode(label, "ignore").decode(label)


def test_unlabelled_bytes_are_utf8_else_windows_1252() -> None:
    """Without labels UTF-8 is tried strictly, then windows-1252."""
    assert decode(TEXT.encode()) == TEXT
    assert decode(TEXT.encode("windows-1252")) == TEXT


def test_few_broken_bytes_do_not_spoil_a_utf8_page() -> None:
    """One broken byte in a labelled UTF-8 page costs one sign, not all others."""
    page = (TEXT * 50).encode() + b"\xff end"
    assert decode(page, "utf-8") == TEXT * 50 + "\ufffd end"


def test_page_cut_inside_a_letter_stays_utf8() -> None:
    """A page cut in the middle of a sign is read as UTF-8 up to there."""
    assert decode("aé".encode()[:-1], "utf-8") == "a"


def test_utf16_in_a_meta_element_means_utf8() -> None:
    """A meta element that can be read as ASCII cannot be right about UTF-16."""
    assert TEXT in decode(f'<meta charset="utf-16">{TEXT}'.encode())
